"""The rows of the tables that people fetch.

Typed values in the order of the columns (docs/tables.md), the same on every database. All but
`latest` say what the views of their names say, but are asked of the tables below: a view has
neither a provider's whole key nor the order in which a report gives its judgements, and shows
documents of areas that are no longer watched.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from datetime import date, datetime
from itertools import groupby
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Dialect, Row, Select, and_, case, func, select, true
from sqlalchemy import type_coerce as as_type
from sqlalchemy.orm import InstrumentedAttribute, Session, aliased

from ofsted.provider_key import ProviderKey
from storage import latest, listed_documents, models
from storage.listed_documents import Areas
from storage.models.base import UtcTime

Providers = Collection[ProviderKey] | None  # None: all
TableRow = tuple[Any, ...]
DOCUMENTS = "documents"  # the table of what is listed in whole areas
NO_AREAS: Areas = {}


class _ToTheSecond(UtcTime):
    """A time as the views have it."""

    cache_ok = True

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        """UTC, without what is less than a second."""
        time = super().process_result_value(value, dialect)
        return time.replace(microsecond=0) if time else None


class _Compared(NamedTuple):
    """What a judgement is compared with, or shown beside."""

    grade: str | None = None
    last_day: date | None = None
    relation: str | None = None
    direction: str | None = None
    authority: str | None = None
    urn: str | None = None


_report, _reading, _judgement = models.Report, models.Reading, models.Judgement
_provider, _authority, _improvement = models.Provider, models.Authority, models.Improvement
_IS_READ = _report.status == "read"
_NAME = func.coalesce(_authority.name, _provider.name, "URN " + _report.urn).label("authority")
_PLACE = (  # what puts a row in its place; the columns of the table follow
    _report.code,
    func.coalesce(_reading.last_day, _reading.first_day, _report.published).label("day"),
    _report.id.label("report_id"),
)
_BEFORE = len(_PLACE) + 1
_INSPECTED = (
    *(_NAME, _report.urn, _authority.dfe_code, _authority.ons_code, _authority.region),
    *(_report.published, _reading.first_day, _reading.last_day),
    *(func.coalesce(_reading.kind, "unknown"), _reading.framework, _report.title, _report.status),
)
_EVIDENCE = (
    *(_report.file_id, _report.link, _reading.sha256),
    *(as_type(_report.first_seen, _ToTheSecond), _reading.parser),
)


def rows(
    session: Session, name: str, providers: Providers = None, areas: Areas = NO_AREAS
) -> list[TableRow]:
    """The rows of a table, by the authority's name; of each the newest first.

    Args:
        session: one that sees one state of the database.
        name: of the table.
        providers: whose rows; None: of all.
        areas: whose documents.
    """
    if name == DOCUMENTS:
        return listed_documents.rows(session, areas)
    return _TABLES[name](session, providers)


def _judgements(session: Session, providers: Providers) -> list[TableRow]:
    query = _select(
        *(_judgement.position, *_INSPECTED, _judgement.key.label("key"), _judgement.label),
        *(case((_IS_READ, _judgement.grade)), case((_IS_READ, _judgement.printed))),
        *(_judgement.page, *_EVIDENCE),
    ).join(_judgement, _judgement.reading_id == _report.reading_id)
    compared, nothing, tail = _compared(session, providers), _Compared(), len(_EVIDENCE)
    found = []
    for row in _in_order(session, query, providers):
        before, cells = compared.get((row.report_id, row.key), nothing), row[_BEFORE:]
        found.append((*cells[:-tail], *before[:4], *cells[-tail:], *before[4:]))
    return found


def _reports(session: Session, providers: Providers) -> list[TableRow]:
    query = _select(
        *(_report.id, *_INSPECTED, case((_IS_READ, _reading.outcome)), _reading.theme),
        *(_count(_improvement.kind == "priority_action"),),
        *(_count(_improvement.kind != "priority_action"),),
        *(_report.listed, _report.baseline, *_EVIDENCE),
    )
    leads, head = _lead_inspectors(session, providers), len(_INSPECTED) + 2
    found = []
    for row in _in_order(session, query, providers):
        cells = row[_BEFORE:]
        found.append((*cells[:head], leads.get(row.report_id), *cells[head:]))
    return found


def _improvements(session: Session, providers: Providers) -> list[TableRow]:
    query = _select(
        *(_improvement.position, _NAME, _report.urn, _report.published, _reading.last_day),
        *(_reading.kind, _report.title, _improvement.kind, _improvement.position),
        *(_improvement.body, _improvement.text, _improvement.page, _report.file_id, _report.link),
    ).join(_improvement, _improvement.reading_id == _report.reading_id)
    return [row[_BEFORE:] for row in _in_order(session, query.where(_IS_READ), providers)]


_TABLES = {
    "judgements": _judgements,
    "reports": _reports,
    "improvements": _improvements,
    "latest": latest.rows,
}


def _select(position: InstrumentedAttribute[int], *columns: Any) -> Select[Any]:
    """Of reports, whose they are and how they were read."""
    return (
        select(*_PLACE, position.label("place"), *columns)
        .join(_provider, and_(_provider.code == _report.code, _provider.urn == _report.urn))
        .outerjoin(_authority, and_(_authority.code == _report.code, _authority.urn == _report.urn))
        .outerjoin(_reading, _reading.id == _report.reading_id)
    )


def _is_of(providers: Providers) -> ColumnElement[bool]:
    return true() if providers is None else models.is_of_any(_report, providers)


def _in_order(session: Session, query: Select[Any], providers: Providers) -> list[Row[Any]]:
    """Sorted here, as databases differ in how they order letters."""
    found = session.execute(query.where(_is_of(providers))).all()
    return sorted(found, key=_place)


def _place(row: Row[Any]) -> tuple[Any, ...]:
    """By name and key; then the newest first, as in `history`, and by the report's own order."""
    day = row.day or date.max
    return (row.authority, row.urn, row.code, -day.toordinal(), -row.report_id, row.place)


