"""Kinds recognised by the title alone, where no framework's module knows the document."""

from __future__ import annotations

import re

from ofsted.reports.blocks import Document
from ofsted.reports.facts import DocumentFacts
from ofsted.reports.model import Doubt, Kind

_TITLE_BLOCKS = 40  # within which a title stands; letters open with addresses

# The title of a follow-up: what it follows up may be named in it by the title of its own.
_MONITORING = re.compile(
    r"(?:(?:ofsted|CQC|and|the|area|local|joint|SEND|\(SEND\)|special|educational|needs|disabilit\w+"
    r"|and/?or|partnership|report|letter|of|on|\d+(?:st|nd|rd|th)|first|second|third|fourth|fifth)\W+)*"
    r"monitoring (?:inspections?|visits?|reports?|letters?)"
    r"(?:$|\W+(?:of|to|in|at|for|report|letter)\b|:)",
    re.IGNORECASE,
)
_TITLE_LENGTH = 200  # characters
# Read, but only in the form in which they are known: in another they are doubted.
_READ: dict[Kind, str] = {
    "ilacs": r"inspection of .*children.?s (?:social care )?services$",
    "sif": r"(?:re-?\s?)?inspection of services for children in need of help",
    "looked_after_2013": r"inspection of looked after children services",
    "lscb_review": r"review of the effectiveness of the local safeguarding children board",
    "area_send": r"area SEND (?:full )?inspection of ",
}
# Not read: none was at hand.
_UNREAD: dict[Kind, str] = {
    "local_area_send": r"joint (?:local )?area (?:SEND|special educational needs and/?(?:or)? ?"
    r"disabilit(?:y|ies)(?: \(SEND\))?) (?:inspection|re-?visit) (?:in|of|to) ",
}


def by_title(document: Document) -> DocumentFacts:
    """A finding without facts: of a kind that is not read, or of one in a form not known.

    A letter that is nothing else is a `letter`; anything else is `unknown`, monitoring among it.
    """
    titles = [] if is_monitoring(document) else _titles(document)
    for kind, wording in {**_READ, **_UNREAD}.items():
        for title in titles:
            if re.match(wording, title, re.IGNORECASE):
                what = "its title is of a kind we read, but its layout is not"
                doubts = (Doubt(what, (title,)),) if kind in _READ else ()
                return DocumentFacts(kind, missing=True, doubts=doubts)
    return DocumentFacts("letter" if _is_letter(document) else "unknown", missing=True)


def is_monitoring(document: Document) -> bool:
    """Whether a document's own title is that of monitoring, whatever else it names."""
    return any(
        len(title) <= _TITLE_LENGTH and _MONITORING.match(title) for title in _titles(document)
    )


def _titles(document: Document) -> list[str]:
    return [block.text for block in document.body[:_TITLE_BLOCKS] if not block.mark]


def _is_letter(document: Document) -> bool:
    texts = [block.text for block in document.body]
    greeted = any(text.startswith("Dear ") for text in texts[:_TITLE_BLOCKS])
    return greeted and any(
        text.startswith(("Yours sincerely", "Yours faithfully")) for text in texts
    )
