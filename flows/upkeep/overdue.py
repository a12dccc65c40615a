"""Notices that checks are not made although the schedule asks for them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from flows.alerting.announce import announce
from flows.context.context import AppContext
from flows.settings.schedule import last_due
from flows.settings.watched import Watched, WatchedArea
from notifications import events as ev
from ofsted.short_names import short_name
from storage import models, queries, rounds
from storage.ahead import SKEW
from storage.record import delete_state, get_state, set_state

OVERDUE_AFTER = timedelta(minutes=45)
EPISODE = "overdue since"  # name in `app_state`: the event that began the episode


@dataclass(frozen=True, slots=True)
class Overdue:
    """Pages that were not checked, though they should have been."""

    due: datetime  # when the missing check was due
    pages: tuple[Watched, ...]


def overdue(
    session: Session, context: AppContext, since: datetime, after: timedelta
) -> Overdue | None:
    """Pages without a check that was due; None: there are none, or a round is under way.

    Args:
        since: when the service started, or took over these settings; checks that were due
            earlier do not count.
        after: how long ago the check must have been due.
    """
    now = context.clock.now()
    due = last_due(context.settings.schedule, now - after)
    if due is None or now - max(due, since) < after:
        return None
    if any(rounds.makes_progress(each, now) for each in rounds.open_rounds(session)):
        return None
    checks = queries.newest_checks(session)
    lacking = tuple(
        page
        for page in context.settings.pages
        if (newest := checks.get(page.key)) is None
        or not due <= newest.began_at <= now + SKEW  # one further ahead is a wrong clock's
    )
    return Overdue(due, lacking) if lacking else None


def notice_overdue(context: AppContext, since: datetime, why: Callable[[], str]) -> bool:
    """Notify operators once when checks become overdue, naming all, and when it is over.

    Args:
        since: when the service started, or took these settings over.
        why: called when an episode begins; gives the cause, in words.

    Returns:
        Whether checks are overdue.
    """
    with context.database.read() as session:
        found = overdue(session, context, since, OVERDUE_AFTER)
        episode = get_state(session, EPISODE)
    if found is None:
        if episode is not None:
            _end_when_all_are_checked(context, episode)
        return False
    cause = why() if episode is None else ""
    with context.database.write() as session:
        _mark(session, found.pages, context.clock.now())
        if episode is None:
            begun = ev.ChecksOverdue(authorities=_names(found.pages), since=found.due, why=cause)
            set_state(session, EPISODE, ev.to_json(begun))
            _record(session, context, begun)
    return True


def _end_when_all_are_checked(context: AppContext, episode: str) -> None:
    """End the episode once each page was checked; a round that only began may still die."""
    begun = ev.from_json(episode)
    if not isinstance(begun, ev.ChecksOverdue):
        raise TypeError(f"overdue checks are recorded as {begun.type}")
    with context.database.write() as session:
        checks = queries.newest_checks(session)
        newest = [checks.get(page.key) for page in context.settings.pages]
        if not all(each and each.ended_at and each.began_at >= begun.since for each in newest):
            return
        over = ev.ChecksOverdue(
            authorities=begun.authorities,
            since=begun.since,
            why=begun.why,
            until=context.clock.now(),
        )
        _record(session, context, over)
        delete_state(session, EPISODE)


def _record(session: Session, context: AppContext, event: ev.ChecksOverdue) -> None:
    cause = f"{event.since.isoformat()}{' over' if event.until else ''}"
    announce(session, context, event, subject="service", cause=cause, at=context.clock.now())


def _names(pages: Sequence[Watched]) -> tuple[str, ...]:
    """An authority's name stands for its area as well: the same round checks both."""
    named = {page.key for page in pages}
    return tuple(
        short_name(page.name)
        for page in pages
        if not (isinstance(page, WatchedArea) and page.authority.key in named)
    )


def _mark(session: Session, pages: Sequence[Watched], now: datetime) -> None:
    """Set pages to `overdue`, but only those that were `ok` or `new`."""
    for page in pages:
        provider = session.get(models.Provider, page.key)
        if provider is not None and provider.state in {"ok", "new"}:
            provider.state, provider.since = "overdue", now
