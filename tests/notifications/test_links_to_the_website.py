"""Messages link to our website where it has the page, and readers never to the Prefect UI."""

from __future__ import annotations

import dataclasses
import json

import feedparser
import pytest
from lxml import etree
from lxml import html as lxml_html

from notifications import feed, html, markdown, text
from notifications.message import Link, MessageContext
from notifications.teams.cards import LIMIT, as_bytes, card
from notifications.words import of_events
from tests.notifications import boroughs, mornings
from tests.notifications.hostile import HARM
from tests.notifications.samples import AT, SUTTON, SUTTON_2025, every
from tests.notifications.test_renderers import as_card
from tests.notifications.variants import variants
from tests.notifications.websites import URL, EmptyWebsite, WholeWebsite

UI = "https://prefect.example.gov.uk"
READER = MessageContext("scrutiny", website=WholeWebsite())
OPERATOR = MessageContext("it", ui_url=UI, website=WholeWebsite())
INTRANET = "http://intranet.council.local/ofsted"
SUMMARY = Link("Our summary", f"{URL}/sutton/report-50283346.html", is_ours=True)
SAMPLES = {event.type: event for event in every()}
EVERY = [*every(), *variants().values(), *boroughs.variants().values()]


def links(event, message_context=READER):
    return {one.label: one.url for one in of_events.message(event, message_context).links}


ABOUT_REPORTS = [
    event
    for event in SAMPLES.values()
    if event.audience == "readers" and event.type != "document_listed"
]


@pytest.mark.parametrize("event", ABOUT_REPORTS, ids=lambda event: event.type)
def test_an_alert_about_a_report_links_to_its_page_after_the_report_and_ofsteds_page(event):
    assert list(links(event)) == ["Report (PDF)", "Ofsted's page", "Our summary"]
    assert links(event)["Our summary"] == f"{URL}/sutton/report-{event.report.file_id}.html"


def test_an_alert_about_a_document_links_to_the_page_of_each_area_it_is_in():
    one = SAMPLES["document_listed"]
    assert links(one) == {
        "Document (PDF)": one.report.link,
        "Ofsted's page": one.provider.page,
        "All documents": f"{URL}/sutton/area.html",
    }
    two = links(dataclasses.replace(one, areas=(SUTTON, boroughs.MERTON)))
    assert list(two)[2:] == ["All documents, Sutton", "All documents, Merton"]


def test_who_gets_documents_alone_is_sent_to_its_areas_and_to_no_judgements():
    nothing = links(boroughs.digest())
    assert list(nothing) == ["Ofsted's search", "All documents"]
    assert nothing["All documents"] == f"{URL}/sutton/area.html"
    assert list(links(boroughs.digest(*boroughs.documents(5)))) == list(nothing)
    assert list(links(boroughs.welcome())) == ["All documents"]
    many = [dataclasses.replace(SUTTON, urn=str(urn)) for urn in range(4)]
    assert list(links(boroughs.welcome(areas=tuple(many)))) == ["All authorities"]
    both = boroughs.digest(*boroughs.documents(5))
    both = dataclasses.replace(
        both, standings=(boroughs.standing(SUTTON), *both.standings), items=both.items
    )
    assert list(links(both)) == ["Ofsted's page", "All judgements", "All documents"]


def test_operators_are_sent_to_a_reports_page_and_to_the_prefect_ui():
    assert links(SAMPLES["report_doubtful"], OPERATOR)["Our summary"].startswith(f"{URL}/sutton/")
    assert links(SAMPLES["framework_suspected"], OPERATOR)["Our summary"].startswith(f"{URL}/")
    assert links(SAMPLES["page_check_failed"], OPERATOR) == {
        "Ofsted's page": SUTTON.page,
        "Ofsted Watch": UI,
    }


@pytest.mark.parametrize("name", ["welcome", "quiet_notice"])
def test_a_message_about_one_authority_links_to_its_page(name):
    assert links(SAMPLES[name])["All judgements"] == f"{URL}/sutton/index.html"


def test_a_message_about_several_links_to_the_start_of_the_website():
    morning = mornings.digest("daily", 5)
    nothing = dataclasses.replace(morning, items=())
    assert links(nothing)["All authorities"] == f"{URL}/index.html"
    assert "Ofsted Watch" not in links(nothing)
    welcomes = [
        event
        for event in EVERY
        if event.type == "welcome" and len(event.watched) > 1 and not event.areas
    ]
    assert [links(event) for event in welcomes] == len(welcomes) * [
        {"All authorities": f"{URL}/index.html"}
    ]


@pytest.mark.parametrize("number", [7, 30, 153])
@pytest.mark.parametrize("period", ["hourly", "daily"])
def test_a_digest_links_to_what_changed_at_its_end_and_fits_as_before(period, number):
    message = of_events.message(mornings.digest(period, number), READER)
    assert message.links[-1] == Link("What changed", f"{URL}/changes.html", is_ours=True)
    assert len(as_bytes(message)) < LIMIT
    assert len(html.render(message).encode()) < 102_000


def test_a_card_of_a_few_reports_has_no_more_buttons_than_it_shows_and_a_link_to_each_report():
    message = of_events.message(mornings.digest("hourly", 6), READER)
    labels = [one["title"] for one in card(message)["actions"]]
    assert len(labels) == 6
    assert labels[-2:] == ["Ofsted's site", "What changed"]
    linked = [item.link for section in message.leading for item in section.items if item.link]
    assert len(linked) == 2  # the reports that have no button


def test_a_digest_of_one_report_is_its_alert_with_its_links():
    whole = mornings.digest("hourly", 5)
    [only] = {
        one.label
        for one in of_events.message(
            dataclasses.replace(whole, items=whole.items[:1]), READER
        ).links
        if one.is_ours
    }
    assert only == "Our summary"


