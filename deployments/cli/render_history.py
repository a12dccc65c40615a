"""`history`: judgements over time, then each inspection and what it changed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

import click

from deployments.cli.inspections import AuthorityHistory
from deployments.cli.tables import Column, day, say, table, width
from flows.comparing.history_table import HistoryTable, history_table
from notifications.words.labels import GRADES, short_label
from ofsted.no_grade import NOT_GIVEN, SAID_INSTEAD
from storage.report_queries import ComparedLine, InspectionLine, PredecessorLine

LABELS = 26  # characters of the table's first column
EACH_WHOLE = 20  # authorities with each of their inspections
COLUMN = 13  # characters of each other column, so that "improvement" fits
SHORT = {"Requires improvement to be good": "Requires improvement"}
RELATIONS = {  # for any other relation, the comparison's own reason is shown
    "same": "",
    "successor": "compared across frameworks",
    "ended": "no longer given",
    "not_judged": "not judged this time",
    "new": "first time given",
}


def draw(found: Sequence[AuthorityHistory]) -> None:
    """The table from the oldest to the newest, then each inspection, the newest first.

    Of many authorities their tables alone, which are some thousand lines for all of England.
    """
    is_whole = len(found) <= EACH_WHOLE
    if not is_whole:
        click.echo("Tables only; `--authority NAME` shows each inspection of one authority.\n")
    for number, each in enumerate(found):
        if number:
            click.echo()
        say(f"{each.authority.name} ({each.authority.urn})")
        for part in _parts(history_table([*reversed(each.inspections)])):
            click.echo()
            _grid(part)
        for inspection in each.inspections if is_whole else ():
            click.echo()
            _inspection(inspection)


def _parts(whole: HistoryTable) -> Iterator[HistoryTable]:
    """Split the table to fit the terminal, the newest columns first, without empty lines."""
    room = max(1, (width() - LABELS) // COLUMN)
    for end in range(len(whole.heads), 0, -room):
        chosen = slice(max(0, end - room), end)
        lines = [replace(line, cells=line.cells[chosen]) for line in whole.lines]
        said = tuple(line for line in lines if set(line.cells) - {NOT_GIVEN, *SAID_INSTEAD})
        yield HistoryTable(whole.heads[chosen], said, whole.inspections[chosen])


def _grid(part: HistoryTable) -> None:
    columns = (Column("", wraps=True), *(Column(head, wraps=True) for head in part.heads))
    cells = ((line.label, *(SHORT.get(each, each) for each in line.cells)) for line in part.lines)
    table(columns, cells)


def _inspection(inspection: InspectionLine) -> None:
    report = inspection.report
    days = ""
    if report.first_day:
        days = f", inspected {day(report.first_day)} to {day(report.last_day)}"
    say(f"{day(report.published)}  {report.title}{days}")
    if report.status != "read":
        say(f"{report.status}: {report.link or 'no link'}", "  ")
        return
    if report.outcome:
        say(_outcome(report.outcome), "  ")
    for line in _changes(inspection):
        say(line, "  ")
    for one in inspection.predecessors:
        _predecessor(one)


def _predecessor(one: PredecessorLine) -> None:
    """The grades of an authority that was there before, under its name."""
    report = one.inspection.report
    say(f"before it, {one.authority} (report of {day(report.published)}; not compared):", "  ")
    if report.outcome:
        say(_outcome(report.outcome), "    ")
    for line in _judgements(one.inspection):
        say(line, "    ")


def _changes(inspection: InspectionLine) -> Iterator[str]:
    """What the comparison says; the judgements alone where there is none."""
    if not inspection.compared or inspection.predecessors:
        yield from _judgements(inspection)
        return
    [compared] = inspection.compared
    yield f"compared with the report of {day(compared.published)}:"
    for row in compared.lines:
        yield f"{_label(row)}: {_change(row)}"


def _judgements(inspection: InspectionLine) -> Iterator[str]:
    """As they are printed, with nothing beside them."""
    for judgement in inspection.judgements:
        yield f"{short_label(judgement.label)}: {judgement.printed}"


def _outcome(outcome: str) -> str:
    return outcome.replace("_", " ")


def _label(row: ComparedLine) -> str:
    return "Outcome" if row.key == "outcome" else short_label(row.label)


def _change(row: ComparedLine) -> str:
    """`Good (was Outstanding; lowered)`; `no longer given (was Good)`."""
    now, before = _grade(row.grade), _grade(row.previous_grade)
    relation = RELATIONS.get(row.relation, row.reason)
    if not now:
        return f"{relation} (was {before})"
    was = f"was {before}" if before else ""
    return f"{now} ({'; '.join(filter(None, (was, row.direction, relation)))})"


def _grade(grade: str | None) -> str:
    return GRADES[grade][0] if grade in GRADES else (grade or "").replace("_", " ")
