"""An authority's judgements over time: a table a framework, and a picture of all of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date

from flows.comparing.history_table import cell, history_table
from notifications.words.labels import badge, short_label, spell_out
from notifications.words.plain import month, plain
from ofsted.no_grade import IN_DOUBT, NOT_GIVEN, SAID_INSTEAD
from ofsted.provider_key import ProviderKey
from storage.report_queries import ComparedLine, InspectionLine
from website import addresses
from website.values import Block, Cell, Column, Line, Notes, OverTime, Picture

DAYS_IN_A_YEAR = 365.25
_REASONS = {IN_DOUBT, NOT_GIVEN, *SAID_INSTEAD}
_CHILDRENS_SERVICES = {"ilacs", "sif"}
_PLAIN_RELATIONS = {"same", "new", "predecessor"}  # there is nothing to explain

# Frameworks whose forms are one: the heading of each, and what may be said of it as a whole.
GROUPS: tuple[tuple[str, str, str], ...] = (
    ("ilacs", "Children's services since 2018 (ILACS)", ""),
    ("sif", "Children's services, 2013 to 2017 (single inspection framework)", ""),
    (
        "looked_after_2013",
        "Services for looked after children, 2013",
        "Not compared with other inspections: it judged other services.",
    ),
    (
        "lscb_review",
        "Local Safeguarding Children Board",
        "Not compared with inspections of the council: the board was judged on its own.",
    ),
)

# The rows of the picture. What was judged under another name, or together, has the rows of what
# it is compared with (`ofsted.compare.LINKS`).
ROWS = (
    ("leaders", "Impact of leaders"),
    ("help_and_protection", "Help and protection"),
    ("in_care", "Children in care"),
    ("care_leavers", "Care leavers"),
    ("overall", "Overall effectiveness"),
    ("adoption", "Adoption performance"),
    ("lscb", "Safeguarding board"),
)
SPANS = {  # key -> the first of its rows, and how many
    "leadership": ("leaders", 1),
    "looked_after": ("in_care", 1),
    "care_and_care_leavers": ("in_care", 2),
}


def report_page(inspection: InspectionLine) -> str:
    """The address of a report's page."""
    report = inspection.report
    key = ProviderKey(report.code, report.urn)
    return addresses.report(key, report.file_id, report.link, report.title, report.published)


def tables(inspections: Sequence[InspectionLine]) -> Iterator[OverTime]:
    """A table for each framework that graded, the newest framework first.

    Args:
        inspections: the newest first.
    """
    known = {each.report.id: each for each in inspections}
    for kind, heading, note in GROUPS:
        given = [each for each in reversed(inspections) if _is_graded(each, kind)]
        if not given:
            continue
        drawn = history_table([_alone(each) for each in given])
        columns = tuple(
            Column(head, report_page(each))
            for head, each in zip(drawn.heads, drawn.inspections, strict=True)
        )
        lines = tuple(
            Line(line.label, tuple(map(_cell, line.cells)))
            for line in sorted(drawn.lines, key=lambda line: _place(line.key))
        )
        notes = (Notes(note),) if note else tuple(_notes(given, known))
        yield OverTime(heading=heading, columns=columns, lines=lines, notes=notes)


