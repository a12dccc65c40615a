"""Pauses, robots.txt and cached pages of the hosts we call, shared by all processes."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from sqlalchemy import case, literal, or_, select, update
from sqlalchemy.orm import Session

from ofsted.errors import Unreachable
from ofsted.site.politeness import CachedPage, HostTurn, Robots
from storage import models
from storage.ahead import A_DAY, SKEW
from storage.database import Database
from storage.leases import BusyError, leased

LOCK_WAIT = 300.0  # seconds to wait for a host's lock
LONGEST_QUEUE = timedelta(seconds=60)
LONGEST_WAIT = A_DAY + SKEW  # that a site may ask for, and that its robots.txt is trusted


def reserve_slot(session: Session, name: str, gap: timedelta, earliest: datetime) -> datetime:
    """Reserve a time for one request to a host that allows only so many.

    Args:
        session: a transaction that writes.
        name: of the host, or of the webhook.
        gap: least time between two requests.
        earliest: no time before this.

    Returns:
        The time reserved. A stored time further ahead than `LONGEST_QUEUE` was written by a clock
        that has been set back since, and is ignored.
    """
    host = session.get(models.HttpHost, name, with_for_update=True) or models.HttpHost(name=name)
    slot = max(earliest, host.not_before or earliest)
    if slot - earliest > LONGEST_QUEUE:
        slot = earliest
    host.not_before = slot + gap
    session.add(host)
    return slot


def _plausible(until: datetime | None) -> datetime | None:
    """A stored time; None where it is so far ahead that a wrong clock must have written it."""
    is_wrong = until is not None and until > datetime.now(UTC) + LONGEST_WAIT
    return None if is_wrong else until


def _slot_of(host: str) -> str:
    """The row of the time that the gap allows, beside that of the pauses the host asked for."""
    return f"{host} slot"


def _turn(session: Session, host: str) -> HostTurn:
    row = models.HttpHost
    query = select(row.name, row.not_before).where(row.name.in_((host, _slot_of(host))))
    found = {each.name: each.not_before for each in session.execute(query)}
    return HostTurn(_plausible(found.get(host)), found.get(_slot_of(host)))


def _take_slot(session: Session, host: str, next_at: datetime) -> None:
    row, name = models.HttpHost, _slot_of(host)
    known = update(row).where(row.name == name).values(not_before=next_at).returning(row.name)
    if session.execute(known).scalar() is None:
        session.add(row(name=name, not_before=next_at))


def _delay_until(session: Session, host: str, until: datetime) -> None:
    """In one statement, for a host that is known; what a wrong clock wrote is replaced."""
    row, wrong = models.HttpHost, datetime.now(UTC) + LONGEST_WAIT
    is_earlier = or_(row.not_before.is_(None), row.not_before < until, row.not_before > wrong)
    later = case((is_earlier, literal(until, models.UtcTime)), else_=row.not_before)
    known = update(row).where(row.name == host).values(not_before=later).returning(row.name)
    if session.execute(known).scalar() is None:
        session.add(row(name=host, not_before=until))


class HttpState:
    """The `ClientState` of the site's client, in our database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    @contextlib.contextmanager
    def host_lock(self, host: str) -> Iterator[HostTurn]:
        """Lock the host for all processes.

        Raises:
            Unreachable: others held the lock for five minutes.
        """
        turn = HostTurn()

        def read(session: Session) -> None:
            found = _turn(session, host)
            turn.not_before, turn.slot = found.not_before, found.slot

        with contextlib.ExitStack() as stack:
            lock = leased(self._database, f"host {host}", wait=LOCK_WAIT, first=read)
            try:
                hold = stack.enter_context(lock)
            except BusyError:
                raise Unreachable(
                    host, "no request made: other checks kept the site busy for five minutes"
                ) from None
            try:
                yield turn
            finally:  # the slot and the end of the lock in one transaction
                with self._database.write() as session:
                    if turn.next_at is not None:
                        _take_slot(session, host, turn.next_at)
                    hold.end(session)

    def not_before(self, host: str) -> datetime | None:
        """Until when the host asked us to wait; None: it did not."""
        with self._database.read() as session:
            return _turn(session, host).not_before

    def delay_until(self, host: str, until: datetime) -> None:
        """Allow no request before this time; an earlier time never replaces a later one."""
        with self._database.write() as session:
            _delay_until(session, host, until)

    def robots(self, host: str) -> Robots | None:
        """The host's robots.txt saved last; None: none yet."""
        with self._database.read() as session:
            found = session.get(models.HttpHost, host)
            if found is None or found.robots is None or found.robots_until is None:
                return None
            until = _plausible(found.robots_until) or datetime.now(UTC)
            return Robots(found.robots, until)

    def save_robots(self, host: str, robots: Robots) -> None:
        """Save it in place of the last."""
        with self._database.write() as session:
            found = session.get(models.HttpHost, host) or models.HttpHost(name=host)
            found.robots, found.robots_until = robots.text.replace("\x00", ""), robots.until
            session.add(found)

    def cached_page(self, url: str) -> CachedPage | None:
        """The page saved last; None: none yet, or a wrong clock saved it."""
        with self._database.read() as session:
            found = session.get(models.PageCache, url)
            if found is None or found.read_at > datetime.now(UTC) + SKEW:
                return None
            return CachedPage(found.etag, found.last_modified, found.body, found.read_at)

    def save_page(self, url: str, page: CachedPage) -> None:
        """Save it in place of the last."""
        with self._database.write() as session:
            session.merge(
                models.PageCache(
                    address=url,
                    etag=page.etag,
                    last_modified=page.last_modified,
                    body=page.body,
                    read_at=page.read_at,
                )
            )
