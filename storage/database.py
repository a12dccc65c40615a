"""The database: SQLite by default, PostgreSQL by address."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from sqlalchemy import URL, Engine, create_engine, delete, event, insert, make_url, select, text
from sqlalchemy.engine import Connection
from sqlalchemy.exc import (
    ArgumentError,
    DataError,
    DBAPIError,
    IntegrityError,
    NoSuchModuleError,
    OperationalError,
    ProgrammingError,
)
from sqlalchemy.orm import Session

from storage import authorities
from storage.liveness import this_process
from storage.models import AppState

BUSY_SECONDS = 30
CONNECT_SECONDS = 10
# A connection whose other end is gone without a word is noticed within a minute: by us, so that no
# command waits for ever, and by the server, so that no lock outlives the machine that held it.
LOST_IS_NOTICED = {
    "keepalives": 1,
    "keepalives_idle": 30,  # seconds, like the next
    "keepalives_interval": 10,
    "keepalives_count": 3,
    "tcp_user_timeout": 60_000,  # milliseconds
}
SERVER_OPTIONS = " ".join(
    f"-c {name}={value}"
    for name, value in {
        "lock_timeout": f"{BUSY_SECONDS}s",
        "tcp_keepalives_idle": 30,
        "tcp_keepalives_interval": 10,
        "tcp_keepalives_count": 3,
        "tcp_user_timeout": 60_000,
    }.items()
)
# A writer that is cut off gives its turn up before those that wait for it do.
IDLE_SECONDS = BUSY_SECONDS * 2 // 3
WRITERS = 80515  # the lock that each writer on PostgreSQL takes: they take turns, as on SQLite
OURS = (IntegrityError, DataError, ProgrammingError)  # what we asked is at fault, not the database
ADVICE = (
    ("locked", "another program is using it (a backup, a database browser): close that program"),
    ("lock timeout", "another program is using it (a backup, a console): close that program"),
    ("full", "free some space on its disk"),
    ("No space left", "free some space on its disk"),
    ("readonly", "let this user write the file and its folder"),
    ("read-only", "let this user write it"),
    ("resolve", "check the name of its server in the address"),
    ("connect", "check that its server is running and reachable"),
)
OTHERWISE = "check that its folder exists and its disk works"
PASSES = (
    "locked",
    "lock timeout",
    "full",
    "No space left",
    "disk I/O",
    "refused",
    "timeout",
    "starting up",
)


MADE_BY = "schema made by"  # name in `app_state`: the program's version
UNRELEASED = {"0001"}  # revisions of what was never released, with other names of all tables


class DatabaseError(Exception):
    """The database cannot be used; says why and what to do."""


class MissingDatabaseError(DatabaseError):
    """There is no database of ours at the address, and this command creates none."""


class OlderSchemaError(DatabaseError):
    """The database was made by an earlier version."""


class DatabaseTroubleError(DatabaseError):
    """A valid database failed to read or write; it may work when tried again."""


class Database:
    """Sessions on one database. No session stays open while we talk to a network.

    Args:
        address: as SQLAlchemy has it.
        make: create SQLite's file and its folder if they are missing.
    """

    def __init__(self, address: str, *, make: bool = True) -> None:
        self.address = address
        self.engine = _engine(address, make=make)

    @property
    def name(self) -> str:
        """The address without its password, and without its query, which may hold another."""
        return self.engine.url.set(query={}).render_as_string(hide_password=True)

    @property
    def file(self) -> Path | None:
        """The file of SQLite; None: there is none."""
        return _sqlite_file(self.engine.url) if self.backend == "sqlite" else None

    @property
    def backend(self) -> str:
        """`sqlite` or `postgresql`."""
        return self.engine.url.get_backend_name()

    @contextlib.contextmanager
    def read(self) -> Iterator[Session]:
        """A session that sees one state and writes nothing.

        Raises:
            DatabaseTroubleError: the database did not answer.
        """
        one_state = {"isolation_level": "REPEATABLE READ"} if self.backend == "postgresql" else {}
        engine = self.engine.execution_options(**one_state)
        with self.trouble_in_words("read"), Session(engine, expire_on_commit=False) as session:
            yield session

    @contextlib.contextmanager
    def write(self) -> Iterator[Session]:
        """A session that writes all of what is done in it, or nothing; one at a time.

        Raises:
            DatabaseTroubleError: nothing was written: it is locked, full, read-only or gone.
        """
        engine = self.engine.execution_options(writer=True)
        with (
            self.trouble_in_words("written"),
            Session(engine, expire_on_commit=False) as session,
            session.begin(),
        ):
            yield session

    @contextlib.contextmanager
    def trouble_in_words(self, done: str) -> Iterator[None]:
        """Any trouble of the database in one line.

        Args:
            done: what could not be done, such as `read`.

        Raises:
            DatabaseTroubleError: what went wrong in the block.
        """
        try:
            yield
        except OURS:
            raise
        except DBAPIError as error:
            said = _in_a_line(error)
            raise DatabaseTroubleError(
                f"the database {self.name} could not be {done}: {said}; everything saved before "
                f"is kept; {_advice(said)}, then run the command again"
            ) from error

    def close(self) -> None:
        """Close all connections, and release this process's lock if it holds no lease."""
        this_process(self.engine).free_unless_needed()
        self.engine.dispose()


