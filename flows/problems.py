"""What is wrong now, in words: why `status` ends with 1, and what the health page lists."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from flows.check import find
from flows.places import place
from flows.tools import Tools
from notifications.words.plain import moment, several
from storage import queries, ways
from storage.known import KnownReport, known_reports

UNREAD_COUNTS_FOR = timedelta(days=30)
FAILED_COUNTS_FOR = timedelta(days=30)


def problems(tools: Tools) -> tuple[str, ...]:
    """A line for each thing that is not well; none where all is."""
    now = tools.clock.now()
    with tools.database.read() as session:
        return (
            *_pages(session, tools),
            *_reports(session, tools, now),
            *_sending(session, now),
            *(f"hole: {each.words}" for each in find(session, tools).holes),
        )


def _pages(session: Session, tools: Tools) -> Iterator[str]:
    for watch in tools.settings.watch:
        state = queries.provider_state(session, watch.urn)
        if state and state.state not in {"well", "new"}:
            trouble = f": {state.trouble}" if state.trouble else ""
            yield f"{place(watch.name)}: {state.state} since {moment(state.since)}{trouble}"


def _reports(session: Session, tools: Tools, now: datetime) -> Iterator[str]:
    watched = {watch.urn: place(watch.name) for watch in tools.settings.watch}
    for report in known_reports(session):
        if report.urn in watched and _is_unread_lately(report, now):
            yield f"{watched[report.urn]}: a report is not read: {report.title}"


def _is_unread_lately(report: KnownReport, now: datetime) -> bool:
    if report.history or not report.listed or report.file_id is None:
        return False
    is_new = now - report.first_seen < UNREAD_COUNTS_FOR
    reading = report.reading
    if reading is None:
        return is_new
    return is_new and reading.status == "unread" and not reading.unread_by_kind


def _sending(session: Session, now: datetime) -> Iterator[str]:
    for name, way in ways.broken(session).items():
        yield f"nothing can be sent by {name} since {moment(way.broken_since)}: {way.words}"
    ended = queries.deliveries_by_state(session, since=now - FAILED_COUNTS_FOR)
    if failed := ended.get("refused", 0) + ended.get("expired", 0):
        yield f"{several(failed, 'message')} did not arrive in the last 30 days"
