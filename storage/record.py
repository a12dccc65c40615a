"""Writing down what was found and what follows from it, within one transaction."""

from __future__ import annotations

import hashlib
import json
import uuid
from dataclasses import dataclass
from datetime import date, datetime

from pydantic import TypeAdapter
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from ofsted.reports.model import Reading
from storage import models

READING: TypeAdapter[Reading] = TypeAdapter(Reading)


@dataclass(frozen=True, slots=True)
class Hearer:
    """Someone who hears an event; `due_at` None: not now, by a digest."""

    name: str
    channel: str
    due_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Telling:
    """An event to be written down; unique by type, subject and cause."""

    type: str
    audience: str
    subject: str  # report:12, provider:80515, recipient:scrutiny
    cause: str  # a document, or the look at which it began
    summary: str
    news: str  # JSON, kept unread
    hearers: tuple[Hearer, ...]
    urn: str | None = None
    report_id: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A row of a list, as it is written down."""

    urn: str
    key: str
    title: str
    published: date | None
    link: str | None
    file_id: str | None


@dataclass(frozen=True, slots=True)
class Bytes:
    """A document in the archive."""

    sha256: str
    size: int
    media_type: str


def tell(session: Session, telling: Telling, at: datetime) -> models.Event | None:
    """Write down an event and one delivery for each who hears it at once.

    A delivery of a report's later event waits for the first one about that
    report to the same recipient.

    Returns:
        The event; None if it was written down before.
    """
    event = models.Event(
        token=uuid.uuid4().hex,
        at=at,
        type=telling.type,
        audience=telling.audience,
        urn=telling.urn,
        report_id=telling.report_id,
        subject=telling.subject,
        cause=telling.cause,
        summary=telling.summary,
        news=telling.news,
        hearers=json.dumps([hearer.name for hearer in telling.hearers]),
    )
    try:
        with session.begin_nested():
            session.add(event)
    except IntegrityError:
        return None
    for hearer in telling.hearers:
        if hearer.due_at is not None:
            session.add(
                models.Delivery(
                    event_id=event.id,
                    recipient=hearer.name,
                    channel=hearer.channel,
                    due_at=hearer.due_at,
                    follows_id=_first_delivery(session, telling, hearer.name),
                )
            )
    session.flush()
    return event


def _first_delivery(session: Session, telling: Telling, recipient: str) -> int | None:
    if telling.report_id is None or telling.audience != "readers":
        return None
    return session.scalar(
        select(models.Delivery.id)
        .join(models.Event)
        .where(
            models.Event.report_id == telling.report_id,
            models.Event.audience == "readers",
            models.Delivery.recipient == recipient,
        )
        .order_by(models.Delivery.id)
        .limit(1)
    )


def add_report(session: Session, row: Row, *, seen: datetime, history: bool, listed: bool) -> int:
    """A report not known before; gives its id."""
    report = models.Report(
        urn=row.urn,
        title=row.title,
        published=row.published,
        link=row.link,
        file_id=row.file_id,
        history=history,
        first_seen=seen,
        listed=listed,
        ever_listed=listed,
        addresses=[models.Address(urn=row.urn, key=row.key)],
    )
    session.add(report)
    session.flush()
    return report.id


def add_address(session: Session, report_id: int, row: Row) -> None:
    """The list names a known report by this row now."""
    report = session.get_one(models.Report, report_id)
    if row.key not in {address.key for address in report.addresses}:
        report.addresses.append(models.Address(urn=row.urn, key=row.key))
    report.title, report.published = row.title, row.published
    report.link, report.file_id = row.link, row.file_id


def add_document(session: Session, document: Bytes, reading: Reading, seen: datetime) -> None:
    """A document and what the reader found in it, if they are not there yet."""
    if session.get(models.Document, document.sha256) is None:
        session.add(
            models.Document(
                sha256=document.sha256,
                bytes=document.size,
                media_type=document.media_type,
                first_seen=seen,
            )
        )
        session.flush()
    known = select(models.Reading.id).where(
        models.Reading.sha256 == document.sha256, models.Reading.parser == reading.parser
    )
    if session.scalar(known) is None:
        session.add(
            models.Reading(
                sha256=document.sha256,
                parser=reading.parser,
                status=reading.status,
                kind=reading.kind,
                found=READING.dump_json(reading, exclude={"text"}).decode(),
                text=reading.text,
                facts_sha256=facts_sha256(reading),
                made_at=seen,
            )
        )
        session.flush()


def add_version(session: Session, report_id: int, sha256: str, source: str, seen: datetime) -> bool:
    """That a report is this document from now on; False if it already was, by this source."""
    now = session.scalar(
        select(models.Version.sha256)
        .where(models.Version.report_id == report_id, models.Version.source == source)
        .order_by(models.Version.id.desc())
        .limit(1)
    )
    if now == sha256:
        return False
    session.add(models.Version(report_id=report_id, sha256=sha256, source=source, first_seen=seen))
    session.flush()
    return True


def facts_sha256(reading: Reading) -> str:
    """By this two readings are told to say the same or not."""
    facts = json.dumps(reading.facts(), sort_keys=True, default=str)
    return hashlib.sha256(facts.encode("utf-8", "replace")).hexdigest()


def note(session: Session, name: str, value: str) -> None:
    """Write down a fact about this installation."""
    session.merge(models.Note(name=name, value=value))


def noted(session: Session, name: str) -> str | None:
    """That fact; None where there is none."""
    found = session.get(models.Note, name)
    return found.value if found else None
