"""Reading the archive again with this version's reader, and what follows from what differs.

Looks never change what was read in a known document; this does, for all of them at once,
so that a better reader is told as what it is and never as a change of Ofsted's.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from sqlalchemy.orm import Session

from flows.changes import is_read_at_last, tell_read
from flows.correct import wrongly_told
from flows.differences import ABOUT, of_readings
from flows.settings import Watch
from flows.tell import Teller, provider_of, record_news, report_of
from flows.tools import Tools
from notifications import news as n
from ofsted import read_apart
from ofsted.reports.model import Reading
from ofsted.reports.read import PARSER
from ofsted.text import say_day
from storage import queries
from storage.known import KnownReport, known_reports
from storage.leases import leased
from storage.record import facts_sha256, put_reading

log = logging.getLogger(__name__)

PATIENCE = 600.0  # seconds that one rereading waits for another one's end
SAID_EVERY = 50  # documents

OnRead = Callable[[int, int], object]  # how many are read, of how many


@dataclass(frozen=True, slots=True)
class Change:
    """A report in which this version of the reader finds something else."""

    report: KnownReport  # as it is read now
    differences: tuple[n.Difference, ...]
    told: bool  # readers were told a grade that it does not find
    read_at_last: bool  # readers heard "not yet read", and hear now what it says

    @property
    def gravity(self) -> tuple[bool, bool]:
        """For sorting: told wrongly, then read or doubtful as it was not before, then the rest."""
        is_other = self.differences[0].what == ABOUT["status"]
        return (not self.told, not is_other)

    def in_words(self) -> str:
        """`80515, Children's services inspection of 29 July 2025: lead inspectors`."""
        report = self.report
        day = f" of {say_day(report.published)}" if report.published else ""
        what = ", ".join(each.what for each in self.differences)
        return f"{report.urn}, {report.title}{day}: {what}"


@dataclass(frozen=True, slots=True)
class Reread:
    """What a rereading came to."""

    parser: str
    documents: int
    changes: tuple[Change, ...] = ()
    lost: tuple[str, ...] = ()  # documents, by SHA-256, that the archive does not give whole

    def in_words(self) -> str:
        """`14 documents read again, 2 reports read differently`."""
        read = f"{self.documents} document{'' if self.documents == 1 else 's'} read again"
        count = len(self.changes)
        changed = f"{count} report{'' if count == 1 else 's'} read differently"
        lost = f"{len(self.lost)} not whole in the archive"
        return ", ".join([read, changed if count else "nothing differs", *[lost] * bool(self.lost)])


def reread_when_due(tools: Tools) -> Reread | None:
    """After an upgrade: whatever this version of the reader has not read; None: nothing was.

    What goes wrong with it stops no look: what was read before stands, and the next round
    tries again.
    """
    with tools.database.read() as session:
        due = queries.documents_to_read(session, PARSER, failed=False)
    if not any(tools.archive.path(*each).exists() for each in due):
        return None
    try:
        return reread(tools, failed=False, on_read=lambda _read, _of: tools.progress())
    except Exception:
        log.exception("the archive could not be read again; what was read before stands")
        return None


def reread(
    tools: Tools,
    *,
    dry_run: bool = False,
    failed: bool = True,
    on_read: OnRead = lambda _read, _of: None,
) -> Reread:
    """Read what this version has not read yet, and record what follows in one transaction.

    Args:
        dry_run: find out what differs, and write nothing.
        failed: also what this version could not read.
        on_read: called after each document, for progress.

    Raises:
        storage.leases.BusyError: another rereading did not end in ten minutes.
    """
    with leased(tools.database, "reread", wait=PATIENCE) as hold:
        with tools.database.read() as session:
            due = queries.documents_to_read(session, PARSER, failed=failed)
        readings, lost = _read(tools, due, on_read)
        with tools.database.write() as session:
            hold.check(session)
            changes = _changes(session, tools, readings)
            if readings and not dry_run:
                _record(session, tools, PARSER, readings, changes)
    found = Reread(PARSER, len(readings), changes, lost)
    log.info("%s", found.in_words())
    return found


def _read(
    tools: Tools, due: Sequence[tuple[str, str]], on_read: OnRead
) -> tuple[dict[str, Reading], tuple[str, ...]]:
    """Readings by SHA-256, and the documents that the archive does not give whole."""
    readings: dict[str, Reading] = {}
    lost = []
    for number, (sha256, media_type) in enumerate(due, 1):
        reading = _reading(tools.archive.path(sha256, media_type))
        if reading is not None and reading.sha256 == sha256:
            readings[sha256] = reading
        else:
            log.warning("%s: not in the archive, or other bytes than were kept", sha256)
            lost.append(sha256)
        on_read(number, len(due))
        if number % SAID_EVERY == 0:
            log.info("%d of %d documents read again", number, len(due))
    return readings, tuple(lost)


def _reading(path: Path) -> Reading | None:
    try:
        return read_apart(path)
    except OSError:
        return None


def _changes(session: Session, tools: Tools, readings: dict[str, Reading]) -> tuple[Change, ...]:
    """What differs in reports as they stand, the gravest first.

    A document of an earlier version of a report changes nothing.
    """
    before = known_reports(session)
    after = [_read_anew(report, readings) for report in before]
    differing = {
        new.id: found
        for old, new in zip(before, after, strict=True)
        if old.reading and new.reading and (found := of_readings(old.reading, new.reading))
    }
    pages = {report.urn for report in after if report.id in differing}
    changes = (
        _change(session, tools, report, differing.get(report.id, ()), after)
        for report in after
        if report.urn in pages
    )
    differ = [change for change in changes if change.differences]
    return tuple(sorted(differ, key=lambda change: change.gravity))


def _read_anew(report: KnownReport, readings: dict[str, Reading]) -> KnownReport:
    versions = tuple(
        replace(each, reading=found, facts_sha256=facts_sha256(found))
        if (found := readings.get(each.sha256))
        else each
        for each in report.versions
    )
    return replace(report, versions=versions)


def _change(
    session: Session,
    tools: Tools,
    report: KnownReport,
    differences: tuple[n.Difference, ...],
    reports: Sequence[KnownReport],
) -> Change:
    """What differs in it, or what was told of it and is wrong by what differs in another."""
    page = [each for each in reports if each.urn == report.urn]
    told = wrongly_told(session, report, page)
    at_last = is_read_at_last(session, report, tools.clock.now())
    is_watched = report.urn in {watch.urn for watch in tools.settings.watch}
    return Change(report, differences or told, bool(told), at_last and is_watched)


def _record(
    session: Session,
    tools: Tools,
    parser: str,
    readings: dict[str, Reading],
    changes: tuple[Change, ...],
) -> None:
    now = tools.clock.now()
    for reading in readings.values():
        put_reading(session, reading, now)
    for change in changes:
        if change.read_at_last:
            teller = Teller(tools, tools.watch(change.report.urn), now, cause=f"reader:{parser}")
            tell_read(session, teller, change.report)
    if changes:
        changed = tuple(_changed(tools, change) for change in changes)
        news = n.Reread(parser=parser, documents=len(readings), changed=changed)
        record_news(session, tools, news, subject="archive", cause=now.isoformat(), at=now)


def _changed(tools: Tools, change: Change) -> n.Changed:
    watched = {watch.urn: watch for watch in tools.settings.watch}
    urn = change.report.urn
    return n.Changed(
        provider=provider_of(tools, watched.get(urn) or Watch(urn=urn)),
        report=report_of(change.report),
        differences=change.differences,
        told=change.told,
    )
