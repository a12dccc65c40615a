"""A borough as its check would have recorded it: providers, and documents on their pages."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime

from flows.alerting.announce import announce, provider_of
from notifications import events as ev
from ofsted.provider_types import provider_type, withheld_name
from storage import models
from tests.installation import Installation, utc

SUTTON = "319"
BEGAN = utc("2025-07-01 05:10")


@dataclass(frozen=True)
class InArea:
    """A provider of the borough."""

    code: str
    urn: str
    name: str | None
    kind: str
    is_extra: bool = False


@dataclass(frozen=True)
class Entry:
    """An entry of a provider's page."""

    of: InArea
    title: str
    published: date | None
    file_id: str | None = None
    grade: str | None = None
    link: str | None = None
    baseline: bool = False
    key: str = ""
    seen: datetime | None = None


SCHOOL = InArea("21", "102989", "Cheam Fields Primary Academy", "Primary")
NURSERY = InArea(
    "16", "EY345678", "Little Acorns Day Nursery", "Childcare on non-domestic premises"
)
HOME = InArea("2", "SC123456", None, "Children's home")
CHILDMINDER = InArea("17", "EY222222", "Mrs Ann Other", "Childminder")
PROVIDERS = (SCHOOL, NURSERY, HOME, CHILDMINDER)
INSPECTED = Entry(SCHOOL, "School inspection", date(2025, 7, 24), "50290001")
LOWEST = Entry(NURSERY, "Full inspection", date(2025, 7, 28), "50290002", "Inadequate")
OF_HOME = Entry(HOME, "Monitoring visit", date(2025, 6, 30), "50290003", baseline=True)
MINDED = Entry(CHILDMINDER, "Inspection report", date(2025, 7, 28), "50290004", "Good")


def list_area(installation: Installation, *entries: Entry, dfe_code: str = SUTTON) -> None:
    """The area is watched, and what was there before is known; nobody was alerted to it."""
    with installation.context().database.write() as session:
        session.add(
            models.Area(
                dfe_code=dfe_code, first_listed=BEGAN, walked_at=installation.now, total=441
            )
        )
        session.flush()
        for each in PROVIDERS:
            session.add(_provider(each, dfe_code))
    document(installation, *entries)


def _provider(given: InArea, dfe_code: str) -> models.AreaProvider:
    return models.AreaProvider(
        dfe_code=dfe_code,
        code=given.code,
        urn=given.urn,
        name=given.name,
        kind=given.kind,
        provider_type=provider_type(given.code, given.kind).name,
        is_extra=given.is_extra,
        first_seen=BEGAN,
    )


def document(installation: Installation, *entries: Entry) -> None:
    """Entries are found now; those that are not baseline are announced."""
    context = installation.context()
    with context.database.write() as session:
        for each in entries:
            link = each.link or f"https://files.ofsted.gov.uk/v1/file/{each.file_id}"
            session.add(
                models.ListedDocument(
                    code=each.of.code,
                    urn=each.of.urn,
                    key=each.key or f"file:{each.file_id}",
                    title=each.title,
                    published=each.published,
                    grade=each.grade,
                    link=link,
                    file_id=each.file_id,
                    baseline=each.baseline,
                    first_seen=each.seen or installation.now,
                )
            )
            if not each.baseline:
                _announce(installation, session, context, replace(each, link=link))


def _announce(installation, session, context, entry: Entry) -> None:
    of = entry.of
    name = of.name or withheld_name(of.kind, of.urn)
    event = ev.DocumentListed(
        provider=ev.Provider(
            code=of.code,
            urn=of.urn,
            name=name,
            short_name=name,
            page=f"https://reports.ofsted.gov.uk/provider/{of.code}/{of.urn}",
        ),
        areas=tuple(provider_of(context, each.authority) for each in context.settings.areas),
        kind=of.kind,
        provider_type=provider_type(of.code, of.kind).name,
        report=ev.Report(
            title=entry.title, published=entry.published, link=entry.link, file_id=entry.file_id
        ),
        grade=entry.grade,
        is_withheld=of.name is None,
    )
    from ofsted.provider_key import ProviderKey

    announce(
        session,
        context,
        event,
        subject=f"document:{of.code}:{of.urn}:{entry.file_id}",
        cause="listed",
        at=installation.now,
        provider=ProviderKey(of.code, of.urn),
    )
