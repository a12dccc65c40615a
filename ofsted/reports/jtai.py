"""Joint targeted area inspections (JTAI): letters of 2016 to 2020, reports from 2022.

No grade and no lead inspector; who signs is not read. The days, the area and the theme
are in the opening: `Between 22 and 26 February 2016, Ofsted ... undertook a joint
inspection of the multi-agency response to abuse and neglect in ...`, later `This letter
summarises the findings of the joint targeted area inspection (JTAI) ...` and `This
inspection took place from ...`. Titles of 2016 to 2018 say `abuse and neglect` whatever
the theme: only the sentence on the deep dive names it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import date
from typing import NamedTuple

from ofsted.reports.blocks import Block, Document
from ofsted.reports.days import WEEKDAY, Span
from ofsted.reports.facts import DocumentFacts
from ofsted.reports.head import day_of_letter, doubts_of_days, read_days
from ofsted.reports.model import Doubt, Improvement
from ofsted.reports.sections import (
    bulleted,
    improvements,
    named_by,
    sections,
    to_next_heading,
    uncut,
)
from ofsted.reports.words import JTAI_HEADINGS, JTAI_THEMES_2016, JTAI_THEMES_2022, Theme
from ofsted.text import MONTHS, fold

FRAMEWORKS = ("jtai_2016", "jtai_2022")

_TITLE = re.compile(
    r"joint targeted area inspection(?: \(JTAI\))? of (?P<rest>.+?)[.\d]*$", re.IGNORECASE
)
_NO_THEME = re.compile(r"abuse and neglect\b", re.IGNORECASE)
_DEAR = re.compile(r"^Dear [\w ,]{3,60}? (?=Joint targeted area inspection)")
_CUT = re.compile(r"(?:\b(?:and|of|the|upon|with|in|on)|[-\u2013])$", re.IGNORECASE)
_TITLE_LENGTH = 160  # characters of the rest of a title that is cut
_TITLE_BLOCKS = 40  # before which the title stands; letters open with addresses


class _Form(NamedTuple):
    """How the letters or reports of one period open."""

    framework: str
    opening: re.Pattern[str]
    days: re.Pattern[str]
    themes: tuple[Theme, ...]


_REPORT = _Form(
    "jtai_2022",
    re.compile(r"this letter summarises the findings of the joint targeted area", re.IGNORECASE),
    re.compile(
        rf"inspection (?:took place|was carried out) (?:from|between|on) (?:the )?(?={WEEKDAY}\d)",
        re.IGNORECASE,
    ),
    JTAI_THEMES_2022,
)
_LETTER = _Form(
    "jtai_2016",
    re.compile(
        r".+ a joint (?:targeted area )?inspection (?:\(JTAI\) )?(?:of|into) "
        r"|.+ (?:undertook|undertaken|carried out|conducted|completed) (?:a|the|their) joint"
        r" (?:targeted )?(?:area )?inspection\b"
        r"|.+ jointly inspected ",
        re.IGNORECASE,
    ),
    re.compile(rf"\b(?:between|from|on) (?:the )?(?={WEEKDAY}\d)", re.IGNORECASE),
    JTAI_THEMES_2016,
)
_SENTENCE_LENGTH = 2000  # characters; a longer one is none
_SENTENCE_END = re.compile(r"(?<!\bSt)\.(?=\d|\s|$)")
_WORD = r"[A-Z][^\W\d_]*(?:[-'\u2019.][^\W\d_]+)*\.?"
_MONTH = f"(?:{'|'.join(map(str.capitalize, MONTHS))})\\b"
_NAME = (
    rf"(?:the )?{_WORD}(?:,? (?:(?:and|of|the|upon|with|&) )*{_WORD})*"
    r"(?:(?: city)? council| of(?=\d*\.?$))?"
)
_AREA = re.compile(
    rf".*\bin (?P<area>(?!{_MONTH}){_NAME})(?=\d*(?:[.,;:()]|\s|$))",
    re.DOTALL,
)
_DEEP_DIVE = re.compile(r"deep[- ]dive", re.IGNORECASE)
_FOCUS = re.compile(r"deep[- ]dive\W{0,2}\s(?:focus|into|on|of|evaluation)\b", re.IGNORECASE)
_IN_AREA = re.compile(r"\s+in (?:the )?[A-Z](?!.*\sin (?:the )?[A-Z]).*")  # the last
_ADDRESSED = re.compile(
    r".*work of individual agencies in (?P<area>.+?)(?: local authority)?\d?$", re.IGNORECASE
)
_RESPONSE = re.compile(
    r".*?multi\W{0,2}agency (?:safeguarding )?responses? to (?:the )?(?P<theme>.+)", re.IGNORECASE
)


def recognises(document: Document) -> bool:
    """Whether the title is that of a joint targeted area inspection."""
    return _title_at(document.body) is not None


def read(document: Document) -> DocumentFacts:
    """The facts of a joint targeted area inspection."""
    blocks = document.body
    at = _title_at(blocks) or 0
    title = _TITLE.match(_title(blocks, at))
    opening = _opening(blocks[at:])
    form = next((one for one in (_REPORT, _LETTER) if any(map(one.opening.match, opening))), None)
    if form is None or title is None:
        doubt = Doubt(
            "the letter does not open as joint targeted area inspections do", tuple(opening[:2])
        )
        return DocumentFacts("jtai", missing=True, doubts=(doubt,))
    span = _days(opening, form, day_of_letter(blocks[:at]))
    found = tuple(_improvements(blocks[at:], form))
    return DocumentFacts(
        kind="jtai",
        framework=form.framework,
        title=title[0],
        provider=title["rest"] if _names_area(title, form) else _area(opening, title[0]),
        first_day=span.first if span else None,
        last_day=span.last if span else None,
        theme=_theme(opening, title[0], form),
        improvements=found,
        doubts=tuple(_doubts(span, found, opening)),
    )


def _names_area(title: re.Match[str], form: _Form) -> bool:
    """Whether a title names the area alone, as those of reports do."""
    return form is _REPORT and _RESPONSE.match(title["rest"]) is None


def _title_at(blocks: Sequence[Block]) -> int | None:
    places = range(len(blocks[:_TITLE_BLOCKS]))
    return next((at for at in places if _TITLE.match(_title(blocks, at))), None)


def _undear(block: Block) -> str:
    """A block without the greeting that may stand before the title in it."""
    return _DEAR.sub("", block.text)


def _title(blocks: Sequence[Block], at: int) -> str:
    """The title at an index, with the block after it where a name is cut between the two."""
    text, after = _undear(blocks[at]), "".join(block.text for block in blocks[at + 1 : at + 2])
    cut = (_CUT.search(text) or after[:1].islower()) and len(after) < _TITLE_LENGTH
    opened = _REPORT.opening.match(after) or _LETTER.opening.match(after)
    return f"{text} {after}" if cut and not opened else text


def _opening(blocks: Sequence[Block]) -> list[str]:
    """The sentences between the title and the first heading."""
    name = named_by(JTAI_HEADINGS)
    end = next((index for index, block in enumerate(blocks) if name(block)), len(blocks))
    parts = (_SENTENCE_END.split(text) for text in uncut(block.text for block in blocks[1:end]))
    return [
        sentence.strip()
        for part in parts
        for sentence in part
        if 0 < len(sentence) < _SENTENCE_LENGTH
    ]


def _days(opening: Sequence[str], form: _Form, written: date | None) -> Span | None:
    """The days of the first sentence that may give them; days of others are of other things."""
    for sentence in opening:
        place = form.days.search(sentence)
        if place and (form is _REPORT or form.opening.match(sentence)):
            return read_days(sentence[place.end() :], written)
    return None


def _area(opening: Sequence[str], title: str) -> str | None:
    """Where the inspection was, by the end of the sentence that names it, or of the title."""
    named = [sentence for sentence in opening if _LETTER.opening.match(sentence)]
    found = [*map(_AREA.match, [*named, title]), *map(_ADDRESSED.match, opening)]
    return next((area["area"].rstrip(".") for area in found if area), None)


def _theme(opening: Sequence[str], title: str, form: _Form) -> str | None:
    """Our short name of the theme: what the deep dive had its focus on, else what is responded to.

    Abuse and neglect is what all letters of 2016 to 2018 name: no theme. What else is said
    of the deep dive may name other things, and is used last.
    """
    named = [found["theme"] for found in map(_RESPONSE.match, [*opening, title]) if found]
    response = next((theme for theme in named if not _NO_THEME.match(theme)), "")
    focus = filter(_FOCUS.search, opening)
    dives = filter(_DEEP_DIVE.search, opening)
    for text in (*focus, response, title, *dives):
        for theme in form.themes:
            if re.search(theme.words, fold(text)):
                return theme.theme
    return _IN_AREA.sub("", response) or None


def _improvements(blocks: Sequence[Block], form: _Form) -> Iterator[Improvement]:
    """The bullets under each heading; whole sentences in the one letter without bullets.

    Letters have headings among them, reports have none.
    """
    for name, _, section in sections(blocks, named_by(JTAI_HEADINGS)):
        inside = to_next_heading(section) if form is _REPORT else section
        if name == "priority_action":
            yield from improvements("priority_action", bulleted(inside))
        elif name == "improvement":
            sentences = [block for block in inside if block.text.endswith(".")]
            yield from improvements("improvement", bulleted(inside) or sentences)


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
