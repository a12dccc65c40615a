"""The judgement table: rows of a label and a grade, in cells or line by line."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise, takewhile
from typing import NamedTuple

from ofsted.reports.blocks import Block, rows
from ofsted.reports.model import UNKNOWN, Judgement
from ofsted.reports.vocabulary import Vocabulary

_SENTENCE = re.compile(r"\b(?:is|are|was|were|be|been|that|it|judged)$")  # no label ends so
_LABEL_LENGTH = 200  # characters; the longest known has 79
_ROW_WORDS = 20  # a row of a table without cells is no longer
_GRADE_WORDS = 5  # a grade is no longer
_NEAR = 40  # blocks, in a text without pages
_BLOCKS = 20  # of a table's rows


class JudgementTable(NamedTuple):
    """A judgement table; the indices of its first block and of the first after it."""

    judgements: tuple[Judgement, ...]
    start: int
    end: int


NO_TABLE = JudgementTable((), 0, 0)


def find_table(blocks: Sequence[Block], words: Vocabulary) -> JudgementTable:
    """The table that begins with the first known label; `NO_TABLE` where there is none."""
    for index, (block, after) in enumerate(pairwise([*blocks, Block("")])):
        if len(block.text) > _LABEL_LENGTH:
            continue
        two_lines = f"{block.with_mark} {after.with_mark}"
        if words.key(block.with_mark) != UNKNOWN or words.key(two_lines) != UNKNOWN:
            return read_table(blocks, index, words)
    return NO_TABLE


def read_table(blocks: Sequence[Block], start: int, words: Vocabulary) -> JudgementTable:
    """The table whose first row begins at an index.

    It ends at the first row that is not a label and a grade. A label that is not in the
    vocabulary has the key `unknown`.
    """
    if start == len(blocks):
        return NO_TABLE
    cells, lines = _in_cells(blocks, start, words), _in_lines(blocks, start, words)
    if not blocks[start].cell:
        labelled = _by_labels(blocks, start, words)
        newer = len(labelled.judgements) >= len(lines.judgements) and not _known(lines, words)
        return labelled if newer else lines
    more = len(lines.judgements) - len(cells.judgements)
    better = more > 0 or (more == 0 and not _known(cells, words))
    return lines if better and _known(lines, words) else cells


def with_missing_rows(
    table: JudgementTable, blocks: Sequence[Block], words: Vocabulary
) -> JudgementTable:
    """Add the rows that a table lacks where they are elsewhere on its page or the next.

    Such a row is a known label and a known grade; the rows are put in the order of the labels.
    """
    missing = {label.key for label in words.labels} - {row.key for row in table.judgements}
    start, end, rows = table.start, table.end, list(table.judgements)
    for index, (block, after) in enumerate(pairwise([*blocks, Block("")])):
        if not missing or not _is_near(block, index, blocks, table):
            continue
        if table.start <= index < table.end or not _begins_row(block, after, words, missing):
            continue
        other = read_table(blocks, index, words)
        more = takewhile(lambda row: row.key in missing and row.grade, other.judgements)
        for row in more:
            rows.append(row)
            missing.discard(row.key)
            start, end = min(start or index, index), max(end, min(other.end, len(blocks)))
    order = {label.key: n for n, label in reversed(list(enumerate(words.labels)))}
    if len(rows) > len(table.judgements):
        rows.sort(key=lambda row: order.get(row.key, len(order)))
    return JudgementTable(tuple(rows), start, end)


def _is_near(block: Block, index: int, blocks: Sequence[Block], table: JudgementTable) -> bool:
    """Whether a block stands on the table's page or the next; in a text, within some blocks."""
    page = blocks[table.start].page if table.judgements else 1
    if block.page is None or page is None:
        return abs(index - table.start) <= _NEAR
    return page <= block.page <= page + 1


def _begins_row(block: Block, after: Block, words: Vocabulary, missing: set[str]) -> bool:
    """Whether a known label begins here, of a row that is missing, its grade behind or below."""
    if len(block.text) > _LABEL_LENGTH:
        return False
    parted = words.ending(block.with_mark)
    labels = (block.with_mark, f"{block.with_mark} {after.with_mark}", parted[0] if parted else "")
    return any(words.key(label) in missing for label in labels)


def _known(table: JudgementTable, words: Vocabulary) -> bool:
    return bool(table.judgements) and not any(words.doubts(table.judgements))


def _in_cells(blocks: Sequence[Block], start: int, words: Vocabulary) -> JudgementTable:
    cells = takewhile(lambda block: block.cell, blocks[start:])
    found = list(takewhile(lambda row: len(row.cells) > 1, rows(cells)))
    judgements = (words.judged(" ".join(row.cells[:-1]), row.cells[-1], row.page) for row in found)
    return JudgementTable(tuple(judgements), start, start + sum(row.blocks for row in found))


def _in_lines(blocks: Sequence[Block], start: int, words: Vocabulary) -> JudgementTable:
    """Rows where cells are not known: each ends in its grade, over one block or more."""
    judgements: list[Judgement] = []
    row = ""
    end = start
    for index, (block, after) in enumerate(pairwise([*blocks[start:], Block("")]), start + 1):
        row = f"{row} {block.with_mark}".strip()
        if len(row.split()) > _ROW_WORDS:
            break
        parted = words.ending(row)
        longer = words.ending(f"{row} {after.with_mark}")
        if parted and _SENTENCE.search(parted[0]) and words.key(parted[0]) == UNKNOWN:
            break
        if parted and not (longer and longer[0] == parted[0]):  # else the grade goes on
            judgements.append(words.judged(*parted, block.page))
            row, end = "", index
    return JudgementTable(tuple(judgements), start, end)


def _by_labels(blocks: Sequence[Block], start: int, words: Vocabulary) -> JudgementTable:
    """Rows recognised by their known labels, where the grades after them may be new words.

    A grade ends with its block, or where the next label begins: lines may run into one another.
    """
    said = [
        (word, index)
        for index, block in enumerate(blocks[start : start + _BLOCKS], start)
        for word in block.with_mark.split()
    ]
    judgements: list[Judgement] = []
    at = 0
    while (label := _label_at(said, at, words)) and (grade := _grade_at(said, at + label, words)):
        behind = at + label + grade
        printed = _words(said, at + label, behind)
        page = blocks[said[at][1]].page
        judgements.append(words.judged(_words(said, at, at + label), printed, page))
        at = behind
    return JudgementTable(tuple(judgements), start, said[at - 1][1] + 1 if at else start)


_Said = Sequence[tuple[str, int]]  # words, each with the index of its block


def _words(said: _Said, start: int, end: int) -> str:
    return " ".join(word for word, _ in said[start:end])


def _label_at(said: _Said, at: int, words: Vocabulary) -> int:
    """How many words from here on are a known label, the longest there is."""
    most = min(_ROW_WORDS, len(said) - at)
    counts = (n for n in range(most, 0, -1) if words.key(_words(said, at, at + n)) != UNKNOWN)
    return next(counts, 0)


def _grade_at(said: _Said, at: int, words: Vocabulary) -> int:
    """How many words from here on stand where a grade does; 0: too many, or none."""
    for behind in range(at + 1, min(at + _GRADE_WORDS, len(said)) + 1):
        ends = behind == len(said) or said[behind][1] != said[behind - 1][1]
        if ends or _label_at(said, behind, words):
            return behind - at
    return 0
