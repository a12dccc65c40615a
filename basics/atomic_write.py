"""Files written atomically: after a crash there is the old content or the new, never a part."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

UNFINISHED = ".part"


def write_atomically(path: Path, content: bytes, *, mode: int = 0o600) -> None:
    """Write a file beside its place, flush it to disk, rename it, and flush the folder.

    Args:
        path: the file; its folder must exist.
        content: all of its bytes.
        mode: the file's permissions.

    Raises:
        OSError: the file cannot be written; what was there before is unchanged.
    """
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=".", suffix=UNFINISHED)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        Path(name).chmod(mode)
        Path(name).replace(path)
        flush_folder(path.parent)
    except OSError:
        Path(name).unlink(missing_ok=True)
        raise


def remove_unfinished(folder: Path, before: float) -> int:
    """Remove the unfinished files of killed processes from a folder; gives their number.

    Args:
        folder: where `write_atomically` wrote.
        before: seconds since the epoch; a file changed later may still be being written.
    """
    old = [path for path in folder.glob(f".*{UNFINISHED}") if path.stat().st_mtime < before]
    for path in old:
        path.unlink(missing_ok=True)
    return len(old)


def flush_folder(folder: Path) -> None:
    """Put on disk what was made, renamed or removed in a folder."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
