"""The archive: original files by their SHA-256; never changed, never deleted."""

from __future__ import annotations

import contextlib
import errno
import hashlib
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

from basics.atomic_write import flush_folder

MEDIA_TYPES = {
    "application/pdf": ".pdf",
    "text/plain; charset=utf-8": ".txt",
}


class Archive:
    """Files in one folder, named by the SHA-256 of their content."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def path(self, sha256: str, media_type: str) -> Path:
        """Where a document is, whether or not it is there."""
        return self.folder / sha256[:2] / (sha256 + MEDIA_TYPES[media_type])

    def make(self) -> None:
        """Create the folder if it is missing; but not where a link leads to storage that is away.

        Raises:
            OSError: it cannot be created, or is away.
        """
        if self.folder.is_symlink() and not self.folder.exists():
            raise FileNotFoundError(
                errno.ENOENT, "a link to storage that is away", str(self.folder)
            )
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)

    @contextlib.contextmanager
    def incoming(self) -> Iterator[Path]:
        """A temporary path for a file; a file left there is removed at the end of the block."""
        incoming = self.folder / "incoming"
        incoming.mkdir(exist_ok=True)  # but never a lost archive anew
        handle, name = tempfile.mkstemp(dir=incoming)
        os.close(handle)
        path = Path(name)
        try:
            yield path
        finally:
            path.unlink(missing_ok=True)

    def remove_incoming(self, before: float) -> int:
        """Remove temporary files of killed processes; gives their number.

        Args:
            before: seconds since the epoch; a file changed later may still be downloading.
        """
        left = [
            path
            for path in (self.folder / "incoming").glob("*")
            if path.is_file() and path.stat().st_mtime < before
        ]
        for path in left:
            path.unlink(missing_ok=True)
        return len(left)

    def keep(self, path: Path, media_type: str) -> str:
        """Move a file into the archive; gives its SHA-256. It is on disk when this returns."""
        with path.open("rb+") as file:
            sha256 = hashlib.file_digest(file, "sha256").hexdigest()
            os.fsync(file.fileno())
        place = self.path(sha256, media_type)
        if not place.exists():
            place.parent.mkdir(exist_ok=True)
            path.chmod(0o644)
            path.replace(place)
        for folder in (place.parent, self.folder, self.folder.parent):
            flush_folder(folder)  # also what one that was killed moved there
        return sha256

    def keep_bytes(self, content: bytes, media_type: str) -> str:
        """The same for bytes in memory."""
        with self.incoming() as path:
            path.write_bytes(content)
            return self.keep(path, media_type)

    def read(self, sha256: str, media_type: str) -> bytes | None:
        """The bytes of a document; None if it is not there."""
        try:
            return self.path(sha256, media_type).read_bytes()
        except FileNotFoundError:
            return None
