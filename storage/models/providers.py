"""Providers, the authorities' codes, the checks of pages, and the last listing of each."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import ColumnElement, ForeignKeyConstraint, Index, String, and_, tuple_
from sqlalchemy.orm import Mapped, mapped_column

from ofsted.provider_key import ProviderKey
from storage.models.base import Base, Name
from storage.models.reports import Report


class Provider(Base):
    """An authority whose page is watched, and the state of that page."""

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


class Authority(Base):
    """A council with its codes, as `ofsted/authorities.csv` has it, watched or not."""

    __tablename__ = "authority"

    code: Mapped[str] = mapped_column(Name, primary_key=True)
    urn: Mapped[str] = mapped_column(Name, primary_key=True)
    name: Mapped[str]
    dfe_code: Mapped[str] = mapped_column(Name)
    ons_code: Mapped[str] = mapped_column(Name)
    region: Mapped[str] = mapped_column(Name)


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


class Listing(Base):
    """The rows of a provider's page as a successful check last read them, for the audit."""

    __tablename__ = "listing"
    __table_args__ = (ForeignKeyConstraint(["code", "urn"], ["provider.code", "provider.urn"]),)

    code: Mapped[str] = mapped_column(Name, primary_key=True)
    urn: Mapped[str] = mapped_column(Name, primary_key=True)
    seen_at: Mapped[datetime]  # when that check began; later ones that found the same bytes: no
    sha256: Mapped[str] = mapped_column(String(64), default="")  # of the page; empty: not known
    rows: Mapped[str]  # JSON: title, published, link and file_id of each, in the page's order

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
