"""`history`: judgements through time, then each inspection and what it changed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import click

from deployments.cli.tables import Column, day, say, table, width
from flows.comparing.history_table import NOT_GIVEN, SAID_INSTEAD, HistoryTable, history_table
from notifications.words.labels import GRADES, short_label
from ofsted.reports.model import Judgement

Json = dict[str, Any]
LABELS = 26  # letters of the grid's first column
COLUMN = 13  # letters of each other one: "improvement" and "Outstanding" stay whole
SHORT = {"Requires improvement to be good": "Requires improvement"}


@dataclass(frozen=True, slots=True)
class _Inspected:
    """An inspection as the JSON has it."""

    last_day: date | None
    published: date | None
    status: str
    framework: str | None
    judgements: tuple[Judgement, ...]


def draw(answer: Json) -> None:
    """Judgements through time, the newest first."""
    for number, provider in enumerate(answer["providers"]):
        if number:
            click.echo()
        say(f"{provider['name']} ({provider['urn']})")
        inspections = provider["inspections"]
        for part in _parts(history_table([_inspected(each) for each in inspections])):
            click.echo()
            _grid(part)
        for each in inspections:
            click.echo()
            _inspection(each)


def _inspected(each: Json) -> _Inspected:
    return _Inspected(
        last_day=_date(each["last_day"]),
        published=_date(each["published"]),
        status=each["status"],
        framework=each["framework"],
        judgements=tuple(Judgement(**one) for one in each["judgements"]),
    )


def _date(value: str | None) -> date | None:
    return date.fromisoformat(value) if value else None


def _parts(whole: HistoryTable) -> Iterator[HistoryTable]:
    """As many inspections side by side as the terminal takes; lines without a grade left out."""
    room = max(1, (width() - LABELS) // COLUMN)
    for start in range(0, len(whole.heads), room):
        chosen = slice(start, start + room)
        lines = [replace(line, cells=line.cells[chosen]) for line in whole.lines]
        said = tuple(line for line in lines if set(line.cells) - {NOT_GIVEN, *SAID_INSTEAD})
        yield HistoryTable(whole.heads[chosen], said)


def _grid(part: HistoryTable) -> None:
    columns = (Column("", wraps=True), *(Column(head, wraps=True) for head in part.heads))
    cells = ((line.label, *(SHORT.get(each, each) for each in line.cells)) for line in part.lines)
    table(columns, cells)


def _inspection(each: Json) -> None:
    held = f", inspected {day(each['first_day'])} to {day(each['last_day'])}"
    say(f"{day(each['published'])}  {each['title']}{held if each['first_day'] else ''}")
    if each["status"] != "read":
        say(f"{each['status']}: {each['link'] or 'no link'}", "  ")
        return
    if each["outcome"]:
        say(each["outcome"].replace("_", " "), "  ")
    for line in _changes(each):
        say(line, "  ")


def _changes(each: Json) -> Iterator[str]:
    """What the comparison says; the judgements alone where there is none."""
    if each["comparison"] is None:
        for judgement in each["judgements"]:
            yield f"{short_label(judgement['label'])}: {judgement['printed']}"
        return
    yield f"compared with the report of {day(each['comparison']['with_published'])}:"
    for row in each["comparison"]["rows"]:
        yield f"{_label(row)}: {_change(row)}"


def _label(row: Json) -> str:
    return "Outcome" if row["key"] == "outcome" else short_label(row["label"])


def _change(row: Json) -> str:
    """`Good (was Outstanding; lowered)`; `no longer given (was Good)`."""
    now, before = _grade(row["grade"]), _grade(row["before"])
    relation = "" if row["relation"] == "same" else row["relation"].replace("_", " ")
    how = ", ".join(filter(None, (row["direction"], relation)))
    if not now:
        return f"{relation} (was {before})"
    return f"{now} ({f'was {before}; ' if before else ''}{how})".replace("; )", ")")


def _grade(grade: str | None) -> str:
    return GRADES[grade][0] if grade in GRADES else (grade or "").replace("_", " ")
