"""Focused visits, and monitoring visits: letters without any judgement of their own.

Grades in them are of earlier inspections, often word for word like a judgement: none is
read. All facts of the visit stand in the sentence that summarises (provider and days), in
the one after it (theme), under two headings, and in the signature. Monitoring visits are
known by their own words alone; none was at hand to measure.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

from ofsted.reports.blocks import Block, Document
from ofsted.reports.days import Span, read_span
from ofsted.reports.found import Found
from ofsted.reports.head import doubts_of_days, people, year_of_letter
from ofsted.reports.model import Doubt, Improvement, Inspector, Kind
from ofsted.reports.sections import bulleted, improvements, named_by, sections
from ofsted.reports.words import VISIT_HEADINGS, letters

_TITLE = re.compile(r"(?P<kind>focused|monitoring) visit (?:to|of) (?P<provider>.+)", re.IGNORECASE)
_SERVICES = re.compile(
    r"(?:^|\s+)(?:local authority\s+)?children.?s\s+services\.?\d?$", re.IGNORECASE
)
_SUMMARY = re.compile(
    r"this letter summarises the findings of (?:a|the) (?P<kind>focused|monitoring) visit"
    r"(?: (?:to|of) (?:the )?(?P<provider>.+?)(?: local authority)?"
    r"(?: children.?s services)? on )?",
    re.IGNORECASE,
)
_DAYS = re.compile(r"\b(?:on|between|from)\s+(?:the\s+)?(?=\d)", re.IGNORECASE)
_SENTENCE_END = re.compile(r"(?<!\bSt)\.\s")
_SENTENCE = re.compile(r"[^.]+(?:\.(?!['\u2019]?(?:\s|$))[^.]*)*")
_LOOKED = (
    r"(?:during this visit, )?inspectors (?:looked at|considered|reviewed|evaluated|focused on) "
)
_ARRANGEMENTS = re.compile(
    _LOOKED + r"(?:[^.]{1,60}?['\u2019]s? |the )?arrangements? (?:for )?(?P<theme>.+)",
    re.IGNORECASE,
)
_LOOKED_AT = re.compile(
    rf"(?:this visit looked at |the focus of this visit was on |{_LOOKED})"
    r"(?!a range|a variety|evidence|children.s|documents|information|performance"
    r"|relevant|case |local authority performance)(?P<theme>.+)",
    re.IGNORECASE,
)
_FRAMEWORK = re.compile(r",? in accordance with the Inspection of .*", re.IGNORECASE)
_SIGNED = re.compile(
    r"(?:(?P<name>[^,.;:]{5,40}),? )?(?P<role>(?:senior )?(?:his|her) majesty.s inspector|HMI)"
    r"(?:,? Ofsted)?",
    re.IGNORECASE,
)
_ASIDE = re.compile(r"^yours? sincerely,?\s*|\s*\(?\blead inspector\)?", re.IGNORECASE)
_REMAIN = re.compile(r"\b(?:remain|continue)\b", re.IGNORECASE)
_TITLE_BLOCKS = 40  # before which the title stands; letters open with addresses
_CUTS = 3  # blocks that the sentence may be cut into
_KINDS: dict[str, Kind] = {"focused": "focused_visit", "monitoring": "monitoring_visit"}


def recognises(document: Document) -> bool:
    """Whether the letter is titled a visit."""
    return _title(document.body) is not None


def read(document: Document) -> Found:
    """The facts of a visit's letter."""
    blocks = document.body
    title, at = _title(blocks), _summary_at(blocks)
    if title is None or at is None:
        lines = (title[0],) if title else ()
        what = "no sentence summarises the findings of a visit"
        return Found("focused_visit", missing=True, doubts=(Doubt(what, lines),))
    summary = _SENTENCE_END.split(" ".join(one.text for one in blocks[at : at + _CUTS]))[0]
    span = _days(summary, year_of_letter(blocks[:at]))
    line = (blocks[at].text,)
    if span:
        doubts = doubts_of_days(span, line[0])
    else:
        doubts = (Doubt("the days of the visit cannot be read", line),)
    return Found(
        kind=_KINDS[title["kind"].casefold()],
        framework="ilacs_visit",
        title=title[0],
        provider=_provider(title, summary),
        first_day=span.first if span else None,
        last_day=span.last if span else None,
        inspectors=_lead(blocks[at:]),
        theme=_theme(blocks[at:]),
        improvements=tuple(_improvements(blocks[at:])),
        doubts=(*doubts, *_doubts(blocks[at:])),
    )


