"""A file to a reading in a process of its own, which may die of it.

The child is a fresh interpreter (`python -m ofsted.reports.apart`): no fork of a process
with threads, no guard in the caller's script, and nothing of the caller's environment but
what an interpreter needs. It takes the bytes on its standard input and answers in JSON.
"""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from dataclasses import asdict
from datetime import date
from os import PathLike
from pathlib import Path
from typing import Any

from ofsted.reports.limits import Limits
from ofsted.reports.model import Doubt, Improvement, Inspector, Judgement, Reading
from ofsted.reports.read import read, unreadable

_CHILD = ("-P", "-m", "ofsted.reports.apart")  # -P: nothing from the working directory
_ATTEMPTS = 2  # a child that dies is tried once more
_ENVIRONMENT = ("PATH", "SYSTEMROOT", "LANG", "LC_ALL", "LD_LIBRARY_PATH", "TMPDIR", "TEMP")
_ROOM = 5  # seconds of processor time beyond the wall clock, for a child that outlives us


def read_apart(
    source: str | PathLike[str], limits: Limits | None = None, *, name: str | None = None
) -> Reading:
    """What is in a report, read in a process of its own and within limits.

    Args:
        source: the file's path.
        limits: what the reading may cost; None: the usual.
        name: what to call the file in a doubt; None: the path's last part.

    Returns:
        A reading for every file. One that takes too long, or that the process dies of
        twice, is `unread` with a doubt that says so.

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
    ends = []
    for _ in range(_ATTEMPTS):
        try:
            child = _run(content, called, limits)
            return reading_from_json(json.loads(_answer(child)))
        except subprocess.TimeoutExpired:
            why = f"{called} was not read within {limits.seconds:g} seconds"
            return unreadable(sha256, why)
        except _DiedError as death:
            ends.append(str(death))
    return unreadable(sha256, f"the process that read {called} died, twice: {ends[-1]}")


class _DiedError(Exception):
    """A child that ended without an answer; says how."""


def _answer(child: subprocess.CompletedProcess[bytes]) -> bytes:
    said = child.stderr.decode("utf-8", "replace").strip().splitlines()
    if child.returncode or not child.stdout:
        words = f", {said[-1][:200]}" if said else ""
        raise _DiedError(f"exit {child.returncode}{words}")
    return child.stdout


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


def _run(content: bytes, name: str, limits: Limits) -> subprocess.CompletedProcess[bytes]:
    home = str(Path(__file__).parents[2])
    environment = {key: os.environ[key] for key in _ENVIRONMENT if key in os.environ}
    return subprocess.run(
        [sys.executable, *_CHILD, name, json.dumps(asdict(limits))],
        input=content,
        capture_output=True,
        timeout=limits.seconds,
        check=False,
        env={**environment, "PYTHONPATH": home, "PYTHONIOENCODING": "utf-8"},
    )


def _main(name: str, asked: str) -> None:
    """The child: bytes in, JSON out."""
    limits = Limits(**json.loads(asked))
    _confine(limits)
    reading = read(sys.stdin.buffer.read(), name=name, limits=limits)
    sys.stdout.write(json.dumps(asdict(reading), default=date.isoformat))


def _confine(limits: Limits) -> None:
    """Hold this process to its memory, and to its time should the parent be gone."""
    try:
        import resource
    except ImportError:  # Windows has no such limits; the wall clock holds there too
        return
    seconds = int(limits.seconds) + _ROOM
    resource.setrlimit(resource.RLIMIT_AS, (limits.memory, limits.memory))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


if __name__ == "__main__":
    _main(*sys.argv[1:])
