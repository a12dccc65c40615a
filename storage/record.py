"""Records reports, documents, readings, events and deliveries, within one transaction."""

from __future__ import annotations

import hashlib
import itertools
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime

import msgspec
from sqlalchemy import delete, insert, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from ofsted.provider_key import ProviderKey
from ofsted.reports.model import Reading
from ofsted.site.model import Validators
from storage import models

INSTALLATION = "installation"  # name in `app_state`: a random id, which goes with backups


@dataclass(frozen=True, slots=True)
class Subscriber:
    """Someone who gets an event: now (`due_at`), in the next digest, or both."""

    name: str
    via: str
    due_at: datetime | None
    in_digest: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class NewEvent:
    """An event to be recorded; unique by type, subject and cause."""

    type: str
    audience: str
    subject: str  # report:12, provider:44:80515, recipient:scrutiny
    cause: str  # a document, or the check at which it began
    summary: str
    payload: str  # JSON, kept unread
    recipients: tuple[Subscriber, ...]
    provider: ProviderKey | None = None
    report_id: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ListingRow:
    """A row of a list, as it is stored."""

    provider: ProviderKey
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


@dataclass(frozen=True, slots=True)
class FetchedFile:
    """A row's file when it was last downloaded, with the validators that the site sent."""

    sha256: str
    fetched_at: datetime
    validators: Validators


def record_event(session: Session, new_event: NewEvent, at: datetime) -> models.Event | None:
    """Record an event with its immediate deliveries and its entries for digests.

    A delivery of a report's later event waits for the first one about that
    report to the same recipient.

    Returns:
        The event; None if it was recorded before.
    """
    event = models.Event(
        token=_token(session, new_event),
        at=at,
        type=new_event.type,
        audience=new_event.audience,
        code=new_event.provider.code if new_event.provider else None,
        urn=new_event.provider.urn if new_event.provider else None,
        report_id=new_event.report_id,
        subject=new_event.subject,
        cause=new_event.cause,
        summary=new_event.summary,
        payload=new_event.payload,
        recipients=json.dumps([subscriber.name for subscriber in new_event.recipients]),
    )
    try:
        with session.begin_nested():
            session.add(event)
    except IntegrityError:
        if _is_recorded(session, new_event):
            return None
        raise  # something else is wrong with it, and nothing would ever announce it
    for subscriber in new_event.recipients:
        if subscriber.due_at is not None:
            session.add(
                models.Delivery(
                    event_id=event.id,
                    recipient=subscriber.name,
                    via=subscriber.via,
                    due_at=subscriber.due_at,
                    thread_root_id=_first_delivery(session, new_event, subscriber.name),
                )
            )
        if subscriber.in_digest:
            session.add(models.DigestEntry(event_id=event.id, recipient=subscriber.name))
    session.flush()
    return event


def _token(session: Session, new_event: NewEvent) -> str:
    """What the event is known by, also in Message-IDs.

    It is made of what happened and of this installation, so that an event that is found again
    after a restore has the same one as the first time. Two that would share one are numbered.
    """
    what = (
        get_state(session, INSTALLATION) or "",
        new_event.type,
        _lasting_subject(session, new_event),
        new_event.cause,
    )
    for number in itertools.count():
        token = hashlib.sha256("\0".join((*what, str(number))).encode()).hexdigest()[:32]
        if session.scalar(select(models.Event.id).where(models.Event.token == token)) is None:
            return token
    raise AssertionError


def _lasting_subject(session: Session, new_event: NewEvent) -> str:
    """The subject; a report not by its number here, but by what the page first named it."""
    if new_event.report_id is None:
        return new_event.subject
    alias = models.ReportAlias
    first = (
        select(alias.code, alias.urn, alias.key)
        .where(alias.report_id == new_event.report_id)
        .order_by(alias.id)
        .limit(1)
    )
    found = session.execute(first).first()
    return ":".join(("report", *found)) if found else new_event.subject


def _is_recorded(session: Session, new_event: NewEvent) -> bool:
    """Whether this event is recorded, perhaps by another process just now."""
    announced = select(models.Event.id).where(
        models.Event.type == new_event.type,
        models.Event.subject == new_event.subject,
        models.Event.cause == new_event.cause,
    )
    return session.scalar(announced) is not None


