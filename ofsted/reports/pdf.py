"""PDF to blocks, with PDFium.

The tags are used where there are any: the structure tree has tables, cells, list items and
footnotes, and leaves out headers and footers. 490 of 493 reports on children's services are
tagged; the others are read line by line, in the order of their content.

PDFium is not thread-safe, so a lock lets one thread in at a time. A file can crash it, so
`sandbox.py` reads in a separate process.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from threading import Lock

import pypdfium2

from ofsted.errors import Unreadable
from ofsted.reports.blocks import Block, Document, finish
from ofsted.reports.limits import Limits
from ofsted.reports.lines import lines
from ofsted.reports.pieces import Piece, pieces
from ofsted.reports.plain import blocks_of, groups_of, is_page_number, pattern
from ofsted.reports.tags import Tree

_ONE_AT_A_TIME = Lock()
_TAGGED_SHARE = 0.8  # of the text must be in the tree; at least 0.96 is in real tagged reports


def read_pdf(content: bytes, limits: Limits) -> Document:
    """The blocks of a PDF.

    Raises:
        Unreadable: it cannot be opened, it exceeds a limit, or it contains no text.
    """
    try:
        with _ONE_AT_A_TIME, closing(pypdfium2.PdfDocument(content)) as pdf:
            return _read(pdf, limits)
    except pypdfium2.PdfiumError as error:
        raise Unreadable(f"it cannot be opened: {error}") from error


def _read(pdf: pypdfium2.PdfDocument, limits: Limits) -> Document:
    if len(pdf) > limits.pages:
        raise Unreadable(f"it has {len(pdf)} pages; {limits.pages} are read")
    tree = Tree()
    found: list[list[Piece]] = []
    left = characters = limits.characters
    for number in range(1, len(pdf) + 1):
        found.append(_read_page(pdf, number, tree))
        left -= _characters(piece.text for piece in found[-1])
        if left < 0:
            raise Unreadable(f"it has more than {characters} characters")
    if left == characters:
        raise Unreadable("it contains no text; it may be scanned pages")
    if _characters(block.text for block in tree.blocks) >= _TAGGED_SHARE * (characters - left):
        return Document(finish(tree.blocks), pages=len(pdf), tagged=True)
    return Document(finish(list(_untagged(found))), pages=len(pdf), tagged=False)


def _read_page(pdf: pypdfium2.PdfDocument, number: int, tree: Tree) -> list[Piece]:
    with closing(pdf[number - 1]) as page, closing(page.get_textpage()) as text_page:
        found = pieces(page.raw, text_page.raw)
        tree.take(page.raw, number, found)
    return found


def _characters(texts: Iterable[str]) -> int:
    """The number of characters, without blanks."""
    return sum(map(len, "".join(texts).split()))


def _untagged(pages: Sequence[Sequence[Piece]]) -> Iterator[Block]:
    """Blocks line by line, without page numbers and lines that are on most pages."""
    grouped = [groups_of(lines(page)) for page in pages]
    times = Counter(shape for page in grouped for shape in set(map(pattern, page)))
    row = 0
    for number, page in enumerate(grouped, 1):
        groups = [group for group in page if not is_page_number(group)]
        if number > 1:
            groups = [group for group in groups if times[pattern(group)] <= len(pages) / 2]
        yield from blocks_of(groups, number, row)
        row += sum(map(len, page))
