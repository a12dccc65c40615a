"""The lines of a PDF page that has no tags, by the places of its pieces of text."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

from ofsted.reports.blocks import BREAK, is_mark
from ofsted.reports.pieces import Piece, starts_line

_NEW_BLOCK = 1.35  # times the page's usual line distance: a larger one begins a block
_NEW_CELL = 1.5  # times a piece's height: a larger gap within a line begins a cell
_NEW_FONT = 1.0  # points: a larger difference of font size begins a block
_BLANK = 0.3  # times a piece's height: a larger gap is a blank


@dataclass(slots=True)
class _Line:
    text: str
    last: Piece
    top: float
    size: float  # of the largest font
    bold: bool  # all of it


def lines(found: Iterable[Piece]) -> list[str]:
    """The lines of a page in the order of its content.

    An empty line is between two lines that are further apart or in another font, a tab
    between two cells of a row.
    """
    rows = _rows(piece for piece in found if piece.text.strip())
    drops = [above.top - below.top for above, below in pairwise(rows)]
    usual = median([drop for drop in drops if drop > 0] or [0.0])
    text = [row.text.replace(BREAK, "-") for row in rows]
    for index in reversed(range(1, len(rows))):
        near = 0 < drops[index - 1] <= _NEW_BLOCK * usual
        if not near or not _alike(rows[index - 1], rows[index]):
            text.insert(index, "")
    return text


def _alike(above: _Line, below: _Line) -> bool:
    return above.bold == below.bold and abs(above.size - below.size) <= _NEW_FONT


def _rows(found: Iterable[Piece]) -> Sequence[_Line]:
    rows: list[_Line] = []
    for piece in found:
        line = rows[-1] if rows else None
        if line is None or starts_line(line.last, piece) or _higher_or_lower(line.last, piece):
            rows.append(_Line(piece.text, piece, piece.top, piece.size, piece.bold))
        else:
            line.text += _gap(line, piece) + piece.text
            line.last, line.top = piece, max(line.top, piece.top)
            line.size, line.bold = max(line.size, piece.size), line.bold and piece.bold
    return rows


def _higher_or_lower(before: Piece, piece: Piece) -> bool:
    return piece.bottom >= before.top or piece.top <= before.bottom


def _gap(line: _Line, piece: Piece) -> str:
    if is_mark(line.text):
        return " "
    height = max(line.last.top - line.last.bottom, piece.top - piece.bottom)
    gap = piece.left - line.last.right
    if gap > _NEW_CELL * height:
        return "\t"
    spaced = line.text[-1:].isspace() or piece.text[:1].isspace()
    return " " if gap > _BLANK * height and not spaced else ""
