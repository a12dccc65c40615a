"""What is owed by digest: to whom, of which events, and since when."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, delete, func, select, update
from sqlalchemy.orm import Session

from storage import models
from storage.record import note, noted

SINCE = "digests since "  # of a note, before the recipient's name


@dataclass(frozen=True, slots=True)
class Owed:
    """An event that is to stand in a recipient's next digest."""

    entry: int
    at: datetime
    news: str
    state: str | None  # of its own delivery, where it was sent at once as well


def since(session: Session, recipient: str) -> datetime | None:
    """Since when nothing has been summed up for a recipient; None: it has no digests."""
    found = noted(session, SINCE + recipient)
    return datetime.fromisoformat(found) if found else None


def begin(session: Session, recipient: str, at: datetime) -> None:
    """From now on a recipient has digests, or its next one."""
    note(session, SINCE + recipient, at.isoformat())


def end(session: Session, recipient: str) -> None:
    """A recipient has digests no more."""
    found = session.get(models.Note, SINCE + recipient)
    if found is not None:
        session.delete(found)


def owed(session: Session, recipient: str) -> list[Owed]:
    """What is to stand in a recipient's next digest, in the order in which it happened."""
    entry, event, delivery = models.DigestEntry, models.Event, models.Delivery
    query = (
        select(entry.id, event.at, event.news, delivery.state)
        .join(event, event.id == entry.event_id)
        .outerjoin(
            delivery, (delivery.event_id == event.id) & (delivery.recipient == entry.recipient)
        )
        .where(*_open(), entry.recipient == recipient)
        .order_by(event.id)
    )
    return [Owed(*row) for row in session.execute(query)]


def _open() -> tuple[ColumnElement[bool], ...]:
    return models.DigestEntry.digest_id.is_(None), models.DigestEntry.settled_at.is_(None)


def put_into(session: Session, entries: Sequence[int], digest_id: int) -> None:
    """These stand in a digest now."""
    session.execute(
        update(models.DigestEntry)
        .where(models.DigestEntry.id.in_(entries))
        .values(digest_id=digest_id)
    )


def waiting_for(session: Session) -> set[str]:
    """Names of all for whom a digest has begun or is to be made."""
    entry = models.DigestEntry
    begun = session.scalars(
        select(models.Note.name).where(models.Note.name.startswith(SINCE, autoescape=True))
    )
    waiting = session.scalars(select(entry.recipient).where(*_open()).distinct())
    return {*waiting, *(name.removeprefix(SINCE) for name in begun)}


def settle_for(session: Session, recipients: Collection[str], now: datetime) -> dict[str, int]:
    """Settle what was to stand in digests of recipients that were removed: name -> how many."""
    entry = models.DigestEntry
    theirs = (*_open(), entry.recipient.in_(recipients))
    counted = (
        select(entry.recipient, func.count().label("number"))
        .where(*theirs)
        .group_by(entry.recipient)
    )
    settled = {row.recipient: row.number for row in session.execute(counted)}
    session.execute(update(entry).where(*theirs).values(settled_at=now))
    begun = [SINCE + name for name in recipients]
    session.execute(delete(models.Note).where(models.Note.name.in_(begun)))
    return settled
