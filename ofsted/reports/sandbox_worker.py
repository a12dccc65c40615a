"""The worker process of `read_apart`: bytes in, JSON out, one file after another.

    python -m ofsted.reports.sandbox_worker

A request is a line of JSON (the file's name, its size, the limits) and the bytes of the file;
the answer is a line of JSON, `dataclasses.asdict` of the reading. The process ends with its
input, or after a minute without a request.
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
_SPARE = 5  # seconds of processor time beyond the time limit, in case the caller is gone


def main() -> None:
    """Answer until the input ends."""
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # other output must not mix with the answers
    while True:
        idle = Timer(_PATIENCE, os._exit, (0,))
        idle.daemon = True
        idle.start()
        line = sys.stdin.buffer.readline()
        idle.cancel()
        if not line:
            return
        request = json.loads(line)
        content = sys.stdin.buffer.read(request["size"])
        answers.write(_answer(content, request["name"], Limits(**request["limits"])) + b"\n")
        answers.flush()


def _answer(content: bytes, name: str, limits: Limits) -> bytes:
    confine(limits)
    reading = read(content, name=name, limits=limits)
    return json.dumps(asdict(reading), default=date.isoformat).encode()


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
