"""Times in the future that a wrong clock has written.

Each column in which such a time would delay something is listed here, with how far ahead it may
be. A time further ahead is shown as a problem, and set to now before the next sending.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, func, literal, select, true, union_all, update
from sqlalchemy.orm import InstrumentedAttribute, Session

from storage import digests, models
from storage.channel_outages import PROBE
from storage.deliveries import LONGEST
from storage.record import noted_under

SKEW = timedelta(minutes=5)  # between two machines' clocks
AT_ONCE = timedelta()
A_DAY = timedelta(days=1)
WEEKLY = timedelta(days=8)  # files are fetched again weekly, spread over a day


@dataclass(frozen=True, slots=True)
class Ahead:
    """A time further ahead than its column allows."""

    what: str  # in words
    at: datetime


@dataclass(frozen=True, slots=True)
class _Time:
    what: str
    column: InstrumentedAttribute[Any]
    longest: timedelta = AT_ONCE
    is_real: bool = False  # by the machine's clock, not the settings' rehearsal
    only: ColumnElement[bool] | None = None

    def is_ahead(self, now: datetime) -> ColumnElement[bool]:
        mine = datetime.now(UTC) if self.is_real else now
        only = true() if self.only is None else self.only
        return (self.column > mine + self.longest + SKEW) & only


_WAITS = models.Delivery.state == "pending"
_EVENT_WAITS = models.Event.deliveries.any(_WAITS)
_TIMES = (
    _Time("the last successful check of a page", models.Provider.last_successful_check),
    _Time("the state of a page", models.Provider.since),
    _Time("a page failing since", models.Provider.failure_since),
    _Time("an alert about a failing page", models.Provider.failure_notified),
    _Time("a report missing since", models.Report.gone_since),
    _Time("a file failing since", models.Report.failing_since),
    _Time("a file's next download", models.Report.next_fetch, WEEKLY),
    _Time("the first reading of a list of providers", models.Area.first_listed),
    _Time("a provider that has left its list", models.AreaProvider.gone_since),
    _Time("a provider's page waiting since", models.AreaProvider.waiting_since),
    _Time("a document's file failing since", models.ListedDocument.failing_since),
    _Time("a document's next download", models.ListedDocument.next_fetch, A_DAY),
    _Time("a message's next attempt", models.Delivery.due_at, LONGEST, only=_WAITS),
    _Time("an event waiting to be sent", models.Event.at, only=_EVENT_WAITS),
    _Time("a channel down since", models.ChannelOutage.down_since),
    _Time("a channel's next attempt", models.ChannelOutage.probe_at, PROBE),
    _Time("a pause requested by a site", models.HttpHost.not_before, A_DAY, is_real=True),
    _Time("a site's robots.txt", models.HttpHost.robots_until, A_DAY, is_real=True),
    _Time("a cached page", models.PageCache.read_at, is_real=True),
)


def find(session: Session, now: datetime) -> list[Ahead]:
    """The times that are too far ahead, the furthest of each kind; empty if there are none."""
    furthest = union_all(
        *(
            select(literal(number).label("number"), func.max(each.column).label("at")).where(
                each.is_ahead(now)
            )
            for number, each in enumerate(_TIMES)
        )
    ).order_by("number")
    rows = session.execute(furthest)
    found = [Ahead(_TIMES[row.number].what, row.at) for row in rows if row.at is not None]
    begun = [Ahead("a recipient's last digest", at) for _, at in _digests(session, now)]
    return [*found, *begun]


def bring_back(session: Session, now: datetime) -> list[Ahead]:
    """Set the times that `find` finds to now; gives them as they were."""
    found = find(session, now)
    if found:
        for each in _TIMES:
            mine = datetime.now(UTC) if each.is_real else now
            table = each.column.class_
            session.execute(
                update(table)
                .where(each.is_ahead(now))
                .values({each.column: mine})
                .execution_options(synchronize_session=False)
            )
        for recipient, _ in _digests(session, now):
            digests.begin(session, recipient, now)
        session.expire_all()
    return found


def _digests(session: Session, now: datetime) -> list[tuple[str, datetime]]:
    """Recipients whose last digest is dated in the future, with that time."""
    begun = noted_under(session, digests.SINCE)
    times = ((recipient, datetime.fromisoformat(at)) for recipient, at in begun.items() if at)
    return [(recipient, at) for recipient, at in times if at > now + SKEW]
