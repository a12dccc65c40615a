"""Clearing away what nobody needs. Reports, documents, events and deliveries are never touched."""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from basics.atomic_write import remove_unfinished
from flows.context.context import OUTBOX, AppContext
from notifications.words.plain import several
from storage.retention import purge_checks, purge_pages

CHECKS_KEPT = timedelta(days=90)
PAGES_KEPT = timedelta(days=7)  # a page is believed unchanged for an hour only
INCOMING_KEPT = timedelta(days=1)  # files on their way: no download takes so long


@dataclass(frozen=True, slots=True)
class Purged:
    """How much was deleted."""

    checks: int
    pages: int
    listed_reports: int  # with what was left of other files

    def in_words(self) -> str:
        """`deleted: 12 old checks, 0 cached pages, 0 unfinished files`."""
        return (
            f"deleted: {several(self.checks, 'old check')}, {several(self.pages, 'cached page')}, "
            f"{several(self.listed_reports, 'unfinished file')}"
        )


def purge(context: AppContext) -> Purged:
    """Clear away old checks that found nothing, pages not read for long, and broken downloads."""
    with context.database.write() as session:
        checks = purge_checks(session, context.clock.now() - CHECKS_KEPT)
        pages = purge_pages(session, datetime.now(UTC) - PAGES_KEPT)  # dated by the true time
    old = time.time() - INCOMING_KEPT.total_seconds()
    listed_reports = context.archive.remove_incoming(old)
    data = context.settings.data
    parts = sum(remove_unfinished(folder, old) for folder in (data, data / OUTBOX))
    return Purged(checks, pages, listed_reports + parts)
