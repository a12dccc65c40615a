"""The regions of England, as `ofsted/authorities.csv` gives them, that digests are grouped by."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import cache
from typing import TypeVar

from notifications.events import Provider
from ofsted.authorities import authorities

OTHER = "Other"  # of a provider that is not in the list
One = TypeVar("One")


def region(provider: Provider) -> str:
    """`London`; `Other` for a provider that is not in the list of authorities."""
    return _regions().get((provider.code, provider.urn), OTHER)


def by_region(those: Iterable[One], region_of: Callable[[One], str]) -> dict[str, list[One]]:
    """The same by their regions, in the alphabet's order, `Other` last."""
    groups: dict[str, list[One]] = {}
    for one in those:
        groups.setdefault(region_of(one), []).append(one)
    return {name: groups[name] for name in sorted(groups, key=lambda name: (name == OTHER, name))}


@cache
def _regions() -> dict[tuple[str, str], str]:
    return {(each.code, each.urn): each.region for each in authorities()}
