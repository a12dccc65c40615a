"""Whether a process lives: each holds one lock, which its death frees however it dies.

In SQLite it is a lock on a file beside the database, in PostgreSQL an advisory lock of a connection
of its own. A process goes by the name of its lock: random, and never used a second time, so that
who is dead once is dead for good. It knows nothing of machines, process ids or clocks.
"""

from __future__ import annotations

import atexit
import contextlib
import os
import threading
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol
from uuid import uuid4

from sqlalchemy import URL, Connection, Engine, func, select, text
from sqlalchemy.orm import Session

from basics.process_lock import LockedFile, tried

FILE = "-lock-"  # between the database's name and the process's


class _Lock(Protocol):
    """A lock of this process."""

    def free(self) -> None:
        """Release the lock."""

    def disown(self) -> None:
        """In a forked child: give up the copy; the lock stays the parent's."""


@dataclass
class Process:
    """This process as others see it in one database."""

    name: str = ""  # empty: it holds no lock
    held: dict[str, object] = field(default_factory=dict)  # what it has claimed, by name
    mutex: threading.RLock = field(default_factory=threading.RLock)
    database: str = ""  # SQLite's file, once it was asked for; empty: not yet
    _lock: _Lock | None = None

    def living(self, session: Session) -> str:
        """Its name; it takes a lock with a new name if it had none, or has lost it.

        Raises:
            OSError: no lock can be made.
            sqlalchemy.exc.DBAPIError: the same, in PostgreSQL.
        """
        if not self.name or not is_alive(session, self.name):
            self.free()
            name = uuid4().hex
            self._lock = _take(session, name)
            self.name = name
        return self.name

    def free(self) -> None:
        """Release its lock, so that others may take whatever it has claimed."""
        lock, self._lock, self.name = self._lock, None, ""
        if lock is not None:
            lock.free()

    def free_unless_needed(self) -> None:
        """Release its lock if it has claimed nothing."""
        with self.mutex:
            if not self.held:
                self.free()

    def disown(self) -> None:
        """See `_Lock.disown`."""
        if self._lock is not None:
            self._lock.disown()


_processes: dict[URL, Process] = {}


def this_process(at: Session | Engine) -> Process:
    """This process, as the others see it who use the same database."""
    engine = at if isinstance(at, Engine) else _engine(at)
    return _processes.setdefault(engine.url, Process())


def is_alive(session: Session, name: str) -> bool:
    """Whether the process of this name lives: whether its lock cannot be taken.

    It is only tried, and shared with others who try: two who ask at once see the same.

    Raises:
        OSError: the lock is there and cannot be asked.
    """
    if _engine(session).dialect.name == "postgresql":
        free = session.scalar(select(func.pg_try_advisory_xact_lock_shared(_key(name))))
        return not free
    with tried(_file(session, name)) as free:
        return not free


def _engine(session: Session) -> Engine:
    bind = session.get_bind()
    return bind if isinstance(bind, Engine) else bind.engine


def _take(session: Session, name: str) -> _Lock:
    if _engine(session).dialect.name == "postgresql":
        return _ConnectionLock(_engine(session), name)
    path = _file(session, name)
    return LockedFile(path, path.name.removesuffix(name))


def _key(name: str) -> int:
    """A lock's number in PostgreSQL, of 64 bits with a sign."""
    return int(name[:16], 16) - (1 << 63)


def _file(session: Session, name: str) -> Path:
    """Where SQLite says that the database lies, whatever its address looks like; asked once."""
    process = this_process(session)
    if not process.database:
        lies = session.connection().exec_driver_sql("PRAGMA database_list").all()[0][2]
        if not lies:
            raise OSError("a database in memory has no place for locks; give a file")
        process.database = lies
    return Path(f"{process.database}{FILE}{name}")


class _ConnectionLock:
    """A connection of its own, with a lock of its session; it runs no transactions."""

    def __init__(self, engine: Engine, name: str) -> None:
        apart = engine.execution_options(writer=False, isolation_level="AUTOCOMMIT")
        self._connection: Connection = apart.connect()
        try:
            self._connection.detach()
            self._connection.execute(select(func.pg_advisory_lock(_key(name))))
            self._connection.execute(_MAY_BE_IDLE)
        except BaseException:
            self.free()
            raise

    def free(self) -> None:
        with contextlib.suppress(Exception):  # a connection that is lost is free already
            self._connection.close()

    def disown(self) -> None:
        """The child's copy of the socket leads nowhere: only the parent's holds the lock."""
        _disowned.append(self)
        raw: Any = self._connection.connection.dbapi_connection
        nowhere = os.open(os.devnull, os.O_RDWR)
        with contextlib.suppress(Exception):
            os.dup2(nowhere, raw.fileno(), inheritable=False)
        os.close(nowhere)


# A server may end sessions that ask nothing for long (PostgreSQL 14 and later).
_MAY_BE_IDLE = text(
    "SELECT set_config(name, '0', false) FROM pg_settings WHERE name = 'idle_session_timeout'"
)
_disowned: list[_ConnectionLock] = []  # never closed: that would end the parent's session


def _free_all() -> None:
    for process in _processes.values():
        process.free()


def _disown_all() -> None:
    for process in _processes.values():
        process.disown()
    _processes.clear()


atexit.register(_free_all)
os.register_at_fork(after_in_child=_disown_all)
