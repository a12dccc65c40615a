"""The current reading and comparison of each report, stored as columns and rows for SQL."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import delete, insert, select, update
from sqlalchemy.orm import Session

from ofsted.compare import ComparisonLine
from storage import models
from storage.report_snapshots import ReportSnapshot


@dataclass(frozen=True, slots=True)
class Compared:
    """One line of a comparison, and the report that it compares with."""

    previous_report_id: int
    row: ComparisonLine


def put_standing(session: Session, reports: Sequence[ReportSnapshot]) -> None:
    """Store each report's status and current reading, as they follow from its documents."""
    report = models.Report
    query = select(report.id, report.status, report.unread_by_kind, report.reading_id)
    ids = [each.id for each in reports]
    kept = {row.id: tuple(row) for row in session.execute(query.where(report.id.in_(ids)))}
    found = (_standing(each) for each in reports)
    names = ("id", "status", "unread_by_kind", "reading_id")
    changed = [dict(zip(names, each, strict=True)) for each in found if kept[each[0]] != each]
    if changed:
        session.execute(update(report), changed)


def _standing(report: ReportSnapshot) -> tuple[int, str, bool, int | None]:
    version, reading = report.standing_version, report.reading
    by_kind = reading is not None and reading.unread_by_kind
    return (report.id, report.status, by_kind, version.reading_id if version else None)


def put_comparisons(session: Session, compared: Mapping[int, Sequence[Compared]]) -> None:
    """The lines of each of these reports, in place of those that were there."""
    kept = _kept(session, compared)
    wanted = {report_id: _lines(report_id, each) for report_id, each in compared.items()}
    changed = [report_id for report_id, lines in wanted.items() if lines != kept[report_id]]
    if not changed:
        return
    line = models.ComparisonLine
    session.execute(delete(line).where(line.report_id.in_(changed)))
    if lines := [each for report_id in changed for each in wanted[report_id]]:
        session.execute(insert(line), lines)


def _kept(session: Session, reports: Mapping[int, object]) -> dict[int, list[dict[str, Any]]]:
    table = models.ComparisonLine.__table__
    query = select(*table.columns).where(models.ComparisonLine.report_id.in_(reports))
    kept: dict[int, list[dict[str, Any]]] = {report_id: [] for report_id in reports}
    for row in session.execute(query.order_by(models.ComparisonLine.position)).mappings():
        kept[row["report_id"]].append(dict(row))
    return kept


def _lines(report_id: int, compared: Sequence[Compared]) -> list[dict[str, Any]]:
    return [
        {
            "report_id": report_id,
            "position": position,
            "previous_report_id": each.previous_report_id,
            "key": each.row.key,
            "label": each.row.label,
            "grade": each.row.grade,
            "previous_grade": each.row.before,
            "printed": each.row.printed,
            "previous_printed": each.row.printed_before,
            "relation": each.row.relation,
            "direction": each.row.direction,
            "reason": each.row.reason,
        }
        for position, each in enumerate(compared, 1)
    ]
