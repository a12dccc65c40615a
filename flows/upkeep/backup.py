"""Makes a backup: one file of database, archive and settings, while everything runs."""

from __future__ import annotations

import contextlib
import gzip
import hashlib
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import BinaryIO

from basics.atomic_write import flush_folder
from basics.process_lock import held_alone, tried
from storage.archive import Archive
from storage.backup_file import DATABASE, SETTINGS, Head, Writer
from storage.database import Database
from storage.portable import documents_of, write_copy

PART = ".backup.part"  # how the names of unfinished ones end
NAMED = 3  # documents in a line; the others are counted

OnBytes = Callable[[int, int], object]  # so many now, of so many in all


class NoBackupError(Exception):
    """No backup was made; says why, in one line."""


@dataclass(frozen=True, slots=True)
class Backup:
    """What was written."""

    bytes: int
    schema: str
    documents: int
    missing: tuple[str, ...]  # documents that the archive lacks
    damaged: tuple[str, ...]  # documents in it with other bytes than their name says

    @property
    def is_whole(self) -> bool:
        """Whether every document is in it."""
        return not self.missing and not self.damaged

    def lacking(self) -> str:
        """`2 documents are missing from the archive (ab.., cd..)`."""
        told = []
        for names, words in ((self.missing, "missing"), (self.damaged, "damaged")):
            if names:
                more = f" and {len(names) - NAMED} more" if len(names) > NAMED else ""
                told.append(f"{words}: {', '.join(names[:NAMED])}{more}")
        return "; ".join(told)


@dataclass(frozen=True, slots=True)
class Source:
    """What is backed up.

    Attributes:
        database: of this or an earlier version.
        archive: None: the documents are left out.
        settings: the text to keep of them, without secrets.
        now: the present.
    """

    database: Database
    archive: Archive | None
    settings: str
    now: datetime


def write_backup(file: Path, source: Source, on_bytes: OnBytes = lambda _now, _all: None) -> Backup:
    """Write a backup into a new file, for its owner alone; a killed one leaves no such file.

    Args:
        file: must not be there; its folder must.
        source: what is backed up.
        on_bytes: called as bytes are written.

    Raises:
        NoBackupError: the file is there, or is being written.
        OSError: it cannot be written; nothing is left of it.
        storage.portable.NotOursError: the database is damaged.
    """
    if os.path.lexists(file):
        raise NoBackupError(f"{file} already exists; give another name, or move it away")
    part = file.parent / f".{file.name}{PART}"
    _clear_away(file.parent)
    try:
        with held_alone(part) as handle, _removed(part):
            with os.fdopen(os.dup(handle), "wb") as out:
                out.truncate()
                made = stream_backup(out, source, on_bytes, beside=part)
                out.flush()
                os.fsync(handle)
            _publish(part, file)
    except BlockingIOError:
        raise NoBackupError(f"another process is writing {file}") from None
    flush_folder(file.parent)
    return made


def stream_backup(
    out: BinaryIO,
    source: Source,
    on_bytes: OnBytes = lambda _now, _all: None,
    *,
    beside: Path | None = None,
) -> Backup:
    """Write a backup to a file or pipe.

    Args:
        out: where to.
        source: what is backed up.
        on_bytes: called as bytes are written.
        beside: what the names of temporary files begin with; None: in the machine's own folder.
    """
    with _packed_copy(source.database, beside) as copied:
        documents = copied.documents if source.archive else []
        total = copied.path.stat().st_size + sum(size for _, _, size in documents)
        writer = Writer(out, lambda number: on_bytes(number, total))
        made_at = source.now.astimezone(UTC)
        writer.head(Head(version("ofsted-watch"), copied.schema, made_at, bool(source.archive)))
        writer.add_file(DATABASE, copied.path)
    writer.add_bytes(SETTINGS, source.settings.encode())
    missing, damaged = list[str](), list[str]()
    if source.archive:
        for sha256, media_type, _ in documents:
            path = source.archive.path(sha256, media_type)
            try:
                if _sha256(path) == sha256:
                    writer.add_file(f"archive/{path.relative_to(source.archive.folder)}", path)
                else:
                    damaged.append(path.name)
            except FileNotFoundError:
                missing.append(path.name)
    writer.end()
    return Backup(
        bytes=writer.written,
        schema=copied.schema,
        documents=len(documents) - len(missing) - len(damaged),
        missing=tuple(missing),
        damaged=tuple(damaged),
    )


@dataclass(frozen=True, slots=True)
class _Copied:
    """The database as a packed file, and what stands in it."""

    path: Path
    schema: str
    documents: list[tuple[str, str, int]]


@contextmanager
def _packed_copy(database: Database, beside: Path | None) -> Iterator[_Copied]:
    """The database as it is now, in a temporary file."""
    with contextlib.ExitStack() as stack:
        if beside is None:
            beside = Path(stack.enter_context(tempfile.TemporaryDirectory())) / "copy"
        plain, packed = (beside.with_name(f"{beside.name}{end}") for end in (".sqlite", ".gz"))
        stack.enter_context(_removed(plain))
        stack.enter_context(_removed(packed))
        plain.touch(0o600)
        schema = write_copy(database, plain)
        documents = documents_of(plain)
        packed.touch(0o600)
        with (
            plain.open("rb") as source,
            packed.open("wb") as target,
            gzip.GzipFile("", "wb", 6, target, mtime=0) as zipped,
        ):
            shutil.copyfileobj(source, zipped, 1 << 16)
        plain.unlink()
        yield _Copied(packed, schema, documents)


@contextmanager
def _removed(path: Path) -> Iterator[None]:
    """The file is gone at the end of the block, however it ends; also what SQLite put beside."""
    beside = (path, *(path.with_name(path.name + end) for end in ("-journal", "-wal", "-shm")))
    for each in beside[1:]:
        each.unlink(missing_ok=True)
    try:
        yield
    finally:
        for each in beside:
            each.unlink(missing_ok=True)


def _publish(part: Path, file: Path) -> None:
    """Give the finished file its name, unless it has been taken meanwhile."""
    try:
        file.hardlink_to(part)
    except FileExistsError:
        raise NoBackupError(f"{file} already exists; give another name, or move it away") from None
    except OSError:  # a file system without such links
        part.rename(file)


def _clear_away(folder: Path) -> None:
    """Remove what killed backups left in a folder."""
    for part in folder.glob(f".*{PART}"):
        with tried(part) as is_free:
            if is_free:
                for left in folder.glob(f"{part.name}*"):
                    left.unlink(missing_ok=True)


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
