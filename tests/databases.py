"""Where a test's installation keeps its records: SQLite in its data folder, or PostgreSQL.

PostgreSQL is Debian's, started once a test process on loopback, in a folder of its own and as
another user than root, which it refuses. Each test has a database of its own.
"""

from __future__ import annotations

import itertools
import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

import psycopg
from sqlalchemy import URL, Engine, create_engine

from tests.parts import lacking

HOMES = Path("/usr/lib/postgresql")
OTHERS = ("postgres", "nobody")  # whom root starts it as
STATEMENTS = 5000  # more than all tests have
QUICKLY = ("fsync=off", "full_page_writes=off", "max_connections=60", "shared_buffers=32MB")


class Databases(Protocol):
    """Makes databases for tests."""

    name: str

    def make(self, like: str = "") -> str:
        """An address for the settings, of an empty database or of a copy."""

    def drop(self, address: str) -> None:
        """Away with it."""


class Sqlite:
    """The file in the data folder, which comes and goes and is copied with it."""

    name = "sqlite"

    def make(self, like: str = "") -> str:
        return like

    def drop(self, address: str) -> None:
        pass


@dataclass
class Postgres:
    """A running server."""

    folder: Path
    port: int
    name: str = "postgresql"
    _numbers: Iterator[int] = field(default_factory=itertools.count)

    def make(self, like: str = "") -> str:
        name = f"installation{next(self._numbers)}"
        template = f" TEMPLATE {like.rpartition('/')[2]}" if like else ""
        self._do(f"CREATE DATABASE {name}{template}")
        return f"postgresql://watch@127.0.0.1:{self.port}/{name}"

    def drop(self, address: str) -> None:
        self._do(f"DROP DATABASE {address.rpartition('/')[2]} WITH (FORCE)")

    def _do(self, statement: str) -> None:
        with psycopg.connect(self._address, autocommit=True) as connection:
            connection.execute(statement)  # type: ignore[call-overload]

    @property
    def _address(self) -> str:
        return f"postgresql://watch@127.0.0.1:{self.port}/postgres"


@contextmanager
def a_database(databases: Databases, like: str = "") -> Iterator[str]:
    """The address of one for as long as the block lasts."""
    address = databases.make(like)
    try:
        yield address
    finally:
        databases.drop(address)


def kin() -> Callable[..., Engine]:
    """Like `create_engine`; but what one has put into SQL, those of its kind need not put again.

    SQLAlchemy remembers SQL by its dialect, and gives each engine a dialect of its own.
    """
    elders: dict[str, Engine] = {}

    def create(url: URL, **options: Any) -> Engine:
        engine = create_engine(url, query_cache_size=STATEMENTS, **options)
        elder = elders.get(engine.name)
        if elder is None or not hasattr(elder.dialect, "default_isolation_level"):
            elders[engine.name] = engine  # one that never reached its server knows nothing of it
            return engine
        engine.dialect = engine.pool._dialect = elder.dialect
        engine._compiled_cache = elder._compiled_cache
        return engine

    return create


@contextmanager
def postgres() -> Iterator[Postgres]:
    """A server for as long as the block lasts."""
    programs = _programs()
    folder = Path(tempfile.mkdtemp(prefix="postgres-"))
    user = _another_user()
    if user is not None:
        shutil.chown(folder, user)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    make = ("initdb", "--username=watch", "--auth=trust", "--encoding=UTF8", "--locale=C")
    _run(programs, *make, "--no-sync", f"--pgdata={folder}/data", folder=folder, user=user)
    options = [f"-c {each}" for each in (*QUICKLY, "listen_addresses=127.0.0.1", f"port={port}")]
    start = ("-o", " ".join([*options, f"-k {folder}"]), "--wait", f"--log={folder}/log", "start")
    _run(programs, "pg_ctl", f"--pgdata={folder}/data", *start, folder=folder, user=user)
    try:
        yield Postgres(folder, port)
    finally:
        stop = ("--mode=immediate", "--wait", "stop")
        _run(programs, "pg_ctl", f"--pgdata={folder}/data", *stop, folder=folder, user=user)
        shutil.rmtree(folder, ignore_errors=True)


def _run(programs: Path, *command: str, folder: Path, user: str | None) -> None:
    done = subprocess.run(
        [programs / command[0], *command[1:]],
        user=user,
        group=pwd.getpwnam(user).pw_gid if user else None,
        extra_groups=[] if user else None,
        cwd=folder,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        check=False,
    )
    assert not done.returncode, f"{command}: {done.stderr}"


def _programs() -> Path:
    found = sorted(HOMES.glob("*/bin/initdb"), key=lambda path: float(path.parts[-3]))
    if not found:
        lacking("PostgreSQL (Debian package postgresql)", "NOT TRIED ON POSTGRESQL")
    return found[-1].parent


def _another_user() -> str | None:
    """Whom to start it as; None: whoever runs the tests is not root."""
    if os.geteuid() != 0:
        return None
    known = {each.pw_name for each in pwd.getpwall()}
    return next(name for name in OTHERS if name in known)
