"""A file to a reading in a process of its own, which may die of it.

The child is a fresh interpreter, `sandbox_worker`: no fork of a process with threads,
no guard in the caller's script, and nothing of the caller's environment but what an
interpreter needs. A child that has read a file well is kept for the next one, since starting
it costs more than reading does. One that a file has harmed, or might have, is ended.
"""

from __future__ import annotations

import atexit
import hashlib
import json
import os
import subprocess
import sys
import tempfile
from contextlib import suppress
from dataclasses import asdict
from datetime import date
from os import PathLike
from pathlib import Path
from threading import Timer
from time import monotonic
from typing import Any

from ofsted.reports.limits import Limits
from ofsted.reports.model import Doubt, Improvement, Inspector, Judgement, Reading
from ofsted.reports.read import unreadable

_CHILD = ("-P", "-m", "ofsted.reports.sandbox_worker")  # -P: nothing from the working directory
_ENVIRONMENT = ("PATH", "SYSTEMROOT", "LANG", "LC_ALL", "LD_LIBRARY_PATH", "TMPDIR", "TEMP")
_FILES = 200  # that one child reads; then it is ended, with whatever it has not freed
_idle: list[_Child] = []


def read_apart(
    source: str | PathLike[str], limits: Limits | None = None, *, name: str | None = None
) -> Reading:
    """What is in a report, read in a process of its own and within limits.

    Threads may call it at the same time; each has a process to itself.

    Args:
        source: the file's path.
        limits: what the reading may cost; None: the usual.
        name: what to call the file in a doubt; None: the path's last part.

    Returns:
        A reading for every file. One that takes too long is `unread` with a doubt that says
        so. One that its process dies of is tried once more, in a new process alone, and
        then `unread`.

    Raises:
        OSError: there is no such file, or it may not be opened.
    """
    limits = limits or Limits()
    path = Path(source)
    called = name or path.name
    with path.open("rb") as file:
        sha256 = hashlib.file_digest(file, "sha256").hexdigest()
        if file.tell() > limits.size:
            why = f"it has {file.tell()} bytes; {limits.size} are read"
            return unreadable(sha256, f"{called} cannot be read: {why}")
        file.seek(0)
        content = file.read()
    try:
        try:
            return _ask(content, called, limits)
        except _DiedError:
            return _ask(content, called, limits, alone=True)
    except _DiedError as death:
        return unreadable(sha256, f"the process that read {called} died, twice: {death}")
    except _LateError:
        return unreadable(sha256, f"{called} was not read within {limits.seconds:g} seconds")


class _DiedError(Exception):
    """A child that ended without an answer; says how."""


class _LateError(Exception):
    """A child that had to be ended, since it took too long."""


class _Child:
    """A process that reads one file after another."""

    def __init__(self) -> None:
        environment = {key: os.environ[key] for key in _ENVIRONMENT if key in os.environ}
        environment["PYTHONPATH"] = str(Path(__file__).parents[2])
        self._said = tempfile.TemporaryFile()  # noqa: SIM115 -- closed with the child
        self._process = subprocess.Popen(
            [sys.executable, *_CHILD],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._said,
            env=environment,
        )
        self.files = 0

    @property
    def lives(self) -> bool:
        """Whether it can be asked."""
        return self._process.poll() is None

    def ask(self, content: bytes, name: str, limits: Limits) -> dict[str, Any]:
        """What it answers on one file."""
        self.files += 1
        late = Timer(limits.seconds, self._process.kill)
        started = monotonic()
        late.start()
        answer = self._exchange(content, {"name": name, "limits": asdict(limits)})
        late.cancel()
        if answer:
            return dict(json.loads(answer))
        if monotonic() - started >= limits.seconds:
            raise _LateError
        raise _DiedError(self._last_words())

    def end(self) -> None:
        """End it, whatever it does."""
        self._process.kill()
        self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout, self._said):
            with suppress(OSError):  # what could not be sent stays so
                if pipe:
                    pipe.close()

    def _exchange(self, content: bytes, asked: dict[str, Any]) -> bytes:
        """The line that it answers; empty where it ends instead."""
        to, back = self._process.stdin, self._process.stdout
        assert to  # noqa: S101 -- both are pipes
        assert back  # noqa: S101
        with suppress(OSError):
            to.write(json.dumps({**asked, "size": len(content)}).encode() + b"\n" + content)
            to.flush()
            line = back.readline()
            return line if line.endswith(b"\n") else b""
        return b""

    def _last_words(self) -> str:
        code = self._process.wait()
        self._said.seek(0)
        said = self._said.read().decode("utf-8", "replace").strip().splitlines()
        return f"exit {code}, {said[-1][:200]}" if said else f"exit {code}"


def _ask(content: bytes, name: str, limits: Limits, *, alone: bool = False) -> Reading:
    """The reading by a child that is idle, or by a new one to be `alone` in."""
    child = (None if alone else _take_idle()) or _Child()
    reading: Reading | None = None
    try:
        reading = reading_from_json(child.ask(content, name, limits))
    finally:
        if reading and reading.status != "unread" and child.files < _FILES:
            _idle.append(child)
        else:
            child.end()
    return reading


def _take_idle() -> _Child | None:
    while _idle:
        with suppress(IndexError):  # another thread was faster
            child = _idle.pop()
            if child.lives:
                return child
            child.end()
    return None


def _end_idle() -> None:
    while child := _take_idle():
        child.end()


atexit.register(_end_idle)
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_idle.clear)  # they are the parent's


def reading_from_json(found: dict[str, Any]) -> Reading:
    """A reading out of `asdict` with its days as text."""
    parts = {
        "inspectors": tuple(Inspector(**one) for one in found["inspectors"]),
        "judgements": tuple(Judgement(**one) for one in found["judgements"]),
        "improvements": tuple(Improvement(**one) for one in found["improvements"]),
        "doubts": tuple(Doubt(one["what"], tuple(one["lines"])) for one in found["doubts"]),
    }
    days = {
        name: date.fromisoformat(found[name]) if found[name] else None
        for name in ("first_day", "last_day")
    }
    return Reading(**{**found, **parts, **days})
