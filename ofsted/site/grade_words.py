"""The grades that Ofsted's site may list after an entry's title, as data: a new one is a new line.

A grade in bold needs no line here. Of plain text only these words count, and only where they are
all that follows the title's colon, so that a legend or a sentence is never taken for a grade.
"""

from __future__ import annotations

import re

GRADES = (
    "Outstanding",
    "Good",
    "Requires improvement to be good",  # children's homes and other social care
    "Requires improvement",
    "Satisfactory",  # the third grade until 2012
    "Inadequate",
    "Not judged",  # no overall grade for schools, September 2024 to November 2025
    # report cards, from November 2025
    "Exceptional",
    "Strong standard",
    "Expected standard",
    "Needs attention",
    "Urgent improvement",
    "Insufficient evidence",
    # the Childcare Register; childcare without children on roll
    "Met",
    "Not met",
    "Not met (with actions)",
    "Not met with actions",
    # supported accommodation, from September 2024
    "Consistently strong service delivery",
    "Inconsistent quality of service delivery",
    "Serious or widespread weaknesses",
)

_ANY = "|".join(re.escape(words) for words in GRADES)
_GRADE = re.compile(_ANY, re.IGNORECASE)
_BEHIND = re.compile(rf":\s*(?P<grade>{_ANY})$", re.IGNORECASE)


def is_grade(text: str) -> bool:
    """Whether a text is one of these grades and nothing else."""
    return _GRADE.fullmatch(text) is not None


def split_grade(title: str) -> tuple[str, str | None]:
    """A title without the grade that follows its colon, and the grade as printed, if there is one.

    Args:
        title: `Full inspection: Good`, on one line.
    """
    behind = _BEHIND.search(title)
    return (title[: behind.start()], behind["grade"]) if behind else (title, None)
