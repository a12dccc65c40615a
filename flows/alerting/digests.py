"""Digests: what happened since the last one, at the time that each recipient has set.

A missed one is made once, on return. A recipient that leaves digests gets a final one immediately.
An hourly one ends at a full hour, whenever it is made: what was found later is the next one's.
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

from flows.alerting.announce import Announcer, announce, provider_of
from flows.context.context import AppContext
from flows.context.planned import next_check
from notifications import events as ev
from notifications.digest_schedule import DigestTime
from notifications.events import Period
from notifications.recipients import Recipient
from storage import digests, queries, restored
from storage.deliveries import LONGEST
from storage.digests import DigestCandidate
from storage.report_snapshots import report_snapshot

log = logging.getLogger(__name__)

About = TypeVar("About", bound=ev.AboutReport)
SENT_ALREADY = {"pending", "sent"}  # states of an immediate delivery that no digest repeats


def sum_up(session: Session, context: AppContext, now: datetime) -> None:
    """Make every digest that is due, once."""
    for recipient in context.recipients:
        if recipient.digest and digests.since(session, recipient.name) is None:
            # there are some if the process was killed after it had recorded them
            pending = digests.candidates(session, recipient.name)
            digests.begin(session, recipient.name, pending[0].at if pending else now)
    for each in _next_ones(session, context, now):
        if (period := each.due()) is not None:
            _make_isolated(each, period)
        elif each.brought_nothing():
            digests.begin(session, each.recipient.name, each.until)


def _make_isolated(digest: _Next, period: Period) -> None:
    """Make one digest; any error is logged and affects no other digest.

    It is retried after the same waits as a message, and operators are notified once.
    """
    try:
        with digest.session.begin_nested():
            digest.make(period)
    except (OperationalError, InterfaceError):
        raise  # the database is locked, full or gone: nothing can be written now
    except Exception as error:
        log.exception("%s: the digest could not be created", digest.recipient.name)
        _announce_failing(digest, period, type(error).__name__)


def _announce_failing(digest: _Next, period: Period, error: str) -> None:
    name, now = digest.recipient.name, digest.now
    failing = digests.fail(digest.session, name, now)
    event = ev.DeliveryDelayed(
        recipient=name,
        subject=f"{period} digest",
        since=failing.since,
        words=f"the digest could not be created ({error}); see the log",
    )
    cause = f"digest since {digest.since.isoformat()}"
    subject = f"recipient:{name}"
    announce(digest.session, digest.context, event, subject=subject, cause=cause, at=now)


def is_due(session: Session, context: AppContext, now: datetime) -> bool:
    """Whether a digest is to be made now."""
    return any(each.due() is not None for each in _next_ones(session, context, now))


def standings(
    session: Session, context: AppContext, recipient: Recipient
) -> tuple[ev.PageStanding, ...]:
    """The state of each page that a recipient gets alerts about."""
    pages = context.pages_of(recipient)
    known = queries.provider_states(session)
    states = [known.get(page.key) for page in pages]
    return tuple(
        ev.PageStanding(
            provider=provider_of(context, page),
            last_successful_check=state.last_successful_check if state else None,
            is_ok=state is not None and state.state == "ok",
        )
        for page, state in zip(pages, states, strict=True)
    )


@dataclass(frozen=True, slots=True)
class _Next:
    """The next digest of a recipient that gets digests, or did until now."""

    session: Session
    context: AppContext
    recipient: Recipient
    since: datetime
    now: datetime

    def due(self) -> Period | None:
        """Of which period it is to be made now; None: its time has not come, or it has no news."""
        if not self._is_welcomed() or self._backs_off():
            return None
        if self.schedule is None:
            return "last"
        return self.schedule.period if self._is_time() and self._has_news() else None

    def brought_nothing(self) -> bool:
        """Whether a time has passed for which no digest is made."""
        return self._is_welcomed() and self._is_time() and not self._has_news()

    @property
    def schedule(self) -> DigestTime | None:
        """When its recipient gets digests; None: no more."""
        return self.recipient.digest

    @property
    def until(self) -> datetime:
        """The time that it ends at, and the next one begins."""
        if self.schedule is None or not self.schedule.holds_everything:
            return self.now
        return self.schedule.latest(self.now, self._zone)

    @property
    def _zone(self) -> ZoneInfo:
        return ZoneInfo(self.context.settings.schedule.timezone)

    def _is_welcomed(self) -> bool:
        return queries.was_announced(self.session, "welcome", f"recipient:{self.recipient.name}")

    def _is_time(self) -> bool:
        schedule = self.schedule
        return schedule is not None and schedule.latest(self.now, self._zone) > self.since

    def _has_news(self) -> bool:
        """Whether it says anything, if it is one that is not made for nothing."""
        if self.schedule is None or not self.schedule.only_with_news:
            return True
        return any(each.state not in SENT_ALREADY for each in self._pending())

    def _pending(self) -> list[DigestCandidate]:
        """What stands in it. A time that a wrong clock put into the future holds nothing back."""
        found = digests.candidates(self.session, self.recipient.name)
        if self.schedule is None or not self.schedule.holds_everything:
            return found
        return [each for each in found if not self.until <= each.at <= self.now]

    def _backs_off(self) -> bool:
        """Whether it failed and its next try is not due; at most the longest wait of a message."""
        failing = digests.failing(self.session, self.recipient.name)
        return failing is not None and self.now < failing.again <= self.now + LONGEST

    def _may_have_been_sent(self) -> bool:
        """Whether its time had come before the database was restored from a backup."""
        at = restored.last_restore(self.session)
        if at is None or at <= self.since:
            return False
        return self.schedule is None or self.schedule.latest(at, self._zone) > self.since

    def make(self, period: Period) -> None:
        """Write it down with all its deliveries, and begin the next."""
        name, pending = self.recipient.name, self._pending()
        event = self._event(period, pending)
        # with its end: what is made after a restore may say other things than the one before
        cause = f"since {self.since.isoformat()} until {self.now.isoformat()}"
        event_id = announce(
            self.session,
            self.context,
            event,
            subject=f"recipient:{name}",
            cause=cause,
            at=self.now,
        )
        if event_id is not None:
            digests.put_into(self.session, [each.entry for each in pending], event_id)
            if self._may_have_been_sent():
                restored.hold_event(self.session, event_id)
        if period == "last":
            digests.end(self.session, name)
        else:
            digests.begin(self.session, name, self.until)

    def _event(self, period: Period, pending: Sequence[DigestCandidate]) -> ev.Digest:
        keys = [page.key for page in self.context.pages_of(self.recipient)]
        return ev.Digest(
            recipient=self.recipient.name,
            period=period,
            since=self.since,
            until=self.until if period == "hourly" else None,
            items=tuple(map(self._announced, pending)),
            checks=queries.checks_since(self.session, keys, self.since),
            standings=standings(self.session, self.context, self.recipient),
            next_check=next_check(self.session, self.now),
        )

    def _announced(self, each: DigestCandidate) -> ev.DigestItem:
        event, already_sent = ev.happened(each.payload), each.state in SENT_ALREADY
        if not already_sent and each.report_id is not None and isinstance(event, ev.AboutReport):
            event = self._as_read_now(event, each.report_id)
        return ev.DigestItem(at=each.at, event=event, already_sent=already_sent)

    def _as_read_now(self, event: About, report_id: int) -> About:
        """The event with the current reading, in case a newer parser has read the report since."""
        for authority in self.context.settings.watch:
            if authority.key == (event.provider.code, event.provider.urn):
                announcer = Announcer(self.context, authority, self.now, cause="digest")
                report = report_snapshot(self.session, report_id)
                return replace(event, **announcer.about(self.session, report))
        return event


def _next_ones(session: Session, context: AppContext, now: datetime) -> Iterator[_Next]:
    for recipient in context.recipients:
        since = digests.since(session, recipient.name)
        if since is not None:
            yield _Next(session, context, recipient, since, now)
