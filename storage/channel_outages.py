"""Channels that are down, and the messages pending for them; each is probed hourly."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, delete, select, update
from sqlalchemy.orm import Session

from storage import models

PROBE = timedelta(hours=1)


def open_outage(
    session: Session, name: str, words: str, now: datetime, *, since: datetime | None = None
) -> datetime | None:
    """Record that a channel is down; it is probed in an hour.

    Args:
        since: when it began to fail, if that was noticed only later; None: now.

    Returns:
        Since when it is down, if that is new; None if it was known.
    """
    outage = session.get(models.ChannelOutage, name)
    if outage is not None:
        outage.words, outage.probe_at = words, now + PROBE
        return None
    down = models.ChannelOutage(
        name=name, down_since=since or now, words=words, probe_at=now + PROBE
    )
    session.add(down)
    return down.down_since


def postpone_probe(session: Session, name: str, now: datetime) -> None:
    """After an attempt with an unclear result: probe the channel again in an hour."""
    outage = session.get(models.ChannelOutage, name)
    if outage is not None:
        outage.probe_at = now + PROBE


def close_outage(session: Session, name: str) -> datetime | None:
    """Record that a channel works; gives since when it was down. None: it was not."""
    outage = session.get(models.ChannelOutage, name)
    if outage is None:
        return None
    session.delete(outage)
    return outage.down_since


def close_others(session: Session, names: Collection[str]) -> None:
    """Delete the outages of channels that no recipient uses any more (all but these)."""
    session.execute(delete(models.ChannelOutage).where(models.ChannelOutage.name.not_in(names)))


def open_outages(session: Session) -> dict[str, models.ChannelOutage]:
    """Channels known to be down, by name."""
    return {outage.name: outage for outage in session.scalars(select(models.ChannelOutage))}


def make_due(session: Session, recipients: Collection[str], now: datetime) -> None:
    """Make all pending messages to these recipients due, so that any may be the next probe."""
    session.execute(
        update(models.Delivery)
        .where(*_waiting_for(recipients), models.Delivery.due_at > now)
        .values(due_at=now)
    )


def hold(session: Session, recipients: Collection[str], since: datetime, now: datetime) -> None:
    """Leave the time of an outage out of the expiry of these recipients' messages."""
    waiting = select(models.Delivery).where(*_waiting_for(recipients))
    for delivery in session.scalars(waiting):
        began = max(since, delivery.event.at)
        delivery.held += max(0.0, (now - began).total_seconds())


def _waiting_for(recipients: Collection[str]) -> tuple[ColumnElement[bool], ...]:
    return models.Delivery.state == "pending", models.Delivery.recipient.in_(recipients)
