"""Areas: their lists as they were last read, their providers, and the documents of these.

The writing side, and what a check needs to know; for showing there is `storage.listed_documents`.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, fields
from datetime import date, datetime

from sqlalchemy import ColumnElement, exists, func, insert, select, update
from sqlalchemy.orm import Session

from ofsted.provider_key import ProviderKey
from ofsted.provider_types import withheld_name
from ofsted.site.model import Entry
from storage import models

SEARCH = "search:"  # how the key of a document begins that only the search shows


@dataclass(frozen=True, slots=True)
class AreaBefore:
    """An area as its last checks left it."""

    first_listed: datetime | None  # None: its list was never read as a whole
    walked_at: datetime | None
    total: int | None
    sha256: str  # of the first page: if the same bytes come again, nothing follows; empty: no such
    left_out: frozenset[str] = frozenset()  # types of provider, when all of it was last read


def area_before(session: Session, dfe_code: str, now: datetime) -> AreaBefore:
    """In one statement: how an area stands, and whether anything waits for its next check."""
    area, place, document = models.Area, models.AreaProvider, models.ListedDocument
    waits = exists().where(place.dfe_code == area.dfe_code, place.waiting_since.is_not(None))
    is_due = exists().where(document.next_fetch <= now)
    query = select(area, waits | is_due).where(area.dfe_code == dfe_code)
    row = session.execute(query).one_or_none()
    if row is None:
        return AreaBefore(None, None, None, "")
    found, is_waiting = row
    sha256 = "" if is_waiting else found.sha256 or ""
    left_out = frozenset((found.left_out or "").splitlines())
    return AreaBefore(found.first_listed, found.walked_at, found.total, sha256, left_out)


@dataclass(frozen=True, slots=True)
class Place:
    """A provider in an area, as it is known."""

    key: ProviderKey
    name: str | None  # None: withheld, or not known yet
    is_withheld: bool  # its page says so
    kind: str
    provider_type: str
    is_extra: bool
    latest_report: date | None
    first_seen: datetime
    gone_since: datetime | None
    opened_at: datetime | None
    waiting_since: datetime | None
    tries: int
    failure: str | None


def places(session: Session, dfe_code: str) -> dict[ProviderKey, Place]:
    """All providers that are or were in an area."""
    found = session.execute(_PLACES.where(models.AreaProvider.dfe_code == dfe_code))
    known = (Place(ProviderKey(code, urn), *values) for code, urn, *values in found)
    return {each.key: each for each in known}


def place(session: Session, dfe_code: str, key: ProviderKey) -> Place:
    """One provider that is known in an area."""
    code, urn, *values = session.execute(_PLACES.where(*_is(dfe_code, key))).one()
    return Place(ProviderKey(code, urn), *values)


_PLACES = select(
    models.AreaProvider.code,
    models.AreaProvider.urn,
    *(getattr(models.AreaProvider, each.name) for each in fields(Place) if each.name != "key"),
)


def _is(dfe_code: str, key: ProviderKey) -> tuple[ColumnElement[bool], ...]:
    known = models.AreaProvider
    return (known.dfe_code == dfe_code, known.code == key.code, known.urn == key.urn)


def opened(session: Session, dfe_code: str) -> set[ProviderKey]:
    """The providers there whose pages were read."""
    place = models.AreaProvider
    query = select(place.code, place.urn)
    read = query.where(place.dfe_code == dfe_code, place.opened_at.is_not(None))
    return {ProviderKey(*row) for row in session.execute(read)}


def has_unread(session: Session, dfe_code: str) -> bool:
    """Whether the page of a provider there could not be read, and is to be tried again."""
    place = models.AreaProvider
    query = select(place.urn).where(
        place.dfe_code == dfe_code, place.waiting_since.is_not(None), place.failure.is_not(None)
    )
    return session.scalar(query.limit(1)) is not None


def provider_keys(session: Session, dfe_code: str) -> list[ProviderKey]:
    """Of the providers that the search found there."""
    place = models.AreaProvider
    query = select(place.code, place.urn).where(place.dfe_code == dfe_code, ~place.is_extra)
    return [ProviderKey(*row) for row in session.execute(query)]


@dataclass(frozen=True, slots=True)
class AreaCounts:
    """How much there is in an area."""

    providers: int = 0  # in its list, as the search counts them
    documents: int = 0  # newly listed since it is watched
    walked_at: datetime | None = None


def area_counts(session: Session) -> dict[str, AreaCounts]:
    """Of each area, by its code."""
    area, place, document = models.Area, models.AreaProvider, models.ListedDocument
    of_place = (place.code == document.code) & (place.urn == document.urn)
    new = (
        select(func.count(document.id))
        .join(place, of_place)
        .where(place.dfe_code == area.dfe_code, ~document.baseline)
        .correlate(area)
        .scalar_subquery()
    )
    rows = session.execute(select(area.dfe_code, area.total, new, area.walked_at))
    return {code: AreaCounts(total or 0, number, at) for code, total, number, at in rows}


def places_of(session: Session, key: ProviderKey) -> dict[str, Place]:
    """A provider in each area where it was found, by the code of the area's authority."""
    place = models.AreaProvider
    query = _PLACES.add_columns(place.dfe_code).where(place.code == key.code, place.urn == key.urn)
    return {code: Place(key, *values) for _, _, *values, code in session.execute(query)}


