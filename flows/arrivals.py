"""Recording what a look brought: each row in one transaction, with all that follows from it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from sqlalchemy.orm import Session

from flows import changes
from flows.keep import Failed, Kept, next_fetch
from flows.sift import Sifted, known_under_another_key, proves_another
from flows.tell import Teller, report_of
from notifications import news as n
from ofsted.reports.model import Reading
from ofsted.site.model import Entry
from ofsted.text import uncapital
from storage import models
from storage.known import KnownReport, known_report, known_reports
from storage.leases import Hold
from storage.record import (
    FetchedFile,
    Row,
    add_address,
    add_document,
    add_fetched,
    add_other_address,
    add_report,
    add_version,
    join_reports,
    take_address,
)

LATE = timedelta(days=60)  # before the last good look: an old report, newly listed
DEAD_AFTER = timedelta(hours=1)
GONE_LOOKS = 3
GONE_FOR = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class Arrival:
    """A row of the list, the report it is known as, and what its file gave at this look."""

    entry: Entry
    report: KnownReport | None
    kept: Kept | Failed | None  # None: not fetched

    @property
    def is_new(self) -> bool:
        """Whether its row was never on the list before."""
        return self.report is None or not self.report.ever_listed

    @property
    def reading(self) -> Reading | None:
        """What was read at this look."""
        return self.kept.reading if isinstance(self.kept, Kept) else None

    @property
    def order(self) -> date:
        """Oldest first: by inspection day, else by published day."""
        reading = self.reading
        day = (reading.last_day or reading.first_day) if reading else None
        return day or self.entry.published or date.max

    @property
    def says_nothing(self) -> bool:
        """Whether there is nothing to record: a known row as it was, its file not asked for."""
        report = self.report
        if report is None or self.is_new or self.kept is not None or not report.listed:
            return False
        is_owed = not report.history and report.told_at is None
        return not is_owed and not changes.is_edited(self.entry, report)


@dataclass
class Recorder:
    """Writes down the arrivals of one look and counts what they came to."""

    teller: Teller
    hold: Hold
    last_good_look: datetime | None  # before this one; None: all that is found is history
    new: list[tuple[Entry, str]] = field(default_factory=list)  # with the reading's status
    restamped: int = 0
    changed: list[str] = field(default_factory=list)  # in words
    newly_failed: int = 0
    _seen: set[int] = field(default_factory=set)

    def in_words(self) -> str:
        """What was found: `1 new report: children's services inspection`."""
        titles = ", ".join(uncapital(entry.title) for entry, _ in self.new)
        count = len(self.new)
        new = [f"{count} new report{'' if count == 1 else 's'}: {titles}"] if self.new else []
        stamped = self.restamped
        again = [f"{stamped} file{'' if stamped == 1 else 's'} issued again"] if stamped else []
        return "; ".join(new + self.changed + again)

    def record(self, arrival: Arrival, gone: tuple[KnownReport, ...]) -> None:
        """Write down one row with its document, its reading, its event and what is owed for it."""
        with self.teller.tools.database.write() as session:
            self.hold.check(session)
            report_id, before = self._report(session, arrival, gone)
            self._document(session, arrival, before, report_id)
            after = known_report(session, report_id)
            self._news(session, arrival, before, after)
        self._seen.add(report_id)

    def _report(
        self, session: Session, arrival: Arrival, gone: tuple[KnownReport, ...]
    ) -> tuple[int, KnownReport | None]:
        """The report that the row is, and how it was known before; None: it is new."""
        now, row = self.teller.now, row_of(arrival.entry, self.teller.watch.urn)
        before = self._known_before(session, arrival, gone)
        is_history = self.last_good_look is None
        if before is None:
            return add_report(session, row, seen=now, history=is_history, listed=True), None
        if self._is_twin(arrival, before, gone):
            add_other_address(session, before.id, row)
            return before.id, before
        add_address(session, before.id, row, assumed_since=self._assumed_since(arrival, before))
        report = session.get_one(models.Report, before.id)
        if not before.ever_listed:
            report.history, report.first_seen = is_history, now
        report.listed = report.ever_listed = True
        report.gone_since, report.gone_looks, report.withdrawn_told = None, 0, False
        return before.id, before

    def _is_twin(
        self, arrival: Arrival, before: KnownReport, gone: tuple[KnownReport, ...]
    ) -> bool:
        """Whether a new row gives the very file of a report that its own row gives as well."""
        is_there = before.listed and before.id not in {report.id for report in gone}
        version, kept = before.site_version, arrival.kept
        same = isinstance(kept, Kept) and version and kept.document.sha256 == version.sha256
        was_it = arrival.report is not None and arrival.report.id == before.id
        return bool(same and not was_it and (is_there or before.id in self._seen))

    def _known_before(
        self, session: Session, arrival: Arrival, gone: tuple[KnownReport, ...]
    ) -> KnownReport | None:
        """As which report the row was known, unless its file now proves another."""
        before, key = arrival.report, arrival.entry.key
        if before is None:
            return self._under_another_key(session, arrival, gone)
        if key in before.assumed and proves_another(arrival.reading, before.reading):
            take_address(session, before.id, key)
            return self._under_another_key(session, arrival, gone)
        is_settled = before.versions or before.told_at
        other = None if is_settled else self._under_another_key(session, arrival, ())
        if other is not None:
            join_reports(session, before.id, other.id)
        return other or before

    def _assumed_since(self, arrival: Arrival, before: KnownReport) -> datetime | None:
        """Since when the row is taken for this report without its file; None: it is sure."""
        key = arrival.entry.key
        if isinstance(arrival.kept, Kept) or arrival.entry.file_id is None:
            return None
        return self.teller.now if key not in before.keys else before.assumed.get(key)

    def _under_another_key(
        self, session: Session, arrival: Arrival, gone: tuple[KnownReport, ...]
    ) -> KnownReport | None:
        kept = arrival.kept
        sha256 = kept.document.sha256 if isinstance(kept, Kept) else None
        reports = known_reports(session, self.teller.watch.urn) if sha256 else []
        left = [report for report in gone if report.id not in self._seen]
        return known_under_another_key(
            arrival.entry, sha256, arrival.reading, reports=reports, gone=left
        )

    def _document(
        self, session: Session, arrival: Arrival, before: KnownReport | None, report_id: int
    ) -> None:
        report, now = session.get_one(models.Report, report_id), self.teller.now
        match arrival.kept:
            case None:
                return
            case Kept(document=document, reading=reading, validators=validators):
                add_document(session, document, reading, now)
                add_version(session, report_id, document.sha256, "site", now)
                if validators:
                    file = FetchedFile(document.sha256, now, validators)
                    add_fetched(session, report_id, arrival.entry.key, file)
                report.failing_since = report.failing_why = None
            case Failed(why=why) if before is None or before.site_version is None:
                self.newly_failed += report.failing_since is None
                report.failing_since = report.failing_since or now
                report.failing_why = why
        report.next_fetch = next_fetch(arrival.kept, report_id, now)

    def _news(
        self, session: Session, arrival: Arrival, before: KnownReport | None, after: KnownReport
    ) -> None:
        if before is None or not before.ever_listed:
            self.new.append((arrival.entry, after.status))
        elif self._tell_changes(session, before, after):
            return
        if after.history:
            return
        if after.told_at is None:
            self._tell_first(session, after)
        elif changes.tell_read(session, self.teller, after):
            self.changed.append(f"read now: {uncapital(after.title)}")

    def _tell_changes(self, session: Session, before: KnownReport, after: KnownReport) -> bool:
        """Whether readers heard what the report says now."""
        said = changes.tell_row(session, self.teller, before, after)
        if changes.is_restamped(before, after):
            changes.keep_restamped(session, self.teller, after)
        elif changes.tell_replaced(session, self.teller, before, after):
            said.append("replaced")
            changes.tell_doubt(session, self.teller, after)
        self.changed += [f"{word}: {uncapital(after.title)}" for word in said]
        return "replaced" in said

    def _tell_first(self, session: Session, report: KnownReport) -> None:
        """Readers hear of a new report once its file came, or has failed for an hour."""
        now = self.teller.now
        if report.status == "missing" and report.file_id is not None:
            since = report.failing_since or now
            if now - since < DEAD_AFTER:
                return
            self._tell_dead(session, report, since)
        make = n.ReportListedLate if self._is_late(report) else n.ReportPublished
        news = make(**self.teller.about(session, report))
        version = report.site_version
        self.teller.of_report(session, news, report, version.sha256 if version else None)
        row = session.get_one(models.Report, report.id)
        row.told_at, row.told_status = now, news.found.status
        changes.tell_doubt(session, self.teller, report)

    def _is_late(self, report: KnownReport) -> bool:
        if report.published is None or self.last_good_look is None:
            return False
        return report.published < (self.last_good_look - LATE).date()

    def _tell_dead(self, session: Session, report: KnownReport, since: datetime) -> None:
        news = n.FileDead(
            provider=self.teller.provider,
            report=report_of(report),
            trouble=report.failing_why or "",
            since=since,
        )
        self.teller.of_report(session, news, report, since.isoformat())

    def finish(self, session: Session, sifted: Sifted, *, accepted: bool) -> None:
        """What can be told only when every row of the look is recorded."""
        self.restamped = changes.tell_restamped(session, self.teller)
        for report in sifted.gone:
            if report.id not in self._seen:  # else it is there under another key
                self._miss(session, report, accepted=accepted)

    def _miss(self, session: Session, report: KnownReport, *, accepted: bool) -> None:
        now, row = self.teller.now, session.get_one(models.Report, report.id)
        if row.listed:
            self.changed.append(f"not on the page: {uncapital(report.title)}")
        row.listed = False
        row.gone_since = row.gone_since or now
        row.gone_looks += 1
        lasted = row.gone_looks >= GONE_LOOKS and now - row.gone_since >= GONE_FOR
        if lasted or accepted:
            changes.tell_withdrawn(session, self.teller, report, row.gone_since)
            row.withdrawn_told = True
            self.changed.append(f"withdrawn: {uncapital(report.title)}")


def row_of(entry: Entry, urn: str) -> Row:
    """A row of the list, as it is written down."""
    return Row(
        urn=urn,
        key=entry.key,
        title=entry.title,
        published=entry.published,
        link=entry.link,
        file_id=entry.file_id,
    )
