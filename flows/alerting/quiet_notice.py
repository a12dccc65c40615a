"""A short "still running" message to recipients who got no other for 30 days."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from flows.alerting.announce import announce
from flows.alerting.digests import standings
from flows.context.context import AppContext
from flows.context.planned import next_check
from notifications import events as ev
from storage import queries
from storage.restored import last_restore

SILENT = timedelta(days=30)


def send_quiet_notices(session: Session, context: AppContext, now: datetime) -> None:
    """Send a quiet notice to each recipient that wants one and got no message for 30 days.

    After a restore the 30 days begin anew: what was sent since the backup is not known.
    """
    restored_at = last_restore(session)
    for recipient in context.recipients:
        last = queries.last_message(session, recipient.name, now)
        if not recipient.quiet_notice or last is None:
            continue
        if now - max(last, restored_at or last) < SILENT:
            continue
        keys = [page.key for page in context.pages_of(recipient)]
        event = ev.QuietNotice(
            recipient=recipient.name,
            since=last,
            checks=queries.checks_since(session, keys, last),
            standings=standings(session, context, recipient),
            next_check=next_check(session, now),
        )
        subject, cause = f"recipient:{recipient.name}", f"since {last.isoformat()}"
        announce(session, context, event, subject=subject, cause=cause, at=now)
