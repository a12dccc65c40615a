"""Kinds that are known by their title and not read yet."""

from __future__ import annotations

import re

from ofsted.reports.blocks import Document
from ofsted.reports.model import Kind

_TITLE_BLOCKS = 40  # within which a title stands; letters open with addresses
_TITLES: dict[Kind, str] = {
    "focused_visit": r"focused visit to .*children",
    "monitoring_visit": r"monitoring visit (?:of|to) .*children.?s services",
    "jtai": r"joint targeted area inspection of ",
    "area_send": r"area SEND (?:full )?inspection of ",
    "looked_after_2013": r"inspection of looked after children services",
    "lscb_review": r"review of the effectiveness of the local safeguarding children board",
}


def kind_by_title(document: Document) -> Kind:
    """The kind whose title stands as a block of its own among the first, or `unknown`."""
    for block in document.body[:_TITLE_BLOCKS]:
        for kind, title in _TITLES.items():
            if not block.mark and re.match(title, block.text, re.IGNORECASE):
                return kind
    return "unknown"
