"""Brings the database to this version, after a backup of it."""

from __future__ import annotations

import logging
from pathlib import Path

from flows.context.context import AppContext, open_context
from flows.settings.load import clock
from flows.settings.model import Settings
from flows.upkeep.backup import Source, write_backup
from storage.database import (
    Database,
    DatabaseTroubleError,
    OlderSchemaError,
    make_folder,
    newest_version,
    schema_version,
)
from storage.portable import NotOursError

log = logging.getLogger(__name__)

BEFORE = "before-"  # how the names of these backups begin
KEPT = 3


def open_migrated(settings: Settings) -> AppContext:
    """As `open_context`; a database of an earlier version is backed up, then brought to this one.

    The backup has no documents, as their files are not changed. The newest three are kept.

    Raises:
        SettingsError: as `open_context`.
        storage.database.DatabaseError: as `open_context`; or there is no backup, so that
            nothing was changed.
    """
    try:
        return open_context(settings)
    except OlderSchemaError:
        back_up_before(settings)
        return open_context(settings, migrate=True)


def back_up_before(settings: Settings) -> Path:
    """Back up the database of an earlier version into the data folder; gives the file."""
    now = clock(settings).now()
    make_folder(settings.data)
    database = Database(settings.database_address, make=False)
    try:
        have = schema_version(database)
        name = f"{BEFORE}{have}-to-{newest_version()}-{now:%Y%m%dT%H%M%SZ}.tar"
        file = settings.data / name
        write_backup(file, Source(database, None, "", now))
    except (OSError, NotOursError) as error:
        raise DatabaseTroubleError(
            f"the database {database.name} was not updated, as it could not be backed up before: "
            f"{error}; make room in {settings.data}, or let this user write there"
        ) from None
    finally:
        database.close()
    log.warning("backed up the database to %s before updating it", file)
    _remove_old(settings.data)
    return file


def _remove_old(folder: Path) -> None:
    """Keep the newest few."""
    made = sorted(folder.glob(f"{BEFORE}*.tar"), key=lambda each: each.stat().st_mtime)
    for old in made[:-KEPT]:
        old.unlink(missing_ok=True)
