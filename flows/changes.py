"""News of a report that was known: another row, another document, gone, back."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from flows.tell import Teller, finding_of, report_of
from notifications import news as n
from ofsted.reports.model import Judgement, Reading
from ofsted.site.model import Entry
from ofsted.text import say_day
from storage import models
from storage.known import KnownReport


def is_edited(entry: Entry, report: KnownReport) -> bool:
    """Whether the page gives another title or day than before."""
    return (entry.title, entry.published) != (report.title, report.published)


def tell_row(
    session: Session, teller: Teller, before: KnownReport, after: KnownReport
) -> list[str]:
    """Tell what the row shows: back, under another id, edited. Gives what it was, in words."""
    said = []
    if before.withdrawn_told:
        news = n.ReportReturned(provider=teller.provider, report=report_of(after))
        teller.of_report(session, news, after)
        said.append("back")
    if before.keys != after.keys and not _says_otherwise(before, after):
        was = before.file_id or before.link or before.title
        renumbered = n.ReportRenumbered(provider=teller.provider, report=report_of(after), was=was)
        teller.of_report(session, renumbered, after)
        said.append("renumbered")
    if (before.title, before.published) != (after.title, after.published):
        edited = n.DetailsEdited(
            provider=teller.provider, report=report_of(after), was=report_of(before)
        )
        teller.of_report(session, edited, after)
        said.append("edited")
    return said


def is_restamped(before: KnownReport, after: KnownReport) -> bool:
    """Whether the file came with other bytes and the same facts."""
    return _is_another_document(before, after) and not _says_otherwise(before, after)


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
    if old is None or new is None or not _says_otherwise(before, after):
        return False
    is_owed_first = not after.history and after.told_at is None
    if is_owed_first:
        return False
    news = n.ReportReplaced(
        **teller.about(session, after), differences=_differences(old.reading, new.reading)
    )
    session.get_one(models.Report, after.id).told_status = finding_of(after).status
    return teller.of_report(session, news, after, new.sha256)


def tell_restamped(session: Session, teller: Teller, reports: Sequence[KnownReport]) -> None:
    """Tell operators once a look of files with other bytes and the same facts."""
    if reports:
        named = tuple(map(report_of, reports))
        news = n.DocumentsRestamped(provider=teller.provider, reports=named)
        teller.of_provider(session, news)


def tell_withdrawn(
    session: Session, teller: Teller, report: KnownReport, gone_since: datetime
) -> None:
    """Tell readers that a report is no longer on the page."""
    news = n.ReportWithdrawn(
        provider=teller.provider, report=report_of(report), gone_since=gone_since
    )
    teller.of_report(session, news, report, gone_since.isoformat())


def _differences(old: Reading, new: Reading) -> tuple[n.Difference, ...]:
    """What two readings of one report give differently, in words."""
    if new.status != "read" or old.status != "read":
        return ()
    found = [
        _difference(_label(key, old, new), _printed(old, key), _printed(new, key))
        for key in dict.fromkeys(each.key for each in (*new.judgements, *old.judgements))
    ]
    found.append(_difference("inspection days", _days(old), _days(new)))
    found.append(_difference("outcome", old.outcome, new.outcome))
    found.append(_difference("lead inspectors", _inspectors(old), _inspectors(new)))
    found.append(_difference("what needs to improve", _improvements(old), _improvements(new)))
    return tuple(each for each in found if each.was != each.now)


def _difference(what: str, was: str | None, now: str | None) -> n.Difference:
    return n.Difference(what=what, was=was, now=now)


def _judgement(reading: Reading, key: str) -> Judgement | None:
    return next((each for each in reading.judgements if each.key == key), None)


def _printed(reading: Reading, key: str) -> str | None:
    found = _judgement(reading, key)
    return found.printed if found else None


def _label(key: str, old: Reading, new: Reading) -> str:
    found = _judgement(new, key) or _judgement(old, key)
    return found.label if found else key


def _days(reading: Reading) -> str | None:
    if reading.first_day is None or reading.last_day is None:
        return None
    return f"{say_day(reading.first_day)} to {say_day(reading.last_day)}"


def _inspectors(reading: Reading) -> str | None:
    return ", ".join(each.name for each in reading.inspectors) or None


def _improvements(reading: Reading) -> str | None:
    return "\n".join(each.text for each in reading.improvements) or None
