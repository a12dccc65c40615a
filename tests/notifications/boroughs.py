"""Documents of a borough's providers, all invented: for the gallery and the tests."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from itertools import islice

from notifications.events import (
    AuthorityStanding,
    Digest,
    DigestItem,
    DocumentListed,
    Event,
    PageStanding,
    Period,
    Provider,
    Report,
    Welcome,
)
from ofsted.provider_key import AREA
from ofsted.provider_types import TYPES
from tests.notifications import mornings
from tests.notifications.samples import LISTED, SUTTON

AT = datetime(2026, 6, 15, 7, 0, tzinfo=UTC)  # Monday, 08:00 in London
SINCE = AT - timedelta(days=7)
SITE = "https://reports.ofsted.gov.uk"
KENT, MERTON = (
    Provider(urn=urn, name=name, short_name=short, page=f"{SITE}/provider/44/{urn}")
    for urn, name, short in (
        ("80476", "Kent County Council", "Kent"),
        ("80510", "London Borough of Merton", "Merton"),
    )
)
_FIRST = ("Alder", "Beck", "Carr", "Dun", "Elms", "Fen", "Gorse", "Hazel", "Kettle", "Marl")
_SECOND = ("ford", "combe", "field", "ley", "mouth", "wick", "hurst")
# type, code, beginning of the URN, kind as Ofsted prints it, name, title, grade
_KINDS = (
    ("nurseries", "16", "EY", "Childcare on non-domestic premises", "{} Nursery",
     "Full inspection", None),
    ("schools", "21", "", "Primary", "{} Primary School", "School inspection", None),
    ("schools", "23", "", "Secondary", "{} Academy", "Academy conversion letter", None),
    ("children's homes", "2", "SC", "Children's Home", "", "Full inspection", "Good"),
    ("childminders", "17", "EY", "Childminder", "{} Childminding", "Inspection report", "Met"),
    ("independent schools", "27", "", "Independent School", "{} House School",
     "Pre-registration inspection", None),
    ("nurseries", "16", "EY", "Childcare on non-domestic premises", "{} Pre-School",
     "Inspection report", "Inadequate"),
    ("supported accommodation", "50", "", "Supported accommodation", "{} Living Limited",
     "Full inspection", "Serious or widespread weaknesses"),
    ("colleges", "31", "", "General further education college", "{} College",
     "Monitoring visit", None),
    ("other childcare", "15", "EY", "Childcare on domestic premises", "{} Club",
     "Inspection report", "Not met (with actions)"),
)  # fmt: skip


def _places() -> Iterator[str]:
    number = 0
    while True:
        for second in _SECOND:
            for first in _FIRST:
                yield f"{first}{second}{f' {number}' if number else ''}"
        number += 1


def withheld(urn: str, area: Provider = SUTTON, **more: object) -> DocumentListed:
    """Of a children's home whose name Ofsted does not give."""
    return dataclasses.replace(
        LISTED,
        provider=Provider(
            code="2",
            urn=urn,
            name=f"Children's home, name withheld by Ofsted (URN {urn})",
            short_name=f"Children's home, name withheld by Ofsted (URN {urn})",
            page=f"{SITE}/provider/2/{urn}",
        ),
        areas=(area,),
        kind="Children's Home",
        provider_type="children's homes",
        is_withheld=True,
        **more,  # type: ignore[arg-type]
    )


def documents(number: int, *areas: Provider) -> tuple[DocumentListed, ...]:
    """So many, of one provider each, of all kinds in turn; in these areas in turn, or Sutton."""
    among = areas or (SUTTON,)
    return tuple(
        _document(place, name, among[place % len(among)])
        for place, name in enumerate(islice(_places(), number))
    )


def _document(place: int, name: str, area: Provider) -> DocumentListed:
    type_, code, letters, kind, pattern, title, grade = _KINDS[place % len(_KINDS)]
    urn, file_id = f"{letters}{999_000 + place}", str(59_990_000 + place)
    listed = Report(
        title=title,
        published=date(2026, 6, 8) + timedelta(days=place % 5),
        link=f"https://files.ofsted.gov.uk/v1/file/{file_id}",
        file_id=file_id,
    )
    if not pattern:
        return withheld(urn, area, report=listed, grade=grade)
    called = pattern.format(name)
    return DocumentListed(
        provider=Provider(
            code=code,
            urn=urn,
            name=called,
            short_name=called,
            page=f"{SITE}/provider/{code}/{urn}",
        ),
        areas=(area,),
        kind=kind,
        provider_type=type_,
        report=listed,
        grade=grade,
    )


