"""Area SEND inspections: an outcome instead of grades, improvements in tables."""

from datetime import date

import pytest

from ofsted.reports.blocks import Block, Cell
from ofsted.reports.items import items
from ofsted.reports.model import Improvement, Inspector
from ofsted.reports.read import read

FAILINGS = (
    "There are widespread and/or systemic failings leading to significant concerns about the "
    "experiences and outcomes of children and young people with SEND."
)
POSITIVE = (
    "The local area partnership’s arrangements typically lead to positive experiences and outcomes."
)
INCONSISTENT = (
    "The local area partnership’s arrangements lead to inconsistent experiences and outcomes."
)
MONITORING = (
    "A monitoring inspection will be carried out within approximately 18 months. The next full "
    "reinspection will be within approximately three years."
)
PRIORITY = """Areas for priority action

Responsible body\tAreas for priority action
Suffolk County Council and NHS Suffolk ICB\tLeaders should improve strategic planning.
"""
REPORT = """Area SEND inspection of Suffolk Local Area Partnership

Inspection dates: 13 to 17 November 2023

Date of previous inspection: 12 December 2016

Inspection outcome

{outcome}

{next}

Information about the local area partnership

The council and the board are jointly responsible.

{priority}
Areas for improvement

Areas for improvement

Leaders should use performance data.

Local area partnership details

Inspection team

Ofsted\tCare Quality Commission
Mr Charlie Fordham, Ofsted lead inspector\tDaniel Carrick, CQC lead inspector
Russel Breyer, Ofsted HMI\tLesley Perry, CQC Inspector
"""


def report(outcome=FAILINGS, following=MONITORING, priority=PRIORITY):
    text = REPORT.format(outcome=outcome, next=following, priority=priority)
    return read(text.encode())


def test_a_report_is_read():
    reading = report()
    assert (reading.status, reading.kind, reading.framework) == (
        "read",
        "area_send",
        "area_send_2023",
    )
    assert reading.provider == "Suffolk Local Area Partnership"
    assert (reading.first_day, reading.last_day) == (date(2023, 11, 13), date(2023, 11, 17))
    assert reading.outcome == "widespread_systemic_failings"
    assert reading.inspectors == (
        Inspector("Mr Charlie Fordham", "Ofsted lead inspector", "Ofsted"),
        Inspector("Daniel Carrick", "CQC lead inspector", "CQC"),
    )
    assert reading.improvements == (
        Improvement(
            "priority_action",
            "Leaders should improve strategic planning.",
            "Suffolk County Council and NHS Suffolk ICB",
        ),
        Improvement("improvement", "Leaders should use performance data."),
    )


@pytest.mark.parametrize(
    ("outcome", "following", "code"),
    [
        (
            POSITIVE,
            "The next full area SEND inspection will be within approximately 5 years.",
            "typically_positive",
        ),
        (
            POSITIVE,
            "The next full area SEND inspection will be within five years.",
            "typically_positive",
        ),
        (
            INCONSISTENT,
            "The next full area SEND inspection will take place within 3 years.",
            "inconsistent",
        ),
    ],
)
def test_the_outcome_is_known_by_its_opening(outcome, following, code):
    reading = report(outcome, following, "")
    assert (reading.status, reading.outcome) == ("read", code)


@pytest.mark.parametrize(
    ("outcome", "following", "priority", "what"),
    [
        (POSITIVE, "within approximately three years", "", "the time to the next inspection"),
        (
            POSITIVE,
            "within five years",
            PRIORITY,
            "a monitoring inspection and priority actions do not match",
        ),
        (FAILINGS, MONITORING, "", "a monitoring inspection and priority actions do not match"),
        (
            FAILINGS,
            "within three years",
            PRIORITY,
            "a monitoring inspection and priority actions do not match",
        ),
    ],
)
def test_an_outcome_that_does_not_fit_the_rest_is_doubted(outcome, following, priority, what):
    reading = report(outcome, following, priority)
    assert reading.status == "doubtful"
    assert reading.doubts[0].what.startswith(what)


def test_another_statement_is_no_outcome():
    reading = report("The partnership’s arrangements are exceptional.", "", "")
    assert (reading.status, reading.outcome) == ("unread", None)
    assert reading.doubts[0].what == "the inspection outcome is not one of the three statements"


def test_two_statements_are_doubted():
    reading = report(f"{FAILINGS}\n\n{INCONSISTENT}")
    assert (reading.status, reading.outcome) == ("doubtful", None)


def cell(text, row, column, page, mark=""):
    return Block(text, page, mark=mark, cell=Cell(row, column))


