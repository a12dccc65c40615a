"""Focused visits, and monitoring visits: letters without any judgement of their own.

Grades in them are of earlier inspections, often word for word like a judgement: none is
read. All facts of the visit stand in the sentence that summarises (provider and days), in
the one after it (theme), under two headings, and in the signature. Monitoring visits are
known by their own words, as letters quoted in newspapers have them; none was at hand to measure.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from itertools import pairwise
from typing import NamedTuple

from ofsted.reports.blocks import Block, Document
from ofsted.reports.days import WEEKDAY, Span
from ofsted.reports.facts import DocumentFacts
from ofsted.reports.head import ROLE, day_of_letter, doubts_of_days, people, read_days
from ofsted.reports.model import Doubt, Improvement, Inspector, Kind
from ofsted.reports.sections import bulleted, improvements, named_by, sections, to_next_heading
from ofsted.reports.words import VISIT_HEADINGS

FRAMEWORKS = ("ilacs_visit",)

_COUNTED = (
    r"(?:(?:ofsted(?:.s)?|report|letter|on|of|from|the|\d+(?:st|nd|rd|th)|first|second|third|fourth"
    r"|fifth|sixth|seventh|eighth|ninth|tenth) )*"
)
_TITLE = re.compile(
    _COUNTED + r"(?P<kind>focused|monitoring) visit(?: report| letter)?"
    r"(?:\s*[:\u2013-]\s*| (?:to|of|in|at) )(?!.*\b(?:local area partnership|SEND|special edu))"
    r"(?P<provider>.+)",
    re.IGNORECASE,
)
_TITLE_LAST = re.compile(
    r"(?P<provider>(?:\S+ ){0,12}?children.?s services)\W+(?P<kind>focused|monitoring) visit",
    re.IGNORECASE,
)
_TITLE_WITHIN = re.compile(
    r"(?P<kind>Focused|Monitoring) [Vv]isit (?:to|of) "
    r"(?P<provider>(?:\S+ ){0,12}?[Cc]hildren.?s [Ss]ervices)$"
)
_SERVICES = re.compile(
    r"(?:^|\s+)(?:local authority\s+)?children.?s\s+(?:social care\s+)?services\.?\d?$",
    re.IGNORECASE,
)
_CUT_TITLE = re.compile(r"(?:^|\s)services\.?\d?$", re.IGNORECASE)
_SUMMARY = re.compile(
    r"(?:this letter summari[sz]es|I am writing to summari[sz]e) the findings? of (?:a|the|our)"
    r"(?: recent)? (?P<kind>focused|monitoring) visit"
    r"(?: (?:to|of) (?:the )?(?P<provider>.+?)(?: local authority)?"
    r"(?: children.?s services)?,? (?:on|between|from|over|during|which took place) )?",
    re.IGNORECASE,
)
_DAYS = tuple(  # the second only where the first is not
    re.compile(rf"\b(?:{words})\s*(?:the\s+)?(?={WEEKDAY}\d)", re.IGNORECASE)
    for words in ("on|between|from", "over|during|services")
)
_SENTENCE_END = re.compile(r"(?<!\bSt)\.\s")
_SENTENCE = re.compile(r"[^.]+(?:\.(?!['\u2019]?(?:\s|$))[^.]*)*")
_VERBS = (
    r"(?:also )?(?:looked at|considered|reviewed|evaluated|focuss?ed on|examined|explored|assessed)"
)
_LOOKED = (
    r"(?:(?:the|a) (?:main )?focus of (?:this|the) (?:focused )?visit was (?:on )?"
    r"|(?:this|the) (?:focused )?visit looked at "
    r"|(?:(?:during|on|at|for) (?:this|the) (?:focused )?visit,? )?"
    rf"(?:(?:the )?inspectors|we) {_VERBS} )"
)
_THIS_VISIT = r"(?:this|the) (?:\w+ )?(?:monitoring )?visit"
_MONITORED = (
    r"(?:(?:in particular|specifically),? )?"
    rf"(?:(?:the|a) (?:main |particular )?focus of {_THIS_VISIT} was (?:on )?"
    rf"|(?:the )?areas? covered by {_THIS_VISIT}(?: (?:was|were|included?))?\s*"
    rf"|(?:(?:during|on|at|for) (?:the course of )?{_THIS_VISIT},? )?"
    rf"(?:(?:the |(?:his|her) majesty.s )?inspectors|HMI|we|{_THIS_VISIT}) {_VERBS} )"
)
_ARRANGEMENTS = r"(?:[^.]{1,60}?['\u2019]s? |the )?arrangements? (?:for )?(?P<theme>.+)"
_NO_EVIDENCE = (
    r"(?!(?:an? |the )?(?:wide |broad )*(?:range|variety|number|sample|selection)\b"
    r"|evidence|children.s|documents|information|performance|relevant|individual|electronic"
    r"|(?:social work )?(?:cases?|records?|files|audits)\b|local authority performance)"
    r"(?:the (?:local authority|council)['\u2019]s )?(?P<theme>.*)"
)


def _wordings(checked: str) -> tuple[re.Pattern[str], ...]:
    return tuple(re.compile(checked + at, re.IGNORECASE) for at in (_ARRANGEMENTS, _NO_EVIDENCE))


_WORDINGS: dict[Kind, tuple[re.Pattern[str], ...]] = {
    "focused_visit": _wordings(_LOOKED),
    "monitoring_visit": _wordings(_MONITORED),
}
# A sentence that only refers to a list ("the following areas"): the list is the theme.
_AREAS = (
    r"(?:areas|aspects|issues|matters|points|themes|topics|services|groups|concerns|weaknesses"
    r"|recommendations|priorities)\b[^:]*"
)
_POINTS_ON = re.compile(
    r"(?:(?:the |any )?(?:progress|improvements?)\b[^:]{0,120}? )?"
    r"(?:(?:in|on|at|of|with|against|addressing|each of) )*(?:the )?"
    rf"(?:following(?: (?:\w+ ){{0,3}}?{_AREAS})?(?:$|:)"
    rf"|(?:(?:these|those|the|several|two|three|four|five|six|key|main|specific) )*{_AREAS}:|:|$)"
    r"\s*(?P<inline>.*)",
    re.IGNORECASE,
)
_AND = re.compile(r"[;,]? and$", re.IGNORECASE)
_FRAMEWORK = re.compile(
    r",? (?:in (?:accordance|line) with|under) the Inspection of .*", re.IGNORECASE
)
_SIGNED = re.compile(
    rf"(?:(?P<name>[^,;:]{{5,40}}),? )?(?P<role>{ROLE})(?:,? Ofsted)?\.?", re.IGNORECASE
)
_ASIDE = re.compile(
    r"^yours? (?:sincerely|faithfully),?\s*|\s*\(?\blead inspector\)?", re.IGNORECASE
)
_CLOSING = re.compile(r"Ofsted will take|Yours? sincerely|We have notified", re.IGNORECASE)
_REMAIN = re.compile(r"\b(?:remain|continue)\b", re.IGNORECASE)
_TITLE_BLOCKS = 40  # before which the title stands; letters open with addresses
_TITLE_LENGTH = 80  # characters of the rest of a title that is cut
_CUTS = 3  # blocks that the sentence may be cut into
_SIGNATURE = 3  # blocks over the role within which the name stands
_LONGEST = 15  # days of a visit; the longest seen had 7
_YEAR = 365
_KINDS: dict[str, Kind] = {"focused": "focused_visit", "monitoring": "monitoring_visit"}


def recognises(document: Document) -> bool:
    """Whether the letter is titled a visit, or summarises one."""
    return _title(document.body) is not None or _summary_at(document.body) is not None


def read(document: Document) -> DocumentFacts:
    """The facts of a visit's letter."""
    blocks = document.body
    title, at = _title(blocks), _summary_at(blocks)
    if title is None or at is None:
        lines = (title[0],) if title else (blocks[at or 0].text,)
        what = "no sentence summarises the findings of a visit" if title else "no title of a visit"
        return DocumentFacts(_kind(title, blocks), missing=True, doubts=(Doubt(what, lines),))
    kind = _kind(title, blocks)
    opening = " ".join(one.text for one in blocks[at : at + _CUTS])
    summary = _SENTENCE_END.split(opening[_begin(opening) :])[0]
    span = _days(summary, day_of_letter(blocks[:at]))
    line = (blocks[at].text,)
    is_year_wrong = span is not None and _is_year_wrong(span)
    if span:
        doubts = () if is_year_wrong else doubts_of_days(span, line[0])
    else:
        doubts = (Doubt("the days of the visit cannot be read", line),)
    return DocumentFacts(
        kind=kind,
        framework="ilacs_visit",
        title=title[0],
        provider=_provider(title, summary),
        first_day=span.first if span and not is_year_wrong else None,
        last_day=span.last if span else None,
        inspectors=_lead(blocks[at:]),
        theme=_theme(blocks[at:], kind),
        improvements=tuple(_improvements(blocks[at:])),
        doubts=(*doubts, *_doubts(title, summary, blocks[at:])),
    )