def _first_delivery(session: Session, new_event: NewEvent, recipient: str) -> int | None:
    if new_event.report_id is None or new_event.audience != "readers":
        return None
    return session.scalar(
        select(models.Delivery.id)
        .join(models.Event)
        .where(
            models.Event.report_id == new_event.report_id,
            models.Event.audience == "readers",
            models.Delivery.recipient == recipient,
        )
        .order_by(models.Delivery.id)
        .limit(1)
    )


def add_report(
    session: Session, row: ListingRow, *, seen: datetime, baseline: bool, listed: bool
) -> int:
    """A report not known before; gives its id."""
    report = models.Report(
        code=row.provider.code,
        urn=row.provider.urn,
        title=row.title,
        published=row.published,
        link=row.link,
        file_id=row.file_id,
        baseline=baseline,
        first_seen=seen,
        listed=listed,
        ever_listed=listed,
        aliases=[_address(row)],
    )
    session.add(report)
    session.flush()
    return report.id


def _address(row: ListingRow) -> models.ReportAlias:
    return models.ReportAlias(
        code=row.provider.code, urn=row.provider.urn, key=row.key, link=row.link
    )


def add_alias(
    session: Session, report_id: int, row: ListingRow, *, assumed_since: datetime | None = None
) -> None:
    """Record that the list names a known report by this row now.

    Args:
        assumed_since: since when this is assumed without the row's file; None: it is certain.
    """
    add_other_alias(session, report_id, row, assumed_since=assumed_since)
    report = session.get_one(models.Report, report_id)
    report.title, report.published = row.title, row.published
    report.link, report.file_id = row.link, row.file_id


def add_other_alias(
    session: Session, report_id: int, row: ListingRow, *, assumed_since: datetime | None = None
) -> None:
    """Record that the list names a known report by this row too, besides its own row."""
    report = session.get_one(models.Report, report_id)
    alias = next((each for each in report.aliases if each.key == row.key), None)
    if alias is None:
        alias = _address(row)
        report.aliases.append(alias)
    alias.link, alias.assumed_since = row.link, assumed_since


def add_fetched(session: Session, report_id: int, key: str, file: FetchedFile) -> None:
    """Record the file that was downloaded for a report's row."""
    report = session.get_one(models.Report, report_id)
    alias = next(each for each in report.aliases if each.key == key)
    alias.fetched_sha256, alias.fetched_at = file.sha256, file.fetched_at
    alias.etag, alias.last_modified = file.validators.etag, file.validators.last_modified


def join_reports(session: Session, report_id: int, into: int) -> None:
    """Merge a report that was never announced into another one, which gets its aliases."""
    report, other = (session.get_one(models.Report, each) for each in (report_id, into))
    other.aliases += report.aliases
    session.flush()
    session.refresh(report)
    session.delete(report)
    session.flush()


def take_alias(session: Session, report_id: int, key: str) -> None:
    """Take a row's key from a report, as the row is another's; the report is no longer listed."""
    report = session.get_one(models.Report, report_id)
    report.aliases = [alias for alias in report.aliases if alias.key != key]
    last = report.aliases[-1]
    kind, _, name = last.key.partition(":")
    report.link, report.file_id = last.link, name if kind == "file" else None
    report.listed = False
    session.flush()


def record_listing(
    session: Session,
    provider: ProviderKey,
    rows: Sequence[ListingRow],
    seen_at: datetime,
    sha256: str,
) -> None:
    """The rows of a provider's page as a successful check saw them, instead of the last ones.

    Args:
        sha256: of the page's bytes.
    """
    seen = [
        {
            "title": row.title,
            "published": row.published.isoformat() if row.published else None,
            "link": row.link,
            "file_id": row.file_id,
        }
        for row in rows
    ]
    kept = json.dumps(seen, ensure_ascii=False)
    session.merge(
        models.Listing(
            code=provider.code, urn=provider.urn, seen_at=seen_at, rows=kept, sha256=sha256
        )
    )


def add_document(session: Session, document: Bytes, reading: Reading, seen: datetime) -> None:
    """Record a new document with its reading; does nothing for one that was read before.

    Known documents are read again only for the whole archive at once (`record_reading`), so that
    a change of the parser never looks like a change that Ofsted made.
    """
    if add_file(session, document, seen) or not _is_read(session, document.sha256):
        record_reading(session, reading, seen)


