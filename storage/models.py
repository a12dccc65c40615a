"""What we know and what is pending, as tables. The words are those of docs/names.md."""

from __future__ import annotations

from collections.abc import Collection
from datetime import UTC, date, datetime
from typing import Any, ClassVar

from sqlalchemy import (
    ColumnElement,
    DateTime,
    Dialect,
    Double,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    LargeBinary,
    MetaData,
    String,
    Text,
    TypeDecorator,
    UniqueConstraint,
    and_,
    tuple_,
)
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship

from ofsted.provider_key import ProviderKey


class UtcTime(TypeDecorator[datetime]):
    """A time with zone; what a database gives back without one is UTC."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """To UTC, refusing a time without zone."""
        del dialect
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a time without zone does not go into the database")
        return value.astimezone(UTC)

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        """UTC."""
        del dialect
        if value is None:
            return None
        time: datetime = value
        return time.replace(tzinfo=UTC) if time.tzinfo is None else time.astimezone(UTC)


class Words(TypeDecorator[str]):
    """Text as every database takes it: PostgreSQL knows no NUL, and UTF-8 no half characters."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        """Without the one, and with a question mark for the other."""
        del dialect
        return value and value.replace("\x00", "").encode("utf-8", "replace").decode("utf-8")


class Base(DeclarativeBase):
    """Names of constraints are fixed, so that migrations can speak of them."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map: ClassVar[dict[Any, Any]] = {
        datetime: UtcTime,
        str: Words,
        bytes: LargeBinary,
    }


Name = Words  # a short one; no length is set, since recipients and folders have their own
NEVER_REUSED = {"sqlite_autoincrement": True}  # ids: what a lost row left behind finds no new one


class Provider(Base):
    """An authority whose page is watched, and how well we see it."""

    __tablename__ = "provider"

    code: Mapped[str] = mapped_column(Name, primary_key=True)
    urn: Mapped[str] = mapped_column(Name, primary_key=True)
    name: Mapped[str | None]  # as its page has it
    state: Mapped[str] = mapped_column(Name, default="new")
    since: Mapped[datetime]
    last_successful_check: Mapped[datetime | None]
    failure: Mapped[str | None]
    failure_since: Mapped[datetime | None]
    failure_checks: Mapped[int] = mapped_column(default=0)
    failure_notified: Mapped[datetime | None]  # when operators were last notified of it
    failure_notices: Mapped[int] = mapped_column(default=0)

    @property
    def provider_key(self) -> ProviderKey:
        """Whose it is."""
        return ProviderKey(self.code, self.urn)


def is_of(
    table: type[Provider | PageCheck | Listing | Report], key: ProviderKey
) -> ColumnElement[bool]:
    """That a row is this provider's."""
    return and_(table.code == key.code, table.urn == key.urn)


def is_of_any(
    table: type[Provider | PageCheck | Listing | Report], keys: Collection[ProviderKey]
) -> ColumnElement[bool]:
    """That a row is one of these providers'."""
    return tuple_(table.code, table.urn).in_([tuple(key) for key in keys])


