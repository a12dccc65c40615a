"""Short labels, grades, kinds and frameworks in words: fixed lists, and what they stand for.

A label is shortened only by this list; one that is not here is shown as printed.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from notifications.message import GradeBadge, Tone
from notifications.words.plain import plain
from ofsted.reports.model import GRADED_KINDS, Kind
from ofsted.text import fold

_NUMBER = re.compile(r"^\d+(\.\d+)*\.?\s+")

# as printed (folded) -> short
SHORT = {
    "overall effectiveness": "Overall effectiveness",
    "the impact of leaders on social work practice with children and families": (
        "Impact of leaders on social work practice"
    ),
    "the impact of leaders on practice with children and families": "Impact of leaders on practice",
    "the experiences and progress of children who need help and protection": (
        "Children who need help and protection"
    ),
    "the experiences and progress of children in care": "Children in care",
    "the experiences and progress of care leavers": "Care leavers",
    "the experiences and progress of children care leavers": "Care leavers",
    "the experiences and progress of children in care and care leavers": (
        "Children in care and care leavers"
    ),
    "children who need help and protection": "Children who need help and protection",
    "children looked after and achieving permanence": (
        "Children looked after and achieving permanence"
    ),
    "adoption performance": "Adoption performance",
    "experiences and progress of care leavers": "Care leavers",
    "leadership, management and governance": "Leadership, management and governance",
}

# judgements that were printed as sentences (2014 to 2018), by how these begin (folded)
SENTENCES = (
    ("the overall judgement", "Overall judgement"),
    ("children's services in", "Overall judgement"),
    ("the effectiveness of the local safeguarding children", "Local Safeguarding Children Board"),
    ("the judgement for the effectiveness of the local", "Local Safeguarding Children Board"),
    ("the local safeguarding children", "Local Safeguarding Children Board"),
)

# key -> in a subject line, in the middle of a sentence
IN_SUBJECT = {
    "overall": "overall",
    "leaders": "leaders' impact",
    "help_and_protection": "help and protection",
    "in_care": "children in care",
    "care_leavers": "care leavers",
    "care_and_care_leavers": "children in care and care leavers",
    "looked_after": "children looked after",
    "adoption": "adoption",
    "leadership": "leadership",
    "lscb": "safeguarding board",
    "capacity": "capacity to improve",
    "outcomes": "outcomes",
    "provision": "quality of provision",
}

GRADES: dict[str, tuple[str, Tone]] = {
    "outstanding": ("Outstanding", "outstanding"),
    "good": ("Good", "good"),
    "requires improvement": ("Requires improvement", "requires_improvement"),
    "requires improvement to be good": ("Requires improvement to be good", "requires_improvement"),
    "requires_improvement": ("Requires improvement to be good", "requires_improvement"),
    "inadequate": ("Inadequate", "inadequate"),
}

# Area SEND, framework of 2023: (as the report's box opens, short)
OUTCOMES = {
    "typically_positive": (
        "The arrangements typically lead to positive experiences and outcomes",
        "typically positive experiences and outcomes",
    ),
    "inconsistent": (
        "The arrangements lead to inconsistent experiences and outcomes",
        "inconsistent experiences and outcomes",
    ),
    "widespread_systemic_failings": (
        "There are widespread and/or systemic failings leading to significant concerns",
        "widespread and/or systemic failings",
    ),
}


@dataclass(frozen=True, slots=True)
class KindWords:
    """The names of a kind of report.

    `full` follows "a new" or "the"; `noun` is for subject lines; `source` is who publishes it;
    `witnesses` is where the parser finds the judgements.
    """

    full: str
    noun: str
    source: str = "Ofsted"
    witnesses: str = ""


_CQC = "Ofsted and the Care Quality Commission"
_JOINT = (
    "Ofsted, the Care Quality Commission, HM Inspectorate of Constabulary and Fire & Rescue "
    "Services and, where it took part, HM Inspectorate of Probation"
)
_SEND = "special educational needs and disabilities (area SEND)"
_TABLE = "table and headings"

KINDS: dict[Kind, KindWords] = {
    "ilacs": KindWords(
        "inspection report on children's services in {where}",
        "inspection report",
        witnesses=_TABLE,
    ),
    "sif": KindWords(
        "inspection report on children's services in {where}",
        "inspection report",
        witnesses="table and graded sentences",
    ),
    "looked_after_2013": KindWords(
        "inspection report on services for looked after children in {where}",
        "inspection report",
        witnesses=_TABLE,
    ),
    "lscb_review": KindWords(
        "review of the Local Safeguarding Children Board in {where}",
        "safeguarding board review",
        witnesses="table and graded sentences",
    ),
    "focused_visit": KindWords(
        "letter on a focused visit to children's services in {where}", "focused visit letter"
    ),
    "monitoring_visit": KindWords(
        "letter on a monitoring visit to children's services in {where}", "monitoring visit letter"
    ),
    "jtai": KindWords(
        "report on a joint targeted area inspection in {where}",
        "joint targeted area inspection",
        _JOINT,
    ),
    "area_send": KindWords(
        f"inspection report on services for children with {_SEND} in {{where}}",
        "area SEND inspection report",
        _CQC,
    ),
    "local_area_send": KindWords(
        f"report on an inspection of services for children with {_SEND} in {{where}}",
        "area SEND inspection report",
        _CQC,
    ),
    "letter": KindWords("letter about {where}", "letter"),
    "unknown": KindWords("report about {where}", "report"),
}

# words of a title on the site (folded) -> the kind, where that was not read in the document
TITLES: tuple[tuple[str, Kind], ...] = (
    # follow-ups first, as they may name the inspection that they follow up
    ("send monitoring", "unknown"),
    ("monitoring visit", "monitoring_visit"),
    ("monitoring", "unknown"),
    ("revisit", "unknown"),
    ("re-visit", "unknown"),
    ("children's services inspection", "ilacs"),
    ("children's services focused visit", "focused_visit"),
    ("joint area child protection", "jtai"),
    ("joint targeted area", "jtai"),
    ("area send", "area_send"),
)

FRAMEWORKS = {
    "ilacs_2018": "the framework for inspecting local authority children's services of 2018",
    "ilacs_2023": "the framework for inspecting local authority children's services of 2018",
    "ilacs_2026": "the framework for inspecting local authority children's services of 2018",
    "sif_2013": "the single inspection framework of 2013",
    "looked_after_2013": "the framework of 2013 for looked after children",
}

# the same in few words, for the foot of a column
SHORT_FRAMEWORKS = {
    "ilacs_2018": "ILACS 2018",
    "ilacs_2023": "ILACS 2018 (care leavers graded separately)",
    "ilacs_2026": "ILACS 2018 (no overall grade)",
    "sif_2013": "Single inspection framework 2013",
    "looked_after_2013": "Looked after children 2013",
}

SPELT_OUT = {
    "SIF": "the single inspection framework of 2013",
    "ILACS": "the framework for inspecting local authority children's services of 2018",
    "LSCB": "the Local Safeguarding Children Board",
    "RI": "requires improvement to be good",
    "JTAI": "joint targeted area inspection",
    "SEND": "special educational needs and disabilities",
}


def short_label(printed: str) -> str:
    """`Care leavers` for `The experiences and progress of care leavers`; else as printed."""
    label = _NUMBER.sub("", plain(printed, 120)).rstrip(".:")
    folded = fold(label)
    matching = (short for opening, short in SENTENCES if folded.startswith(opening))
    return SHORT.get(folded) or next(matching, label)


def in_subject(key: str, printed: str) -> str:
    return IN_SUBJECT.get(key) or plain(short_label(printed), 40)


def badge(grade: str | None, printed: str | None) -> GradeBadge | None:
    """A grade as printed, in one spelling; None where none is given."""
    known = GRADES.get(fold(printed or "")) or GRADES.get(grade or "")
    if known:
        return GradeBadge(*known)
    if grade in OUTCOMES:
        return GradeBadge(OUTCOMES[grade][0])
    words = plain(printed or grade or "", 160)
    return GradeBadge(words) if words else None


def likely_kind(kind: Kind, title: str) -> Kind:
    """The kind that was read; where it is not known, the one that the title promises."""
    if kind != "unknown":
        return kind
    folded = fold(title)
    return next((promised for words, promised in TITLES if words in folded), "unknown")


def graded(kind: Kind) -> bool:
    return kind in GRADED_KINDS


def spell_out(reason: str) -> str:
    """A reason with abbreviations spelt out."""
    for short, words in SPELT_OUT.items():
        reason = re.sub(rf"\b{short}\b", words, reason)
    return reason
