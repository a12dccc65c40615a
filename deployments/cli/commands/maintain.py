"""Commands that back up, restore and update the database."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from deployments.cli import progress
from deployments.cli.commands.shared import (
    CommandFailedError,
    UsageError,
    context_of,
    exit_unless,
    in_one_line,
    note,
    settings_of,
)
from deployments.cli.tables import moment, safe, say
from flows.settings import load
from notifications.words.plain import several


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.pass_obj
@in_one_line
def backup(config: str | None, file: Path) -> None:
    """Write database, archive and settings into one file, while everything runs.

    Secrets are left out. Never overwrites a file. Exits 1 if a document is missing from the
    archive or damaged; the rest is in the backup all the same.
    """
    from flows.settings.without_secrets import public_settings
    from flows.upkeep.backup import NoBackupError, Source, stream_backup, write_backup
    from storage.portable import NotOursError

    context = context_of(config)
    settings, now = public_settings(config), context.clock.now()
    source = Source(context.database, context.archive, settings.text, now)
    try:
        with progress.bytes_shown("backing up") as on_bytes:
            if str(file) == "-":
                made = stream_backup(sys.stdout.buffer, source, on_bytes)
                sys.stdout.buffer.flush()
            else:
                made = write_backup(file, source, on_bytes)
    except NoBackupError as error:
        raise UsageError(str(error)) from None
    except NotOursError as error:
        raise CommandFailedError(f"no backup was made: {error}") from None
    click.echo(
        f"backed up database, settings and {several(made.documents, 'document')} to {file} "
        f"({made.bytes / 1_000_000:.1f} MB)",
        err=str(file) == "-",
    )
    if settings.left_out:
        note(f"secrets are not in it: {', '.join(map(safe, settings.left_out))}")
    if not made.is_whole:
        raise CommandFailedError(
            f"not all documents are in the backup ({safe(made.lacking())}); they are downloaded "
            "again at the next weekly request, or restore them from an older backup"
        )


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.pass_obj
@in_one_line
def restore(config: str | None, file: Path) -> None:
    """Put a backup back into an empty data folder and database, also on another machine.

    The database may be of another kind than the one that was backed up: SQLite or PostgreSQL.
    Messages that were pending are put on hold, as they may have been sent since. Exits 1 if
    the backup lacks documents.
    """
    from flows.upkeep.restore import CannotRestoreError
    from flows.upkeep.restore import restore as put_back

    settings = settings_of(config)
    if not file.is_file():
        raise UsageError(f"{file}: file not found; give a file that `ofsted-watch backup` wrote")
    try:
        with progress.bytes_shown("restoring") as on_bytes:
            found = put_back(file, settings, load.clock(settings).now(), on_bytes)
    except CannotRestoreError as error:
        raise UsageError(str(error)) from None
    say(
        f"restored the backup of {moment(found.made_at)} with "
        f"{several(found.documents, 'document')} into {settings.data}"
    )
    if found.settings:
        say(f"the settings in it are in {found.settings}; your own were not changed")
    if found.secrets:
        say(f"secrets that were set there and are in no backup: {', '.join(found.secrets)}")
    if found.on_hold:
        say(
            f"{several(found.on_hold, 'message')} on hold, as they may have been sent since the "
            "backup: see `ofsted-watch messages`, then `messages retry` or `messages cancel`"
        )
    if found.lacking:
        note(f"{several(len(found.lacking), 'document')} not in the archive: downloaded again")
    exit_unless(not found.lacking)


@click.command()
@click.pass_obj
@in_one_line
def migrate(config: str | None) -> None:
    """Update the database to this version, after a backup of it.

    The backup is `before-...tar` in the data folder; the newest three are kept.
    """
    from flows.upkeep.migrate import open_migrated
    from storage.database import newest_version

    context = open_migrated(settings_of(config))
    click.echo(f"{context.database.name}: database schema is at version {newest_version()}")