class PageCheck(Base):
    """One visit to a provider's page."""

    __tablename__ = "page_check"
    __table_args__ = (
        ForeignKeyConstraint(["code", "urn"], ["provider.code", "provider.urn"]),
        Index("ix_page_check_code_urn", "code", "urn"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(Name)
    urn: Mapped[str] = mapped_column(Name)
    run: Mapped[str | None]  # the Prefect flow run, where there is one
    began_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    result: Mapped[str | None]
    listed: Mapped[int | None]
    new: Mapped[str] = mapped_column(default="[]")  # JSON: new rows, a line each
    newly_failed: Mapped[int] = mapped_column(default=0)
    message: Mapped[str] = mapped_column(default="")

    @property
    def provider_key(self) -> ProviderKey:
        """Whose it is."""
        return ProviderKey(self.code, self.urn)


class Round(Base):
    """The checks of one process at all pages in turn, until they end."""

    __tablename__ = "round"

    id: Mapped[int] = mapped_column(primary_key=True)
    run: Mapped[str | None]  # the Prefect flow run, where there is one
    service: Mapped[str | None]  # the id of the `up` that started it; None: a person did
    pid: Mapped[int]  # of its process
    started: Mapped[float] = mapped_column(Double)  # that process, in seconds of the epoch
    began_at: Mapped[datetime]
    progress_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]


class Listing(Base):
    """The rows of a provider's page as its newest successful check saw them, for the check."""

    __tablename__ = "listing"
    __table_args__ = (ForeignKeyConstraint(["code", "urn"], ["provider.code", "provider.urn"]),)

    code: Mapped[str] = mapped_column(Name, primary_key=True)
    urn: Mapped[str] = mapped_column(Name, primary_key=True)
    seen_at: Mapped[datetime]  # when that check began
    rows: Mapped[str]  # JSON: title, published, link and file_id of each, in the page's order

    @property
    def provider_key(self) -> ProviderKey:
        """Whose it is."""
        return ProviderKey(self.code, self.urn)


class Report(Base):
    """One row of a provider's list through time, under all the addresses it has had."""

    __tablename__ = "report"
    __table_args__ = (
        ForeignKeyConstraint(["code", "urn"], ["provider.code", "provider.urn"]),
        Index("ix_report_code_urn", "code", "urn"),
        NEVER_REUSED,
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(Name)
    urn: Mapped[str] = mapped_column(Name)
    title: Mapped[str]
    published: Mapped[date | None]
    link: Mapped[str | None]
    file_id: Mapped[str | None]
    baseline: Mapped[bool]
    first_seen: Mapped[datetime]
    listed: Mapped[bool]
    ever_listed: Mapped[bool]  # False: known from a seed alone
    gone_since: Mapped[datetime | None]
    missed_checks: Mapped[int] = mapped_column(default=0)
    withdrawal_announced: Mapped[bool] = mapped_column(default=False)
    announced_at: Mapped[datetime | None]  # when its first event was recorded
    announced_status: Mapped[str | None]  # what that event said of its reading
    next_fetch: Mapped[datetime | None]
    failing_since: Mapped[datetime | None]
    failing_why: Mapped[str | None]
    # What stands of it now, as `storage.known` finds it, so that SQL can ask for it:
    status: Mapped[str] = mapped_column(Name, default="missing")
    unread_by_kind: Mapped[bool] = mapped_column(default=False)
    reading_id: Mapped[int | None] = mapped_column(ForeignKey("reading.id"))

    aliases: Mapped[list[ReportAlias]] = relationship(
        back_populates="report", order_by="ReportAlias.id", cascade="all, delete-orphan"
    )
    versions: Mapped[list[Version]] = relationship(back_populates="report", order_by="Version.id")

    @property
    def provider_key(self) -> ProviderKey:
        """Whose it is."""
        return ProviderKey(self.code, self.urn)


class ReportAlias(Base):
    """What the list has named a report by: `file:50283346`, a link, or title and day."""

    __tablename__ = "report_alias"
    __table_args__ = (
        UniqueConstraint("code", "urn", "key"),
        ForeignKeyConstraint(["code", "urn"], ["provider.code", "provider.urn"]),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(Name)
    urn: Mapped[str] = mapped_column(Name)
    key: Mapped[str]
    link: Mapped[str | None]
    assumed_since: Mapped[datetime | None]  # by title and day alone, until its file says more
    fetched_sha256: Mapped[str | None] = mapped_column(String(64))  # its file, as last fetched
    fetched_at: Mapped[datetime | None]  # when its bytes came; an unchanged answer is no renewal
    etag: Mapped[str | None]  # what the site said of them then
    last_modified: Mapped[str | None]
    report_id: Mapped[int] = mapped_column(ForeignKey("report.id"), index=True)

    report: Mapped[Report] = relationship(back_populates="aliases")


class Document(Base):
    """Bytes in the archive; never changed, never deleted."""

    __tablename__ = "document"

    sha256: Mapped[str] = mapped_column(String(64), primary_key=True)
    bytes: Mapped[int]
    media_type: Mapped[str]
    first_seen: Mapped[datetime]

    readings: Mapped[list[Reading]] = relationship(back_populates="document", order_by="Reading.id")


class Version(Base):
    """That a report was this document, from one check (or seed import) on."""

    __tablename__ = "version"

    id: Mapped[int] = mapped_column(primary_key=True)
    report_id: Mapped[int] = mapped_column(ForeignKey("report.id"), index=True)
    sha256: Mapped[str] = mapped_column(String(64), ForeignKey("document.sha256"))
    source: Mapped[str] = mapped_column(Name)  # site or seed
    first_seen: Mapped[datetime]

    report: Mapped[Report] = relationship(back_populates="versions")
    document: Mapped[Document] = relationship()


class Reading(Base):
    """What one version of the parser found in a document."""

    __tablename__ = "reading"
    __table_args__ = (UniqueConstraint("sha256", "parser"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    sha256: Mapped[str] = mapped_column(String(64), ForeignKey("document.sha256"))
    parser: Mapped[str] = mapped_column(Name)
    status: Mapped[str] = mapped_column(Name)
    kind: Mapped[str] = mapped_column(Name)
    framework: Mapped[str | None] = mapped_column(Name)
    first_day: Mapped[date | None]
    last_day: Mapped[date | None]
    outcome: Mapped[str | None]
    theme: Mapped[str | None]
    found: Mapped[str]  # JSON of the reading, without its text
    text: Mapped[str] = mapped_column(deferred=True)
    facts_sha256: Mapped[str] = mapped_column(String(64))
    made_at: Mapped[datetime]

    document: Mapped[Document] = relationship(back_populates="readings")


class Judgement(Base):
    """One grade of a reading, as printed and in Ofsted's words; in the report's order."""

    __tablename__ = "judgement"

    reading_id: Mapped[int] = mapped_column(ForeignKey("reading.id"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(Name)
    label: Mapped[str]
    printed: Mapped[str]
    grade: Mapped[str | None] = mapped_column(Name)
    page: Mapped[int | None]


class Improvement(Base):
    """One thing that a reading says must improve; in the report's order."""

    __tablename__ = "improvement"

    reading_id: Mapped[int] = mapped_column(ForeignKey("reading.id"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(Name)
    body: Mapped[str | None]
    text: Mapped[str]
    page: Mapped[int | None]


class Inspector(Base):
    """A lead inspector of a reading; in the report's order."""

    __tablename__ = "inspector"

    reading_id: Mapped[int] = mapped_column(ForeignKey("reading.id"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    role: Mapped[str | None]
    body: Mapped[str | None]


class ComparisonLine(Base):
    """One judgement of a report compared with the previous one; in the comparison's order.

    A report's lines are made anew when its reading or an older report changes.
    """

    __tablename__ = "comparison"

    report_id: Mapped[int] = mapped_column(ForeignKey("report.id"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    previous_report_id: Mapped[int] = mapped_column(ForeignKey("report.id"), index=True)
    key: Mapped[str] = mapped_column(Name)
    label: Mapped[str]
    grade: Mapped[str | None] = mapped_column(Name)
    previous_grade: Mapped[str | None] = mapped_column(Name)
    printed: Mapped[str | None]
    previous_printed: Mapped[str | None]
    relation: Mapped[str] = mapped_column(Name)
    direction: Mapped[str | None] = mapped_column(Name)
    reason: Mapped[str]


class Authority(Base):
    """A council with its codes, as `ofsted/authorities.csv` has it, watched or not."""

    __tablename__ = "authority"

    code: Mapped[str] = mapped_column(Name, primary_key=True)
    urn: Mapped[str] = mapped_column(Name, primary_key=True)
    name: Mapped[str]
    dfe_code: Mapped[str] = mapped_column(Name)
    ons_code: Mapped[str] = mapped_column(Name)
    region: Mapped[str] = mapped_column(Name)


class Event(Base):
    """One thing that people are alerted to."""

    __tablename__ = "event"
    __table_args__ = (UniqueConstraint("type", "subject", "cause"), NEVER_REUSED)

    id: Mapped[int] = mapped_column(primary_key=True)
    token: Mapped[str] = mapped_column(String(32), unique=True)
    at: Mapped[datetime]
    type: Mapped[str] = mapped_column(Name)
    audience: Mapped[str] = mapped_column(Name)
    code: Mapped[str | None] = mapped_column(Name)
    urn: Mapped[str | None] = mapped_column(Name)
    report_id: Mapped[int | None] = mapped_column(ForeignKey("report.id"), index=True)
    subject: Mapped[str] = mapped_column(Name)  # report:12, provider:44:80515, recipient:scrutiny
    cause: Mapped[str] = mapped_column(Name)
    summary: Mapped[str]
    payload: Mapped[str]  # JSON, kept unread
    recipients: Mapped[str]  # JSON: names of all who are to get it

    report: Mapped[Report | None] = relationship()
    deliveries: Mapped[list[Delivery]] = relationship(
        back_populates="event", order_by="Delivery.id"
    )
    in_digests: Mapped[list[DigestEntry]] = relationship(
        back_populates="event", foreign_keys="DigestEntry.event_id"
    )

    @property
    def provider_key(self) -> ProviderKey | None:
        """Of whom it is; None: of no provider."""
        return ProviderKey(self.code, self.urn) if self.code and self.urn else None


class Delivery(Base):
    """One event due to one recipient."""

    __tablename__ = "delivery"
    __table_args__ = (
        UniqueConstraint("event_id", "recipient"),
        Index("ix_delivery_state_due_at", "state", "due_at"),
        NEVER_REUSED,
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id"))
    recipient: Mapped[str] = mapped_column(Name)
    via: Mapped[str] = mapped_column(Name)
    state: Mapped[str] = mapped_column(Name, default="pending")
    due_at: Mapped[datetime]
    attempts: Mapped[int] = mapped_column(default=0)
    unknowns: Mapped[int] = mapped_column(default=0)
    held: Mapped[float] = mapped_column(Double, default=0.0)  # seconds, its channel being down
    sent_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    message_id: Mapped[str | None]
    dated: Mapped[datetime | None]  # the message's own date: of the first attempt
    content: Mapped[bytes | None]  # rendered at the first attempt, sent as it is ever after
    error: Mapped[str | None]
    thread_root_id: Mapped[int | None] = mapped_column(ForeignKey("delivery.id"))

    event: Mapped[Event] = relationship(back_populates="deliveries")
    thread_root: Mapped[Delivery | None] = relationship(remote_side=[id])  # noqa: A003  # the column above
    attempt_log: Mapped[list[Attempt]] = relationship(order_by="Attempt.id")


class DigestEntry(Base):
    """One event due to one recipient in a digest; `digest_id`: the event that is that digest."""

    __tablename__ = "digest_entry"
    __table_args__ = (UniqueConstraint("event_id", "recipient"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id"))
    recipient: Mapped[str] = mapped_column(Name, index=True)
    digest_id: Mapped[int | None] = mapped_column(ForeignKey("event.id"))
    cancelled_at: Mapped[datetime | None]  # the recipient was removed before its digest

    event: Mapped[Event] = relationship(back_populates="in_digests", foreign_keys=[event_id])


class Attempt(Base):
    """One attempt at a delivery and how it ended."""

    __tablename__ = "attempt"

    id: Mapped[int] = mapped_column(primary_key=True)
    delivery_id: Mapped[int] = mapped_column(ForeignKey("delivery.id"), index=True)
    at: Mapped[datetime]
    stage: Mapped[str]
    result: Mapped[str] = mapped_column(Name)
    code: Mapped[int | None]
    words: Mapped[str]


class ChannelOutage(Base):
    """A channel that is down: nothing answers, or it refuses us."""

    __tablename__ = "channel_outage"

    name: Mapped[str] = mapped_column(Name, primary_key=True)
    down_since: Mapped[datetime]
    words: Mapped[str]
    probe_at: Mapped[datetime]


class AuditDiscrepancy(Base):
    """What the check found missing, until it is mended."""

    __tablename__ = "audit_discrepancy"

    key: Mapped[str] = mapped_column(primary_key=True)
    words: Mapped[str]
    found_at: Mapped[datetime]


class Lease(Base):
    """Who alone may do a thing, as long as the process that holds it lives."""

    __tablename__ = "lease"

    name: Mapped[str] = mapped_column(Name, primary_key=True)
    holder: Mapped[str] = mapped_column(Name)  # a process, by the name of its lock
    since: Mapped[datetime]  # real time, to be shown: nothing runs out by it


class HttpHost(Base):
    """Our manners towards one host."""

    __tablename__ = "http_host"

    name: Mapped[str] = mapped_column(Name, primary_key=True)
    not_before: Mapped[datetime | None]
    robots: Mapped[str | None]
    robots_until: Mapped[datetime | None]


class PageCache(Base):
    """A proven page as it last came, for conditional requests."""

    __tablename__ = "page_cache"

    address: Mapped[str] = mapped_column(primary_key=True)
    etag: Mapped[str | None]
    last_modified: Mapped[str | None]
    read_at: Mapped[datetime]  # before the body, so that it is read without it
    body: Mapped[bytes]


class AppState(Base):
    """A fact about this installation: when the service started, which seeds are in."""

    __tablename__ = "app_state"

    name: Mapped[str] = mapped_column(Name, primary_key=True)
    value: Mapped[str]
