"""The machine: versions, the reader at work, disk space, the clock."""

from __future__ import annotations

import platform
import shutil
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from zoneinfo import ZoneInfo

import seeds
from deployments.doctor.findings import Finding, note, ok, wrong
from flows.settings import load
from flows.settings.model import Settings

PACKAGES = ("ofsted-watch", "prefect", "SQLAlchemy", "apprise", "pypdfium2", "beautifulsoup4")
LITTLE, TOO_LITTLE = 1_000_000_000, 100_000_000  # bytes free


def examine(settings: Settings) -> Iterator[Finding]:
    """What we run on."""
    yield _versions()
    yield _reader()
    yield _disk(settings.data)
    yield _clock(settings)


def _versions() -> Finding:
    said = ", ".join(f"{name} {_version(name)}" for name in PACKAGES)
    return ok("versions", f"{said}; Python {platform.python_version()}, {platform.platform()}")


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "missing"


def _reader() -> Finding:
    """A packaged report read as a look reads one: in a process apart, with its limits."""
    from ofsted import read_apart
    from ofsted.reports.read import PARSER

    name = "sutton-2025-ilacs.txt"
    reading = read_apart(Path(str(seeds.folder().joinpath(name))))
    if reading.status == "read":
        return ok("reader", f"reader {PARSER} reads the packaged report of 2025")
    why = "; ".join(doubt.what for doubt in reading.doubts)
    found = f"reader {PARSER} does not read the packaged report: {reading.status}, {why}"
    return wrong("reader", found, "install ofsted-watch again; see that it may start processes")


def _disk(data: Path) -> Finding:
    place = next(each for each in (data, *data.parents) if each.exists())
    free = shutil.disk_usage(place).free
    found = f"{free / 1e9:,.1f} GB free for {data}"
    if free < TOO_LITTLE:
        return wrong("disk", found, "make room: nothing can be kept without it")
    return (
        note("disk", found, "make room before it runs out") if free < LITTLE else ok("disk", found)
    )


def _clock(settings: Settings) -> Finding:
    clock = load.clock(settings)
    now, zone = clock.now(), settings.schedule.timezone
    found = f"{now:%d %B %Y %H:%M:%S} UTC, {now.astimezone(ZoneInfo(zone)):%H:%M} in {zone}"
    if clock.offset:
        variables = f"{load.CLOCK_VARIABLE}, {load.OFFSET_VARIABLE}"
        return note("clock", f"{found}, set for a rehearsal", f"unset {variables}")
    return ok("clock", f"{found}; `--live` holds it against the site's")
