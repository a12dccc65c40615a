"""The feed against RFC 4287, and against whoever would write into it."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import feedparser
import pytest
from justhtml import JustHTML
from lxml import etree

from notifications import feed
from notifications.message import Link, MessageContext
from notifications.words import of_events
from tests.notifications import boroughs
from tests.notifications.hostile import every_hostile
from tests.notifications.samples import SUTTON, SUTTON_2025, every
from tests.notifications.variants import variants

AT = datetime(2025, 7, 29, 8, 30, tzinfo=UTC)
EVENTS = [
    event
    for event in (
        *every(),
        *variants().values(),
        *boroughs.variants().values(),
        *every_hostile(),
    )
    if event.audience == "readers" and hasattr(event, "report")
]
TAG = re.compile(r"tag:[a-z0-9.-]+,\d{4}:[a-z0-9:]+")
TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")
TAGS = {"h2", "ul", "li", "p", "a"} | {"table", "caption", "thead", "tbody", "tr", "th", "td"}
# RFC 4287, 4.1: element -> its children that there must be one of, and those there may be
MUST = {"feed": {"id", "title", "updated", "author"}, "entry": {"id", "title", "updated"}}
MAY = {
    "feed": {"rights", "link", "entry"},
    "entry": {"published", "category", "link", "summary", "content", "rights"},
}


def entries(*event):
    return [
        feed.FeedEntry(
            f"tag:example.gov.uk,2026:event:{number}",
            AT - timedelta(hours=number),
            of_events.message(each, MessageContext("")),
        )
        for number, each in enumerate(event)
    ]


def rendered(*event) -> bytes:
    page = Link("Ofsted's page", SUTTON.page)
    return feed.render(
        feed.Feed("tag:example.gov.uk,2026:feed", "Reports on Sutton", AT, entries(*event), page)
    )


def names(element) -> list[str]:
    assert all(etree.QName(each).namespace == feed.ATOM for each in element)
    return [etree.QName(each).localname for each in element]


@pytest.mark.parametrize("event", [EVENTS, []], ids=["with entries", "empty"])
def test_the_feed_has_what_atom_asks_for_and_nothing_else(event):
    root = etree.fromstring(rendered(*event))
    found = root.findall(f"{{{feed.ATOM}}}entry")
    assert len(found) == len(event)
    for element in (root, *found):
        name = etree.QName(element).localname
        inside = names(element)
        assert {each for each in inside if inside.count(each) == 1} >= MUST[name]
        assert set(inside) <= MUST[name] | MAY[name]
    ids = [each.text for each in root.iter(f"{{{feed.ATOM}}}id")]
    assert len(ids) == len(set(ids))
    assert all(TAG.fullmatch(each) for each in ids)
    for name in ("updated", "published"):
        assert all(TIME.fullmatch(each.text) for each in root.iter(f"{{{feed.ATOM}}}{name}"))
    links = list(root.iter(f"{{{feed.ATOM}}}link"))
    assert all(each.get("href").startswith("https://") for each in links)


def test_a_feed_reader_understands_it():
    got = feedparser.parse(rendered(SUTTON_2025))
    assert not got.bozo
    assert got.version == "atom10"
    assert got.feed.title == "Reports on Sutton"
    assert got.feed.updated == "2025-07-29T08:30:00Z"
    [entry] = got.entries
    assert entry.title == of_events.summary(SUTTON_2025)
    assert entry.link == "https://files.ofsted.gov.uk/v1/file/50283346"
    assert entry.summary == of_events.message(SUTTON_2025, MessageContext("")).headline
    assert "What needs to improve" in entry.content[0].value


@pytest.mark.parametrize("event", EVENTS, ids=lambda event: event.type)
def test_every_entry_is_harmless_and_says_its_licence(event):
    root = etree.fromstring(rendered(event))
    content = root.findtext(f".//{{{feed.ATOM}}}content")
    tags = set(re.findall(r"<([a-z0-9]+)", content))
    assert tags <= TAGS
    assert not re.search(r"<[^>]* on\w+=|javascript:[^<]*\"", content)
    assert JustHTML(content, fragment=True, strict=True).errors == []
    said = root.findtext(f"{{{feed.ATOM}}}entry/{{{feed.ATOM}}}rights")
    for text in (content, said):
        assert "Open Government Licence v3.0. Source: Ofsted" in text
        assert "not an Ofsted service" in text
    assert "You are receiving this" not in content


def test_the_same_feed_is_the_same_bytes():
    assert rendered(*EVENTS) == rendered(*EVENTS)
