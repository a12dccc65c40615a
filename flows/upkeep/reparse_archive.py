"""Reads the archive again with this version's parser, and records and announces differences.

A check never changes the reading of a known document. This does, for all documents at once, so
that a change of the parser is never reported as a change that Ofsted made.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from sqlalchemy.orm import Session

from flows.alerting.announce import Announcer, announce, provider_of, report_of
from flows.alerting.corrections import wrongly_announced
from flows.checking.changes import announce_read, is_read_at_last
from flows.comparing.comparison_rows import update_all_comparisons
from flows.comparing.differences import ABOUT, of_readings
from flows.comparing.predecessors import successors_of
from flows.context.context import AppContext
from flows.settings.watched import WatchedAuthority
from notifications import events as ev
from ofsted.reports.model import PARSER, Reading
from ofsted.text import say_day
from storage import queries
from storage.leases import leased
from storage.record import facts_sha256, record_reading
from storage.report_snapshots import ReportSnapshot, report_snapshots

log = logging.getLogger(__name__)

PATIENCE = 600.0  # seconds to wait for another rereading to end
SAID_EVERY = 50  # documents between two lines in the log

OnRead = Callable[[int, int], object]  # how many are read, of how many


@dataclass(frozen=True, slots=True)
class ReadingChange:
    """A report that this version of the parser reads differently."""

    report: ReportSnapshot  # as it is read now
    differences: tuple[ev.Difference, ...]
    announced: bool  # readers were sent a grade that it does not find
    read_at_last: bool  # readers were sent "not yet read", and are now sent the reading

    @property
    def gravity(self) -> tuple[bool, bool]:
        """For sorting: first a wrong announcement, then another status, then the rest."""
        is_other = self.differences[0].what == ABOUT["status"]
        return (not self.announced, not is_other)

    def in_words(self) -> str:
        """`80515, Children's services inspection of 29 July 2025: lead inspectors`."""
        report = self.report
        day = f" of {say_day(report.published)}" if report.published else ""
        what = ", ".join(each.what for each in self.differences)
        return f"{report.urn}, {report.title}{day}: {what}"


@dataclass(frozen=True, slots=True)
class RereadResult:
    """The result of a rereading."""

    parser: str
    documents: int
    changes: tuple[ReadingChange, ...] = ()
    lost: tuple[str, ...] = ()  # SHA-256 of documents that are missing or damaged

    @property
    def has_failed(self) -> bool:
        """Whether a document is missing from the archive, or damaged."""
        return bool(self.lost)

    def in_words(self) -> str:
        """`14 documents read again, 2 reports read differently`."""
        read = f"{self.documents} document{'' if self.documents == 1 else 's'} read again"
        count = len(self.changes)
        changed = f"{count} report{'' if count == 1 else 's'} read differently"
        lost = f"{len(self.lost)} missing or damaged in the archive"
        return ", ".join([read, changed if count else "no differences", *[lost] * bool(self.lost)])


def reread_when_due(context: AppContext) -> RereadResult | None:
    """After an upgrade, read what this version of the parser has not read; None: nothing is due.

    An error stops no check: the earlier readings are kept, and the next round tries again.
    """
    with context.database.read() as session:
        due = queries.documents_to_read(session, PARSER, failed=False)
    if not any(context.archive.path(*each).exists() for each in due):
        return None
    try:
        return context.step(
            "reread archive",
            partial(reread, context, failed=False, on_read=lambda _read, _of: context.progress()),
        )
    except Exception:
        log.exception("the archive could not be read again; earlier readings are kept")
        return None


def reread(
    context: AppContext,
    *,
    dry_run: bool = False,
    failed: bool = True,
    on_read: OnRead = lambda _read, _of: None,
) -> RereadResult:
    """Read what this version has not read yet, and record the changes in one transaction.

    Args:
        dry_run: find the differences, and record nothing.
        failed: also read again what this version could not read.
        on_read: called after each document, for progress.

    Raises:
        storage.leases.BusyError: another rereading did not end in ten minutes.
    """
    with leased(context.database, "reread", wait=PATIENCE) as hold:
        with context.database.read() as session:
            due = queries.documents_to_read(session, PARSER, failed=failed)
        readings, lost = _read(context, due, on_read)
        with context.database.write() as session:
            hold.check(session)
            changes = _changes(session, context, readings)
            if readings and not dry_run:
                _record(session, context, PARSER, readings, changes)
    found = RereadResult(PARSER, len(readings), changes, lost)
    log.info("%s", found.in_words())
    return found


def _read(
    context: AppContext, due: Sequence[tuple[str, str]], on_read: OnRead
) -> tuple[dict[str, Reading], tuple[str, ...]]:
    """Readings by SHA-256, and the documents that are missing or damaged."""
    readings: dict[str, Reading] = {}
    lost = []
    for number, (sha256, media_type) in enumerate(due, 1):
        reading = _reading(context.archive.path(sha256, media_type))
        if reading is not None and reading.sha256 == sha256:
            readings[sha256] = reading
        else:
            log.warning("%s: missing from the archive, or damaged", sha256)
            lost.append(sha256)
        on_read(number, len(due))
        if number % SAID_EVERY == 0:
            log.info("%d of %d documents read again", number, len(due))
    return readings, tuple(lost)


def _reading(path: Path) -> Reading | None:
    from ofsted import read_apart  # all parsers: not needed where nothing is read

    try:
        return read_apart(path)
    except OSError:
        return None


def _changes(
    session: Session, context: AppContext, readings: dict[str, Reading]
) -> tuple[ReadingChange, ...]:
    """The differences in the current documents of reports, the gravest first.

    The documents of earlier versions of a report change nothing.
    """
    before = report_snapshots(session)
    after = [_read_anew(report, readings) for report in before]
    differing = {
        new.id: found
        for old, new in zip(before, after, strict=True)
        if old.reading and new.reading and (found := of_readings(old.reading, new.reading))
    }
    pages = {report.provider_key for report in after if report.id in differing}
    pages |= {key for page in pages for key in successors_of(session, page)}
    changes = (
        _change(session, context, report, differing.get(report.id, ()), after)
        for report in after
        if report.provider_key in pages
    )
    differ = [change for change in changes if change.differences]
    return tuple(sorted(differ, key=lambda change: change.gravity))


def _read_anew(report: ReportSnapshot, readings: dict[str, Reading]) -> ReportSnapshot:
    versions = tuple(
        replace(each, reading=found, facts_sha256=facts_sha256(found))
        if (found := readings.get(each.sha256))
        else each
        for each in report.versions
    )
    return replace(report, versions=versions)


def _change(
    session: Session,
    context: AppContext,
    report: ReportSnapshot,
    differences: tuple[ev.Difference, ...],
    reports: Sequence[ReportSnapshot],
) -> ReadingChange:
    """What differs in it, or what was announced of it and is wrong by what differs in another."""
    announced = wrongly_announced(session, report, reports)
    at_last = is_read_at_last(session, report, context.clock.now())
    is_watched = context.watched(report.provider_key) is not None
    return ReadingChange(report, differences or announced, bool(announced), at_last and is_watched)


def _record(
    session: Session,
    context: AppContext,
    parser: str,
    readings: dict[str, Reading],
    changes: tuple[ReadingChange, ...],
) -> None:
    now = context.clock.now()
    for reading in readings.values():
        record_reading(session, reading, now)
    update_all_comparisons(session, report_snapshots(session))
    for change in changes:
        if change.read_at_last:
            announcer = Announcer(
                context,
                context.watched_here(change.report.provider_key),
                now,
                cause=f"parser:{parser}",
            )
            announce_read(session, announcer, change.report)
    if changes:
        changed = tuple(_changed(context, change) for change in changes)
        event = ev.Reread(parser=parser, documents=len(readings), changed=changed)
        announce(session, context, event, subject="archive", cause=now.isoformat(), at=now)


def _changed(context: AppContext, change: ReadingChange) -> ev.ChangedReading:
    key = change.report.provider_key
    return ev.ChangedReading(
        provider=provider_of(
            context, context.watched(key) or WatchedAuthority.unnamed(key.urn, int(key.code))
        ),
        report=report_of(change.report),
        differences=change.differences,
        announced=change.announced,
    )
