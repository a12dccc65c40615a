"""Joint targeted area inspections (JTAI): letters of 2016 to 2020, reports from 2022.

No grade and no lead inspector; who signs is not kept. The days, the area and the theme
stand in the opening: `Between 22 and 26 February 2016, Ofsted ... undertook a joint
inspection of the multi-agency response to abuse and neglect in ...`, later `This letter
summarises the findings of the joint targeted area inspection (JTAI) ...` and `This
inspection took place from ...`. Titles of 2016 to 2018 say `abuse and neglect` whatever
the theme: only the sentence on the deep dive tells.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from ofsted.reports.blocks import Block, Document
from ofsted.reports.days import Span, read_span
from ofsted.reports.found import Found
from ofsted.reports.head import doubts_of_days, year_of_letter
from ofsted.reports.model import Doubt, Improvement
from ofsted.reports.sections import bulleted, improvements, named_by, sections
from ofsted.reports.words import JTAI_HEADINGS, JTAI_THEMES_2016, JTAI_THEMES_2022, Theme
from ofsted.text import fold

_TITLE = re.compile(r"joint targeted area inspection of (?P<rest>.+)", re.IGNORECASE)
_TITLE_BLOCKS = 40  # before which the title stands; letters open with addresses


class _Form(NamedTuple):
    """How one generation of them opens."""

    framework: str
    opening: re.Pattern[str]
    days: re.Pattern[str]
    themes: tuple[Theme, ...]


_REPORT = _Form(
    "jtai_2022",
    re.compile(r"this letter summarises the findings of the joint targeted area", re.IGNORECASE),
    re.compile(r"inspection took place (?:from|between|on) (?=\d)", re.IGNORECASE),
    JTAI_THEMES_2022,
)
_LETTER = _Form(
    "jtai_2016",
    re.compile(
        r".+ a joint (?:targeted area )?inspection (?:\(JTAI\) )?of (?:the )?multi-?\s?agency",
        re.IGNORECASE,
    ),
    re.compile(r"\b(?:between|from|on) (?=\d)", re.IGNORECASE),
    JTAI_THEMES_2016,
)
_SENTENCE_LENGTH = 2000  # characters; a longer one is none
_SENTENCE_END = re.compile(r"(?<!\bSt)\.(?=\d|\s|$)")
_AREA = re.compile(r".*\bin (?P<area>.+?)\d?$", re.DOTALL)
_ADDRESSED = re.compile(
    r".*work of individual agencies in (?P<area>.+?)(?: local authority)?\d?$", re.IGNORECASE
)
_RESPONSE = re.compile(r".*?multi-?\s?agency response to (?:the )?(?P<theme>.+)", re.IGNORECASE)


def recognises(document: Document) -> bool:
    """Whether the title is that of a joint targeted area inspection."""
    return _title_at(document.body) is not None


def read(document: Document) -> Found:
    """The facts of a joint targeted area inspection."""
    blocks = document.body
    at = _title_at(blocks) or 0
    title = _TITLE.match(blocks[at].text)
    opening = _opening(blocks[at:])
    form = next((one for one in (_REPORT, _LETTER) if any(map(one.opening.match, opening))), None)
    if form is None or title is None:
        doubt = Doubt("no opening as joint targeted area inspections have it", tuple(opening[:2]))
        return Found("jtai", missing=True, doubts=(doubt,))
    span = _days(opening, form, year_of_letter(blocks[:at]))
    found = tuple(_improvements(blocks[at:]))
    return Found(
        kind="jtai",
        framework=form.framework,
        title=title[0],
        provider=title["rest"] if form is _REPORT else _area(opening),
        first_day=span.first if span else None,
        last_day=span.last if span else None,
        theme=_theme(opening, form),
        improvements=found,
        doubts=tuple(_doubts(span, found, opening)),
    )


def _title_at(blocks: Sequence[Block]) -> int | None:
    titles = (n for n, block in enumerate(blocks[:_TITLE_BLOCKS]) if _TITLE.match(block.text))
    return next(titles, None)


def _opening(blocks: Sequence[Block]) -> list[str]:
    """The sentences between the title and the first heading."""
    name = named_by(JTAI_HEADINGS)
    end = next((index for index, block in enumerate(blocks) if name(block)), len(blocks))
    parts = (_SENTENCE_END.split(block.text) for block in blocks[1:end])
    return [
        sentence.strip()
        for part in parts
        for sentence in part
        if 0 < len(sentence) < _SENTENCE_LENGTH
    ]


def _days(opening: Sequence[str], form: _Form, year: int | None) -> Span | None:
    for sentence in opening:
        place = form.days.search(sentence)
        found = read_span(sentence[place.end() :], year) if place else None
        if found:
            return found[0]
    return None


def _area(opening: Sequence[str]) -> str | None:
    """Where the inspection was, by the end of the sentence that names it."""
    for sentence in opening:
        found = _LETTER.opening.match(sentence) and _AREA.match(sentence)
        if found:
            return found["area"]
    addressed = filter(None, map(_ADDRESSED.match, opening))
    return next((found["area"] for found in addressed), None)


def _theme(opening: Sequence[str], form: _Form) -> str | None:
    """Our short name of the theme that the deep dive or else the opening names."""
    dives = " ".join(sentence for sentence in opening if "deep dive" in sentence.casefold())
    named = next(filter(None, map(_RESPONSE.match, opening)), None)
    response = named["theme"] if named else ""
    for text in (dives, response):
        for theme in form.themes:
            if re.search(theme.words, fold(text)):
                return theme.theme
    return response or None


def _improvements(blocks: Sequence[Block]) -> Iterator[Improvement]:
    """The bullets under each heading; whole sentences in the one letter without bullets."""
    for name, _, inside in sections(blocks, named_by(JTAI_HEADINGS)):
        if name == "priority_action":
            yield from improvements("priority_action", bulleted(inside))
        elif name == "improvement":
            whole = [block for block in inside if block.text.endswith(".")]
            yield from improvements("improvement", bulleted(inside) or whole)


def _doubts(
    span: Span | None, found: Sequence[Improvement], opening: Sequence[str]
) -> Iterator[Doubt]:
    lines = tuple(opening[:2])
    if span is None:
        yield Doubt("the days of the inspection cannot be read", lines)
    else:
        yield from doubts_of_days(span, lines[0])
    if not any(one.kind == "improvement" for one in found):
        yield Doubt("no areas for improvement", lines)
