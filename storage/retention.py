"""Deletes what is no longer needed."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from storage import models

SAID_NOTHING = ("unchanged", "unreachable", "unrecognised")


def purge_checks(session: Session, before: datetime) -> int:
    """Delete older checks that found nothing, except each page's newest; gives how many."""
    newest = select(func.max(models.PageCheck.id)).group_by(
        models.PageCheck.code, models.PageCheck.urn
    )
    old = delete(models.PageCheck).where(
        models.PageCheck.result.in_(SAID_NOTHING),
        models.PageCheck.ended_at < before,
        models.PageCheck.id.not_in(newest),
    )
    return session.execute(old).rowcount  # type: ignore[attr-defined,no-any-return]


def purge_pages(session: Session, before: datetime) -> int:
    """Delete cached pages that were fetched earlier; gives how many."""
    old = delete(models.PageCache).where(models.PageCache.read_at < before)
    return session.execute(old).rowcount  # type: ignore[attr-defined,no-any-return]
