"""Focused visits: letters in which every grade word is about something else."""

from datetime import date

import pytest

from ofsted.reports.model import Improvement, Inspector
from ofsted.reports.read import read

LETTER = """Piccadilly Gate

23 August 2021

Dear John

Focused visit to Durham’s children’s services

This letter summarises the findings of a focused visit to Durham children’s services on 13 and 14 \
July 2021. Her Majesty’s Inspectors for this visit were Louise Hollick and Vicky Metheringham.

Inspectors looked at the local authority’s arrangements for children in care. The visit focused on \
the quality of matching.

Headline findings

At the last inspection, in 2019, the overall effectiveness of services was judged to be outstanding.

Areas for priority action

The local authority needs to take swift and decisive action to address these weaknesses:

◼ The sufficiency of suitable placements.

What needs to improve in this area of social work practice?

◼ PA capacity.
◼ Placement sufficiency.

Main findings

◼ A finding.

Areas for improvement

◼ A finding as well.

Ofsted will take the findings from this focused visit into account when planning your next visit.

Yours sincerely

Louise Hollick

Her Majesty’s Inspector
"""

FRAMEWORK = "in accordance with the Inspection of Local Authority Children’s Services (ILACS)"


def read_text(text=LETTER):
    return read(text.encode())


def test_a_letter_is_read_and_carries_no_judgement():
    reading = read_text()
    assert (reading.status, reading.kind, reading.framework) == (
        "read",
        "focused_visit",
        "ilacs_visit",
    )
    assert reading.title == "Focused visit to Durham’s children’s services"
    assert reading.provider == "Durham"
    assert (reading.first_day, reading.last_day) == (date(2021, 7, 13), date(2021, 7, 14))
    assert reading.inspectors == (Inspector("Louise Hollick", "Her Majesty’s Inspector", "Ofsted"),)
    assert reading.theme == "children in care"
    assert reading.judgements == ()
    assert reading.improvements == (
        Improvement("priority_action", "The sufficiency of suitable placements."),
        Improvement("improvement", "PA capacity."),
        Improvement("improvement", "Placement sufficiency."),
    )


@pytest.mark.parametrize(
    ("printed", "first", "last"),
    [
        ("on 31 January and 1 February 2018", date(2018, 1, 31), date(2018, 2, 1)),
        ("on 13 October 2020", date(2020, 10, 13), date(2020, 10, 13)),
        ("between 5 and 6 March 2019", date(2019, 3, 5), date(2019, 3, 6)),
        ("on the 15 and 16 of May 2018", date(2018, 5, 15), date(2018, 5, 16)),
        ("on 13 and 14 July", date(2021, 7, 13), date(2021, 7, 14)),
        ("on 22–23 October 2019", date(2019, 10, 22), date(2019, 10, 23)),
        ("over 2 days, on 5 and 6 March 2019", date(2019, 3, 5), date(2019, 3, 6)),
        ("over 5/6 March 2019", date(2019, 3, 5), date(2019, 3, 6)),
        ("5 and 6 March 2019", date(2019, 3, 5), date(2019, 3, 6)),
        ("on 31 December and 2 January 2020", date(2019, 12, 31), date(2020, 1, 2)),
    ],
)
def test_days_come_from_the_sentence_that_summarises(printed, first, last):
    reading = read_text(LETTER.replace("on 13 and 14 July 2021", printed))
    assert (reading.first_day, reading.last_day) == (first, last)


def test_days_before_the_authority_are_read():
    text = LETTER.replace(
        "to Durham children’s services on 13 and 14 July 2021", "on 13 July 2021 to D"
    )
    assert read_text(text).first_day == date(2021, 7, 13)


def test_days_of_other_sentences_are_never_taken():
    text = LETTER.replace("on 13 and 14 July 2021.", "in July. An earlier visit was on 5 May 2019.")
    reading = read_text(text)
    assert (reading.status, reading.first_day) == ("doubtful", None)
    assert reading.doubts[0].what == "the days of the visit cannot be read"


def test_of_a_slip_in_the_year_the_last_day_alone_is_believed():
    reading = read_text(LETTER.replace("13 and 14 July 2021", "24 October 2022 to 25 October 2023"))
    assert reading.status == "read"
    assert (reading.first_day, reading.last_day) == (None, date(2023, 10, 25))


