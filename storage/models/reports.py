"""The reports listed on a page, their files, and which file was which report when."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import ForeignKey, ForeignKeyConstraint, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ofsted.provider_key import ProviderKey
from storage.models.base import NEVER_REUSED, Base, Name
from storage.models.readings import Reading


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
    # What stands of it now, as `storage.standing` finds it, so that SQL can ask for it:
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
    source: Mapped[str] = mapped_column(Name)  # ofsted or seed
    first_seen: Mapped[datetime]

    report: Mapped[Report] = relationship(back_populates="versions")
    document: Mapped[Document] = relationship()
