"""Joint targeted area inspections: letters of 2016 to 2020 and reports from 2022."""

from datetime import date

import pytest

from ofsted.reports.model import Improvement
from ofsted.reports.read import read

LETTER = """29 June 2016

Dear local partnership

Joint targeted area inspection of the multi-agency response to abuse and neglect in Croydon

Between 16 May and 20 May, Ofsted, the Care Quality Commission (CQC) and HMI Probation undertook a \
joint inspection of the multi-agency response to abuse and neglect in the London Borough of \
Croydon.1 This inspection included a ‘deep dive’ focus on the response to {dive}.

Key strengths

◼ A strength.

Areas for improvement

Leadership and management

◼ Plans are not effective.

Case study: area for improvement

◼ Not an item.

Areas for priority action

◼ {priority}

Next steps

Yours sincerely
"""
REPORT = """1 September 2023

Dear Sutton Local Safeguarding Partnership

Joint targeted area inspection of London Borough of Sutton

This letter summarises the findings of the joint targeted area inspection (JTAI) of the \
multi-agency response to {theme} in Sutton.

This inspection took place from 10 to 14 July 2023. It was carried out by inspectors from Ofsted.

Headline findings

What needs to improve?

◼ The quality of practice.
- a part of it

Strengths

◼ A strength.

Yours sincerely

Yvette Stanley
"""
MISSING = "child sexual exploitation and those missing from home, care or education"


def letter(dive=MISSING, priority="There are no areas for priority action."):
    return read(LETTER.format(dive=dive, priority=priority).encode())


def report(theme="identification of initial need and risk"):
    return read(REPORT.format(theme=theme).encode())


def test_a_letter_is_read():
    reading = letter()
    assert (reading.status, reading.kind, reading.framework) == ("read", "jtai", "jtai_2016")
    assert reading.provider == "the London Borough of Croydon"
    assert (reading.first_day, reading.last_day) == (date(2016, 5, 16), date(2016, 5, 20))
    assert reading.inspectors == ()
    assert reading.theme == (
        "child sexual exploitation and children missing from home, care or education"
    )


def test_a_bullet_that_denies_is_no_priority_action():
    assert letter().improvements == (Improvement("improvement", "Plans are not effective."),)
    assert letter(priority="Act now.").improvements[1] == Improvement("priority_action", "Act now.")


@pytest.mark.parametrize(
    ("dive", "theme"),
    [
        ("children living with domestic abuse", "children living with domestic abuse"),
        (
            "children between seven and 15 years old who have been neglected",
            "children experiencing neglect",
        ),
        ("sexual abuse in the family environment", "child sexual abuse in the family"),
        ("children’s mental health", "children's mental health"),
    ],
)
def test_the_theme_of_a_letter_is_that_of_the_deep_dive_not_of_the_title(dive, theme):
    assert letter(dive).theme == theme


def test_a_report_is_read():
    reading = report()
    assert (reading.status, reading.framework) == ("read", "jtai_2022")
    assert reading.title == "Joint targeted area inspection of London Borough of Sutton"
    assert reading.provider == "London Borough of Sutton"
    assert (reading.first_day, reading.last_day) == (date(2023, 7, 10), date(2023, 7, 14))
    assert reading.theme == "identification of initial need and risk (front door)"
    assert reading.improvements == (Improvement("improvement", "The quality of practice."),)


def test_a_theme_without_a_name_of_ours_is_kept_as_printed():
    assert report("children in the new towns").theme == "children in the new towns"


def test_without_days_or_items_a_report_is_doubtful():
    text = REPORT.format(theme="serious youth violence")
    reading = read(text.replace("from 10 to 14 July 2023", "in July").encode())
    assert [doubt.what for doubt in reading.doubts] == ["the days of the inspection cannot be read"]
    reading = read(text.replace("What needs to improve?", "Other").encode())
    assert [doubt.what for doubt in reading.doubts] == ["no areas for improvement"]


def test_another_opening_is_unread_with_a_doubt():
    text = REPORT.format(theme="serious youth violence")
    reading = read(text.replace("This letter summarises", "We saw").encode())
    assert (reading.status, reading.kind) == ("unread", "jtai")
    assert (
        reading.doubts[0].what == "the letter does not open as joint targeted area inspections do"
    )


def test_a_title_that_is_cut_within_the_name_is_joined():
    text = REPORT.format(theme="serious youth violence").replace(
        "inspection of London Borough of Sutton", "inspection of Cheshire West and\n\nChester"
    )
    assert read(text.encode()).provider == "Cheshire West and Chester"


def test_a_theme_is_no_place():
    text = LETTER.format(dive="sexual abuse in the family", priority="Act.")
    text = text.replace("neglect in the London Borough of \\\nCroydon", "neglect")
    text = text.replace(
        "response to abuse and neglect in the London Borough of Croydon",
        "response to sexual abuse in the family",
    )
    assert read(text.encode()).provider == "Croydon"


def test_days_without_a_year_are_never_after_the_letter():
    text = LETTER.format(dive=MISSING, priority="Act.").replace("29 June 2016", "29 January 2016")
    assert read(text.encode()).first_day == date(2015, 5, 16)


def test_a_list_ends_at_a_heading_that_nobody_knows():
    text = REPORT.format(theme="serious youth violence").replace("\nStrengths", "\nWhat works well")
    assert len(read(text.encode()).improvements) == 1


