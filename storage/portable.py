"""The whole database as one SQLite file: from any database, and into any empty one.

The file has our tables as the migrations make them, at the version of the database. It is one state
of the database, taken while others write. A file of SQLite is copied by its backup API, one of
PostgreSQL is written row by row within one snapshot.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import (
    Connection,
    DateTime,
    Engine,
    Integer,
    MetaData,
    Table,
    create_engine,
    delete,
    event,
    func,
    insert,
    inspect,
    select,
    text,
)
from sqlalchemy.orm import Session
from sqlalchemy.pool import StaticPool

from storage.database import Database, schema_version, upgrade_within
from storage.models import Base, UtcTime

T = TypeVar("T")
AT_ONCE = 20  # rows in memory; one may hold the text of a whole report
VERSION = "alembic_version"
_GIVEN = "SELECT CASE WHEN is_called THEN last_value ELSE 0 END FROM"  # a sequence


class NotOursError(Exception):
    """The file is not a database of ours, or is damaged."""


def write_copy(database: Database, path: Path) -> str:
    """Copy the database as it is now into a new file; gives the version of its tables.

    Raises:
        NotOursError: the database has no tables of ours, or its file is damaged.
        OSError: the file cannot be written.
        storage.database.DatabaseTroubleError: the database did not answer.
    """
    version = schema_version(database)
    if version is None:
        raise NotOursError(f"{database.name} has no tables of ofsted-watch")
    with database.trouble_in_words("copied"):
        if database.backend == "sqlite":
            _copy_file(database, path)
        else:
            _copy_rows_out(database, path, version)
    return version


def _copy_file(database: Database, path: Path) -> None:
    """By SQLite's backup API, within one reading transaction, which holds up no writer."""
    with database.engine.connect() as connection, closing(sqlite3.connect(path)) as copy:
        connection.exec_driver_sql("SELECT count(*) FROM sqlite_master")  # the snapshot is taken
        driver: Any = connection.connection.driver_connection
        try:
            driver.backup(copy)
            copy.execute("PRAGMA journal_mode = DELETE")  # one file, without another beside it
        except sqlite3.Error as error:
            raise OSError(f"{path}: {error}") from None
        _check_sound(copy)


def _check_sound(copy: sqlite3.Connection) -> None:
    try:
        (said,) = copy.execute("PRAGMA quick_check(1)").fetchone()
    except sqlite3.DatabaseError as error:
        said = str(error)
    if said != "ok":
        raise NotOursError(f"holds a database that is damaged: {said}")


def _copy_rows_out(database: Database, path: Path, version: str) -> None:
    """From PostgreSQL, within one transaction that sees one state."""
    one_state = database.engine.execution_options(isolation_level="REPEATABLE READ")
    with _file(path) as copy, one_state.connect() as source, copy.begin() as target:
        upgrade_within(target, version)
        tables = _tables(target)
        _empty(target, tables)
        _copy_rows(source, target, tables)
        _set_numbers(target, tables, _numbers(source, tables))


def is_empty(database: Database) -> bool:
    """Whether there is no table or view of ours."""
    names = inspect(database.engine)
    found = {*names.get_table_names(), *names.get_view_names()}
    views = {"reports", "judgements", "improvements", "documents"}
    return not found & ({*Base.metadata.tables, VERSION} | views)


def version_of(path: Path) -> str:
    """The version of the tables in a file that `write_copy` made.

    Raises:
        NotOursError: it is no such file, or is damaged.
    """
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as copy:
        _check_sound(copy)
        try:
            (found,) = copy.execute(f"SELECT version_num FROM {VERSION}").fetchone()  # noqa: S608
        except (sqlite3.DatabaseError, TypeError):
            raise NotOursError("holds a database without our tables") from None
    return str(found)


def documents_of(path: Path) -> list[tuple[str, str, int]]:
    """SHA-256, media type and size of every document that a copy names, in order.

    Raises:
        NotOursError: it is no such file.
    """
    query = "SELECT sha256, media_type, bytes FROM document ORDER BY sha256"
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as copy:
        try:
            return [(str(one), str(kind), int(size)) for one, kind, size in copy.execute(query)]
        except (sqlite3.DatabaseError, ValueError):
            raise NotOursError("holds a database without our documents") from None


