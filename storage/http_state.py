"""How politely we ask the site, kept where every process sees it."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from sqlalchemy.orm import Session

from ofsted.errors import Unreachable
from ofsted.site.politeness import RememberedPage, Robots
from storage import models
from storage.ahead import A_DAY, SKEW
from storage.database import Database
from storage.leases import BusyError, leased

PATIENCE = 300.0  # seconds to wait for one's turn
LONGEST_QUEUE = timedelta(seconds=60)
LONGEST_WAIT = A_DAY + SKEW  # that a site is granted, and that its robots.txt is kept


def reserve_slot(session: Session, name: str, gap: timedelta, earliest: datetime) -> datetime:
    """When it is our turn at what may be asked only so often; the next one's turn is a gap later.

    A time further ahead than `LONGEST_QUEUE` is a clock that was set back, and not waited for.
    """
    host = session.get(models.HttpHost, name, with_for_update=True) or models.HttpHost(name=name)
    turn = max(earliest, host.not_before or earliest)
    if turn - earliest > LONGEST_QUEUE:
        turn = earliest
    host.not_before = turn + gap
    session.add(host)
    return turn


def _believed(until: datetime | None) -> datetime | None:
    """A time to wait for; none where it is further ahead than anything is: a clock was wrong."""
    is_wrong = until is not None and until > datetime.now(UTC) + LONGEST_WAIT
    return None if is_wrong else until


class HttpState:
    """A `Memory` of the site's client in our database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    @contextlib.contextmanager
    def turn(self, host: str) -> Iterator[None]:
        """One request at a time per host, whoever makes it.

        Raises:
            Unreachable: others kept the host busy for five minutes.
        """
        with contextlib.ExitStack() as stack:
            try:
                stack.enter_context(leased(self._database, f"host {host}", wait=PATIENCE))
            except BusyError:
                raise Unreachable(
                    host, "no request made: other checks kept the site busy for five minutes"
                ) from None
            yield

    def not_before(self, host: str) -> datetime | None:
        """When the next request may begin."""
        with self._database.read() as session:
            found = session.get(models.HttpHost, host)
            return _believed(found.not_before) if found else None

    def hold(self, host: str, until: datetime) -> None:
        """No request before this time; an earlier one never shortens a later one."""
        with self._database.write() as session:
            found = session.get(models.HttpHost, host) or models.HttpHost(name=host)
            found.not_before = max(until, _believed(found.not_before) or until)
            session.add(found)

    def robots(self, host: str) -> Robots | None:
        """The host's robots.txt as kept."""
        with self._database.read() as session:
            found = session.get(models.HttpHost, host)
            if found is None or found.robots is None or found.robots_until is None:
                return None
            until = _believed(found.robots_until) or datetime.now(UTC)
            return Robots(found.robots, until)

    def save_robots(self, host: str, robots: Robots) -> None:
        """Keep it instead of the last."""
        with self._database.write() as session:
            found = session.get(models.HttpHost, host) or models.HttpHost(name=host)
            found.robots, found.robots_until = robots.text.replace("\x00", ""), robots.until
            session.add(found)

    def page(self, url: str) -> RememberedPage | None:
        """The page as kept."""
        with self._database.read() as session:
            found = session.get(models.PageCache, url)
            if found is None or found.read_at > datetime.now(UTC) + SKEW:
                return None
            return RememberedPage(found.etag, found.last_modified, found.body, found.read_at)

    def save_page(self, url: str, page: RememberedPage) -> None:
        """Keep it instead of the last."""
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
