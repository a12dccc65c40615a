"""The form of a backup: a plain tar, which every tar program unpacks.

`backup.json` says what it is; then come the database (a SQLite file, packed by gzip), the settings
and the documents as they lie in the archive; `SHA256SUMS`, the last, has the hash of each, as
`sha256sum -c` reads it. One that lacks its end is no backup. What is read is held to this form
strictly: plain files of these names and no other, each once.
"""

from __future__ import annotations

import hashlib
import json
import re
import tarfile
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field
from datetime import datetime
from io import BytesIO
from pathlib import Path
from typing import BinaryIO, NoReturn

FORMAT = 1
HEAD, SUMS = "backup.json", "SHA256SUMS"
DATABASE, SETTINGS = "database.sqlite.gz", "settings.toml"
DOCUMENT = re.compile(r"archive/([0-9a-f]{2})/(\1[0-9a-f]{62})\.(?:pdf|txt)")
_BLOCK = 512
_PIECE = 1 << 16
_SMALL = {HEAD: 1 << 16, SETTINGS: 1 << 20, SUMS: 1 << 26}  # bytes at most
_PLAIN = (tarfile.REGTYPE, tarfile.AREGTYPE)

OnBytes = Callable[[int], object]


class BackupError(Exception):
    """A file is no backup that can be restored here; says what is wrong, in one line."""


@dataclass(frozen=True, slots=True)
class Head:
    """What a backup says of itself.

    Attributes:
        program: the version of the program that made it.
        schema: the version of the database's tables.
        made_at: when, in UTC.
        has_documents: whether the archive is in it; not in those that `migrate` makes.
        format: of the backup.
    """

    program: str
    schema: str
    made_at: datetime
    has_documents: bool = True
    format: int = FORMAT


@dataclass(slots=True)
class Writer:
    """Writes a backup to a file or a pipe.

    Args:
        out: where to; nothing is read back from it.
        on_bytes: called with the number of bytes whenever some were written.
    """

    out: BinaryIO
    on_bytes: OnBytes = lambda _number: None
    written: int = 0
    _sums: list[str] = field(default_factory=list)

    def head(self, head: Head) -> None:
        """Write the first member."""
        text = json.dumps(asdict(head) | {"made_at": head.made_at.isoformat()}, indent=2)
        self.add_bytes(HEAD, f"{text}\n".encode())

    def add_bytes(self, name: str, content: bytes) -> None:
        """Write a small member."""
        self._add(name, BytesIO(content), len(content))

    def add_file(self, name: str, path: Path) -> None:
        """Write a file as a member, piece by piece."""
        with path.open("rb") as file:
            self._add(name, file, path.stat().st_size)

    def end(self) -> None:
        """Write the hashes and the end of the tar."""
        self.add_bytes(SUMS, "".join(self._sums).encode())
        self._write(bytes(2 * _BLOCK))

    def _add(self, name: str, file: BinaryIO, size: int) -> None:
        info = tarfile.TarInfo(name)
        info.size, info.mode = size, 0o600
        self._write(info.tobuf(tarfile.GNU_FORMAT))
        hashed, left = hashlib.sha256(), size
        while left:
            piece = file.read(min(_PIECE, left))
            if not piece:
                raise OSError(f"{name} became shorter while it was read")
            hashed.update(piece)
            self._write(piece)
            left -= len(piece)
        self._write(bytes(-size % _BLOCK))
        self._sums.append(f"{hashed.hexdigest()}  {name}\n")

    def _write(self, piece: bytes) -> None:
        self.out.write(piece)
        self.written += len(piece)
        self.on_bytes(len(piece))


@dataclass(slots=True)
class Member:
    """A member that is being read: its bytes come once, before the next member."""

    name: str
    size: int
    pieces: Iterator[bytes]

    def whole(self) -> bytes:
        """The bytes of a small one."""
        return b"".join(self.pieces)


def members(file: BinaryIO, on_bytes: OnBytes = lambda _number: None) -> Iterator[Member]:
    """The members in their order, each of a name that a backup has; the hashes are not compared.

    Raises:
        BackupError: it is no tar, is cut off, or has a member that no backup has.
    """
    seen = set[str]()
    while (head := _exactly(file, _BLOCK, on_bytes)) != bytes(_BLOCK):
        info = _info(head)
        if info.name in seen:
            _refuse(f"it has {info.name!r} twice")
        seen.add(info.name)
        pieces = _pieces(file, info.size, on_bytes)
        yield Member(info.name, info.size, pieces)
        for _ in pieces:  # what the reader had no use for
            pass
        _exactly(file, -info.size % _BLOCK, on_bytes)
        if info.name == SUMS:
            return
    _refuse("it is cut off, or is another tar file")


