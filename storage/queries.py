"""Queries for commands, messages and pages; they return values, not rows."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import case, exists, func, literal, select
from sqlalchemy.orm import Session, selectinload

from ofsted.provider_key import ProviderKey
from storage import models

SAW_A_LIST = ("unchanged", "changed", "first", "suspect")  # results of checks


@dataclass(frozen=True, slots=True)
class ProviderState:
    """The state of a provider's page."""

    code: str
    urn: str
    state: str
    since: datetime
    last_successful_check: datetime | None
    failure: str | None
    failure_since: datetime | None
    failure_checks: int
    failure_notified: datetime | None
    failure_notices: int


@dataclass(frozen=True, slots=True)
class EventLine:
    """An event with what became of its deliveries."""

    id: int
    token: str
    at: datetime
    type: str
    audience: str
    provider: ProviderKey | None
    report_id: int | None
    file_id: str | None
    summary: str
    payload: str
    recipients: str
    deliveries: dict[str, int]


@dataclass(frozen=True, slots=True)
class SendLine:
    """What became of a message when it was last tried."""

    recipient: str
    event: int
    summary: str
    result: str
    words: str


def provider_state(session: Session, provider: ProviderKey) -> ProviderState | None:
    """The state of one provider; None: never checked."""
    found = session.get(models.Provider, provider)
    return _state(found) if found else None


def provider_states(session: Session) -> dict[ProviderKey, ProviderState]:
    """The states of all providers."""
    return {each.provider_key: _state(each) for each in session.scalars(select(models.Provider))}


def _state(found: models.Provider) -> ProviderState:
    return ProviderState(
        code=found.code,
        urn=found.urn,
        state=found.state,
        since=found.since,
        last_successful_check=found.last_successful_check,
        failure=found.failure,
        failure_since=found.failure_since,
        failure_checks=found.failure_checks,
        failure_notified=found.failure_notified,
        failure_notices=found.failure_notices,
    )


def provider_names(session: Session) -> dict[ProviderKey, str]:
    """The providers' names, as their pages give them."""
    provider = models.Provider
    query = select(provider.code, provider.urn, provider.name).where(provider.name.is_not(None))
    return {ProviderKey(row.code, row.urn): row.name or "" for row in session.execute(query)}


def provider_name(session: Session, provider: ProviderKey) -> str | None:
    """What its page calls a provider; None: not known."""
    return session.scalar(
        select(models.Provider.name).where(models.is_of(models.Provider, provider))
    )


def newest_check(
    session: Session, provider: ProviderKey | None = None, *, before: datetime | None = None
) -> models.PageCheck | None:
    """The check that began last, at one provider or at any; by `before`, where it is given."""
    query = select(models.PageCheck).order_by(models.PageCheck.id.desc()).limit(1)
    if before is not None:
        query = query.where(models.PageCheck.began_at <= before)
    if provider is not None:
        query = query.where(models.is_of(models.PageCheck, provider))
    return session.scalar(query)


def newest_checks(session: Session) -> dict[ProviderKey, models.PageCheck]:
    """The check of each provider that began last, found without reading all checks."""
    check, page = models.PageCheck, models.Provider
    newest = (
        select(func.max(check.id))
        .where(check.code == page.code, check.urn == page.urn)
        .correlate(page)
        .scalar_subquery()
    )
    found = session.scalars(select(check).where(check.id.in_(select(newest).select_from(page))))
    return {each.provider_key: each for each in found}


def is_suspect(session: Session, provider: ProviderKey) -> bool:
    """Whether a provider's list was suspect when it was last seen, by the checks that saw one."""
    query = (
        select(models.PageCheck.result)
        .where(models.is_of(models.PageCheck, provider), models.PageCheck.result.in_(SAW_A_LIST))
        .order_by(models.PageCheck.id.desc())
        .limit(1)
    )
    return session.scalar(query) == "suspect"


def checks_after(session: Session, check_id: int) -> Sequence[models.PageCheck]:
    """The checks that ended and began after this one, in order."""
    return session.scalars(
        select(models.PageCheck)
        .where(models.PageCheck.id > check_id, models.PageCheck.ended_at.is_not(None))
        .order_by(models.PageCheck.id)
    ).all()


def checks_of_run(session: Session, run: str) -> Sequence[models.PageCheck]:
    """The checks that one flow run made, in order."""
    return session.scalars(
        select(models.PageCheck).where(models.PageCheck.run == run).order_by(models.PageCheck.id)
    ).all()


