"""The database: SQLite by default, PostgreSQL by address."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, create_engine, event, make_url, text
from sqlalchemy.engine import Connection
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError
from sqlalchemy.orm import Session

BUSY_SECONDS = 30


class DatabaseError(Exception):
    """The database cannot be used; says why and what to do."""


class OlderSchemaError(DatabaseError):
    """The database was made by an earlier version."""


class Database:
    """Sessions on one database. No session stays open while we talk to a network."""

    def __init__(self, address: str) -> None:
        self.address = address
        self.engine = _engine(address)

    @property
    def name(self) -> str:
        """The address without its password."""
        return self.engine.url.render_as_string(hide_password=True)

    @contextlib.contextmanager
    def read(self) -> Iterator[Session]:
        """A session that sees one state and writes nothing."""
        with Session(self.engine, expire_on_commit=False) as session:
            yield session

    @contextlib.contextmanager
    def write(self) -> Iterator[Session]:
        """A session that writes all of what is done in it, or nothing."""
        engine = self.engine.execution_options(writer=True)
        with Session(engine, expire_on_commit=False) as session, session.begin():
            yield session

    def close(self) -> None:
        """Give back every connection."""
        self.engine.dispose()


def open_database(address: str, *, migrate: bool = False) -> Database:
    """The database at an address; a missing or empty one is made.

    Args:
        address: as SQLAlchemy has it.
        migrate: bring one of an earlier version to this one.

    Raises:
        OlderSchemaError: it is of an earlier version and `migrate` is off.
        DatabaseError: it cannot be opened, or is of a later version.
    """
    database = Database(address)
    try:
        _to_this_version(database, migrate=migrate)
    except DBAPIError as error:
        raise DatabaseError(
            f"the database {database.name} cannot be opened: {error.orig}; "
            "check the address, the folder's owner and the space on the disk"
        ) from None
    return database


def _engine(address: str) -> Engine:
    try:
        url = make_url(address)
        engine = create_engine(url, **_options(url.get_backend_name()))
    except (ArgumentError, NoSuchModuleError, ModuleNotFoundError) as error:
        raise DatabaseError(f"database: not an address that can be used: {error}") from None
    if url.get_backend_name() == "sqlite":
        if url.database and url.database != ":memory:":
            _make_folder(Path(url.database).parent)
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
    return engine


def _options(backend: str) -> dict[str, Any]:
    if backend == "sqlite":
        return {"connect_args": {"timeout": BUSY_SECONDS}}
    return {"pool_pre_ping": True}


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise DatabaseError(
            f"the folder {folder} cannot be made: {error.strerror}; set data_dir to one that can"
        ) from None


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    connection.isolation_level = None  # we say BEGIN ourselves
    cursor = connection.cursor()
    for pragma in ("journal_mode = WAL", "foreign_keys = ON", "synchronous = FULL"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    writer = connection.get_execution_options().get("writer", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writer else "BEGIN")


def _to_this_version(database: Database, *, migrate: bool) -> None:
    have, want = schema_version(database), newest_version()
    if have == want:
        return
    if have is not None and have not in _known_versions():
        raise DatabaseError(
            f"the database {database.name} is of version {have}, later than this program's {want}; "
            "install the newer ofsted-watch"
        )
    if have is not None and not migrate:
        raise OlderSchemaError(
            f"the database {database.name} is of version {have}, this program needs {want}; "
            "run migrate"
        )
    upgrade(database)


def schema_version(database: Database) -> str | None:
    """The version of the database's tables; None for an empty one."""
    with database.engine.connect() as connection:
        if not database.engine.dialect.has_table(connection, "alembic_version"):
            return None
        found = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
        return str(found) if found is not None else None


def _known_versions() -> list[str]:
    folder = Path(__file__).parent / "migrations" / "versions"
    return sorted(path.stem.split("_")[0] for path in folder.glob("[0-9]*.py"))


def newest_version() -> str:
    """The version that this program works with."""
    return _known_versions()[-1]


def upgrade(database: Database) -> None:
    """Bring the tables to this version, in one transaction."""
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", os.fspath(Path(__file__).parent / "migrations"))
    with database.engine.execution_options(writer=True).begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
