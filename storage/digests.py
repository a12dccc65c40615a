"""What is pending for digests: for whom, of which events, and since when."""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, delete, func, select, update
from sqlalchemy.orm import Session

from storage import models
from storage.deliveries import WAITS
from storage.record import get_state, set_state

SINCE = "digests since "  # of a note, before the recipient's name
FAILING = "digest failing "  # the same; its value is a `Failing`


@dataclass(frozen=True, slots=True)
class DigestCandidate:
    """An event for a recipient's next digest."""

    entry: int
    at: datetime
    report_id: int | None
    payload: str
    state: str | None  # of its own delivery, where it was sent at once as well


@dataclass(frozen=True, slots=True)
class Failing:
    """A digest that cannot be made: since when, how many tries, and when the next one is."""

    since: datetime
    attempts: int
    again: datetime


def failing(session: Session, recipient: str) -> Failing | None:
    """The failure of a recipient's digest; None: it does not fail."""
    found = get_state(session, FAILING + recipient)
    if found is None:
        return None
    since_, attempts, again = json.loads(found)
    return Failing(datetime.fromisoformat(since_), attempts, datetime.fromisoformat(again))


def all_failing(session: Session) -> dict[str, Failing]:
    """The failing digests, by recipient."""
    names = select(models.AppState.name).where(
        models.AppState.name.startswith(FAILING, autoescape=True)
    )
    recipients = [name.removeprefix(FAILING) for name in session.scalars(names)]
    return {name: each for name in recipients if (each := failing(session, name))}


def fail(session: Session, recipient: str, now: datetime) -> Failing:
    """Record that a digest could not be made; it is retried after the same waits as messages."""
    before = failing(session, recipient)
    attempts = before.attempts + 1 if before else 1
    again = now + WAITS[min(attempts, len(WAITS)) - 1]
    now_failing = Failing(before.since if before else now, attempts, again)
    value = [now_failing.since.isoformat(), attempts, again.isoformat()]
    set_state(session, FAILING + recipient, json.dumps(value))
    return now_failing


def since(session: Session, recipient: str) -> datetime | None:
    """When a recipient's last digest was made, or its first began; None: it has no digests."""
    found = get_state(session, SINCE + recipient)
    return datetime.fromisoformat(found) if found else None


def begin(session: Session, recipient: str, at: datetime) -> None:
    """Begin a recipient's first or next digest at this time."""
    set_state(session, SINCE + recipient, at.isoformat())
    _forget(session, FAILING + recipient)


def end(session: Session, recipient: str) -> None:
    """End a recipient's digests."""
    _forget(session, SINCE + recipient)
    _forget(session, FAILING + recipient)


def _forget(session: Session, name: str) -> None:
    session.execute(delete(models.AppState).where(models.AppState.name == name))


def candidates(session: Session, recipient: str) -> list[DigestCandidate]:
    """The events for a recipient's next digest, in the order in which they happened."""
    entry, event, delivery = models.DigestEntry, models.Event, models.Delivery
    query = (
        select(entry.id, event.at, event.report_id, event.payload, delivery.state)
        .join(event, event.id == entry.event_id)
        .outerjoin(
            delivery, (delivery.event_id == event.id) & (delivery.recipient == entry.recipient)
        )
        .where(*_open(), entry.recipient == recipient)
        .order_by(event.id)
    )
    return [DigestCandidate(*row) for row in session.execute(query)]


def _open() -> tuple[ColumnElement[bool], ...]:
    return models.DigestEntry.digest_id.is_(None), models.DigestEntry.cancelled_at.is_(None)


def put_into(session: Session, entries: Sequence[int], digest_id: int) -> None:
    """Record that these entries are in a digest now."""
    session.execute(
        update(models.DigestEntry)
        .where(models.DigestEntry.id.in_(entries))
        .values(digest_id=digest_id)
    )


def waiting_for(session: Session) -> set[str]:
    """Names of all for whom a digest has begun or is to be made."""
    entry = models.DigestEntry
    begun = session.scalars(
        select(models.AppState.name).where(models.AppState.name.startswith(SINCE, autoescape=True))
    )
    waiting = session.scalars(select(entry.recipient).where(*_open()).distinct())
    return {*waiting, *(name.removeprefix(SINCE) for name in begun)}


def cancel_for(session: Session, recipients: Collection[str], now: datetime) -> dict[str, int]:
    """Cancel the entries for digests of removed recipients: name -> how many."""
    entry = models.DigestEntry
    theirs = (*_open(), entry.recipient.in_(recipients))
    counted = (
        select(entry.recipient, func.count().label("number"))
        .where(*theirs)
        .group_by(entry.recipient)
    )
    settled = {row.recipient: row.number for row in session.execute(counted)}
    session.execute(update(entry).where(*theirs).values(cancelled_at=now))
    begun = [kind + name for kind in (SINCE, FAILING) for name in recipients]
    session.execute(delete(models.AppState).where(models.AppState.name.in_(begun)))
    return settled