def events(
    session: Session,
    *,
    since: datetime | None = None,
    audience: str | None = None,
    types: Collection[str] | None = None,
    ids: Collection[int] | None = None,
) -> list[EventLine]:
    """Events in order, with their deliveries counted by state."""
    query = select(models.Event).order_by(models.Event.id)
    if since is not None:
        query = query.where(models.Event.at >= since)
    if audience is not None:
        query = query.where(models.Event.audience.in_((audience, "both")))
    if types is not None:
        query = query.where(models.Event.type.in_(types))
    if ids is not None:
        query = query.where(models.Event.id.in_(ids))
    loaded = query.options(selectinload(models.Event.deliveries), selectinload(models.Event.report))
    return [_shown(event) for event in session.scalars(loaded)]


def _shown(event: models.Event) -> EventLine:
    states = ["sent", "pending", "refused", "expired", "cancelled"]
    counted = {
        state: sum(1 for each in event.deliveries if each.state == state) for state in states
    }
    return EventLine(
        id=event.id,
        token=event.token,
        at=event.at,
        type=event.type,
        audience=event.audience,
        provider=event.provider_key,
        report_id=event.report_id,
        file_id=event.report.file_id if event.report else None,
        summary=event.summary,
        payload=event.payload,
        recipients=event.recipients,
        deliveries=counted,
    )


def newest_of_reports(
    session: Session, *, most: int | None = None, since: datetime | None = None
) -> list[EventLine]:
    """The alerts to readers about reports, the newest first."""
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


def alerts_to_readers(session: Session, since: datetime) -> list[EventLine]:
    """The alerts to readers about reports and documents since then, the newest first."""
    event = models.Event
    is_about_one = event.report_id.is_not(None) | (event.type == "document_listed")
    query = (
        select(event)
        .where(event.audience == "readers", is_about_one, event.at >= since)
        .order_by(event.id.desc())
    )
    loaded = query.options(selectinload(event.deliveries), selectinload(event.report))
    return [_shown(each) for each in session.scalars(loaded)]


def newest_of_each_provider(session: Session) -> list[EventLine]:
    """The newest alert to readers about a report of each provider."""
    event = models.Event
    newest = (
        select(func.max(event.id))
        .where(event.audience == "readers", event.report_id.is_not(None))
        .group_by(event.code, event.urn)
    )
    query = select(event).where(event.id.in_(newest)).order_by(event.id.desc())
    loaded = query.options(selectinload(event.deliveries), selectinload(event.report))
    return [_shown(each) for each in session.scalars(loaded)]


def events_of_reports(
    session: Session, provider: ProviderKey, most: int | None = None
) -> list[EventLine]:
    """The alerts to readers about a provider's reports, the newest first."""
    event = models.Event
    query = (
        select(event)
        .where(event.code == provider.code, event.urn == provider.urn)
        .where(event.audience == "readers", event.report_id.is_not(None))
        .order_by(event.id.desc())
        .limit(most)
    )
    loaded = query.options(selectinload(event.deliveries), selectinload(event.report))
    return [_shown(each) for each in session.scalars(loaded)]


def first_event_about(session: Session, report_id: int) -> EventLine | None:
    """The first alert to readers about a report; None: there was none."""
    found = session.scalar(
        select(models.Event)
        .where(models.Event.report_id == report_id, models.Event.audience == "readers")
        .order_by(models.Event.id)
        .limit(1)
    )
    return _shown(found) if found else None


def events_after(session: Session, event_id: int, most: int = 500) -> list[EventLine]:
    """Events recorded after this one, the oldest first."""
    newer = select(models.Event).where(models.Event.id > event_id).order_by(models.Event.id)
    loaded = newer.options(selectinload(models.Event.deliveries), selectinload(models.Event.report))
    return [_shown(event) for event in session.scalars(loaded.limit(most))]


def events_about(session: Session, report_id: int) -> list[EventLine]:
    """The alerts to readers about a report, in order."""
    query = (
        select(models.Event)
        .where(models.Event.report_id == report_id, models.Event.audience == "readers")
        .order_by(models.Event.id)
    )
    return [_shown(event) for event in session.scalars(query)]


def documents_to_read(session: Session, parser: str, *, failed: bool) -> list[tuple[str, str]]:
    """Documents that this version of the parser has not read: SHA-256 and media type.

    Args:
        failed: also those that it could not read.
    """
    read = select(models.Reading.id).where(
        models.Reading.sha256 == models.Document.sha256, models.Reading.parser == parser
    )
    if failed:
        read = read.where(models.Reading.status != "unread")
    is_listed = exists().where(models.ListedDocument.sha256 == models.Document.sha256)
    is_report = exists().where(models.Version.sha256 == models.Document.sha256)
    query = (
        select(models.Document)
        .where(~read.exists(), ~is_listed | is_report)  # what is only listed is never read
        .order_by(models.Document.first_seen)
    )
    return [(each.sha256, each.media_type) for each in session.scalars(query)]


