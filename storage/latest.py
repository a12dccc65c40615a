"""The table `latest`: one line an authority, its newest inspection that gives grades.

An inspection that was not read reliably is the newest all the same: its line has no grade, and an
older one never stands in.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, and_, func, select, true
from sqlalchemy.orm import Session, aliased

from ofsted.listed import is_graded
from ofsted.no_grade import IN_DOUBT, why_no_grade
from ofsted.provider_key import AREA, ProviderKey
from storage import models

KEYS = (
    *("overall", "leaders", "help_and_protection", "in_care", "care_leavers"),
    "care_and_care_leavers",
)
NONE = "none"  # the status where no graded inspection is known
_NO_INSPECTION = "no inspection with grades is listed"
_NOT_COMPARED = "previous_last_day, raised, lowered: not compared"
Providers = Collection[ProviderKey] | None  # None: all


class _Change(NamedTuple):
    """What the comparison with the previous inspection says; None: it was not compared."""

    previous_last_day: date | None = None
    raised: int | None = None
    lowered: int | None = None


class _Grade(NamedTuple):
    """A judgement of a report that was read reliably."""

    grade: str | None
    printed: str


def rows(session: Session, providers: Providers = None) -> list[tuple[Any, ...]]:
    """The rows, by the authority's name; as `storage.tables.rows`."""
    newest = _newest(session, providers)
    ids = [row.id for row in newest.values()]
    grades, changes = _grades(session, ids), _changes(session, ids)
    found = (
        (*whose[1:], *_cells(newest.get(ProviderKey(whose.code, whose.urn)), grades, changes))
        for whose in _whose(session, providers)
    )
    return sorted(found, key=lambda cells: cells[:2])


def _whose(session: Session, providers: Providers) -> Sequence[Any]:
    provider, authority = models.Provider, models.Authority
    name = func.coalesce(authority.name, provider.name, "URN " + provider.urn)
    columns = (provider.urn, authority.dfe_code, authority.ons_code, authority.region)
    query = select(provider.code, name, *columns).outerjoin(
        authority, and_(authority.code == provider.code, authority.urn == provider.urn)
    )
    is_authority = provider.code != AREA  # the list of an area has no reports
    return session.execute(query.where(is_authority, _is_of(provider, providers))).all()


def _is_of(
    table: type[models.Provider | models.Report], providers: Providers
) -> ColumnElement[bool]:
    return true() if providers is None else models.is_of_any(table, providers)


def _newest(session: Session, providers: Providers) -> dict[ProviderKey, Any]:
    """Of the reports that are listed; by inspection day, else by published day."""
    report, reading = models.Report, models.Reading
    query = (
        select(
            *(report.code, report.urn, report.id, report.title, report.status),
            *(report.published, report.link, reading.framework, reading.last_day),
            func.coalesce(reading.kind, "unknown").label("kind"),
            func.coalesce(reading.last_day, reading.first_day, report.published).label("day"),
        )
        .outerjoin(reading, reading.id == report.reading_id)
        .where(report.listed, _is_of(report, providers))
    )
    graded = [row for row in session.execute(query) if is_graded(row.kind, row.status, row.title)]
    graded.sort(key=lambda row: (row.day or date.max, row.id))
    return {ProviderKey(row.code, row.urn): row for row in graded}


def _grades(session: Session, reports: Collection[int]) -> dict[int, dict[str, _Grade]]:
    """By report and key, of those that were read reliably."""
    report, judgement = models.Report, models.Judgement
    query = (
        select(report.id, judgement.key, judgement.grade, judgement.printed)
        .join(judgement, judgement.reading_id == report.reading_id)
        .where(report.id.in_(reports), report.status == "read")
    )
    found: defaultdict[int, dict[str, _Grade]] = defaultdict(dict)
    for report_id, key, grade, printed in session.execute(query):
        found[report_id][key] = _Grade(grade, printed)
    return found


def _changes(session: Session, reports: Collection[int]) -> dict[int, _Change]:
    """Of the reports that were compared with their own authority's previous inspection."""
    line, previous, reading = models.ComparisonLine, aliased(models.Report), models.Reading
    query = (
        select(
            line.report_id,
            func.max(reading.last_day),
            *(func.count().filter(line.direction == each) for each in ("raised", "lowered")),
        )
        .join(previous, previous.id == line.previous_report_id)
        .join(reading, reading.id == previous.reading_id)
        .where(line.report_id.in_(reports), line.relation != "predecessor")
        .group_by(line.report_id)
    )
    return {report_id: _Change(*change) for report_id, *change in session.execute(query)}


def _cells(
    row: Any | None,
    grades: Mapping[int, Mapping[str, _Grade]],
    changes: Mapping[int, _Change],
) -> tuple[Any, ...]:
    """Of one authority, from `framework` on."""
    if row is None:
        return (*(None,) * (3 + len(KEYS) + len(_Change()) + 1), NONE, _NO_INSPECTION)
    given, change = grades.get(row.id, {}), changes.get(row.id, _Change())
    why = "; ".join(_why_blank(row, given, change))
    shown = (given[key].grade if key in given else None for key in KEYS)
    inspected = (row.framework, row.last_day, row.published)
    return (*inspected, *shown, *change, row.link, row.status, why or None)


def _why_blank(row: Any, given: Mapping[str, _Grade], change: _Change) -> Iterator[str]:
    if row.status != "read":
        yield f"grades: {IN_DOUBT}"
    else:
        blank = [key for key in KEYS if key not in given or given[key].grade is None]
        yield from (f"{key}: {_why(key, given, row.framework)}" for key in blank)
    if change.raised is None:
        yield _NOT_COMPARED


def _why(key: str, given: Mapping[str, _Grade], framework: str | None) -> str:
    """Why a grade is blank: a word outside the four is printed, or none."""
    return given[key].printed if key in given else why_no_grade(key, given, framework)
