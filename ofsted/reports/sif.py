"""SIF: the single inspection framework, November 2013 to 2018, and its re-inspections.

Page 1 prints the overall judgement as a sentence and the areas as a table without a
header. The second witness of an area is its heading in the body, of adoption and care
leavers a sentence (`The graded judgement for adoption performance is that it is good`),
of the overall judgement the rule that it is inadequate exactly when a main area is. The
board's judgement is a sentence of its own, far inside since late 2014.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import islice, pairwise, takewhile

from ofsted.reports.blocks import Block, Document
from ofsted.reports.facts import DocumentFacts
from ofsted.reports.head import find_head, people, read_dates
from ofsted.reports.model import UNKNOWN, Doubt, Improvement, ImprovementKind, Inspector, Judgement
from ofsted.reports.sections import bulleted, improvements, named_by, numbered, sections, windows
from ofsted.reports.tables import JudgementTable, find_table, with_missing_rows
from ofsted.reports.vocabulary import Vocabulary, as_lines, doubts_of_witnesses
from ofsted.reports.words import (
    SIF_AREAS,
    SIF_HEADINGS,
    SIF_LABELS,
    SIF_MAIN,
    SIF_SENTENCES,
    letters,
    without_footnote,
)

FRAMEWORKS = ("sif_2013",)

_LABELS = Vocabulary(SIF_LABELS)
_AREAS = Vocabulary(SIF_AREAS)
_SENTENCES = Vocabulary(SIF_SENTENCES)

BOARD = "Local Safeguarding Children Board"

_TITLE = re.compile(
    r"\b(?:re\s?[-\u2013]?\s?)?inspection of services for children in need of help and"
    r" protection.*",
    re.IGNORECASE,
)
_OVERALL = re.compile(
    r"theoveralljudge?mentis(?:thatchildrensservices?(?:in.+?)?)?(?:is|are)?"
    r"|(?:overall)?childrens(?:socialcare)?services?(?:in.+?)?(?:is|are)?(?:judgedto(?:be)?)?"
)
_BOARD = re.compile(
    r"(?:the)?(?:(?:overall|graded)?judge?ment(?:for|of|on|about)the)?(?:(?:overall)?effectivenessofthe)?"
    r"(?:localsafeguarding(?:childrens?(?:board)?|board)|lscb)\d{0,2}(?:[a-z]{1,2}scb)?\d{0,2}"
    r"(?:is)?(?:judged(?:to|as)(?:be)?|thatit(?:is)?)?"
)
_ARRANGEMENTS = re.compile(r"thearrangementsinplacetoevaluatetheeffectiveness.*")
_GRADED = re.compile(
    r"(?:the )?(?:overall |graded )*judge?ment (?:for|about|of|on) (?P<label>.+?)"
    r"\s+(?:is|are|requires?)\b(?P<rest>[^.]*)",
    re.IGNORECASE,
)
_CUT = re.compile(r"\b(?:is|are|requires?|it)\||\|(?:is|are|requires?)\b", re.IGNORECASE)
_BOARD_NAMED = re.compile(r"(?:the)?[a-z]{3,60}safeguardingchildrens?board(?:[a-z]{1,4}b)?(?:is)?")
_BOARD_PART = re.compile(
    r"(?:section\d)?(?:inspectionof)?(?:theeffectivenessof)?(?:the)?"
    r"localsafeguardingchildrens?board(?:lscb)?"
)
_LEAD = re.compile(
    r"(?i:lead inspectors?(?: on site)?)\s*(?:[:\u2013-]|\s(?=[A-Z]))\s*(?P<names>.*)"
)
_NEXT_ROLE = re.compile(
    r"\s*\b(?:deputy|team|additional|associate|shadow|quality|report author)\b.*", re.IGNORECASE
)
_PUBLISHED = re.compile(r"report published:\s*[\d/]+(?:\s\w+\s\d{4})?\s*", re.IGNORECASE)
_SENTENCE_LENGTH = 220
_SECTIONS: dict[str, ImprovementKind] = {
    "authority": "improvement",
    "board": "improvement",
    "priority_action": "priority_action",
    "improvement": "improvement",
    "recommendation": "recommendation",
}


def recognises(document: Document) -> bool:
    """Whether the title is that of a SIF report."""
    head = find_head(document.body)
    return head is not None and bool(_TITLE.search(head.title))


def read(document: Document) -> DocumentFacts:
    """The facts of a SIF report, of the board's review with it."""
    blocks = document.body
    head = find_head(blocks)
    title = head and _TITLE.search(head.title)
    if head is None or title is None:
        return DocumentFacts("sif", missing=True, doubts=(Doubt("no title"),))
    span, doubts = read_dates(blocks, head)
    table = find_areas(blocks)
    after = blocks[table.end :]
    overall = (
        _overall(blocks[head.dates_at : table.start])
        or _overall(_below(blocks, table))
        or _overall(blocks[table.start : table.end])
    )
    board = board_sentences(blocks)
    if table.judgements:
        doubts += tuple(_doubts(overall, table.judgements, list(_witnesses(after))))
        doubts += tuple(doubts_of_board(blocks, title[0]))
    else:
        doubts += (Doubt("no judgement table", (head.title,)),)
    judgements = (*overall[:1], *table.judgements, *board[:1])
    return DocumentFacts(
        kind="sif",
        framework="sif_2013",
        title=without_footnote(title[0].strip()),
        provider=without_footnote(head.title[: title.start()].strip()) or None,
        first_day=span.first if span else None,
        last_day=span.last if span else None,
        inspectors=read_leads(after),
        judgements=judgements if table.judgements else (),
        improvements=tuple(read_improvements(after, _board_from(after))),
        doubts=doubts,
        missing=not table.judgements,
    )


