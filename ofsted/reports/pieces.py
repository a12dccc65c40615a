"""The text objects of a PDF page, with PDFium's raw calls."""

from __future__ import annotations

import ctypes
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any

import pypdfium2.raw as pdfium

from ofsted.reports.blocks import BREAK

DEPTH = 60  # of nested forms and elements that are entered; real reports have 12
_BUFFER = 4096  # bytes; longer texts are asked for again
_SHARED = (
    ctypes.c_ushort * (_BUFFER // 2)
)()  # shared safely: PDFium is used by one thread at a time
_LEFT, _BOTTOM, _RIGHT, _TOP, _SIZE = (ctypes.c_float() for _ in range(5))
_GAP = 0.28  # of the font's size; a blank in Tahoma has 0.31, letters of one word 0.17 at most
_BOLD = 600  # weight of a font, from 100 to 900
_HYPHEN = "\x02"  # PDFium's sign for a hyphen at a line's end


@dataclass(frozen=True, slots=True)
class Piece:
    """The text of one text object, its marked-content id, and its place in points, y upwards."""

    order: int  # in the content of the page
    text: str
    tag: int  # -1: none
    size: float  # of its font
    bold: bool
    left: float
    bottom: float
    right: float
    top: float


def pieces(page: Any, text_page: Any) -> list[Piece]:
    """Every text object that holds text, in the order of the content, forms entered."""
    count = pdfium.FPDFPage_CountObjects(page)
    shapes = _walk(count, partial(pdfium.FPDFPage_GetObject, page), DEPTH)
    found = (_piece(order, shape, text_page) for order, shape in enumerate(shapes))
    return [piece for piece in found if piece]


def utf16(fill: Callable[[Any, int], int]) -> str:
    """What a PDFium function writes into (buffer, its bytes): UTF-16 with a closing zero."""
    buffer, size = _SHARED, _BUFFER
    while (needed := fill(buffer, size)) > size:
        size = needed + needed % 2
        buffer = (ctypes.c_ushort * (size // 2))()
    return ctypes.string_at(buffer, max(needed - 2, 0)).decode("utf-16-le", "replace")


def starts_line(before: Piece, piece: Piece) -> bool:
    """Whether a piece stands on another line than the one before it."""
    middle = (piece.bottom + piece.top) / 2
    beside = before.bottom <= middle <= before.top
    return piece.left < before.right - 2 and not beside


def joined(parts: Iterable[Piece]) -> str:
    """The text of one block, in the order of the content.

    A new line, or a gap of a blank's width, gives the blank that the pieces may lack.
    """
    text = ""
    before: Piece | None = None
    for piece in sorted(parts, key=lambda part: part.order):
        if before and text[-1:].strip() and piece.text[:1].strip():
            text += _blank(before, piece)
        text += piece.text
        before = piece
    return text


def _blank(before: Piece, piece: Piece) -> str:
    """What stands between two pieces of a block that end and begin without a blank."""
    if starts_line(before, piece):
        return "" if before.text[-1] in ("-", BREAK) else " "
    return " " if piece.left - before.right > _GAP * piece.size else ""


def _walk(count: int, get: Callable[[int], Any], depth: int) -> Iterator[Any]:
    """The text objects, forms entered."""
    for index in range(count):
        shape = get(index)
        kind = pdfium.FPDFPageObj_GetType(shape)
        if kind == pdfium.FPDF_PAGEOBJ_TEXT:
            yield shape
        elif kind == pdfium.FPDF_PAGEOBJ_FORM and depth:
            below = pdfium.FPDFFormObj_CountObjects(shape)
            yield from _walk(below, partial(pdfium.FPDFFormObj_GetObject, shape), depth - 1)


def _piece(order: int, shape: Any, text_page: Any) -> Piece | None:
    text = utf16(partial(pdfium.FPDFTextObj_GetText, shape, text_page))
    if not text:
        return None
    pdfium.FPDFPageObj_GetBounds(shape, _LEFT, _BOTTOM, _RIGHT, _TOP)
    pdfium.FPDFTextObj_GetFontSize(shape, _SIZE)
    return Piece(
        order=order,
        text=text.replace(_HYPHEN, BREAK),
        tag=pdfium.FPDFPageObj_GetMarkedContentID(shape),
        size=_SIZE.value,
        bold=pdfium.FPDFFont_GetWeight(pdfium.FPDFTextObj_GetFont(shape)) >= _BOLD,
        left=_LEFT.value,
        bottom=_BOTTOM.value,
        right=_RIGHT.value,
        top=_TOP.value,
    )
