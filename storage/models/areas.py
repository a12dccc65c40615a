"""Areas that are watched as a whole: their providers, and the documents on their pages.

Nothing of them is read; that is why they are not reports.
"""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from ofsted.provider_key import ProviderKey
from storage.models.base import NEVER_REUSED, Base, Name


class Area(Base):
    """An area, and how its list stood when it was last read."""

    __tablename__ = "area"

    dfe_code: Mapped[str] = mapped_column(Name, primary_key=True)
    first_listed: Mapped[datetime | None]  # when all of its list was first read: the baseline
    walked_at: Mapped[datetime | None]  # when all of it was last read
    total: Mapped[int | None]  # providers that the search announced then or since
    sha256: Mapped[str | None] = mapped_column(String(64))  # of its first page, all taken in
    left_out: Mapped[str | None]  # types, one a line, when it was last read


class AreaProvider(Base):
    """A provider of an area: from the search there, or from the settings."""

    __tablename__ = "area_provider"
    __table_args__ = (Index("ix_area_provider_code_urn", "code", "urn"),)

    dfe_code: Mapped[str] = mapped_column(Name, ForeignKey("area.dfe_code"), primary_key=True)
    code: Mapped[str] = mapped_column(Name, primary_key=True)
    urn: Mapped[str] = mapped_column(Name, primary_key=True)
    name: Mapped[str | None]  # None: Ofsted withholds it, or its page was not read yet
    is_withheld: Mapped[bool] = mapped_column(default=False)  # by its page; a row does not undo it
    kind: Mapped[str]  # the category as Ofsted prints it, or our word for its type
    provider_type: Mapped[str] = mapped_column(Name)  # of `ofsted.provider_types`
    is_extra: Mapped[bool] = mapped_column(default=False)  # by the settings, not by the search
    latest_report: Mapped[date | None]  # the row's day, as far as its page was opened for it
    first_seen: Mapped[datetime]
    gone_since: Mapped[datetime | None]  # not in the list of open providers
    opened_at: Mapped[datetime | None]  # its page, successfully
    waiting_since: Mapped[datetime | None]  # its page should be read, and could not be
    tries: Mapped[int] = mapped_column(default=0)  # since then
    failure: Mapped[str | None]

    @property
    def provider_key(self) -> ProviderKey:
        """What identifies it."""
        return ProviderKey(self.code, self.urn)


class ListedDocument(Base):
    """An entry of a provider's page, under the key that the page gives it; never read."""

    __tablename__ = "listed_document"
    __table_args__ = (UniqueConstraint("code", "urn", "key"), NEVER_REUSED)

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(Name)
    urn: Mapped[str] = mapped_column(Name)
    key: Mapped[
        str
    ]  # `file:50283346`, a link, title and day; `search:2026-06-05`: by its row alone
    title: Mapped[str]
    published: Mapped[date | None]
    inspected: Mapped[date | None]
    grade: Mapped[str | None]  # as the entry itself prints it
    link: Mapped[str | None]
    file_id: Mapped[str | None] = mapped_column(Name, index=True)
    baseline: Mapped[bool]
    first_seen: Mapped[datetime]
    gone_since: Mapped[datetime | None]  # the page was read, and it was not there
    announced_at: Mapped[datetime | None]
    sha256: Mapped[str | None] = mapped_column(String(64), ForeignKey("document.sha256"))
    failing_since: Mapped[datetime | None]  # its file could not be downloaded
    failing_why: Mapped[str | None]
    next_fetch: Mapped[datetime | None]  # None: not to be fetched, or not again

    @property
    def provider_key(self) -> ProviderKey:
        """Whose page it is on."""
        return ProviderKey(self.code, self.urn)
