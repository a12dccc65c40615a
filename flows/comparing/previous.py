"""Which earlier inspection a report is compared with."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from flows.comparing.identity import same_inspection
from ofsted.compare import Comparison, compare, lineage
from ofsted.text import fold, say_day
from storage.report_snapshots import ReportSnapshot

BY_TITLE = (  # for reports that were not read, as the site lists them
    ("children's services inspection", lineage("ilacs")),
    ("single inspection of la children's services", lineage("sif")),
    ("area send full inspection", lineage("area_send")),
)


@dataclass(frozen=True, slots=True)
class ComparisonResult:
    """A report compared with the previous one in its lineage."""

    previous: ReportSnapshot | None = None
    comparison: Comparison | None = None
    why_not: str | None = None  # in words, where there is an earlier one and no comparison
    previous_in_doubt: bool = False


def lineage_of(report: ReportSnapshot) -> str | None:
    """By the kind that was read; by the title where none was."""
    reading = report.reading
    if reading is not None and reading.kind != "unknown":
        return lineage(reading.kind)
    title = fold(report.title)
    return next((found for start, found in BY_TITLE if title.startswith(start)), None)


def compare_with_previous(
    report: ReportSnapshot, reports: Sequence[ReportSnapshot]
) -> ComparisonResult:
    """Compare with the newest earlier report of the same lineage, and with no other.

    Where that one is doubtful or unread,
    nothing is compared; an older one never stands in.
    """
    line = lineage_of(report)
    if line is None:
        return ComparisonResult()
    before = [
        other
        for other in reports
        if other.id != report.id
        and lineage_of(other) == line
        and other.order < report.order
        and not other.withdrawal_announced
        and not same_inspection(report.reading, other.reading)
    ]
    if not before:
        return ComparisonResult()
    previous = max(before, key=lambda other: other.order)
    newer_reading, older_reading = report.reading, previous.reading
    if older_reading is None or older_reading.status != "read":
        return ComparisonResult(previous, why_not=_why_not(previous), previous_in_doubt=True)
    if newer_reading is None or newer_reading.status != "read":
        return ComparisonResult(previous)
    return ComparisonResult(previous, compare(newer_reading, older_reading))


def _why_not(previous: ReportSnapshot) -> str:
    day = f", published {say_day(previous.published)}," if previous.published else ""
    how = " reliably" if previous.status == "doubtful" else ""
    return f"the previous report{day} could not be read{how}"
