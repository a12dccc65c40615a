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


class Table(NamedTuple):
    """A judgement table; the indices of its first block and of the first after it."""

    judgements: tuple[Judgement, ...]
    start: int
    end: int


NO_TABLE = Table((), 0, 0)


def find_table(blocks: Sequence[Block], words: Vocabulary) -> Table:
    """The table that begins with the first known label; `NO_TABLE` where there is none."""
    for index, (block, after) in enumerate(pairwise([*blocks, Block("")])):
        if len(block.text) > _LABEL_LENGTH:
            continue
        two_lines = f"{block.whole} {after.whole}"
        if words.key(block.whole) != UNKNOWN or words.key(two_lines) != UNKNOWN:
            return read_table(blocks, index, words)
    return NO_TABLE


def read_table(blocks: Sequence[Block], start: int, words: Vocabulary) -> Table:
    """The table whose first row begins at an index.

    It ends at the first row that is not a label and a grade. Labels that no data names
    are kept, with the key `unknown`.
    """
    if start == len(blocks):
        return NO_TABLE
    cells, lines = _in_cells(blocks, start, words), _in_lines(blocks, start, words)
    if not blocks[start].cell:
        return lines
    more = len(lines.judgements) - len(cells.judgements)
    better = more > 0 or (more == 0 and not _known(cells, words))
    return lines if better and _known(lines, words) else cells


def _known(table: Table, words: Vocabulary) -> bool:
    return bool(table.judgements) and not any(words.doubts(table.judgements))


def _in_cells(blocks: Sequence[Block], start: int, words: Vocabulary) -> Table:
    cells = takewhile(lambda block: block.cell, blocks[start:])
    found = list(takewhile(lambda row: len(row.cells) > 1, rows(cells)))
    judgements = (words.judged(" ".join(row.cells[:-1]), row.cells[-1], row.page) for row in found)
    return Table(tuple(judgements), start, start + sum(row.blocks for row in found))


def _in_lines(blocks: Sequence[Block], start: int, words: Vocabulary) -> Table:
    """Rows where cells are not known: each ends in its grade, over one block or more."""
    judgements: list[Judgement] = []
    row = ""
    end = start
    for index, (block, after) in enumerate(pairwise([*blocks[start:], Block("")]), start + 1):
        row = f"{row} {block.whole}".strip()
        if len(row.split()) > _ROW_WORDS:
            break
        parted = words.ending(row)
        longer = words.ending(f"{row} {after.whole}")
        if parted and _SENTENCE.search(parted[0]) and words.key(parted[0]) == UNKNOWN:
            break
        if parted and not (longer and longer[0] == parted[0]):  # else the grade goes on
            judgements.append(words.judged(*parted, block.page))
            row, end = "", index
    return Table(tuple(judgements), start, end)
