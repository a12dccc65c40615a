"""The head of a report: title, provider, days, lead inspectors."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from ofsted.reports.blocks import Block
from ofsted.reports.days import Span, read_span
from ofsted.reports.model import Doubt, Inspector
from ofsted.text import find_day, say_day

_DATES = re.compile(r"\s*inspection dates?\s*:?\s*", re.IGNORECASE)
_LEAD = re.compile(r"\blead inspectors?\s*:\s*", re.IGNORECASE)
_OTHER_FIELD = re.compile(r"[\s.]*(?:lead inspector|report published)|[\s.]*$", re.IGNORECASE)
_LONGEST = 200  # days; one report of two visits has 108
_NAMES_LENGTH = 300  # characters; two leads with their roles have 80
_HEAD_BLOCKS = 20  # before the line with the days; real reports have 8 at most
_DATES_BLOCKS = 3  # that the days may run over; one report has 2
_PERSON = re.compile(
    r"(?P<name>[^,;:()]+?)(?:\s*[,(]\s*|\s+[-\u2013]\s+|\s+)(?P<role>(?:senior\s+)?"
    r"(?:(?:his|her)\s+majesty.s\s+inspectors?(?:\s*\(HMI\))?|HMI\b))\)?"
    r"(?:\s*,?\s*(?:and\b|;)\s*|\s*[,.]?\s*$)",
    re.IGNORECASE,
)
_NAME = re.compile(r"[^\W\d_][\w.'\u2019-]*(?:\s+[^\W\d_][\w.'\u2019-]*){1,4}")


class Head(NamedTuple):
    """The blocks before the line with the days, as one text, and where that line stands."""

    title: str
    dates_at: int


def find_head(blocks: Sequence[Block]) -> Head | None:
    """What stands before `Inspection date(s):`; None where a report does not open so."""
    for index, block in enumerate(blocks[:_HEAD_BLOCKS]):
        if _DATES.match(block.text):
            return Head(" ".join(before.text for before in blocks[:index]), index)
    return None


def read_dates(blocks: Sequence[Block], at: int) -> tuple[Span | None, tuple[Doubt, ...]]:
    """The days of the line at an index, which may run over the blocks after it."""
    text = _DATES.sub("", blocks[at].text, count=1)
    span = None
    for more in ("", *(block.text for block in blocks[at + 1 : at + _DATES_BLOCKS])):
        text = f"{text} {more}".strip()
        found = read_span(text)
        if found and _OTHER_FIELD.match(found[1]):
            span = found[0]
        elif span:
            break
    if span is None:
        return None, (Doubt("the days of the inspection cannot be read", (blocks[at].text,)),)
    return span, doubts_of_days(span, blocks[at].text)


def doubts_of_days(span: Span, line: str) -> tuple[Doubt, ...]:
    """Days out of order, or further apart than any inspection."""
    if span.first > span.last:
        return (Doubt("the last day is before the first", (line,)),)
    if (span.last - span.first).days > _LONGEST:
        days = f"{say_day(span.first)} to {say_day(span.last)}"
        return (Doubt(f"{days} is longer than any inspection", (line,)),)
    return ()


def year_of_letter(head: Sequence[Block]) -> int | None:
    """The year of a letter's date, for the few whose days print none of their own."""
    return next((day.year for block in head if (day := find_day(block.text))), None)


def read_leads(blocks: Sequence[Block]) -> tuple[Inspector, ...]:
    """The lead inspectors named after `Lead inspector:`, who may fill blocks of their own.

    One, two, or none: two reports of 2025 have no such line.
    """
    for index, block in enumerate(blocks):
        found = _LEAD.search(block.text)
        if found:
            after = " ".join(other.text for other in blocks[index + 1 :])
            return people(f"{block.text[found.end() :]} {after}".strip(), "Ofsted")
    return ()


def people(text: str, body: str) -> tuple[Inspector, ...]:
    """Names and roles as printed: `A, His Majesty's Inspector, and B HMI`, or a name alone."""
    text = text[:_NAMES_LENGTH]
    found = [
        Inspector(person["name"].strip(), person["role"].strip(), body)
        for person in _PERSON.finditer(text)
    ]
    if found:
        return tuple(found)
    return (Inspector(text, None, body),) if _NAME.fullmatch(text) else ()
