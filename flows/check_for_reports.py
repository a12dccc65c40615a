"""The flow that checks the watched pages and sends the alerts that follow."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from prefect import flow
from prefect.client.schemas.objects import State
from pydantic import Field

from flows.checking.one_check import CheckRequest, CheckResult
from flows.context.context import AppContext
from flows.pipeline import EACH_ALONE, StillCheckingError, run_round
from flows.prefect_pages import ProgressBar, write_pages, write_table
from flows.prefect_steps import (
    HOOKS,
    ended,
    flow_context,
    flow_run,
    prefect_step,
    rename,
    scheduled_for,
)
from flows.presenting import artifacts
from flows.presenting.round_headline import headline, tags, under_way
from flows.settings.load import SettingsError
from flows.settings.watched import WatchedAuthority

AUTHORITIES = Field(
    default=None,
    description="Names or URNs of watched authorities; leave empty for all.",
    # Prefect puts the parameter's own name as title unless it stands here
    json_schema_extra={"title": "Authorities", "examples": [["Sutton"], ["80515"]]},
)


@flow(name="check-for-reports", flow_run_name="checking", **HOOKS)
def check_for_reports(authorities: list[str] | None = AUTHORITIES) -> State[Any]:
    """Check each authority's page for new reports, then send the alerts that are due."""
    with flow_context() as context:
        try:
            chosen = _chosen(context, authorities)
        except SettingsError as error:
            return ended(context, "Not checked", str(error), is_well=False)
        rename(under_way(chosen))
        run = flow_run()
        request = CheckRequest(scheduled=scheduled_for(context), run=str(run.id) if run else None)
        done: list[CheckResult] = []
        bar = ProgressBar("Pages checked") if len(chosen) > EACH_ALONE else None
        pages = len(chosen) + len(context.settings.areas_of(chosen))

        def on_check(result: CheckResult) -> None:
            done.append(result)
            if bar:
                bar.show(len(done), pages)

        try:
            found = run_round(context, chosen, request, prefect_step, on_check=on_check)
        except StillCheckingError as error:
            return ended(context, "Still checking", str(error))
        write_pages(
            context,
            artifacts.after_checks(context, found.checks),
            refreshed=artifacts.naming_providers(context, found.checks),
        )
        if bar:
            write_table("round", artifacts.round_table(found.checks), "What the last round found")
        return ended(
            context,
            headline(found.checks),
            found.in_words(),
            is_well=found.is_well,
            tags=tags(found.checks),
        )


def _chosen(context: AppContext, names: Sequence[str] | None) -> list[WatchedAuthority]:
    """The watched authorities that a person named; all where none is named.

    Raises:
        SettingsError: one of them is not watched.
    """
    return [context.authority(name) for name in names or ()] or [*context.settings.watch]
