"""The feed: what readers were told of reports, as one file in the data folder."""

from __future__ import annotations

import json
import logging
import re
import uuid
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

from sqlalchemy.orm import Session

from flows.places import place
from flows.tell import provider_of
from flows.tools import Tools
from notifications import feed, words
from notifications import news as n
from notifications.message import Frame, Link
from notifications.whole import put
from storage import queries
from storage.queries import EventShown
from storage.record import note, noted

log = logging.getLogger(__name__)

NAME = "feed.xml"
MOST = 50  # entries
MINTED, WRITTEN = "feed", "feed written"  # notes
READABLE = 0o644  # a web server may be another user
_DOMAIN = re.compile(r"(?i)([a-z0-9-]+\.)+[a-z]{2,}")


@dataclass(frozen=True, slots=True)
class Tag:
    """What the feed's ids begin with, for ever (RFC 4151), and since when.

    A changed address must not change them: every reader would show everything again.
    """

    authority: str  # a domain and a year
    since: datetime

    def id(self, name: str) -> str:
        """`tag:example.gov.uk,2026:event:12`."""
        return f"tag:{self.authority}:{name}"


def refresh(tools: Tools, *, anew: bool = False) -> bool:
    """Replace the feed whole if readers were told something since it was written.

    Args:
        anew: also if nothing was told, such as after an upgrade.

    Returns:
        Whether it was written.
    """
    path = tools.settings.data / NAME
    with tools.database.read() as session:
        newest = queries.newest_of_reports(session, most=1)
        known = noted(session, WRITTEN)
    state = str(newest[0].id if newest else 0)
    if known == state and path.exists() and not anew:
        return False
    try:
        put(path, _render(tools), mode=READABLE)
    except OSError as error:
        log.warning("the feed could not be written: %s", error.strerror)
        return False
    with tools.database.write() as session:
        note(session, WRITTEN, state)
    return True


def _render(tools: Tools) -> bytes:
    with tools.database.write() as session:
        tag = _tag(session, tools)
        found = queries.newest_of_reports(session, most=MOST)
    watched = [provider_of(tools, watch) for watch in tools.settings.watch]
    one = watched[0] if len(watched) == 1 else None
    about = place(one.name) if one else f"{len(watched)} authorities"
    return feed.render(
        feed.Feed(
            id=tag.id("feed"),
            title=f"Ofsted watch: reports on {about}",
            since=tag.since,
            entries=[_entry(tools, tag, event) for event in found],
            link=Link("Ofsted's page", one.page) if one else None,
        )
    )


def _entry(tools: Tools, tag: Tag, event: EventShown) -> feed.Entry:
    frame = Frame(recipient="", public_url=tools.settings.public_url)
    message = words.message(n.from_json(event.news), frame)
    return feed.Entry(tag.id(f"event:{event.id}"), event.at, message)


def _tag(session: Session, tools: Tools) -> Tag:
    """As it was minted once."""
    now = tools.clock.now()
    if (minted := noted(session, MINTED)) is None:
        minted = json.dumps({"authority": f"{_domain(tools)},{now:%Y}", "since": now.isoformat()})
        note(session, MINTED, minted)
    kept = json.loads(minted)
    return Tag(kept["authority"], datetime.fromisoformat(kept["since"]))


def _domain(tools: Tools) -> str:
    """A domain of whoever runs this; without any, one that nobody has."""
    settings = tools.settings
    sender = settings.mail.sender if settings.mail else ""
    mailed = (each.rpartition("@")[2].strip(" >") for each in (settings.contact, sender))
    told = (urlsplit(settings.public_url).hostname or "", *mailed)
    fit = (each.lower() for each in told if _DOMAIN.fullmatch(each))
    return next(fit, f"{uuid.uuid4().hex[:12]}.invalid")
