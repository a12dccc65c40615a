"""The feeds: the alerts that readers were sent, of all authorities and of each."""

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
from flows.context.website_pages import WebsitePages, website_pages
from flows.settings.watched import WatchedAuthority
from notifications import events as ev
from notifications import feed
from notifications.message import Link, MessageContext
from ofsted.provider_key import ProviderKey
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
    alone = provider_of(context, watched[0]) if len(watched) == 1 else None
    path = addresses.FEED
    return _feed(context, feed_tag, path, alone, name="feed", title=title, events=events)


def feed_of(
    context: AppContext, feed_tag: Tag, authority: WatchedAuthority, events: Sequence[EventLine]
) -> Output:
    """The feed of one authority."""
    title = f"Ofsted Watch: reports on {short_name(authority.name)}"
    provider, path = provider_of(context, authority), addresses.feed(authority.key)
    name = f"feed:{authority.key.code}:{authority.urn}"
    return _feed(context, feed_tag, path, provider, name=name, title=title, events=events)


def _feed(
    context: AppContext,
    feed_tag: Tag,
    path: str,
    provider: ev.Provider | None,
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
                link=_page(website, provider),
                self_link=website.address(path) if website else "",
            )
        )

    shown = [(event.token, event.at, event.payload) for event in newest]
    return made_of(path, (feed_tag, title, provider, context.settings.website.url, shown), make)


def _page(website: WebsitePages | None, provider: ev.Provider | None) -> Link | None:
    """What the feed is of. The page links to the feed and is written after it."""
    if website is None:
        return Link("Ofsted's page", provider.page) if provider else None
    if provider is None:
        return Link("All authorities", website.address(addresses.INDEX))
    key = ProviderKey(provider.code, provider.urn)
    return Link("All judgements", website.address(addresses.authority(key)))


def _entry(feed_tag: Tag, event: EventLine, addressed: MessageContext) -> feed.FeedEntry:
    from notifications.words import of_events  # not needed while all is quiet

    message = of_events.message(ev.from_json(event.payload), addressed)
    return feed.FeedEntry(feed_tag.id(f"event:{event.token}"), event.at, message)
