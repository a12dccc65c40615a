"""The structure tree of a PDF: tables, cells, list items, footnotes.

Header and footer carry no tag, so the tree is free of page furniture.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import pypdfium2.raw as pdfium

from ofsted.reports.blocks import Block, Cell, Form, is_mark
from ofsted.reports.pieces import DEPTH, Piece, joined, utf16

_HEADINGS = ("H", "H1", "H2", "H3", "H4", "H5", "H6", "Title", "Caption")
_BLOCKS = frozenset((*_HEADINGS, "P", "BlockQuote", "LI", "TH", "TD", "TOCI", "Note"))
_FORMS: dict[str, Form] = {"LI": "item", "TOC": "contents", "TOCI": "contents", "Note": "note"}


@dataclass(frozen=True, slots=True)
class _Place:
    """Where in the tree an element stands."""

    form: Form = "paragraph"
    cell: Cell | None = None
    row: int | None = None  # its number, directly inside a table's row
    depth: int = 0

    def child(self, index: int) -> _Place:
        """The place of a child: in a row, each is a cell."""
        return self if self.row is None else replace(self, cell=Cell(self.row, index))


class Tree:
    """The blocks of a document's structure trees, which PDFium gives page by page."""

    def __init__(self) -> None:
        self.blocks: list[Block] = []
        self._rows = 0
        self._page = 0
        self._by_tag: dict[int, list[Piece]] = {}
        self._open: list[Piece] = []

    def take(self, page: Any, number: int, found: list[Piece]) -> None:
        """Add the blocks of one page, whose pieces are given."""
        self._page, self._by_tag = number, _by_tag(found)
        tree = pdfium.FPDF_StructTree_GetForPage(page)
        if not tree:
            return
        for index in range(pdfium.FPDF_StructTree_CountChildren(tree)):
            self._visit(pdfium.FPDF_StructTree_GetChildAtIndex(tree, index), _Place())
        self._close(_Place())
        pdfium.FPDF_StructTree_Close(tree)

    def _visit(self, element: Any, place: _Place) -> None:
        kind = utf16(partial(pdfium.FPDF_StructElement_GetType, element))
        inner = self._inside(kind, place)
        if kind == "Note":
            self._visit_aside(element, inner)
        elif kind in _BLOCKS:
            self._close(place)
            self._visit_children(element, inner)
            self._close(inner, label_too=kind == "LI")
        elif place.depth < DEPTH:
            self._visit_children(element, inner)

    def _visit_aside(self, element: Any, place: _Place) -> None:
        """A footnote may sit within a paragraph, which goes on behind it."""
        held, self._open = self._open, []
        self._visit_children(element, place)
        self._close(place)
        self._open = held

    def _visit_children(self, element: Any, place: _Place) -> None:
        for index in range(pdfium.FPDF_StructElement_CountChildren(element)):
            child = pdfium.FPDF_StructElement_GetChildAtIndex(element, index)
            if child:
                self._visit(child, place.child(index))
            else:
                tag = pdfium.FPDF_StructElement_GetChildMarkedContentID(element, index)
                self._open += self._by_tag.get(tag, ())

    def _inside(self, kind: str, place: _Place) -> _Place:
        """The place of what an element holds."""
        inner = replace(place, form=_FORMS.get(kind, place.form), depth=place.depth + 1)
        if kind != "TR":
            return replace(inner, row=None)
        self._rows += 1
        return replace(inner, row=self._rows)

    def _close(self, place: _Place, *, label_too: bool = False) -> None:
        """End the open block, but not where it is a label whose text is still to come."""
        text = joined(self._open)
        if place.form == "item" and not label_too and is_mark(text):
            return
        self._open = []
        if text.strip() and not is_mark(text):
            self.blocks.append(Block(text, self._page, place.form, cell=place.cell))


def _by_tag(found: list[Piece]) -> dict[int, list[Piece]]:
    by_tag: dict[int, list[Piece]] = {}
    for piece in found:
        by_tag.setdefault(piece.tag, []).append(piece)
    by_tag.pop(-1, None)
    return by_tag
