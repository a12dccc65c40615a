"""Reports as `reports`, `history` and `status` show them, by SQL alone; no JSON is parsed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from itertools import groupby
from typing import Any

from sqlalchemy import ColumnElement, and_, case, exists, func, or_, select, true
from sqlalchemy.orm import Session, aliased

from ofsted.provider_key import ProviderKey
from storage import models

NOT_READ = ("unread", "missing")


@dataclass(frozen=True, slots=True)
class VersionLine:
    """A document that a report is or was."""

    sha256: str
    media_type: str
    bytes: int
    source: str
    first_seen: datetime


@dataclass(frozen=True, slots=True)
class ReportLine:
    """A report with the values of its current reading."""

    id: int
    code: str
    urn: str
    file_id: str | None
    title: str
    published: date | None
    link: str | None
    listed: bool
    ever_listed: bool
    baseline: bool
    first_seen: datetime
    status: str
    kind: str
    framework: str | None
    first_day: date | None
    last_day: date | None
    outcome: str | None
    versions: tuple[VersionLine, ...]

    @property
    def provider_key(self) -> ProviderKey:
        """Whose it is."""
        return ProviderKey(self.code, self.urn)

    @property
    def order(self) -> tuple[date, int]:
        """By inspection day, else by published day; then by our id."""
        return (self.last_day or self.first_day or self.published or date.max, self.id)


@dataclass(frozen=True, slots=True)
class JudgementLine:
    """A judgement as it was read."""

    key: str
    label: str
    printed: str
    grade: str | None
    page: int | None


@dataclass(frozen=True, slots=True)
class ComparedLine:
    """A judgement compared with that of the previous inspection."""

    key: str
    label: str
    grade: str | None
    previous_grade: str | None
    relation: str
    direction: str | None
    reason: str


@dataclass(frozen=True, slots=True)
class ComparedReport:
    """The report that another is compared with, and the lines of the comparison."""

    report_id: int
    code: str
    urn: str
    authority: str  # whose it is, as its page calls it
    file_id: str | None
    link: str | None
    published: date | None
    lines: tuple[ComparedLine, ...]

    @property
    def is_predecessor(self) -> bool:
        """Whether it is another authority's: shown by its name, without a direction."""
        return any(line.relation == "predecessor" for line in self.lines)


@dataclass(frozen=True, slots=True)
class InspectionLine:
    """A report with its judgements and what changed in them."""

    report: ReportLine
    judgements: tuple[JudgementLine, ...]
    compared: tuple[ComparedReport, ...]  # one; several only where there were several before
    predecessors: tuple[PredecessorLine, ...] = ()

    @property
    def last_day(self) -> date | None:
        """Of the inspection."""
        return self.report.last_day

    @property
    def published(self) -> date | None:
        """As the page says."""
        return self.report.published

    @property
    def status(self) -> str:
        """`read`, `doubtful`, `unread` or `missing`."""
        return self.report.status

    @property
    def framework(self) -> str | None:
        """By which it was inspected."""
        return self.report.framework


@dataclass(frozen=True, slots=True)
class PredecessorLine:
    """The inspection of an authority before, which a first report shows under its name."""

    authority: str
    inspection: InspectionLine


@dataclass(frozen=True, slots=True)
class ReportCounts:
    """How many reports of a provider are listed, and how many of them are unread or doubtful."""

    listed: int = 0
    unread: int = 0
    doubtful: int = 0


def report_lines(
    session: Session, providers: Collection[ProviderKey] | None = None
) -> list[ReportLine]:
    """The reports of these providers, or of all, in the order in which they became known."""
    report, reading = models.Report, models.Reading
    query = (
        select(
            report.id,
            report.code,
            report.urn,
            report.file_id,
            report.title,
            report.published,
            report.link,
            report.listed,
            report.ever_listed,
            report.baseline.label("baseline"),
            report.first_seen,
            report.status,
            func.coalesce(reading.kind, "unknown").label("kind"),
            reading.framework,
            reading.first_day,
            reading.last_day,
            reading.outcome,
        )
        .outerjoin(reading, reading.id == report.reading_id)
        .where(_is_of(providers))
        .order_by(report.id)
    )
    versions = _versions(session, providers)
    return [_line(row, versions) for row in session.execute(query).mappings()]


def _line(row: Any, versions: Mapping[int, list[VersionLine]]) -> ReportLine:
    return ReportLine(**row, versions=tuple(versions.get(row["id"], ())))


def _is_of(providers: Collection[ProviderKey] | None) -> ColumnElement[bool]:
    return true() if providers is None else models.is_of_any(models.Report, providers)


def _versions(
    session: Session, providers: Collection[ProviderKey] | None
) -> defaultdict[int, list[VersionLine]]:
    version, document = models.Version, models.Document
    query = (
        select(
            version.report_id,
            version.sha256,
            document.media_type,
            document.bytes,
            version.source,
            version.first_seen,
        )
        .join(document, document.sha256 == version.sha256)
        .join(models.Report, models.Report.id == version.report_id)
        .where(_is_of(providers))
        .order_by(version.id)
    )
    found: defaultdict[int, list[VersionLine]] = defaultdict(list)
    for row in session.execute(query):
        line = VersionLine(row.sha256, row.media_type, row.bytes, row.source, row.first_seen)
        found[row.report_id].append(line)
    return found


