"""The machine: versions, the parser at work and confined, disk space, the clock."""

from __future__ import annotations

import platform
import shutil
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from zoneinfo import ZoneInfo

import seeds
from deployments.doctor.findings import Diagnosis, note, ok, wrong
from flows.settings import load
from flows.settings.model import Settings

PACKAGES = ("ofsted-watch", "prefect", "SQLAlchemy", "apprise", "pypdfium2", "beautifulsoup4")
LITTLE, TOO_LITTLE = 1_000_000_000, 100_000_000  # bytes free


def examine(settings: Settings) -> Iterator[Diagnosis]:
    """The findings about this machine."""
    yield _versions()
    yield _parser()
    yield from _sandbox()
    yield _disk(settings.data)
    yield _clock(settings)


def _versions() -> Diagnosis:
    said = ", ".join(f"{name} {_version(name)}" for name in PACKAGES)
    return ok("versions", f"{said}; Python {platform.python_version()}, {platform.platform()}")


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "missing"


def _parser() -> Diagnosis:
    """Read a packaged report as a check does: in a separate process, with its limits."""
    from ofsted import read_apart
    from ofsted.reports.model import PARSER

    name = "sutton-2025-ilacs.txt"
    reading = read_apart(Path(str(seeds.folder().joinpath(name))))
    if reading.status == "read":
        return ok("parser", f"version {PARSER} reads the supplied sample report")
    why = "; ".join(doubt.what for doubt in reading.doubts)
    found = f"version {PARSER} cannot read the supplied sample report: {reading.status}, {why}"
    to_do = "reinstall ofsted-watch, and check that it is allowed to start processes"
    return wrong("parser", found, to_do)


def _sandbox() -> Iterator[Diagnosis]:
    """What keeps the process that reads files from the rest of the machine, as it says itself."""
    from ofsted.reports.sandbox import walls

    reader, found = "the process that reads reports", walls()
    standing = ", ".join(found.standing)
    if not found.missing:
        yield ok(
            "sandbox", f"{reader} has no access to files, the network or processes ({standing})"
        )
        return
    for missing in found.missing:
        why, _, to_do = missing.partition("; ")
        yield note("sandbox", f"{reader} is confined by {standing or 'nothing'}; {why}", to_do)


def _disk(data: Path) -> Diagnosis:
    place = next(each for each in (data, *data.parents) if each.exists())
    free = shutil.disk_usage(place).free
    found = f"{free / 1e9:,.1f} GB free for {data}"
    if free < TOO_LITTLE:
        return wrong("disk", found, "free some disk space; no reports can be saved without it")
    return note("disk", found, "free some disk space soon") if free < LITTLE else ok("disk", found)


def _clock(settings: Settings) -> Diagnosis:
    clock = load.clock(settings)
    now, zone = clock.now(), settings.schedule.timezone
    found = f"{now:%d %B %Y %H:%M:%S} UTC, {now.astimezone(ZoneInfo(zone)):%H:%M} in {zone}"
    if clock.offset:
        variables = f"{load.CLOCK_VARIABLE}, {load.OFFSET_VARIABLE}"
        return note("clock", f"{found}, set for testing", f"unset {variables}")
    return ok("clock", f"{found}; `--live` compares it with Ofsted's site")
