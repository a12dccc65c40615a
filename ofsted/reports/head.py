"""The head of a report: title, provider, days, lead inspectors."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from itertools import chain
from typing import NamedTuple

from ofsted.reports.blocks import Block
from ofsted.reports.days import Span, read_span
from ofsted.reports.model import Doubt, Inspector
from ofsted.reports.words import without_footnote
from ofsted.text import find_day, say_day

_DATES = re.compile(r"\s*inspection dates?\s*:?\s*", re.IGNORECASE)
_DATES_WITHIN = re.compile(r"\binspection dates?\s*:\s*", re.IGNORECASE)
_LEAD = re.compile(r"\blead inspectors?\s*:\s*", re.IGNORECASE)
_OTHER_FIELD = re.compile(
    r"[\s.]*(?:$|(?:lead|reporting) inspector|(?:report )?published|age group"
    r"|(?:dates?|date\(s\)) of (?:the )?(?:previous|last))",
    re.IGNORECASE,
)
_LONGEST = 200  # days; one report of two visits has 108
_NAMES_LENGTH = 300  # characters; two leads with their roles have 80
_HEAD_BLOCKS = 20  # before the line with the days; real reports have 8 at most
_DATES_BLOCKS = 3  # that the days may run over; one report has 2
ROLE = (
    r"(?:senior\s+)?(?:(?:his|her)\s+majest(?:y|ies)(?:.?s)?\s+inspectors?(?:\s+of\s+education)?"
    r"(?:\s*\(HMI\))?|S?HMI\b(?:\s+(?:schools|social care)\b)?|ofsted inspector)"
)
_PERSON = re.compile(
    rf"(?P<name>[^,;:()]+?)(?:\s+(?P<role>{ROLE})|(?:\s*[,;(]\s*|\s+[-\u2013]\s+)"
    rf"(?P<separate_role>{ROLE}|[a-z ]{{0,40}}\b(?:inspector|director|officer|manager)\b))\)?"
    r"(?:,?\s+(?:ofsted|social care)\b)*(?:\s*,?\s*(?:and\b|[;&])\s*|\s*,\s*|\s*\.?\s*$)",
    re.IGNORECASE,
)
_NO_PROVIDER = re.compile(
    r"\b(?:is|was|were|are|inspections?|report|judgement|grade|good|inadequate|outstanding)\b"
    r"|[!?:\d]|(?<!\bSt)\.\s|^and\b|\band$",
    re.IGNORECASE,
)
_NAME = re.compile(r"[^\W\d_][\w.'\u2019-]*(?:\s+[^\W\d_][\w.'\u2019-]*){1,4}")
_PARTICLES = frozenset(
    ("al", "ap", "bin", "da", "de", "del", "den", "der", "di", "du", "la", "le", "van", "von")
)
_ELIDED = re.compile(r"d['\u2019](?=[A-Z])")  # `d'Arcy`
_NO_NAME = re.compile(
    r"\b(?:inspectors?|majesty|HMI|sincerely|ofsted|lead|children|judgement|grade|director|officer"
    r"|manager)\b",
    re.IGNORECASE,
)
_CUT_NAME = re.compile(r"(?<=\w)-\s+(?=\w)")  # `Paula Thomson- Jones`, over a line's end
_JOINED = re.compile(r"\s*(?:,\s*and\s|,|;|&|\band\s)\s*", re.IGNORECASE)
_GOES_ON = re.compile(r"(?:,|\band)\s*$", re.IGNORECASE)


class Head(NamedTuple):
    """The text before the days, and the position of the days."""

    title: str
    dates_at: int  # index of the block with the days
    days_at: int  # offset of the days in its text


def find_head(blocks: Sequence[Block]) -> Head | None:
    """The head before `Inspection date(s):`; None where a report does not have such a line."""
    for dates in (_DATES.match, _DATES_WITHIN.search):
        for index, block in enumerate(blocks[:_HEAD_BLOCKS]):
            found = dates(block.text)
            if found:
                above = (one.with_mark for one in blocks[:index] if not one.with_mark.isdigit())
                title = " ".join([*above, block.text[: found.start()]]).strip()
                return Head(title, index, found.end())
    return None


def read_dates(blocks: Sequence[Block], head: Head) -> tuple[Span | None, tuple[Doubt, ...]]:
    """The days after a head, which may continue in the next blocks, and doubts about them."""
    at = head.dates_at
    text = blocks[at].text[head.days_at :]
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
    again = find_head(blocks[at + 1 :])
    other = read_dates(blocks[at + 1 :], again)[0] if again else None
    if other and other != span:
        lines = (blocks[at].text, blocks[at + 1 + again.dates_at].text) if again else ()
        return span, (Doubt("two lines give different days", lines),)
    return span, doubts_of_days(span, blocks[at].text)


def doubts_of_days(span: Span, line: str) -> tuple[Doubt, ...]:
    """Days out of order, or further apart than any inspection."""
    if span.first > span.last:
        return (Doubt("the last day is before the first", (line,)),)
    if (span.last - span.first).days > _LONGEST:
        days = f"{say_day(span.first)} to {say_day(span.last)}"
        return (Doubt(f"{days} is longer than any inspection", (line,)),)
    return ()


def read_days(text: str, written: date | None) -> Span | None:
    """The days that a text begins with, in a letter written on a day.

    Where no year is printed it is the letter's, or the one before.
    """
    if written is None:
        found = read_span(text)
        return found[0] if found else None
    found = read_span(text, written.year)
    if found and found[0].last > written and read_span(text) is None:
        found = read_span(text, written.year - 1)
    return found[0] if found else None


def day_of_letter(head: Sequence[Block]) -> date | None:
    """The date of a letter, among the blocks before its title."""
    return next((day for block in head if (day := find_day(block.text))), None)


def read_leads(blocks: Sequence[Block]) -> tuple[Inspector, ...]:
    """The lead inspectors named after `Lead inspector:`, in the same block or the next ones.

    One, two, or none: two reports of 2025 have no such line.
    """
    named: dict[str, Inspector] = {}
    for index, block in enumerate(blocks):
        found = _LEAD.search(block.text)
        if found:
            after = (other.text for other in blocks[index + 1 :])
            people_of_line = _people_over_lines(block.text[found.end() :], after)
            named |= {one.name: one for one in people_of_line}
    return tuple(named.values())


def _people_over_lines(line: str, after: Iterable[str]) -> tuple[Inspector, ...]:
    """The people of a line, with as much of what follows as it takes to name a role."""
    text, without_role = line, people(line, "Ofsted")
    lines = chain([""], after)
    for more in lines:
        text = f"{text} {more}".strip()
        found = people(text, "Ofsted")
        without_role = without_role or found
        if any(one.role for one in found) and not _GOES_ON.search(text):
            return (*found, *_more_people(lines))
    return without_role


def _more_people(lines: Iterator[str]) -> Iterator[Inspector]:
    """Those of the lines that follow, as long as each is people with roles and nothing else."""
    for line in lines:
        found = people(line, "Ofsted")
        if not found or not all(one.role for one in found):
            return
        yield from found


def doubts_of_provider(provider: str | None) -> tuple[Doubt, ...]:
    """A doubt where a provider's name contains words that do not belong to it."""
    if provider and _NO_PROVIDER.search(provider):
        return (
            Doubt("the provider's name cannot be separated from the words beside it", (provider,)),
        )
    return ()


def people(text: str, body: str) -> tuple[Inspector, ...]:
    """Names and roles as printed: `A, His Majesty's Inspector, and B HMI`, or names alone.

    Empty unless all of the text is names and roles.
    """
    text = _CUT_NAME.sub("-", without_footnote(text[:_NAMES_LENGTH].strip()))
    found: list[tuple[str, str | None]] = []
    at = 0
    while person := _PERSON.match(text, at):
        role = (person["role"] or person["separate_role"]).strip()
        found += [(name, role) for name in _names(person["name"])]
        at = person.end()
    found += [(name, None) for name in _names(text[at:])] if not found else []
    is_complete = at in (0, len(text))
    if not is_complete or not all(is_name(name) for name, _ in found):
        return ()
    return tuple(Inspector(name, role, body) for name, role in found)


def _names(text: str) -> list[str]:
    return [without_footnote(name) for name in _JOINED.split(text.strip(" .,"))]


def is_name(text: str) -> bool:
    """Whether a text can be the name of a person and nothing else."""
    if not _NAME.fullmatch(text) or _NO_NAME.search(text):
        return False
    return all(
        word[0].isupper() or word in _PARTICLES or _ELIDED.match(word) for word in text.split()
    )
