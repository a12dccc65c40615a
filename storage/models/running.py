"""State of the running program: rounds, leases, hosts, cached pages, the audit's findings."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Double
from sqlalchemy.orm import Mapped, mapped_column

from storage.models.base import Base, Name


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


class Lease(Base):
    """A lock on one thing to do; it is free once the process that holds it is dead."""

    __tablename__ = "lease"

    name: Mapped[str] = mapped_column(Name, primary_key=True)
    holder: Mapped[str] = mapped_column(Name)  # a process, by the name of its lock
    since: Mapped[datetime]  # real time, to be shown: nothing runs out by it


class HttpHost(Base):
    """The pauses and the robots.txt of one host."""

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


class AuditDiscrepancy(Base):
    """A discrepancy that the audit found, until it is put right."""

    __tablename__ = "audit_discrepancy"

    key: Mapped[str] = mapped_column(primary_key=True)
    words: Mapped[str]
    found_at: Mapped[datetime]


class AppState(Base):
    """A fact about this installation: when the service started, which seeds are in."""

    __tablename__ = "app_state"

    name: Mapped[str] = mapped_column(Name, primary_key=True)
    value: Mapped[str]