def find_areas(blocks: Sequence[Block]) -> JudgementTable:
    """The table of the areas on page 1; empty where there is none."""
    return with_missing_rows(find_table(blocks, _LABELS), blocks, _LABELS)


def read_leads(blocks: Sequence[Block]) -> tuple[Inspector, ...]:
    """The first lead inspector named under `Information about this inspection`."""
    for block, after in pairwise([*blocks, Block("")]):
        found = _LEAD.match(block.text)
        names = found and (_NEXT_ROLE.sub("", found["names"]) or after.text)
        named = people(names, "Ofsted") if names else ()
        if named:
            return named
    return ()


def read_improvements(blocks: Sequence[Block], board_from: int) -> Iterator[Improvement]:
    """The items under each heading; from an index on they are the board's."""
    for name, start, inside in sections(blocks, named_by(SIF_HEADINGS)):
        kind = _SECTIONS.get(name)
        if kind:
            yield from improvements(kind, _items(inside), BOARD if start > board_from else None)


def _items(inside: Sequence[Block]) -> list[Block]:
    """Numbered items, or bullets where these come first, as far as the first number."""
    first = next((block for block in inside if block.mark), None)
    if first is None or not first.bulleted:
        return numbered(inside)
    return bulleted(list(takewhile(lambda block: block.number is None, inside)))


def _board_from(blocks: Sequence[Block]) -> int:
    """Where the board's part begins: its heading, the last one before its judgement.

    Page 1, which may hold the judgement as well, and contents pages are before that.
    """
    inside = [n for n, block in enumerate(blocks) if block.page != blocks[0].page or not block.page]
    headings = [n for n in inside if _BOARD_PART.fullmatch(letters(blocks[n].text))]
    judged = [n for n in inside if _sentence(blocks[n].text, None, "lscb", _BOARD)]
    end = judged[-1] if judged else len(blocks)
    return next((n for n in reversed(headings) if n <= end), end)


def board_sentences(blocks: Sequence[Block]) -> list[Judgement]:
    """The sentences that give the board's judgement, also those that name it otherwise."""
    for wording in (_BOARD, _BOARD_NAMED):
        alone = {n: _sentence(one.text, one.page, "lscb", wording) for n, one in enumerate(blocks)}
        found = (alone[n] or _cut_sentence(blocks[n : n + 3], wording) for n in alone)
        sentences = [sentence for sentence in found if sentence]
        if sentences:
            return sentences
    return []


def _cut_sentence(blocks: Sequence[Block], wording: re.Pattern[str]) -> Judgement | None:
    """The same sentence over the first two or three blocks, cut beside its verb or before it.

    A heading above a grade is none.
    """
    texts, page = next(windows(blocks), ([], None)) if not blocks[0].mark else ([], None)
    for before, text in pairwise(texts):
        found = _sentence(text, page, "lscb", wording)
        rest = text[len(before) :].strip()
        own = _LABELS.knows(rest) or _sentence(rest, page, "lscb", wording)
        if found and (not own or _CUT.search(f"{before}|{rest}")):
            return found
    return None


