"""Which earlier inspection a report is compared with."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from flows.comparing.identity import same_inspection
from flows.comparing.predecessors import PredecessorReports, predecessor_reports
from ofsted.compare import Comparison, compare, lineage, show_predecessor
from ofsted.successions import Succession
from ofsted.text import fold, say_day
from storage.report_snapshots import ReportSnapshot, report_snapshots

BY_TITLE = (  # for reports that were not read, as the site lists them
    ("children's services inspection", lineage("ilacs")),
    ("single inspection of la children's services", lineage("sif")),
    ("area send full inspection", lineage("area_send")),
)


@dataclass(frozen=True, slots=True)
class PredecessorResult:
    """A first report beside the newest one of an authority that was there before."""

    succession: Succession
    newest: ReportSnapshot
    comparison: Comparison | None = None  # none of its lines has a direction
    why_not: str | None = None  # where nothing can be shown: `could not be read`


@dataclass(frozen=True, slots=True)
class ComparisonResult:
    """A report compared with the previous one in its lineage.

    Where there is none of its own authority, `predecessors` has those of the authorities before.
    """

    previous: ReportSnapshot | None = None
    comparison: Comparison | None = None
    why_not: str | None = None  # in words, where there is an earlier one and no comparison
    previous_in_doubt: bool = False
    predecessors: tuple[PredecessorResult, ...] = ()


def lineage_of(report: ReportSnapshot) -> str | None:
    """The lineage, by the kind that was read; if none was read, by the title."""
    reading = report.reading
    if reading is not None and reading.kind != "unknown":
        return lineage(reading.kind)
    title = fold(report.title)
    return next((found for start, found in BY_TITLE if title.startswith(start)), None)


def compare_known(session: Session, report: ReportSnapshot) -> ComparisonResult:
    """`compare_with_previous`, with all that is known now."""
    provider = report.provider_key
    return compare_with_previous(
        report, report_snapshots(session, provider), predecessor_reports(session, provider)
    )


def compare_with_previous(
    report: ReportSnapshot,
    reports: Sequence[ReportSnapshot],
    before: Sequence[PredecessorReports],
) -> ComparisonResult:
    """Compare with the newest earlier report of the same lineage, and with no other.

    Where that one is doubtful or unread,
    nothing is compared; an older one never stands in.

    Args:
        reports: all of its page.
        before: those of the authorities before its own; shown only where its own has none.
    """
    previous = _newest_before(report, reports)
    if previous is None:
        return ComparisonResult(predecessors=tuple(_shown(report, before)))
    newer_reading, older_reading = report.reading, previous.reading
    if older_reading is None or older_reading.status != "read":
        return ComparisonResult(previous, why_not=_why_not(previous), previous_in_doubt=True)
    if newer_reading is None or newer_reading.status != "read":
        return ComparisonResult(previous)
    return ComparisonResult(previous, compare(newer_reading, older_reading))


def _newest_before(
    report: ReportSnapshot, reports: Sequence[ReportSnapshot]
) -> ReportSnapshot | None:
    line = lineage_of(report)
    if line is None:
        return None
    before = [
        other
        for other in reports
        if other.id != report.id
        and lineage_of(other) == line
        and other.order < report.order
        and not other.withdrawal_announced
        and not same_inspection(report.reading, other.reading)
    ]
    return max(before, key=lambda other: other.order, default=None)


def _shown(
    report: ReportSnapshot, before: Sequence[PredecessorReports]
) -> Iterator[PredecessorResult]:
    for one in before:
        newest = _newest_before(report, one.reports)
        if newest is None:
            continue
        older, newer = newest.reading, report.reading
        if older is None or older.status != "read":
            yield PredecessorResult(one.succession, newest, why_not=_unreadable(newest))
        elif newer is None or newer.status != "read":
            yield PredecessorResult(one.succession, newest)
        else:
            shown = show_predecessor(newer, older)
            yield PredecessorResult(one.succession, newest, shown)


def _why_not(previous: ReportSnapshot) -> str:
    day = f", published {say_day(previous.published)}," if previous.published else ""
    return f"the previous report{day} {_unreadable(previous)}"


def _unreadable(report: ReportSnapshot) -> str:
    return f"could not be read{' reliably' if report.status == 'doubtful' else ''}"
