"""Digests: what happened since the last one, at each recipient's own time.

What was missed is made once, on return. Whoever leaves digests gets one last one at once.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TypeVar
from zoneinfo import ZoneInfo

from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.orm import Session

from flows.planned import next_check
from flows.tell import Teller, provider_of, record_news
from flows.tools import Tools
from notifications import news as n
from notifications.news import Period
from notifications.recipients import Recipient
from storage import digests, queries
from storage.deliveries import LONGEST
from storage.digests import Owed
from storage.known import known_report

log = logging.getLogger(__name__)

About = TypeVar("About", bound=n.AboutReport)
APART = {"waiting", "sent"}  # states of what was sent at once: no digest need repeat it


def sum_up(session: Session, tools: Tools, now: datetime) -> None:
    """Make every digest that is due, once."""
    for recipient in tools.recipients:
        if recipient.digest and digests.since(session, recipient.name) is None:
            owed = digests.owed(session, recipient.name)  # recorded, and then this was killed
            digests.begin(session, recipient.name, owed[0].at if owed else now)
    for each in _next_ones(session, tools, now):
        if (period := each.due()) is not None:
            _make_carefully(each, period)


def _make_carefully(digest: _Next, period: Period) -> None:
    """What goes wrong with one digest, whatever it is, holds back nothing else.

    It is tried again as late as a message would be, and operators hear of it once.
    """
    try:
        with digest.session.begin_nested():
            digest.make(period)
    except (OperationalError, InterfaceError):
        raise  # the database is locked, full or gone: nothing can be written now
    except Exception as error:
        log.exception("%s: the digest could not be made", digest.recipient.name)
        _tell_failing(digest, period, type(error).__name__)


def _tell_failing(digest: _Next, period: Period, error: str) -> None:
    name, now = digest.recipient.name, digest.now
    failing = digests.fail(digest.session, name, now)
    news = n.DeliveryDelayed(
        recipient=name,
        subject=f"{period} digest",
        since=failing.since,
        words=f"the digest could not be made ({error}); see the log",
    )
    cause = f"digest since {digest.since.isoformat()}"
    subject = f"recipient:{name}"
    record_news(digest.session, digest.tools, news, subject=subject, cause=cause, at=now)


def is_due(session: Session, tools: Tools, now: datetime) -> bool:
    """Whether a digest is to be made now."""
    return any(each.due() is not None for each in _next_ones(session, tools, now))


def seen(session: Session, tools: Tools, recipient: Recipient) -> tuple[n.Seen, ...]:
    """How the pages of which a recipient hears are seen."""
    watches = tools.heard_by(recipient)
    states = [queries.provider_state(session, watch.urn) for watch in watches]
    return tuple(
        n.Seen(
            provider=provider_of(tools, watch),
            last_good_look=state.last_good_look if state else None,
            is_well=state is not None and state.state == "well",
        )
        for watch, state in zip(watches, states, strict=True)
    )


@dataclass(frozen=True, slots=True)
class _Next:
    """The next digest of a recipient that has digests, or had until now."""

    session: Session
    tools: Tools
    recipient: Recipient
    since: datetime
    now: datetime

    def due(self) -> Period | None:
        """Of which period it is to be made now; None: its time has not come."""
        if not queries.was_told(self.session, "welcome", f"recipient:{self.recipient.name}"):
            return None
        if self._backs_off():
            return None
        if self.recipient.digest is None:
            return "last"
        zone = ZoneInfo(self.tools.settings.schedule.timezone)
        is_time = self.recipient.digest.latest(self.now, zone) > self.since
        return self.recipient.digest.period if is_time else None

    def _backs_off(self) -> bool:
        """Whether it failed and is not to be tried yet; never longer than a message waits."""
        failing = digests.failing(self.session, self.recipient.name)
        return failing is not None and self.now < failing.again <= self.now + LONGEST

    def make(self, period: Period) -> None:
        """Write it down with all that is owed by it, and begin the next."""
        name, owed = self.recipient.name, digests.owed(self.session, self.recipient.name)
        news = self._news(period, owed)
        cause = f"since {self.since.isoformat()}"
        event = record_news(
            self.session,
            self.tools,
            news,
            subject=f"recipient:{name}",
            cause=cause,
            at=self.now,
        )
        if event is not None:
            digests.put_into(self.session, [each.entry for each in owed], event)
        if period == "last":
            digests.end(self.session, name)
        else:
            digests.begin(self.session, name, self.now)

    def _news(self, period: Period, owed: Sequence[Owed]) -> n.Digest:
        urns = [watch.urn for watch in self.tools.heard_by(self.recipient)]
        return n.Digest(
            recipient=self.recipient.name,
            period=period,
            since=self.since,
            told=tuple(map(self._told, owed)),
            looks=queries.looks_since(self.session, urns, self.since),
            seen=seen(self.session, self.tools, self.recipient),
            next_look=next_check(self.session, self.now),
        )

    def _told(self, each: Owed) -> n.Told:
        news, apart = n.happened(each.news), each.state in APART
        if not apart and each.report_id is not None and isinstance(news, n.AboutReport):
            news = self._as_read_now(news, each.report_id)
        return n.Told(at=each.at, news=news, apart=apart)

    def _as_read_now(self, news: About, report_id: int) -> About:
        """A better reader may have come since: what it finds wrong is not told any more."""
        for watch in self.tools.settings.watch:
            if watch.urn == news.provider.urn:
                teller = Teller(self.tools, watch, self.now, cause="digest")
                report = known_report(self.session, report_id)
                return replace(news, **teller.about(self.session, report))
        return news


def _next_ones(session: Session, tools: Tools, now: datetime) -> Iterator[_Next]:
    for recipient in tools.recipients:
        since = digests.since(session, recipient.name)
        if since is not None:
            yield _Next(session, tools, recipient, since, now)
