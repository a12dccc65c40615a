"""The flow that imports the reports that come with Ofsted Watch."""

from __future__ import annotations

from typing import Any

from prefect import flow
from prefect.client.schemas.objects import State

from flows.prefect_steps import HOOKS, ended, flow_context
from flows.upkeep import seeds
from notifications.words.plain import several


@flow(name="import-seeds", flow_run_name="import seeds", **HOOKS)
def import_seeds() -> State[Any]:
    """Import the reports that come with Ofsted Watch into the baseline, without sending alerts."""
    with flow_context() as context:
        imported = seeds.import_seeds(seeds.packaged(), context)
        message = "\n".join(f"{each.name}: {each.result} ({each.status})" for each in imported)
        new = sum(1 for each in imported if each.result != "known")
        return ended(context, f"{several(new, 'seed')} imported" if new else "Nothing new", message)