def _title(blocks: Sequence[Block]) -> re.Match[str] | None:
    """The title, which may be cut before `services`."""
    for block, after in pairwise(blocks[:_TITLE_BLOCKS]):
        found = _TITLE.match(block.text)
        if found:
            whole = _TITLE.match(f"{block.text} {after.text}")
            cut = letters(after.text) in ("services", "childrensservices")
            return whole if cut else found
    return None


def _summary_at(blocks: Sequence[Block]) -> int | None:
    found = (index for index, block in enumerate(blocks) if _SUMMARY.match(block.text))
    return next(found, None)


def _days(summary: str, year: int | None) -> Span | None:
    for place in _DAYS.finditer(summary):
        found = read_span(summary[place.end() :], year)
        if found:
            return found[0]
    return None


def _provider(title: re.Match[str], summary: str) -> str | None:
    """The authority as the title names it; one title names none, then the summary's."""
    named = _SERVICES.sub("", title["provider"].strip())
    named = re.sub(r"^the\s+|['\u2019]s$", "", named, flags=re.IGNORECASE)
    if named:
        return named
    found = _SUMMARY.match(summary)
    return found["provider"] if found else None


def _lead(blocks: Sequence[Block]) -> tuple[Inspector, ...]:
    """Who signs: the last line that is a role, below a name or behind it."""
    for above, block in reversed(list(pairwise(blocks))):
        signed = _SIGNED.fullmatch(block.text)
        if signed:
            name = signed["name"] or _ASIDE.sub("", above.text)
            return tuple(
                Inspector(one.name, signed["role"], "Ofsted") for one in people(name, "Ofsted")
            )
    return ()


def _theme(blocks: Sequence[Block]) -> str | None:
    """What the inspectors looked at, as printed between the summary and the first heading."""
    name = named_by(VISIT_HEADINGS)
    end = next((index for index, block in enumerate(blocks) if name(block)), len(blocks))
    sentences = [
        sentence.strip()
        for block in blocks[:end]
        if not block.mark
        for sentence in _SENTENCE.findall(block.text)
    ]
    for wording in (_ARRANGEMENTS, _LOOKED_AT):
        found = next(filter(None, map(wording.match, sentences)), None)
        if found:
            return _FRAMEWORK.sub("", found["theme"]).rstrip(" .:;,") or None
    return None


def _improvements(blocks: Sequence[Block]) -> Iterator[Improvement]:
    """The bullets under each heading; several paragraphs where there is no bullet."""
    found = list(sections(blocks, named_by(VISIT_HEADINGS)))
    wanted = "improvement" if any(name == "improvement" for name, _, _ in found) else "area"
    for name, _, inside in found:
        if name == "priority_action":
            yield from improvements("priority_action", bulleted(inside))
        elif name == wanted:
            paragraphs = inside if len(inside) > 1 else []
            yield from improvements("improvement", bulleted(inside) or paragraphs)


def _doubts(blocks: Sequence[Block]) -> Iterator[Doubt]:
    """A heading for priority action with words below it that are neither items nor a denial."""
    for name, start, inside in sections(blocks, named_by(VISIT_HEADINGS)):
        if name == "priority_action" and not bulleted(inside):
            said = list(improvements("priority_action", inside))
            if not said or _REMAIN.search(" ".join(one.text for one in said)):
                continue
            lines = (blocks[start].text, *(one.text for one in said))
            yield Doubt("a heading for priority action has no items", lines)
