"""Tables for a terminal: words are kept whole and nothing is cut off.

The width is the terminal's, or COLUMNS; 80 where neither is known. NO_COLOR is obeyed.
"""

from __future__ import annotations

import os
import shutil
import textwrap
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

import click

from notifications.words.plain import LONDON
from ofsted.text import clean

LONGEST_WORD = 24  # characters: the most that a wrapping column reserves for one word


@dataclass(frozen=True, slots=True)
class Column:
    """A column; `wraps`: its cells may wrap over several lines."""

    head: str
    wraps: bool = False


def safe(text: object) -> str:
    """Make fetched text safe for a terminal: no control characters; line breaks are kept."""
    lines = str(text).split("\n")
    return "\n".join(" ".join(clean(line).split()) for line in lines)


def table(columns: Sequence[Column], rows: Iterable[Sequence[object]]) -> None:
    """Print a table; None is shown as `-`."""
    from rich.console import Console
    from rich.table import Table

    heads = "" if os.environ.get("NO_COLOR") else "bold"
    given = [[safe("-" if cell is None else cell) for cell in row] for row in rows]
    drawn = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style=heads)
    for number, column in enumerate(columns):
        cells = (column.head, *(row[number] for row in given))
        drawn.add_column(
            column.head,
            overflow="fold",
            no_wrap=not column.wraps,
            min_width=_least(cells, wraps=column.wraps),
        )
    for row in given:
        drawn.add_row(*row)
    Console(width=width(), highlight=False, markup=False, emoji=False).print(drawn)


def _least(cells: Iterable[str], *, wraps: bool) -> int:
    """The width below which a word, or a cell that does not wrap, would be broken."""
    parts = (part for cell in cells for part in (cell.split() if wraps else cell.split("\n")))
    longest = max(map(len, parts), default=1)
    return min(longest, LONGEST_WORD) if wraps else longest


def width() -> int:
    """The terminal's width in characters."""
    return shutil.get_terminal_size((80, 24)).columns


def moment(value: datetime | None) -> str:
    """`29 Jul 2025 10:30`, by the clock in London."""
    return f"{value.astimezone(LONDON):%d %b %Y %H:%M}".removeprefix("0") if value else "-"


def day(value: date | None) -> str:
    """`29 Jul 2025`."""
    return f"{value:%d %b %Y}".removeprefix("0") if value else "no date"


def say(text: object, indent: str = "") -> None:
    """Print a line of text, wrapped at words, with a hanging indent."""
    wrapped = textwrap.fill(
        safe(text),
        width(),
        initial_indent=indent,
        subsequent_indent=f"{indent}  ",
        break_long_words=False,
        break_on_hyphens=False,
    )
    click.echo(wrapped)
