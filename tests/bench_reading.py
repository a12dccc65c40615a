"""What reading costs: `python -m tests.bench_reading`, the first part of `make bench`.

Every report of the shared corpus is read through `read_apart`, child processes included, and
compared with bare text extraction of the same pages by pypdfium2, in turns within one run.
"""

from __future__ import annotations

import resource
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from statistics import median

import psutil
import pypdfium2

import ofsted
from ofsted.reports import sandbox
from tests.truth import corpus

ROUNDS = 3


def main() -> None:
    place = corpus()
    if place is None:
        say("reading: not measured, since the shared corpus is not here")
        return
    files = sorted(place.glob("pdf/*.pdf"))
    turns = [(cpu_of_bare_text(files), cpu_of_reading(files)) for _ in range(ROUNDS)]
    bare, read = (median(turn[n] for turn in turns) for n in (0, 1))
    say(f"bare text of {len(files)} files: {bare:.1f} s CPU (median of {ROUNDS})")
    say(f"reading them apart: {read:.1f} s CPU, {read / bare:.1f} times the bare text")
    faster = median(seconds(files, 1) / seconds(files, 2) for _ in range(ROUNDS))
    say(f"two at a time: {faster:.2f} times as fast as one, by the clock")
    say(f"memory after each of three times: {', '.join(memory(files))}")


def cpu_of_bare_text(files: list[Path]) -> float:
    before = cpu()
    for file in files:
        if file.read_bytes().startswith(b"%PDF-"):
            bare_text(file)
    return cpu() - before


def bare_text(file: Path) -> None:
    with pypdfium2.PdfDocument(file) as pdf:
        for page in pdf:
            text = page.get_textpage()
            text.get_text_range()
            text.close()
            page.close()


def cpu_of_reading(files: list[Path]) -> float:
    before = cpu()
    for file in files:
        ofsted.read_apart(file)
    sandbox._end_idle()  # so that its time is counted
    return cpu() - before


def cpu() -> float:
    """Of this process and of those it has ended."""
    spent = (resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN))
    return sum(one.ru_utime + one.ru_stime for one in spent)


def seconds(files: list[Path], at_a_time: int) -> float:
    """By the clock."""
    before = time.monotonic()
    with ThreadPoolExecutor(at_a_time) as threads:
        list(threads.map(ofsted.read_apart, files))
    return time.monotonic() - before


def memory(files: list[Path]) -> list[str]:
    """Of this process and of one that is never renewed, in megabytes."""
    sandbox._end_idle()
    sandbox._MOST_FILES = sys.maxsize
    found = []
    for _ in range(3):
        for file in files:
            ofsted.read_apart(file)
        (child,) = sandbox._idle
        ours, its = psutil.Process(), psutil.Process(child._process.pid)
        sizes = [each.memory_info().rss / 1e6 for each in (ours, its)]
        found.append(f"{sizes[0]:.0f} + {sizes[1]:.0f} MB")
    return found


def say(words: str) -> None:
    sys.stdout.write(f"{words}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
