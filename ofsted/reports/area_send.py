"""Area SEND inspections of Ofsted and CQC, framework of 2023.

No grades and no table of them: the outcome is one of three statements, known by its opening.
Its second witness is the time to the next inspection and, for widespread failings alone, a
monitoring inspection and areas for priority action. Improvements are rows of tables, which
page breaks may cut.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import groupby

from ofsted.reports.blocks import Block, Cell, Document
from ofsted.reports.facts import DocumentFacts
from ofsted.reports.head import find_head, is_name, read_dates
from ofsted.reports.items import items
from ofsted.reports.model import Doubt, Improvement, Inspector
from ofsted.reports.sections import named_by, sections
from ofsted.reports.words import OUTCOMES, SEND_HEADINGS, OutcomeWords, letters, without_footnote
from ofsted.text import fold

FRAMEWORKS = ("area_send_2023",)

_TITLE = re.compile(
    r"area SEND (?:full )?inspection of (?P<provider>.+?(?:Local Area Partnership|$))",
    re.IGNORECASE,
)
_FAILINGS = "widespread_systemic_failings"
_MONITORING = "monitoring inspection"
_ROLE = (
    r"(?:S?HMI|Ofsted|CQC|Care Quality Commission|Lead|Joint|Inspector|Team|Senior|Social Care"
    r"|Education|Health|Children.?s Services|(?:His|Her) Majesty.?s Inspector)\b"
)
_PERSON = re.compile(
    rf"(?P<name>(?!(?i:{_ROLE}))[^\W\d_][^\s,;]*(?:\s+(?!(?i:{_ROLE}))[^\W\d_][^\s,;]*){{1,4}})"
    rf"[,;\s(\u2013-]+(?P<role>(?i:{_ROLE}(?:[,;\s/()\u2013-]+{_ROLE})*)\)?)"
)
_TEAM_BLOCKS = 8  # that a doubt shows
_BODIES = {"carequalitycommission": "CQC", "cqc": "CQC", "ofsted": "Ofsted"}


def recognises(document: Document) -> bool:
    """Whether the title is that of an area SEND inspection."""
    head = find_head(document.body)
    return head is not None and bool(_TITLE.search(head.title))


def read(document: Document) -> DocumentFacts:
    """The facts of an area SEND inspection's report."""
    blocks = document.body
    head = find_head(blocks)
    title = head and _TITLE.search(head.title)
    if head is None or title is None:
        return DocumentFacts("area_send", missing=True, doubts=(Doubt("no title"),))
    span, doubts = read_dates(blocks, head)
    parts = list(sections(blocks, named_by(SEND_HEADINGS)))
    statement = [block for name, _, inside in parts if name == "outcome" for block in inside]
    outcomes = _outcomes(statement)
    found = [item for name, _, inside in parts for item in _items(name, inside)]
    if document.pages and not document.tagged:
        doubts += (Doubt("the file has no tags, so the rows of its tables cannot be separated"),)
    team = [block for name, _, inside in parts if name == "team" for block in inside]
    leads = tuple(_leads(team))
    if {lead.body for lead in leads} != set(_BODIES.values()):
        named = tuple(block.text for block in team[:_TEAM_BLOCKS])
        doubts += (Doubt("the two inspectorates do not both name a lead inspector", named),)
    return DocumentFacts(
        kind="area_send",
        framework="area_send_2023",
        title=title[0],
        provider=without_footnote(title["provider"].strip()),
        first_day=span.first if span else None,
        last_day=span.last if span else None,
        inspectors=leads,
        outcome=outcomes[0].outcome if len(outcomes) == 1 else None,
        improvements=tuple(found),
        doubts=(*doubts, *_doubts(outcomes, statement, found)),
        missing=not outcomes,
    )


def _outcomes(statement: Sequence[Block]) -> list[OutcomeWords]:
    texts = [fold(block.text) for block in statement]
    return [known for known in OUTCOMES if any(re.search(known.opening, text) for text in texts)]


def _doubts(
    outcomes: Sequence[OutcomeWords], statement: Sequence[Block], found: Sequence[Improvement]
) -> Iterator[Doubt]:
    lines = tuple(block.text for block in statement)
    if len(outcomes) != 1:
        yield Doubt("the inspection outcome is not one of the three statements", lines)
        return
    statement_text = fold(" ".join(lines))
    failing = outcomes[0].outcome == _FAILINGS
    priority = any(one.kind == "priority_action" for one in found)
    if failing != (_MONITORING in statement_text) or failing != priority:
        what = "a monitoring inspection and priority actions do not match this outcome"
        yield Doubt(what, lines)
    if "years" in statement_text and not re.search(outcomes[0].next_years, statement_text):
        yield Doubt("the time to the next inspection does not match this outcome", lines)
    if not any(one.kind == "improvement" for one in found):
        yield Doubt("no areas for improvement", lines)


def _items(name: str, inside: Sequence[Block]) -> Iterator[Improvement]:
    if name == "improvement":
        for item in items(inside, columns=1):
            yield Improvement("improvement", item.text, page=item.page)
    elif name == "priority_action":
        for item in items(inside, columns=2):
            yield Improvement("priority_action", item.text, item.body, item.page)


def _leads(team: Sequence[Block]) -> list[Inspector]:
    """The inspectors marked `lead`, Ofsted's first, then CQC's.

    A role that names no inspectorate belongs to the one that heads its column.
    """
    leads = []
    columns: dict[int | None, str] = {}
    for cell, text in _cells(team):
        columns[cell] = _BODIES.get(letters(text), columns.get(cell, "Ofsted"))
        for person in _PERSON.finditer(text):
            name, role = person["name"].rstrip("."), person["role"]
            role = role if "(" in role else role.rstrip(")")
            if "lead" in role.casefold() and is_name(name):
                leads.append(Inspector(name, role, _body(role, columns[cell])))
    return sorted(leads, key=lambda lead: lead.body == "CQC")


def _cells(team: Sequence[Block]) -> Iterator[tuple[int | None, str]]:
    """The column and text of each cell; of each block where there are no cells."""
    for place, blocks in groupby(team, key=lambda block: block.cell or block):
        column = place.column if isinstance(place, Cell) else None
        yield column, " ".join(block.text for block in blocks)


def _body(role: str, column: str) -> str:
    found = re.search(r"CQC|Care Quality|Ofsted|HMI\b|Majesty", role, re.IGNORECASE)
    if found is None:
        return column
    return "CQC" if found[0].casefold() in ("cqc", "care quality") else "Ofsted"
