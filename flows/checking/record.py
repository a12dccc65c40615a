"""Records what a check found: each row in one transaction, with its events and deliveries."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from sqlalchemy.orm import Session

from flows.alerting.announce import Announcer, report_of
from flows.checking import changes
from flows.checking.diff import ListingDiff, known_under_another_key
from flows.checking.download import Downloaded, DownloadFailed, next_fetch
from flows.comparing.comparison_rows import update_comparisons
from flows.comparing.identity import proves_another
from notifications import events as ev
from ofsted.provider_key import ProviderKey
from ofsted.reports.model import Reading
from ofsted.site.model import Entry
from ofsted.text import uncapital
from storage import models
from storage.leases import Hold
from storage.record import (
    FetchedFile,
    ListingRow,
    add_alias,
    add_document,
    add_fetched,
    add_other_alias,
    add_report,
    add_version,
    join_reports,
    take_alias,
)
from storage.report_snapshots import ReportSnapshot, maybe_the_same, report_snapshot
from storage.standing import put_standing

LATE = timedelta(days=60)  # published so long before the last successful check: listed late
UNAVAILABLE_AFTER = timedelta(hours=1)
MISSED_CHECKS = 3
GONE_FOR = timedelta(hours=24)
NO_FILE = "no file"  # cause of an alert to a report without one: there is one such alert at most


@dataclass(frozen=True, slots=True)
class ListedReport:
    """A row of the list, the known report it belongs to, and its file as of this check."""

    entry: Entry
    report: ReportSnapshot | None
    downloaded: Downloaded | DownloadFailed | None  # None: not fetched

    @property
    def is_new(self) -> bool:
        """Whether its row was never on the list before."""
        return self.report is None or not self.report.ever_listed

    @property
    def reading(self) -> Reading | None:
        """What was read at this check."""
        return self.downloaded.reading if isinstance(self.downloaded, Downloaded) else None

    @property
    def order(self) -> date:
        """Oldest first: by inspection day, else by published day."""
        reading = self.reading
        day = (reading.last_day or reading.first_day) if reading else None
        return day or self.entry.published or date.max

    @property
    def says_nothing(self) -> bool:
        """Whether there is nothing to record: a known, unchanged row whose file was not fetched."""
        report = self.report
        if report is None or self.is_new or self.downloaded is not None or not report.listed:
            return False
        is_pending = not report.baseline and report.announced_at is None
        return not is_pending and not changes.is_edited(self.entry, report)


@dataclass
class Recorder:
    """Records the rows of one check and counts the changes."""

    announcer: Announcer
    hold: Hold
    last_successful_check: datetime | None  # before this one; None: what is found is the baseline
    new: list[tuple[Entry, str]] = field(default_factory=list)  # with the reading's status
    reissued: int = 0
    changed: list[str] = field(default_factory=list)  # in words
    newly_failed: int = 0
    _seen: set[int] = field(default_factory=set)

    @property
    def _is_baseline(self) -> bool:
        """Whether this is a first check, and all that it finds was there before."""
        return self.last_successful_check is None

    def in_words(self) -> str:
        """What was found: `1 new report: children's services inspection`."""
        titles = ", ".join(uncapital(entry.title) for entry, _ in self.new)
        count = len(self.new)
        new = [f"{count} new report{'' if count == 1 else 's'}: {titles}"] if self.new else []
        stamped = self.reissued
        again = [f"{stamped} file{'' if stamped == 1 else 's'} reissued"] if stamped else []
        return "; ".join(new + self.changed + again)

    def record(self, listed_report: ListedReport, gone: tuple[ReportSnapshot, ...]) -> None:
        """Record one row with its document, its reading, its event and the deliveries."""
        with self.announcer.context.database.write() as session:
            self.hold.check(session)
            report_id, before = self._report(session, listed_report, gone)
            self._document(session, listed_report, before, report_id)
            after = report_snapshot(session, report_id)
            if self._is_baseline:  # its page is compared once, when all of it is there
                put_standing(session, [after])
            elif before is None or _says_another(before, after):
                update_comparisons(session, after.provider_key)
            self._event(session, listed_report, before, after)
        self._seen.add(report_id)

    def _report(
        self, session: Session, listed_report: ListedReport, gone: tuple[ReportSnapshot, ...]
    ) -> tuple[int, ReportSnapshot | None]:
        """The report that the row is, and how it was known before; None: it is new."""
        now, row = self.announcer.now, row_of(listed_report.entry, self.announcer.watched.key)
        before = self._known_before(session, listed_report, gone)
        is_baseline = self._is_baseline
        if before is None:
            return add_report(session, row, seen=now, baseline=is_baseline, listed=True), None
        if self._is_twin(listed_report, before, gone):
            add_other_alias(session, before.id, row)
            return before.id, before
        add_alias(session, before.id, row, assumed_since=self._assumed_since(listed_report, before))
        report = session.get_one(models.Report, before.id)
        if not before.ever_listed:
            report.baseline, report.first_seen = is_baseline, now
        report.listed = report.ever_listed = True
        report.gone_since, report.missed_checks, report.withdrawal_announced = None, 0, False
        return before.id, before

    def _is_twin(
        self, listed_report: ListedReport, before: ReportSnapshot, gone: tuple[ReportSnapshot, ...]
    ) -> bool:
        """Whether a new row has the same file as a known report that another row still lists."""
        is_there = before.listed and before.id not in {report.id for report in gone}
        version, downloaded = before.site_version, listed_report.downloaded
        same = (
            isinstance(downloaded, Downloaded)
            and version
            and downloaded.document.sha256 == version.sha256
        )
        was_it = listed_report.report is not None and listed_report.report.id == before.id
        return bool(same and not was_it and (is_there or before.id in self._seen))

    def _known_before(
        self, session: Session, listed_report: ListedReport, gone: tuple[ReportSnapshot, ...]
    ) -> ReportSnapshot | None:
        """The known report that the row belongs to, unless its file proves that it is another."""
        before, key = listed_report.report, listed_report.entry.key
        if before is None:
            return self._under_another_key(session, listed_report, gone)
        if key in before.assumed and proves_another(listed_report.reading, before.reading):
            take_alias(session, before.id, key)
            return self._under_another_key(session, listed_report, gone)
        is_settled = before.versions or before.announced_at
        other = None if is_settled else self._under_another_key(session, listed_report, ())
        if other is not None:
            join_reports(session, before.id, other.id)
        return other or before

    def _assumed_since(
        self, listed_report: ListedReport, before: ReportSnapshot
    ) -> datetime | None:
        """Since when the row is assumed to be this report without its file; None: it is certain."""
        key = listed_report.entry.key
        if isinstance(listed_report.downloaded, Downloaded) or listed_report.entry.file_id is None:
            return None
        return self.announcer.now if key not in before.keys else before.assumed.get(key)

    def _under_another_key(
        self, session: Session, listed_report: ListedReport, gone: tuple[ReportSnapshot, ...]
    ) -> ReportSnapshot | None:
        downloaded = listed_report.downloaded
        sha256 = downloaded.document.sha256 if isinstance(downloaded, Downloaded) else None
        key, reading = self.announcer.watched.key, listed_report.reading
        reports = maybe_the_same(session, key, sha256, reading) if sha256 else []
        left = [report for report in gone if report.id not in self._seen]
        return known_under_another_key(
            listed_report.entry, sha256, reading, reports=reports, gone=left
        )

    def _document(
        self,
        session: Session,
        listed_report: ListedReport,
        before: ReportSnapshot | None,
        report_id: int,
    ) -> None:
        report, now = session.get_one(models.Report, report_id), self.announcer.now
        match listed_report.downloaded:
            case None:
                return
            case Downloaded(document=document, reading=reading, validators=validators):
                add_document(session, document, reading, now)
                add_version(session, report_id, document.sha256, "ofsted", now)
                if validators:
                    file = FetchedFile(document.sha256, now, validators)
                    add_fetched(session, report_id, listed_report.entry.key, file)
                report.failing_since = report.failing_why = None
            case DownloadFailed(why=why) if before is None or before.site_version is None:
                self.newly_failed += report.failing_since is None
                report.failing_since = report.failing_since or now
                report.failing_why = why
        report.next_fetch = next_fetch(listed_report.downloaded, report_id, now)

    def _event(
        self,
        session: Session,
        listed_report: ListedReport,
        before: ReportSnapshot | None,
        after: ReportSnapshot,
    ) -> None:
        if before is None or not before.ever_listed:
            self.new.append((listed_report.entry, after.status))
        elif self._announce_changes(session, before, after):
            return
        if after.baseline:
            return
        if after.announced_at is None:
            self._announce_first(session, after)
        elif changes.announce_read(session, self.announcer, after):
            self.changed.append(f"now read: {uncapital(after.title)}")

    def _announce_changes(
        self, session: Session, before: ReportSnapshot, after: ReportSnapshot
    ) -> bool:
        """Whether readers were sent what the report says now."""
        said = changes.announce_row(session, self.announcer, before, after)
        if changes.is_reissued(before, after):
            changes.collect_reissued(session, self.announcer, after)
        elif changes.announce_replaced(session, self.announcer, before, after):
            said.append("replaced")
            changes.announce_doubt(session, self.announcer, after)
        self.changed += [f"{word}: {uncapital(after.title)}" for word in said]
        return "replaced" in said

    def _announce_first(self, session: Session, report: ReportSnapshot) -> None:
        """Alert readers to a new report once its file was downloaded or has failed for an hour."""
        now = self.announcer.now
        if report.status == "missing" and report.file_id is not None:
            since = report.failing_since or now
            if now - since < UNAVAILABLE_AFTER:
                return
            self._announce_unavailable(session, report, since)
        make = ev.ReportListedLate if self._is_late(report) else ev.ReportPublished
        event = make(**self.announcer.about(session, report))
        version = report.site_version
        self.announcer.of_report(session, event, report, version.sha256 if version else NO_FILE)
        row = session.get_one(models.Report, report.id)
        row.announced_at, row.announced_status = now, event.found.status
        changes.announce_doubt(session, self.announcer, report)

    def _is_late(self, report: ReportSnapshot) -> bool:
        if report.published is None or self.last_successful_check is None:
            return False
        return report.published < (self.last_successful_check - LATE).date()

    def _announce_unavailable(
        self, session: Session, report: ReportSnapshot, since: datetime
    ) -> None:
        event = ev.FileUnavailable(
            provider=self.announcer.provider,
            report=report_of(report),
            failure=report.failing_why or "",
            since=since,
        )
        self.announcer.of_report(session, event, report, since.isoformat())

    def finish(self, session: Session, diff: ListingDiff, *, accepted: bool) -> None:
        """Announce what can be announced only after every row of the check is recorded."""
        self.reissued = changes.announce_reissued(session, self.announcer)
        if self._is_baseline:
            update_comparisons(session, self.announcer.watched.key)
        for report in diff.gone:
            if report.id not in self._seen:  # else it is there under another key
                self._miss(session, report, accepted=accepted)

    def _miss(self, session: Session, report: ReportSnapshot, *, accepted: bool) -> None:
        now, row = self.announcer.now, session.get_one(models.Report, report.id)
        if row.listed:
            self.changed.append(f"no longer on the page: {uncapital(report.title)}")
        row.listed = False
        row.gone_since = row.gone_since or now
        row.missed_checks += 1
        lasted = row.missed_checks >= MISSED_CHECKS and now - row.gone_since >= GONE_FOR
        if lasted or accepted:
            changes.announce_withdrawn(session, self.announcer, report, row.gone_since)
            row.withdrawal_announced = True
            update_comparisons(session, report.provider_key)
            self.changed.append(f"withdrawn: {uncapital(report.title)}")


def _says_another(before: ReportSnapshot, after: ReportSnapshot) -> bool:
    """Whether the current reading of a report, or what it is compared with, may have changed."""

    def said(report: ReportSnapshot) -> tuple[object, ...]:
        version = report.standing_version
        row = (report.id, report.title, report.published, report.withdrawal_announced)
        return (*row, report.keys, version and version.sha256, report.reading)

    return said(before) != said(after)


def row_of(entry: Entry, provider: ProviderKey) -> ListingRow:
    """A row of the list, as it is stored."""
    return ListingRow(
        provider=provider,
        key=entry.key,
        title=entry.title,
        published=entry.published,
        link=entry.link,
        file_id=entry.file_id,
    )
