"""Deleting what nobody needs any more."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from storage import models

SAID_NOTHING = ("unchanged", "failed", "strange")


def forget_looks(session: Session, before: datetime) -> int:
    """Looks that ended earlier and found nothing, but for the newest of each; gives the number."""
    newest = select(func.max(models.Look.id)).group_by(models.Look.urn)
    old = delete(models.Look).where(
        models.Look.outcome.in_(SAID_NOTHING),
        models.Look.ended_at < before,
        models.Look.id.not_in(newest),
    )
    return session.execute(old).rowcount  # type: ignore[attr-defined,no-any-return]


def forget_pages(session: Session, before: datetime) -> int:
    """Remembered pages that were read earlier; gives the number."""
    old = delete(models.Page).where(models.Page.read_at < before)
    return session.execute(old).rowcount  # type: ignore[attr-defined,no-any-return]
