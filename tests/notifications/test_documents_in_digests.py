"""Documents in digests: counted apart, grouped by kind, the lowest grades first."""

from __future__ import annotations

import dataclasses
import re

import pytest

from notifications import html, text
from notifications.events import DigestItem, QuietNotice
from notifications.message import MessageContext
from notifications.teams.cards import LIMIT, as_bytes
from notifications.words import of_events
from ofsted.provider_types import TYPES
from tests.notifications import boroughs
from tests.notifications.boroughs import AT, KENT, MERTON, digest, documents, with_reports, withheld
from tests.notifications.samples import LISTED, SUTTON, SUTTON_2025
from tests.notifications.test_long_digests import CLIPPED, headings

CONTEXT = MessageContext("early years", contact="ofsted-watch@example.gov.uk")
NOT_READ = "We have not read the documents: please open them to see what they say."


def message(event):
    return of_events.message(event, CONTEXT)


def lines(event, heading):
    (section,) = (one for one in message(event).sections if one.heading == heading)
    return [item.text for item in section.items]


def nursery(name, **values):
    provider = dataclasses.replace(LISTED.provider, name=name, urn=f"EY{name}", short_name=name)
    return dataclasses.replace(LISTED, provider=provider, **values)


def test_documents_are_grouped_by_the_kind_of_their_provider_in_one_order():
    found = headings(message(digest(*documents(160))))
    every = [each.name.capitalize() for each in TYPES]
    assert found[-1] == "Checks"
    assert found[:-1] == [name for name in every if name in found]
    other = dataclasses.replace(LISTED, provider_type="other")
    later = dataclasses.replace(LISTED, provider_type="a type of a later version")
    assert headings(message(digest(other, later)))[0] == "Other providers"


def test_the_lowest_grades_come_first_in_their_group_and_then_the_names():
    event = digest(
        nursery("Zinnia Nursery", grade="Inadequate"),
        nursery("Beech Nursery"),
        nursery("Acorn Nursery", grade=None),
        nursery("Cherry Nursery", grade="Not met (with actions)"),
    )
    assert lines(event, "Nurseries") == [
        "Cherry Nursery: full inspection, 5 June 2026. Lowest outcome: Not met (with actions)",
        "Zinnia Nursery: full inspection, 5 June 2026. Lowest grade: Inadequate",
        "Acorn Nursery: full inspection, 5 June 2026",
        "Beech Nursery: full inspection, 5 June 2026, Good",
    ]


def test_a_line_says_what_is_odd_about_a_document():
    assert lines(
        digest(
            nursery("A", grade=None, is_late=True),
            nursery("B", is_listed_on_page=False),
            nursery("C", report=dataclasses.replace(LISTED.report, published=None)),
        ),
        "Nurseries",
    ) == [
        "A: full inspection, 5 June 2026 (older, listed late)",
        "B: document of 5 June 2026 in Ofsted's search, not yet found on its page",
        "C: full inspection, Good",
    ]
    assert lines(digest(withheld("SC999902"), LISTED), "Children's homes") == [
        (
            "Children's home, name withheld by Ofsted (URN SC999902): full inspection, "
            "5 June 2026, Good"
        )
    ]


def test_each_line_links_to_its_document_and_without_one_to_the_page():
    unlisted = dataclasses.replace(LISTED.report, link=None, file_id=None)
    (section, _) = message(digest(LISTED, nursery("B", report=unlisted))).sections
    assert [item.link.url for item in section.items] == [LISTED.report.link, LISTED.provider.page]
    assert [item.link.label for item in section.items] == [LISTED.provider.name, "B"]


