"""The grades and outcomes below which Ofsted has none, in the words that a provider's list prints.

Source: area contract, section 4.1. Of report cards, of the four-point scale, of supported
accommodation, whose outcomes may be whole sentences, and of what is only met or not met.
"""

from __future__ import annotations

import re

from ofsted.text import fold

_LOWEST = re.compile(
    r"inadequate|urgent improvement|(?:safeguarding standards )?not met\b.*"
    r"|.*\bserious or widespread weaknesses\b.*"
)


def is_lowest(printed: str | None) -> bool:
    """Whether a grade, as it is printed, is the lowest of its scale; False: none is printed."""
    return bool(printed) and _LOWEST.fullmatch(fold(printed or "")) is not None
