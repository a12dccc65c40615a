"""The days of an inspection, in all the forms that reports print them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from ofsted.text import MONTHS, fold, month_number

_MONTH = "|".join(rf"{month}|{month[:3]}t?\b\.?" for month in MONTHS)
_WEEKDAYS = "mon|tue(?:s)?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun"
WEEKDAY = rf"(?:(?:{_WEEKDAYS})(?:day)?\b,?\s+)?"
_ORDINAL = r"(?:\s?(?:st|nd|rd|th)\b|(?:st|nd|rd|th))?"
_YEAR = r"(?:,?\s*(?P<year>\d{4})(?!\d))?"
_DAY = re.compile(
    rf"{WEEKDAY}(?:the\s+)?(?P<day>\d{{1,2}})"
    rf"(?:(?P<sign>[/.])(?P<number>\d{{1,2}})(?P=sign)(?P<short>(?:\d\d)?\d\d)(?!\d)"
    rf"|{_ORDINAL}(?:\s*(?:of\s+)?(?P<month>{_MONTH})(?![a-z]))?{_YEAR})"
)
_MONTH_FIRST = re.compile(
    rf"{WEEKDAY}(?P<month>{_MONTH})\s+(?:the\s+)?(?P<day>\d{{1,2}})(?!\d){_ORDINAL}{_YEAR}"
)
_BEGIN = re.compile(r"\s*(?:(?:from|between)\s+)?(?:the\s+)?")
_BETWEEN = re.compile(
    r"\s*(?:[-~;/&\u2500]|,?\s*(?:to|and|until|till|through|plus)(?=\d|\s|$)|,)"
    r"\s*(?:(?:then\s+)?(?:from|between)\s+)?"
)
_CENTURY = 2000  # of a year in two figures


class Span(NamedTuple):
    """First and last day of an inspection, of two visits together where there were two."""

    first: date
    last: date


class _Day(NamedTuple):
    day: int
    month: int | None
    year: int | None


def read_span(text: str, year: int | None = None) -> tuple[Span, str] | None:
    """Parse the days that a text begins with.

    Forms seen: `16 June to 20 June 2025`, `6 to 10 December 2021`, `18 Feb 2014 - 12 March
    2014`, `1/06/2015 - 25/06/2015` (day first), `28 July 2016`, `15, 16 and 21 July 2025`,
    `8 July 2019 to 12 July 2019 and 7 August 2019 to 8 August 2019`.

    Args:
        text: what follows `Inspection dates:` or `took place`.
        year: used where no year is printed at all.

    Returns:
        The days, and the rest of the text, folded; None where the text does not begin with
        valid days.
    """
    folded = fold(text)
    parts, end = _parts(folded)
    days = _filled(parts, year)
    return (Span(days[0], days[-1]), folded[end:]) if days else None


def _parts(text: str) -> tuple[list[_Day], int]:
    """The days with which a text begins, and where they end."""
    parts: list[_Day] = []
    begin = _BEGIN.match(text)
    end = at = begin.end() if begin else 0
    order = _MONTH_FIRST if _MONTH_FIRST.match(text, at) else _DAY
    while found := order.match(text, at) or _DAY.match(text, at):
        parts.append(_part(found))
        end = found.end()
        between = _BETWEEN.match(text, end)
        if not between:
            break
        at = between.end()
    ordered = parts if order is _DAY else _month_onward(parts)
    return ordered, end


def _part(found: re.Match[str]) -> _Day:
    given = found.groupdict()
    if given.get("number"):
        year = int(given["short"])
        return _Day(int(given["day"]), int(given["number"]), year % _CENTURY + _CENTURY)
    month = given["month"]
    return _Day(
        int(given["day"]),
        month_number(month[:3]) if month else None,
        int(given["year"]) if given["year"] else None,
    )


def _month_onward(parts: Sequence[_Day]) -> list[_Day]:
    """Days after a month that stands before the first of them: `June 16 to 20, 2025`."""
    month: int | None = None
    onward = []
    for part in parts:
        month = part.month or month
        onward.append(part._replace(month=month))
    return onward


def _filled(parts: Sequence[_Day], year: int | None) -> list[date]:
    """Days with the month and year of the next one where they have none of their own.

    A day after the last printed year has that year: `16 June 2025 to 20 June`.
    """
    days: list[date] = []
    month: int | None = None
    year = next((part.year for part in reversed(parts) if part.year), year)
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
