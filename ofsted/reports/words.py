"""The words that Ofsted prints, as data: to teach the reader a new wording, add a line here.

Each line says where the wording was seen. Counts are of the 321 ILACS and 167 SIF reports
published from 2014 to August 2026. Wordings are compared by their letters and figures
alone (`letters`): capitals, blanks, quotes, dashes and full stops make no difference.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from ofsted.reports.model import Grade
from ofsted.text import fold


def letters(text: str) -> str:
    """A wording for comparing: its letters and figures, folded."""
    return re.sub(r"[^a-z0-9]", "", fold(text))


class Label(NamedTuple):
    """How the row of a judgement, or its heading, is worded."""

    key: str
    words: str
    seen: str


class GradeWord(NamedTuple):
    """How a grade is worded; None: known, and not one of the four."""

    words: str
    grade: Grade | None
    seen: str


GRADES = (
    GradeWord("Outstanding", "outstanding", "all frameworks"),
    GradeWord("Good", "good", "all frameworks"),
    GradeWord("Requires improvement to be good", "requires_improvement", "ILACS; SIF of 2018"),
    GradeWord("Requires improvement", "requires_improvement", "SIF; 13 ILACS of 2018 to 2020"),
    GradeWord("Require improvement to be good", "requires_improvement", "SIF, overall sentence"),
    GradeWord("Require improvement", "requires_improvement", "SIF: 2 of 2014 and 2016, and prose"),
    GradeWord("Inadequate", "inadequate", "all frameworks"),
    GradeWord("Not judged", None, "SIF: Isles of Scilly and City of London, 2016"),
)

ILACS_LABELS = (
    Label(
        "leaders",
        "The impact of leaders on social work practice with children and families",
        "320 of 321",
    ),
    Label(
        "leaders",
        "The impact of leaders on practice with children and families",
        "1 of July 2026",
    ),
    Label(
        "help_and_protection",
        "The experiences and progress of children who need help and protection",
        "all",
    ),
    Label(
        "care_and_care_leavers",
        "The experiences and progress of children in care and care leavers",
        "165, to 2023",
    ),
    Label("in_care", "The experiences and progress of children in care", "156, from 2023"),
    Label("care_leavers", "The experiences and progress of care leavers", "142, from 2023"),
    Label("care_leavers", "The experiences and progress of children care leavers", "14, 2025-26"),
    Label("overall", "Overall effectiveness", "310, to June 2026"),
)

ILACS_HEADINGS = (
    *ILACS_LABELS,
    Label(
        "help_and_protection",
        "The experience and progress of children who need help and protection",
        "headings of 2018",
    ),
    Label(
        "care_and_care_leavers",
        "The experience and progress of children in care and care leavers",
        "headings of 2018",
    ),
    Label("in_care", "The experience and progress of children in care", "as those of 2018"),
    Label("in_care", "The experiences of children in care", "1 heading"),
    Label("care_leavers", "The experience and progress of care leavers", "as those of 2018"),
)

# The framework is told by the rows of the table, never by a date: reports of the last two
# were published side by side in June 2026.
ILACS_ROWS = {
    frozenset({"leaders", "help_and_protection", "care_and_care_leavers", "overall"}): "ilacs_2018",
    frozenset(
        {"leaders", "help_and_protection", "in_care", "care_leavers", "overall"}
    ): "ilacs_2023",
    frozenset({"leaders", "help_and_protection", "in_care", "care_leavers"}): "ilacs_2026",
}
