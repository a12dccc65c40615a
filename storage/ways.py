"""Ways of sending that are broken; each is tried again hourly."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from storage import models

PROBE = timedelta(hours=1)


def break_(session: Session, name: str, words: str, now: datetime) -> datetime | None:
    """A way is broken; tried again in an hour.

    Returns:
        When it broke, if that is new; None if it was known.
    """
    way = session.get(models.Way, name)
    if way is not None:
        way.words, way.probe_at = words, now + PROBE
        return None
    session.add(models.Way(name=name, broken_since=now, words=words, probe_at=now + PROBE))
    return now


def mend(session: Session, name: str) -> None:
    """A way works (again)."""
    way = session.get(models.Way, name)
    if way is not None:
        session.delete(way)


def forget_others(session: Session, names: Collection[str]) -> None:
    """Nobody is reached by other ways than these any more: none of the others is broken."""
    session.execute(delete(models.Way).where(models.Way.name.not_in(names)))


def broken(session: Session) -> dict[str, models.Way]:
    """Ways known to be broken, by name."""
    return {way.name: way for way in session.scalars(select(models.Way))}
