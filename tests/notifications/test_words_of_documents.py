"""What is said of a document that Ofsted lists and nobody has read."""

from __future__ import annotations

import dataclasses

import pytest

from notifications import text
from notifications.events import AuthorityStanding, Report
from notifications.message import MessageContext
from notifications.recipients import EVERY_TYPE
from notifications.words import of_events
from tests.notifications.boroughs import KENT, documents, variants, welcome, withheld
from tests.notifications.samples import LISTED, SUTTON

CONTEXT = MessageContext("early years", contact="ofsted-watch@example.gov.uk")
WATCHED = (AuthorityStanding(provider=SUTTON, reports=4),)
NOT_READ = "We have not read this document: please open it to see what it says."
WITHHELD = "Children's home, name withheld by Ofsted (URN SC999902)"


def changed(**values):
    return dataclasses.replace(LISTED, **values)


def titled(title, **values):
    return changed(report=dataclasses.replace(LISTED.report, title=title), **values)


def said(event) -> str:
    return " ".join(text.render(of_events.message(event, CONTEXT)).split())


def details(event) -> list[str]:
    (section,) = of_events.message(event, CONTEXT).leading
    return [item.text for item in section.items]


@pytest.mark.parametrize(
    ("event", "subject"),
    [
        (LISTED, "Sutton: Acorns Example Nursery, full inspection, Good"),
        (changed(grade=None), "Sutton: Acorns Example Nursery, full inspection"),
        (
            changed(grade="Inadequate"),
            "Sutton: lowest grade (Inadequate): Acorns Example Nursery, full inspection",
        ),
        (
            changed(grade="Not met (with actions)"),
            "Sutton: Not met (with actions): Acorns Example Nursery, full inspection",
        ),
        (
            changed(grade="Serious or widespread weaknesses"),
            "Sutton: Serious or widespread weaknesses: Acorns Example Nursery",
        ),
        (
            changed(grade="There are serious or widespread weaknesses leading to concerns"),
            "Sutton: lowest outcome: Acorns Example Nursery, full inspection",
        ),
        (
            changed(is_late=True),
            "Sutton: older document listed late: Acorns Example Nursery, full inspection",
        ),
        (
            changed(is_listed_on_page=False),
            "Sutton: Acorns Example Nursery, new document not yet found on its page",
        ),
        (
            withheld("SC999902", grade="Good"),
            "Sutton: Children's Home SC999902, name withheld, full inspection, Good",
        ),
        (
            withheld("SC999902", grade="Inadequate"),
            "Sutton: lowest grade (Inadequate): Children's Home SC999902, name withheld",
        ),
        (
            withheld("SC999902", is_listed_on_page=False),
            "Sutton: Children's Home SC999902, name withheld, new document not yet found",
        ),
        (
            titled("Academy conversion letter", grade=None, areas=(KENT, *LISTED.areas)),
            "Kent and Sutton: Acorns Example Nursery, academy conversion letter",
        ),
    ],
)
def test_the_subject_says_of_whom_and_what_and_the_lowest_grade_first(event, subject):
    assert of_events.summary(event) == subject


@pytest.mark.parametrize("event", variants().values(), ids=variants())
def test_every_subject_fits_and_every_text_keeps_to_its_columns(event):
    assert len(of_events.summary(event)) <= 78
    lines = text.render(of_events.message(event, CONTEXT)).splitlines()
    assert all(len(line) <= 78 or line.strip().startswith("https://") for line in lines)


def test_what_is_known_is_listed_and_that_nobody_has_read_it():
    assert said(LISTED).startswith(
        'Acorns Example Nursery: Ofsted\'s page lists a new document, "Full inspection", '
        f"published 5 June 2026, with the grade Good. {NOT_READ} As Ofsted lists it: "
    )
    assert details(LISTED) == [
        "Kind of provider: Childcare on non-domestic premises",
        "Area: Sutton",
        "Document: Full inspection",
        "Published: 5 June 2026",
        "Grade: Good",
    ]


@pytest.mark.parametrize(
    ("printed", "words", "detail"),
    [
        ("Inadequate", "with the lowest grade, Inadequate.", "Lowest grade: Inadequate"),
        (
            "Urgent improvement",
            "with the lowest grade, Urgent improvement.",
            "Lowest grade: Urgent improvement",
        ),
        ("Not met", "with the lowest outcome, Not met.", "Lowest outcome: Not met"),
        (
            "Serious or widespread weaknesses",
            "with the lowest outcome, Serious or widespread weaknesses.",
            "Lowest outcome: Serious or widespread weaknesses",
        ),
        ("Met", "with the outcome Met.", "Outcome: Met"),
        ("Strong standard", "with the grade Strong standard.", "Grade: Strong standard"),
        (
            "Requires Improvement",
            "with the grade Requires improvement.",
            "Grade: Requires improvement",
        ),
        (None, "published 5 June 2026. We have not", "Grade: none listed"),
    ],
)
def test_a_grade_is_shown_as_ofsted_lists_it_and_marked_in_words_if_it_is_the_lowest(
    printed, words, detail
):
    event = changed(grade=printed)
    assert words in said(event)
    assert details(event)[-1] == detail
    assert ("lowest" in said(event).lower()) is detail.startswith("Lowest")


