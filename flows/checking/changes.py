"""Events about a known report: its row was edited, its file replaced, it is gone or back."""

from __future__ import annotations

import hashlib
import json
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from flows.alerting.announce import Announcer, finding_of, report_of
from flows.comparing.differences import of_documents
from notifications import events as ev
from ofsted.site.model import Entry
from storage import models
from storage.record import get_state, set_state
from storage.report_snapshots import ReportSnapshot, report_snapshots

READ_LATER_WITHIN = timedelta(days=60)


def is_edited(entry: Entry, report: ReportSnapshot) -> bool:
    """Whether the page gives another title, day or link than before."""
    row = (entry.title, entry.published, entry.link, entry.file_id)
    return row != (report.title, report.published, report.link, report.file_id)


def announce_row(
    session: Session, announcer: Announcer, before: ReportSnapshot, after: ReportSnapshot
) -> list[str]:
    """Announce what a row shows: back, renumbered, edited; gives these words."""
    said = []
    if before.withdrawal_announced:
        event = ev.ReportReturned(provider=announcer.provider, report=report_of(after))
        announcer.of_report(session, event, after)
        said.append("back")
    if is_renumbered(before, after) and not _says_otherwise(before, after):
        was = before.file_id or before.link or before.title
        renumbered = ev.ReportRenumbered(
            provider=announcer.provider, report=report_of(after), was=was
        )
        announcer.of_report(session, renumbered, after, _once_a_day(announcer, after))
        said.append("renumbered")
    if (before.title, before.published) != (after.title, after.published):
        edited = ev.DetailsEdited(
            provider=announcer.provider, report=report_of(after), was=report_of(before)
        )
        announcer.of_report(session, edited, after, _once_a_day(announcer, after))
        said.append("edited")
    return said


def _once_a_day(announcer: Announcer, report: ReportSnapshot) -> str:
    """The cause of an event: a row that changes back and forth is announced once a day."""
    row = (report.title, report.published, report.link, report.file_id)
    return f"{announcer.now:%Y-%m-%d} {hashlib.sha256(repr(row).encode()).hexdigest()[:16]}"


def is_renumbered(before: ReportSnapshot, after: ReportSnapshot) -> bool:
    """Whether the page lists a report under another file id or link than before."""
    return (before.file_id or before.link) != (after.file_id or after.link)


def is_reissued(before: ReportSnapshot, after: ReportSnapshot) -> bool:
    """Whether the file came under the same id with other bytes and the same facts."""
    is_same_row = not is_renumbered(before, after)
    is_other = _is_another_document(before, after)
    return is_same_row and is_other and not _says_otherwise(before, after)


def _is_another_document(before: ReportSnapshot, after: ReportSnapshot) -> bool:
    old, new = before.site_version, after.site_version
    return old is not None and new is not None and old.sha256 != new.sha256


def _says_otherwise(before: ReportSnapshot, after: ReportSnapshot) -> bool:
    old, new = before.site_version, after.site_version
    return old is not None and new is not None and old.facts_sha256 != new.facts_sha256


def announce_replaced(
    session: Session, announcer: Announcer, before: ReportSnapshot, after: ReportSnapshot
) -> bool:
    """Alert readers that a report's file has other content; once for each report and document."""
    old, new = before.site_version, after.site_version
    if old is None or new is None or old.sha256 == new.sha256 or not _says_otherwise(before, after):
        return False
    is_first_pending = not after.baseline and after.announced_at is None
    if is_first_pending:
        return False
    event = ev.ReportReplaced(
        **announcer.about(session, after), differences=of_documents(old.reading, new.reading)
    )
    session.get_one(models.Report, after.id).announced_status = finding_of(after).status
    return announcer.of_report(session, event, after, new.sha256)


def is_read_at_last(session: Session, report: ReportSnapshot, now: datetime) -> bool:
    """Whether readers were sent "not yet read" of a report that is read now, and not long ago."""
    if report.baseline or report.announced_at is None or report.site_version is None:
        return False
    announced = session.get_one(
        models.Report, report.id
    ).announced_status  # also by what this check announced
    waited = announced != "read" and report.status == "read"
    return waited and now - report.announced_at <= READ_LATER_WITHIN


def announce_read(session: Session, announcer: Announcer, report: ReportSnapshot) -> bool:
    """Send what was read to those who were sent "not yet read"; False: there is nothing to send."""
    version = report.site_version
    if version is None or not is_read_at_last(session, report, announcer.now):
        return False
    session.get_one(models.Report, report.id).announced_status = "read"
    event = ev.ReportRead(**announcer.about(session, report))
    # with the parser's version: taken back, it may be read once more
    cause = f"{version.sha256} {version.reading.parser_version}"
    return announcer.of_report(session, event, report, cause)


def announce_doubt(session: Session, announcer: Announcer, report: ReportSnapshot) -> None:
    """Notify operators of a doubtful or unread report; a kind that is not read yet is no fault.

    All reports whose tables have the same unknown labels are one message, ever.
    """
    reading, version = report.reading, report.site_version
    if reading is None or version is None or reading.status == "read" or reading.unread_by_kind:
        return
    found = finding_of(report)
    if reading.framework_suspected:
        announcer.of_framework(
            session,
            ev.FrameworkSuspected(
                first_at=announcer.provider, first=report_of(report), found=found
            ),
        )
        return
    make = ev.ReportDoubtful if reading.status == "doubtful" else ev.ReportUnread
    event = make(provider=announcer.provider, report=report_of(report), found=found)
    announcer.of_report(session, event, report, version.sha256)


def collect_reissued(session: Session, announcer: Announcer, report: ReportSnapshot) -> None:
    """Collect this for a notice at the end of the check, or of the next successful one."""
    pending = {*_reissued(session, announcer), report.id}
    set_state(session, _reissued_state(announcer), json.dumps(sorted(pending)))


def announce_reissued(session: Session, announcer: Announcer) -> int:
    """Notify operators, once a check, of files with other bytes and the same facts; how many."""
    pending = _reissued(session, announcer)
    if not pending:
        return 0
    found = [
        each for each in report_snapshots(session, announcer.watched.key) if each.id in pending
    ]
    named = tuple(map(report_of, found))
    announcer.of_provider(session, ev.FilesReissued(provider=announcer.provider, reports=named))
    set_state(session, _reissued_state(announcer), "[]")
    return len(found)


def _reissued(session: Session, announcer: Announcer) -> list[int]:
    return list(json.loads(get_state(session, _reissued_state(announcer)) or "[]"))


def _reissued_state(announcer: Announcer) -> str:
    return f"reissued {announcer.watched.key}"


def announce_withdrawn(
    session: Session, announcer: Announcer, report: ReportSnapshot, gone_since: datetime
) -> None:
    """Alert readers that a report is no longer on the page."""
    event = ev.ReportWithdrawn(
        provider=announcer.provider, report=report_of(report), gone_since=gone_since
    )
    announcer.of_report(session, event, report, gone_since.isoformat())
