"""Doubts that follow from comparing a reading with the page that lists the report."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from ofsted.authorities import named_other
from ofsted.reports.model import GRADED_KINDS, Doubt, Kind, Reading
from ofsted.text import fold

# how a title on an authority's page begins (folded) -> the kinds that have stood under it
FOLLOWS_UP = "monitoring"  # anywhere in a title
FOLLOW_UPS: frozenset[Kind] = frozenset(
    {"monitoring_visit", "local_area_send", "letter", "unknown"}
)
KINDS_BY_TITLE: tuple[tuple[str, frozenset[Kind]], ...] = (
    ("children's services inspection", GRADED_KINDS),
    ("single inspection of la children's services", GRADED_KINDS),
    ("children's services focused visit", frozenset({"focused_visit", "monitoring_visit"})),
    ("joint area child protection inspection", frozenset({"jtai"})),
    ("area send full inspection", frozenset({"area_send"})),
)


def as_listed(reading: Reading, urn: str, title: str) -> Reading:
    """A reading, with doubts added where it is of another authority or kind than listed.

    Args:
        reading: of the report's file.
        urn: of the authority on whose page the report is listed.
        title: as the page has it.
    """
    doubts = tuple(_doubts(reading, urn, title))
    if not doubts:
        return reading
    status = reading.status if reading.status == "unread" else "doubtful"
    return replace(reading, status=status, doubts=(*reading.doubts, *doubts))


def is_graded(kind: Kind, status: str, title: str) -> bool:
    """Whether a report is of an inspection that gives grades.

    What was not read reliably is one too if its title on the page says so.

    Args:
        kind: that was read; `unknown` where nothing was.
        status: `read`, `doubtful`, `unread` or `missing`.
        title: as the page has it.
    """
    promised = status != "read" and _expected_kinds(title, kind) == GRADED_KINDS
    return promised or kind in GRADED_KINDS


def _doubts(reading: Reading, urn: str, title: str) -> Iterator[Doubt]:
    named = reading.provider and named_other(reading.provider, urn)
    if reading.provider and named:
        what = f"it names another authority than the page that lists it: {named}"
        yield Doubt(what, (reading.provider,))
    if reading.status == "unread" and reading.doubts:
        return  # its own doubts say more than the kind, which may be unknown for them
    if reading.kind not in _expected_kinds(title, reading.kind):
        what = "what is in the file is not what the page's title says"
        yield Doubt(what, (title, *filter(None, (reading.title,))))


def _expected_kinds(title: str, kind: Kind) -> frozenset[Kind]:
    folded = fold(title)
    if FOLLOWS_UP in folded:
        return FOLLOW_UPS
    kinds = (kinds for opening, kinds in KINDS_BY_TITLE if folded.startswith(opening))
    return next(kinds, frozenset({kind}))
