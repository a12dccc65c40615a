"""ILACS: inspections of local authority children's services, since January 2018.

Three forms, told by the rows of the judgement table: in care and care leavers together
(`ilacs_2018`), apart (`ilacs_2023`), and apart without overall effectiveness
(`ilacs_2026`). The second witness of each grade but the overall one is the heading before
the numbered paragraphs of its area, e.g. file 50283346 (Sutton, 29 July 2025).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

from ofsted.reports.blocks import Block, Document
from ofsted.reports.found import Found
from ofsted.reports.head import Head, find_head, read_dates, read_leads
from ofsted.reports.model import UNKNOWN, Doubt, Improvement, Judgement
from ofsted.reports.sections import bulleted, improvements, sections, windows
from ofsted.reports.tables import NO_TABLE, Table, read_table
from ofsted.reports.vocabulary import Vocabulary, doubts_of_witnesses, said
from ofsted.reports.words import ILACS_HEADINGS, ILACS_LABELS, ILACS_ROWS, letters

_LABELS = Vocabulary(ILACS_LABELS)
_AREAS = Vocabulary(ILACS_HEADINGS)
_TITLE = re.compile(
    r"Inspection of (?:(?P<provider>.+?) )??(?:local authority )?children.?s"
    r" (?:social care )?services",
    re.IGNORECASE,
)
_BARE_TITLE = re.compile(r"Inspection of (?P<provider>.+)")
_IMPROVE = re.compile(r"whatneedstoimprove\d{0,2}")
_AREA = re.compile(r"the (?:experience|impact)", re.IGNORECASE)
_OVERALL = frozenset({"overall"})  # no heading of its own


def recognises(document: Document) -> bool:
    """Whether the title is that of an ILACS report, or else the judgement table."""
    head = find_head(document.body)
    if head is None:
        return False
    if _TITLE.search(head.title):
        return True
    table = _table(document.body).judgements
    known = [row for row in table if row.key not in (UNKNOWN, "overall")]
    return len(known) > 1 and bool(_BARE_TITLE.search(head.title))


def read(document: Document) -> Found:
    """The facts of an ILACS report."""
    blocks = document.body
    head = find_head(blocks)
    if head is None:
        return Found("ilacs", missing=True, doubts=(Doubt("no line with the days"),))
    title, provider = _title(head)
    span, doubts = read_dates(blocks, head.dates_at)
    table = _table(blocks)
    if table.judgements:
        doubts += tuple(_doubts(table.judgements, list(_headings(blocks[table.end :]))))
    else:
        doubts += (Doubt("no judgement table", (head.title,)),)
    return Found(
        kind="ilacs",
        framework=ILACS_ROWS.get(frozenset(row.key for row in table.judgements)),
        title=title,
        provider=provider,
        first_day=span.first if span else None,
        last_day=span.last if span else None,
        inspectors=read_leads(blocks[head.dates_at : table.start]),
        judgements=table.judgements,
        improvements=tuple(_improvements(blocks[table.end :])),
        doubts=doubts,
        missing=not table.judgements,
    )


def _title(head: Head) -> tuple[str, str | None]:
    """Title and provider: inside the title since November 2021, above it before."""
    found = _TITLE.search(head.title) or _BARE_TITLE.search(head.title)
    if not found:
        return head.title, None
    return head.title[found.start() :], found["provider"] or head.title[: found.start()].strip()


def _table(blocks: Sequence[Block]) -> Table:
    """The table below `Judgement` and `Grade`, its start that of this header."""
    for index, (block, after) in enumerate(pairwise([*blocks, Block("")])):
        one, both = letters(block.text), letters(block.text + after.text)
        if "judgementgrade" in (one, both):
            first = index + (1 if one == "judgementgrade" else 2)
            return read_table(blocks, first, _LABELS)._replace(start=index)
    return NO_TABLE


def _headings(blocks: Sequence[Block]) -> Iterator[Judgement]:
    """The graded headings of the body: `The experiences and progress of ...: good`."""
    for texts, page in windows(blocks):
        found = filter(None, (_heading(text, page) for text in texts))
        heading = next(found, None) or _misgraded(texts[0], page)
        if heading:
            yield heading


def _heading(text: str, page: int | None) -> Judgement | None:
    """Label, perhaps `is` or `are`, and grade."""
    parted = _AREAS.ending(text)
    if not parted or not _AREA.match(text):
        return None
    label = re.sub(r"(?:\s+(?:is|are))?\s*:?$", "", parted[0])
    key = _AREAS.near_key(label)
    known = key != UNKNOWN
    return Judgement(key, label, parted[1], _AREAS.grade(parted[1]), page) if known else None


def _misgraded(text: str, page: int | None) -> Judgement | None:
    """Label, colon, and a word that is no grade."""
    label, _, printed = text.partition(":")
    key = _AREAS.key(label)
    known = printed and key != UNKNOWN
    return Judgement(key, label, printed.strip(), None, page) if known else None


def _doubts(table: Sequence[Judgement], body: Sequence[Judgement]) -> Iterator[Doubt]:
    yield from _LABELS.doubts(table)
    yield from doubts_of_witnesses(table, body, silent=_OVERALL)
    keys = frozenset(row.key for row in table)
    if UNKNOWN not in keys and keys not in ILACS_ROWS:
        yield Doubt("the judgement table has not the rows of any ILACS form", said(table))


def _improvements(blocks: Sequence[Block]) -> Iterator[Improvement]:
    """The bullets from `What needs to improve?` to the first area's heading or paragraph 1."""
    for name, _, inside in sections(blocks, _section):
        if name == "improvement":
            yield from improvements("improvement", bulleted(inside))


def _section(block: Block) -> str | None:
    if _IMPROVE.fullmatch(letters(block.text)):
        return "improvement"
    return "area" if block.number == 1 or _heading(block.text, block.page) else None