def open_database(address: str, *, migrate: bool = False, make: bool = True) -> Database:
    """The database at an address; a missing or empty one is made.

    Args:
        address: as SQLAlchemy has it.
        migrate: update a database of an earlier version.
        make: create a missing or empty one; False: refuse it, and change nothing.

    Raises:
        MissingDatabaseError: it is missing or empty, and `make` is off.
        OlderSchemaError: it is of an earlier version and `migrate` is off.
        DatabaseTroubleError: it cannot be opened now: it is locked or full, its server is down.
        DatabaseError: it cannot be opened as it is given, or is of a later version.
    """
    database = Database(address, make=make)
    try:
        have = schema_version(database)
        if not make and have is None:
            raise _missing(database.name)
        _to_this_version(database, have, migrate=migrate)
        if make:
            _load_authorities(database)
    except DBAPIError as error:
        said = _in_a_line(error)
        passes = isinstance(error, OperationalError) and any(sign in said for sign in PASSES)
        raise (DatabaseTroubleError if passes else DatabaseError)(
            f"the database {database.name} cannot be opened: {said}; {_advice(said)}, and check "
            "the address and the folder's owner"
        ) from None
    return database


def _missing(name: str) -> MissingDatabaseError:
    return MissingDatabaseError(
        f"there is no ofsted-watch database at {name}; the first `ofsted-watch check` or `up` "
        "creates it; if you expected one, check --config, data_dir and the current folder"
    )


def _advice(said: str) -> str:
    return next((words for sign, words in ADVICE if sign in said), OTHERWISE)


def _in_a_line(error: DBAPIError) -> str:
    return " ".join(str(error.orig).split())


def _engine(address: str, *, make: bool) -> Engine:
    try:
        url = _url(address)
        engine = create_engine(url, **_options(url))
    except (NoSuchModuleError, ModuleNotFoundError) as error:
        raise DatabaseError(f"database: not a valid address: {error}") from None
    except (ArgumentError, ValueError):  # their words may hold the password
        raise DatabaseError(
            "database: not a valid address: SQLite and PostgreSQL are supported; "
            "in a password, write @ / : as %40 %2F %3A"
        ) from None
    if url.get_backend_name() == "sqlite":
        if file := _sqlite_file(url):
            make_folder(file.parent) if make else _is_to_be_there(file, url)
        event.listen(engine, "connect", _prepare_sqlite)
        if make:  # it is kept in the file, and changes one that is not ours
            event.listen(engine, "connect", _keep_a_log)
        event.listen(engine, "begin", _begin_sqlite)
    else:
        event.listen(engine, "begin", _begin_postgresql)
    return engine


def _url(address: str) -> URL:
    url = make_url(address)
    if "@" in (url.host or ""):  # the end of a password, which every error would show
        raise ArgumentError
    if url.drivername in {"postgresql", "postgres"}:
        return url.set(drivername="postgresql+psycopg")
    if url.get_backend_name() not in {"sqlite", "postgresql"}:
        raise ArgumentError
    return url


def _sqlite_file(url: URL) -> Path | None:
    """Where SQLite keeps the database, also by an address of its own (`file:`); None: nowhere."""
    named = url.database or ""
    path = unquote(urlsplit(named).path) if named.startswith("file:") else named
    return Path(path) if path not in {"", ":memory:"} else None


def _is_to_be_there(file: Path, url: URL) -> None:
    """Refuse a missing or empty file, which SQLite would create; it reports other faults itself."""
    try:
        file.stat()
    except (FileNotFoundError, NotADirectoryError):
        raise _missing(url.set(query={}).render_as_string()) from None
    except OSError:
        return


