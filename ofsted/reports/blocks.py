"""A document as a run of blocks: paragraphs, list items and table cells, in reading order.

PDFs (`pdf.py`) and plain texts (`plain.py`) both become blocks, which are all that the
frameworks' modules read.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Literal

from ofsted.text import clean, fold, squeeze

Form = Literal["paragraph", "item", "contents", "note"]

BREAK = "\ufffe"  # a hyphen at a line's end: part of the word, or put there to break it

# Bullets of three ranks, as fonts of 2009 to 2026 print them: squares, also as private codes
# (Wingdings); dots, with a control sign of 2009; dashes, and Word's small letter.
BULLET, DOT, DASH = "\u25fc", "\u2022", "-"
BULLETS = (BULLET, DOT, DASH)
_MARK = re.compile(
    r"\s*(?:(?P<dash>(?:[-\u2010-\u2014\u2043\u2212]|o(?=\s+(?:[A-Za-z]|$)))\s+|[\uf02d\uf0be])"
    r"|(?P<dot>[\u25aa\u25ab\u25cf\u25cb\u25e6\u2022\u2023\u00b7\u2219\u0083]|\*\s+)"
    r"|(?P<square>[\u25a0\u25a1\u25b6\u25ba\u25c6\u25fb-\u25fe\u2713\u2714\u2756\u27a2"
    r"\ue000-\uf8ff]\ufe0e?)"
    r"|(?P<number>\d{1,3}(?:\.(?:\d{1,2}\.?)?|\)))(?:\s+|(?=[A-Z][a-z])))\s*"
)
_RANKS = {"square": BULLET, "dot": DOT, "dash": DASH}
_BROKEN = re.compile(rf"(\w+){BREAK}\s*(\w+)")
_WORD = re.compile(r"\w+(?:-\w+)*")
_GOES_ON = re.compile(r"[a-z]|\d+ [a-z]")  # `2015 that ...`
_ENDED = re.compile(r"[.!?:;]['\"\u2019\u201d)]*\d{0,2}$")


@dataclass(frozen=True, slots=True)
class Cell:
    """A block's place in a table; row numbers are unique in the document."""

    row: int
    column: int


@dataclass(frozen=True, slots=True)
class Block:
    """One paragraph, list item or line of a table cell.

    `mark` is one of `BULLETS` or a number with its stop; `text` is one line without it.
    `page` is None in a text, which has no pages.
    """

    text: str
    page: int | None = None
    form: Form = "paragraph"
    mark: str = ""
    cell: Cell | None = None

    @property
    def with_mark(self) -> str:
        """The text with its number or bullet."""
        return f"{self.mark} {self.text}" if self.mark else self.text

    @property
    def bulleted(self) -> bool:
        """Whether its mark is a bullet."""
        return self.mark in BULLETS

    @property
    def number(self) -> int | None:
        """The number in its mark: 12 for `12.` and `12)`; None for `2.1` and for bullets."""
        return int(self.mark[:-1]) if re.fullmatch(r"\d+[.)]", self.mark) else None


@dataclass(frozen=True, slots=True)
class TableRow:
    """One row of a table: the text of each cell that is not empty."""

    cells: tuple[str, ...]
    page: int | None
    blocks: int  # how many blocks it consists of


@dataclass(frozen=True, slots=True)
class Document:
    """The contents of a file, without headers, footers and page numbers."""

    blocks: tuple[Block, ...]
    pages: int | None = None  # None: a text
    tagged: bool = True  # False: in the order of its content, without tables

    @property
    def text(self) -> str:
        """The folded text, a line a block."""
        return "\n".join(fold(block.with_mark) for block in self.blocks)

    @property
    def body(self) -> tuple[Block, ...]:
        """The blocks without contents pages and footnotes."""
        return tuple(block for block in self.blocks if block.form in ("paragraph", "item"))


def rows(blocks: Iterable[Block]) -> Iterator[TableRow]:
    """The rows of the tables among blocks, in order; lines of one cell are joined by a blank."""
    in_tables = (block for block in blocks if block.cell)
    for _, row in groupby(in_tables, key=lambda block: block.cell and block.cell.row):
        members = list(row)
        columns = groupby(members, key=lambda block: block.cell and block.cell.column)
        cells = tuple(" ".join(block.with_mark for block in column) for _, column in columns)
        yield TableRow(cells, members[0].page, len(members))


def finish(raw: Sequence[Block]) -> tuple[Block, ...]:
    """Normalise blocks whose text is as in the file.

    Line-end hyphens are kept or dropped by the document's other spellings; bullets and numbers
    become marks; invisible characters and empty blocks are dropped, white space is collapsed,
    and blocks cut by a page break are joined.
    """
    spellings = Counter(word.casefold() for block in raw for word in _WORD.findall(block.text))
    marked = (_with_mark(block, join_hyphens(block.text, spellings)) for block in raw)
    return tuple(_join_pages(block for block in marked if block.text))


def join_hyphens(text: str, spellings: Counter[str]) -> str:
    """Keep line-end hyphens, except in words that the document always spells without one."""

    def join(found: re.Match[str]) -> str:
        before, after = found.groups()
        plain, hyphened = f"{before}{after}", f"{before}-{after}"
        is_plain = spellings[plain.casefold()] and not spellings[hyphened.casefold()]
        return plain if is_plain else hyphened

    if BREAK not in text:
        return text
    return _BROKEN.sub(join, text).replace(BREAK, "-")


def split_mark(text: str) -> tuple[str, str]:
    """The bullet, as one of `BULLETS`, or the number at the head of a text, and the rest."""
    found = _MARK.match(text)
    if not found:
        return "", text
    return found["number"] or _RANKS[found.lastgroup or ""], text[found.end() :]


def is_mark(text: str) -> bool:
    """Whether a text is a bullet or number and nothing else."""
    mark, rest = split_mark(f"{text} ")
    return bool(mark) and not rest.strip()


def _with_mark(block: Block, text: str) -> Block:
    mark, rest = split_mark(text)
    form: Form = "item" if mark and block.form == "paragraph" else block.form
    return replace(block, text=squeeze(clean(rest)), mark=mark, form=form)


def _join_pages(blocks: Iterable[Block]) -> Iterator[Block]:
    """Join blocks that a page break has cut in two.

    The second part has no mark and is the first block of its page, apart from footnotes.
    """
    pending: list[Block] = []  # a block that may continue, and the footnotes after it
    for block in blocks:
        if pending and block.form in ("note", "contents"):
            pending.append(block)
        elif pending and _continues(pending[0], block):
            pending[0] = replace(pending[0], text=f"{pending[0].text} {block.text}")
        else:
            yield from pending
            pending = [block]
    yield from pending


def _continues(before: Block, after: Block) -> bool:
    same_page = after.page is not None and after.page == before.page
    if same_page or after.mark or _column(after) != _column(before):
        return False
    if _ENDED.search(before.text) or before.form in ("note", "contents"):
        return False
    return after.form == before.form == "item" or _GOES_ON.match(after.text) is not None


def _column(block: Block) -> int | None:
    return block.cell.column if block.cell else None