def _kind(title: re.Match[str] | None, blocks: Sequence[Block]) -> Kind:
    """What kind of visit a letter calls its own: by its title, and without one by its summary."""
    said = title or next(filter(None, (_SUMMARY.search(block.text) for block in blocks)))
    return _KINDS[said["kind"].casefold()]


def _title(blocks: Sequence[Block]) -> re.Match[str] | None:
    """The title, which may be cut before `services`, or stand behind `Dear ...`."""
    for find in (_TITLE.match, _TITLE_LAST.fullmatch, _TITLE_WITHIN.search):
        for block, after in pairwise(blocks[:_TITLE_BLOCKS]):
            found = find(block.text)
            if found:
                full = find(f"{block.text} {after.text}")
                cut = _CUT_TITLE.search(after.text) and not _CUT_TITLE.search(block.text)
                return full if cut and len(after.text) < _TITLE_LENGTH else found
    return None


def _summary_at(blocks: Sequence[Block]) -> int | None:
    found = (index for index, block in enumerate(blocks) if _SUMMARY.search(block.text))
    return next(found, None)


def _begin(text: str) -> int:
    """Where the sentence that summarises begins; in some letters another stands before it."""
    found = _SUMMARY.search(text)
    return found.start() if found else 0


def _days(summary: str, written: date | None) -> Span | None:
    """The first days named in the sentence that summarises; later ones are of other things."""
    place = next(filter(None, (words.search(summary) for words in _DAYS)), None)
    return read_days(summary[place.end() :], written) if place else None


