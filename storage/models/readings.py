"""What was read in a document: the reading and its values, a row each."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from storage.models.base import Base, Name

if TYPE_CHECKING:
    from storage.models.reports import Document


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

    A report's lines are rewritten when its reading or an older report changes.
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
