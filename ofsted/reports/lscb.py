"""Reviews of a Local Safeguarding Children Board alone: one, of August 2015.

No table: the judgement is a sentence on page 1, the provider is the board. Its second
witness is the sentence on the arrangements to evaluate, which ends in the same grade.
"""

from __future__ import annotations

import re

from ofsted.reports.blocks import Document
from ofsted.reports.facts import DocumentFacts
from ofsted.reports.head import find_head, read_dates
from ofsted.reports.model import Doubt
from ofsted.reports.sif import (
    board_sentences,
    doubts_of_board,
    find_areas,
    read_improvements,
    read_leads,
)
from ofsted.reports.words import without_footnote

FRAMEWORKS = ("lscb_2013",)

_TITLE = re.compile(
    r"review of the effectiveness of the local safeguarding children board", re.IGNORECASE
)
_BOARD = re.compile(r"\bboard\W*$", re.IGNORECASE)  # with a council as provider it is a SIF


def recognises(document: Document) -> bool:
    """Whether the title is that of a board's review, and no area is judged."""
    head = find_head(document.body)
    if head is None or "inspection of services" in head.title.casefold():
        return False
    title = _TITLE.search(head.title)
    is_board = title is not None and bool(_BOARD.search(head.title[: title.start()]))
    return is_board and not find_areas(document.body).judgements


def read(document: Document) -> DocumentFacts:
    """The facts of a board's review."""
    blocks = document.body
    head = find_head(blocks)
    title = head and _TITLE.search(head.title)
    if head is None or title is None:
        return DocumentFacts("lscb_review", missing=True, doubts=(Doubt("no title"),))
    span, doubts = read_dates(blocks, head)
    board = board_sentences(blocks)
    return DocumentFacts(
        kind="lscb_review",
        framework="lscb_2013",
        title=title[0],
        provider=without_footnote(head.title[: title.start()].strip()) or None,
        first_day=span.first if span else None,
        last_day=span.last if span else None,
        inspectors=read_leads(blocks),
        judgements=tuple(board[:1]),
        improvements=tuple(read_improvements(blocks, len(blocks))),
        doubts=(*doubts, *doubts_of_board(blocks, title[0])),
        missing=not board,
    )
