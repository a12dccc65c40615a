"""The days of an inspection, in all the forms that reports print them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from ofsted.text import MONTHS, fold, month_number

_MONTH = "|".join(rf"{month}|{month[:3]}t?\b\.?" for month in MONTHS)
WEEKDAY = r"(?:(?:mon|tues|wednes|thurs|fri|satur|sun)day,?\s+)?"
_DAY = re.compile(
    rf"{WEEKDAY}(?P<day>\d{{1,2}})(?:st|nd|rd|th)?"
    rf"(?:/(?P<number>\d{{1,2}})/(?P<short>\d{{4}})"
    rf"|(?:\s*(?:of\s+)?(?P<month>{_MONTH})(?![a-z]))?(?:,?\s*(?P<year>\d{{4}})(?!\d))?)"
)
_BETWEEN = re.compile(r"\s*(?:-|&|\u2500|,?\s*(?:to|and|until)\b|,)\s*")


class Span(NamedTuple):
    """First and last day of an inspection, of two visits together where there were two."""

    first: date
    last: date


class _Part(NamedTuple):
    day: int
    month: int | None
    year: int | None


def read_span(text: str, year: int | None = None) -> tuple[Span, str] | None:
    """The days that a text begins with, and the rest of the text, folded.

    Forms seen: `16 June to 20 June 2025`, `6 to 10 December 2021`, `18 Feb 2014 - 12 March
    2014`, `1/06/2015 - 25/06/2015` (day first), `28 July 2016`, `15, 16 and 21 July 2025`,
    `8 July 2019 to 12 July 2019 and 7 August 2019 to 8 August 2019`.

    Args:
        text: what stands after `Inspection dates:` or `took place`.
        year: taken where no year is printed at all.

    Returns:
        None where the text does not begin with days, or they are no days at all.
    """
    folded = fold(text)
    parts, end = _parts(folded)
    days = _filled(parts, year)
    return (Span(days[0], days[-1]), folded[end:]) if days else None


def _parts(text: str) -> tuple[list[_Part], int]:
    parts: list[_Part] = []
    end = at = 0
    while found := _DAY.match(text, at):
        parts.append(_part(found))
        end = found.end()
        between = _BETWEEN.match(text, end)
        if not between:
            break
        at = between.end()
    return parts, end


def _part(found: re.Match[str]) -> _Part:
    if found["number"]:
        return _Part(int(found["day"]), int(found["number"]), int(found["short"]))
    month = found["month"]
    return _Part(
        int(found["day"]),
        month_number(month[:3]) if month else None,
        int(found["year"]) if found["year"] else None,
    )


def _filled(parts: Sequence[_Part], year: int | None) -> list[date]:
    """Days with the month and year of the next one where they have none of their own."""
    days: list[date] = []
    month: int | None = None
    for part in reversed(parts):
        month, year = part.month or month, part.year or year
        if month is None or year is None:
            return []
        try:
            day = date(year, month, part.day)
        except ValueError:
            return []
        if days and day > days[0] and not part.year:  # `18 December to 12 January 2018`
            year -= 1
            day = day.replace(year=year)
        days.insert(0, day)
    return days
