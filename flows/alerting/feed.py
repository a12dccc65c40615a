"""The feed: the alerts that readers were sent, as one file in the data folder."""

from __future__ import annotations

import json
import logging
import re
import uuid
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

from sqlalchemy.orm import Session

from basics.atomic_write import write_atomically
from flows.alerting.announce import provider_of
from flows.context.context import AppContext
from notifications import events as ev
from notifications import feed
from notifications.message import Link, MessageContext
from ofsted.short_names import short_name
from storage import queries
from storage.queries import EventLine
from storage.record import get_state, set_state

log = logging.getLogger(__name__)

NAME = "feed.xml"
MOST = 50  # entries
MINTED, WRITTEN = "feed", "feed written"  # names in `app_state`
READABLE = 0o644  # a web server may run as another user
_DOMAIN = re.compile(r"(?i)([a-z0-9-]+\.)+[a-z]{2,}")


@dataclass(frozen=True, slots=True)
class Tag:
    """The fixed beginning of the feed's ids (RFC 4151), and when it was chosen.

    It never changes, even if our address does: feed readers would show all entries again.
    """

    authority: str  # a domain and a year
    since: datetime

    def id(self, name: str) -> str:
        """`tag:example.gov.uk,2026:event:12`."""
        return f"tag:{self.authority}:{name}"


def refresh(context: AppContext, *, anew: bool = False) -> bool:
    """Rewrite the feed if readers were sent something since it was written.

    Args:
        anew: rewrite it even if nothing was sent, such as after an upgrade.

    Returns:
        Whether it was written.
    """
    path = context.settings.data / NAME
    with context.database.read() as session:
        newest = queries.newest_of_reports(session, most=1)
        known = get_state(session, WRITTEN)
    state = str(newest[0].id if newest else 0)
    if known == state and path.exists() and not anew:
        return False
    try:
        write_atomically(path, _render(context), mode=READABLE)
    except OSError as error:
        log.warning("the feed could not be written: %s", error.strerror)
        return False
    with context.database.write() as session:
        set_state(session, WRITTEN, state)
    return True


def _render(context: AppContext) -> bytes:
    with context.database.write() as session:
        tag = _tag(session, context)
        found = queries.newest_of_reports(session, most=MOST)
    watched = [provider_of(context, authority) for authority in context.settings.watch]
    one = watched[0] if len(watched) == 1 else None
    about = short_name(one.name) if one else f"{len(watched)} authorities"
    return feed.render(
        feed.Feed(
            id=tag.id("feed"),
            title=f"Ofsted Watch: reports on {about}",
            since=tag.since,
            entries=[_entry(tag, event) for event in found],
            link=Link("Ofsted's page", one.page) if one else None,
        )
    )


def _entry(tag: Tag, event: EventLine) -> feed.FeedEntry:
    from notifications.words import of_events  # not needed while all is quiet

    message = of_events.message(ev.from_json(event.payload), MessageContext(recipient=""))
    return feed.FeedEntry(tag.id(f"event:{event.id}"), event.at, message)


def _tag(session: Session, context: AppContext) -> Tag:
    """The stored tag; created and stored the first time."""
    now = context.clock.now()
    if (minted := get_state(session, MINTED)) is None:
        minted = json.dumps({"authority": f"{_domain(context)},{now:%Y}", "since": now.isoformat()})
        set_state(session, MINTED, minted)
    kept = json.loads(minted)
    return Tag(kept["authority"], datetime.fromisoformat(kept["since"]))


def _domain(context: AppContext) -> str:
    """A domain from the settings; if they name none, a random one that nobody has."""
    settings = context.settings
    sender = settings.email.sender if settings.email else ""
    mailed = (each.rpartition("@")[2].strip(" >") for each in (settings.contact, sender))
    named = (urlsplit(settings.ui.url).hostname or "", *mailed)
    fit = (each.lower() for each in named if _DOMAIN.fullmatch(each))
    return next(fit, f"{uuid.uuid4().hex[:12]}.invalid")
