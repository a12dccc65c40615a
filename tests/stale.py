"""Whether the rows beside a reading's JSON say what follows from it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict

from sqlalchemy import select
from sqlalchemy.orm import Session

from flows.comparing.previous import compare_known
from storage import models
from storage.record import reading_from_json
from storage.report_snapshots import ReportSnapshot, report_snapshots


def stale(session: Session) -> list[str]:
    """What does not, a line each; nothing where all is as it must be."""
    return [*_of_readings(session), *_of_reports(session)]


def _of_readings(session: Session) -> Iterator[str]:
    for row in session.scalars(select(models.Reading)):
        reading = reading_from_json(row.found)
        for name in ("status", "kind", "framework", "first_day", "last_day", "outcome", "theme"):
            if getattr(row, name) != getattr(reading, name):
                yield f"reading {row.id}: {name} is {getattr(row, name)!r}"
        for table, parts in (
            (models.Judgement, reading.judgements),
            (models.Improvement, reading.improvements),
            (models.Inspector, reading.inspectors),
        ):
            query = select(table).where(table.reading_id == row.id).order_by(table.position)
            names = {column.name for column in table.__table__.columns} - {"reading_id", "position"}
            kept = [
                {name: getattr(each, name) for name in names} for each in session.scalars(query)
            ]
            if kept != [asdict(part) for part in parts]:
                yield f"reading {row.id}: {table.__tablename__} is {kept}"


def _of_reports(session: Session) -> Iterator[str]:
    reports = report_snapshots(session)
    for report in reports:
        row = session.get_one(models.Report, report.id)
        version = report.standing_version
        said = (row.status, row.reading_id)
        if said != (report.status, version and version.reading_id):
            yield f"report {report.id}: stands as {said}"
        if (lines := _lines(session, report)) != (expected := _expected(session, report)):
            yield f"report {report.id}: compared as {lines}, not {expected}"


def _lines(session: Session, report: ReportSnapshot) -> list[tuple[object, ...]]:
    line = models.ComparisonLine
    query = select(line).where(line.report_id == report.id).order_by(line.position)
    return [
        (
            each.previous_report_id,
            *(each.key, each.label, each.grade, each.printed, each.reason),
            *(each.previous_grade, each.previous_printed, each.relation, each.direction),
        )
        for each in session.scalars(query)
    ]


def _expected(session: Session, report: ReportSnapshot) -> list[tuple[object, ...]]:
    held = compare_known(session, report)
    beside = [(held.previous, held.comparison)]
    beside += [(one.newest, one.comparison) for one in held.predecessors]
    return [
        (
            previous.id,
            *(row.key, row.label, row.grade, row.printed, row.reason),
            *(row.before, row.printed_before, row.relation, row.direction),
        )
        for previous, comparison in beside
        if previous and comparison
        for row in comparison.rows
    ]
