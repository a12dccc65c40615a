"""A listing compared with the known reports: pure, no database, no network."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from flows.comparing.identity import proves_another, same_inspection
from ofsted.reports.model import Reading
from ofsted.site.model import Entry, Listing
from storage.report_snapshots import ReportSnapshot, by_key

MANY = 4  # a list shorter than this is never suspect
MOST_NEW_WHILE_SUSPECT = 3


@dataclass(frozen=True, slots=True)
class ListingDiff:
    """What one check of the list shows."""

    new: tuple[Entry, ...]  # of no report known, or of one known from a seed alone
    known: tuple[tuple[Entry, ReportSnapshot], ...]
    gone: tuple[ReportSnapshot, ...]  # on the list before, not on it now
    suspect: bool  # over half of a longer list gone or re-dated at once


def diff_listing(listing: Listing, reports: Sequence[ReportSnapshot]) -> ListingDiff:
    """Split a listing into new and known rows, and find the reports that are gone."""
    keys = by_key(reports)
    new: list[Entry] = []
    known: dict[int, tuple[Entry, ReportSnapshot]] = {}
    for entry in listing.entries:
        report = keys.get(entry.key)
        if report is None or not report.ever_listed:
            new.append(entry)
        elif report.id not in known or _is_newest_row(entry, report):
            known[report.id] = (entry, report)
    gone = tuple(
        report
        for report in reports
        if report.ever_listed and report.id not in known and not report.withdrawal_announced
    )
    pairs = tuple(known.values())
    return ListingDiff(tuple(new), pairs, gone, _is_suspect(pairs, gone, new))


def _is_newest_row(entry: Entry, report: ReportSnapshot) -> bool:
    """Where several rows are one report: whether this row has its current link and file id."""
    return (entry.link, entry.file_id) == (report.link, report.file_id)


def _is_suspect(
    known: Sequence[tuple[Entry, ReportSnapshot]],
    gone: Sequence[ReportSnapshot],
    new: Sequence[Entry],
) -> bool:
    before = [report for _, report in known if report.listed]
    lost = [report for report in gone if report.listed and not _renumbered(report, new)]
    redated = [
        report for entry, report in known if report.listed and entry.published != report.published
    ]
    total = len(before) + sum(report.listed for report in gone)
    return total >= MANY and 2 * (len(lost) + len(redated)) > total


def _renumbered(report: ReportSnapshot, new: Sequence[Entry]) -> bool:
    return any((entry.title, entry.published) == (report.title, report.published) for entry in new)


def newer_than_all(entry: Entry, reports: Sequence[ReportSnapshot]) -> bool:
    """Whether a row is dated after every report known."""
    days = [report.published for report in reports if report.published and report.ever_listed]
    return entry.published is not None and all(entry.published > day for day in days)


def is_pending(entry: Entry, report: ReportSnapshot) -> bool:
    """Whether an unchanged row is still to be announced, or its file still to be read."""
    waits = report.announced_at is None or report.status == "missing"
    is_same = (entry.title, entry.published) == (report.title, report.published)
    return waits and is_same and not report.baseline


def known_under_another_key(
    entry: Entry,
    sha256: str | None,
    reading: Reading | None,
    *,
    reports: Sequence[ReportSnapshot],
    gone: Sequence[ReportSnapshot],
) -> ReportSnapshot | None:
    """The known report that a new row belongs to; None: it is a new report.

    It is recognised by the same bytes, by the same kind and inspection days, or, until its file
    proves otherwise, by the title and published day of a row that has gone.
    """
    for report in reports:
        if sha256 is not None and any(each.sha256 == sha256 for each in report.versions):
            return report
    for report in reports:
        if same_inspection(reading, report.reading):
            return report
    for report in gone:
        same_row = (entry.title, entry.published) == (report.title, report.published)
        if same_row and not proves_another(reading, report.reading):
            return report
    return None
