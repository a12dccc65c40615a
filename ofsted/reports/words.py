"""The words that Ofsted prints, as data: to teach the parser a new wording, add a line here.

Each line says where the wording was seen. Counts are of the 321 ILACS and 167 SIF reports
published from 2014 to August 2026. Wordings are compared by their letters and figures
alone (`letters`): capitals, blanks, quotes, dashes and full stops make no difference.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

from ofsted.reports.model import Grade
from ofsted.text import fold


@lru_cache(maxsize=4096)
def letters(text: str) -> str:
    """A wording for comparing: its letters and figures, folded."""
    return re.sub(r"[^a-z0-9]", "", fold(text))


def without_footnote(text: str) -> str:
    """A text without the number of a footnote that is glued to its end: `Board1`."""
    return re.sub(r"(?<=[A-Za-z.?)])\d{1,2}$", "", text)


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


class Heading(NamedTuple):
    """How a heading of a section begins, and what the section is."""

    section: str
    words: str
    seen: str
    anywhere: bool = False  # the words may also stand further on in the heading
    sentence: bool = False  # a sentence may begin so, and is the heading


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

LOOKED_AFTER_GRADES = (
    GradeWord("Outstanding", "outstanding", "2013"),
    GradeWord("Good", "good", "2013"),
    GradeWord("Adequate", None, "2013, Sandwell"),
    GradeWord("Inadequate", "inadequate", "2013, Sandwell"),
    GradeWord("Outstanding Grade 1", None, "2013, as Medway"),
    GradeWord("Good Grade 2", None, "2013, as Medway"),
    GradeWord("Adequate Grade 3", None, "2013, Medway"),
    GradeWord("Inadequate Grade 4", None, "2013, Medway"),
)

LOOKED_AFTER_LABELS = (
    Label("overall", "Overall effectiveness", "2013"),
    Label("capacity", "Capacity to improve", "2013"),
    Label("outcomes", "Outcomes for looked after children and young people", "2013"),
    Label("provision", "Quality of provision", "2013"),
    Label("leadership", "Leadership and management", "2013"),
)

LOOKED_AFTER_HEADINGS = (
    Heading("improvement", "Areas for improvement", "2013"),
    Heading("other", "Outcomes for looked after children", "2013, the next section"),
)

LOOKED_AFTER_AREAS = (
    *LOOKED_AFTER_LABELS,
    Label(
        "overall",
        "Overall effectiveness of services for looked after children and young people",
        "2013, the heading",
    ),
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
    Label(
        "help_and_protection",
        "The experiences of children who need help and protection",
        "as the 1 heading",
    ),
    Label(
        "care_and_care_leavers",
        "The experiences of children in care and care leavers",
        "as the 1 heading",
    ),
    Label("care_leavers", "The experiences of care leavers", "as the 1 heading"),
    Label("leaders", "The impact of leaders on social work practice", "cut short"),
)

# The framework follows from the rows of the table, never from a date: reports of the last two
# were published side by side in June 2026.
ILACS_ROWS = {
    frozenset({"leaders", "help_and_protection", "care_and_care_leavers", "overall"}): "ilacs_2018",
    frozenset(
        {"leaders", "help_and_protection", "in_care", "care_leavers", "overall"}
    ): "ilacs_2023",
    frozenset({"leaders", "help_and_protection", "in_care", "care_leavers"}): "ilacs_2026",
}

SIF_LABELS = (
    Label("help_and_protection", "1. Children who need help and protection", "all 167"),
    Label("looked_after", "2. Children looked after and achieving permanence", "all 167"),
    Label("adoption", "2.1 Adoption performance", "all 167"),
    Label("care_leavers", "2.2 Experiences and progress of care leavers", "all 167"),
    Label("leadership", "3. Leadership, management and governance", "166 of 167"),
    Label(
        "leadership", "1. Leadership, management and governance", "1 of 2016, a slip in numbering"
    ),
)

SIF_AREAS = (  # the headings of the areas in the body, beside their grades
    Label(
        "help_and_protection",
        "The experiences and progress of children who need help and protection",
        "all",
    ),
    Label(
        "looked_after",
        "The experiences and progress of children looked after and achieving permanence",
        "all",
    ),
    Label("leadership", "Leadership, management and governance", "all"),
    Label("adoption", "Adoption performance", "as the table"),
    Label("care_leavers", "The experiences and progress of care leavers", "as the table"),
)

SIF_SENTENCES = (  # `The graded judgement for adoption performance is that it is good`
    Label("adoption", "adoption performance", "all"),
    Label("adoption", "adoption", "as the above"),
    Label("care_leavers", "care leavers", "as the above"),
    Label("care_leavers", "the experience and progress of care leavers", "most"),
    Label("care_leavers", "the experiences and progress of care leavers", "2014"),
)

# Overall effectiveness is inadequate exactly when one of these is: true in all 167.
SIF_MAIN = frozenset({"help_and_protection", "looked_after", "leadership"})


SIF_HEADINGS = (
    Heading("authority", "What does the local authority need to improve", "2014 to early 2015"),
    Heading("board", "What does the LSCB need to improve", "2014 to early 2015"),
    Heading("priority_action", "Priority and immediate action", "2014 to early 2015"),
    Heading("priority_action", "Areas for priority", "as letters and joint reports"),
    Heading("priority_action", "Areas for immediate", "as the two above"),
    Heading("priority_action", "Priority action", "2015 to 2017, of a board that is inadequate"),
    Heading("priority_action", "Priority recommendation", "as priority actions"),
    Heading("priority_action", "Immediate and priority action", "as the one of 2014"),
    Heading("priority_action", "Immediate action", "as priority actions"),
    Heading("improvement", "Areas for improvement", "2014 to early 2015"),
    Heading("improvement", "Area for improvement", "as joint reports"),
    Heading("recommendation", "Recommendation", "from mid 2015"),
    Heading("other", "Section", "2014 to 2015, `Section 2: ...`"),
    Heading("other", "Key findings", "as inspection findings"),
    Heading("other", "Progress since", "as other frameworks, the last inspection"),
    Heading("other", "The experiences and progress of", "an area, all"),
    Heading("other", "Summary for children", "after the authority's"),
    Heading("other", "strengths", "2014 to 2015, of the authority or the board", anywhere=True),
    Heading("other", "Executive summary", "from 2015"),
    Heading("other", "Inspection findings", "from 2015, of an area or the board"),
    Heading("other", "Inspection judgement", "2014 to 2015, `about the LSCB`"),
    Heading("other", "Information about", "the inspection, the area"),
    Heading("other", "What the inspection judgements mean", "to mid 2015"),
)

# Printed in place of priority actions where there are none, also as a bullet or a number. A text
# that only begins with `no`, such as `No areas of practice are audited`, says nothing of the kind.
_URGENT = r"(?:priority|immediate|urgent)"
_WANTED = r"(?:areas?|actions?|recommendations?|issues|matters|weaknesses|improvements?)"
_TURNS = (
    r"(?:were|was|are|has been|have been|to be|that|which|for|of|as|needs?|needing|requires?"
    r"|requiring)"
)
NO_PRIORITY_ACTION = "|".join(
    (
        rf"\bno (?:identified )?areas? (?:identified )?(?:for|of) {_URGENT}",
        (
            r"^(?:there (?:are|were) |(?:this |the )?inspect(?:ion|ors) (?:found|identified) )?"
            rf"(?:currently )?no (?:(?:{_URGENT}|further|new|and|or) )*{_WANTED}"
            rf" (?:{_TURNS} )*(?:{_URGENT}|identified|recommended|required)\b"
        ),
        rf"^(?:there (?:are|were) )?(?:currently )?no (?:(?:{_URGENT}|and|or) )+actions?\b",
        r"^(?:there (?:are|were) )?no recommendations\b",
        r"^(?:there (?:are|were) )?none\b(?! of)",
        r"^not applicable\b",
        (
            r"\b(?:did|do|does|has|have) not (?:find|found|identify|identified|make|made) any"
            rf" (?:(?:{_URGENT}|and|or) )*"
            rf"(?:actions?\b|recommendations?\b|areas? (?:{_TURNS} )+{_URGENT})"
        ),
    )
)

VISIT_HEADINGS = (
    Heading("priority_action", "Areas for priority action", "23 of 371 letters"),
    Heading("priority_action", "Area for priority action", "1 of November 2020"),
    Heading("improvement", "What needs to improve", "356 of 371 letters"),
    Heading("area", "Areas for improvement", "2; in 2 more it stands inside the findings"),
    Heading("other", "Overview", "2018 to 2020"),
    Heading("other", "Headline findings", "from July 2021"),
    Heading("other", "Findings", "2018 to 2021"),
    Heading("other", "Main findings", "from July 2021"),
    Heading("other", "Areas of strength", "2 of 2018"),
    Heading("other", "Ofsted will take the findings", "the last paragraph", sentence=True),
    Heading("other", "Yours sincerely", "most"),
    Heading("other", "Your sincerely", "13 of 2021 and 2022"),
)


class OutcomeWords(NamedTuple):
    """How the statement on an area opens, and when it announces the next inspection."""

    outcome: str
    opening: str  # a pattern on the folded statement
    next_years: str  # likewise
    seen: str


OUTCOMES = (
    OutcomeWords(
        "typically_positive",
        r"\btypically (?:leads?|led) to positive experiences and outcomes",
        r"(?:5|five) years",
        "14 of 55",
    ),
    OutcomeWords(
        "inconsistent",
        r"\b(?:leads?|leading|led) to inconsistent experiences and outcomes",
        r"(?:3|three) years",
        "27 of 55",
    ),
    OutcomeWords(
        "widespread_systemic_failings",
        r"^there are widespread (?:and|or|/| )+systemic failings",
        r"(?:3|three) years",
        "14 of 55",
    ),
)

SEND_HEADINGS = (
    Heading("outcome", "Inspection outcome", "all 55"),
    Heading("other", "Information about the local area partnership", "all 55"),
    Heading("other", "What is it like to be a child", "all 55"),
    Heading("other", "What is the area partnership doing", "all 55"),
    Heading("other", "What does the area partnership need to do", "all 55"),
    Heading("priority_action", "Areas for priority action", "the 14 of widespread failings"),
    Heading("priority_action", "Area for priority action", "as 2 joint reports"),
    Heading("improvement", "Areas for improvement", "all 55"),
    Heading("improvement", "Area for improvement", "as those for priority action"),
    Heading("other", "Local area partnership details", "all 55"),
    Heading("other", "Information about this inspection", "all 55"),
    Heading("team", "Inspection team", "all 55"),
    Heading("other", "If you are not happy", "the last page", sentence=True),
)

JTAI_HEADINGS = (
    Heading("priority_action", "Areas for priority action", "letters; 2 reports"),
    Heading("priority_action", "Area for priority action", "2 reports"),
    Heading("improvement", "Areas for improvement", "letters of 2016 to 2020"),
    Heading("improvement", "What needs to improve", "reports from 2022"),
    Heading("other", "Key strengths", "letters"),
    Heading("other", "Case study", "letters"),
    Heading("other", "Practice study", "letters from 2018, reports"),
    Heading("other", "Practice example", "as a practice study"),
    Heading("other", "Highly effective practice", "as a practice study"),
    Heading("other", "Context", "reports"),
    Heading("other", "Headline findings", "reports"),
    Heading("other", "strengths", "reports; `Early help strengths` in one", anywhere=True),
    Heading("other", "Main findings", "27 of 29 reports"),
    Heading("other", "Next steps", "all"),
    Heading("other", "Yours sincerely", "all"),
)


class Theme(NamedTuple):
    """The theme of a joint inspection, recognised by words of a sentence."""

    theme: str
    words: str  # a pattern on the folded sentence
    seen: str


# The first that fits: one report of 2023 names both early help and the front door.
JTAI_THEMES_2022 = (
    Theme(
        "children and families who need help (early help)",
        r"children and families who need help|early help",
        "5 of 2023",
    ),
    Theme(
        "identification of initial need and risk (front door)",
        r"initial need and risk",
        "14 from 2022",
    ),
    Theme("serious youth violence", r"serious youth violence", "6 of 2023 to 2024"),
    Theme("criminal exploitation of children", r"criminal exploitation", "2 of 2022"),
    Theme(
        "children who are victims of domestic abuse (0 to 7 years)",
        r"victims of domestic abuse",
        "2 of 2025",
    ),
)
JTAI_THEMES_2016 = (
    Theme("children's mental health", r"mental (?:ill[ -]?)?health", "6 of 2019 to 2020"),
    Theme("child sexual abuse in the family", r"sexual abuse", "6 of 2018 to 2019"),
    Theme("children living with domestic abuse", r"domestic abuse", "8 of 2016 to 2018"),
    Theme("sexual exploitation, gangs and missing children", r"\bgangs?\b", "2 of 2018"),
    Theme("child exploitation", r"(?:criminal|child) exploitation", "2 of 2019"),
    Theme(
        "child sexual exploitation and children missing from home, care or education",
        r"sexual exploitation",
        "5 of 2016",
    ),
    Theme(
        "children experiencing neglect",
        r"(?<!abuse and )\bneglect|(?<!abuse )\band neglect|neglected",
        "6 of 2017 to 2018",
    ),
)
