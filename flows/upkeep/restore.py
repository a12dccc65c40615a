"""Puts a backup back into an empty data folder and database, of whichever kind.

The backup is read through and found to be whole before anything is written. Then the documents come
into the archive, and the database is filled in one transaction. A folder stands in the data folder
until all is done: with it there no command takes what is there for an installation, and the same
restore may be made again.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import shutil
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from basics.atomic_write import flush_folder, write_atomically
from basics.process_lock import held_alone
from flows.context.context import RESTORING
from flows.context.planned import OF_A_SERVICE
from flows.settings.model import Settings
from flows.settings.without_secrets import left_out_of
from storage import restored
from storage.archive import Archive
from storage.backup_file import (
    DATABASE,
    DOCUMENT,
    BackupError,
    Member,
    Verified,
    members,
    verify,
)
from storage.database import Database, DatabaseError, known_versions, make_folder, newest_version
from storage.portable import NotOursError, documents_of, is_empty, read_copy, version_of
from storage.record import delete_states, get_state

SETTINGS_NAME = "ofsted-watch.toml.from-backup"
DATABASE_NAME = "ofsted-watch.sqlite"
ALIEN = {"lost+found"}  # of the file system
NAMED = 3

OnBytes = Callable[[int, int], object]  # so many now, of so many in all


class CannotRestoreError(Exception):
    """Nothing was restored; says why and what to do, in one line."""


@dataclass(frozen=True, slots=True)
class Restored:
    """What was restored."""

    made_at: datetime
    program: str
    schema: str
    documents: int
    on_hold: int  # messages
    settings: Path | None  # where those of the backup are
    secrets: tuple[str, ...]  # which were set, and are in no backup
    lacking: tuple[str, ...]  # documents that the archive does not have now


def restore(
    file: Path,
    settings: Settings,
    now: datetime,
    on_bytes: OnBytes = lambda _now, _all: None,
) -> Restored:
    """Restore a backup.

    Args:
        file: a backup.
        settings: where to: their data folder and database, both without anything of ours.
        now: the present.
        on_bytes: called as bytes are read; all are read twice.

    Raises:
        CannotRestoreError: the backup is not whole or of a later version, or something is there.
        storage.database.DatabaseError: the database cannot be used.
        OSError: a file cannot be read or written.
    """
    with file.open("rb") as backup:
        size = 2 * os.fstat(backup.fileno()).st_size
        verified = _verified(file, backup, lambda number: on_bytes(number, size))
        make_folder(settings.data)
        target = _Target(settings, file, verified, now)
        with target.alone():
            backup.seek(0)
            try:
                return target.fill(backup, lambda number: on_bytes(number, size))
            except (BackupError, NotOursError, zlib.error) as error:
                raise CannotRestoreError(f"{file} {error}; nothing was restored") from None


def _verified(file: Path, backup: BinaryIO, on_bytes: Callable[[int], object]) -> Verified:
    try:
        verified = verify(backup, on_bytes)
    except BackupError as error:
        raise CannotRestoreError(f"{file} {error}; nothing was restored") from None
    if verified.head.schema not in known_versions():
        raise CannotRestoreError(
            f"{file} was made by ofsted-watch {verified.head.program} from a database at version "
            f"{verified.head.schema}; this program supports up to {newest_version()}: install "
            f"ofsted-watch {verified.head.program} or newer and restore it with that"
        )
    return verified


@dataclass(frozen=True, slots=True)
class _Target:
    """Where a backup is restored to."""

    settings: Settings
    file: Path
    verified: Verified
    now: datetime

    @property
    def part(self) -> Path:
        """The folder that is there while a restore is under way, or was broken off."""
        return self.settings.data / RESTORING

    @property
    def archive(self) -> Archive:
        return Archive(self.settings.data / "archive")

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Begin, unless something is there or another process restores."""
        self._refuse_what_is_there(was_begun=self.part.exists())
        self.part.mkdir(mode=0o700, exist_ok=True)
        lock = self.part / "lock"
        try:
            with held_alone(lock):
                try:
                    yield
                except BaseException:
                    with contextlib.suppress(OSError):
                        lock.unlink()
                        self.part.rmdir()  # unless there is something in it
                    raise
                shutil.rmtree(self.part)
        except BlockingIOError:
            raise CannotRestoreError(
                f"another process is restoring into {self.settings.data}"
            ) from None
        flush_folder(self.settings.data)

    def _refuse_what_is_there(self, *, was_begun: bool) -> None:
        """Refuse a data folder that is not empty, but for what a broken-off restore has left."""
        if not self.verified.head.has_documents:  # of a database alone, for an archive that is here
            return
        folder, given = self.settings.data, {self.file.resolve(), self.settings.file}
        may_be = {*ALIEN, RESTORING, "archive", SETTINGS_NAME} if was_begun else {*ALIEN, RESTORING}
        there = sorted(
            path.name
            for path in folder.iterdir()
            if path.name not in may_be
            and path.resolve() not in given
            and not (was_begun and path.name.startswith(DATABASE_NAME))  # looked into later
        )
        if there:
            named = ", ".join(there[:NAMED])
            more = f" and {len(there) - NAMED} more" if len(there) > NAMED else ""
            raise CannotRestoreError(
                f"{folder} is not empty: it has {named}{more}; a backup is restored into an empty "
                "data folder only: set data_dir to another, or move away what is there"
            )

    def fill(self, backup: BinaryIO, on_bytes: Callable[[int], object]) -> Restored:
        """Write everything; the database last, and in one transaction."""
        with _opened(self.settings.database_address) as database:
            with database.trouble_in_words("read"):
                if self._was_finished(database):
                    return self._result(0, ())
                _check_empty(database)
            with self._cleared_on_error(database):
                copy = self.part / "database.sqlite"
                self._take_documents(backup, copy, on_bytes)
                lacking = self._lacking(copy)
                self._take_settings()
                held = _read_copy(copy, database, self._begin_anew)
            return self._result(held, lacking)

    @contextmanager
    def _cleared_on_error(self, database: Database) -> Iterator[None]:
        """On an error nothing is left of what was written.

        Where the database may have taken everything all the same, as when it was cut off while it
        said so, all is left to be looked into by the next restore.
        """
        try:
            yield
        except BaseException:
            if not _is_surely_empty(database):
                raise
            if self.verified.head.has_documents:
                shutil.rmtree(self.archive.folder, ignore_errors=True)
            with contextlib.suppress(OSError):
                (self.settings.data / SETTINGS_NAME).unlink(missing_ok=True)
            shutil.rmtree(self.part, ignore_errors=True)
            raise

    def _begin_anew(self, session: Session) -> int:
        for start in OF_A_SERVICE:
            delete_states(session, start)
        return restored.begin_anew(session, self.now, self.verified.sums_sha256)

    def _was_finished(self, database: Database) -> bool:
        """Whether an earlier restore of this backup was broken off after its last step."""
        if is_empty(database):
            return False
        with contextlib.suppress(DBAPIError), database.read() as session:
            return get_state(session, restored.BACKUP) == self.verified.sums_sha256
        return False

    def _take_documents(
        self, backup: BinaryIO, copy: Path, on_bytes: Callable[[int], object]
    ) -> None:
        staged = self.part / "archive"
        shutil.rmtree(staged, ignore_errors=True)
        if self.verified.head.has_documents:
            shutil.rmtree(self.archive.folder, ignore_errors=True)
            staged.mkdir(mode=0o700)
        folders = {self.part}
        for member in members(backup, on_bytes):
            if member.name == DATABASE:
                _unpack(member, copy)
            elif document := DOCUMENT.fullmatch(member.name):
                path = staged / document[1] / Path(member.name).name
                path.parent.mkdir(exist_ok=True)
                folders.add(path.parent)
                _write(member, path, document[2])
        if self.verified.head.has_documents:
            for folder in (*folders, staged):
                flush_folder(folder)
            staged.rename(self.archive.folder)
            flush_folder(self.settings.data)

    def _lacking(self, copy: Path) -> tuple[str, ...]:
        """The documents of the database that are not in the archive."""
        if version_of(copy) != self.verified.head.schema:
            raise BackupError("holds a database of another version than it says")
        paths = (self.archive.path(sha256, kind) for sha256, kind, _ in documents_of(copy))
        return tuple(path.name for path in paths if not path.is_file())

    def _take_settings(self) -> None:
        if self.verified.settings:
            write_atomically(self.settings.data / SETTINGS_NAME, self.verified.settings.encode())

    def _result(self, on_hold: int, lacking: tuple[str, ...]) -> Restored:
        head = self.verified.head
        beside = self.settings.data / SETTINGS_NAME
        return Restored(
            made_at=head.made_at,
            program=head.program,
            schema=head.schema,
            documents=self.verified.documents,
            on_hold=on_hold,
            settings=beside if self.verified.settings else None,
            secrets=left_out_of(self.verified.settings),
            lacking=lacking,
        )