def _is_year_wrong(span: Span) -> bool:
    """Whether the first day is a year too early, an error of Ofsted's."""
    return _YEAR <= (span.last - span.first).days <= _YEAR + _LONGEST


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
    below = ""
    for at in reversed(range(len(blocks))):
        text = _ASIDE.sub("", blocks[at].text)
        signed = _SIGNED.fullmatch(text) or _SIGNED.fullmatch(f"{text} {below}")
        below = text
        if signed:
            names = [signed["name"]] if signed["name"] else _over(blocks[:at])
            found = next(filter(None, (people(name, "Ofsted") for name in names)), ())
            if found:
                return tuple(Inspector(one.name, signed["role"], one.body) for one in found)
    return ()


def _over(blocks: Sequence[Block]) -> Iterator[str]:
    """The lines over a role, the nearest first, as far up as the closing words."""
    for block in blocks[: -_SIGNATURE - 1 : -1]:
        yield _ASIDE.sub("", block.text)
        if block.text.casefold().startswith("your"):
            return


def _theme(blocks: Sequence[Block], kind: Kind) -> str | None:
    """The focus of the visit, as printed between the summary and the first heading.

    A monitoring letter may print it under a heading of the findings instead, as the progress in
    the areas of concern that it follows up.
    """
    name = named_by(VISIT_HEADINGS)
    end = next((index for index, block in enumerate(blocks) if name(block)), len(blocks))
    themes = list(_themes(blocks[:end], kind))
    if kind == "monitoring_visit" and not themes:
        themes = [theme for theme in _themes(blocks[end:], kind) if theme.points]
    found = (
        theme.value for wording in _WORDINGS[kind] for theme in themes if theme.wording is wording
    )
    return next(filter(None, found), None)


