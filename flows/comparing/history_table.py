"""Judgements over time: a line for each judgement, a column for each inspection.

Before a first inspection stand those of the authorities that were there before, by their names.

Oldest to newest from left to right, as in every table and card of ours ("Before", "Now"). A
place without a grade says why; what could not be read reliably shows none.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from notifications.words.labels import badge, short_label
from ofsted.no_grade import IN_DOUBT, NOT_GIVEN, why_no_grade
from ofsted.reports.model import UNKNOWN
from ofsted.short_names import short_name
from ofsted.text import say_day
from storage.report_queries import InspectionLine


@dataclass(frozen=True, slots=True)
class HistoryLine:
    """One judgement over time."""

    key: str
    label: str
    cells: tuple[str, ...]  # as many as there are columns


@dataclass(frozen=True, slots=True)
class HistoryTable:
    """Heads of the columns, such as `June 2025`, and the lines below them.

    `inspections` are what the columns show; a predecessor's head begins with its name.
    """

    heads: tuple[str, ...]
    lines: tuple[HistoryLine, ...]
    inspections: tuple[InspectionLine, ...]


def history_table(inspections: Sequence[InspectionLine]) -> HistoryTable:
    """The table of inspections, given from the oldest; the lines follow the newest one's labels."""
    given = [each for each in inspections if each.judgements]
    heads: list[str] = []
    columns: list[InspectionLine] = []
    for own, head in zip(given, _heads(given), strict=True):
        before = [one.inspection for one in own.predecessors]
        names = [short_name(one.authority) for one in own.predecessors]
        heads += [f"{name}, {then}" for name, then in zip(names, _heads(before), strict=True)]
        heads.append(head)
        columns += [*before, own]
    lines = (
        HistoryLine(key, label, tuple(cell(each, key) for each in columns))
        for key, label in _labels(columns).items()
    )
    return HistoryTable(tuple(heads), tuple(lines), tuple(columns))


def _labels(inspections: Sequence[InspectionLine]) -> dict[str, str]:
    """By key, as the newest inspection prints them and then the others."""
    labels: dict[str, str] = {}
    for each in reversed(inspections):
        for judgement in each.judgements:
            if judgement.key != UNKNOWN:
                labels.setdefault(judgement.key, short_label(judgement.label))
    return labels


def cell(inspected: InspectionLine, key: str) -> str:
    """The grade in Ofsted's words, or why there is none."""
    found = {each.key: each for each in inspected.judgements}
    if inspected.status != "read":
        return IN_DOUBT
    if key in found:
        shown = badge(found[key].grade, found[key].printed)
        return shown.words if shown else NOT_GIVEN
    return why_no_grade(key, found, inspected.framework)


def _heads(inspections: Sequence[InspectionLine]) -> tuple[str, ...]:
    """The heads: the month, or the day where a month has two inspections."""
    days = [each.last_day or each.published for each in inspections]
    months = Counter(day and (day.year, day.month) for day in days)
    return tuple(
        "no date" if day is None else _head(day, alone=months[day.year, day.month] == 1)
        for day in days
    )


def _head(day: date, *, alone: bool) -> str:
    return f"{day:%B %Y}" if alone else say_day(day)