def test_a_visit_of_another_length_is_doubted():
    reading = read_text(LETTER.replace("13 and 14 July 2021", "24 October 2022 to 20 July 2023"))
    assert [doubt.what for doubt in reading.doubts] == [
        "24 October 2022 to 20 July 2023 is longer than any inspection"
    ]


@pytest.mark.parametrize(
    ("title", "provider"),
    [
        ("Focused visit to London Borough of Harrow local authority children’s services.", None),
        ("Focused visit to the City of Wolverhampton council children's services", None),
        ("Focused visit to children’s services", "Durham"),
        ("Focused visit to Durham children’s social care services", "Durham"),
        ("Focused visit to Sandwell Children’s Trust", "Sandwell Children’s Trust"),
    ],
)
def test_the_provider_is_named_by_the_title_or_else_by_the_summary(title, provider):
    reading = read_text(LETTER.replace("Focused visit to Durham’s children’s services", title))
    named = {"London": "London Borough of Harrow", "the": "City of Wolverhampton council"}
    assert reading.provider == (provider or named[title.split()[3]])


@pytest.mark.parametrize(
    ("sentence", "theme"),
    [
        (
            f"Inspectors considered the council’s arrangements at the first contact {FRAMEWORK}.",
            "at the first contact",
        ),
        (
            "Inspectors looked at the local authority’s arrangements for the ‘front door’.’",
            "the ‘front door’",
        ),
        (
            "During this visit, inspectors looked at the local authority’s arrangements for plans.",
            "plans",
        ),
        (
            "This visit looked at the impact of key decision-making.",
            "the impact of key decision-making",
        ),
        ("On this visit, the inspectors examined the council’s arrangements for plans.", "plans"),
        ("The main focus of the visit was on children in care.", "children in care"),
        ("Inspectors looked at a range of evidence.", None),
        ("Inspectors looked at cases with social workers.", None),
        ("We reviewed a wide sample of records.", None),
        ("The methodology was in line with the framework.", None),
    ],
)
def test_the_theme_is_what_inspectors_looked_at(sentence, theme):
    old = "Inspectors looked at the local authority’s arrangements for children in care."
    assert read_text(LETTER.replace(old, sentence)).theme == theme


def test_a_denial_is_no_priority_action():
    text = LETTER.replace("◼ The sufficiency of suitable placements.", "").replace(
        "The local authority needs to take swift and decisive action to address these weaknesses:",
        "There are no priority actions following this focused visit.",
    )
    reading = read_text(text)
    assert reading.status == "read"
    assert {one.kind for one in reading.improvements} == {"improvement"}


def test_other_words_in_the_place_of_priority_actions_are_doubted():
    reading = read_text(LETTER.replace("◼ The sufficiency of suitable placements.", ""))
    assert reading.status == "doubtful"
    assert reading.doubts[0].what == "a heading for priority action has no items"


def test_paragraphs_are_items_where_there_are_several_and_no_bullet():
    several = "Plans are not effective.\n\nAudits are not applied consistently.\n"
    text = LETTER.replace("◼ PA capacity.\n◼ Placement sufficiency.\n", several)
    assert [one.text for one in read_text(text).improvements[1:]] == [
        "Plans are not effective.",
        "Audits are not applied consistently.",
    ]
    one = "The areas for improvement set in 2018 remain.\n"
    text = LETTER.replace("◼ PA capacity.\n◼ Placement sufficiency.\n", one)
    assert len(read_text(text).improvements) == 1


def test_a_monitoring_visit_is_one_only_by_its_own_words():
    text = LETTER.replace("Focused visit to", "Monitoring visit to").replace(
        "findings of a focused visit", "findings of the monitoring visit"
    )
    assert read_text(text).kind == "monitoring_visit"
    mentioned = LETTER.replace("A finding.", "The monitoring visit in 2020 found more.")
    assert read_text(mentioned).kind == "focused_visit"


def test_a_titled_letter_that_summarises_nothing_is_unread_with_a_doubt():
    reading = read_text(LETTER.replace("This letter summarises", "This letter is about"))
    assert (reading.status, reading.kind) == ("unread", "focused_visit")
    assert reading.doubts[0].what == "no sentence summarises the findings of a visit"


