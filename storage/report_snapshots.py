"""Known reports with their documents and readings, as values."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime

from sqlalchemy import Select, and_, or_, select
from sqlalchemy.orm import Session, selectinload

from ofsted.listed import as_listed
from ofsted.provider_key import AUTHORITY, ProviderKey
from ofsted.reports.model import Doubt, Reading
from ofsted.site.model import Validators
from storage import models
from storage.record import FetchedFile, reading_from_json


@dataclass(frozen=True, slots=True)
class VersionSnapshot:
    """A document that a report is or was."""

    sha256: str
    media_type: str
    bytes: int
    source: str  # site or seed
    first_seen: datetime
    reading: Reading  # its newest, without the text
    facts_sha256: str
    reading_id: int | None = None


@dataclass(frozen=True, slots=True)
class ReportSnapshot:
    """A report as we know it."""

    id: int
    code: str
    urn: str
    keys: frozenset[str]
    assumed: Mapping[str, datetime]  # keys believed without their file, since when
    title: str
    published: date | None
    link: str | None
    file_id: str | None
    baseline: bool
    first_seen: datetime
    listed: bool
    ever_listed: bool
    gone_since: datetime | None
    missed_checks: int
    withdrawal_announced: bool
    announced_at: datetime | None
    announced_status: str | None
    next_fetch: datetime | None
    failing_since: datetime | None
    failing_why: str | None
    versions: tuple[VersionSnapshot, ...]
    files: Mapping[str, FetchedFile] = field(default_factory=dict)  # by key

    @property
    def provider_key(self) -> ProviderKey:
        """Whose it is."""
        return ProviderKey(self.code, self.urn)

    @property
    def site_version(self) -> VersionSnapshot | None:
        """What the site gives for it now."""
        return next((each for each in reversed(self.versions) if each.source == "ofsted"), None)

    @property
    def seed_version(self) -> VersionSnapshot | None:
        """Its seed, where there is one."""
        return next((each for each in reversed(self.versions) if each.source == "seed"), None)

    @property
    def standing_version(self) -> VersionSnapshot | None:
        """The version whose reading counts: the site's, else the seed; None: no document."""
        return self.site_version or self.seed_version

    @property
    def reading(self) -> Reading | None:
        """The reading that counts: of the site's document, else of the seed; None: no document.

        It is doubtful if the two give different grades, or if the document is of another authority
        or kind than its row on the page.
        """
        site, seed = self.site_version, self.seed_version
        version = site or seed
        if version is None:
            return None
        found = _doubted(site.reading, seed.reading) if site and seed else version.reading
        authority = self.urn if self.code == AUTHORITY else ""
        return as_listed(found, authority, self.title)

    @property
    def status(self) -> str:
        """`read`, `doubtful`, `unread`, or `missing` while there is no document."""
        reading = self.reading
        return reading.status if reading else "missing"

    @property
    def order(self) -> tuple[date, int]:
        """By inspection day, else by published day; then by our id."""
        reading = self.reading
        day = (reading.last_day or reading.first_day) if reading else None
        return (day or self.published or date.max, self.id)


def _doubted(site: Reading, seed: Reading) -> Reading:
    if "read" not in (site.status, seed.status) or seed.status != "read":
        return site
    seeds = {each.key: each for each in seed.judgements}
    differing = [
        f"{each.label}: {each.printed} in the PDF, {seeds[each.key].printed} in our stored copy"
        for each in site.judgements
        if each.key in seeds and each.grade != seeds[each.key].grade
    ]
    if not differing:
        return site
    doubt = Doubt(
        "the PDF and our stored copy of this report show different grades", tuple(differing)
    )
    return replace(site, status="doubtful", doubts=(*site.doubts, doubt))


def report_snapshots(session: Session, provider: ProviderKey | None = None) -> list[ReportSnapshot]:
    """The reports of one provider, or of all, in the order in which they became known."""
    query = select(models.Report).order_by(models.Report.id)
    if provider is not None:
        query = query.where(models.is_of(models.Report, provider))
    return _loaded(session, query)


