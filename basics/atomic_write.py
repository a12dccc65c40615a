"""A file that is there whole or not at all, whatever breaks off."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

PART = ".part"


def write_whole(path: Path, content: bytes, *, mode: int = 0o600) -> None:
    """Write it beside its place, flush it to the disk, put it there by a rename, and flush that.

    Raises:
        OSError: it cannot be written; what was there before stands.
    """
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=".", suffix=PART)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        Path(name).chmod(mode)
        Path(name).replace(path)
        _flush(path.parent)
    except OSError:
        Path(name).unlink(missing_ok=True)
        raise


def remove_parts(folder: Path, before: float) -> int:
    """Remove what a killed process left beside a file's place; gives the number of files.

    Args:
        before: seconds of the epoch; files changed later may still be written.
    """
    left = [path for path in folder.glob(f".*{PART}") if path.stat().st_mtime < before]
    for path in left:
        path.unlink(missing_ok=True)
    return len(left)


def _flush(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
