"""Compares two readings by the lineage table (docs/reading.md).

A lineage is a line of reports whose judgements can be compared with each other: ILACS and
SIF are one, Area SEND is another. Reports of other kinds are compared with nothing.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal, NamedTuple

from ofsted.reports.model import GRADES, Judgement, Reading

Relation = Literal[
    "same", "successor", "split", "merged", "ended", "not_judged", "new", "predecessor"
]
Direction = Literal["raised", "lowered", "unchanged"]


@dataclass(frozen=True, slots=True)
class ComparisonLine:
    """One judgement of the newer report, or one that the newer report no longer gives."""

    key: str
    label: str  # as the newer report prints it; for what it no longer gives, as the older did
    grade: str | None  # canonical; an Area SEND outcome in its own words; None: not given now
    before: str | None  # canonical, likewise
    relation: Relation
    direction: Direction | None
    printed: str | None = None  # the grade as printed now
    printed_before: str | None = None  # and as printed before
    reason: str = ""  # why the two can or cannot be compared, in words


@dataclass(frozen=True, slots=True)
class Comparison:
    """A reading compared with an earlier one of its lineage."""

    rows: tuple[ComparisonLine, ...]


class LineageLink(NamedTuple):
    """Which judgement of an older report one of a newer report is compared with.

    `key` is None where the newer report has nothing of its own for the older key.
    """

    kind: str
    key: str | None
    before_kind: str
    before: str
    relation: Relation
    reason: str
    needs: str = ""  # a key that the newer report must give; empty: none


_ACROSS = "compared across frameworks: "
LINKS = (
    LineageLink("ilacs", "overall", "sif", "overall", "successor", _ACROSS + "overall in both"),
    LineageLink(
        "ilacs",
        "help_and_protection",
        "sif",
        "help_and_protection",
        "successor",
        _ACROSS + "help and protection in both",
    ),
    LineageLink(
        "ilacs",
        "leaders",
        "sif",
        "leadership",
        "successor",
        _ACROSS + "before 2018 leadership, management and governance were judged",
    ),
    LineageLink(
        "ilacs",
        "care_and_care_leavers",
        "sif",
        "looked_after",
        "successor",
        _ACROSS + "before 2018 children looked after and achieving permanence were judged",
    ),
    LineageLink(
        "ilacs",
        "in_care",
        "sif",
        "looked_after",
        "successor",
        _ACROSS + "before 2018 children looked after and achieving permanence were judged",
    ),
    LineageLink(
        "ilacs",
        "care_leavers",
        "sif",
        "care_leavers",
        "successor",
        _ACROSS + "experiences and progress of care leavers in both",
    ),
    LineageLink(
        "ilacs",
        "in_care",
        "ilacs",
        "care_and_care_leavers",
        "split",
        "judged together with care leavers before",
    ),
    LineageLink(
        "ilacs",
        "care_leavers",
        "ilacs",
        "care_and_care_leavers",
        "split",
        "judged together with children in care before",
    ),
    LineageLink(
        "ilacs",
        None,
        "sif",
        "care_leavers",
        "merged",
        "judged together with children in care since 2018",
        needs="care_and_care_leavers",
    ),
)

ENDED = {  # why an older judgement is no longer given, by its key
    "overall": "no longer given: overall effectiveness ended in April 2026",
    "adoption": "no longer given: adoption was judged separately only until 2018",
    "lscb": "no longer given: safeguarding children boards were reviewed only until 2018",
}

OF_ANOTHER = "the grade of an authority that was there before, shown and not compared"

LINEAGES = {
    "ilacs": "children's services",
    "sif": "children's services",
    "area_send": "area SEND",
}

# The judgements that a report of a framework can give.
_POSSIBLE = {
    "ilacs_2018": "leaders help_and_protection care_and_care_leavers overall",
    "ilacs_2023": "leaders help_and_protection in_care care_leavers overall",
    "ilacs_2026": "leaders help_and_protection in_care care_leavers",
    "sif_2013": "overall help_and_protection looked_after adoption care_leavers leadership lscb",
}


def lineage(kind: str) -> str | None:
    """The lineage that reports of a kind are in; None: they are compared with nothing."""
    return LINEAGES.get(kind)


def compare(newer: Reading, older: Reading) -> Comparison:
    """Compare a reading with an earlier one of its lineage.

    Returns:
        A row for each judgement of the newer report, in its order, then one for each of
        the older that the newer no longer gives. Area SEND: one row, its outcome.

    Raises:
        ValueError: a reading is not `read`, or the two are not of one lineage.
    """
    _refuse_incomparable(newer, older)
    if newer.kind == "area_send":
        return Comparison((_outcome(newer, older),))
    given = tuple(_compared(judgement, newer, older) for judgement in newer.judgements)
    used = {row.before_key for row in given}
    rest = tuple(_ended(one, newer, older) for one in older.judgements if one.key not in used)
    return Comparison((*(row.row for row in given), *rest))


def show_predecessor(newer: Reading, older: Reading) -> Comparison:
    """Set a first reading beside the newest one of an authority that was there before.

    Returns:
        The rows of `compare`, each with the relation `predecessor` and without a direction:
        another council's grade is neither raised nor lowered.

    Raises:
        ValueError: as `compare`.
    """
    rows = compare(newer, older).rows
    return Comparison(
        tuple(
            replace(row, relation="predecessor", direction=None, reason=OF_ANOTHER) for row in rows
        )
    )


class _Given(NamedTuple):
    row: ComparisonLine
    before_key: str | None


def _refuse_incomparable(newer: Reading, older: Reading) -> None:
    for reading in (newer, older):
        if reading.status != "read":
            raise ValueError(f"a {reading.status} reading is compared with nothing")
    if lineage(newer.kind) is None or lineage(newer.kind) != lineage(older.kind):
        raise ValueError(f"{newer.kind} and {older.kind} are not of one lineage")


def _outcome(newer: Reading, older: Reading) -> ComparisonLine:
    return ComparisonLine(
        key="outcome",
        label="Inspection outcome",
        grade=newer.outcome,
        before=older.outcome,
        relation="same",
        direction=None,
        reason="the statements as printed; they are no grades",
    )


def _compared(judgement: Judgement, newer: Reading, older: Reading) -> _Given:
    previous = {one.key: one for one in older.judgements}
    if newer.kind == older.kind and judgement.key in previous:
        before = previous[judgement.key]
        return _Given(_row(judgement, before, "same", "the same judgement as before"), before.key)
    for link in LINKS:
        fits = (link.kind, link.before_kind, link.key) == (newer.kind, older.kind, judgement.key)
        if fits and link.before in previous:
            before = previous[link.before]
            return _Given(_row(judgement, before, link.relation, link.reason), before.key)
    return _Given(_row(judgement, None, "new", "given for the first time"), None)


def _row(
    now: Judgement, before: Judgement | None, relation: Relation, reason: str
) -> ComparisonLine:
    return ComparisonLine(
        key=now.key,
        label=now.label,
        grade=now.grade,
        before=before.grade if before else None,
        relation=relation,
        direction=_direction(now, before),
        printed=now.printed,
        printed_before=before.printed if before else None,
        reason=reason,
    )


def _direction(now: Judgement, before: Judgement | None) -> Direction | None:
    if before is None or now.grade is None or before.grade is None:
        return None
    fall = GRADES.index(now.grade) - GRADES.index(before.grade)
    return "lowered" if fall > 0 else "raised" if fall < 0 else "unchanged"


def _ended(before: Judgement, newer: Reading, older: Reading) -> ComparisonLine:
    """A row for what the newer report no longer gives."""
    relation, reason = _why_ended(before.key, newer, older)
    return ComparisonLine(
        key=before.key,
        label=before.label,
        grade=None,
        before=before.grade,
        relation=relation,
        direction=None,
        printed_before=before.printed,
        reason=reason,
    )


def _why_ended(key: str, newer: Reading, older: Reading) -> tuple[Relation, str]:
    given = {judgement.key for judgement in newer.judgements}
    for link in LINKS:
        fits = (link.kind, link.before_kind, link.before) == (newer.kind, older.kind, key)
        if link.key is None and fits and link.needs in given:
            return link.relation, link.reason
    if key in _POSSIBLE.get(newer.framework or "", "").split():
        return "not_judged", "not judged this time"
    return "ended", ENDED.get(key, "no longer given")
