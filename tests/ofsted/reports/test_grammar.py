"""Whatever a text holds, reading it ends in a reading, and says nothing that is not printed."""

import re

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ofsted.reports.model import GRADED_KINDS
from ofsted.reports.read import read
from ofsted.reports.words import letters
from ofsted.text import fold
from tests.examples import EXAMPLES

REPORTS = [example.read_text(encoding="utf-8") for example in EXAMPLES]
LINES = sorted({line for report in REPORTS for line in report.split("\n")})
MISLEADING = """
Judgement\tGrade
Overall effectiveness\tOutstanding
Overall effectiveness Good
The experiences and progress of children in care: inadequate
The impact of leaders on social work practice with children and families
Requires
improvement
to be good
Inspection dates: 31 to 30 February 2025
Inspection date: 3/13/2025 - 1 Foo
Lead inspector:
Lead inspector: , HMI, and , HMI
1. Children who need help and protection\tGood
The Local Safeguarding Children Board is
The overall judgement is
Grade 4 (Inadequate)
There are no areas for priority action.
Inspection outcome
Responsible body\tAreas for priority action
\u25fc
12.
2.1
\t\t\t
"""
SCRAPS = (*MISLEADING.split("\n"), "\f", "\u202e\u200b\ufffe")

lines = st.sampled_from(LINES) | st.sampled_from(SCRAPS) | st.text(max_size=40)


@st.composite
def mangled(draw):
    """An example in which lines were taken out, moved, cut and put in."""
    report = draw(st.sampled_from(REPORTS)).split("\n")
    for _ in range(draw(st.integers(1, 8))):
        at = draw(st.integers(0, len(report)))
        end = at + draw(st.integers(0, 3))
        report[at:end] = draw(st.lists(lines, max_size=3))
    return "\n".join(report)


def is_printed(value, seen):
    """Whether every word is; page numbers between them go."""
    return all(letters(word) in seen for word in value.split())


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(mangled())
def test_a_mangled_report_says_nothing_that_is_not_printed(text):
    reading = read(text.encode("utf-8", "replace"))
    seen = letters(text)
    for judgement in reading.judgements:
        assert letters(judgement.printed) in seen
        assert is_printed(judgement.label, seen)
        assert reading.kind in GRADED_KINDS
    for value in (reading.provider, reading.title, *(one.name for one in reading.inspectors)):
        assert is_printed(value or "", seen)
    for improvement in reading.improvements:
        assert letters(improvement.text)[:20] in seen
    for day in filter(None, (reading.first_day, reading.last_day)):
        assert re.search(rf"\b0?{day.day}\b", fold(text))
    assert reading.status == "read" or reading.doubts or reading.unread_by_kind


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(lines, max_size=40).map("\n".join))
def test_lines_in_any_order_end_in_a_reading(text):
    reading = read(text.encode("utf-8", "replace"))
    assert reading.status in ("read", "doubtful", "unread")
    assert all(letters(one.printed) in letters(text) for one in reading.judgements)


GRADES = ("Outstanding", "Good", "Requires improvement to be good", "Inadequate")
GRADED = [report for report in REPORTS if "\tGood" in report]


@pytest.mark.parametrize("report", GRADED, ids=lambda report: report[:20].strip())
def test_another_grade_in_a_row_of_the_table_is_never_believed(report):
    rows = re.findall(r"^(.+\t)(Outstanding|Good|Inadequate|Requires .+)$", report, re.MULTILINE)
    for label, printed in rows:
        if label.startswith("Overall") or f"{label}{printed}" not in report:
            continue  # the overall grade has no second witness but the grades it rests on
        for other in set(GRADES) - {printed}:
            if letters(other).startswith(letters(printed)):
                continue
            reading = read(report.replace(f"{label}{printed}", f"{label}{other}", 1).encode())
            assert reading.status != "read", (label, other)


def test_a_number_is_no_grade():
    reading = read(b"Inspection of X children's services\n\nInspection dates: 3 May 2025\n\n1\t2\n")
    assert reading.judgements == ()
