"""The failed attempts of a channel since it last worked, and when it was last tried."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import Session

from storage import models


@dataclass(frozen=True, slots=True)
class Failure:
    """A failed attempt to send a message that is still pending."""

    at: datetime
    recipient: str
    stage: str
    result: str
    words: str


def failures(session: Session, recipients: Collection[str]) -> list[Failure]:
    """Failed attempts to reach these recipients, in order, since the channel last worked.

    A message that was accepted, or refused for good, shows that the channel works.
    """
    attempt, delivery = models.Attempt, models.Delivery
    query = (
        select(
            attempt.id,
            attempt.at,
            delivery.recipient,
            attempt.stage,
            attempt.result,
            attempt.words,
        )
        .join(delivery)
        .where(delivery.state == "pending", delivery.recipient.in_(recipients))
        .order_by(attempt.id)
    )
    failed = session.execute(query).all()
    if not failed:
        return []
    proof = or_(
        attempt.result == "sent",
        and_(attempt.result == "refused", delivery.state == "refused"),
    )
    last = session.scalar(
        select(func.max(attempt.id))
        .join(delivery)
        .where(attempt.id > failed[0].id, delivery.recipient.in_(recipients), proof)
    )
    return [Failure(*row[1:]) for row in failed if row.id > (last or 0)]


def is_refused_alone(
    session: Session, recipient: str, others: Collection[str], stages: Collection[str]
) -> bool:
    """Whether a refusal that concerned us hit only this recipient: others were accepted since."""

    def last(*where: ColumnElement[bool]) -> int:
        query = select(func.max(models.Attempt.id)).join(models.Delivery).where(*where)
        return session.scalar(query) or 0

    its, sent = models.Delivery.recipient == recipient, models.Attempt.result == "sent"
    refused = last(its, models.Attempt.result == "channel_down", models.Attempt.stage.in_(stages))
    if not refused or last(its, sent) > refused:
        return False
    return last(models.Delivery.recipient.in_(others), sent) > refused


def last_try(session: Session, recipients: Collection[str], now: datetime) -> datetime | None:
    """When the last attempt to reach one of these ended; None: never up to now."""
    return session.scalar(
        select(func.max(models.Attempt.at))
        .join(models.Delivery)
        .where(models.Delivery.recipient.in_(recipients), models.Attempt.at <= now)
    )
