"""The flow that reads the archive again with this version's parser."""

from __future__ import annotations

from typing import Any

from prefect import flow
from prefect.client.schemas.objects import State
from pydantic import Field

from flows.prefect_pages import ProgressBar
from flows.prefect_steps import HOOKS, ended, flow_context
from flows.publishing.website import publish_and_send
from flows.upkeep.reparse_archive import reread

DRY_RUN = Field(
    default=False,
    description="Only show what would be read differently; record and send nothing.",
    json_schema_extra={"title": "Dry run", "examples": [True]},
)


@flow(name="reread-archive", flow_run_name="reread archive", **HOOKS)
def reread_archive(dry_run: bool = DRY_RUN) -> State[Any]:
    """Read archived reports again with this version's parser, then send what follows."""
    with flow_context() as context:
        bar = ProgressBar("Documents read")
        found = reread(context, dry_run=dry_run, on_read=bar.show)
        if not dry_run:
            publish_and_send(context)
        message = "\n".join([found.in_words(), *(each.in_words() for each in found.changes)])
        return ended(context, found.in_words(), message, is_well=not found.lost)
