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
from ofsted.reports.grades import (
    doubts_of_repeats,
    doubts_of_witnesses,
    doubts_of_words,
    ending_grade,
    judged,
    key_of,
)
from ofsted.reports.head import Head, find_head, read_dates, read_leads
from ofsted.reports.model import UNKNOWN, Doubt, Improvement, Judgement
from ofsted.reports.tables import read_table
from ofsted.reports.words import ILACS_HEADINGS, ILACS_LABELS, ILACS_ROWS, letters

_TITLE = re.compile(
    r"Inspection of (?:(?P<provider>.+?) )??(?:local authority )?children.?s"
    r" (?:social care )?services",
    re.IGNORECASE,
)
_BARE_TITLE = re.compile(r"Inspection of (?P<provider>.+)")
_IMPROVE = re.compile(r"whatneedstoimprove\d{0,2}")
_OVERALL = frozenset({"overall"})  # no heading of its own
_HEADING_LENGTH = 200


def recognises(document: Document) -> bool:
    """Whether the title is that of an ILACS report, or else the judgement table."""
    head = find_head(document.body)
    if head is None:
        return False
    if _TITLE.search(head.title):
        return True
    table, _, _ = _table(document.body)
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
    judgements, start, end = _table(blocks)
    if not judgements:
        doubts += (Doubt("no judgement table", (head.title,)),)
    else:
        doubts += tuple(_doubts(judgements, list(_headings(blocks[end:]))))
    return Found(
        kind="ilacs",
        framework=ILACS_ROWS.get(frozenset(row.key for row in judgements)),
        title=title,
        provider=provider,
        first_day=span.first if span else None,
        last_day=span.last if span else None,
        inspectors=read_leads(blocks[head.dates_at : start]),
        judgements=tuple(judgements),
        improvements=tuple(_improvements(blocks[end:])),
        doubts=doubts,
        missing=not judgements,
    )


def _title(head: Head) -> tuple[str, str | None]:
    """Title and provider: inside the title since November 2021, above it before."""
    found = _TITLE.search(head.title) or _BARE_TITLE.search(head.title)
    if not found:
        return head.title, None
    return head.title[found.start() :], found["provider"] or head.title[: found.start()].strip()


def _header(blocks: Sequence[Block]) -> tuple[int, int] | None:
    """Where the table's header, `Judgement` and `Grade`, begins and ends."""
    for index, (block, after) in enumerate(pairwise(blocks)):
        if letters(block.text) == "judgementgrade":
            return index, index + 1
        if letters(block.text) == "judgement" and letters(after.text) == "grade":
            return index, index + 2
    return None


def _table(blocks: Sequence[Block]) -> tuple[list[Judgement], int, int]:
    """The rows of the judgement table; where its header begins, and where it ends."""
    header = _header(blocks)
    if header is None or header[1] == len(blocks):
        return [], 0, 0
    judgements, end = read_table(blocks, header[1], ILACS_LABELS)
    return judgements, header[0], end


def _headings(blocks: Sequence[Block]) -> Iterator[Judgement]:
    """The graded headings of the body: `The experiences and progress of ...: good`.

    A heading may be cut in two blocks.
    """
    for block, after in pairwise([*blocks, Block("")]):
        if block.mark or len(block.text) > _HEADING_LENGTH:
            continue
        whole = f"{block.text} {after.text}"
        found = _heading(block.text, block.page)
        if found is None and not after.mark and len(whole) <= _HEADING_LENGTH:
            found = _heading(whole, block.page)
        if found:
            yield found


def _heading(text: str, page: int | None) -> Judgement | None:
    """Label, perhaps `is` or `are`, and grade; after a colon a word that is no grade as well."""
    parted = ending_grade(text)
    if parted:
        label = re.sub(r"(?:\s+(?:is|are))?\s*:?$", "", parted[0])
        found = judged(label, parted[1], page, ILACS_HEADINGS)
        return None if found.key == UNKNOWN else found
    label, colon, printed = text.partition(":")
    key = key_of(label, ILACS_HEADINGS)
    return (
        Judgement(key, label, printed.strip(), None, page)
        if colon and printed and key != UNKNOWN
        else None
    )


def _doubts(table: Sequence[Judgement], body: Sequence[Judgement]) -> Iterator[Doubt]:
    yield from doubts_of_words(table, ILACS_LABELS)
    yield from doubts_of_repeats(table)
    yield from doubts_of_witnesses(table, body, silent=_OVERALL)
    keys = {row.key for row in table}
    if UNKNOWN not in keys and frozenset(keys) not in ILACS_ROWS:
        lines = tuple(f"{row.label}: {row.printed}" for row in table)
        yield Doubt("the judgement table has not the rows of any ILACS form", lines)


def _improvements(blocks: Sequence[Block]) -> Iterator[Improvement]:
    """The bullets from `What needs to improve?` to the first area's heading or paragraph 1."""
    found = (index for index, block in enumerate(blocks) if _IMPROVE.fullmatch(letters(block.text)))
    start = next(found, None)
    if start is None:
        return
    for block in blocks[start + 1 :]:
        if block.number == 1 or _heading(block.text, block.page):
            return
        if block.bulleted:
            yield Improvement("improvement", block.text, page=block.page)
