"""Channels that are down; each is tried again hourly."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from storage import models

PROBE = timedelta(hours=1)


def break_(
    session: Session, name: str, words: str, now: datetime, *, since: datetime | None = None
) -> datetime | None:
    """A channel is down; tried again in an hour.

    Args:
        since: from when on nothing went by it, where that was seen only later.

    Returns:
        Since when it is down, if that is new; None if it was known.
    """
    way = session.get(models.Way, name)
    if way is not None:
        way.words, way.probe_at = words, now + PROBE
        return None
    down = models.Way(name=name, broken_since=since or now, words=words, probe_at=now + PROBE)
    session.add(down)
    return down.broken_since


def postpone(session: Session, name: str, now: datetime) -> None:
    """A channel that is down was tried, and it is not known whether it works; again in an hour."""
    way = session.get(models.Way, name)
    if way is not None:
        way.probe_at = now + PROBE


def mend(session: Session, name: str) -> datetime | None:
    """A channel works (again); gives since when it was down, None: it was not."""
    way = session.get(models.Way, name)
    if way is None:
        return None
    session.delete(way)
    return way.broken_since


def forget_others(session: Session, names: Collection[str]) -> None:
    """Nobody is reached by other channels than these any more: none of the others is down."""
    session.execute(delete(models.Way).where(models.Way.name.not_in(names)))


def broken(session: Session) -> dict[str, models.Way]:
    """Channels known to be down, by name."""
    return {way.name: way for way in session.scalars(select(models.Way))}
