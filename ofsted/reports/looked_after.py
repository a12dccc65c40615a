"""Inspections of services for looked after children, 2013: four reports, compared with nothing.

The grades are at the very end, under `Record of main findings`; the tables before it
explain what the grades mean. Second witness: `Grade 4 (Inadequate)` below the heading of
each area. The scale has Adequate where later ones have Requires improvement.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

from ofsted.reports.blocks import Block, Document
from ofsted.reports.facts import DocumentFacts
from ofsted.reports.head import find_head, people, read_dates
from ofsted.reports.model import UNKNOWN, Doubt, Improvement, Inspector, Judgement
from ofsted.reports.sections import bulleted, improvements, named_by, sections
from ofsted.reports.tables import NO_TABLE, JudgementTable, find_table
from ofsted.reports.vocabulary import Vocabulary, as_lines
from ofsted.reports.words import (
    LOOKED_AFTER_AREAS,
    LOOKED_AFTER_GRADES,
    LOOKED_AFTER_HEADINGS,
    LOOKED_AFTER_LABELS,
    letters,
    without_footnote,
)

FRAMEWORKS = ("looked_after_2013",)

_LABELS = Vocabulary(LOOKED_AFTER_LABELS, LOOKED_AFTER_GRADES)
_AREAS = Vocabulary(LOOKED_AFTER_AREAS)

_TITLE = re.compile(r"inspection of looked after children services", re.IGNORECASE)
_LEAD = re.compile(r"reporting inspector:?\s+(?P<names>.+)", re.IGNORECASE)
_RECORD = "recordofmainfindings"
_GRADE = re.compile(r"Grade:? \d\W+(?P<word>\w+)\W*", re.IGNORECASE)
_GRADED = re.compile(rf"(?P<label>\S.+?)\W+(?P<printed>{_GRADE.pattern})", re.IGNORECASE)
_WORD = re.compile(r"(?P<word>\w+)(?:\W+Grade \d\W*)?", re.IGNORECASE)


def recognises(document: Document) -> bool:
    """Whether the title is that of such a report."""
    head = find_head(document.body)
    return head is not None and bool(_TITLE.match(head.title))


def read(document: Document) -> DocumentFacts:
    """The facts of such a report."""
    blocks = document.body
    head = find_head(blocks)
    if head is None:
        return DocumentFacts(
            "looked_after_2013", missing=True, doubts=(Doubt("no line with the days"),)
        )
    span, doubts = read_dates(blocks, head)
    table = _table(blocks).judgements
    if not table:
        doubts += (Doubt("no record of main findings", (head.title,)),)
    return DocumentFacts(
        kind="looked_after_2013",
        framework="looked_after_2013",
        title=head.title[: len(_TITLE.pattern)],
        provider=without_footnote(head.title[len(_TITLE.pattern) :].strip()) or None,
        first_day=span.first if span else None,
        last_day=span.last if span else None,
        inspectors=_lead(blocks[head.dates_at :]),
        judgements=table,
        improvements=tuple(_improvements(blocks)),
        doubts=(*doubts, *_doubts(table, list(_witnesses(blocks)))),
        missing=not table,
    )


def _lead(blocks: Sequence[Block]) -> tuple[Inspector, ...]:
    found = (_LEAD.match(block.text) for block in blocks)
    return next((people(line["names"], "Ofsted") for line in found if line), ())


def _table(blocks: Sequence[Block]) -> JudgementTable:
    """The rows after `Record of main findings`."""
    for index, block in enumerate(blocks):
        if letters(block.text) == _RECORD:
            return find_table(blocks[index:], _LABELS)
    return NO_TABLE


def _witnesses(blocks: Sequence[Block]) -> Iterator[Judgement]:
    """`Grade 4 (Inadequate)` below an area's heading, or behind it."""
    for above, block in pairwise([Block(""), *blocks]):
        for text in (block.text, f"{above.text} {block.text}"):
            found = _GRADED.fullmatch(text)
            key = _AREAS.near_key(found["label"]) if found else UNKNOWN
            if found and key != UNKNOWN:
                yield Judgement(key, found["label"], found["printed"], None, block.page)


def _doubts(table: Sequence[Judgement], body: Sequence[Judgement]) -> Iterator[Doubt]:
    yield from _LABELS.doubts(table)
    if table and {row.key for row in table} != {label.key for label in LOOKED_AFTER_LABELS}:
        yield Doubt("the record of main findings does not have its five rows", as_lines(table))
    for judgement in table:
        others = [one for one in body if one.key == judgement.key]
        words = {_word(_WORD, judgement), *(_word(_GRADE, one) for one in others)}
        if not others or len(words) > 1:
            lines = as_lines([judgement, *others])
            yield Doubt(
                "the record of main findings and the headings in the report disagree", lines
            )


def _word(wording: re.Pattern[str], judgement: Judgement) -> str:
    found = wording.fullmatch(judgement.printed)
    return found["word"].casefold() if found else judgement.printed


def _improvements(blocks: Sequence[Block]) -> Iterator[Improvement]:
    for name, _, inside in sections(blocks, named_by(LOOKED_AFTER_HEADINGS)):
        if name == "improvement":
            yield from improvements("improvement", bulleted(inside))
