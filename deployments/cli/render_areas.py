"""The areas in what `status` prints."""

from __future__ import annotations

from deployments.cli.overview import Overview
from deployments.cli.render import ON_ONE_SCREEN, last_successful_check
from deployments.cli.tables import Column, table


def status(found: Overview, *, every: bool) -> None:
    """A line for each area; of many, for those that are not ok, or `every` one."""
    shown = [*found.areas]
    if not every and len(shown) > ON_ONE_SCREEN:
        shown = [each for each in shown if each.state not in {"ok", "new"}][:ON_ONE_SCREEN]
    if not shown:
        return
    table(
        (
            Column("All providers in", wraps=True),
            *map(Column, ("List", "Last successful check", "Providers", "New documents")),
        ),
        (
            (
                f"{each.area.short_name} ({each.area.urn})",
                each.state,
                last_successful_check(each, found),
                each.counts.providers,
                each.counts.documents,
            )
            for each in shown
        ),
    )