def test_a_signature_on_one_line_names_the_lead_alone():
    text = LETTER.replace(
        "Yours sincerely\n\nLouise Hollick\n\nHer Majesty’s Inspector",
        "Yours sincerely, Louise Hollick, Her Majesty’s Inspector",
    )
    assert [one.name for one in read_text(text).inspectors] == ["Louise Hollick"]
    other = LETTER.replace("Yours sincerely\n\nLouise", "Yours sincerely Louise")
    assert [one.name for one in read_text(other).inspectors] == ["Louise Hollick"]


@pytest.mark.parametrize(
    "signature",
    [
        "Louise Hollick\n\nHer Majesty’s\n\nInspector",
        "Louise Hollick\n\nDurham visit 2021\n\nHer Majesty’s Inspector, Ofsted",
        "Louise Hollick\n\n(Lead Inspector)\n\nHMI",
        "Louise Hollick, Senior HMI",
    ],
)
def test_a_signature_is_read_in_many_forms(signature):
    text = LETTER.replace("Louise Hollick\n\nHer Majesty’s Inspector", signature)
    assert text != LETTER
    assert [one.name for one in read_text(text).inspectors] == ["Louise Hollick"]


def test_who_is_named_before_the_signature_does_not_sign():
    text = LETTER.replace("sincerely\n\nLouise Hollick", "sincerely\n\n7 of 9").replace(
        "Yours", "Ann Lee\n\nYours"
    )
    assert read_text(text).inspectors == ()


def test_what_stands_over_the_signature_and_is_no_name_is_not_taken():
    text = LETTER.replace("\n\nLouise Hollick\n\nHer", "\n\nOverall effectiveness\n\nHer")
    assert read_text(text).inspectors == ()


def test_the_summary_may_follow_another_sentence_and_days_carry_their_weekday():
    text = LETTER.replace(
        "This letter summarises", "The Chief Inspector leads this work. This letter summarises"
    ).replace("on 13 and 14 July 2021", "on Tuesday 13 and Wednesday 14 July 2021")
    reading = read_text(text)
    assert reading.facts() == read_text().facts()


def test_days_without_a_year_are_never_after_the_letter():
    text = LETTER.replace("23 August 2021", "8 January 2021").replace(
        "13 and 14 July 2021", "2 and 3 December"
    )
    assert read_text(text).first_day == date(2020, 12, 2)


@pytest.mark.parametrize(
    "cut", ["local authority\n\nchildren’s services", "children’s\n\nservices"]
)
def test_a_title_that_is_cut_is_joined(cut):
    text = LETTER.replace("Durham’s children’s services", f"Durham {cut}")
    reading = read_text(text)
    assert (reading.status, reading.provider) == ("read", "Durham")


def test_a_visit_without_a_title_is_not_trusted():
    reading = read_text(LETTER.replace("Focused visit to", "About"))
    assert (reading.status, reading.kind) == ("unread", "focused_visit")
    assert reading.doubts[0].what == "no title of a visit"


def test_title_and_summary_must_name_the_same_visit():
    reading = read_text(LETTER.replace("of a focused visit", "of the monitoring visit"))
    assert reading.status == "doubtful"
    assert reading.doubts[0].what == "title and summary name different visits"


def test_paragraphs_that_say_what_remains_are_no_items():
    text = LETTER.replace(
        "◼ PA capacity.\n◼ Placement sufficiency.\n",
        "The areas set in 2018 remain.\n\nThey are listed there.\n",
    )
    assert {one.kind for one in read_text(text).improvements} == {"priority_action"}


def test_a_list_ends_at_a_heading_that_nobody_knows():
    text = LETTER.replace("Main findings", "What inspectors saw")
    assert read_text(text).improvements == read_text().improvements


def test_a_theme_cut_by_a_page_is_whole():
    text = LETTER.replace(
        "arrangements for children in care", "arrangements for children\n\nin care"
    )
    assert read_text(text).theme == "children in care"


def test_a_monitoring_visit_may_be_summarised_by_its_writer():
    text = LETTER.replace("Focused visit to", "Monitoring visit of").replace(
        "This letter summarises the findings of a focused visit",
        "I am writing to summarise the findings of the recent monitoring visit",
    )
    reading = read_text(text)
    assert (reading.status, reading.kind) == ("read", "monitoring_visit")
    assert (reading.provider, reading.first_day) == ("Durham", date(2021, 7, 13))


