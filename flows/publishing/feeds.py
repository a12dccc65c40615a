"""The feeds: the alerts that readers were sent, of all authorities, of each, and of each area."""

from __future__ import annotations

import json
import re
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

from flows.alerting.announce import provider_of
from flows.context.context import AppContext
from flows.context.message_context import message_context
from flows.context.website_pages import website_pages
from flows.settings.watched import WatchedArea, WatchedAuthority
from notifications import events as ev
from notifications import feed
from notifications.message import Link, MessageContext
from ofsted.short_names import short_name
from storage.queries import EventLine
from storage.record import get_state, set_state
from website import addresses
from website.pages import Output, made_of

MOST = 50  # entries
MINTED = "feed"  # name in `app_state`
_DOMAIN = re.compile(r"(?i)([a-z0-9-]+\.)+[a-z]{2,}")


@dataclass(frozen=True, slots=True)
class Tag:
    """The fixed beginning of the feeds' ids (RFC 4151), and when it was chosen.

    It never changes, even if our address does: feed readers would show all entries again.
    """

    authority: str  # a domain and a year
    since: datetime

    def id(self, name: str) -> str:
        """`tag:example.gov.uk,2026:feed`."""
        return f"tag:{self.authority}:{name}"


def tag(context: AppContext) -> Tag:
    """The stored tag; created and stored the first time."""
    with context.database.read() as session:
        minted = get_state(session, MINTED)
    if minted is None:
        now = context.clock.now()
        fresh = json.dumps({"authority": f"{_domain(context)},{now:%Y}", "since": now.isoformat()})
        with context.database.write() as session:
            minted = get_state(session, MINTED)  # another process may have been faster
            if minted is None:
                minted = fresh
                set_state(session, MINTED, minted)
    kept = json.loads(minted)
    return Tag(kept["authority"], datetime.fromisoformat(kept["since"]))


def _domain(context: AppContext) -> str:
    """A domain from the settings; if they name none, a random one that nobody has."""
    settings = context.settings
    sender = settings.email.sender if settings.email else ""
    mailed = (each.rpartition("@")[2].strip(" >") for each in (settings.contact, sender))
    pages = (urlsplit(url).hostname or "" for url in (settings.website.url, settings.ui.url))
    fit = (each.lower() for each in (*pages, *mailed) if _DOMAIN.fullmatch(each))
    return next(fit, f"{uuid.uuid4().hex[:12]}.invalid")


def feed_of_all(
    context: AppContext, feed_tag: Tag, events: Sequence[EventLine], title: str
) -> Output:
    """The feed of the whole site.

    Args:
        events: alerts to readers about reports, the newest first.
    """
    watched = context.settings.watch
    alone = watched[0] if len(watched) == 1 else None
    link = _page_of(context, alone) if alone else _ours(context, "All authorities", addresses.INDEX)
    path = addresses.FEED
    return _feed(context, feed_tag, path, link, name="feed", title=title, events=events)


def feed_of(
    context: AppContext, feed_tag: Tag, authority: WatchedAuthority, events: Sequence[EventLine]
) -> Output:
    """The feed of one authority."""
    title = f"Ofsted Watch: reports on {short_name(authority.name)}"
    link, path = _page_of(context, authority), addresses.feed(authority.key)
    name = f"feed:{authority.key}"
    return _feed(context, feed_tag, path, link, name=name, title=title, events=events)


def feed_of_area(
    context: AppContext, feed_tag: Tag, area: WatchedArea, events: Sequence[EventLine]
) -> Output:
    """The feed of all other providers in an authority's area."""
    title = f"Ofsted Watch: {area.name}"
    key = area.authority.key
    ours = _ours(context, "All providers", addresses.area_page(key))
    link = ours or Link("Ofsted's list", provider_of(context, area).page)
    path, name = addresses.area_feed(key), f"feed:{area.key}"
    return _feed(context, feed_tag, path, link, name=name, title=title, events=events)


def _feed(
    context: AppContext,
    feed_tag: Tag,
    path: str,
    link: Link | None,
    *,
    name: str,
    title: str,
    events: Sequence[EventLine],
) -> Output:
    newest = events[:MOST]
    addressed, website = message_context(context.settings), website_pages(context.settings)

    def make() -> bytes:  # once the pages of its reports are there
        return feed.render(
            feed.Feed(
                id=feed_tag.id(name),
                title=title,
                since=feed_tag.since,
                entries=[_entry(feed_tag, event, addressed) for event in newest],
                link=link,
                self_link=website.address(path) if website else "",
            )
        )

    shown = [(event.token, event.at, event.payload) for event in newest]
    return made_of(path, (feed_tag, title, link, context.settings.website.url, shown), make)


def _page_of(context: AppContext, authority: WatchedAuthority) -> Link:
    """What a feed is of. Our page links to the feed and is written after it."""
    ours = _ours(context, "All judgements", addresses.authority(authority.key))
    return ours or Link("Ofsted's page", provider_of(context, authority).page)


def _ours(context: AppContext, label: str, path: str) -> Link | None:
    """A page of ours; None: the settings do not say where readers reach it."""
    website = website_pages(context.settings)
    return Link(label, website.address(path)) if website else None


def _entry(feed_tag: Tag, event: EventLine, addressed: MessageContext) -> feed.FeedEntry:
    from notifications.words import of_events  # not needed while all is quiet

    message = of_events.message(ev.from_json(event.payload), addressed)
    return feed.FeedEntry(feed_tag.id(f"event:{event.token}"), event.at, message)
