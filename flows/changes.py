"""News of a report that was known: another row, another document, gone, back."""

from __future__ import annotations

import hashlib
import json
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from flows.differences import of_documents
from flows.tell import Teller, finding_of, report_of
from notifications import news as n
from ofsted.site.model import Entry
from storage import models
from storage.known import KnownReport, known_reports
from storage.record import note, noted

READ_LATER_WITHIN = timedelta(days=60)


def is_edited(entry: Entry, report: KnownReport) -> bool:
    """Whether the page gives another title, day or link than before."""
    row = (entry.title, entry.published, entry.link, entry.file_id)
    return row != (report.title, report.published, report.link, report.file_id)


def tell_row(
    session: Session, teller: Teller, before: KnownReport, after: KnownReport
) -> list[str]:
    """Tell what the row shows: back, under another id, edited. Gives what it was, in words."""
    said = []
    if before.withdrawn_told:
        news = n.ReportReturned(provider=teller.provider, report=report_of(after))
        teller.of_report(session, news, after)
        said.append("back")
    if is_renumbered(before, after) and not _says_otherwise(before, after):
        was = before.file_id or before.link or before.title
        renumbered = n.ReportRenumbered(provider=teller.provider, report=report_of(after), was=was)
        teller.of_report(session, renumbered, after, _once_a_day(teller, after))
        said.append("renumbered")
    if (before.title, before.published) != (after.title, after.published):
        edited = n.DetailsEdited(
            provider=teller.provider, report=report_of(after), was=report_of(before)
        )
        teller.of_report(session, edited, after, _once_a_day(teller, after))
        said.append("edited")
    return said


def _once_a_day(teller: Teller, report: KnownReport) -> str:
    """A cause: a page that shows this and that by turns is told once a day, not at each look."""
    row = (report.title, report.published, report.link, report.file_id)
    return f"{teller.now:%Y-%m-%d} {hashlib.sha256(repr(row).encode()).hexdigest()[:16]}"


def is_renumbered(before: KnownReport, after: KnownReport) -> bool:
    """Whether the page lists a report under another file id or link than before."""
    return (before.file_id or before.link) != (after.file_id or after.link)


def is_restamped(before: KnownReport, after: KnownReport) -> bool:
    """Whether the file came under the same id with other bytes and the same facts."""
    is_same_row = not is_renumbered(before, after)
    is_other = _is_another_document(before, after)
    return is_same_row and is_other and not _says_otherwise(before, after)


def _is_another_document(before: KnownReport, after: KnownReport) -> bool:
    old, new = before.site_version, after.site_version
    return old is not None and new is not None and old.sha256 != new.sha256


def _says_otherwise(before: KnownReport, after: KnownReport) -> bool:
    old, new = before.site_version, after.site_version
    return old is not None and new is not None and old.facts_sha256 != new.facts_sha256


def tell_replaced(
    session: Session, teller: Teller, before: KnownReport, after: KnownReport
) -> bool:
    """Tell that a report's file says something else; once per report and document."""
    old, new = before.site_version, after.site_version
    if old is None or new is None or old.sha256 == new.sha256 or not _says_otherwise(before, after):
        return False
    is_owed_first = not after.history and after.told_at is None
    if is_owed_first:
        return False
    news = n.ReportReplaced(
        **teller.about(session, after), differences=of_documents(old.reading, new.reading)
    )
    session.get_one(models.Report, after.id).told_status = finding_of(after).status
    return teller.of_report(session, news, after, new.sha256)


def is_read_at_last(session: Session, report: KnownReport, now: datetime) -> bool:
    """Whether readers heard "not yet read" of a report that is read now, and not long ago."""
    if report.history or report.told_at is None or report.site_version is None:
        return False
    told = session.get_one(models.Report, report.id).told_status  # also by what this look told
    waited = told != "read" and report.status == "read"
    return waited and now - report.told_at <= READ_LATER_WITHIN


def tell_read(session: Session, teller: Teller, report: KnownReport) -> bool:
    """Readers who heard "not yet read" hear what was read; False if there is nothing to tell."""
    version = report.site_version
    if version is None or not is_read_at_last(session, report, teller.now):
        return False
    session.get_one(models.Report, report.id).told_status = "read"
    news = n.ReportRead(**teller.about(session, report))
    cause = f"{version.sha256} {version.reading.parser}"  # taken back, it may be read once more
    return teller.of_report(session, news, report, cause)


def tell_doubt(session: Session, teller: Teller, report: KnownReport) -> None:
    """Operators hear of a doubtful or unread report; a kind that is not read yet is no fault.

    All reports whose tables have the same unknown labels are one message, ever.
    """
    reading, version = report.reading, report.site_version
    if reading is None or version is None or reading.status == "read" or reading.unread_by_kind:
        return
    found = finding_of(report)
    if reading.framework_suspected:
        teller.of_framework(
            session,
            n.FrameworkSuspected(first_at=teller.provider, first=report_of(report), found=found),
        )
        return
    make = n.ReportDoubtful if reading.status == "doubtful" else n.ReportUnread
    news = make(provider=teller.provider, report=report_of(report), found=found)
    teller.of_report(session, news, report, version.sha256)


def keep_restamped(session: Session, teller: Teller, report: KnownReport) -> None:
    """Write down that operators are owed this at the end of the look, or of the next good one."""
    owed = {*_restamped(session, teller), report.id}
    note(session, _restamped_note(teller), json.dumps(sorted(owed)))


def tell_restamped(session: Session, teller: Teller) -> int:
    """Tell operators once a look of files with other bytes and the same facts; gives how many."""
    owed = _restamped(session, teller)
    if not owed:
        return 0
    found = [each for each in known_reports(session, teller.watch.urn) if each.id in owed]
    named = tuple(map(report_of, found))
    teller.of_provider(session, n.DocumentsRestamped(provider=teller.provider, reports=named))
    note(session, _restamped_note(teller), "[]")
    return len(found)


def _restamped(session: Session, teller: Teller) -> list[int]:
    return list(json.loads(noted(session, _restamped_note(teller)) or "[]"))


def _restamped_note(teller: Teller) -> str:
    return f"restamped {teller.watch.urn}"


def tell_withdrawn(
    session: Session, teller: Teller, report: KnownReport, gone_since: datetime
) -> None:
    """Tell readers that a report is no longer on the page."""
    news = n.ReportWithdrawn(
        provider=teller.provider, report=report_of(report), gone_since=gone_since
    )
    teller.of_report(session, news, report, gone_since.isoformat())