def test_abuse_and_neglect_is_no_theme():
    assert letter("a number of cases").theme is None


def test_what_else_is_said_of_the_deep_dive_is_no_theme():
    said = "This ‘deep dive’ focus on children who have been neglected is part of our work. "
    text = LETTER.format(dive="a number of cases", priority="Act.")
    dive = "The deep dive found children with mental health needs. "
    assert read(text.replace("This inspection", f"{dive}{said}This inspection").encode()).theme == (
        "children experiencing neglect"
    )


def test_child_exploitation_is_a_theme_and_its_place_is_not():
    text = LETTER.format(dive="a group of children", priority="Act.")
    text = text.replace("response to abuse and neglect", "response to child exploitation")
    assert read(text.encode()).theme == "child exploitation"


def test_days_of_a_later_sentence_are_never_taken():
    text = LETTER.format(dive=MISSING, priority="Act.").replace(
        "Between 16 May and 20 May", "In May"
    )
    text = text.replace("This inspection", "We came back on 3 June 2016. This inspection")
    assert read(text.encode()).first_day is None


def test_the_area_ends_with_its_name():
    text = LETTER.format(dive=MISSING, priority="Act.")
    new = "Stockton-on-Tees2, where leaders met inspectors."
    text = text.replace("the London Borough of Croydon.", new)
    assert read(text.encode()).provider == "Stockton-on-Tees"


def test_a_name_that_ends_as_a_cut_one_does_is_whole():
    text = REPORT.format(theme="serious youth violence").replace(
        "inspection of London Borough of Sutton", "inspection of Bristol, City of"
    )
    assert read(text.encode()).provider == "Bristol, City of"


def test_a_month_is_no_area():
    text = LETTER.format(dive=MISSING, priority="Act.").replace("Croydon.1", "Croydon in June.1")
    assert read(text.encode()).provider == "the London Borough of Croydon"


def test_a_report_titled_by_its_theme_names_its_area_in_the_opening():
    text = REPORT.format(theme="serious youth violence").replace(
        "inspection of London Borough of Sutton",
        "inspection of the multi-agency response to serious youth violence in Sutton",
    )
    assert read(text.encode()).provider == "Sutton"


PLACE = "Between 14 and 18 October 2019, Ofsted, the Care Quality Commission and HMI Probation"


@pytest.mark.parametrize(
    "opening",
    [
        f"{PLACE} carried out a joint inspection in Exampleshire.",
        f"{PLACE} undertook a joint targeted area inspection in Exampleshire, of its services.",
        f"{PLACE} conducted a joint inspection across the county.",
        f"{PLACE} completed their joint area inspection in Exampleshire.",
        f"{PLACE} jointly inspected the multi-agency response to neglect in Exampleshire.",
        (
            "Ofsted and CQC carried out a joint inspection in Exampleshire between 14 and 18 "
            "October 2019."
        ),
        (
            "From 14 to 18 October 2019, Ofsted carried out a joint targeted area inspection "
            "(JTAI) in Exampleshire."
        ),
    ],
)
def test_a_letter_is_read_however_its_opening_names_the_joint_inspection(opening):
    text = LETTER.format(dive="children’s mental health", priority="None.")
    start, rest = text.split("Between 16 May")
    _, _, rest = rest.partition("Croydon.1")
    start = start.replace("in Croydon", "in Exampleshire")
    reading = read(f"{start}{opening}{rest}".encode())
    assert (reading.status, reading.framework, reading.provider) == (
        "read",
        "jtai_2016",
        "Exampleshire",
    )
    assert (reading.first_day, reading.last_day) == (date(2019, 10, 14), date(2019, 10, 18))
    assert reading.theme == "children's mental health"


def test_an_earlier_inspection_that_a_letter_names_gives_no_days():
    text = LETTER.format(dive="neglect", priority="None.")
    start, rest = text.split("Between 16 May")
    _, _, rest = rest.partition("Croydon.1")
    opening = "The last inspection by Ofsted was between 3 and 7 June 2014."
    assert read(f"{start}{opening}{rest}".encode()).first_day is None


@pytest.mark.parametrize(
    ("printed", "theme"),
    [
        ("identification of initial need and risk", "identification of initial need and risk"),
        ("the identification of initial need and risk", "identification of initial need and risk"),
        ("children in the Armed Forces", "children in the Armed Forces"),
        ("children at risk in Years 7 to 9", "children at risk in Years 7 to 9"),
        ("initial needs of children", "initial needs of children"),
    ],
)
def test_a_theme_that_is_printed_as_what_is_responded_to_is_whole(printed, theme):
    assert report(printed).theme.startswith(theme)
    in_title = LETTER.format(dive="x", priority="None.").replace(
        "to abuse and neglect in Croydon", f"to {printed} in Croydon"
    )
    assert read(in_title.encode()).theme == theme


def test_a_theme_is_whole_over_other_hyphens_and_a_cut_block():
    front_door = "identification of initial need and risk (front door)"
    text = REPORT.format(theme="identification of initial need and\n\nrisk")
    assert read(text.encode()).theme == front_door
    assert read(text.replace("multi-agency", "multi\u2011agency").encode()).theme == front_door
