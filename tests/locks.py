"""The locks by which processes see each other, met from outside."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import text

from storage.database import Database

# Waits (milliseconds) for each connection to have ended: the server frees its lock only then.
CUT = (
    "SELECT pg_terminate_backend(pid, 30000) FROM pg_locks JOIN pg_stat_activity USING (pid) "
    "WHERE locktype = 'advisory' AND datname = current_database() AND pid <> pg_backend_pid()"
)


def lock_files(database: Database) -> list[str]:
    """Those beside SQLite."""
    if database.backend == "postgresql":
        return []
    file = Path(str(database.engine.url.database))
    return sorted(str(each) for each in file.parent.glob(f"{file.name}-lock-*"))


def cut(database: Database) -> None:
    """Every process loses its lock, and goes on: its connection ends, its file is deleted."""
    for file in lock_files(database):
        Path(file).unlink()
    if database.backend == "postgresql":
        with database.read() as session:
            session.execute(text(CUT))
