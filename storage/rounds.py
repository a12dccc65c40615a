"""Rounds of checks under way, and whether they still make progress."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from storage import models

STALLED_AFTER = timedelta(minutes=10)  # without progress
KEPT = timedelta(days=7)  # an ended round


@dataclass(frozen=True, slots=True)
class RoundOwner:
    """The process that makes a round."""

    pid: int
    started: float  # in seconds of the epoch
    run: str | None  # the Prefect flow run; None: no flow run
    service: str | None  # the id of the `up` that started it; None: a person did


def begin(session: Session, maker: RoundOwner, now: datetime) -> int:
    """Record that a round begins; gives its id."""
    session.execute(delete(models.Round).where(models.Round.began_at < now - KEPT))
    begun = models.Round(
        run=maker.run,
        service=maker.service,
        pid=maker.pid,
        started=maker.started,
        began_at=now,
        progress_at=now,
    )
    session.add(begun)
    session.flush()
    return begun.id


def record_progress(session: Session, round_id: int, now: datetime) -> None:
    """Record that a round made progress."""
    session.get_one(models.Round, round_id).progress_at = now


def end(session: Session, round_id: int, now: datetime) -> None:
    """Record that a round has ended, or is no longer waited for."""
    session.get_one(models.Round, round_id).ended_at = now


def open_rounds(session: Session) -> Sequence[models.Round]:
    """The rounds that have not ended, also those whose process died, in order."""
    unended = models.Round.ended_at.is_(None)
    return session.scalars(select(models.Round).where(unended).order_by(models.Round.id)).all()


def makes_progress(found: models.Round, now: datetime) -> bool:
    """Whether a round that has not ended made progress in the last ten minutes.

    A time in the future comes from a wrong clock, and is no progress.
    """
    return timedelta() <= now - found.progress_at < STALLED_AFTER
