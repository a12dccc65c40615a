"""What people ask of the database, as values."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, literal, select
from sqlalchemy.orm import Session, selectinload

from storage import models

SAW_A_LIST = ("unchanged", "changed", "first", "suspect")  # outcomes of looks


@dataclass(frozen=True, slots=True)
class ProviderState:
    """How well a provider's page is seen."""

    urn: str
    state: str
    since: datetime
    last_good_look: datetime | None
    trouble: str | None
    trouble_since: datetime | None
    trouble_looks: int
    trouble_told: datetime | None
    trouble_tellings: int


@dataclass(frozen=True, slots=True)
class EventShown:
    """An event with what became of its deliveries."""

    id: int
    at: datetime
    type: str
    audience: str
    urn: str | None
    report_id: int | None
    file_id: str | None
    summary: str
    news: str
    hearers: str
    deliveries: dict[str, int]


@dataclass(frozen=True, slots=True)
class Sending:
    """What became of a message when it was last tried."""

    recipient: str
    event: int
    summary: str
    outcome: str
    words: str


def provider_state(session: Session, urn: str) -> ProviderState | None:
    """The state of one provider; None: never looked at."""
    found = session.get(models.Provider, urn)
    if found is None:
        return None
    return ProviderState(
        urn=found.urn,
        state=found.state,
        since=found.since,
        last_good_look=found.last_good_look,
        trouble=found.trouble,
        trouble_since=found.trouble_since,
        trouble_looks=found.trouble_looks,
        trouble_told=found.trouble_told,
        trouble_tellings=found.trouble_tellings,
    )


def newest_look(
    session: Session, urn: str | None = None, *, before: datetime | None = None
) -> models.Look | None:
    """The look that began last, at one provider or at any; by `before`, where it is given."""
    query = select(models.Look).order_by(models.Look.id.desc()).limit(1)
    if before is not None:
        query = query.where(models.Look.began_at <= before)
    if urn is not None:
        query = query.where(models.Look.urn == urn)
    return session.scalar(query)


def is_suspect(session: Session, urn: str) -> bool:
    """Whether a provider's list was suspect when it was last seen, by the looks that saw one."""
    query = (
        select(models.Look.outcome)
        .where(models.Look.urn == urn, models.Look.outcome.in_(SAW_A_LIST))
        .order_by(models.Look.id.desc())
        .limit(1)
    )
    return session.scalar(query) == "suspect"


def looks_after(session: Session, look_id: int) -> Sequence[models.Look]:
    """The looks that ended and began after this one, in order."""
    return session.scalars(
        select(models.Look)
        .where(models.Look.id > look_id, models.Look.ended_at.is_not(None))
        .order_by(models.Look.id)
    ).all()


def looks_of_run(session: Session, run: str) -> Sequence[models.Look]:
    """The looks that one flow run made, in order."""
    return session.scalars(
        select(models.Look).where(models.Look.run == run).order_by(models.Look.id)
    ).all()


def events(
    session: Session,
    *,
    since: datetime | None = None,
    audience: str | None = None,
    type_: str | None = None,
    ids: Collection[int] | None = None,
) -> list[EventShown]:
    """Events in order, with their deliveries counted by state."""
    query = select(models.Event).order_by(models.Event.id)
    if since is not None:
        query = query.where(models.Event.at >= since)
    if audience is not None:
        query = query.where(models.Event.audience.in_((audience, "both")))
    if type_ is not None:
        query = query.where(models.Event.type == type_)
    if ids is not None:
        query = query.where(models.Event.id.in_(ids))
    loaded = query.options(selectinload(models.Event.deliveries), selectinload(models.Event.report))
    return [_shown(event) for event in session.scalars(loaded)]


def _shown(event: models.Event) -> EventShown:
    states = ["sent", "waiting", "refused", "expired", "settled"]
    counted = {
        state: sum(1 for each in event.deliveries if each.state == state) for state in states
    }
    return EventShown(
        id=event.id,
        at=event.at,
        type=event.type,
        audience=event.audience,
        urn=event.urn,
        report_id=event.report_id,
        file_id=event.report.file_id if event.report else None,
        summary=event.summary,
        news=event.news,
        hearers=event.hearers,
        deliveries=counted,
    )


def newest_of_reports(
    session: Session, *, most: int | None = None, since: datetime | None = None
) -> list[EventShown]:
    """What readers were told of reports, the newest first."""
    query = (
        select(models.Event)
        .where(models.Event.audience == "readers", models.Event.report_id.is_not(None))
        .order_by(models.Event.id.desc())
        .limit(most)
    )
    if since is not None:
        query = query.where(models.Event.at >= since)
    loaded = query.options(selectinload(models.Event.deliveries), selectinload(models.Event.report))
    return [_shown(event) for event in session.scalars(loaded)]


def first_event_about(session: Session, report_id: int) -> EventShown | None:
    """The first thing that readers were told of a report."""
    found = session.scalar(
        select(models.Event)
        .where(models.Event.report_id == report_id, models.Event.audience == "readers")
        .order_by(models.Event.id)
        .limit(1)
    )
    return _shown(found) if found else None


