"""The audit of areas: what their providers' pages listed compared with what was announced.

As `flows.upkeep.audit`, it reads the tables with its own queries. What it starts from are the days
that the search gave for each provider, and the documents that are no baseline.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, exists, func, select
from sqlalchemy.orm import Session

from notifications.words.plain import several
from ofsted.text import say_day
from storage import models

LISTED = "document_listed"
_document, _place = models.ListedDocument, models.AreaProvider
_is_of_place = and_(_place.code == _document.code, _place.urn == _document.urn)


@dataclass(frozen=True, slots=True)
class AreaFindings:
    """How many new documents were audited, and of which providers something is missing."""

    documents: int
    missing: tuple[tuple[str, str], ...]  # what identifies it, and in words


def audit_areas(session: Session, dfe_codes: Collection[str], since: datetime) -> AreaFindings:
    """What is missing in some areas.

    Args:
        since: documents that were first seen later are audited.
    """
    if not dfe_codes:
        return AreaFindings(0, ())
    is_watched = exists().where(_is_of_place, _place.dfe_code.in_(dfe_codes))
    is_new = and_(~_document.baseline, _document.first_seen >= since, is_watched)
    new = session.scalar(select(func.count()).select_from(_document).where(is_new)) or 0
    missing = (*_unannounced(session, is_new), *_unseen(session, dfe_codes))
    return AreaFindings(new, missing)


def _unannounced(session: Session, is_new: ColumnElement[bool]) -> Iterator[tuple[str, str]]:
    """Of a provider, fewer alerts at a moment than documents that were first seen then."""
    event = models.Event
    announced = (
        select(func.count())
        .where(
            event.code == _document.code,
            event.urn == _document.urn,
            event.at == _document.first_seen,
            event.type == LISTED,
        )
        .correlate(_document)
        .scalar_subquery()
    )
    at = (_document.code, _document.urn, _document.first_seen)
    query = (
        select(*at, func.min(_document.id).label("id"), func.count().label("documents"))
        .where(is_new)
        .group_by(*at)
        .having(func.count() > announced)
    )
    for row in session.execute(query):
        words = (
            f"{_called(row.code, row.urn)}: {several(row.documents, 'new document')} found on "
            f"{say_day(row.first_seen.date())}, at least one of them not announced"
        )
        yield f"document {row.id} not announced", words


def _unseen(session: Session, dfe_codes: Collection[str]) -> Iterator[tuple[str, str]]:
    """The search gave a newer day, nothing waits to be read, and no document is as new as that."""
    area = models.Area
    is_known = exists().where(_is_of_place, _document.published >= _place.latest_report)
    query = (
        select(_place.code, _place.urn, _place.latest_report)
        .join(area, area.dfe_code == _place.dfe_code)
        .where(
            area.dfe_code.in_(dfe_codes),
            _place.latest_report > func.date(area.first_listed),
            _place.waiting_since.is_(None),
            ~is_known,
        )
        .distinct()
    )
    for row in session.execute(query):
        words = (
            f"{_called(row.code, row.urn)}: the search shows a document of "
            f"{say_day(row.latest_report)}, but none as new as that was recorded"
        )
        yield f"row {row.code}:{row.urn} {row.latest_report}", words


def _called(code: str, urn: str) -> str:
    """Without its name, which is kept with a discrepancy and may be withheld tomorrow."""
    return f"provider {urn} (type {code})"
