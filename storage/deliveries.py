"""Deliveries: claiming one, marking how an attempt ended, expiring with a message to operators.

A delivery is marked only after the attempt. The steps are short transactions of
their own; none is open while something is sent.
"""

from __future__ import annotations

import random
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from sqlalchemy import ColumnElement, func, select, update
from sqlalchemy.orm import Session, aliased, defer, joinedload

from storage import models
from storage.leases import Hold, LeaseLostError, held, take
from storage.record import get_state

LEASE = "delivery "  # the lease's name, before the id
WAITS = tuple(timedelta(minutes=m) for m in (1, 5, 15, 60, 180, 360, 720))  # after the n-th try
LONGEST = WAITS[-1]  # whatever another side asks for, and whatever a wrong clock wrote
AFTER_UNKNOWN = timedelta(minutes=15)
DELAYED = timedelta(hours=2) - timedelta(minutes=1)  # two hours; an attempt is dated by its end
EXPIRES = {"operators": timedelta(days=3)}
EXPIRES_OTHERWISE = timedelta(days=7)
ATTEMPTS_BEFORE_EXPIRY = 3
MAY_PASS = timedelta(hours=24)  # how long a refusal that may pass is tried again
SERVICE_STARTED = "service started"

Ended = Literal["sent", "refused", "expired"]


@dataclass(frozen=True, slots=True)
class Claimed:
    """A delivery that this process may send, until it is marked or let go."""

    id: int
    hold: Hold
    recipient: str
    event_token: str
    payload: str
    content: bytes | None  # what an earlier attempt rendered
    message_id: str | None
    dated: datetime | None
    thread_root: str | None  # message id of the first mail about the same report
    attempt: int  # its number, from 1


@dataclass(frozen=True, slots=True)
class Marked:
    """A delivery after an attempt; `ended` None: it is still pending."""

    ended: Ended | None
    summary: str  # of the event
    audience: str
    event_token: str
    may_have_arrived: bool = False


def due(session: Session, now: datetime, among: Collection[str]) -> int:
    """How many deliveries to these recipients are due and free."""
    return session.scalar(select(func.count()).where(*_claimable(session, now, among))) or 0