def _options(url: URL) -> dict[str, Any]:
    """Our options for PostgreSQL, unless the address gives them."""
    if url.get_backend_name() == "sqlite":
        ours: dict[str, Any] = {"timeout": BUSY_SECONDS}
    else:
        ours = {"connect_timeout": CONNECT_SECONDS, **LOST_IS_NOTICED}
    given = {name: value for name, value in ours.items() if name not in url.query}
    if url.get_backend_name() == "postgresql":
        given["options"] = " ".join([SERVER_OPTIONS, *_texts(url.query.get("options", ()))])
    return {"connect_args": given, "pool_pre_ping": True}


def _texts(value: str | tuple[str, ...]) -> tuple[str, ...]:
    return (value,) if isinstance(value, str) else value


def make_folder(folder: Path) -> None:
    """Create a folder that only we can read; an existing one is left as it is.

    Raises:
        DatabaseError: it cannot be made.
    """
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise DatabaseError(
            f"the folder {folder} cannot be created: {error.strerror}; set data_dir to another"
        ) from None


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    connection.isolation_level = None  # we say BEGIN ourselves
    cursor = connection.cursor()
    for pragma in ("foreign_keys = ON", "synchronous = FULL"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _keep_a_log(connection: Any, _record: Any) -> None:
    cursor = connection.cursor()
    cursor.execute("PRAGMA journal_mode = WAL")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    writer = connection.get_execution_options().get("writer", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writer else "BEGIN")


def _begin_postgresql(connection: Connection) -> None:
    if connection.get_execution_options().get("writer", False):
        connection.exec_driver_sql(
            f"SELECT pg_advisory_xact_lock({WRITERS}), "
            f"set_config('idle_in_transaction_session_timeout', '{IDLE_SECONDS}s', true)"
        )


def _to_this_version(database: Database, have: str | None, *, migrate: bool) -> None:
    want = newest_version()
    if have == want:
        return
    if have in UNRELEASED:
        raise DatabaseError(
            f"the database {database.name} was made by an unreleased version of this program; move "
            "it away, the next check fills it again"
        )
    if have is not None and have not in known_versions():
        raise DatabaseError(
            f"the schema of the database {database.name} is at version {have}, later than {want}, "
            f"which this program supports; install the newer ofsted-watch{_made_by(database)}, or "
            "go back to the backup that it made before it changed the database (docs/backup.md)"
        )
    if have is not None and not migrate:
        raise OlderSchemaError(
            f"the schema of the database {database.name} is at version {have}, but this program "
            f"needs {want}; run `ofsted-watch migrate`"
        )
    upgrade(database)


def _made_by(database: Database) -> str:
    """` (2.1)`: the program that brought the tables to their version, if it says so."""
    with database.engine.connect() as connection:
        if not database.engine.dialect.has_table(connection, AppState.__tablename__):
            return ""
        found = connection.scalar(select(AppState.value).where(AppState.name == MADE_BY))
    return f" ({found})" if found else ""


def _load_authorities(database: Database) -> None:
    """Fill the table `authority` unless it matches this version's list."""
    with database.read() as session:
        if authorities.are_loaded(session):
            return
    with database.write() as session:
        authorities.load(session)


def schema_version(database: Database) -> str | None:
    """The version of the database's tables; None for an empty one."""
    with database.engine.connect() as connection:
        if not database.engine.dialect.has_table(connection, "alembic_version"):
            return None
        found = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
        return str(found) if found is not None else None


def known_versions() -> list[str]:
    """The versions of the tables that this program knows, the oldest first."""
    folder = Path(__file__).parent / "migrations" / "versions"
    return sorted(path.stem.split("_")[0] for path in folder.glob("[0-9]*.py"))


def newest_version() -> str:
    """The version that this program works with."""
    return known_versions()[-1]


def upgrade(database: Database) -> None:
    """Bring the tables to this version, in one transaction."""
    with database.engine.execution_options(writer=True).begin() as connection:
        upgrade_within(connection)


def upgrade_within(connection: Connection, to: str = "head") -> None:
    """Bring the tables to a version, within the transaction of a connection."""
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", os.fspath(Path(__file__).parent / "migrations"))
    config.attributes["connection"] = connection
    command.upgrade(config, to)
    if to == "head":
        connection.execute(delete(AppState).where(AppState.name == MADE_BY))
        made_by = {"name": MADE_BY, "value": version("ofsted-watch")}
        connection.execute(insert(AppState).values(**made_by))