def test_a_row_that_a_page_break_cuts_is_one_item():
    found = items(
        [
            cell("NHS Suffolk Integrated Care", 1, 0, 6),
            cell("Leaders should act with urgency.", 1, 1, 6),
            cell("Board", 2, 1, 7),
            cell("Suffolk County Council", 3, 0, 7),
            cell("Leaders should cooperate to", 3, 1, 7),
            cell("take urgent action.", 4, 1, 8),
        ],
        columns=2,
    )
    assert [(item.body, item.text, item.page) for item in found] == [
        ("NHS Suffolk Integrated Care Board", "Leaders should act with urgency.", 6),
        ("Suffolk County Council", "Leaders should cooperate to take urgent action.", 7),
    ]


def test_bullets_in_a_row_are_part_of_it_and_numbers_are_items():
    found = items(
        [
            cell("Leaders should improve:", 1, 0, 7),
            cell("governance", 1, 0, 7, mark="◼"),
            cell("planning.", 2, 0, 8, mark="◼"),
            cell("Plans should be in place.", 3, 0, 8, mark="1."),
            cell("Voices should be heard.", 3, 0, 8, mark="2."),
        ],
        columns=1,
    )
    assert [item.text for item in found] == [
        "Leaders should improve: • governance • planning.",
        "Plans should be in place.",
        "Voices should be heard.",
    ]


def test_a_row_tagged_as_loose_paragraphs_keeps_its_body():
    found = items(
        [
            Block("Sandwell Council and NHS Black Country ICB", 6),
            Block("Leaders must act.", 6),
            cell("Sandwell Council", 2, 0, 6),
            cell("Leaders must act again.", 2, 1, 6),
        ],
        columns=2,
    )
    assert [(item.body, item.text) for item in found] == [
        ("Sandwell Council and NHS Black Country ICB", "Leaders must act."),
        ("Sandwell Council", "Leaders must act again."),
    ]


@pytest.mark.parametrize(
    ("ofsted", "cqc"),
    [
        ("Leanne Thirlby HMI, Ofsted lead inspector", "Tessa Valpy, CQC Lead inspector"),
        ("Leanne Thirlby, HMI, Lead inspector", "Tessa Valpy, Lead inspector"),
        (
            "Leanne Thirlby, Ofsted HMI Lead inspector",
            "Tessa Valpy, Care Quality Commission lead inspector",
        ),
        (
            "Leanne Thirlby, His Majesty’s Inspector, Ofsted Lead Inspector",
            "Tessa Valpy – CQC lead inspector",
        ),
        ("Leanne Thirlby, Lead Ofsted inspector (HMI)", "Tessa Valpy, Lead CQC Inspector"),
        ("Leanne Thirlby, Ofsted HMI (lead inspector)", "Tessa Valpy, CQC (Lead)"),
        ("Leanne Thirlby. HMI; Lead", "Tessa Valpy, CQC Children’s Services Lead Inspector"),
        ("Leanne Thirlby, HMI, Education, joint lead", "Tessa Valpy, CQC, Health, Lead inspector"),
    ],
)
def test_leads_are_marked_in_many_ways(ofsted, cqc):
    text = REPORT.format(outcome=FAILINGS, next=MONITORING, priority=PRIORITY).replace(
        "Mr Charlie Fordham, Ofsted lead inspector\tDaniel Carrick, CQC lead inspector",
        f"{ofsted}\t{cqc}",
    )
    reading = read(text.encode())
    assert reading.status == "read"
    assert [(one.name, one.body) for one in reading.inspectors] == [
        ("Leanne Thirlby", "Ofsted"),
        ("Tessa Valpy", "CQC"),
    ]


def test_where_one_body_has_no_lead_the_reading_is_doubtful():
    text = REPORT.format(outcome=FAILINGS, next=MONITORING, priority=PRIORITY)
    reading = read(text.replace("CQC lead inspector", "CQC inspector").encode())
    assert [doubt.what for doubt in reading.doubts] == [
        "the two inspectorates do not both name a lead inspector"
    ]


def test_the_days_may_share_a_line_with_those_of_the_inspection_before():
    text = REPORT.format(outcome=FAILINGS, next=MONITORING, priority=PRIORITY)
    reading = read(text.replace("2023\n\nDate of previous", "2023 Date of previous").encode())
    assert (reading.status, reading.last_day) == ("read", date(2023, 11, 17))


def test_paragraphs_behind_the_table_are_no_items():
    found = items([cell("Plans should be in place.", 1, 0, 7), Block("Page 4 of 4", 7)], columns=1)
    assert [item.text for item in found] == ["Plans should be in place."]
