"""A lock on a file that a process holds until it ends, however it ends."""

from __future__ import annotations

import contextlib
import fcntl
import os
from collections.abc import Iterator
from pathlib import Path

from filelock import FileLock

TAKEN_WITHIN = 5.0  # seconds; nobody else wants it but who clears away what the dead left


@contextlib.contextmanager
def tried(path: Path) -> Iterator[bool]:
    """Whether a file's lock can be taken, which nobody else takes meanwhile; a lost file's can."""
    try:
        handle = os.open(path, os.O_RDONLY)
    except FileNotFoundError:
        yield True
        return
    except PermissionError:  # somebody else's, of whom it cannot be known
        yield False
        return
    try:
        fcntl.flock(handle, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        is_free = False
    else:
        is_free = True
    try:
        yield is_free
    finally:
        os.close(handle)


@contextlib.contextmanager
def held_alone(path: Path) -> Iterator[int]:
    """A file that this process alone writes, made if it is missing; gives its descriptor.

    Raises:
        BlockingIOError: another process writes it.
        OSError: it cannot be made.
    """
    while True:
        handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            if _is_still(handle, path):
                yield handle
                return
        finally:
            os.close(handle)


def _is_still(handle: int, path: Path) -> bool:
    """Whether a file was not removed or renamed before its lock was taken."""
    try:
        return os.path.samestat(os.fstat(handle), path.stat())
    except FileNotFoundError:
        return False


class LockedFile:
    """A file of a name that is used once, with a lock on it.

    Args:
        path: where it is made, and removed at its end.
        beside: what the names of all such files there begin with; those of the dead are removed.

    Raises:
        OSError: it cannot be made.
    """

    def __init__(self, path: Path, beside: str) -> None:
        self._path = path
        _clear_away(path.parent, beside)
        self._lock = FileLock(path, TAKEN_WITHIN, 0o644, thread_local=False, fallback_to_soft=False)
        self._lock.acquire()

    def free(self) -> None:
        """Release the lock and remove the file; repeating it does nothing."""
        with contextlib.suppress(OSError):
            self._path.unlink(missing_ok=True)
        with contextlib.suppress(OSError):
            self._lock.release(force=True)

    def disown(self) -> None:
        """In a forked child: nothing to do, as the library closes the file there."""


def _clear_away(folder: Path, beside: str) -> None:
    """Remove the lock files that dead processes left."""
    for other in folder.iterdir():
        if other.name.startswith(beside):
            with contextlib.suppress(OSError), tried(other) as is_free:
                if is_free:
                    other.unlink(missing_ok=True)
