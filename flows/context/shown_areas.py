"""Which areas are shown, and what is left out of each: for pages, tables and commands."""

from __future__ import annotations

from collections.abc import Iterable

from flows.settings.watched import WatchedArea
from storage.listed_documents import ShownArea


def shown_area(area: WatchedArea) -> ShownArea:
    """What is shown of an area that is watched."""
    scope = area.scope
    return ShownArea(scope.exclude, [each.key for each in scope.extra_providers])


def shown_areas(areas: Iterable[WatchedArea]) -> dict[str, ShownArea]:
    """The same of several, by DfE code."""
    return {each.dfe_code: shown_area(each) for each in areas}
