"""What many authorities cost: `python -m tests.bench_england [AUTHORITIES [REPORTS]]`.

A part of `make bench`. Each command is a process of its own; figures are CPU seconds, and beside
each stands what it is held against: the same for half as many authorities, or the bare libraries.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from timeit import timeit

import lxml.html
import pytest
from sqlalchemy.orm import Session

from deployments.demo.fake_ofsted import FakeOfsted
from deployments.demo.fake_ofsted_pages import REAL_FILES, provider_page
from flows import pipeline
from ofsted.authorities import Authority
from ofsted.site.addresses import Addresses
from ofsted.site.answers import Page
from ofsted.site.pages import Expected, read_listing
from storage.database import Database
from tests import england
from tests.installation import Installation, an_installation

BARE = "import requests, bs4, lxml, sqlalchemy.orm"
SHOWN = ("status", "reports", "history", "events", "messages", "audit")
RUNS = 3
READ_APART = """
import pathlib, sys, ofsted
for file in pathlib.Path(sys.argv[1]).glob("*/*.pdf"): ofsted.read_apart(file)
"""
# Started by a small process: Linux counts what the one that forks has in memory as its child's.
MEASURED = """
import json, resource, subprocess, sys, time
began = time.monotonic()
ended = subprocess.run(sys.argv[1:], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
used = resource.getrusage(resource.RUSAGE_CHILDREN)
cpu, memory = used.ru_utime + used.ru_stime, used.ru_maxrss / 1000
print(json.dumps([ended.returncode, cpu, time.monotonic() - began, memory, ended.stdout]))
"""


@dataclass(frozen=True, slots=True)
class Cost:
    """Of one process."""

    cpu: float  # seconds
    wall: float  # seconds
    memory: float  # MB, at most


def main() -> None:
    number = int(sys.argv[1]) if len(sys.argv) > 1 else 153
    reports = int(sys.argv[2]) if len(sys.argv) > 2 else 6
    bare = best([sys.executable, "-c", BARE])
    say(f"bare libraries ({BARE}): {bare.cpu:.2f} s")
    costs = [of_england(size, reports) for size in (1, number // 2, number)]
    say(f"\n{'CPU s':<24}{'1':>8}{number // 2:>8}{number:>8}{'ratio':>8}{'MB':>6}")
    for name in costs[0]:
        one, half, whole = (each[name] for each in costs)
        ratio = whole.cpu / half.cpu
        line = f"{name:<24}{one.cpu:>8.2f}{half.cpu:>8.2f}{whole.cpu:>8.2f}{ratio:>8.2f}"
        say(f"{line}{whole.memory:>6.0f}")
    quiet, start = costs[-1]["quiet round"].cpu, costs[0]["quiet round"].cpu
    say(f"\none authority, nothing new: {start / bare.cpu:.2f} times the bare libraries")
    first, apart = costs[-1]["first round"].cpu, costs[-1]["read_apart"].cpu
    say(f"the first round: {first / apart:.2f} times read_apart over the same files")
    say(f"a quiet page: {(quiet - start) / (number - 1) * 1000:.0f} ms")
    say(f"reading a page whole: {page_against_lxml(reports):.1f} times bare lxml")
    rounds = [in_this_process(size) for size in (number // 2, number)]
    for name in rounds[0]:
        half, whole = (each[name] for each in rounds)
        say(f"{name}: {half:g} for {number // 2}, {whole:g} for {number}")


def page_against_lxml(reports: int) -> float:
    """The CPU that proving and reading a page takes, by what parsing it with lxml alone takes."""
    fake_ofsted = FakeOfsted()
    (authority,) = england.fill(fake_ofsted, 1, reports)
    body = provider_page(fake_ofsted.providers[authority.urn], REAL_FILES)
    addresses = Addresses()
    address = addresses.provider(authority.urn, 44)
    page = Page(address, address, body.encode() if isinstance(body, str) else body)
    expected = Expected(authority.urn, 44, authority.name)
    ours = timeit(lambda: read_listing(page, expected, addresses, england.MONDAY), number=50)
    return ours / timeit(lambda: lxml.html.fromstring(page.body), number=50)


def in_this_process(size: int) -> dict[str, float]:
    """What cannot be seen from outside: statements of a quiet round, the longest transaction."""
    longest = 0.0
    write = Database.write

    @contextmanager
    def timed(database: Database) -> Iterator[Session]:
        nonlocal longest
        with write(database) as session:  # once it has its turn
            began = time.monotonic()
            yield session
        longest = max(longest, time.monotonic() - began)

    with (
        tempfile.TemporaryDirectory() as folder,
        an_installation(Path(folder)) as installation,
        pytest.MonkeyPatch.context() as patch,
    ):
        installation.fake_ofsted.providers.clear()
        shown = england.fill(installation.fake_ofsted, size, 1)
        installation.settings["watch"] = [{"urn": each.urn, "name": each.name} for each in shown]
        patch.setattr(Database, "write", timed)
        installation.round()
        installation.later(minutes=15)
        asked = len(installation.fake_ofsted.requests)
        with installation.statements() as sent:
            installation.round()
        return {
            "statements of a quiet round": len(sent),
            "requests of a quiet round": len(installation.fake_ofsted.requests) - asked,
            "longest write transaction of two rounds, s": round(longest, 2),
        }


def of_england(size: int, reports: int) -> dict[str, Cost]:
    with tempfile.TemporaryDirectory() as folder, an_installation(Path(folder)) as installation:
        installation.fake_ofsted.providers.clear()
        shown = england.fill(installation.fake_ofsted, size, reports)
        installation.settings["watch"] = [{"urn": each.urn, "name": each.name} for each in shown]
        costs = {"first round": of_command(installation, "check", "--no-prefect", "--yes")}
        archive = installation.folder / "data" / "archive"
        costs["read_apart"] = cost([sys.executable, "-c", READ_APART, str(archive)], {})
        costs["welcomed"] = of_command(installation, "check", "--no-prefect")
        costs["quiet round"] = best_command(installation, "check", "--no-prefect")
        installation.fake_ofsted.conditional = False
        costs["quiet, whole pages"] = best_command(installation, "check", "--no-prefect")
        for command in SHOWN:
            costs[command] = best_command(installation, command)
        for number, authority in enumerate(shown[:30]):
            england.publish(installation.fake_ofsted, authority, number)
        costs["news of thirty at most"] = of_command(installation, "check", "--no-prefect")
        return costs | of_website(installation, shown[0])


def of_website(installation: Installation, authority: Authority) -> dict[str, Cost]:
    """The command `website`: every page, nothing new, and after one new report."""
    costs = {
        "website, every page": of_command(installation, "website", "--all"),
        "website, nothing new": best_command(installation, "website"),
    }
    with pytest.MonkeyPatch.context() as patch:
        for name in ("refresh", "refresh_downloads"):
            patch.setattr(pipeline, name, lambda _context: None)
        england.publish(installation.fake_ofsted, authority, 7)
        installation.round()
    costs["website, one new"] = of_command(installation, "website")
    return costs


def best_command(installation: Installation, *words: str) -> Cost:
    return min((of_command(installation, *words) for _ in range(RUNS)), key=lambda each: each.cpu)


def of_command(installation: Installation, *words: str) -> Cost:
    line = [*(sys.executable, "-m", "deployments.cli.main"), "--config", str(installation.config)]
    return cost([*line, *words], installation.environment)


def best(line: list[str]) -> Cost:
    found = [cost(line, {}) for _ in range(2 * RUNS)]
    middle = median(each.cpu for each in found)
    return min(found, key=lambda each: abs(each.cpu - middle))


def cost(line: list[str], environment: dict[str, str]) -> Cost:
    """Of a command with all that it starts; what it says is shown only where it failed."""
    said = subprocess.run(
        [sys.executable, "-S", "-c", MEASURED, *line],
        env=os.environ | environment,
        capture_output=True,
        text=True,
        check=True,
    )
    code, cpu, wall, memory, words = json.loads(said.stdout)
    assert code in {0, 1}, words
    return Cost(cpu, wall, memory)


def say(words: str) -> None:
    sys.stdout.write(f"{words}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
