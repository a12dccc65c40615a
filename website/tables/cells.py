"""What a cell of a spreadsheet shows: the same in CSV and XLSX, and never a formula."""

from __future__ import annotations

import unicodedata
from datetime import date, datetime

from ofsted.text import clean, squeeze

MOST = 32_767  # Excel's limit for a cell, in units of UTF-16
CUT = " ..."
_BEGINS_FORMULA = frozenset("=+-@")
_NOT_SEEN = "CMZ"  # categories: controls and the like, marks upon others, separators
_BLANKS = frozenset("\u115f\u1160\u2800\u3164\uffa0")  # blank, though of other categories


def text_cell(text: str) -> str:
    """A text on one line, without what could mislead or be taken for a formula.

    Control, bidi and invisible characters go, line breaks and tabs become blanks. What begins as
    a formula gets an apostrophe before it. What is longer than Excel takes ends in ` ...`.
    """
    if len(text) <= MOST // 2 and text.isascii() and text.isprintable() and text[:1].isalnum():
        return text  # most are such
    shown = text if text.isprintable() else squeeze(clean(text))
    return _cut(f"'{shown}" if _begins_formula(shown) else shown)


def _begins_formula(text: str) -> bool:
    """Whether the first character that is seen does, also in a wide or small form."""
    first = next((each for each in text if _is_seen(each)), "")
    return unicodedata.normalize("NFKC", first) in _BEGINS_FORMULA


def _is_seen(char: str) -> bool:
    return unicodedata.category(char)[0] not in _NOT_SEEN and char not in _BLANKS


def _cut(text: str) -> str:
    units = text.encode("utf-16-le")
    if len(units) <= 2 * MOST:
        return text
    return units[: 2 * (MOST - len(CUT))].decode("utf-16-le", "ignore") + CUT


def day_cell(day: date) -> str:
    """`2025-07-29`."""
    return day.isoformat()


def time_cell(time: datetime) -> str:
    """`2025-07-29T08:30:00Z`."""
    return f"{time:%Y-%m-%dT%H:%M:%SZ}"


def yes_no_cell(value: bool) -> str:
    """`TRUE` or `FALSE`, as Excel writes them."""
    return "TRUE" if value else "FALSE"
