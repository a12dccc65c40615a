"""The process of its own in which `read_apart` reads: bytes in, JSON out, file after file.

    python -m ofsted.reports.sandbox_worker

Asked, it gets a line of JSON (the file's name, its size, the limits) and the bytes of the
file; it answers with a line of JSON. It ends with its input, or when nothing was asked for a
while.
"""

from __future__ import annotations

import json
import os
import sys
from dataclasses import asdict
from datetime import date
from threading import Timer

from ofsted.reports.limits import Limits
from ofsted.reports.read import read

_PATIENCE = 60.0  # seconds without a file
_ROOM = 5  # seconds of processor time beyond the wall clock, for a child that outlives us


def main() -> None:
    """Answer until the input ends."""
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # whatever else is printed is no answer
    while True:
        idle = Timer(_PATIENCE, os._exit, (0,))
        idle.daemon = True
        idle.start()
        line = sys.stdin.buffer.readline()
        idle.cancel()
        if not line:
            return
        asked = json.loads(line)
        content = sys.stdin.buffer.read(asked["size"])
        answers.write(_answer(content, asked["name"], Limits(**asked["limits"])) + b"\n")
        answers.flush()


def _answer(content: bytes, name: str, limits: Limits) -> bytes:
    confine(limits)
    reading = read(content, name=name, limits=limits)
    return json.dumps(asdict(reading), default=date.isoformat).encode()


def confine(limits: Limits) -> None:
    """Hold this process to its memory, and to its time should the parent be gone."""
    try:
        import resource
    except ImportError:  # Windows has no such limits; the wall clock holds there too
        return
    spent = resource.getrusage(resource.RUSAGE_SELF)
    seconds = int(spent.ru_utime + spent.ru_stime + limits.seconds) + _ROOM
    asked = {
        resource.RLIMIT_AS: limits.memory,
        resource.RLIMIT_CPU: seconds,
        resource.RLIMIT_CORE: 0,
    }
    for kind, most in asked.items():
        _, hard = resource.getrlimit(kind)
        allowed = most if hard == resource.RLIM_INFINITY else min(most, hard)
        resource.setrlimit(kind, (allowed, hard))


if __name__ == "__main__":
    main()
