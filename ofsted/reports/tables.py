"""The judgement table: rows of a label and a grade, in cells or line by line."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import takewhile

from ofsted.reports.blocks import Block, rows
from ofsted.reports.grades import ending_grade, judged
from ofsted.reports.model import Judgement
from ofsted.reports.words import Label

_ROW_WORDS = 20  # a row of a table without cells is no longer


def read_table(
    blocks: Sequence[Block], start: int, labels: Sequence[Label]
) -> tuple[list[Judgement], int]:
    """The judgements of the table whose first row begins at an index.

    Labels that no data names are kept, with the key `unknown`. The table ends at the first
    row that is not a label and a grade.

    Returns:
        The judgements, and the index of the first block after the table.
    """
    read_rows = _in_cells if blocks[start].cell else _in_lines
    return read_rows(blocks, start, labels)


def _in_cells(
    blocks: Sequence[Block], start: int, labels: Sequence[Label]
) -> tuple[list[Judgement], int]:
    cells = list(takewhile(lambda block: block.cell, blocks[start:]))
    table = list(takewhile(lambda row: len(row.cells) > 1, rows(cells)))
    end = start + sum(row.blocks for row in table)
    return [judged(" ".join(row.cells[:-1]), row.cells[-1], row.page, labels) for row in table], end


def _in_lines(
    blocks: Sequence[Block], start: int, labels: Sequence[Label]
) -> tuple[list[Judgement], int]:
    """Each row ends in its grade, over one block or more."""
    judgements: list[Judgement] = []
    label = ""
    end = start
    for index, block in enumerate(blocks[start:], start):
        label = f"{label} {block.whole}".strip()
        parted = ending_grade(label)
        if len(label.split()) > _ROW_WORDS:
            break
        if parted:
            judgements.append(judged(*parted, block.page, labels))
            label, end = "", index + 1
    return judgements, end
