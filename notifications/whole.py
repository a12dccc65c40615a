"""A file that is there whole or not at all, whatever breaks off."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path


def put(path: Path, content: bytes, *, mode: int = 0o600) -> None:
    """Write it beside its place, flush it to the disk, and put it there by a rename.

    Raises:
        OSError: it cannot be written; what was there before stands.
    """
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=".", suffix=".part")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        Path(name).chmod(mode)
        Path(name).replace(path)
    except OSError:
        Path(name).unlink(missing_ok=True)
        raise
