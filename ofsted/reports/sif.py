"""SIF: the single inspection framework, November 2013 to 2018, and its re-inspections.

Page 1 prints the overall judgement as a sentence and the areas as a table without a
header. The second witness of an area is its heading in the body, of adoption and care
leavers a sentence (`The graded judgement for adoption performance is that it is good`),
of the overall judgement the rule that it is inadequate exactly when a main area is. The
board's judgement is a sentence of its own, far inside since late 2014.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

from ofsted.reports.blocks import Block, Document, rows
from ofsted.reports.found import Found
from ofsted.reports.grades import (
    doubts_of_repeats,
    doubts_of_witnesses,
    doubts_of_words,
    ending_grade,
    grade_of,
    judged,
    key_of,
)
from ofsted.reports.head import find_head, people, read_dates
from ofsted.reports.model import UNKNOWN, Doubt, Improvement, ImprovementKind, Inspector, Judgement
from ofsted.reports.sections import bulleted, improvements, named_by, numbered, sections
from ofsted.reports.tables import read_table
from ofsted.reports.words import (
    SIF_AREAS,
    SIF_HEADINGS,
    SIF_LABELS,
    SIF_MAIN,
    SIF_SENTENCES,
    letters,
)

BOARD = "Local Safeguarding Children Board"

_TITLE = re.compile(
    r"\b(?:re-?\s?)?inspection of services for children in need of help and protection.*",
    re.IGNORECASE,
)
_OVERALL = re.compile(
    r"theoveralljudgementis(?:thatchildrensservices?)?(?:is|are)?"
    r"|childrensservicesin.+?(?:is|are)?"
)
_BOARD = re.compile(
    r"(?:the)?(?:judgement(?:for|of|on|about)the)?(?:effectivenessofthe)?"
    r"localsafeguardingchildrens?(?:board)?(?:lscb)?(?:is)?"
)
_GRADED = re.compile(r"the graded judge?ment (?:for|about|of|on) (?P<rest>.+)", re.IGNORECASE)
_VERB = re.compile(r"\s+(?:is|are|is that (?:it|they)(?: is| are)?)$", re.IGNORECASE)
_LEAD = re.compile(r"lead inspectors?(?: on site)?\s*:?\s*(?P<names>.*)", re.IGNORECASE)
_NEXT_ROLE = re.compile(
    r"\s*\b(?:deputy|team|additional|associate|shadow|quality|report author)\b.*", re.IGNORECASE
)
_SENTENCE_LENGTH = 200
_SECTIONS: dict[str, ImprovementKind] = {
    "priority_action": "priority_action",
    "improvement": "improvement",
    "recommendation": "recommendation",
}


def recognises(document: Document) -> bool:
    """Whether the title is that of a SIF report."""
    head = find_head(document.body)
    return head is not None and bool(_TITLE.search(head.title))


def read(document: Document) -> Found:
    """The facts of a SIF report, of the board's review with it."""
    blocks = document.body
    head = find_head(blocks)
    title = head and _TITLE.search(head.title)
    if head is None or title is None:
        return Found("sif", missing=True, doubts=(Doubt("no title"),))
    span, doubts = read_dates(blocks, head.dates_at)
    table, start, end = _table(blocks)
    overall = _sentence(blocks[head.dates_at : start], "overall", _OVERALL)
    board = _sentences(blocks, "lscb", _BOARD)
    judgements = (*overall[:1], *table, *(one for _, one in board[:1]))
    if not table:
        doubts += (Doubt("no judgement table", (head.title,)),)
    else:
        doubts += tuple(_doubts(overall, table, list(_witnesses(blocks[end:]))))
        doubts += tuple(_doubts_of_board([one for _, one in board], title[0]))
    return Found(
        kind="sif",
        framework="sif_2013",
        title=re.sub(r"(?<=\D)\d$", "", title[0].strip()),
        provider=head.title[: title.start()].strip() or None,
        first_day=span.first if span else None,
        last_day=span.last if span else None,
        inspectors=read_leads(blocks[end:]),
        judgements=judgements if table else (),
        improvements=tuple(read_improvements(blocks[end:], board[-1][0] - end if board else None)),
        doubts=doubts,
        missing=not table,
    )


