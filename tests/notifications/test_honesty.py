"""What every rendering of every message has: the licence, the source, the day, the link, no more.

Checked over all samples and variants, so that a new type of event is checked too.
"""

from __future__ import annotations

import dataclasses
import re

import pytest
from lxml import html as lxml_html

from notifications import feed, html, markdown, teams, text
from notifications.events import Finding
from notifications.message import MessageContext
from notifications.words import of_events
from notifications.words.labels import KINDS, likely_kind
from ofsted.text import say_day
from tests.notifications import boroughs
from tests.notifications.samples import AT, every
from tests.notifications.variants import variants

CONTEXT = MessageContext("scrutiny", "https://watch.example.gov.uk", "ofsted-watch@example.gov.uk")
EVENTS = {event.type: event for event in every()} | variants() | boroughs.variants()
NEVER = re.compile(r"\bRI\b|\b[Dd]owngraded|\b[Ff]ailed council|\bworse\b|<img|\blogo\b|\bphoto")


def as_card(message) -> str:
    """What a card shows, its buttons left out."""
    found = []

    def gather(part):
        if isinstance(part, dict):
            found.extend(part[name] for name in ("text",) if isinstance(part.get(name), str))
            for inner in part.values():
                gather(inner)
        elif isinstance(part, list):
            for inner in part:
                gather(inner)

    gather(teams.card(message)["body"])
    return re.sub(r"\\(.)", r"\1", " ".join(found))


def as_html(message) -> str:
    return lxml_html.fromstring(html.render(message)).text_content()


def as_markdown(message) -> str:
    return re.sub(r"\\(.)", r"\1", markdown.render(message)).replace("&amp;", "&")


def as_entry(message) -> str:
    entry = feed.FeedEntry("tag:example.gov.uk,2026:event:1", AT, message)
    written = feed.render(feed.Feed("tag:example.gov.uk,2026:feed", "Feed", AT, [entry]))
    element = lxml_html.etree.fromstring(written).find(f"{{{feed.ATOM}}}entry")
    content = element.findtext(f"{{{feed.ATOM}}}content")
    return lxml_html.fromstring(f"<div>{content}</div>").text_content()


RENDERINGS = {
    "text": text.render,
    "html": as_html,
    "card": as_card,
    "markdown": as_markdown,
    "feed entry": as_entry,
}


def flat(said: str) -> str:
    return " ".join(said.split())


@pytest.mark.parametrize("render", RENDERINGS.values(), ids=RENDERINGS)
@pytest.mark.parametrize("event", EVENTS.values(), ids=EVENTS)
def test_every_rendering_says_licence_source_day_and_link_and_that_it_is_not_ofsteds(event, render):
    message = of_events.message(event, CONTEXT)
    said = flat(render(message))
    report = getattr(event, "report", None)
    found = getattr(event, "found", None)
    kind = likely_kind(getattr(found, "kind", "unknown"), report.title if report else "")
    licence = (
        "Contains public sector information licensed under the Open Government Licence v3.0. "
        "Source: "
    )
    assert licence in said
    if report is not None:
        assert f"{licence}{KINDS[kind].source}." in said
    assert said.count("Ofsted Watch is not an Ofsted service.") == 1
    if report is not None and report.published is not None:
        assert say_day(report.published) in said
    assert all(link.url in said for link in message.links)
    assert not NEVER.search(said)


def test_a_finding_carries_no_persons_name():
    """Lead inspectors are named where documents or readings differ in them, and nowhere else."""
    assert {field.name for field in dataclasses.fields(Finding)} == {
        *("status", "kind", "framework", "first_day", "last_day"),
        *("judgements", "outcome", "theme", "improvements", "doubts"),
    }
