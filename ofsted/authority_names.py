"""Which authority or region a person means by what they wrote.

Names that people say and no list has (`Bath`, `RBKC`) are in `authority_aliases.csv`, with the
names that stand for several authorities (`Cheshire`, `Greater Manchester`): those are refused with
the ones they may mean, never guessed. Where an alias might be another place, the table says why
it is this one.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache
from pathlib import Path

from ofsted.authorities import Authority, authorities, bare, by_bare_name
from ofsted.errors import UnknownName
from ofsted.text import fold

_ALIASES = Path(__file__).with_name("authority_aliases.csv")
_ANY_REGION = frozenset({"england", "region"})  # words that tell no region from another
_REGION_ALIASES: Mapping[str, str] = {
    "Eastern": "East of England",
    "Greater London": "London",
    "Yorkshire": "Yorkshire and the Humber",
    "Yorkshire and Humberside": "Yorkshire and the Humber",
}
_SUGGESTED = 3  # authorities that have the words of an unknown name in theirs
_LIKE = 0.72  # of difflib: `Kignston` is like Kingston, and `Norwich` is not like Greenwich


@dataclass(frozen=True, slots=True)
class Alias:
    """A name that people say, for one authority or for several."""

    name: str
    stands_for: tuple[Authority, ...]
    why: str  # why it stands for them; may be empty


def authority(given: str) -> Authority:
    """The authority that a person means by a name, as people write it, or by a URN.

    Raises:
        UnknownName: it is nobody's name, or that of several; carries the nearest, or all of those.
    """
    if found := _by_urn().get(given.strip()):
        return found
    key = bare(given)
    if found := by_bare_name().get(key):
        return found
    if alias := aliases().get(key):
        if len(alias.stands_for) == 1:
            return alias.stands_for[0]
        raise _several(given, alias)
    if name := _region_by_key().get(_region_key(given)):
        count = len(in_region(name))
        raise UnknownName(given, f"is a region of {count} authorities, and not one of them")
    raise UnknownName(given, "is not an authority", candidates=nearest(given))


def region(given: str) -> str:
    """The region that a person means, as `authorities.csv` has it.

    Raises:
        UnknownName: it is none; carries the nearest, or all of them where none is near.
    """
    key = _region_key(given)
    if found := _region_by_key().get(key):
        return found
    wanted = key.split()
    having = [name for name in regions() if wanted and _begins_all(wanted, bare(name).split())]
    close = having or get_close_matches(key, _region_by_key(), n=1, cutoff=_LIKE)
    if not close:
        every = ", ".join(regions())
        raise UnknownName(given, f"is not a region; the regions are: {every}")
    candidates = tuple(_region_by_key().get(name, name) for name in close)
    raise UnknownName(given, "is not a region", candidates=candidates)


def one_or_region(given: str) -> tuple[Authority, ...]:
    """The authority, or all those of the region, that a person means.

    Raises:
        UnknownName: it is neither; carries the nearest of both kinds.
    """
    if name := _region_by_key().get(_region_key(given)):
        return in_region(name)
    try:
        return (authority(given),)
    except UnknownName as error:
        if error.are_exact:
            raise
        near = get_close_matches(_region_key(given), _region_by_key(), n=1, cutoff=_LIKE)
        candidates = (*error.candidates, *(_region_by_key()[key] for key in near))
        why = "is neither an authority nor a region"
        raise UnknownName(given, why, candidates=candidates) from None


def regions() -> tuple[str, ...]:
    """The nine regions, by name."""
    return tuple(sorted({each.region for each in authorities()}))


def in_region(name: str) -> tuple[Authority, ...]:
    """The authorities of a region, by name."""
    return tuple(each for each in authorities() if each.region == name)


def search(given: str) -> tuple[Authority, ...]:
    """All authorities that some words may be about, by name; none: nothing is.

    The words may be a region, an alias, a URN or code, or the beginnings of words of a name.
    """
    found = {each.urn for each in _matching(given)}
    return tuple(each for each in authorities() if each.urn in found)


def nearest(given: str) -> tuple[str, ...]:
    """Names like one that is unknown: with the same words in them, else of like spelling."""
    key = bare(given)
    if having := [*_with_words(key)]:
        return tuple(each.name for each in having[:_SUGGESTED])
    close = get_close_matches(key, [*by_bare_name(), *aliases()], n=1, cutoff=_LIKE)
    return tuple(_display(name) for name in close)


def other_names(of: Authority) -> tuple[str, ...]:
    """All that people call an authority but its name, which nobody else is called."""
    said = (each.name for each in aliases().values() if each.stands_for == (of,))
    return (*of.also, *said)


@cache
def aliases() -> dict[str, Alias]:
    """Every alias, as `bare` has it."""
    by_name = {each.name: each for each in authorities()}
    rows = csv.DictReader(_ALIASES.read_text(encoding="utf-8").splitlines())
    found = (
        Alias(
            row["alias"], tuple(by_name[name] for name in row["stands_for"].split(";")), row["why"]
        )
        for row in rows
    )
    return {bare(each.name): each for each in found}


def _several(given: str, alias: Alias) -> UnknownName:
    why = f" ({alias.why})" if alias.why else ""
    return UnknownName(
        given,
        f"is not one authority{why}",
        candidates=tuple(each.name for each in alias.stands_for),
        are_exact=True,
    )


def _matching(given: str) -> Iterator[Authority]:
    key, code = bare(given), given.strip().upper()
    yield from _with_words(key)
    if alias := aliases().get(key):
        yield from alias.stands_for
    if name := _region_by_key().get(_region_key(given)):
        yield from in_region(name)
    for each in authorities():
        if code in {each.urn, each.dfe_code, each.ons_code}:
            yield each


def _with_words(key: str) -> Iterator[Authority]:
    """Those that have, in one of their names, a word beginning with each of these."""
    wanted = key.split()
    for each in authorities():
        names = (bare(name).split() for name in (each.name, *each.also))
        if wanted and any(_begins_all(wanted, words) for words in names):
            yield each


def _begins_all(wanted: Iterable[str], words: Iterable[str]) -> bool:
    return all(any(word.startswith(one) for word in words) for one in wanted)


def _display(key: str) -> str:
    found = by_bare_name().get(key)
    if found:
        return found.name
    alias = aliases()[key]
    return alias.stands_for[0].name if len(alias.stands_for) == 1 else alias.name


@cache
def _by_urn() -> dict[str, Authority]:
    return {each.urn: each for each in authorities()}


@cache
def _region_by_key() -> dict[str, str]:
    written = {**{name: name for name in regions()}, **_REGION_ALIASES}
    return {_region_key(name): region for name, region in written.items()}


def _region_key(given: str) -> str:
    """`east` for `East of England`, `north east` for `the North-East region`."""
    words = re.findall(r"\w+", bare(given) or fold(given))
    return " ".join(word for word in words if word not in _ANY_REGION)
