"""Items printed as rows of a table: one column of texts, or a responsible body beside each."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from ofsted.reports.blocks import Block
from ofsted.reports.words import letters

_ENDED = re.compile(r"[.?!]['\"\u2019)]*$")
_HEADERS = re.compile(r"responsiblebod(?:y|ies)|areas?for(?:priorityactions?|improvements?)")
_BODIES = re.compile(r"\b(?:council|board|ICB|NHS|trust)\b", re.IGNORECASE)
_SAYS = re.compile(r"\b(?:should|must|needs?|to)\b|[.;:]$")
_NESTED = "\u2022"  # how a bullet within an item is written


@dataclass(frozen=True, slots=True)
class Item:
    """One row: its text, and who is responsible where a column says so."""

    text: str
    body: str | None
    page: int | None


@dataclass(slots=True)
class _ItemRow:
    """A row as it grows over a page break: the blocks of its columns."""

    body: list[Block]
    text: list[Block]

    def goes_on(self, more: _ItemRow) -> bool:
        """Whether the next row continues this one: it is on a new page, and the text goes on."""
        first = (more.text or more.body)[0]
        if first.page == self._last.page:
            return False
        is_lone_cell = bool(self.body) and not (more.body and more.text)
        continues = first.mark or first.text[0].islower()
        return is_lone_cell or bool(continues) or not _ENDED.search(self._last.text)

    def add(self, more: _ItemRow) -> None:
        """Append the continuation; a lone cell belongs to the column whose text has not ended."""
        lone = more.text if not more.body else []
        if lone and self.body and _ENDED.search(self._last.text):
            self.body += lone
        else:
            self.body += more.body
            self.text += more.text

    @property
    def _last(self) -> Block:
        return (self.text or self.body)[-1]


def items(blocks: Sequence[Block], columns: int) -> Iterator[Item]:
    """The items of a section's table without headers; each number in a cell begins an item."""
    pending: list[_ItemRow] = []
    for row in _rows(blocks, columns):
        if pending and pending[-1].goes_on(row):
            pending[-1].add(row)
        else:
            pending.append(row)
    for row in pending:
        body = _text(row.body) or None
        for text in _numbered(row.text):
            yield Item(_text(text), body, text[0].page)


def _rows(blocks: Sequence[Block], columns: int) -> Iterator[_ItemRow]:
    """Rows of cells; paragraphs before the first cell are a row that is tagged as such."""
    rows = [block for block in blocks if not _HEADERS.fullmatch(letters(block.text))]
    first = next((n for n, block in enumerate(rows) if block.cell), len(rows))
    rows = [block for n, block in enumerate(rows) if block.cell or n < first]
    for _, group in groupby(rows, key=_row_key):
        cells = [list(cell) for _, cell in groupby(group, key=_column)]
        if columns > 1 and len(cells) == 1 and _names_bodies(cells[0][0]):
            cells = [cells[0][:1], cells[0][1:]]  # a row that is tagged as loose paragraphs
        if columns == 1 or len(cells) == 1:
            yield _ItemRow([], [block for cell in cells for block in cell])
        else:
            yield _ItemRow(cells[0], [block for cell in cells[1:] for block in cell])


def _row_key(block: Block) -> object:
    return block.cell.row if block.cell else None


def _names_bodies(block: Block) -> bool:
    """Whether a text names who is responsible and says no more."""
    return bool(_BODIES.search(block.text)) and not _SAYS.search(block.text)


def _column(block: Block) -> int:
    return block.cell.column if block.cell else 0


def _numbered(blocks: list[Block]) -> list[list[Block]]:
    """The blocks of a cell, parted before each number."""
    parts: list[list[Block]] = []
    for block in blocks:
        if block.number is not None or not parts:
            parts.append([block])
        else:
            parts[-1].append(block)
    return parts


def _text(blocks: Sequence[Block]) -> str:
    return " ".join(f"{_NESTED} {one.text}" if one.bulleted else one.text for one in blocks)