def known_areas(session: Session) -> set[str]:
    """The areas, by code, that are or were watched."""
    return {*session.scalars(select(models.Area.dfe_code))}


def put_area(session: Session, dfe_code: str) -> models.Area:
    """The area's row, made if there is none."""
    area = session.get(models.Area, dfe_code)
    if area is None:
        area = models.Area(dfe_code=dfe_code)
        session.add(area)
        session.flush()
    return area


@dataclass(frozen=True, slots=True, kw_only=True)
class NewPlace:
    """A provider that was not known in an area."""

    key: ProviderKey
    name: str | None
    kind: str
    provider_type: str
    latest_report: date | None = None
    is_extra: bool = False


def add_places(session: Session, dfe_code: str, new: Iterable[NewPlace], seen: datetime) -> None:
    """Record providers of an area."""
    rows = [
        {
            "dfe_code": dfe_code,
            "code": each.key.code,
            "urn": each.key.urn,
            "name": each.name,
            "is_withheld": False,
            "kind": each.kind,
            "provider_type": each.provider_type,
            "is_extra": each.is_extra,
            "latest_report": each.latest_report,
            "first_seen": seen,
            "tries": 0,
        }
        for each in new
    ]
    if rows:
        session.execute(insert(models.AreaProvider), rows)


def change_place(session: Session, dfe_code: str, key: ProviderKey, **changed: object) -> None:
    """Record what has changed of a provider in an area."""
    session.execute(
        update(models.AreaProvider)
        .where(*_is(dfe_code, key))
        .values(**changed)
        .execution_options(synchronize_session=False)
    )


def withdraw_name(session: Session, key: ProviderKey) -> set[str]:
    """Forget a provider's name, in every area; gives what it was called."""
    known = models.AreaProvider
    is_it = (known.code == key.code, known.urn == key.urn)
    names = {name for name in session.scalars(select(known.name).where(*is_it)) if name}
    session.execute(
        update(known).where(*is_it).values(name=None).execution_options(synchronize_session=False)
    )
    return names


def namesakes(session: Session, urn: str, names: Collection[str]) -> dict[ProviderKey, str]:
    """The kinds of providers with one of these names and this number: one that moved, say.

    With its type of premises a provider changes the code before its URN.
    """
    known = models.AreaProvider
    query = select(known.code, known.urn, known.kind)
    found = session.execute(query.where(known.urn == urn, known.name.in_(names)))
    return {ProviderKey(*key): kind for *key, kind in found}


def documents_of(session: Session, key: ProviderKey) -> dict[str, models.ListedDocument]:
    """What was ever on a provider's page, by the key of its entry."""
    document = models.ListedDocument
    query = select(document).where(document.code == key.code, document.urn == key.urn)
    return {each.key: each for each in session.scalars(query)}


def add_document(
    session: Session, key: ProviderKey, entry: Entry, seen: datetime, *, baseline: bool
) -> models.ListedDocument:
    """Record an entry of a provider's page that was not known."""
    document = models.ListedDocument(
        code=key.code, urn=key.urn, baseline=baseline, first_seen=seen, **entry_values(entry)
    )
    session.add(document)
    session.flush()
    return document


def entry_values(entry: Entry) -> Mapping[str, object]:
    """What the page says of an entry, as it is stored."""
    return {
        "key": entry.key,
        "title": entry.title,
        "published": entry.published,
        "inspected": entry.inspected,
        "grade": entry.grade,
        "link": entry.link,
        "file_id": entry.file_id,
    }


def is_known_elsewhere(session: Session, document: models.ListedDocument) -> bool:
    """Whether its file is on another page, too, and was there before: no news.

    A residential special school has two pages; and a page that is watched by its name may list
    what a provider's page lists.
    """
    if document.file_id is None:
        return False
    other, alias = models.ListedDocument, models.ReportAlias
    listed = select(other.id).where(other.file_id == document.file_id, other.id != document.id)
    reported = select(alias.id).where(alias.key == f"file:{document.file_id}")
    return any(session.scalar(query.limit(1)) is not None for query in (listed, reported))


def names_of(session: Session, documents: Collection[str]) -> dict[str, tuple[str, str]]:
    """The providers of some documents: name as people are shown it now, and kind.

    Args:
        documents: file ids, or links of those that have none.
    """
    document, place = models.ListedDocument, models.AreaProvider
    query = (
        select(document.file_id, document.link, place.name, place.kind, place.urn)
        .join(place, (place.code == document.code) & (place.urn == document.urn))
        .where(document.file_id.in_(documents) | document.link.in_(documents))
        .order_by(document.id.desc())  # of several pages, the first that had it stands
    )
    return {
        str(file_id or link): (name or withheld_name(kind, urn), kind)
        for file_id, link, name, kind, urn in session.execute(query)
    }


def due_files(session: Session, dfe_code: str, now: datetime, most: int) -> list[int]:
    """The documents of an area whose files are to be fetched now, the newest first."""
    document, place = models.ListedDocument, models.AreaProvider
    query = (
        select(document.id)
        .join(place, (place.code == document.code) & (place.urn == document.urn))
        .where(place.dfe_code == dfe_code, document.next_fetch <= now)
        .order_by(document.id.desc())
        .limit(most)
    )
    return [*session.scalars(query)]