def doubts_of_board(blocks: Sequence[Block], title: str) -> Iterator[Doubt]:
    """No sentence although the title names the review; or sentences that differ."""
    board = board_sentences(blocks)
    arrangements = (_sentence(one.text, one.page, "lscb", _ARRANGEMENTS) for one in blocks)
    witnesses = [*board, *filter(None, arrangements)]
    if not board and "safeguarding children" in title.casefold():
        yield Doubt("the title names the board's review; no sentence gives its judgement", (title,))
    if board and len({one.grade for one in witnesses}) > 1:
        lines = tuple(one.label for one in witnesses)
        yield Doubt("the sentences on the board give different grades", lines)


def _below(blocks: Sequence[Block], table: JudgementTable) -> list[Block]:
    """What stands below a table on its page; nothing in a text, which has no pages."""
    page = blocks[table.start].page if table.judgements else None
    return [block for block in blocks[table.end :] if page is not None and block.page == page]


def _overall(blocks: Sequence[Block]) -> list[Judgement]:
    """The sentences that give the overall judgement."""
    found = (_whole_sentence(texts, page) for texts, page in windows(blocks))
    return [sentence for sentence in found if sentence]


def _whole_sentence(texts: Sequence[str], page: int | None) -> Judgement | None:
    """The shortest text that is such a sentence; `to be good` may stand in the next block."""
    found = filter(None, (_sentence(text, page, "overall", _OVERALL) for text in texts))
    sentence = next(found, None)
    longer = next(found, None)
    goes_on = sentence and longer and longer.printed.startswith(f"{sentence.printed} ")
    return longer if goes_on else sentence


def _sentence(text: str, page: int | None, key: str, wording: re.Pattern[str]) -> Judgement | None:
    """A judgement printed as a sentence of its own, the grade last."""
    text = without_footnote(
        _PUBLISHED.sub("", text)
    )  # a line that an untagged file may not part from it
    parted = _LABELS.ending(text) if len(text) <= _SENTENCE_LENGTH else None
    if parted and wording.fullmatch(letters(parted[0])):
        return Judgement(key, text, parted[1].rstrip("."), _LABELS.grade(parted[1]), page)
    return None


def _witnesses(blocks: Sequence[Block]) -> Iterator[Judgement]:
    """What the body says of the areas: headings beside a grade, and graded sentences."""
    for texts, page in windows(blocks):
        yield from islice(_areas(texts, page), 1)
    for block in blocks:
        found = _GRADED.match(block.text)
        parted = _SENTENCES.ending(found[0]) if found else None
        if found and parted:
            key = _SENTENCES.near_key(found["label"])
            yield Judgement(key, found[0], parted[1], _SENTENCES.grade(parted[1]), block.page)


def _areas(texts: Sequence[str], page: int | None) -> Iterator[Judgement]:
    for label, printed in filter(None, map(_AREAS.ending, texts)):
        key = _AREAS.near_key(label)
        if key != UNKNOWN:
            yield Judgement(key, label, printed, _AREAS.grade(printed), page)


def _doubts(
    overall: Sequence[Judgement], table: Sequence[Judgement], body: Sequence[Judgement]
) -> Iterator[Doubt]:
    yield from _LABELS.doubts(table)
    unjudged = frozenset(row.key for row in table if row.grade is None)
    yield from doubts_of_witnesses(table, body, silent=unjudged)
    missing = {label.key for label in SIF_LABELS} - {row.key for row in table}
    if missing:
        yield Doubt(
            f"the judgement table lacks {', '.join(sorted(missing)).replace('_', ' ')}",
            as_lines(table),
        )
    failing = any(row.grade == "inadequate" for row in table if row.key in SIF_MAIN)
    if not overall:
        yield Doubt("no sentence gives the overall judgement", as_lines(table))
    elif len({one.grade for one in overall}) > 1:
        yield Doubt("the overall judgement is given twice", as_lines(overall))
    elif (overall[0].grade == "inadequate") != failing:
        what = "overall must be inadequate exactly when a main area is; here it is not"
        yield Doubt(what, (*as_lines(overall), *as_lines(table)))
