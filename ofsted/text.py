"""Normalises text that Ofsted prints for comparison, and finds and writes days."""

from __future__ import annotations

import re
import unicodedata
from datetime import date

MONTHS = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
]

SHORTEST_MONTH = 3

_DASHES = dict.fromkeys(map(ord, "\u2010\u2011\u2012\u2013\u2014\u2015\u2212"), "-")
_QUOTES = dict.fromkeys(map(ord, "\u2018\u2019\u201a\u201b\u2032"), "'") | dict.fromkeys(
    map(ord, "\u201c\u201d\u201e\u201f\u2033"), '"'
)
_FLAT = _QUOTES | _DASHES
_UNSAFE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff"
    "\ufff9-\ufffb\ufffe\uffff\ud800-\udfff\U00013430-\U0001345f\U0001bca0-\U0001bca3"
    "\U0001d173-\U0001d17a\U000e0000-\U000e007f]"
)
_DAY = re.compile(r"\b(\d{1,2})(?:st|nd|rd|th)?\s+([A-Za-z]{3,9})\.?\s+(\d{4})\b")


def squeeze(text: str) -> str:
    """One line, with one blank for every run of white space, no-break spaces included."""
    return " ".join(text.split())


def clean(text: str) -> str:
    """Remove invisible characters that could mislead: control, bidi and zero-width ones.

    Tabs and newlines are kept.
    """
    return text if text.isprintable() else _UNSAFE.sub("", text)


def fold(text: str) -> str:
    """For comparing: compatibility forms, one kind of quote and dash, single blanks, lower case."""
    seen = clean(text)
    if not seen.isascii():
        seen = unicodedata.normalize("NFKC", seen).translate(_FLAT)
    return squeeze(seen).casefold()


def month_number(name: str) -> int | None:
    """1 to 12 for an English month, also abbreviated to three letters or more; else None."""
    folded = name.casefold().rstrip(".")
    if len(folded) < SHORTEST_MONTH:
        return None
    return next((n for n, month in enumerate(MONTHS, 1) if month.startswith(folded)), None)


def find_day(text: str) -> date | None:
    """The last `DD Month YYYY` in a text; None where there is none, or it is not a valid day."""
    found = None
    for day, month, year in _DAY.findall(squeeze(text)):
        number = month_number(month)
        if number is None:
            continue
        try:
            found = date(int(year), number, int(day))
        except ValueError:
            continue
    return found


def say_day(day: date) -> str:
    """`29 July 2025`, independent of the machine's locale."""
    return f"{day.day} {MONTHS[day.month - 1].capitalize()} {day.year}"


def uncapital(text: str) -> str:
    """With a small first letter, for the middle of a sentence; `Area SEND` is unchanged."""
    first, _, rest = text.partition(" ")
    is_plain = first[1:].islower() and not rest[:1].isupper()
    return text[:1].lower() + text[1:] if is_plain else text