def _info(head: bytes) -> tarfile.TarInfo:
    try:
        info = tarfile.TarInfo.frombuf(head, "utf-8", "surrogateescape")
    except tarfile.HeaderError:
        _refuse("it is damaged, or is no tar file")
    known = info.name in {HEAD, DATABASE, SETTINGS, SUMS} or DOCUMENT.fullmatch(info.name)
    if not known or info.type not in _PLAIN:
        _refuse(f"it has {info.name[:100]!r}, which no backup has")
    if not 0 <= info.size <= _SMALL.get(info.name, info.size):
        _refuse(f"{info.name!r} is said to have {info.size} bytes")
    return info


def _pieces(file: BinaryIO, size: int, on_bytes: OnBytes) -> Iterator[bytes]:
    while size:
        piece = _exactly(file, min(_PIECE, size), on_bytes)
        size -= len(piece)
        yield piece


def _exactly(file: BinaryIO, size: int, on_bytes: OnBytes) -> bytes:
    found = file.read(size)
    if len(found) != size:
        _refuse("it is cut off")
    on_bytes(size)
    return found


def _refuse(why: str) -> NoReturn:
    raise BackupError(f"is not a whole backup of ofsted-watch: {why}")


@dataclass(frozen=True, slots=True)
class Verified:
    """A backup whose every hash is right."""

    head: Head
    settings: str
    sums_sha256: str  # by which it is told from all others
    documents: int


def verify(file: BinaryIO, on_bytes: OnBytes = lambda _number: None) -> Verified:
    """Read a backup through once and compare every hash; keeps nothing of it.

    Raises:
        BackupError: something is wrong with it, or it is of a later format.
    """
    hashes, small = dict[str, str](), dict[str, bytes]()
    for member in members(file, on_bytes):
        if member.name in _SMALL:
            small[member.name] = member.whole()
            hashes[member.name] = hashlib.sha256(small[member.name]).hexdigest()
        else:
            hashes[member.name] = _hash(member)
        if len(hashes) == 1:
            head = _head(small.get(HEAD, b""))
    sums = hashes.pop(SUMS)
    _compare(hashes, small[SUMS].decode("utf-8", "replace"))
    if DATABASE not in hashes:
        _refuse("it has no database")
    return Verified(
        head=head,
        settings=small.get(SETTINGS, b"").decode("utf-8", "replace"),
        sums_sha256=sums,
        documents=sum(1 for name in hashes if DOCUMENT.fullmatch(name)),
    )


def _hash(member: Member) -> str:
    hashed = hashlib.sha256()
    for piece in member.pieces:
        hashed.update(piece)
    return hashed.hexdigest()


def _head(text: bytes) -> Head:
    try:
        found = json.loads(text)
        format_ = int(found["format"])
        if format_ > FORMAT:
            raise BackupError(
                f"was made by a newer ofsted-watch ({found.get('program')}), whose backups have "
                f"form {format_}; this one reads up to {FORMAT}: install that version to restore it"
            )
        return Head(
            program=str(found["program"]),
            schema=str(found["schema"]),
            made_at=datetime.fromisoformat(found["made_at"]),
            has_documents=bool(found["has_documents"]),
            format=format_,
        )
    except (ValueError, KeyError, TypeError, AttributeError):
        _refuse("it does not begin with what a backup begins with")


def _compare(hashes: dict[str, str], sums: str) -> None:
    """Refuse what differs from the hashes in the backup, or a document from its own name."""
    said = dict(line.split("  ", 1)[::-1] for line in sums.splitlines() if "  " in line)
    for name in sorted(hashes.keys() | said.keys()):
        document = DOCUMENT.fullmatch(name)
        expected = document[2] if document else said.get(name)
        if name not in hashes:
            _refuse(f"{name} is missing")
        if not hashes[name] == expected == said.get(name):
            _refuse(f"{name} is damaged (its SHA-256 is another)")
