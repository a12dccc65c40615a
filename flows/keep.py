"""Fetching a report's file into the archive and reading it there."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta

from flows.tools import Tools
from ofsted.errors import SiteError
from ofsted.reports.model import Reading
from ofsted.site.model import Entry
from storage.known import KnownReport
from storage.record import Bytes

log = logging.getLogger(__name__)

PDF = "application/pdf"
TRIED_AT_EACH_LOOK = timedelta(days=2)
THEN = timedelta(days=1)
AGAIN = timedelta(days=7)  # so that a silent replacement is seen


@dataclass(frozen=True, slots=True)
class Kept:
    """A document in the archive and what was read in it."""

    document: Bytes
    reading: Reading


@dataclass(frozen=True, slots=True)
class Failed:
    """A file that did not come, or is no whole PDF."""

    why: str


def is_wanted(report: KnownReport | None, entry: Entry, now: datetime) -> bool:
    """Whether a row's file is to be fetched at this look."""
    if entry.file_id is None:
        return False
    if report is None:
        return True
    if report.site_version is None and _fails_lately(report, now):
        return True
    assumed_since = report.assumed.get(entry.key)
    if assumed_since is not None and now - assumed_since < TRIED_AT_EACH_LOOK:
        return True
    is_back = report.withdrawn_told
    return is_back or report.next_fetch is None or report.next_fetch <= now


def _fails_lately(report: KnownReport, now: datetime) -> bool:
    return report.failing_since is None or now - report.failing_since < TRIED_AT_EACH_LOOK


def next_fetch(kept: Kept | Failed, report_id: int, now: datetime) -> datetime:
    """When to fetch the file again: weekly, spread over the days; a dead one daily."""
    if isinstance(kept, Failed):
        return now + THEN
    return now + AGAIN + timedelta(hours=report_id * 7 % 24)


def keep(entry: Entry, tools: Tools) -> Kept | Failed:
    """Fetch, keep and read one file. What fails costs this file alone."""
    assert entry.link is not None  # noqa: S101  # a row with a file id has a link
    from ofsted import read_apart

    with tools.archive.arriving() as path:
        try:
            download = tools.site.download(entry.link, path)
        except SiteError as error:
            log.warning("%s: the file did not come: %s", entry.title, error)
            return Failed(str(error))
        reading = read_apart(path)
        if reading.pages is None and reading.status == "unread":
            why = "; ".join(doubt.what for doubt in reading.doubts)
            log.warning("%s: the file cannot be opened: %s", entry.title, why)
            return Failed(f"asked {entry.link}, came a file that cannot be opened: {why}")
        sha256 = tools.archive.keep(path, PDF)
    log.info("%s: kept %s, %s", entry.title, sha256[:12], reading.status)
    return Kept(Bytes(sha256, download.bytes, PDF), reading)