def read_copy(path: Path, database: Database, then: Callable[[Session], T]) -> T:
    """Fill an empty database from a copy and bring it to this version: all of it, or nothing.

    Args:
        path: made by `write_copy`, here or on another database.
        database: has no tables of ours.
        then: done in the same transaction; what it gives is given back.

    Raises:
        sqlalchemy.exc.DBAPIError: the database cannot be written, or the copy is not ours.
    """
    version = version_of(path)
    writer = database.engine.execution_options(writer=True)
    with _file(path) as copy, copy.connect() as source, writer.begin() as target:
        upgrade_within(target, version)
        tables = _tables_of_version(version)
        _empty(target, tables)
        _copy_rows(source, target, tables)
        _set_numbers(target, tables, _numbers(source, tables))
        upgrade_within(target)
        with Session(target, join_transaction_mode="rollback_only") as session:
            done = then(session)
            session.flush()
    return done


def _tables_of_version(version: str) -> list[Table]:
    """Our tables as the migrations make them."""
    memory = create_engine("sqlite://", poolclass=StaticPool)
    with memory.begin() as connection:
        upgrade_within(connection, version)
        return _tables(connection)


@contextmanager
def _file(path: Path) -> Iterator[Engine]:
    engine = create_engine(f"sqlite:///{path}")
    # its maker is all that ever uses it, and makes another where this one is not finished
    event.listen(engine, "connect", lambda driver, _: driver.execute("PRAGMA synchronous = OFF"))
    try:
        yield engine
    finally:
        engine.dispose()


def _tables(connection: Connection) -> list[Table]:
    """Those of SQLite, each behind those that it refers to, with times as we keep them."""
    metadata = MetaData()

    @event.listens_for(metadata, "column_reflect")
    def _in_utc(_inspector: Any, _table: Any, column: Any) -> None:
        if isinstance(column["type"], DateTime):
            column["type"] = UtcTime()

    metadata.reflect(connection)
    return [each for each in metadata.sorted_tables if each.name != VERSION]


def _empty(target: Connection, tables: list[Table]) -> None:
    """Away with what the migrations themselves write."""
    for table in reversed(tables):
        target.execute(delete(table))


def _copy_rows(source: Connection, target: Connection, tables: list[Table]) -> None:
    """In the order of their keys: a row may refer to an earlier one of its table."""
    for table in tables:
        rows = source.execute(
            select(table).order_by(*table.primary_key), execution_options={"yield_per": AT_ONCE}
        )
        for some in rows.mappings().partitions():
            target.execute(insert(table), [dict(each) for each in some])


def _numbered(tables: list[Table]) -> Iterator[tuple[Table, str]]:
    """The tables whose rows the database numbers, with the column."""
    for table in tables:
        key = [*table.primary_key]
        if len(key) == 1 and isinstance(key[0].type, Integer):
            yield table, key[0].name


def _numbers(source: Connection, tables: list[Table]) -> dict[str, int]:
    """The last number given in each table, also to a row that is gone."""
    found = {
        table.name: source.scalar(select(func.max(table.c[column]))) or 0
        for table, column in _numbered(tables)
    }
    if source.dialect.name == "sqlite":
        given = {row.name: row.seq for row in source.execute(text("SELECT * FROM sqlite_sequence"))}
    else:
        given = {
            table.name: source.scalar(text(f"{_GIVEN} {sequence}"))
            for table, column in _numbered(tables)
            if (sequence := _sequence(source, table, column))
        }
    return {name: max(last, given.get(name) or 0) for name, last in found.items()}


def _set_numbers(target: Connection, tables: list[Table], numbers: dict[str, int]) -> None:
    """The next row gets the number after the last one given."""
    for table, column in _numbered(tables):
        last = numbers[table.name]
        if not last:
            continue
        if target.dialect.name == "sqlite":
            named = {"last": last, "name": table.name}
            target.execute(text("DELETE FROM sqlite_sequence WHERE name = :name"), named)
            target.execute(text("INSERT INTO sqlite_sequence VALUES (:name, :last)"), named)
        elif sequence := _sequence(target, table, column):
            number = text("SELECT setval(CAST(:name AS regclass), :last)")
            target.execute(number, {"name": sequence, "last": last})


def _sequence(connection: Connection, table: Table, column: str) -> str | None:
    """The name of PostgreSQL's sequence behind a column, quoted."""
    named = {"table": connection.dialect.identifier_preparer.format_table(table), "column": column}
    found = connection.scalar(text("SELECT pg_get_serial_sequence(:table, :column)"), named)
    return str(found) if found else None