def _count(wanted: ColumnElement[bool]) -> ColumnElement[int | None]:
    """How many improvements a report gives; none is counted that was not read reliably."""
    counted = select(func.count()).where(_improvement.reading_id == _report.reading_id, wanted)
    return case((_IS_READ, counted.correlate(_report).scalar_subquery()))


def _lead_inspectors(session: Session, providers: Providers) -> dict[int, str]:
    """Names by report, in its order."""
    inspector = models.Inspector
    query = (
        select(_report.id, inspector.name)
        .join(inspector, inspector.reading_id == _report.reading_id)
        .where(_is_of(providers))
        .order_by(_report.id, inspector.position)
    )
    grouped = groupby(session.execute(query), key=lambda row: row.id)
    return {report_id: _listed(row.name for row in named) for report_id, named in grouped}


def _compared(session: Session, providers: Providers) -> dict[tuple[int, str], _Compared]:
    """By report and key."""
    line, previous = models.ComparisonLine, aliased(_report)
    name = func.coalesce(_authority.name, _provider.name, "URN " + previous.urn)
    query = (
        select(
            *(line.report_id, line.key, line.previous_grade, _reading.last_day),
            *(line.relation, line.direction, name.label("authority"), previous.urn),
        )
        .join(_report, _report.id == line.report_id)
        .join(previous, previous.id == line.previous_report_id)
        .join(_provider, and_(_provider.code == previous.code, _provider.urn == previous.urn))
        .outerjoin(
            _authority, and_(_authority.code == previous.code, _authority.urn == previous.urn)
        )
        .outerjoin(_reading, _reading.id == previous.reading_id)
        .where(_is_of(providers), line.printed.is_not(None))
        .order_by(line.report_id, line.position)
    )
    found: defaultdict[tuple[int, str], list[_Compared]] = defaultdict(list)
    for row in session.execute(query):
        found[row.report_id, row.key].append(_Compared(*row[2:]))
    return {key: lines[0] if len(lines) == 1 else _beside(lines) for key, lines in found.items()}


def _beside(lines: Sequence[_Compared]) -> _Compared:
    """Several authorities that were there before, in their order."""
    return lines[0]._replace(
        grade=_listed(each.grade or "none" for each in lines),
        last_day=max((each.last_day for each in lines if each.last_day), default=None),
        authority=_listed(each.authority or "" for each in lines),
        urn=_listed(each.urn or "" for each in lines),
    )


def _listed(words: Iterable[str]) -> str:
    return "; ".join(words)
