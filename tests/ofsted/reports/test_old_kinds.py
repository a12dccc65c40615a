"""Looked-after reports of 2013, a board's review alone, and what no module knows."""

import pytest

from ofsted.reports.model import Improvement, Inspector, Judgement
from ofsted.reports.read import read

LOOKED_AFTER = """Inspection of looked after children services

Medway Council

Inspection dates: 15-19 July 2013

Reporting inspector Sarah Urding HMI

Outstanding (Grade 1)\tA service that significantly exceeds minimum requirements

Overall effectiveness of services for looked after children and young people

Grade 4 (Inadequate)

Capacity to improve

Grade 3 (Adequate)

Areas for improvement

Immediately:

◼ Ensure that plans are in place.

Outcomes for looked after children and young people

Grade 2 (Good)

Quality of provision

Grade 4 (Inadequate)

Leadership and management

Grade 4 (Inadequate)

Record of main findings

Overall effectiveness\tInadequate Grade 4
Capacity to improve\tAdequate Grade 3
Outcomes for looked after children and young people\tGood
Quality of provision\tInadequate
Leadership and management\tInadequate
"""
REVIEW = """Surrey Safeguarding Children Board

Review of the effectiveness of the Local Safeguarding Children Board

Inspection date: 15 June 2015 – 17 June 2015

The Local Safeguarding Children Board requires improvement

The arrangements in place to evaluate the effectiveness of what is done by the authority require \
improvement.

Recommendations

◼ Update the document.

Inspection findings

1. The board works.

Lead inspector: Dominic Stevens, HMI

Deputy lead inspector: Lynn Radley, HMI
"""


def test_grades_of_2013_stand_at_the_end_and_in_the_body():
    reading = read(LOOKED_AFTER.encode())
    assert (reading.status, reading.kind) == ("read", "looked_after_2013")
    assert reading.provider == "Medway Council"
    assert reading.inspectors == (Inspector("Sarah Urding", "HMI", "Ofsted"),)
    assert [(one.key, one.printed, one.grade) for one in reading.judgements] == [
        ("overall", "Inadequate Grade 4", None),
        ("capacity", "Adequate Grade 3", None),
        ("outcomes", "Good", "good"),
        ("provision", "Inadequate", "inadequate"),
        ("leadership", "Inadequate", "inadequate"),
    ]
    assert reading.improvements == (Improvement("improvement", "Ensure that plans are in place."),)


def test_a_record_that_differs_from_the_body_is_doubted():
    reading = read(LOOKED_AFTER.replace("Grade 2 (Good)", "Grade 1 (Outstanding)").encode())
    assert reading.status == "doubtful"
    assert (
        reading.doubts[0].what
        == "the record of main findings and the headings in the report disagree"
    )


def test_a_boards_review_has_one_judgement():
    reading = read(REVIEW.encode())
    assert (reading.status, reading.kind, reading.framework) == ("read", "lscb_review", "lscb_2013")
    assert reading.provider == "Surrey Safeguarding Children Board"
    label = "The Local Safeguarding Children Board requires improvement"
    assert reading.judgements == (
        Judgement("lscb", label, "requires improvement", "requires_improvement"),
    )
    assert reading.inspectors == (Inspector("Dominic Stevens", "HMI", "Ofsted"),)
    assert reading.improvements == (Improvement("recommendation", "Update the document."),)


def test_two_sentences_on_the_board_that_differ_are_doubted():
    reading = read(REVIEW.replace("require improvement.", "are good.").encode())
    assert reading.status == "doubtful"
    assert reading.doubts[0].what == "the sentences on the board give different grades"


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("Joint local area SEND inspection in Sutton\n\nDear colleagues", "local_area_send"),
        ("Joint area SEND re-visit to Sutton\n\nDear colleagues", "local_area_send"),
        (
            "Joint local area special educational needs and/or disabilities (SEND) inspection in X",
            "local_area_send",
        ),
        ("Dear colleague\n\nThank you.\n\nYours sincerely\n\nA. Person", "letter"),
        ("Notes on children’s services\n\nOverall effectiveness\tGood", "unknown"),
    ],
)
def test_what_is_not_read_is_no_failure(text, kind):
    reading = read(text.encode())
    assert (reading.kind, reading.judgements) == (kind, ())
    assert reading.unread_by_kind


def test_a_known_title_in_an_unknown_form_is_a_failure():
    reading = read(b"Inspection of Sutton local authority children's services\n\nAll is well.")
    assert (reading.status, reading.kind) == ("unread", "ilacs")
    assert reading.doubts[0].what == ("its title is of a kind we read, but its layout is not")


def test_a_grade_may_stand_behind_its_heading():
    text = LOOKED_AFTER.replace("Capacity to improve\n\nGrade 3", "Capacity to improve: Grade 3")
    assert read(text.encode()).facts() == read(LOOKED_AFTER.encode()).facts()


def test_a_councils_report_without_its_first_title_is_no_review_of_a_board():
    reading = read(
        REVIEW.replace("Surrey Safeguarding Children Board", "Surrey\n\nand", 1).encode()
    )
    assert (reading.status, reading.kind) == ("unread", "lscb_review")
    assert reading.judgements == ()


def test_a_text_without_any_heading_is_no_crash():
    reading = read(b"Inspection of Sutton children's services\n\nInspection dates: 3 May 2025\n")
    assert reading.status == "unread"


MONITORED = "Area SEND inspection of Exampleshire Local Area Partnership"


@pytest.mark.parametrize(
    ("titles", "kind"),
    [
        ("Area SEND monitoring inspection of Exampleshire Local Area Partnership", "unknown"),
        (f"Monitoring inspection\n\n{MONITORED}", "unknown"),
        (f"Ofsted and CQC monitoring inspection of Exampleshire\n\n{MONITORED}", "unknown"),
        ("Dear all\n\nMonitoring visit to Exampleshire Local Area Partnership", "letter"),
        (f"Dear all\n\nMonitoring report:\n\n{MONITORED}", "letter"),
    ],
)
def test_monitoring_is_not_the_inspection_that_it_follows_up(titles, kind):
    text = f"{titles}\n\nInspection dates: 4 to 6 March 2025\n\nYours sincerely"
    reading = read(text.encode())
    assert (reading.status, reading.kind, reading.doubts) == ("unread", kind, ())
    assert reading.unread_by_kind


def test_an_inspection_that_speaks_of_monitoring_is_one():
    more = "Inspection dates: 4 to 6 March 2025\n\nA monitoring inspection will follow."
    assert read(f"{MONITORED}\n\n{more}".encode()).kind == "area_send"
