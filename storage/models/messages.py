"""Events, the deliveries of each event to its recipients, attempts, and channel outages."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Double, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ofsted.provider_key import ProviderKey
from storage.models.base import NEVER_REUSED, Base, Name
from storage.models.reports import Report


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
        """The provider it is about; None: none."""
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
    on_hold_since: Mapped[datetime | None]  # restored: may have been sent; a person decides

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
