"""The documents that Ofsted lists for the providers of whole areas, as people are shown them.

Never with a name that Ofsted withholds now; and nothing of an area that is not watched, or of a
type of provider that is left out there.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, and_, false, func, or_, select, tuple_
from sqlalchemy.orm import Session

from ofsted.provider_key import ProviderKey
from ofsted.provider_types import withheld_name
from storage import models, queries
from storage.areas import SEARCH

_document, _place, _authority = models.ListedDocument, models.AreaProvider, models.Authority


@dataclass(frozen=True, slots=True)
class ShownArea:
    """What is shown of an area, as the settings have it now."""

    left_out: Collection[str] = ()  # types of provider
    extra: Collection[ProviderKey] = ()  # providers that are registered elsewhere


Areas = Mapping[str, ShownArea]  # by DfE code


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentLine:
    """An entry of a provider's page, in one area."""

    dfe_code: str
    authority: str  # as the Office for National Statistics writes it
    provider: ProviderKey
    name: str  # of the provider, or the words that stand for one that Ofsted withholds
    is_withheld: bool
    kind: str  # of the provider, as Ofsted prints it, or our word for its type
    provider_type: str  # of `ofsted.provider_types`
    title: str
    published: date | None
    inspected: date | None
    grade: str | None  # as the entry itself prints it
    is_on_page: bool  # False: only the search shows that there is one
    gone_since: datetime | None
    baseline: bool
    file_id: str | None
    link: str | None
    sha256: str | None
    first_seen: datetime

    @property
    def day(self) -> date:
        """Its place in time: when it was published, else when it was first seen."""
        return self.published or self.first_seen.date()


@dataclass(frozen=True, slots=True)
class AreaState:
    """An area as its list was last read."""

    first_listed: datetime | None  # None: not all of it was read yet
    walked_at: datetime | None  # when all of it was last read
    providers: Mapping[str, int]  # open ones, by type
    extra: int  # of them, those that are registered elsewhere


def listed_documents(session: Session, areas: Areas) -> list[DocumentLine]:
    """The documents of these areas, the newest first; of two areas, once in each."""
    found = [_of_row(row) for row in session.execute(_documents(areas))]
    return sorted(found, key=lambda each: each.day, reverse=True)


def rows(session: Session, areas: Areas) -> list[tuple[Any, ...]]:
    """The table `documents`: by the authority's name, of each the newest first."""
    found = sorted(listed_documents(session, areas), key=lambda each: each.authority)
    return [
        (
            *(each.authority, each.dfe_code, each.provider_type, each.kind, *each.provider),
            *(each.name, each.published, each.title, each.inspected, each.grade),
            *(each.gone_since is None, each.baseline, each.file_id, each.link, each.sha256),
            each.first_seen.replace(microsecond=0),
        )
        for each in found
    ]


def area_state(session: Session, dfe_code: str, shown: ShownArea) -> AreaState:
    """What is known of an area's list; before it was first read, nothing."""
    area = session.get(models.Area, dfe_code)
    query = (
        select(_place.is_extra, _place.provider_type, func.count())
        .where(_is_shown({dfe_code: shown}), _place.gone_since.is_(None))
        .group_by(_place.is_extra, _place.provider_type)
    )
    providers: Counter[str] = Counter()
    extra = 0
    for is_extra, provider_type, count in session.execute(query):
        providers[provider_type] += count
        extra += count if is_extra else 0
    return AreaState(
        first_listed=area.first_listed if area else None,
        walked_at=area.walked_at if area else None,
        providers=providers,
        extra=extra,
    )


def events_of_area(
    session: Session, dfe_code: str, shown: ShownArea, most: int
) -> list[queries.EventLine]:
    """The alerts to readers about documents in an area, the newest first."""
    event = models.Event
    newest = (
        select(event.id)
        .join(_place, and_(_place.code == event.code, _place.urn == event.urn))
        .where(event.type == "document_listed", _is_shown({dfe_code: shown}))
        .order_by(event.id.desc())
        .limit(most)
    )
    return queries.events(session, ids=[*session.scalars(newest)])[::-1]


def area_states(session: Session, areas: Areas) -> dict[str, str]:
    """By area, a short text that changes when what is shown of it does.

    Made of all that is shown: an entry's title or a provider's name may be edited in its place.
    """
    if not areas:
        return {}
    hashes = {dfe_code: hashlib.sha256() for dfe_code in areas}
    for row in session.execute(_documents(areas)):
        hashes[row.dfe_code].update(repr(tuple(row)).encode())
    for dfe_code, shown in areas.items():
        state = area_state(session, dfe_code, shown)
        counted = sorted(state.providers.items())
        known = (sorted(shown.left_out), state.first_listed, counted, state.extra)
        hashes[dfe_code].update(repr(known).encode())
    return {dfe_code: found.hexdigest() for dfe_code, found in hashes.items()}


def _documents(areas: Areas) -> Select[*tuple[Any, ...]]:
    return (
        select(
            *(_place.dfe_code, func.coalesce(_authority.name, "area " + _place.dfe_code)),
            *(_place.code, _place.urn, _place.name, _place.kind, _place.provider_type),
            *(_document.title, _document.published, _document.inspected, _document.grade),
            *(_document.key, _document.gone_since, _document.baseline),
            *(_document.file_id, _document.link, _document.sha256, _document.first_seen),
        )
        .join(_place, and_(_place.code == _document.code, _place.urn == _document.urn))
        .outerjoin(_authority, _authority.dfe_code == _place.dfe_code)
        .where(_is_shown(areas))
        .order_by(_document.id.desc())
    )


def _is_shown(areas: Areas) -> ColumnElement[bool]:
    """That a provider is in one of the areas, and not left out there."""
    return or_(
        false(),
        *(
            and_(
                _place.dfe_code == dfe_code,
                _place.provider_type.not_in(shown.left_out),
                ~_place.is_extra | tuple_(_place.code, _place.urn).in_([*map(tuple, shown.extra)]),
            )
            for dfe_code, shown in areas.items()
        ),
    )


def _of_row(row: Row[*tuple[Any, ...]]) -> DocumentLine:
    dfe_code, authority, code, urn, name, kind, provider_type, *entry = row
    title, published, inspected, grade, key, gone_since, baseline, *evidence = entry
    file_id, link, sha256, first_seen = evidence
    return DocumentLine(
        dfe_code=dfe_code,
        authority=authority,
        provider=ProviderKey(code, urn),
        name=name or withheld_name(kind, urn),
        is_withheld=name is None,
        kind=kind,
        provider_type=provider_type,
        title=title,
        published=published,
        inspected=inspected,
        grade=grade,
        is_on_page=not key.startswith(SEARCH),
        gone_since=gone_since,
        baseline=baseline,
        file_id=file_id,
        link=link,
        sha256=sha256,
        first_seen=first_seen,
    )
