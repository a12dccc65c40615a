"""Leases: locks that let one process at a time do a thing, across processes and machines.

A lease names its holder: a process (`storage.liveness`). It is free when it was given back, and
when its holder no longer lives. Nothing runs out by time: who is merely slow, stopped or asleep
keeps what it has. All is decided within writing sessions, of which there is one at a time.
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime

from sqlalchemy import bindparam, delete, event, select, text, update
from sqlalchemy.orm import Session

from storage.database import Database, DatabaseTroubleError
from storage.liveness import Process, is_alive, this_process
from storage.models import Lease, UtcTime

ASKED_AGAIN = 0.25  # seconds


class BusyError(Exception):
    """Another process holds the lease."""


class LeaseLostError(Exception):
    """We have lost the lease; nothing may be written under it."""


class Hold:
    """A lease that we hold."""

    def __init__(self, name: str, holder: str, process: Process) -> None:
        self.name = name
        self.holder = holder
        self._process = process
        self._has_ended = False

    def check(self, session: Session) -> None:
        """Make sure, within a writing session, that we still hold the lease and our own lock.

        Raises:
            LeaseLostError: somebody else has it, or may take it at any time.
        """
        if not (self.is_named(session) and _lives(session, self.holder)):
            raise self._lost()

    def _lost(self) -> LeaseLostError:
        return LeaseLostError(
            f"the lock on {self.name} was lost: the connection or file that held it has gone, "
            "or another process has taken it"
        )

    def is_named(self, session: Session) -> bool:
        """Whether the lease is in our name, so that nobody else has had it since."""
        return not self._has_ended and _named(session, self.name) == self.holder

    def renew(self, session: Session) -> None:
        """Take it again if our lock was lost and nobody else has it: for a long-held lease.

        Raises:
            LeaseLostError: somebody else has it.
        """
        with contextlib.suppress(LeaseLostError):
            self.check(session)
            self._forget(session, but=self.name)
            return
        again = take(session, self.name)
        if again is None:
            raise LeaseLostError(f"another process has taken {self.name}")
        self.holder = again.holder
        self._process.held[self.name] = self

    def end(self, session: Session) -> None:
        """Give it back within a writing session."""
        self._forget(session)
        event.listen(session, "after_commit", lambda _: self._end(), once=True)

    def check_and_end(self, session: Session) -> None:
        """Both of these, in one statement.

        Raises:
            LeaseLostError: as `check`.
        """
        ours = (Lease.name == self.name, Lease.holder == self.holder)
        deleted = session.execute(delete(Lease).where(*ours).returning(Lease.name)).all()
        if self._has_ended or not deleted or not _lives(session, self.holder):
            raise self._lost()
        event.listen(session, "after_commit", lambda _: self._end(), once=True)

    def let_go(self, database: Database) -> None:
        """Give it back, if that was not done; it counts as free even if that cannot be recorded.

        A row left in our name is ignored by us and deleted the next time we give back a lease. If
        we hold nothing else, our lock is released, so that others see at once that it is free.
        """
        if self._has_ended:
            return
        try:
            with contextlib.suppress(DatabaseTroubleError), database.write() as session:
                self.end(session)
        finally:
            if not self._has_ended:
                self._end()
                self._process.free_unless_needed()

    def _forget(self, session: Session, *, but: str = "") -> None:
        """Delete the rows in our name that we do not hold: this one, and any left before."""
        held = {*self._process.held} - {self.name} | {but}
        ours = (Lease.holder == self.holder, Lease.name.not_in(held))
        session.execute(delete(Lease).where(*ours))

    def _end(self) -> None:
        self._has_ended = True
        if self._process.held.get(self.name) is self:
            del self._process.held[self.name]


@contextlib.contextmanager
def leased(
    database: Database,
    name: str,
    *,
    wait: float = 0.0,
    first: Callable[[Session], object] = lambda _session: None,
) -> Iterator[Hold]:
    """Hold a lease for as long as the block lasts.

    Args:
        wait: seconds to wait for it where somebody else has it.
        first: done in the transaction that takes it.

    Raises:
        BusyError: another process still has it.
        storage.database.DatabaseTroubleError: it cannot be taken.
    """
    until = time.monotonic() + wait
    while (hold := _take(database, name, first)) is None:
        if time.monotonic() >= until:
            raise BusyError(f"{name} is busy: another check or command is using it")
        time.sleep(ASKED_AGAIN)
    try:
        yield hold
    finally:
        hold.let_go(database)


def _take(database: Database, name: str, first: Callable[[Session], object]) -> Hold | None:
    with database.write() as session:
        hold = take(session, name)
        if hold is not None:
            first(session)
        return hold


_INSERT = text(
    "INSERT INTO lease (name, holder, since) VALUES (:name, :holder, :since)"
    " ON CONFLICT (name) DO NOTHING RETURNING name"
).bindparams(bindparam("since", type_=UtcTime))


def take(session: Session, name: str) -> Hold | None:
    """Take a lease within a writing session; None: another process has it.

    Raises:
        storage.database.DatabaseTroubleError: no lock of ours can be made.
    """
    process = this_process(session)
    with process.mutex:
        # Who has no lock yet makes none for a lease that is taken.
        if not process.name and holder_of(session, name) is not None:
            return None
        try:
            holder = process.living(session)
        except OSError as error:
            raise _trouble(error) from error
        row = {"name": name, "holder": holder, "since": datetime.now(UTC)}
        if session.execute(_INSERT, row).scalar() is None:
            if holder_of(session, name) is not None:
                return None
            session.execute(update(Lease).where(Lease.name == name).values(row))
        hold = Hold(name, holder, process)
        process.held[name] = hold
    event.listen(session, "after_rollback", lambda _: hold._end(), once=True)  # noqa: SLF001
    return hold


def holder_of(session: Session, name: str) -> str | None:
    """Which living process holds a lease; None: nobody.

    Raises:
        storage.database.DatabaseTroubleError: it cannot be known.
    """
    holder = _named(session, name)
    return holder if holder and _is_held(session, name, holder) else None


def held(session: Session, start: str) -> dict[str, datetime]:
    """The names of leases that begin with `start` and are held by living processes: since when.

    Raises:
        storage.database.DatabaseTroubleError: it cannot be known.
    """
    named = select(Lease).where(Lease.name.startswith(start, autoescape=True))
    return {
        lease.name: lease.since
        for lease in session.scalars(named)
        if _is_held(session, lease.name, lease.holder)
    }


def _named(session: Session, name: str) -> str | None:
    return session.scalar(select(Lease.holder).where(Lease.name == name))


def _is_held(session: Session, name: str, holder: str) -> bool:
    """Whether its holder lives; a row of ours that we could not delete does not count."""
    us = this_process(session)
    return _lives(session, holder) and (holder != us.name or name in us.held)


def _lives(session: Session, holder: str) -> bool:
    try:
        return is_alive(session, holder)
    except OSError as error:
        raise _trouble(error) from error


def _trouble(error: OSError) -> DatabaseTroubleError:
    return DatabaseTroubleError(
        f"the database cannot be used: its lock file cannot be created or read ({error}); check "
        "that its folder exists and is writable, and that the disk has free space and supports "
        "locks, then run the command again"
    )