class _ThemeSentence(NamedTuple):
    """A sentence that names the focus, and the list that it may refer to."""

    wording: re.Pattern[str]
    said: str
    points: Sequence[str]

    @property
    def value(self) -> str | None:
        """The theme, as printed; of a sentence that only refers to a list, the list."""
        said = _FRAMEWORK.sub("", self.said)
        on = _POINTS_ON.fullmatch(said)
        if on and not on["inline"]:
            return "; ".join(_AND.sub("", _bare(point)) for point in self.points) or None
        return _bare(on["inline"] if on else said) or None


def _bare(text: str) -> str:
    """Without the stop of a sentence or of an item in a list."""
    return text.rstrip(" .:;,")


def _themes(blocks: Sequence[Block], kind: Kind) -> Iterator[_ThemeSentence]:
    """The sentences that may say the theme, each with the points below it."""
    for text, points in _with_points(blocks):
        for sentence in _SENTENCE.findall(text):
            for wording in _WORDINGS[kind]:
                found = wording.match(sentence.strip())
                if found:
                    yield _ThemeSentence(wording, found["theme"], points)


def _with_points(blocks: Iterable[Block]) -> Sequence[tuple[str, list[str]]]:
    """Each paragraph, joined where it continues in lower case, with the list below it."""
    paragraphs: list[tuple[str, list[str]]] = []
    for block in blocks:
        text, points = paragraphs[-1] if paragraphs else ("", [])
        if block.mark and paragraphs:
            points.append(block.text)
        elif text and block.text[:1].islower() and not text.endswith((".", ":")) and not points:
            paragraphs[-1] = (f"{text} {block.text}", points)
        elif not block.mark:
            paragraphs.append((block.text, []))
    return paragraphs


def _improvements(blocks: Sequence[Block]) -> Iterator[Improvement]:
    """The bullets under each heading; several paragraphs where there is no bullet."""
    found = list(sections(blocks, named_by(VISIT_HEADINGS)))
    wanted = "improvement" if any(name == "improvement" for name, _, _ in found) else "area"
    for name, _, inside in found:
        bullets = bulleted(to_next_heading(inside))
        if name == "priority_action":
            yield from improvements("priority_action", bullets)
        elif name == wanted:
            yield from improvements("improvement", bullets or _paragraphs(inside))


def _paragraphs(blocks: Sequence[Block]) -> Sequence[Block]:
    """Items without bullets: several paragraphs, none of which says that earlier ones remain."""
    end = next((n for n, block in enumerate(blocks) if _CLOSING.match(block.text)), len(blocks))
    remain = any(_REMAIN.search(block.text) for block in blocks[:end])
    return [] if end == 1 or remain else blocks[:end]


def _doubts(title: re.Match[str], summary: str, blocks: Sequence[Block]) -> Iterator[Doubt]:
    """A summary of another kind of visit; words for priority action that are no items."""
    kind = _SUMMARY.match(summary)
    if kind is None or kind["kind"].casefold() != title["kind"].casefold():
        yield Doubt("title and summary name different visits", (title[0], summary))
    for name, start, inside in sections(blocks, named_by(VISIT_HEADINGS)):
        if name == "priority_action" and not bulleted(inside):
            said = list(improvements("priority_action", inside))
            if not said or _REMAIN.search(" ".join(one.text for one in said)):
                continue
            lines = (blocks[start].text, *(one.text for one in said))
            yield Doubt("a heading for priority action has no items", lines)
