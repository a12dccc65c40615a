"""Noticing that checks are not made although the schedule asks for them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from flows.places import place
from flows.schedule import last_due
from flows.settings import Watch
from flows.tell import record_news
from flows.tools import Tools
from notifications import news as n
from storage import models, queries, rounds
from storage.ahead import SKEW
from storage.record import forget, note, noted

OVERDUE_AFTER = timedelta(minutes=45)
EPISODE = "overdue since"


@dataclass(frozen=True, slots=True)
class Missing:
    """Authorities that were not checked, though they should have been."""

    due: datetime  # when the check that is missing was due
    authorities: tuple[Watch, ...]


def missing(session: Session, tools: Tools, since: datetime, after: timedelta) -> Missing | None:
    """Authorities without a check that was due; None: there are none, or a round will reach them.

    Args:
        since: what was due before is nobody's fault: the service started, or took these
            settings over, then.
        after: how long ago the check must have been due.
    """
    now = tools.clock.now()
    due = last_due(tools.settings.schedule, now - after)
    if due is None or now - max(due, since) < after:
        return None
    if any(rounds.makes_progress(each, now) for each in rounds.open_rounds(session)):
        return None
    lacking = tuple(
        watch
        for watch in tools.settings.watch
        if (newest := queries.newest_look(session, watch.urn)) is None
        or not due <= newest.began_at <= now + SKEW  # one further ahead is a wrong clock's
    )
    return Missing(due, lacking) if lacking else None


def notice_overdue(tools: Tools, since: datetime, why: Callable[[], str]) -> bool:
    """Tell operators once of an episode of overdue checks, naming all, and when it is over.

    Args:
        since: when the service started, or took these settings over.
        why: asked for the cause, in words, when an episode begins.

    Returns:
        Whether checks are overdue.
    """
    with tools.database.read() as session:
        found = missing(session, tools, since, OVERDUE_AFTER)
        episode = noted(session, EPISODE)
    if found is None:
        if episode is not None:
            _end_when_all_are_checked(tools, episode)
        return False
    cause = why() if episode is None else ""
    with tools.database.write() as session:
        _mark(session, found.authorities, tools.clock.now())
        if episode is None:
            begun = n.ChecksOverdue(
                authorities=_names(found.authorities), since=found.due, why=cause
            )
            note(session, EPISODE, n.to_json(begun))
            _record(session, tools, begun)
    return True


def _end_when_all_are_checked(tools: Tools, episode: str) -> None:
    """Over once each authority was checked: a round that began may die as those before it did."""
    begun = n.from_json(episode)
    if not isinstance(begun, n.ChecksOverdue):
        raise TypeError(f"an episode of overdue checks is noted as {begun.type}")
    with tools.database.write() as session:
        newest = [queries.newest_look(session, watch.urn) for watch in tools.settings.watch]
        if not all(each and each.ended_at and each.began_at >= begun.since for each in newest):
            return
        over = n.ChecksOverdue(
            authorities=begun.authorities,
            since=begun.since,
            why=begun.why,
            until=tools.clock.now(),
        )
        _record(session, tools, over)
        forget(session, EPISODE)


def _record(session: Session, tools: Tools, news: n.ChecksOverdue) -> None:
    cause = f"{news.since.isoformat()}{' over' if news.until else ''}"
    record_news(session, tools, news, subject="service", cause=cause, at=tools.clock.now())


def _names(watches: Sequence[Watch]) -> tuple[str, ...]:
    return tuple(place(watch.name) for watch in watches)


def _mark(session: Session, watches: Sequence[Watch], now: datetime) -> None:
    """What fails is known to fail; only what was well turns overdue."""
    for watch in watches:
        provider = session.get(models.Provider, watch.urn)
        if provider is not None and provider.state in {"well", "new"}:
            provider.state, provider.since = "overdue", now