def _is_surely_empty(database: Database) -> bool:
    with contextlib.suppress(DBAPIError):
        return is_empty(database)
    return False


def _check_empty(database: Database) -> None:
    """Refuse a database that has tables of ours."""
    if not is_empty(database):
        raise CannotRestoreError(
            f"the database {database.name} is not empty: it has tables of ofsted-watch; a backup "
            "is restored into an empty database only: set another, or move this one away"
        )


@contextmanager
def _opened(address: str) -> Iterator[Database]:
    """A database; a file of SQLite that was not there is gone again after an error."""
    database = Database(address)
    was_there = database.file is None or database.file.exists()  # it is made when it is asked
    try:
        yield database
    except BaseException:
        if database.file and not was_there and _is_surely_empty(database):
            database.close()
            for end in ("", "-wal", "-shm", "-journal"):
                Path(f"{database.file}{end}").unlink(missing_ok=True)
        raise
    finally:
        database.close()


def _read_copy(copy: Path, database: Database, then: Callable[[Session], int]) -> int:
    try:
        return read_copy(copy, database, then)
    except DBAPIError as error:
        said = " ".join(str(error.orig).split())
        raise DatabaseError(
            f"the database {database.name} could not be filled: {said}; check it, then run the "
            "restore again"
        ) from None


def _unpack(member: Member, path: Path) -> None:
    """The packed database, piece by piece; its hash has been compared."""
    unpacker = zlib.decompressobj(zlib.MAX_WBITS | 16)
    path.unlink(missing_ok=True)
    with path.open("xb") as file:
        for piece in member.pieces:
            rest = piece
            while rest:
                file.write(unpacker.decompress(rest, 1 << 20))
                rest = unpacker.unconsumed_tail
        file.write(unpacker.flush())
    path.chmod(0o600)


def _write(member: Member, path: Path, sha256: str) -> None:
    """A document; once more compared with its name, as the file may have changed meanwhile."""
    hashed = hashlib.sha256()
    with path.open("xb") as file:
        for piece in member.pieces:
            hashed.update(piece)
            file.write(piece)
        file.flush()
        os.fsync(file.fileno())
    path.chmod(0o644)
    if hashed.hexdigest() != sha256:
        raise CannotRestoreError(f"{path.name} changed while it was read; nothing was restored")