def picture(inspections: Sequence[InspectionLine], today: date) -> Picture | None:
    """Every grade from its inspection to the next; None where fewer than two can be drawn.

    Args:
        inspections: the newest first.
        today: the end of the newest column.
    """
    given = [each for each in reversed(inspections) if _is_drawn(each)]
    days = [each.last_day or each.published or today for each in given]
    if len(given) < 2 or days != sorted(days):  # noqa: PLR2004
        return None
    read = [(number, each) for number, each in enumerate(given) if each.status == "read"]
    used = {first for _, each in read for one in each.judgements for first in _rows_of(one.key)}
    rows = [(key, label) for key, label in ROWS if key in used]
    places = {key: number for number, (key, _) in enumerate(rows)}
    blocks = [
        Block(number, places[spanned[0]], len(spanned), _cell(cell(each, one.key)))
        for number, each in read
        for one in each.judgements
        if (spanned := _rows_of(one.key))
    ]
    in_doubt = {*range(len(given))} - {number for number, _ in read}
    blocks += [Block(number, 0, len(rows), Cell(IN_DOUBT)) for number in sorted(in_doubt)]
    ends = [*days[1:], today]
    return Picture(
        title="Each judgement from its inspection until the next; the tables below say the same",
        rows=tuple(label for _, label in rows),
        columns=tuple(
            Column(month(day), report_page(each)) for day, each in zip(days, given, strict=True)
        ),
        weights=tuple(
            max(0.0, (end - day).days / DAYS_IN_A_YEAR) for day, end in zip(days, ends, strict=True)
        ),
        blocks=tuple(blocks),
    )


def as_cell(words: str) -> Cell:
    """The same, for a grade's words or the reason why there is none."""
    return _cell(words)


def newest_graded(inspections: Sequence[InspectionLine]) -> InspectionLine | None:
    """The newest inspection of children's services; also one whose grades could not be read.

    Args:
        inspections: the newest first.
    """
    return next((each for each in inspections if _is_drawn(each)), None)


def _is_graded(inspection: InspectionLine, kind: str) -> bool:
    return inspection.report.kind == kind and bool(inspection.judgements)


def _is_drawn(inspection: InspectionLine) -> bool:
    """Whether it has a column in the picture; also if its grades could not be read."""
    is_graded = bool(inspection.judgements) or inspection.status != "read"
    return inspection.report.kind in _CHILDRENS_SERVICES and is_graded


def _alone(inspection: InspectionLine) -> InspectionLine:
    """Without its predecessors, which have pages of their own."""
    return replace(inspection, predecessors=())


def _rows_of(key: str) -> tuple[str, ...]:
    keys = [name for name, _ in ROWS]
    first, count = SPANS.get(key, (key, 1))
    if first not in keys:
        return ()
    at = keys.index(first)
    return tuple(keys[at : at + count])


def _place(key: str) -> tuple[int, int]:
    """Where a judgement's line stands: as in the picture, what was judged together after both."""
    rows = _rows_of(key)
    return (list(dict(ROWS)).index(rows[-1]), len(rows)) if rows else (len(ROWS), 0)


def _cell(words: str) -> Cell:
    shown = None if words in _REASONS else badge(None, words)
    return Cell(shown.words, shown.tone) if shown else Cell(words)


def _notes(given: Sequence[InspectionLine], known: Mapping[int, InspectionLine]) -> Iterator[Notes]:
    """Why judgements are, or are not, compared with those of the inspection before."""
    for each in given:
        for compared in each.compared:
            before = known.get(compared.report_id)
            if before is None or not all(map(_day_of, (each, before))):
                continue
            lines = [one for one in compared.lines if one.relation not in _PLAIN_RELATIONS]
            across = any(one.relation == "successor" for one in lines)
            under = ", which was made under another framework" if across else ""
            items = tuple(filter(None, map(_why, lines)))
            if items:
                heading = f"{_head_of(each)} is compared with {_head_of(before)}{under}:"
                yield Notes(heading, items)


def _why(line: ComparedLine) -> str:
    """`Care leavers: judged together with children in care since 2018.`"""
    head, colon, reason = plain(line.reason).partition(": ")
    said = reason if colon and head == "compared across frameworks" else f"{head}{colon}{reason}"
    if said.endswith("in both"):
        return ""
    is_verb = line.relation == "ended" and head == "no longer given"
    return f"{short_label(line.label)}{' is ' if is_verb else ': '}{spell_out(said)}."


def _day_of(inspection: InspectionLine) -> date | None:
    return inspection.last_day or inspection.published


def _head_of(inspection: InspectionLine) -> str:
    day = _day_of(inspection)
    return month(day) if day else ""