def report_snapshot(session: Session, report_id: int) -> ReportSnapshot:
    """The report with this number of ours."""
    (found,) = _loaded(session, select(models.Report).where(models.Report.id == report_id))
    return found


def snapshots_of_reports(session: Session, ids: Iterable[int]) -> list[ReportSnapshot]:
    """The reports with these numbers of ours, in the order in which they became known."""
    query = select(models.Report).where(models.Report.id.in_([*ids]))
    return _loaded(session, query.order_by(models.Report.id))


def maybe_the_same(
    session: Session, provider: ProviderKey, sha256: str, reading: Reading | None
) -> list[ReportSnapshot]:
    """The provider's reports that had these bytes, or that were read with this kind and these days.

    Which of them is the same report, the values decide: see `flows.comparing.identity`.
    """
    version, known = models.Version, models.Reading
    is_same = version.sha256 == sha256
    if reading is not None:
        days = (known.first_day == reading.first_day, known.last_day == reading.last_day)
        is_same = or_(is_same, and_(known.kind == reading.kind, *days))
    ids = (
        select(version.report_id)
        .join(known, known.sha256 == version.sha256)
        .join(models.Report, models.Report.id == version.report_id)
        .where(models.is_of(models.Report, provider), is_same)
        .distinct()
    )
    found = [*session.scalars(ids)]
    return snapshots_of_reports(session, found) if found else []


def _loaded(session: Session, query: Select[models.Report]) -> list[ReportSnapshot]:
    whole = query.options(
        selectinload(models.Report.aliases),
        selectinload(models.Report.versions)
        .selectinload(models.Version.document)
        .selectinload(models.Document.readings),
    ).execution_options(populate_existing=True)
    return [_snapshot(report) for report in session.scalars(whole)]


def _snapshot(report: models.Report) -> ReportSnapshot:
    return ReportSnapshot(
        id=report.id,
        code=report.code,
        urn=report.urn,
        keys=frozenset(alias.key for alias in report.aliases),
        assumed={each.key: each.assumed_since for each in report.aliases if each.assumed_since},
        title=report.title,
        published=report.published,
        link=report.link,
        file_id=report.file_id,
        baseline=report.baseline,
        first_seen=report.first_seen,
        listed=report.listed,
        ever_listed=report.ever_listed,
        gone_since=report.gone_since,
        missed_checks=report.missed_checks,
        withdrawal_announced=report.withdrawal_announced,
        announced_at=report.announced_at,
        announced_status=report.announced_status,
        next_fetch=report.next_fetch,
        failing_since=report.failing_since,
        failing_why=report.failing_why,
        versions=tuple(_version(version) for version in report.versions),
        files={each.key: file for each in report.aliases if (file := _file(each))},
    )


def _file(alias: models.ReportAlias) -> FetchedFile | None:
    if alias.fetched_sha256 is None or alias.fetched_at is None:
        return None
    validators = Validators(alias.etag, alias.last_modified)
    return FetchedFile(alias.fetched_sha256, alias.fetched_at, validators)


def _version(version: models.Version) -> VersionSnapshot:
    newest = version.document.readings[-1]
    return VersionSnapshot(
        sha256=version.sha256,
        media_type=version.document.media_type,
        bytes=version.document.bytes,
        source=version.source,
        first_seen=version.first_seen,
        reading=reading_from_json(newest.found),
        facts_sha256=newest.facts_sha256,
        reading_id=newest.id,
    )


def known_reading(session: Session, sha256: str) -> Reading | None:
    """The newest reading of a document, without its text; None: it was not read."""
    document = session.get(models.Document, sha256)
    return (
        reading_from_json(document.readings[-1].found) if document and document.readings else None
    )


def by_key(reports: Sequence[ReportSnapshot]) -> dict[str, ReportSnapshot]:
    """Each report under every key the list has ever named it by."""
    return {key: report for report in reports for key in report.keys}