def _is_read(session: Session, sha256: str) -> bool:
    """False for a document that was only listed until now."""
    query = select(models.Reading.id).where(models.Reading.sha256 == sha256)
    return session.scalar(query.limit(1)) is not None


def add_file(session: Session, document: Bytes, seen: datetime) -> bool:
    """Record a document in the archive; False: it was known."""
    if session.get(models.Document, document.sha256) is not None:
        return False
    session.add(
        models.Document(
            sha256=document.sha256,
            bytes=document.size,
            media_type=document.media_type,
            first_seen=seen,
        )
    )
    session.flush()
    return True


def reading_to_json(reading: Reading) -> str:
    """A reading as it is kept, less its text, which has a column of its own."""
    found = msgspec.to_builtins(reading)
    del found["text"]
    return msgspec.json.encode(found).decode()


def reading_from_json(text: str) -> Reading:
    """The reading that `reading_to_json` wrote, in this version or an earlier one.

    Raises:
        ValueError: it is no such JSON.
    """
    return msgspec.json.decode(text, type=Reading)


def record_reading(session: Session, reading: Reading, made: datetime) -> None:
    """Record a version's reading of a document; replaces an earlier one of the same version."""
    known = select(models.Reading).where(
        models.Reading.sha256 == reading.sha256, models.Reading.parser == reading.parser_version
    )
    row = session.scalar(known)
    if row is None:
        row = models.Reading(sha256=reading.sha256, parser=reading.parser_version)
        session.add(row)
    row.status, row.kind, row.framework = reading.status, reading.kind, reading.framework
    row.first_day, row.last_day = reading.first_day, reading.last_day
    row.outcome, row.theme = reading.outcome, reading.theme
    row.found = reading_to_json(reading)
    row.text, row.facts_sha256 = reading.text, facts_sha256(reading)
    row.made_at = made
    session.flush()
    _put_parts(session, row.id, reading)


def _put_parts(session: Session, reading_id: int, reading: Reading) -> None:
    """Store a reading's judgements, improvements and inspectors; replaces earlier ones."""
    for table in (models.Judgement, models.Improvement, models.Inspector):
        session.execute(delete(table).where(table.reading_id == reading_id))
    parts = (
        (models.Judgement, map(asdict, reading.judgements)),
        (models.Improvement, map(asdict, reading.improvements)),
        (models.Inspector, map(asdict, reading.inspectors)),
    )
    for table, found in parts:
        rows = [
            {"reading_id": reading_id, "position": position, **part}
            for position, part in enumerate(found, 1)
        ]
        if rows:
            session.execute(insert(table), rows)


def add_version(session: Session, report_id: int, sha256: str, source: str, seen: datetime) -> bool:
    """Record that a report is this document from now on; False: it already was, by this source."""
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
    """A hash that is equal if two readings have the same facts."""
    facts = json.dumps(reading.facts(), sort_keys=True, default=str)
    return hashlib.sha256(facts.encode("utf-8", "replace")).hexdigest()


def set_state(session: Session, name: str, value: str) -> None:
    """Store a fact about this installation."""
    session.merge(models.AppState(name=name, value=value))


def get_state(session: Session, name: str) -> str | None:
    """A stored fact; None: there is none."""
    found = session.get(models.AppState, name)
    return found.value if found else None


def get_states(session: Session, *names: str) -> dict[str, str]:
    """Those of these facts that are stored, in one statement."""
    state = models.AppState
    query = select(state.name, state.value).where(state.name.in_(names))
    return {row.name: row.value for row in session.execute(query)}


def noted_under(session: Session, prefix: str) -> dict[str, str]:
    """The stored facts whose names begin with this, by the rest of their names."""
    query = select(models.AppState.name, models.AppState.value).where(
        models.AppState.name.startswith(prefix, autoescape=True)
    )
    return {row.name.removeprefix(prefix): row.value for row in session.execute(query)}


def delete_state(session: Session, name: str) -> None:
    """Delete a stored fact, if there is one."""
    session.execute(delete(models.AppState).where(models.AppState.name == name))


def delete_states(session: Session, start: str) -> None:
    """Delete the stored facts whose names begin with this."""
    named = models.AppState.name.startswith(start, autoescape=True)
    session.execute(delete(models.AppState).where(named))
