"""What a restore leaves to be decided: messages that may have been sent since the backup.

The database knows what was pending when the backup was made, and nothing of what was sent later.
So what was pending is put on hold, and a person decides.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ColumnElement, delete, func, select, update
from sqlalchemy.orm import Session

from storage import models
from storage.record import get_state, set_state

RESTORED = "restored at"  # name in `app_state`
BACKUP = "restored from"  # the same: the hash of the backup
MAY_HAVE_BEEN_SENT = (
    "on hold since a restore, as it may have been sent after the backup was made; "
    "`ofsted-watch messages retry` sends it, `messages cancel` does not"
)


def begin_anew(session: Session, now: datetime, backup: str) -> int:
    """Make a restored database this installation's own; gives how many messages are on hold.

    Locks and rounds name processes of the machine that the backup was made on.

    Args:
        now: the present.
        backup: the backup's hash.
    """
    for table in (models.Lease, models.Round):
        session.execute(delete(table))
    pending = (models.Delivery.state == "pending", models.Delivery.on_hold_since.is_(None))
    held = session.scalar(select(func.count()).where(*pending)) or 0
    _hold(session, now, *pending)
    set_state(session, RESTORED, now.isoformat())
    set_state(session, BACKUP, backup)
    session.flush()
    return held


def hold_event(session: Session, event_id: int) -> None:
    """Put the pending messages about an event on hold; they may have been sent before."""
    since = last_restore(session)
    if since is not None:
        is_its = models.Delivery.event_id == event_id
        _hold(session, since, is_its, models.Delivery.state == "pending")


def _hold(session: Session, since: datetime, *which: ColumnElement[bool]) -> None:
    session.execute(
        update(models.Delivery)
        .where(*which)
        .values(on_hold_since=since, error=MAY_HAVE_BEEN_SENT)
        .execution_options(synchronize_session="fetch")
    )


def last_restore(session: Session) -> datetime | None:
    """When the database was last restored from a backup; None: never."""
    found = get_state(session, RESTORED)
    return datetime.fromisoformat(found) if found else None


def on_hold(session: Session) -> tuple[int, datetime] | None:
    """How many messages are on hold, and since when; None: none is."""
    since = models.Delivery.on_hold_since
    number, first = session.execute(
        select(func.count(), func.min(since)).where(since.is_not(None))
    ).one()
    return (number, first) if first is not None else None
