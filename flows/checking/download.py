"""Fetching a report's file into the archive and reading it there."""

from __future__ import annotations

import logging
import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import ClassVar, Self

from flows.context.context import AppContext
from ofsted.errors import SiteError
from ofsted.reports.model import Reading
from ofsted.site.model import Download, Entry, Validators
from storage.record import Bytes
from storage.report_snapshots import ReportSnapshot, known_reading

log = logging.getLogger(__name__)

PDF = "application/pdf"
TRIED_AT_EACH_CHECK = timedelta(days=2)  # a file that failed, since its first failure
THEN = timedelta(days=1)  # between tries after that
AGAIN = timedelta(days=7)  # between requests for a known file, to notice a silent replacement
MOST_READERS = 4  # processes, of some 60 MB each
BELIEVED = timedelta(days=28)  # how long the answer "not modified" is trusted for one file


@dataclass(frozen=True, slots=True)
class Downloaded:
    """A document in the archive and what was read in it."""

    document: Bytes
    reading: Reading
    validators: Validators | None = None  # of the downloaded bytes; None: the file is unchanged


@dataclass(frozen=True, slots=True)
class DownloadFailed:
    """A file that could not be downloaded, or is not a complete PDF."""

    why: str
    has_failed: ClassVar[bool] = True  # as a step shows it

    def in_words(self) -> str:
        """Why."""
        return self.why


def needs_download(report: ReportSnapshot | None, entry: Entry, now: datetime) -> bool:
    """Whether a row's file is to be fetched at this check."""
    if entry.file_id is None:
        return False
    if report is None:
        return True
    if report.site_version is None and _fails_lately(report, now):
        return True
    assumed_since = report.assumed.get(entry.key)
    if assumed_since is not None and now - assumed_since < TRIED_AT_EACH_CHECK:
        return True
    is_back = report.withdrawal_announced
    return is_back or report.next_fetch is None or report.next_fetch <= now


def _fails_lately(report: ReportSnapshot, now: datetime) -> bool:
    return report.failing_since is None or now - report.failing_since < TRIED_AT_EACH_CHECK


def next_fetch(downloaded: Downloaded | DownloadFailed, report_id: int, now: datetime) -> datetime:
    """When to fetch the file again: weekly, spread over the hours; daily if it failed."""
    if isinstance(downloaded, DownloadFailed):
        return now + THEN
    return now + AGAIN + timedelta(hours=report_id * 7 % 24)


class Downloads:
    """The files of one check: fetched one after another, and read meanwhile on the other cores.

    The site's pause between requests is longer than most files take to read, so that little of
    a first check's time is spent on reading. Use it as a context: what it fetched goes with it,
    unless it is in the archive.
    """

    def __init__(self, context: AppContext, now: datetime) -> None:
        self._context, self._now = context, now
        self._files = ExitStack()
        self._readers = ThreadPoolExecutor(min(len(os.sched_getaffinity(0)), MOST_READERS))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self._readers.shutdown(cancel_futures=True)
        self._files.close()

    def begin(
        self, entry: Entry, report: ReportSnapshot | None
    ) -> Callable[[], Downloaded | DownloadFailed]:
        """Fetch one file and begin to read it. What fails costs this file alone.

        Bytes that are known are not read again, and where the site says that a file is what it
        was, nothing comes at all.

        Returns:
            Waits until it is read, keeps it in the archive, and gives both.
        """
        assert entry.link is not None  # noqa: S101  # a row with a file id has a link
        context, about = self._context, entry.file_id or entry.title
        known = _unchanged_if(report, entry.key, context, self._now)
        validators = known.validators if known else None
        path = self._files.enter_context(context.archive.incoming())
        came = context.step(
            "download", partial(_fetch, context, entry.link, path, validators), about=about
        )
        if isinstance(came, DownloadFailed):
            log.warning("%s: the file could not be downloaded: %s", entry.title, came.why)
            return lambda: came
        if came is None:
            assert known is not None  # noqa: S101  # asked with conditions
            log.info("%s: unchanged since it was last downloaded", entry.title)
            return lambda: Downloaded(known.document, known.reading)
        reading = _known_reading(came.sha256, context)
        begun = None if reading else self._readers.submit(_read, path)

        def finish() -> Downloaded | DownloadFailed:
            found = context.step("read", begun.result, about=about) if begun else reading
            assert found is not None  # noqa: S101  # it was known, or is read now
            return _keep(context, entry, came, path, found)

        return finish


def _keep(
    context: AppContext, entry: Entry, came: Download, path: Path, reading: Reading
) -> Downloaded | DownloadFailed:
    if reading.pages is None and reading.status == "unread":
        why = "; ".join(doubt.what for doubt in reading.doubts)
        log.warning("%s: the file cannot be opened: %s", entry.title, why)
        return DownloadFailed(f"a file that cannot be opened, {why} ({entry.link})")
    sha256 = context.archive.keep(path, PDF)
    log.info("%s: stored as %s, %s", entry.title, sha256[:12], reading.status)
    return Downloaded(Bytes(sha256, came.bytes, PDF), reading, came.validators)


def _fetch(
    context: AppContext, link: str, path: Path, validators: Validators | None
) -> Download | DownloadFailed | None:
    """The download; None: the site says that the file has not changed."""
    try:
        return context.site.download_if_changed(link, path, validators)
    except SiteError as error:
        return DownloadFailed(str(error))


def _read(path: Path) -> Reading:
    from ofsted import read_apart

    return read_apart(path)


def _known_reading(sha256: str, context: AppContext) -> Reading | None:
    with context.database.read() as session:
        return known_reading(session, sha256)


@dataclass(frozen=True, slots=True)
class _Unchanged:
    """What is known of a file, for when the site says that it has not changed."""

    document: Bytes
    reading: Reading
    validators: Validators


def _unchanged_if(
    report: ReportSnapshot | None, key: str, context: AppContext, now: datetime
) -> _Unchanged | None:
    """What to use if the site answers "not modified"; None: download the file in any case.

    None if the last document came from another row or is missing from the archive, and once the
    last download is older than `BELIEVED`, in case the site answers "not modified" wrongly.
    """
    version = report.site_version if report else None
    file = report.files.get(key) if report else None
    if version is None or file is None or version.sha256 != file.sha256:
        return None
    is_late = not timedelta(0) <= now - file.fetched_at <= BELIEVED
    if is_late or not context.archive.path(version.sha256, version.media_type).exists():
        return None
    document = Bytes(version.sha256, version.bytes, version.media_type)
    return _Unchanged(document, version.reading, file.validators)
