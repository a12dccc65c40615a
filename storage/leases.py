"""Leases: who alone may do a thing, across processes and machines.

A lease lasts a minute and is renewed every quarter of one. It is taken at once
from a process of this machine that is no longer there. Real time, never a rehearsal's.
"""

from __future__ import annotations

import contextlib
import os
import socket
import threading
import time
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import psutil
from sqlalchemy import delete, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from storage.database import Database, DatabaseTroubleError
from storage.models import Lease

LASTS = timedelta(seconds=60)
RENEWED = 15.0  # seconds
ASKED_AGAIN = 0.25  # seconds

MACHINE = socket.gethostname()
_STARTED = psutil.Process().create_time()


class BusyError(Exception):
    """Somebody else holds the lease."""


class LeaseLostError(Exception):
    """The lease went to somebody else while we thought we had it; nothing may be written."""


class Hold:
    """A lease that we hold."""

    def __init__(self, database: Database, name: str) -> None:
        self._database = database
        self.name = name
        self.holder = uuid.uuid4().hex

    def check(self, session: Session) -> None:
        """Make sure, within a writing session, that the lease is still ours.

        Raises:
            LeaseLostError: it is not.
        """
        mine = update(Lease).where(Lease.name == self.name, Lease.holder == self.holder)
        if not session.execute(mine.values(until=_now() + LASTS)).rowcount:  # type: ignore[attr-defined]
            raise LeaseLostError(f"the lease on {self.name} was taken over")

    def _take(self) -> bool:
        with contextlib.suppress(IntegrityError), self._database.write() as session:
            lease = session.get(Lease, self.name, with_for_update=True)
            if lease is None:
                lease = Lease(name=self.name)
                session.add(lease)
            elif lease.until > _now() and not _is_dead(lease):
                return False
            lease.holder, lease.machine = self.holder, MACHINE
            lease.pid, lease.started = os.getpid(), _STARTED
            lease.until = _now() + LASTS
            session.flush()
            return True
        return False

    def _give_back(self) -> None:
        """What cannot be given back runs out by itself."""
        with contextlib.suppress(DatabaseTroubleError), self._database.write() as session:
            session.execute(
                delete(Lease).where(Lease.name == self.name, Lease.holder == self.holder)
            )

    def _keep_alive(self, ended: threading.Event) -> None:
        while not ended.wait(RENEWED):
            with (
                contextlib.suppress(DatabaseTroubleError, LeaseLostError),
                self._database.write() as session,
            ):
                self.check(session)


@contextlib.contextmanager
def leased(database: Database, name: str, *, wait: float = 0.0) -> Iterator[Hold]:
    """Hold a lease for as long as the block lasts.

    Args:
        wait: seconds to wait for it where somebody else has it.

    Raises:
        BusyError: somebody else still has it.
    """
    hold = Hold(database, name)
    until = time.monotonic() + wait
    while not hold._take():  # noqa: SLF001
        if time.monotonic() >= until:
            raise BusyError(f"{name} is busy: another look or command has it")
        time.sleep(ASKED_AGAIN)
    ended = threading.Event()
    renewing = threading.Thread(target=hold._keep_alive, args=(ended,), daemon=True)  # noqa: SLF001
    renewing.start()
    try:
        yield hold
    finally:
        ended.set()
        renewing.join()
        hold._give_back()  # noqa: SLF001


def _is_dead(lease: Lease) -> bool:
    return _has_died(lease.machine, lease.pid, lease.started)


def _has_died(machine: str, pid: int, started: float) -> bool:
    return machine == MACHINE and not is_alive(pid, started)


def signature() -> str:
    """Signs for something held, once, so that others see whether its holder still lives."""
    return f"{uuid.uuid4().hex} {os.getpid()} {_STARTED} {MACHINE}"


def signer_has_died(signed: str) -> bool:
    """Whether a signature is that of a process of this machine that is no longer there."""
    _, pid, started, machine = signed.split(" ", 3)
    return _has_died(machine, int(pid), float(started))


def is_alive(pid: int, started: float) -> bool:
    """Whether a process of this machine still runs, by its number and start (epoch seconds)."""
    try:
        process = psutil.Process(pid)
        same = abs(process.create_time() - started) < 1.0
        return same and process.status() != psutil.STATUS_ZOMBIE
    except psutil.Error:
        return False


def _now() -> datetime:
    return datetime.now(UTC)