def claim(session: Session, now: datetime, among: Collection[str]) -> Claimed | None:
    """Claim the earliest delivery that is due to one of these recipients; None: there is none."""
    delivery = session.scalar(
        select(models.Delivery)
        .where(*_claimable(session, now, among))
        .order_by(models.Delivery.due_at, models.Delivery.id)
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    if delivery is None:
        return None
    hold = take(session, f"{LEASE}{delivery.id}")
    if hold is None:
        return None
    return Claimed(
        id=delivery.id,
        hold=hold,
        recipient=delivery.recipient,
        event_token=delivery.event.token,
        payload=delivery.event.payload,
        content=delivery.content,
        message_id=delivery.message_id,
        dated=delivery.dated,
        thread_root=delivery.thread_root.message_id if delivery.thread_root else None,
        attempt=delivery.attempts + 1,
    )


def _claimable(
    session: Session, now: datetime, among: Collection[str]
) -> tuple[ColumnElement[bool], ...]:
    first = aliased(models.Delivery)
    waits_for_first = (
        select(first.id)
        .where(
            first.id == models.Delivery.thread_root_id,
            first.state == "pending",
            first.on_hold_since.is_(None),
        )
        .exists()
    )
    return (
        models.Delivery.state == "pending",
        models.Delivery.on_hold_since.is_(None),
        models.Delivery.due_at <= now,
        models.Delivery.recipient.in_(among),
        models.Delivery.event.has(),  # one whose event is lost says nothing; the check finds it
        models.Delivery.id.not_in(under_way(session)),
        ~waits_for_first,
    )


def under_way(session: Session) -> dict[int, datetime]:
    """Deliveries claimed by a living process: since when (real time)."""
    found = held(session, LEASE)
    return {int(name.removeprefix(LEASE)): since for name, since in found.items()}


def record_content(
    session: Session, claimed: Claimed, content: bytes, message_id: str, dated: datetime
) -> None:
    """Store what will be sent, before it is sent.

    Raises:
        storage.leases.LeaseLostError: this process may no longer send it.
    """
    delivery = to_be_sent(session, claimed)
    delivery.content, delivery.message_id, delivery.dated = content, message_id, dated


def to_be_sent(session: Session, claimed: Claimed) -> models.Delivery:
    """The claimed delivery, if this process may still send it.

    Raises:
        storage.leases.LeaseLostError: another process has it, or it was sent or cancelled.
    """
    claimed.hold.check(session)
    delivery = session.get_one(models.Delivery, claimed.id)
    if delivery.state != "pending":
        raise LeaseLostError(f"{claimed.hold.name} is now {delivery.state}")
    return delivery


def mark(
    session: Session,
    claimed: Claimed,
    now: datetime,
    *,
    result: str,
    stage: str,
    code: int | None = None,
    words: str = "",
    retry_after: float | None = None,
    lasting: bool = True,
) -> Marked:
    """Record how an attempt ended, and update the delivery, unless another process has claimed it.

    If our lock was lost but nobody else has claimed it, the result is still recorded. That it was
    sent is recorded in any case.

    Args:
        result: `sent`, `later`, `refused`, `channel_down` or `unknown`.
        stage: what was being done.
        code: the other side's.
        words: what it said.
        retry_after: seconds that it asked us to wait.
        lasting: of a refusal; False: it may pass within a day.
    """
    is_ours = claimed.hold.is_named(session)
    delivery = session.get_one(models.Delivery, claimed.id)
    delivery.attempt_log.append(
        models.Attempt(at=now, stage=stage, result=result, code=code, words=words)
    )
    if is_ours:
        claimed.hold.end(session)
    if result == "sent":
        delivery.error = None
        delivery.attempts += 1
        delivery.state, delivery.sent_at = "sent", now
    elif is_ours and delivery.state == "pending":
        delivery.error = words
        _fail(session, delivery, now, result, retry_after, lasting=lasting)
    if delivery.state != "pending" and delivery.ended_at is None:
        delivery.ended_at = now
    session.flush()
    ended: Ended | None = delivery.state if delivery.state != "pending" else None  # type: ignore[assignment]
    return Marked(
        ended=ended,
        summary=delivery.event.summary,
        audience=delivery.event.audience,
        event_token=delivery.event.token,
        may_have_arrived=delivery.unknowns > 0,
    )


def _fail(
    session: Session,
    delivery: models.Delivery,
    now: datetime,
    result: str,
    retry_after: float | None,
    *,
    lasting: bool,
) -> None:
    """Update a pending delivery after a failed attempt.

    If the channel is at fault, no attempt is counted, and another delivery is the next probe. So
    one that alone is refused, with words that concern us, cannot keep the channel down.
    """
    if result == "channel_down":
        delivery.due_at = now
        return
    may_pass = result == "refused" and not lasting and not _was_refused_long_ago(delivery, now)
    delivery.attempts += 1
    if result == "later" or may_pass:
        _wait_or_expire(session, delivery, now, retry_after)
    elif result == "refused":
        delivery.state = "refused"
    else:
        _repeat_once(delivery, now)


def _wait_or_expire(
    session: Session, delivery: models.Delivery, now: datetime, retry_after: float | None
) -> None:
    if _has_expired(session, delivery, now):
        delivery.state = "expired"
        return
    wait = WAITS[min(delivery.attempts, len(WAITS)) - 1]
    wait *= random.uniform(0.8, 1.2)  # noqa: S311  # jitter
    delivery.due_at = now + min(max(wait, timedelta(seconds=retry_after or 0)), LONGEST)


def _was_refused_long_ago(delivery: models.Delivery, now: datetime) -> bool:
    refused = [each.at for each in delivery.attempt_log if each.result == "refused"]
    return now - min(refused) >= MAY_PASS


def _repeat_once(delivery: models.Delivery, now: datetime) -> None:
    """Update a delivery that may have arrived: it is sent once more and no further."""
    delivery.unknowns += 1
    if delivery.unknowns > 1:
        delivery.state = "expired"
    else:
        delivery.due_at = now + AFTER_UNKNOWN


def _has_expired(session: Session, delivery: models.Delivery, now: datetime) -> bool:
    age = now - delivery.event.at - timedelta(seconds=delivery.held)
    if age < EXPIRES.get(delivery.event.audience, EXPIRES_OTHERWISE):
        return False
    started = get_state(session, SERVICE_STARTED)
    began = datetime.fromisoformat(started) if started else None
    since = [models.Attempt.at >= began] if began and began <= now else []
    ours = (models.Attempt.delivery_id == delivery.id, models.Attempt.result != "channel_down")
    tries = session.scalar(select(func.count()).where(*ours, *since))
    return (tries or 0) >= ATTEMPTS_BEFORE_EXPIRY


@dataclass(frozen=True, slots=True)
class Delayed:
    """A delayed message; the time in which its channel was down does not count."""

    id: int
    recipient: str
    summary: str
    since: datetime
    error: str | None  # of its last attempt; None: there was none


def delayed(session: Session, now: datetime) -> list[Delayed]:
    """The messages that have been pending for two hours, in order."""
    delivery = models.Delivery
    query = (
        select(delivery)
        .join(models.Event)
        .where(
            delivery.state == "pending",
            delivery.on_hold_since.is_(None),
            models.Event.at <= now - DELAYED,
        )
        .order_by(delivery.id)
        .options(defer(delivery.content), joinedload(delivery.event))
    )
    return [
        Delayed(each.id, each.recipient, each.event.summary, each.event.at, each.error)
        for each in session.scalars(query)
        if now - each.event.at - timedelta(seconds=each.held) >= DELAYED
    ]


def pending_by_recipient(session: Session) -> dict[str, int]:
    """How many messages are pending, by the recipient's name."""
    delivery = models.Delivery
    counted = select(delivery.recipient, func.count().label("number"))
    query = counted.where(delivery.state == "pending").group_by(delivery.recipient)
    return {row.recipient: row.number for row in session.execute(query)}


def waiting_for(session: Session) -> set[str]:
    """Names of all recipients with pending messages, also those not in the settings."""
    waiting = models.Delivery.state == "pending"
    return {*session.scalars(select(models.Delivery.recipient).where(waiting).distinct())}


def cancel_for(session: Session, recipients: Collection[str], now: datetime) -> dict[str, int]:
    """Cancel the pending messages to removed recipients: name -> how many."""
    waiting = session.scalars(
        select(models.Delivery).where(
            models.Delivery.state == "pending", models.Delivery.recipient.in_(recipients)
        )
    )
    cancelled: dict[str, int] = {}
    for delivery in waiting:
        delivery.state, delivery.ended_at = "cancelled", now
        delivery.on_hold_since = None
        delivery.error = "the recipient was removed from the settings"
        cancelled[delivery.recipient] = cancelled.get(delivery.recipient, 0) + 1
    return cancelled


def retry(session: Session, ids: Collection[int], now: datetime) -> list[int]:
    """Make deliveries due now, including refused, expired and held ones; gives the ids found.

    Channels that are down are also probed now, not at the planned time.
    """
    found = _named(session, ids)
    session.execute(
        update(models.ChannelOutage).where(models.ChannelOutage.probe_at > now).values(probe_at=now)
    )
    for delivery in found:
        delivery.state, delivery.due_at = "pending", now
        delivery.ended_at = delivery.on_hold_since = None
        delivery.unknowns = 0
    return [delivery.id for delivery in found]


def cancel(session: Session, ids: Collection[int], now: datetime) -> list[int]:
    """Cancel deliveries; gives the ids found."""
    found = _named(session, ids)
    for delivery in found:
        delivery.state, delivery.ended_at = "cancelled", now
        delivery.on_hold_since, delivery.error = None, "cancelled by hand"
    return [delivery.id for delivery in found]


def _named(session: Session, ids: Collection[int]) -> Sequence[models.Delivery]:
    """Those of them that are pending, refused or expired."""
    return session.scalars(
        select(models.Delivery).where(
            models.Delivery.id.in_(ids),
            models.Delivery.state.in_(("pending", "refused", "expired")),
        )
    ).all()
