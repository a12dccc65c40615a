"""The database: whether it opens, is intact and writable, and agrees with the audit."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress

from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from deployments.doctor.findings import Diagnosis, ok, wrong
from flows.context.context import AppContext
from flows.upkeep.audit import findings
from storage import ahead, models
from storage.database import Database, DatabaseError, OlderSchemaError, newest_version

DATABASE = "database"
RESTORE = "stop the service and restore the data folder from a backup"
SHOWN = 3


def unusable(error: DatabaseError | OSError) -> Diagnosis:
    """The finding for a database that is missing, does not open, or is of another version."""
    found, _, to_do = str(error).partition("; ")
    if isinstance(error, OlderSchemaError):
        to_do = "run `ofsted-watch migrate`"
    return wrong(DATABASE, found, to_do or "check `data_dir` and `database` in the settings")


def examine(context: AppContext) -> Iterator[Diagnosis]:
    """The findings for a database that opens: integrity, writing, audit, times in the future."""
    database = context.database
    yield ok(DATABASE, f"{database.name} opens; schema version {newest_version()}")
    yield from _damage(database)
    yield _writing(database)
    yield _discrepancies(context)
    yield from _ahead(context)


def _damage(database: Database) -> Iterator[Diagnosis]:
    if database.engine.dialect.name != "sqlite":
        return
    try:
        with database.engine.connect() as connection:
            said = connection.execute(text("PRAGMA integrity_check")).scalars().all()
            loose = connection.execute(text("PRAGMA foreign_key_check")).all()
    except (DBAPIError, DatabaseError) as error:
        yield wrong(DATABASE, f"integrity check failed: {_cause(error)}", RESTORE)
        return
    if said != ["ok"]:
        yield wrong(DATABASE, f"integrity check found damage: {'; '.join(said[:SHOWN])}", RESTORE)
    if loose:
        tables = ", ".join(sorted({str(row[0]) for row in loose}))
        yield wrong(DATABASE, f"{len(loose)} rows refer to missing rows: {tables}", RESTORE)
    if said == ["ok"] and not loose:
        yield ok(DATABASE, "integrity check passed")


def _cause(error: DBAPIError | DatabaseError) -> object:
    return error.orig if isinstance(error, DBAPIError) else error


class _OnlyTriedError(Exception):
    """Rolls back what was written as a trial."""


def _writing(database: Database) -> Diagnosis:
    try:
        with suppress(_OnlyTriedError), database.write() as session:
            session.add(models.AppState(name="doctor", value="was here"))
            session.flush()
            raise _OnlyTriedError
    except (DBAPIError, DatabaseError) as error:
        to_do = (
            "check the folder's owner and permissions, the disk, and whether another program "
            "has the database open"
        )
        return wrong(DATABASE, f"cannot be written: {_cause(error)}", to_do)
    return ok(DATABASE, "is writable")


def _discrepancies(context: AppContext) -> Diagnosis:
    with context.database.read() as session:
        found = findings(session, context)
    if not found.discrepancies:
        return ok("audit", found.in_words())
    return wrong("audit", found.in_words(), "run `ofsted-watch audit` to list them")


def _ahead(context: AppContext) -> Iterator[Diagnosis]:
    """Times that a wrong clock wrote; the next sending corrects them."""
    with context.database.read() as session:
        found = ahead.find(session, context.clock.now())
    for each in found:
        to_do = "check this machine's clock; if it is right now, run `ofsted-watch send`"
        yield wrong("clock", f"{each.what} is in the future: {each.at:%d %B %Y %H:%M} UTC", to_do)
