"""Names, days and counts as messages write them, and fetched text made safe."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from datetime import date, datetime
from zoneinfo import ZoneInfo

from ofsted.text import MONTHS, clean, say_day, squeeze

LONDON = ZoneInfo("Europe/London")
NUMBERS = ["no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"]
_THE = (
    *("London Borough", "Royal Borough", "Metropolitan Borough", "Borough of"),
    *("City of", "County of", "Isle"),
)
_INVERTED = re.compile(r"^(.+), (City|County) of$")
_SENTENCE_ENDS = (". ", "? ", "! ", "; ")


def plain(text: str, limit: int = 300) -> str:
    """Fetched text as a message may contain it: one line, nothing invisible, cut at a word."""
    seen = "".join(
        sign
        for sign in squeeze(clean(text[: 20 * limit]))
        if not unicodedata.category(sign).startswith("C")
    )
    return cut(squeeze(seen), limit)


def cut(text: str, limit: int) -> str:
    """At most `limit` characters, cut at a word with `...`."""
    if len(text) <= limit:
        return text
    head = text[: limit - 3]
    whole = head.rpartition(" ")[0]
    return (whole if len(whole) > limit // 2 else head).rstrip(" ,;:-") + "..."


def quotation(text: str, limit: int = 700) -> str:
    """A quotation, complete or cut at the end of a sentence."""
    whole = plain(text, 20 * limit)
    if len(whole) <= limit:
        return whole
    end = max(whole.rfind(stop, 0, limit - 4) for stop in _SENTENCE_ENDS)
    return f"{whole[: end + 1]} ..." if end > 0 else cut(whole, limit)


def sentence(text: str) -> str:
    """With a capital letter first and a full stop last; empty stays empty."""
    text = plain(text, 600).rstrip(" .;,")
    return f"{text[:1].upper()}{text[1:]}." if text else ""


def number(count: int) -> str:
    return NUMBERS[count] if count < len(NUMBERS) else str(count)


def several(count: int, noun: str, plural: str = "") -> str:
    """`1 judgement`, `2 judgements`."""
    return f"{count} {noun if count == 1 else plural or noun + 's'}"


def listed(names: Sequence[str]) -> str:
    """`a`, `a and b`, `a, b and c`."""
    return " and ".join(filter(None, (", ".join(names[:-1]), *names[-1:])))


def place_in_words(name: str) -> str:
    """`the London Borough of Sutton`; `Derbyshire`; `Bristol, City of` turned."""
    name = _INVERTED.sub(r"\2 of \1", plain(name, 80))
    return f"the {name}" if name.startswith(_THE) else name


def days(first: date | None, last: date | None) -> str:
    """`16 to 20 June 2025`; empty where neither day is known."""
    first, last = first or last, last or first
    if first is None or last is None:
        return ""
    if first == last:
        return say_day(last)
    if (first.year, first.month) == (last.year, last.month):
        return f"{first.day} to {say_day(last)}"
    if first.year == last.year:
        return f"{say_day(first).rpartition(' ')[0]} to {say_day(last)}"
    return f"{say_day(first)} to {say_day(last)}"


def month(day: date) -> str:
    return f"{MONTHS[day.month - 1].capitalize()} {day.year}"


def moment(at: datetime) -> str:
    """`14:15 on 29 July 2025`, by the clock in London."""
    return f"{at.astimezone(LONDON):%H:%M} on {day_of(at)}"


def day_of(at: datetime) -> str:
    """`29 July 2025`, by the clock in London."""
    return say_day(at.astimezone(LONDON).date())


def lasting(first: datetime, last: datetime) -> str:
    """`3 days`, `5 hours`, `20 minutes`, rounded down."""
    minutes = max(0, int((last - first).total_seconds()) // 60)
    for length, noun in ((1440, "day"), (60, "hour")):
        if minutes >= 2 * length or (minutes >= length and noun == "hour"):
            return several(minutes // length, noun)
    return several(minutes, "minute")