def test_the_number_of_a_page_ends_no_list():
    text = LETTER.replace("◼ Placement", "Page 2 of 4\n\n◼ Placement")
    assert read_text(text).improvements == read_text().improvements


MONITORING = """23 August 2021

Dear colleague

Monitoring visit to Exampleshire children’s services

This letter summarises the findings of the monitoring visit to Exampleshire children’s services \
on 13 and 14 July 2021. This was the first monitoring visit since the local authority was judged \
inadequate in December 2020. Her Majesty’s Inspectors for this visit were Alex Example.

{covered}

Headline findings

{findings}

Yours sincerely

Alex Example

Her Majesty’s Inspector
"""
POINTS = "\n\n◼ The quality of practice.\n◼ Timely help; and\n◼ Management oversight."
AREAS = "The quality of practice; Timely help; Management oversight"


def monitoring(covered="", findings="Practice is better.", title=None):
    text = MONITORING.format(covered=covered, findings=findings)
    own = "Monitoring visit to Exampleshire children’s services"
    return read_text(text if title is None else text.replace(own, title))


@pytest.mark.parametrize(
    ("covered", "theme"),
    [
        (
            f"Inspectors reviewed the progress made in the following areas of concern:{POINTS}",
            AREAS,
        ),
        (
            (
                "Inspectors reviewed the progress made in the following areas of concern "
                f"identified at the last inspection:{POINTS}"
            ),
            AREAS,
        ),
        (
            (
                "During the course of this visit, inspectors reviewed the progress made by the "
                f"local authority since the last inspection in the following areas:{POINTS}"
            ),
            AREAS,
        ),
        (f"The visit considered the areas of concern identified at the inspection:{POINTS}", AREAS),
        (f"Areas covered by the visit{POINTS}", AREAS),
        (f"The areas covered by this visit were:{POINTS}", AREAS),
        (
            "Inspectors looked at the following areas of concern: plans, and their timeliness.",
            "plans, and their timeliness",
        ),
        (
            (
                "The focus of the monitoring visit was children in need. In particular, inspectors "
                f"reviewed the progress made in the following areas of concern:{POINTS}"
            ),
            "children in need",
        ),
        ("This monitoring visit focused on care leavers.", "care leavers"),
        ("Inspectors reviewed the progress made in the following areas of concern.", None),
        ("The visit considered a range of evidence.", None),
    ],
)
def test_a_sentence_that_only_points_on_is_no_theme_and_what_it_points_to_is(covered, theme):
    reading = monitoring(covered)
    assert (reading.status, reading.kind, reading.theme) == ("read", "monitoring_visit", theme)


def test_a_monitoring_letter_may_name_its_areas_among_the_findings():
    findings = f"Inspectors reviewed progress in the following areas of concern:{POINTS}"
    assert monitoring(findings=findings).theme == AREAS
    assert monitoring(findings="Inspectors reviewed plans for children.").theme is None


@pytest.mark.parametrize(
    "sentence",
    ["Inspectors looked at the following areas:", "Inspectors considered the following:"],
)
def test_a_focused_letter_that_points_on_has_its_points_as_theme(sentence):
    old = "Inspectors looked at the local authority’s arrangements for children in care."
    assert read_text(LETTER.replace(old, f"{sentence}{POINTS}\n\n")).theme == AREAS


@pytest.mark.parametrize(
    "title",
    [
        "Monitoring visit to Exampleshire children’s services",
        "Monitoring visit of Exampleshire local authority children’s services",
        "Monitoring visit: Exampleshire children’s services",
        "First monitoring visit to Exampleshire children’s services",
        "Report of the 2nd monitoring visit to Exampleshire children’s services",
        "Exampleshire children’s services monitoring visit",
        "Exampleshire local authority children’s services: monitoring visit",
    ],
)
def test_a_letter_titled_a_monitoring_visit_is_one(title):
    reading = monitoring(title=title)
    assert (reading.status, reading.kind) == ("read", "monitoring_visit")
    assert (reading.title, reading.provider) == (title, "Exampleshire")


def test_what_cannot_be_read_of_a_monitoring_letter_makes_no_focused_visit_of_it():
    untitled = monitoring(title="")
    assert (untitled.status, untitled.kind) == ("unread", "monitoring_visit")
    silent = read_text(MONITORING.format(covered="", findings="").replace("summarises", "is on"))
    assert (silent.status, silent.kind) == ("unread", "monitoring_visit")