@pytest.mark.parametrize(
    ("event", "subject", "headline"),
    [
        (
            digest(*documents(2)),
            "Sutton: 2 new documents on schools and nurseries since 8 June 2026",
            "2 new documents on schools and nurseries in Sutton since 8 June 2026.",
        ),
        (
            digest(LISTED, nursery("B", grade="Inadequate"), nursery("C", grade="Inadequate")),
            "Sutton: 3 new documents on nurseries, 2 with the lowest grade",
            "3 new documents on nurseries in Sutton since 8 June 2026: 2 with the lowest grade.",
        ),
        (
            digest(*documents(160)),
            "Sutton: 160 new documents, 48 with the lowest grade or outcome",
            (
                "160 new documents on schools, independent schools, colleges and others in Sutton "
                "since 8 June 2026: 48 with the lowest grade or outcome."
            ),
        ),
        (
            digest(*documents(8), period="hourly"),
            "Sutton: 8 new documents, 2 with the lowest grade or outcome, since 07:00",
            (
                "8 new documents on schools, independent schools, nurseries and others in Sutton "
                "since 07:00 on 15 June 2026: 2 with the lowest grade or outcome."
            ),
        ),
        (
            digest(*documents(2, KENT, SUTTON), of=(KENT, SUTTON)),
            "Kent and Sutton: 2 new documents on schools and nurseries since 8 June 2026",
            "2 new documents on schools and nurseries in Kent and Sutton since 8 June 2026.",
        ),
        (
            digest(LISTED, nursery("B", is_late=True)),
            "Sutton: 2 documents on nurseries since 8 June 2026",
            "2 documents on nurseries in Sutton since 8 June 2026.",
        ),
        (
            with_reports(5, 2),
            "Aldershire and Sutton: 1 new report, 2 new documents on schools and nurseries",
            (
                "1 new report on Aldershire and 2 new documents on schools and nurseries in Sutton "
                "since 19 April 2026."
            ),
        ),
        (
            with_reports(5, 12),
            "Aldershire and Sutton: 1 new report; 12 new documents, 3 of concern",
            (
                "1 new report on Aldershire and 12 new documents on schools, independent schools, "
                "colleges and others in Sutton since 19 April 2026: 3 documents with the lowest "
                "grade or outcome."
            ),
        ),
        (
            with_reports(5, 12, period="hourly"),
            "6 authorities: 2 with a judgement lowered; 3 documents of concern",
            (
                "5 new reports on 5 authorities and 12 new documents on schools, independent "
                "schools, colleges and others in Sutton since 09:00 on 20 April 2026: 2 with a "
                "judgement lowered, 1 inadequate or with widespread failings, 1 not read reliably "
                "and 3 documents with the lowest grade or outcome."
            ),
        ),
    ],
)
def test_subject_and_first_sentence_count_reports_and_documents_apart(event, subject, headline):
    said = message(event)
    assert said.subject == subject
    assert said.headline == headline


def test_a_digest_of_one_document_is_its_message():
    alone = of_events.message(LISTED, CONTEXT)
    said = message(digest(LISTED))
    assert (said.subject, said.headline, said.leading) == (
        alone.subject,
        alone.headline,
        alone.leading,
    )
    assert headings(said) == ["As Ofsted lists it", "Checks"]


def test_reports_of_authorities_come_first_with_all_that_they_had():
    event = with_reports(5, 12, period="hourly")
    alone = dataclasses.replace(event, items=event.items[:5])
    said, before = message(event), message(alone)
    assert said.tables == before.tables
    assert [one.heading for one in said.leading][:3] == [one.heading for one in before.leading][:3]
    assert headings(said)[4:6] == ["Schools", "Independent schools"]
    daily = message(with_reports(30, 12))
    assert headings(daily)[0] == "East Midlands"
    assert headings(daily).index("West Midlands") < headings(daily).index("Schools")


def test_only_where_areas_differ_does_a_line_name_them():
    both = dataclasses.replace(LISTED, areas=(KENT, SUTTON))
    assert lines(digest(LISTED, nursery("B")), "Nurseries")[0].startswith(
        "Acorns Example Nursery: "
    )
    assert [line.partition(":")[0] for line in lines(digest(LISTED, both), "Nurseries")] == [
        "Acorns Example Nursery, Kent and Sutton",
        "Acorns Example Nursery, Sutton",
    ]


