"""ILACS: inspections of local authority children's services, since January 2018.

Three forms, known by the rows of the judgement table: in care and care leavers together
(`ilacs_2018`), separately (`ilacs_2023`), and separately without overall effectiveness
(`ilacs_2026`). The second witness of each grade is the heading before the numbered
paragraphs of its area, e.g. file 50283346 (Sutton, 29 July 2025); the overall one has no
heading, and is never better than the best of the others or worse than the worst.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import date
from itertools import pairwise

from ofsted.reports.blocks import Block, Document
from ofsted.reports.days import Span
from ofsted.reports.facts import DocumentFacts
from ofsted.reports.head import Head, find_head, read_dates, read_leads
from ofsted.reports.model import GRADES, UNKNOWN, Doubt, Improvement, Judgement
from ofsted.reports.sections import bulleted, improvements, sections, windows
from ofsted.reports.tables import JudgementTable, find_table, read_table
from ofsted.reports.vocabulary import Vocabulary, as_lines, doubts_of_witnesses
from ofsted.reports.words import ILACS_HEADINGS, ILACS_LABELS, ILACS_ROWS, letters, without_footnote

FRAMEWORKS = tuple(ILACS_ROWS.values())

_LABELS = Vocabulary(ILACS_LABELS)
_AREAS = Vocabulary(ILACS_HEADINGS)
_TITLE = re.compile(
    r"Inspection of (?:(?P<provider>.+?) )??(?:local authority )?children.?s"
    r" (?:social care )?services(?![a-z])(?! trust)",
    re.IGNORECASE,
)
_BARE_TITLE = re.compile(r"Inspection of (?P<provider>.+)")
_IMPROVE = re.compile(r"whatneedstoimprove\d{0,2}")
_AREA = re.compile(r"(?:the )?(?:experience|progress|impact)", re.IGNORECASE)
_VERB = re.compile(
    r"\W*(?:\s(?:is|are|was|were|ha(?:s|ve) been|remains?|continues?))?(?:\sjudged)?"
    r"(?:\s(?:to(?: be)?|as))?\W*$",
    re.IGNORECASE,
)
_GLUED = re.compile(r":(?=[A-Za-z])")  # `protection:good`
_FOOTNOTE = re.compile(r"\s+\d$")
_NO_OVERALL_BEFORE = date(2026, 4, 1)  # 27 April 2026 is the first day of a report without
_LONGEST_HEADER = 40  # characters of a table's header or its first half
_OVERALL = frozenset({"overall"})  # no heading of its own


def recognises(document: Document) -> bool:
    """Whether the title is that of an ILACS report, or else the judgement table."""
    head = find_head(document.body)
    if head is None:
        return False
    if _TITLE.search(head.title):
        return True
    if not _BARE_TITLE.search(head.title):
        return False
    table = _table(document.body).judgements
    return len([row for row in table if row.key not in (UNKNOWN, "overall")]) > 1


def read(document: Document) -> DocumentFacts:
    """The facts of an ILACS report."""
    blocks = document.body
    head = find_head(blocks)
    if head is None:
        return DocumentFacts("ilacs", missing=True, doubts=(Doubt("no line with the days"),))
    title, provider = _title(head)
    span, doubts = read_dates(blocks, head)
    table = _table(blocks)
    if table.judgements:
        doubts += tuple(_doubts(table.judgements, list(_headings(blocks[table.end :]))))
        doubts += tuple(_doubts_of_rows(table, blocks, span))
    else:
        doubts += (Doubt("no judgement table", (head.title,)),)
    return DocumentFacts(
        kind="ilacs",
        framework=ILACS_ROWS.get(frozenset(row.key for row in table.judgements)),
        title=title,
        provider=provider,
        first_day=span.first if span else None,
        last_day=span.last if span else None,
        inspectors=read_leads(blocks[head.dates_at : table.start]),
        judgements=table.judgements,
        improvements=tuple(_improvements(blocks[table.end :])),
        doubts=doubts,
        missing=not table.judgements,
    )


def _title(head: Head) -> tuple[str, str | None]:
    """Title and provider: inside the title since November 2021, above it before, or below."""
    found = _TITLE.search(head.title) or _BARE_TITLE.search(head.title)
    if not found:
        return head.title, None
    above, below = (
        head.title[: found.start()].strip(),
        head.title[found.end() :].strip(" \u00b9123456789"),
    )
    provider = without_footnote(found["provider"] or above or below)
    return without_footnote(found[0]), provider or None


def _table(blocks: Sequence[Block]) -> JudgementTable:
    """The table below `Judgement` and `Grade`, its start that of this header.

    Under another header it is the table that begins with a known label.
    """
    for index, (block, after) in enumerate(pairwise([*blocks, Block("")])):
        if len(block.text) > _LONGEST_HEADER:
            continue
        one, both = letters(block.text), letters(block.text + after.text)
        if "judgementgrade" in (one, both):
            first = index + (1 if one == "judgementgrade" else 2)
            return read_table(blocks, first, _LABELS)._replace(start=index)
    return find_table(blocks, _LABELS)


def _headings(blocks: Sequence[Block]) -> Iterator[Judgement]:
    """The graded headings of the body: `The experiences and progress of ...: good`."""
    for texts, page in windows(blocks):
        found = filter(None, (_heading(text, page) for text in texts))
        heading = next(found, None) or _misgraded(texts[0], page)
        if heading:
            yield heading


def _heading(text: str, page: int | None) -> Judgement | None:
    """Label, perhaps `is` or `are`, and grade."""
    parted = _AREAS.ending(_GLUED.sub(": ", _FOOTNOTE.sub("", text)))
    if not parted or not _AREA.match(text):
        return None
    label = _VERB.sub("", parted[0])
    key = _AREAS.near_key(label)
    known = key != UNKNOWN
    return Judgement(key, label, parted[1], _AREAS.grade(parted[1]), page) if known else None


def _misgraded(text: str, page: int | None) -> Judgement | None:
    """Label, colon, and a word that is no grade."""
    label, _, printed = text.partition(":")
    key = _AREAS.key(label)
    known = printed and key != UNKNOWN
    return Judgement(key, label, printed.strip(), None, page) if known else None


def _doubts(table: Sequence[Judgement], body: Sequence[Judgement]) -> Iterator[Doubt]:
    yield from _LABELS.doubts(table)
    yield from doubts_of_witnesses(table, body, silent=_OVERALL)
    keys = frozenset(row.key for row in table)
    if UNKNOWN not in keys and keys not in ILACS_ROWS:
        yield Doubt(
            "the judgement table does not have the rows of any known ILACS form", as_lines(table)
        )
    overall = [GRADES.index(row.grade) for row in table if row.grade and row.key == "overall"]
    others = [GRADES.index(row.grade) for row in table if row.grade and row.key != "overall"]
    if overall and others and not min(others) <= overall[0] <= max(others):
        yield Doubt(
            "overall effectiveness is outside the range of the other grades", as_lines(table)
        )


def _doubts_of_rows(
    table: JudgementTable, blocks: Sequence[Block], span: Span | None
) -> Iterator[Doubt]:
    """Signs of a lost row: a label outside the table, or no overall row before April 2026."""
    keys = frozenset(row.key for row in table.judgements)
    end = next((n for n, block in enumerate(blocks) if n >= table.end and _section(block)), None)
    strays = [block for block in blocks[table.end : end] if _LABELS.key(block.text) not in keys]
    lines = tuple(block.text for block in strays if _LABELS.key(block.text) != UNKNOWN)
    if lines:
        yield Doubt("a judgement label appears next to the table without a grade", lines)
    early = span is not None and span.first < _NO_OVERALL_BEFORE
    if ILACS_ROWS.get(keys) == "ilacs_2026" and early:
        what = "no row for overall effectiveness, which reports gave until April 2026"
        yield Doubt(what, as_lines(table.judgements))


def _improvements(blocks: Sequence[Block]) -> Iterator[Improvement]:
    """The bullets from `What needs to improve?` to the first area's heading or paragraph 1."""
    for name, _, inside in sections(blocks, _section):
        if name == "improvement":
            yield from improvements("improvement", bulleted(inside))


def _section(block: Block) -> str | None:
    if _IMPROVE.fullmatch(letters(block.text)):
        return "improvement"
    return "area" if block.number == 1 or _heading(block.text, block.page) else None
