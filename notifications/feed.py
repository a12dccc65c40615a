"""Messages as an Atom feed (RFC 4287), for those who do not want email.

Titles and summaries are plain text; the content is HTML of ours, every text in it escaped.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from itertools import chain, repeat
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

from notifications.message import Link, Message
from ofsted.licence import LICENCE_OF_ALL

if TYPE_CHECKING:
    from jinja2 import Template

ATOM = "http://www.w3.org/2005/Atom"
MEDIA_TYPE = "application/atom+xml"
LISTED_WITH_OTHERS = {"document_listed"}  # types that our website has no page of their own for
OGL = "https://www.nationalarchives.gov.uk/doc/open-government-licence/version/3/"


@dataclass(frozen=True, slots=True)
class FeedEntry:
    """One message in a feed. Its `id` and `at` never change."""

    id: str
    at: datetime
    message: Message


@dataclass(frozen=True, slots=True)
class Feed:
    """A feed, its newest entry first. `since` is its date while it has no entries.

    `link` is to a page with the same; `self_link` is where the feed itself can be fetched.
    """

    id: str
    title: str
    since: datetime
    entries: Sequence[FeedEntry]
    link: Link | None = None
    self_link: str = ""


def render(feed: Feed) -> bytes:
    """The feed as an XML document; the same values give the same bytes."""
    root = ET.Element("feed", xmlns=ATOM)
    _add(root, "id", feed.id)
    _add(root, "title", feed.title, type="text")
    _add(root, "updated", _time(max((each.at for each in feed.entries), default=feed.since)))
    author = _add(root, "author")
    _add(author, "name", "Ofsted Watch")
    _add(root, "rights", LICENCE_OF_ALL, type="text")
    _add(root, "link", rel="license", href=OGL)
    if feed.self_link:
        _add(root, "link", rel="self", href=feed.self_link, type=MEDIA_TYPE)
    if feed.link:
        _add(root, "link", rel="alternate", href=feed.link.url, title=feed.link.label)
    for entry in feed.entries:
        _entry(root, entry)
    ET.indent(root)
    written: bytes = ET.tostring(root, encoding="utf-8", xml_declaration=True)
    return written


def _entry(root: ET.Element, entry: FeedEntry) -> None:
    message, at = entry.message, _time(entry.at)
    element = _add(root, "entry")
    _add(element, "id", entry.id)
    _add(element, "title", message.subject, type="text")
    _add(element, "updated", at)
    _add(element, "published", at)
    _add(element, "category", term=message.kind)
    for rel, link in zip(chain(["alternate"], repeat("related")), _links(message), strict=False):
        _add(element, "link", rel=rel, href=link.url, title=link.label)
    _add(element, "summary", message.headline, type="text")
    _add(element, "content", _template().render(message=message).strip(), type="html")
    _add(element, "rights", message.licence, type="text")


def _links(message: Message) -> list[Link]:
    """First where an entry leads to: our page on it, or else what it is about."""
    if message.kind in LISTED_WITH_OTHERS:
        return list(message.links)
    return sorted(message.links, key=lambda link: not link.is_ours)


def _add(parent: ET.Element, name: str, text: str = "", **attributes: str) -> ET.Element:
    element = ET.SubElement(parent, name, attributes)
    element.text = text or None
    return element


def _time(at: datetime) -> str:
    """`2025-07-29T08:30:00Z`."""
    return f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"


@cache
def _template() -> Template:
    from notifications.html import environment

    return environment().get_template("entry.html")
