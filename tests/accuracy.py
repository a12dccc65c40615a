"""How much of the shared corpus the parser gets right: `python -m tests.accuracy`.

Right, wrong, abstained, by kind and field. Whatever is in a reading that is not `read`
counts as abstained, since nobody is sent it as a fact.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from ofsted.reports.model import Improvement, Reading
from ofsted.reports.read import read
from ofsted.text import fold
from tests.truth import SLIPS, Item, Truth, corpus, truths

# What two public tools get right of the same kinds of report, by their own published tables
# compared with the truth for 321 ILACS, 167 SIF, 55 Area SEND and 43 JTAI; visits they skip.
_TOOLS = {
    ("ilacs", "judgement"): "1,594 right, 9 wrong, 2 none",
    ("ilacs", "first day"): "318 right, 3 none",
    ("ilacs", "last day"): "315 right, 3 wrong, 3 none",
    ("ilacs", "inspectors"): "318 right, 3 none",
    ("sif", "judgement"): "none in 166 of 167 reports",
    ("area_send", "outcome"): "55 right",
    ("area_send", "first day"): "53 right, 2 none",
    ("area_send", "last day"): "53 right, 2 none",
    ("area_send", "improvement"): "none",
    ("jtai", "first day"): "43 wrong",
    ("jtai", "theme"): "31 right, 12 wrong",
    ("jtai", "priority action"): "of 4 reports 2 found, 2 false",
    ("focused_visit", "theme"): "none",
    ("focused_visit", "improvement"): "none",
}
_FIELDS = {"priority_action": "priority action"}
VERDICTS = ("right", "wrong", "abstained")
HEAD = ("kind", "field", *VERDICTS, "public tools")
_BEGINS = 60  # characters of an improvement that the tables hold


class Mark(NamedTuple):
    """One fact, compared with the truth."""

    field: str
    verdict: str  # right, wrong, abstained
    found: object
    true: object


def marks(reading: Reading, truth: Truth) -> Iterator[Mark]:
    """A mark for each fact that the tables hold on a file."""
    yield _mark("kind", reading.kind, truth.kind, announced=True)
    if truth.kind == "unknown":
        return
    announced = reading.status == "read"
    first, last = (day and day.isoformat() for day in (reading.first_day, reading.last_day))
    names = tuple(inspector.name for inspector in reading.inspectors)
    yield _mark("framework", reading.framework, truth.framework, announced)
    yield _mark("provider", reading.provider, truth.provider, announced)
    yield _mark("first day", first, truth.first_day, announced)
    yield _mark("last day", last, truth.last_day, announced)
    yield _mark("inspectors", names, truth.inspectors, announced)
    if truth.role:
        yield _mark(
            "role", next((one.role for one in reading.inspectors), None), truth.role, announced
        )
    if reading.outcome or truth.outcome:
        yield _mark("outcome", reading.outcome, truth.outcome, announced)
    if reading.theme or truth.theme:
        yield _mark("theme", reading.theme, truth.theme, announced)
    yield from _marks_of_judgements(reading, truth, announced)
    if truth.improvements is not None:
        yield from _marks_of_improvements(reading.improvements, truth.improvements, announced)


def score(place: Path) -> dict[str, list[Mark]]:
    """The marks of every file of the corpus, by file name."""
    return {truth.path.name: list(marks(read(truth.path), truth)) for truth in truths(place)}


def rows(kinds: dict[str, str], marked: dict[str, list[Mark]]) -> list[tuple[str, ...]]:
    """Kind, field, how many are right, wrong and abstained, and what public tools get."""
    counts: dict[tuple[str, str], Counter[str]] = {}
    for name, found in marked.items():
        for mark in found:
            counts.setdefault((kinds[name], mark.field), Counter())[mark.verdict] += 1
    return [
        (*row, *(str(verdicts[one]) for one in VERDICTS), _TOOLS.get(row, ""))
        for row, verdicts in counts.items()
    ]


def kinds_of(place: Path) -> dict[str, str]:
    """The true kind of each file of the corpus, by its name."""
    return {truth.path.name: truth.kind for truth in truths(place)}


def _mark(field: str, found: object, true: object, announced: bool) -> Mark:
    if announced and found == true:
        return Mark(field, "right", found, true)
    nothing = found in (None, (), "") and true not in (None, (), "")
    return Mark(field, "abstained" if nothing or not announced else "wrong", found, true)


def _marks_of_judgements(reading: Reading, truth: Truth, announced: bool) -> Iterator[Mark]:
    found = {one.key: one for one in reading.judgements}
    for true in truth.judgements:
        one = found.pop(true.key, None)
        said = one and (one.label, one.printed, one.grade)
        yield _mark("judgement", said, (true.label, true.printed, true.grade), announced)
    for key, one in found.items():
        yield _mark("judgement", (key, one.printed), None, announced)


def _marks_of_improvements(
    found: tuple[Improvement, ...], true: tuple[Item, ...], announced: bool
) -> Iterator[Mark]:
    """Item by item in order; what is too much or too little is wrong as well."""
    said = [(one.kind, fold(one.text)[:_BEGINS].strip(), one.body) for one in found]
    wanted = [(one.kind, fold(one.begins)[:_BEGINS].strip(), one.body) for one in true]
    for one in wanted:
        yield _mark(
            _FIELDS.get(one[0], "improvement"), one if one in said else None, one, announced
        )
    for one in said:
        if one not in wanted:
            verdict = "wrong" if announced else "abstained"
            yield Mark(_FIELDS.get(one[0], "improvement"), verdict, one, None)
    if said != wanted and Counter(said) == Counter(wanted):
        yield Mark("order of improvements", "wrong", said, wanted)


def main() -> None:
    """Print the table, each fact that is not right, and where the truth tables slip."""
    place = corpus()
    if place is None:
        raise SystemExit("the shared corpus is not here: set OFSTED_WATCH_CORPUS to its folder")
    marked = score(place)
    out = sys.stdout.write
    for row in (HEAD, *rows(kinds_of(place), marked)):
        kind, field, *verdicts, context = row
        out(f"{kind:<19}{field:<18}{''.join(f'{one:>10}' for one in verdicts)}  {context}".rstrip())
        out("\n")
    for name, found in marked.items():
        for mark in found:
            if mark.verdict != "right":
                out(f"{name}: {mark.field} {mark.verdict}: {mark.found!r}, true {mark.true!r}\n")
    for name, slip in SLIPS.items():
        out(f"{name}: its improvements are not scored, since the truth tables slip: {slip}\n")


if __name__ == "__main__":
    main()