def area_of(authority: Provider) -> Provider:
    """How a digest names what is watched beside an authority."""
    return dataclasses.replace(
        authority,
        code=AREA,
        name=f"all providers in {authority.short_name}",
        page=f"{SITE}/search?local_authority%5B0%5D=319&status%5B0%5D=1",
    )


def standing(provider: Provider) -> PageStanding:
    """A page that was checked a moment ago."""
    return PageStanding(provider=provider, last_successful_check=AT, is_ok=True)


def digest(
    *events: DocumentListed, period: Period = "weekly", of: tuple[Provider, ...] = (SUTTON,)
) -> Digest:
    """For one who gets no reports of authorities."""
    hourly = period == "hourly"
    return Digest(
        recipient="early years",
        period=period,
        since=AT - timedelta(hours=1) if hourly else SINCE,
        until=AT if hourly else None,
        items=tuple(DigestItem(at=AT, event=event) for event in events),
        checks=263,
        standings=tuple(standing(area_of(each)) for each in of),
        next_check=AT + timedelta(minutes=15),
    )


def with_reports(reports: int, number: int, *areas: Provider, period: Period = "weekly") -> Digest:
    """Reports of authorities and documents in one digest."""
    made = mornings.digest(period, max(reports, 5))
    return dataclasses.replace(
        made,
        items=(
            *made.items[:reports],
            *(DigestItem(at=AT, event=each) for each in documents(number, *areas)),
        ),
        standings=(*made.standings, *(standing(area_of(each)) for each in areas or (SUTTON,))),
    )


def welcome(**more: object) -> Welcome:
    """To one who gets documents of schools and nurseries in Sutton, and no reports."""
    values = {
        "recipient": "early years",
        "watched": (),
        "next_check": AT,
        "provider_types": ("schools", "nurseries"),
        "areas": (SUTTON,),
        **more,
    }
    return Welcome(**values)  # type: ignore[arg-type]


def variants() -> dict[str, Event]:
    """By name; the names are those of the gallery's pages."""
    marked = dataclasses.replace(LISTED, grade="Inadequate")
    unlisted = dataclasses.replace(LISTED.report, link=None, file_id=None)
    two_areas = (SUTTON, MERTON)
    every_type = tuple(each.name for each in TYPES)
    return {
        "document, lowest grade": marked,
        "document, not met": dataclasses.replace(LISTED, grade="Not met (with actions)"),
        "document, no grade": dataclasses.replace(LISTED, grade=None),
        "document, name withheld": withheld("SC999902", grade="Inadequate"),
        "document, not yet on the page": dataclasses.replace(
            LISTED, report=unlisted, grade=None, is_listed_on_page=False
        ),
        "document, withheld and not yet on the page": withheld(
            "SC999902", report=unlisted, grade=None, is_listed_on_page=False
        ),
        "document, listed late": dataclasses.replace(LISTED, is_late=True),
        "document, two areas": dataclasses.replace(marked, areas=two_areas),
        "document, conversion letter": documents(3)[2],
        "document, elsewhere, no date": dataclasses.replace(
            LISTED,
            grade=None,
            report=Report(title="Letter", published=None, link="https://www.gov.uk/letter"),
        ),
        "digest, one document": digest(documents(1)[0]),
        "digest, five documents": digest(*documents(5)),
        "digest, thirty documents": digest(*documents(30)),
        "digest, many documents": digest(*documents(160)),
        "digest, documents of three areas": digest(
            *documents(30, SUTTON, KENT, MERTON), of=(SUTTON, KENT, MERTON)
        ),
        "digest, documents hourly": digest(*documents(8), period="hourly"),
        "digest, documents at last": digest(*documents(2), period="last"),
        "digest, no documents": digest(),
        "digest, report and documents": with_reports(5, 12),
        "digest, reports and documents, hourly": with_reports(5, 12, period="hourly"),
        "digest, reports and many documents": with_reports(30, 160, SUTTON, KENT),
        "welcome, documents": welcome(),
        "welcome, everything in two areas": welcome(
            areas=two_areas,
            provider_types=every_type,
            frequency="daily 08:00",
            watched=tuple(AuthorityStanding(provider=each, reports=4) for each in two_areas),
        ),
        "welcome, documents of concern": welcome(
            alert_on="concerns", unseen=(area_of(SUTTON),), frequency="hourly"
        ),
    }
