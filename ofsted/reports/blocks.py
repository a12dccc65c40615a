"""A document as a run of blocks: paragraphs, list items and table cells, in reading order.

PDFs (`pdf.py`) and plain texts (`plain.py`) both become this; the frameworks
read nothing else.
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
    """Where a block stands in a table; a row's number is its own in the whole document."""

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
    def whole(self) -> str:
        """The text with its number or bullet."""
        return f"{self.mark} {self.text}" if self.mark else self.text

    @property
    def bulleted(self) -> bool:
        """Whether a bullet stands before it."""
        return self.mark in BULLETS

    @property
    def number(self) -> int | None:
        """The number before it: 12 for `12.` and `12)`; None for `2.1` and for bullets."""
        return int(self.mark[:-1]) if re.fullmatch(r"\d+[.)]", self.mark) else None


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a table: the text of each cell that has any."""

    cells: tuple[str, ...]
    page: int | None
    blocks: int  # that it is made of


@dataclass(frozen=True, slots=True)
class Document:
    """What a file says, page furniture left out."""

    blocks: tuple[Block, ...]
    pages: int | None = None  # None: a text
    tagged: bool = True  # False: in the order of its content, without tables

    @property
    def text(self) -> str:
        """The folded text, a line a block."""
        return "\n".join(fold(block.whole) for block in self.blocks)

    @property
    def body(self) -> tuple[Block, ...]:
        """The blocks without contents pages and footnotes."""
        return tuple(block for block in self.blocks if block.form in ("paragraph", "item"))


def rows(blocks: Iterable[Block]) -> Iterator[Row]:
    """The rows of the tables among blocks, in order; lines of one cell are joined by a blank."""
    in_tables = (block for block in blocks if block.cell)
    for _, row in groupby(in_tables, key=lambda block: block.cell and block.cell.row):
        members = list(row)
        columns = groupby(members, key=lambda block: block.cell and block.cell.column)
        cells = tuple(" ".join(block.whole for block in column) for _, column in columns)
        yield Row(cells, members[0].page, len(members))


def finish(raw: Sequence[Block]) -> tuple[Block, ...]:
    """Blocks fit to read, out of blocks with their text as the file has it.

    Line-end hyphens are settled by the document's other spellings, bullets and numbers
    split off, unseen signs dropped, white space squeezed, empty blocks left out, and
    what a page break has cut is joined.
    """
    spellings = Counter(word.casefold() for block in raw for word in _WORD.findall(block.text))
    marked = (_with_mark(block, mend_hyphens(block.text, spellings)) for block in raw)
    return tuple(_join_pages(block for block in marked if block.text))


def mend_hyphens(text: str, spellings: Counter[str]) -> str:
    """Line-end hyphens kept, but where the document has the word unbroken and never hyphenated."""

    def join(found: re.Match[str]) -> str:
        before, after = found.groups()
        plain, hyphened = f"{before}{after}", f"{before}-{after}"
        broken = spellings[plain.casefold()] and not spellings[hyphened.casefold()]
        return plain if broken else hyphened

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
    """Blocks with those joined that a page break has cut in two.

    The rest of a block has no mark and stands first on its page, footnotes aside.
    """
    held: list[Block] = []  # what may go on, and the footnotes after it
    for block in blocks:
        if held and block.form in ("note", "contents"):
            held.append(block)
        elif held and _continues(held[0], block):
            held[0] = replace(held[0], text=f"{held[0].text} {block.text}")
        else:
            yield from held
            held = [block]
    yield from held


def _continues(before: Block, after: Block) -> bool:
    same_page = after.page is not None and after.page == before.page
    if same_page or after.mark or _column(after) != _column(before):
        return False
    if _ENDED.search(before.text) or before.form in ("note", "contents"):
        return False
    return after.form == before.form == "item" or _GOES_ON.match(after.text) is not None


def _column(block: Block) -> int | None:
    return block.cell.column if block.cell else None
