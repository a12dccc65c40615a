"""Deletes what is no longer needed; never reports, documents, events or deliveries."""

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
INCOMING_KEPT = timedelta(days=1)  # unfinished files; no download takes so long


@dataclass(frozen=True, slots=True)
class Purged:
    """How much was deleted."""

    checks: int
    pages: int
    unfinished: int  # files of killed processes

    def in_words(self) -> str:
        """`deleted: 12 old checks, 0 cached pages, 0 unfinished files`."""
        return (
            f"deleted: {several(self.checks, 'old check')}, {several(self.pages, 'cached page')}, "
            f"{several(self.unfinished, 'unfinished file')}"
        )


def purge(context: AppContext) -> Purged:
    """Delete old checks that found nothing, old cached pages, and unfinished files."""
    with context.database.write() as session:
        checks = purge_checks(session, context.clock.now() - CHECKS_KEPT)
        pages = purge_pages(session, datetime.now(UTC) - PAGES_KEPT)  # dated by the true time
    old = time.time() - INCOMING_KEPT.total_seconds()
    unfinished = context.archive.remove_incoming(old)
    data = context.settings.data
    parts = sum(remove_unfinished(folder, old) for folder in (data, data / OUTBOX))
    return Purged(checks, pages, unfinished + parts)
