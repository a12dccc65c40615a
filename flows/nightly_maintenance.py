"""The flow that audits what was recorded and sent, and cleans up."""

from __future__ import annotations

from typing import Any

from prefect import flow
from prefect.client.schemas.objects import State

from flows.prefect_pages import remove_pages, write_pages
from flows.prefect_steps import HOOKS, ended, flow_context
from flows.presenting import area_pages, artifacts
from flows.upkeep.nightly import nightly


@flow(name="nightly-maintenance", flow_run_name="nightly maintenance", **HOOKS)
def nightly_maintenance() -> State[Any]:
    """Audit what was recorded and sent, write the website anew, delete what is not needed."""
    with flow_context() as context:
        night = nightly(context)
        write_pages(context, refreshed=artifacts.everything(context))
        remove_pages(context, area_pages.unwatched(context))
        return ended(context, night.headline, night.in_words(), is_well=night.is_well)