def test_a_digest_of_operators_faults_has_no_link_to_what_changed():
    digest = dataclasses.replace(
        SAMPLES["digest"],
        items=tuple(
            dataclasses.replace(SAMPLES["digest"].items[0], event=SAMPLES[name])
            for name in ("page_check_failed", "page_check_recovered")
        ),
    )
    assert "What changed" not in links(digest, OPERATOR)


@pytest.mark.parametrize("event", EVERY, ids=lambda event: event.type)
def test_without_a_website_or_while_it_has_no_page_a_message_is_as_before(event):
    plain = of_events.message(event, MessageContext("x", ui_url=UI))
    empty = MessageContext("x", ui_url=UI, website=EmptyWebsite())
    assert of_events.message(event, empty) == plain


def test_every_rendering_of_an_alert_has_the_link():
    message = of_events.message(SUTTON_2025, READER)
    assert f"\nOur summary:       {SUMMARY.url}\n" in text.render(message)
    page = lxml_html.document_fromstring(html.render(message))
    assert [one.get("href") for one in page.iter("a")][-1] == SUMMARY.url
    assert card(message)["actions"][-1] == {
        "type": "Action.OpenUrl",
        "title": "Our summary",
        "url": SUMMARY.url,
    }
    assert f"[Our summary]({SUMMARY.url})" in markdown.render(message)


def test_a_website_on_an_intranet_is_linked_though_it_is_not_https_and_is_no_button():
    at_home = MessageContext("scrutiny", website=WholeWebsite(INTRANET))
    message = of_events.message(SUTTON_2025, at_home)
    there = f"{INTRANET}/sutton/report-50283346.html"
    assert message.links[-1].url == there
    assert f'href="{there}"' in html.render(message)
    assert there in text.render(message)
    assert [one["title"] for one in card(message)["actions"]] == ["Report (PDF)", "Ofsted's page"]
    assert there in as_card(message)
    operator = MessageContext("it", ui_url="http://intranet.council.local:4200")
    assert links(SAMPLES["page_check_failed"], operator)["Ofsted Watch"] == operator.ui_url


@pytest.mark.parametrize(
    "url",
    [
        *("javascript:alert(1)", "http:///x", "ftp://example.gov.uk", 'https://x.example/"><b>'),
        *("https://user:secret@example.gov.uk", "https://example.gov.uk/a b", HARM, "//x.example"),
    ],
)
def test_an_address_that_is_not_safe_to_follow_is_no_link(url):
    message = of_events.message(SUTTON_2025, MessageContext("s", website=WholeWebsite(url)))
    assert [one.label for one in message.links] == ["Report (PDF)", "Ofsted's page"]


def test_what_an_address_may_contain_is_escaped_where_it_stands():
    odd = WholeWebsite("https://example.gov.uk/a&b=(c)_*d*")
    message = of_events.message(SUTTON_2025, MessageContext("s", website=odd))
    there = message.links[-1].url
    page = lxml_html.document_fromstring(html.render(message))
    assert [one.get("href") for one in page.iter("a")][-1] == there
    assert "a&amp;b=(c)" in html.render(message)
    assert json.loads(as_bytes(message))["attachments"][0]["content"]["actions"][-1]["url"] == there
    assert "a&b=%28c%29_*d*/sutton" in markdown.render(message)


def feed_of(event, message_context=READER, **more):
    entry = feed.FeedEntry(
        "tag:example.gov.uk,2026:event:1", AT, of_events.message(event, message_context)
    )
    return feed.render(feed.Feed("tag:example.gov.uk,2026:feed", "Sutton", AT, [entry], **more))


def test_in_the_feed_our_page_is_what_an_entry_leads_to_and_ofsteds_are_related():
    got = feedparser.parse(feed_of(SUTTON_2025))
    assert not got.bozo
    [entry] = got.entries
    assert entry.link == SUMMARY.url
    assert [(one.rel, one.href) for one in entry.links] == [
        ("alternate", SUMMARY.url),
        ("related", "https://files.ofsted.gov.uk/v1/file/50283346"),
        ("related", SUTTON.page),
    ]


def test_in_the_feed_an_entry_on_a_document_leads_to_that_and_our_page_is_related():
    one = SAMPLES["document_listed"]
    [entry] = feedparser.parse(feed_of(one)).entries
    assert [(each.rel, each.href) for each in entry.links] == [
        ("alternate", one.report.link),
        ("related", one.provider.page),
        ("related", f"{URL}/sutton/area.html"),
    ]


def test_a_feed_names_its_own_address_and_the_page_that_shows_the_same():
    start = Link("All authorities", f"{URL}/index.html")
    got = feedparser.parse(feed_of(SUTTON_2025, link=start, self_link=f"{URL}/feed.xml")).feed
    assert got.link == start.url
    assert [(one.rel, one.type, one.href) for one in got.links if one.rel == "self"] == [
        ("self", "application/atom+xml", f"{URL}/feed.xml")
    ]


@pytest.mark.parametrize("message_context", [READER, MessageContext("")], ids=["ours", "none"])
def test_an_entry_has_one_alternate_link_at_most_as_atom_asks(message_context):
    for event in ABOUT_REPORTS:
        written = feed_of(event, message_context, link=SUMMARY, self_link=f"{URL}/feed.xml")
        root = etree.fromstring(written)
        for element in (root, root.find(f"{{{feed.ATOM}}}entry")):
            rels = [one.get("rel") for one in element.findall(f"{{{feed.ATOM}}}link")]
            assert rels.count("alternate") == 1
            assert rels.count("self") == (element is root)
            assert all(one.get("href") for one in element.findall(f"{{{feed.ATOM}}}link"))
