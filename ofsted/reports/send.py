"""Area SEND inspections of Ofsted and CQC, framework of 2023.

No grade and no table of them: the outcome is one of three statements, told by its opening.
Its second witness is the time to the next inspection and, for widespread failings alone, a
monitoring inspection and areas for priority action. Improvements are rows of tables, which
page breaks may cut.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from ofsted.reports.blocks import Block, Document, rows
from ofsted.reports.found import Found
from ofsted.reports.head import find_head, read_dates
from ofsted.reports.items import items
from ofsted.reports.model import Doubt, Improvement, Inspector
from ofsted.reports.sections import named_by, sections
from ofsted.reports.words import OUTCOMES, SEND_HEADINGS, OutcomeWords
from ofsted.text import fold

_TITLE = re.compile(r"area SEND (?:full )?inspection of (?P<provider>.+)", re.IGNORECASE)
_FAILINGS = "widespread_systemic_failings"
_MONITORING = "monitoring inspection"
_ROLE = r"(?:HMI|Ofsted|CQC|[Ll]ead|[Ii]nspector)\b"
_PERSON = re.compile(
    rf"(?P<name>(?!{_ROLE})[^\s,]+(?:\s+(?!{_ROLE})[^\s,]+){{1,4}})[,\s]+"
    rf"(?P<role>{_ROLE}(?:[,\s]+{_ROLE})*)"
)


def recognises(document: Document) -> bool:
    """Whether the title is that of an area SEND inspection."""
    head = find_head(document.body)
    return head is not None and bool(_TITLE.search(head.title))


def read(document: Document) -> Found:
    """The facts of an area SEND inspection's report."""
    blocks = document.body
    head = find_head(blocks)
    title = head and _TITLE.search(head.title)
    if head is None or title is None:
        return Found("area_send", missing=True, doubts=(Doubt("no title"),))
    span, doubts = read_dates(blocks, head.dates_at)
    parts = list(sections(blocks, named_by(SEND_HEADINGS)))
    statement = [block for name, _, inside in parts if name == "outcome" for block in inside]
    outcomes = _outcomes(statement)
    found = [item for name, _, inside in parts for item in _items(name, inside)]
    team = [block for name, _, inside in parts if name == "team" for block in inside]
    return Found(
        kind="area_send",
        framework="area_send_2023",
        title=title[0],
        provider=title["provider"].strip(),
        first_day=span.first if span else None,
        last_day=span.last if span else None,
        inspectors=tuple(_leads(team)),
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
    said = fold(" ".join(lines))
    failing = outcomes[0].outcome == _FAILINGS
    priority = any(one.kind == "priority_action" for one in found)
    if failing != (_MONITORING in said) or failing != priority:
        what = "only widespread failings go with a monitoring inspection and priority actions"
        yield Doubt(what, lines)
    if "years" in said and not re.search(outcomes[0].next_years, said):
        yield Doubt("the time to the next inspection is not that of this outcome", lines)
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
    """Those marked `lead`, Ofsted's first, then CQC's."""
    leads = []
    cells = [cell for row in rows(team) for cell in row.cells] or [one.text for one in team]
    for cell in cells:
        for person in _PERSON.finditer(cell):
            role = person["role"].strip(" ,")
            if "lead" in role.casefold():
                body = "CQC" if "CQC" in role else "Ofsted"
                leads.append(Inspector(person["name"].strip(), role, body))
    return sorted(leads, key=lambda lead: lead.body == "CQC")