def test_who_gets_documents_alone_reads_nothing_of_judgements_or_councils():
    for event in (digest(), digest(LISTED), digest(*documents(5)), digest(*documents(160))):
        said = text.render(message(event)).lower()
        assert "judgement" not in said
        assert "london borough" not in said
        assert "published reports" not in said
        assert (NOT_READ.lower() in " ".join(said.split())) is (len(event.items) > 1)
    assert message(digest()).headline == "No alerts about providers in Sutton since 8 June 2026."
    assert "We have checked Ofsted's list 263 times" in text.render(message(digest()))


def test_a_digest_without_news_names_the_council_and_its_area_and_a_lost_one_by_its_name():
    lost = dataclasses.replace(boroughs.standing(boroughs.area_of(SUTTON)), is_ok=False)
    event = dataclasses.replace(digest(), standings=(boroughs.standing(SUTTON), lost))
    said = " ".join(text.render(message(event)).split())
    assert "No alerts about the London Borough of Sutton and providers in Sutton" in said
    assert "No successful check: all providers in Sutton since" in said


def test_a_quiet_notice_names_a_place_once():
    pages = (boroughs.standing(SUTTON), boroughs.standing(boroughs.area_of(SUTTON)))
    event = QuietNotice(recipient="x", since=AT, checks=12, standings=pages)
    assert message(event).subject == (
        "Ofsted Watch: no alerts since 15 June 2026, still monitoring Sutton"
    )


def test_what_was_sent_already_is_a_line_whatever_it_was():
    sent = (
        DigestItem(at=AT, event=SUTTON_2025, already_sent=True),
        DigestItem(at=AT, event=LISTED, already_sent=True),
    )
    event = dataclasses.replace(digest(), items=(*digest(*documents(2)).items, *sent))
    assert message(event).subject.startswith("Sutton: 2 new documents on schools and nurseries")
    assert lines(event, "Already sent to you") == [
        "Sutton: leaders' impact lowered, Outstanding to Good; overall Good (15 June 2026)",
        "Sutton: Acorns Example Nursery, full inspection, Good (15 June 2026)",
    ]
    alone = message(dataclasses.replace(event, items=sent))
    assert alone.subject == "Sutton: no further alerts since 8 June 2026"


@pytest.mark.parametrize("number", [5, 30, 160, 400])
@pytest.mark.parametrize("areas", [(SUTTON,), (SUTTON, KENT, MERTON)], ids=["one", "three"])
def test_any_number_fits_a_card_and_an_email_and_each_lowest_grade_is_marked(number, areas):
    made = digest(*documents(number, *areas), of=areas)
    said = message(made)
    assert len(said.subject) <= 78
    assert len(as_bytes(said)) < LIMIT
    assert len(html.render(said).encode()) < CLIPPED
    for shown in (html.render(said), as_bytes(said).decode()):
        for event in documents(number, *areas):
            name = event.provider.name
            assert name in shown.replace("&#39;", "'")
            if event.grade == "Inadequate":
                in_line = re.escape(name) + r"(</a>|\]\(\S+?\))[^<\"]*Lowest grade: Inadequate"
                assert f"{name} (Inadequate)" in shown or re.search(in_line, shown)


def test_what_a_list_has_no_room_for_is_named_with_its_mark():
    many = [nursery(f"Nursery {number:03}", grade="Inadequate") for number in range(161)]
    (section, _) = message(digest(*many, LISTED)).sections
    assert section.rest == "and 2 more: Nursery 160 (Inadequate), Acorns Example Nursery"


def test_with_many_reports_documents_have_less_room_and_are_named():
    said = message(with_reports(153, 60))
    assert len(as_bytes(said)) < LIMIT
    assert len(html.render(said).encode()) < CLIPPED
    for event in documents(60):
        assert event.provider.name in html.render(said).replace("&#39;", "'")
