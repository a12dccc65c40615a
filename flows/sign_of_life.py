"""A line to whoever has heard nothing for long, so that silence means: nothing happened."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from flows.digests import seen
from flows.planned import next_check
from flows.tell import record_news
from flows.tools import Tools
from notifications import news as n
from storage import queries

SILENT = timedelta(days=30)


def give_signs(session: Session, tools: Tools, now: datetime) -> None:
    """A sign of life to each recipient that wants it and was sent nothing for 30 days."""
    for recipient in tools.recipients:
        last = queries.last_message(session, recipient.name, now)
        if not recipient.sign_of_life or last is None or now - last < SILENT:
            continue
        urns = [watch.urn for watch in tools.heard_by(recipient)]
        news = n.SignOfLife(
            recipient=recipient.name,
            since=last,
            looks=queries.looks_since(session, urns, last),
            seen=seen(session, tools, recipient),
            next_look=next_check(session, now),
        )
        subject, cause = f"recipient:{recipient.name}", f"since {last.isoformat()}"
        record_news(session, tools, news, subject=subject, cause=cause, at=now)
