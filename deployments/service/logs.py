"""The logs of the processes that the service runs: kept short."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

LIMIT = 5_000_000  # bytes
OLD = ".old"


def rotate(folder: Path) -> None:
    """Empty each log that is over the limit, after a copy of it has replaced the one before.

    The processes keep their logs open, so no other file can take a log's place. What they write
    between copy and emptying is lost.

    Args:
        folder: of the logs; it may be missing.
    """
    for log in folder.glob("*.log"):
        if log.stat().st_size > LIMIT:
            shutil.copyfile(log, log.with_name(log.name + OLD))
            os.truncate(log, 0)
