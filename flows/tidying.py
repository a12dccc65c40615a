"""Clearing away what nobody needs. Reports, documents, events and deliveries are never touched."""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from flows.tools import OUTBOX, Tools
from notifications.whole import forget_parts
from storage.tidy import forget_looks, forget_pages

LOOKS_KEPT = timedelta(days=90)
PAGES_KEPT = timedelta(days=7)  # a page is believed unchanged for an hour only
ARRIVALS_KEPT = timedelta(days=1)  # files on their way: no download takes so long


@dataclass(frozen=True, slots=True)
class Tidied:
    """How much was cleared away."""

    looks: int
    pages: int
    arrivals: int  # with what was left of other files

    def in_words(self) -> str:
        """`12 looks, 0 pages and 0 unfinished files cleared away`."""
        return (
            f"{self.looks} looks, {self.pages} pages and {self.arrivals} unfinished files "
            "cleared away"
        )


def tidy(tools: Tools) -> Tidied:
    """Clear away old looks that found nothing, pages not read for long, and broken downloads."""
    with tools.database.write() as session:
        looks = forget_looks(session, tools.clock.now() - LOOKS_KEPT)
        pages = forget_pages(session, datetime.now(UTC) - PAGES_KEPT)  # dated by the true time
    old = time.time() - ARRIVALS_KEPT.total_seconds()
    arrivals = tools.archive.forget_arrivals(old)
    data = tools.settings.data
    parts = sum(forget_parts(folder, old) for folder in (data, data / OUTBOX))
    return Tidied(looks, pages, arrivals + parts)
