"""The worker process of `read_apart`: bytes in, JSON out, one file after another.

    python -m ofsted.reports.sandbox_worker

A request is a line of JSON (the file's name, its size, the limits) and the bytes of the file;
the answer is a line of JSON: the reading, and the walls that stand. The process ends with its
input, or after a minute without a request.

All that reading imports is imported before the walls go up, as no file can be opened behind them.
"""

from __future__ import annotations

import json
import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import date
from importlib import import_module
from threading import Timer
from typing import Any

from ofsted.reports import wall
from ofsted.reports.limits import Limits
from ofsted.reports.read import read

# What would otherwise be imported while a file is read.
_LATER = (
    *("ofsted.reports.pdf", "ofsted.reports.plain", "difflib"),
    *("encodings.utf_8_sig", "encodings.utf_16_le"),
)
_PATIENCE = 60  # seconds without a file
_SPARE = 5  # seconds of processor time beyond the time limit, in case the caller is gone


def main() -> None:
    """Answer until the input ends."""
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # other output must not mix with the answers
    load()
    walls = asdict(wall.put_up())
    while True:
        with _patience():
            line = sys.stdin.buffer.readline()
        if not line:
            return
        request = json.loads(line)
        content = sys.stdin.buffer.read(request["size"])
        reading = _read(content, request["name"], Limits(**request["limits"]))
        answer = json.dumps({"reading": reading, "walls": walls}, default=date.isoformat)
        answers.write(answer.encode() + b"\n")
        answers.flush()


def load() -> None:
    """Import all that reading needs."""
    for name in _LATER:
        import_module(name)


@contextmanager
def _patience() -> Iterator[None]:
    """End this process if that takes too long; by a thread only where there are no alarms."""
    if hasattr(signal, "alarm"):
        signal.alarm(_PATIENCE)
        yield
        signal.alarm(0)
        return
    idle = Timer(_PATIENCE, os._exit, (0,))
    idle.daemon = True
    idle.start()
    yield
    idle.cancel()


def _read(content: bytes, name: str, limits: Limits) -> dict[str, Any]:
    confine(limits)
    return asdict(read(content, name=name, limits=limits))


def confine(limits: Limits) -> None:
    """Limit this process's memory, and its processor time in case the parent is gone."""
    try:
        import resource
    except ImportError:  # Windows has no such limits; the wall clock holds there too
        return
    spent = resource.getrusage(resource.RUSAGE_SELF)
    seconds = int(spent.ru_utime + spent.ru_stime + limits.seconds) + _SPARE
    wanted = {
        resource.RLIMIT_AS: limits.memory,
        resource.RLIMIT_CPU: seconds,
        resource.RLIMIT_CORE: 0,
    }
    for kind, most in wanted.items():
        _, hard = resource.getrlimit(kind)
        allowed = most if hard == resource.RLIM_INFINITY else min(most, hard)
        resource.setrlimit(kind, (allowed, hard))


if __name__ == "__main__":
    main()