def test_a_provider_without_a_name_stands_where_a_name_would():
    assert said(withheld("SC999902")).startswith(
        f"{WITHHELD}: Ofsted's page lists a new document, "
    )


def test_what_only_the_search_shows_is_said_without_a_title_a_grade_or_a_link_to_it():
    listed = Report(title="by the search", published=LISTED.report.published, link=None)
    event = changed(report=listed, grade=None, is_listed_on_page=False)
    assert said(event).startswith(
        "Acorns Example Nursery: Ofsted's search shows a document published on 5 June 2026 that we "
        "have not found on the provider's page yet. Please check the provider's page. You will "
        "not receive another alert about this document."
    )
    assert "by the search" not in said(event)
    assert "Grade" not in said(event)
    assert [link.label for link in of_events.message(event, CONTEXT).links] == ["Ofsted's page"]


def test_an_older_document_is_named_as_old():
    event = changed(is_late=True)
    assert "Ofsted's page now lists an older document" in said(event)
    assert "It is not a new document: it was published some time ago." in said(event)


def test_a_letter_is_not_called_an_inspection_nor_a_report():
    letter = next(each for each in documents(3) if each.report.title == "Academy conversion letter")
    assert "inspection" not in said(letter).lower()
    assert "report" not in said(letter).replace("https://reports.ofsted.gov.uk", "").lower()


def test_no_message_has_a_legend_of_grades():
    words = said(changed(grade=None)).lower()
    assert not any(
        each in words for each in ("outstanding", "inadequate", "exceptional", "not met", "lowest")
    )


def test_a_document_elsewhere_is_linked_and_one_without_a_date_says_so():
    listed = Report(title="Letter", published=None, link="https://www.gov.uk/letter")
    event = changed(report=listed, grade=None)
    assert "without a publication date" in said(event)
    assert "Published: no date given" in details(event)
    assert of_events.message(event, CONTEXT).links[0].label == "Document"


def test_an_address_that_is_not_fit_is_shown_and_not_linked():
    listed = dataclasses.replace(LISTED.report, link="http://example.org/a")
    event = changed(report=listed)
    assert "not linked here for safety: http://example.org/a" in said(event)
    assert all("example.org" not in link.url for link in of_events.message(event, CONTEXT).links)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({}, "about new Ofsted documents on schools and nurseries in Sutton. We will alert you"),
        ({}, "We do not read these documents: a grade is shown only if Ofsted lists one."),
        (
            {"alert_on": "concerns"},
            (
                'lists the lowest grade, "not met", or serious or widespread weaknesses for a new '
                "document on schools and nurseries in Sutton. We do not"
            ),
        ),
        ({"frequency": "daily 08:00"}, "every day at 08:00, even if there is nothing new."),
        ({"provider_types": EVERY_TYPE - {"authorities"}}, "documents on all providers in Sutton."),
        (
            {"provider_types": EVERY_TYPE - {"authorities", "childminders"}},
            "documents on all providers except childminders in Sutton.",
        ),
        (
            {"provider_types": EVERY_TYPE - {"authorities", "childminders", "other"}},
            "supported accommodation and fostering and adoption in Sutton.",
        ),
        (
            {"provider_types": EVERY_TYPE, "watched": WATCHED},
            "new Ofsted documents on all other providers in Sutton.",
        ),
        ({"provider_types": {"other"}}, "documents on other providers in Sutton."),
        (
            {"provider_types": {"authorities", "schools"}, "watched": WATCHED},
            (
                "alerts about Ofsted reports on the London Borough of Sutton, and new Ofsted "
                "documents on schools in Sutton. We will alert you when a new report is published, "
                "with a summary of any changed judgements. We will also alert you when Ofsted "
                "lists a new document on schools in Sutton."
            ),
        ),
    ],
)
def test_a_welcome_says_whose_documents_come_and_that_nobody_reads_them(changes, words):
    assert words in said(welcome(**changes))


def test_a_welcome_to_documents_alone_says_nothing_of_judgements():
    for frequency in ("immediate", "hourly", "weekly monday 08:00"):
        assert "judgement" not in said(welcome(frequency=frequency)).lower()
        assert "published reports" not in said(welcome(frequency=frequency))