def events_about(session: Session, report_id: int) -> list[EventShown]:
    """What readers were told of a report, in order."""
    query = (
        select(models.Event)
        .where(models.Event.report_id == report_id, models.Event.audience == "readers")
        .order_by(models.Event.id)
    )
    return [_shown(event) for event in session.scalars(query)]


def documents_to_read(session: Session, parser: str, *, failed: bool) -> list[tuple[str, str]]:
    """Documents that this version of the reader has not read: SHA-256 and media type.

    Args:
        failed: also those that it could not read.
    """
    read = select(models.Reading.id).where(
        models.Reading.sha256 == models.Document.sha256, models.Reading.parser == parser
    )
    if failed:
        read = read.where(models.Reading.status != "unread")
    query = select(models.Document).where(~read.exists()).order_by(models.Document.first_seen)
    return [(each.sha256, each.media_type) for each in session.scalars(query)]


def was_told(session: Session, type_: str, subject: str) -> bool:
    """Whether an event of this type was ever written down about this."""
    query = select(models.Event.id).where(
        models.Event.type == type_, models.Event.subject == subject
    )
    return session.scalar(query.limit(1)) is not None


def is_untried(session: Session, type_: str, subject: str) -> bool:
    """Whether a message about this waits that nobody has tried to send yet."""
    query = (
        select(models.Delivery.id)
        .join(models.Event)
        .where(
            models.Event.type == type_,
            models.Event.subject == subject,
            models.Delivery.state == "waiting",
            ~models.Delivery.tries.any(),
        )
    )
    return session.scalar(query.limit(1)) is not None


def newest_attempt(session: Session) -> int:
    """The number of the newest attempt to send; 0: there was none."""
    return session.scalar(select(func.max(models.Try.id))) or 0


def sendings_after(session: Session, attempt: int) -> list[Sending]:
    """The messages that were tried after this attempt, each by its last attempt, in order."""
    query = (
        select(models.Try, models.Delivery, models.Event.summary)
        .join(models.Delivery, models.Delivery.id == models.Try.delivery_id)
        .join(models.Event, models.Event.id == models.Delivery.event_id)
        .where(models.Try.id > attempt)
        .order_by(models.Try.id)
    )
    last = {
        delivery.id: Sending(
            recipient=delivery.recipient,
            event=delivery.event_id,
            summary=summary,
            outcome=tried.outcome,
            words=tried.words,
        )
        for tried, delivery, summary in session.execute(query)
    }
    return [*last.values()]


def signs_of_life(session: Session) -> tuple[object, ...]:
    """What changes while looks, downloads, readings and sending go on."""
    newest = [
        session.scalar(select(func.max(column)))
        for column in (models.Look.id, models.Look.ended_at, models.Reading.id, models.Try.id)
    ]
    return (*newest, *session.scalars(select(models.Host.not_before).order_by(models.Host.name)))


def last_told(session: Session, type_: str, subject: str, now: datetime) -> datetime | None:
    """When an event of this type was last written down about this; None: never up to now."""
    event = models.Event
    told = select(func.max(event.at)).where(event.type == type_, event.subject == subject)
    return session.scalar(told.where(event.at <= now))


def last_sent(session: Session, recipient: str, now: datetime) -> datetime | None:
    """When a recipient last took something; None: never up to now."""
    delivery = models.Delivery
    sent = select(func.max(delivery.sent_at)).where(delivery.recipient == recipient)
    return session.scalar(sent.where(delivery.sent_at <= now))


def looks_since(session: Session, urns: Collection[str], since: datetime) -> int:
    """How many looks at these providers have ended since then."""
    looked = select(func.count()).where(models.Look.urn.in_(urns), models.Look.ended_at > since)
    return session.scalar(looked) or 0


def last_message(session: Session, recipient: str, now: datetime) -> datetime | None:
    """When a recipient was last sent something; `now` while something waits; None: never.

    A time that is to come was written by a wrong clock, and tells nothing.
    """
    waits = literal(now, models.UtcTime)
    sent = func.coalesce(models.Delivery.sent_at, models.Delivery.ended_at, waits)
    query = select(func.max(sent)).where(models.Delivery.recipient == recipient, sent <= now)
    return session.scalar(query)


def deliveries(session: Session) -> Sequence[models.Delivery]:
    """Every delivery, in order."""
    return session.scalars(select(models.Delivery).order_by(models.Delivery.id)).all()


def deliveries_by_state(session: Session, since: datetime | None = None) -> dict[str, int]:
    """How many deliveries are in each state; ended ones only since a time."""
    query = select(models.Delivery.state, func.count().label("number")).group_by(
        models.Delivery.state
    )
    if since is not None:
        query = query.where(
            (models.Delivery.ended_at.is_(None)) | (models.Delivery.ended_at >= since)
        )
    return {row.state: row.number for row in session.execute(query)}
