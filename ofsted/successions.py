"""Which authorities were before another one, where councils were split or merged.

`successions.csv`: a row a predecessor of an authority that has had a new URN since, with the day on
which the new council took over and the Order of Parliament that says so. A council that became a
unitary one and kept its URN (Buckinghamshire 2020, North Yorkshire and Somerset 2023) has no row:
its page goes on. Christchurch's services for children were Dorset County Council's, whose
successor is Dorset Council; Bournemouth and Poole had their own.

`urn` is empty where no public source gives the number of the predecessor's page, as it is for all
of them so far: a page is then known as the predecessor's by its name. Numbers are never guessed.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files

from ofsted.authorities import authorities
from ofsted.provider_key import AUTHORITY, ProviderKey
from ofsted.short_names import short_name


@dataclass(frozen=True, slots=True)
class Succession:
    """One authority that another one has taken over from, wholly or in part."""

    successor_urn: str
    name: str  # of the predecessor, in full: Cumbria County Council
    urn: str | None  # of the predecessor; None: not known
    since: date  # when the successor took over
    source: str

    @property
    def short_name(self) -> str:
        """`Cumbria`."""
        return short_name(self.name)

    def is_page(self, key: ProviderKey, name: str | None) -> bool:
        """Whether this is the predecessor's page.

        Args:
            name: what the page calls its provider; None: not known. It counts only where the
                predecessor's URN is not known, and never for an authority that there is now:
                Dorset Council is not Dorset County Council.
        """
        if key.code != AUTHORITY:
            return False
        if self.urn is not None:
            return key.urn == self.urn
        return key.urn not in _urns_of_today() and _bare(name or "") == _bare(self.name)


@cache
def every_succession() -> tuple[Succession, ...]:
    """All that are known, in the order of the file."""
    text = files("ofsted").joinpath("successions.csv").read_text(encoding="utf-8")
    return tuple(
        Succession(
            successor_urn=row["successor_urn"],
            name=row["name"],
            urn=row["urn"] or None,
            since=date.fromisoformat(row["since"]),
            source=row["source"],
        )
        for row in csv.DictReader(text.splitlines())
    )


def predecessors(provider: ProviderKey) -> tuple[Succession, ...]:
    """Those that an authority has taken over from; empty for almost all."""
    if provider.code != AUTHORITY:
        return ()
    return tuple(one for one in every_succession() if one.successor_urn == provider.urn)


def may_have_successors(provider: ProviderKey) -> bool:
    """Whether its name is worth asking for: of none that there is now."""
    return provider.code == AUTHORITY and provider.urn not in _urns_of_today()


def successors(provider: ProviderKey, name: str | None) -> tuple[ProviderKey, ...]:
    """Those that have taken over from the provider of a page; empty for almost all.

    Args:
        name: what the page calls its provider; None: not known.
    """
    found = (one for one in every_succession() if one.is_page(provider, name))
    return tuple(ProviderKey(AUTHORITY, one.successor_urn) for one in found)


@cache
def _urns_of_today() -> frozenset[str]:
    return frozenset(each.urn for each in authorities())


def _bare(name: str) -> str:
    return short_name(name).casefold()