def inspections(session: Session, providers: Collection[ProviderKey]) -> list[InspectionLine]:
    """The same with judgements and comparisons, the newest inspection first."""
    lines = sorted(report_lines(session, providers), key=lambda line: line.order, reverse=True)
    judgements, compared = _judgements(session, providers), _compared(session, providers)
    found = [
        InspectionLine(line, tuple(judgements[line.id]), tuple(compared[line.id])) for line in lines
    ]
    return _with_predecessors(session, found)


def _with_predecessors(session: Session, found: list[InspectionLine]) -> list[InspectionLine]:
    """Where a first report shows another authority's inspection, with that one."""
    shown = [one for line in found for one in line.compared if one.is_predecessor]
    if not shown:
        return found
    keys = {ProviderKey(one.code, one.urn) for one in shown}
    theirs = {line.report.id: line for line in inspections(session, keys)}
    return [
        replace(
            line,
            predecessors=tuple(
                PredecessorLine(one.authority, theirs[one.report_id])
                for one in line.compared
                if one.is_predecessor
            ),
        )
        for line in found
    ]


def _judgements(
    session: Session, providers: Collection[ProviderKey]
) -> defaultdict[int, list[JudgementLine]]:
    report, judgement = models.Report, models.Judgement
    query = (
        select(
            report.id,
            judgement.key,
            judgement.label,
            judgement.printed,
            judgement.grade,
            judgement.page,
        )
        .join(judgement, judgement.reading_id == report.reading_id)
        .where(_is_of(providers))
        .order_by(report.id, judgement.position)
    )
    found: defaultdict[int, list[JudgementLine]] = defaultdict(list)
    for row in session.execute(query):
        line = JudgementLine(row.key, row.label, row.printed, row.grade, row.page)
        found[row.id].append(line)
    return found


def _compared(
    session: Session, providers: Collection[ProviderKey]
) -> defaultdict[int, list[ComparedReport]]:
    report, line, previous = models.Report, models.ComparisonLine, aliased(models.Report)
    provider = models.Provider
    query = (
        select(line, previous, provider.name)
        .join(report, report.id == line.report_id)
        .join(previous, previous.id == line.previous_report_id)
        .join(provider, and_(provider.code == previous.code, provider.urn == previous.urn))
        .where(_is_of(providers))
        .order_by(line.report_id, line.position)
    )
    found: defaultdict[int, list[ComparedReport]] = defaultdict(list)
    for (report_id, _), rows in groupby(
        session.execute(query), key=lambda row: (row[0].report_id, row[0].previous_report_id)
    ):
        lines = [*rows]
        _, other, name = lines[0]
        found[report_id].append(
            ComparedReport(
                report_id=other.id,
                code=other.code,
                urn=other.urn,
                authority=name or f"URN {other.urn}",
                file_id=other.file_id,
                link=other.link,
                published=other.published,
                lines=tuple(_compared_line(row[0]) for row in lines),
            )
        )
    return found


def _compared_line(line: models.ComparisonLine) -> ComparedLine:
    return ComparedLine(
        line.key,
        line.label,
        line.grade,
        line.previous_grade,
        line.relation,
        line.direction,
        line.reason,
    )


def report_counts(session: Session) -> dict[ProviderKey, ReportCounts]:
    """Of each provider with a listed report."""
    report = models.Report
    query = (
        select(
            report.code,
            report.urn,
            func.count().label("listed"),
            func.sum(case((report.status.in_(NOT_READ), 1), else_=0)).label("unread"),
            func.sum(case((report.status == "doubtful", 1), else_=0)).label("doubtful"),
        )
        .where(report.listed)
        .group_by(report.code, report.urn)
    )
    return {
        ProviderKey(row.code, row.urn): ReportCounts(row.listed, row.unread, row.doubtful)
        for row in session.execute(query)
    }


def newest_graded(session: Session) -> dict[ProviderKey, int]:
    """The newest listed report with judgements of each provider, by our id.

    By inspection day, else by published day; as `ReportLine.order`.
    """
    report, reading = models.Report, models.Reading
    day = func.coalesce(reading.last_day, reading.first_day, report.published)
    query = (
        select(report.code, report.urn, report.id)
        .join(reading, reading.id == report.reading_id)
        .where(report.listed, exists().where(models.Judgement.reading_id == reading.id))
        .order_by(day.is_(None), day, report.id)  # one without a day is the newest
    )
    return {ProviderKey(row.code, row.urn): row.id for row in session.execute(query)}


def unread_since(session: Session, since: datetime) -> Sequence[tuple[ProviderKey, str]]:
    """Provider and title of unread reports: listed, first seen since then, not baseline."""
    report = models.Report
    is_unread = (report.status == "unread") & ~report.unread_by_kind
    query = (
        select(report.code, report.urn, report.title)
        .where(~report.baseline, report.listed, report.file_id.is_not(None))
        .where(report.first_seen > since, or_(report.status == "missing", is_unread))
        .order_by(report.id)
    )
    return [(ProviderKey(row.code, row.urn), row.title) for row in session.execute(query)]