def was_announced(session: Session, type_: str, subject: str) -> bool:
    """Whether an event of this type about this subject was ever recorded."""
    query = select(models.Event.id).where(
        models.Event.type == type_, models.Event.subject == subject
    )
    return session.scalar(query.limit(1)) is not None


def subjects_announced(session: Session, type_: str) -> set[str]:
    """What events of this type were ever written down about."""
    return {*session.scalars(select(models.Event.subject).where(models.Event.type == type_))}


def is_untried(session: Session, type_: str, subject: str) -> bool:
    """Whether a message about this subject is pending without any attempt."""
    query = (
        select(models.Delivery.id)
        .join(models.Event)
        .where(
            models.Event.type == type_,
            models.Event.subject == subject,
            models.Delivery.state == "pending",
            ~models.Delivery.attempt_log.any(),
        )
    )
    return session.scalar(query.limit(1)) is not None


def newest_attempt(session: Session) -> int:
    """The number of the newest attempt to send; 0: there was none."""
    return session.scalar(select(func.max(models.Attempt.id))) or 0


def sendings_after(session: Session, attempt: int) -> list[SendLine]:
    """The messages that were tried after this attempt, each by its last attempt, in order."""
    query = (
        select(models.Attempt, models.Delivery, models.Event.summary)
        .join(models.Delivery, models.Delivery.id == models.Attempt.delivery_id)
        .join(models.Event, models.Event.id == models.Delivery.event_id)
        .where(models.Attempt.id > attempt)
        .order_by(models.Attempt.id)
    )
    last = {
        delivery.id: SendLine(
            recipient=delivery.recipient,
            event=delivery.event_id,
            summary=summary,
            result=tried.result,
            words=tried.words,
        )
        for tried, delivery, summary in session.execute(query)
    }
    return [*last.values()]


def signs_of_life(session: Session) -> tuple[object, ...]:
    """Counters that change while checks, downloads, readings and sending make progress."""
    newest = [
        session.scalar(select(func.max(column)))
        for column in (
            models.PageCheck.id,
            models.PageCheck.ended_at,
            models.Reading.id,
            models.Attempt.id,
        )
    ]
    return (
        *newest,
        *session.scalars(select(models.HttpHost.not_before).order_by(models.HttpHost.name)),
    )


def last_announced(session: Session, type_: str, subject: str, now: datetime) -> datetime | None:
    """When an event of this type about this subject was last recorded, up to now; None: never."""
    event = models.Event
    announced = select(func.max(event.at)).where(event.type == type_, event.subject == subject)
    return session.scalar(announced.where(event.at <= now))


def last_sent(session: Session, recipient: str, now: datetime) -> datetime | None:
    """When a message to a recipient was last sent, up to now; None: never."""
    delivery = models.Delivery
    sent = select(func.max(delivery.sent_at)).where(delivery.recipient == recipient)
    return session.scalar(sent.where(delivery.sent_at <= now))


def checks_since(session: Session, providers: Collection[ProviderKey], since: datetime) -> int:
    """How many checks at these providers have ended since then."""
    checked = select(func.count()).where(
        models.is_of_any(models.PageCheck, providers), models.PageCheck.ended_at > since
    )
    return session.scalar(checked) or 0


def last_message(session: Session, recipient: str, now: datetime) -> datetime | None:
    """When a message to a recipient was last sent; `now` if one is pending; None: never.

    A time in the future was written by a wrong clock, and is ignored.
    """
    waits = literal(now, models.UtcTime)
    sent = func.coalesce(models.Delivery.sent_at, models.Delivery.ended_at, waits)
    query = select(func.max(sent)).where(models.Delivery.recipient == recipient, sent <= now)
    return session.scalar(query)


def deliveries(session: Session) -> Sequence[models.Delivery]:
    """Every delivery, in order."""
    return session.scalars(select(models.Delivery).order_by(models.Delivery.id)).all()


@dataclass(frozen=True, slots=True)
class DeliveryCounts:
    """How many deliveries there are of each state, and how many have lately ended in it."""

    ever: Mapping[str, int]
    lately: Mapping[str, int]


def delivery_counts(session: Session, since: datetime) -> DeliveryCounts:
    """Count them, in one statement.

    Args:
        since: what ended later has lately ended.
    """
    delivery = models.Delivery
    lately = func.sum(case((delivery.ended_at >= since, 1), else_=0)).label("lately")
    query = select(delivery.state, func.count().label("ever"), lately).group_by(delivery.state)
    rows = session.execute(query).all()
    return DeliveryCounts(
        {row.state: row.ever for row in rows}, {row.state: row.lately for row in rows}
    )
