"""Reads a file in a separate process, since a file can crash PDFium or take too much memory.

The worker is a new interpreter that runs `sandbox_worker`: no fork of a process with threads,
no guard in the caller's script, and only those environment variables that an interpreter needs.
A worker that has read a file is used for the next one, since starting one costs more than
reading. One whose file could not be read is ended, since the file may have damaged it.
Before it reads, it puts up the walls of `wall.py`: no file, no network, no other process.
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
from ofsted.reports.wall import Walls

_COMMAND = ("-P", "-m", "ofsted.reports.sandbox_worker")  # -P: nothing from the working directory
_ENVIRONMENT = ("PATH", "SYSTEMROOT", "LANG", "LC_ALL", "LD_LIBRARY_PATH", "TMPDIR", "TEMP")
_MOST_FILES = 200  # that one worker reads; then it is ended, as PDFium may leak memory
_MOST_SAID = 1 << 25  # bytes of an answer; those of real reports have less than a megabyte
_idle: list[_Worker] = []


def read_apart(
    source: str | PathLike[str], limits: Limits | None = None, *, name: str | None = None
) -> Reading:
    """Read a report in a separate process, within limits.

    Threads may call it at the same time; each uses a process of its own.

    Args:
        source: the file's path.
        limits: of time, memory and content; None: the usual ones.
        name: what to call the file in a doubt; None: the path's last part.

    Returns:
        A reading of every file. A file that takes too long is `unread`, with a doubt that says
        so. A file that crashes the worker is tried once more in a new one, and then `unread`.

    Raises:
        OSError: there is no such file, or it may not be opened.
    """
    limits = limits or Limits()
    path = Path(source)
    label = name or path.name
    with path.open("rb") as file:
        sha256 = hashlib.file_digest(file, "sha256").hexdigest()
        if file.tell() > limits.size:
            why = f"it has {file.tell()} bytes; {limits.size} are read"
            return unreadable(sha256, f"{label} cannot be read: {why}")
        file.seek(0)
        content = file.read()
    try:
        try:
            return _ask(content, label, limits)
        except _DiedError:
            return _ask(content, label, limits, is_new=True)
    except _DiedError as death:
        return unreadable(sha256, f"the process that read {label} died, twice: {death}")
    except _TimeoutError:
        return unreadable(sha256, f"{label} was not read within {limits.seconds:g} seconds")


def walls() -> Walls:
    """Which walls stand around the process that reads files, as a new one says itself."""
    worker = _Worker()
    try:
        found = worker.ask(b"", "nothing", Limits())["walls"]
    except (_DiedError, _TimeoutError):
        return Walls((), ("the process that reads files does not answer",))
    finally:
        worker.end()
    return Walls(tuple(found["standing"]), tuple(found["missing"]))


class _DiedError(Exception):
    """The worker ended without an answer, or with none that is a reading; the text says how."""


_NO_READING = (ValueError, KeyError, TypeError, AttributeError, RecursionError)


class _TimeoutError(Exception):
    """The worker took too long and was ended."""


class _Worker:
    """A worker process, which reads one file after another."""

    def __init__(self) -> None:
        environment = {key: os.environ[key] for key in _ENVIRONMENT if key in os.environ}
        environment["PYTHONPATH"] = str(Path(__file__).parents[2])
        self._stderr = tempfile.TemporaryFile()  # noqa: SIM115 -- closed with the worker
        self._process = subprocess.Popen(
            [sys.executable, *_COMMAND],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._stderr,
            env=environment,
        )
        self.files = 0

    @property
    def is_alive(self) -> bool:
        """Whether the process is running."""
        return self._process.poll() is None

    def ask(self, content: bytes, name: str, limits: Limits) -> dict[str, Any]:
        """The worker's answer for one file, as JSON values.

        Raises:
            _TimeoutError: it took too long.
            _DiedError: it ended without an answer.
        """
        self.files += 1
        late = Timer(limits.seconds, self._process.kill)
        started = monotonic()
        late.start()
        answer = self._exchange(content, {"name": name, "limits": asdict(limits)})
        failure = "" if answer else self._failure()  # one that lives on ends when it is late
        late.cancel()
        if answer:
            return dict(json.loads(answer))
        if monotonic() - started >= limits.seconds:
            raise _TimeoutError
        raise _DiedError(failure)

    def end(self) -> None:
        """Kill the process and close its pipes."""
        self._process.kill()
        self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout, self._stderr):
            with suppress(OSError):  # closing flushes what could not be sent
                if pipe:
                    pipe.close()

    def _exchange(self, content: bytes, asked: dict[str, Any]) -> bytes:
        """The line that the worker answers; empty where it ends instead."""
        to, back = self._process.stdin, self._process.stdout
        assert to  # noqa: S101 -- both are pipes
        assert back  # noqa: S101
        with suppress(OSError):
            to.write(json.dumps({**asked, "size": len(content)}).encode() + b"\n" + content)
            to.flush()
            line = back.readline(_MOST_SAID)
            return line if line.endswith(b"\n") else b""
        return b""

    def _failure(self) -> str:
        code = self._process.wait()
        self._stderr.seek(0)
        said = self._stderr.read().decode("utf-8", "replace").strip().splitlines()
        return f"exit {code}, {said[-1][:200]}" if said else f"exit {code}"


def _ask(content: bytes, name: str, limits: Limits, *, is_new: bool = False) -> Reading:
    """The reading by an idle worker, or by a new one."""
    worker = (None if is_new else _take_idle()) or _Worker()
    reading: Reading | None = None
    try:
        reading = reading_from_json(worker.ask(content, name, limits)["reading"])
    except _NO_READING as error:  # a file may make its worker say anything
        raise _DiedError("its answer is not a reading") from error
    finally:
        if reading and reading.status != "unread" and worker.files < _MOST_FILES:
            _idle.append(worker)
        else:
            worker.end()
    return reading


def _take_idle() -> _Worker | None:
    while _idle:
        with suppress(IndexError):  # another thread was faster
            worker = _idle.pop()
            if worker.is_alive:
                return worker
            worker.end()
    return None


def _end_idle() -> None:
    while worker := _take_idle():
        worker.end()


atexit.register(_end_idle)
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_idle.clear)  # the workers belong to the parent


def reading_from_json(found: dict[str, Any]) -> Reading:
    """A reading from the JSON values of `asdict`, with days as ISO text."""
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