def read_leads(blocks: Sequence[Block]) -> tuple[Inspector, ...]:
    """The first lead inspector named under `Information about this inspection`."""
    for block, after in pairwise([*blocks, Block("")]):
        found = _LEAD.match(block.text)
        if found:
            names = _NEXT_ROLE.sub("", found["names"]) or after.text
            return people(names.strip(), "Ofsted")
    return ()


def read_improvements(blocks: Sequence[Block], board_from: int | None) -> Iterator[Improvement]:
    """The items under each heading; those of the board stand after its judgement."""
    for name, start, inside in sections(blocks, named_by(SIF_HEADINGS)):
        kind = _SECTIONS.get(name)
        if kind:
            boards = board_from is not None and start > board_from
            items = numbered(inside) or bulleted(inside)
            yield from improvements(kind, items, BOARD if boards else None)


def _table(blocks: Sequence[Block]) -> tuple[list[Judgement], int, int]:
    """The areas' table; where it begins and ends."""
    for start, block in enumerate(blocks):
        if key_of(block.whole, SIF_LABELS) != UNKNOWN:
            table, end = read_table(blocks, start, SIF_LABELS)
            return table, start, end
    return [], 0, 0


def _sentence(blocks: Sequence[Block], key: str, wording: re.Pattern[str]) -> list[Judgement]:
    return [judgement for _, judgement in _sentences(blocks, key, wording)]


def _sentences(
    blocks: Sequence[Block], key: str, wording: re.Pattern[str]
) -> list[tuple[int, Judgement]]:
    """Judgements printed as sentences of their own, the grade last; with their places."""
    found = []
    for index, block in enumerate(blocks):
        parted = ending_grade(block.text) if len(block.text) <= _SENTENCE_LENGTH else None
        if parted and wording.fullmatch(letters(parted[0])):
            grade = grade_of(parted[1])
            found.append((index, Judgement(key, block.text, parted[1], grade, block.page)))
    return found


def _witnesses(blocks: Sequence[Block]) -> Iterator[Judgement]:
    """What the body says of the areas: headings beside a grade, and graded sentences."""
    for row in rows(blocks):
        if len(row.cells) == 2 and key_of(row.cells[0], SIF_AREAS) != UNKNOWN:  # noqa: PLR2004
            yield judged(row.cells[0], row.cells[1], row.page, SIF_AREAS)
    for block in blocks:
        found = _GRADED.match(block.text)
        parted = found and ending_grade(found["rest"])
        if parted:
            label = _VERB.sub("", parted[0])
            yield judged(label, parted[1], block.page, SIF_SENTENCES)


def _doubts(
    overall: Sequence[Judgement], table: Sequence[Judgement], body: Sequence[Judgement]
) -> Iterator[Doubt]:
    yield from doubts_of_words(table, SIF_LABELS)
    yield from doubts_of_repeats(table)
    unjudged = frozenset(row.key for row in table if row.grade is None)
    yield from doubts_of_witnesses(table, body, silent=unjudged)
    missing = {label.key for label in SIF_LABELS} - {row.key for row in table}
    lines = tuple(f"{row.label}: {row.printed}" for row in table)
    if missing:
        yield Doubt(f"the judgement table lacks {', '.join(sorted(missing))}", lines)
    if not overall:
        yield Doubt("no sentence gives the overall judgement", lines)
    elif not _fits(overall[0], table) or len({one.grade for one in overall}) > 1:
        said = tuple(one.label for one in overall)
        yield Doubt("overall is inadequate exactly when a main area is; not so here", said + lines)


def _fits(overall: Judgement, table: Sequence[Judgement]) -> bool:
    failing = any(row.grade == "inadequate" for row in table if row.key in SIF_MAIN)
    return (overall.grade == "inadequate") == failing


def _doubts_of_board(board: Sequence[Judgement], title: str) -> Iterator[Doubt]:
    if not board and "safeguarding children" in title.casefold():
        yield Doubt("the title names the board's review; no sentence gives its judgement", (title,))
    if len({one.grade for one in board}) > 1:
        yield Doubt("the board's judgement is given twice", tuple(one.label for one in board))
