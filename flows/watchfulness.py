"""Noticing that no look begins although the schedule says so."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from sqlalchemy import select

from flows.schedule import longest_gap
from flows.tell import record_news
from flows.tools import Tools
from notifications import news as n
from storage import models, queries


class Overdue:
    """Watches over the looks, from the service's start on."""

    def __init__(self, tools: Tools, started: datetime) -> None:
        self._tools = tools
        self._started = started

    def check(self, why: Callable[[], str]) -> bool:
        """Tell operators, once a silence, that no look has begun for twice the longest gap.

        Args:
            why: asked for the cause, in words, when it is to be told.
        """
        tools, now = self._tools, self._tools.clock.now()
        with tools.database.read() as session:
            newest = queries.newest_look(session)
        since = max(self._started, newest.began_at) if newest else self._started
        if now - since <= 2 * longest_gap(tools.settings.schedule, now):
            return False
        cause = why()
        with tools.database.write() as session:
            news = n.LookOverdue(since=since, why=cause)
            record_news(session, tools, news, subject="service", cause=since.isoformat(), at=now)
            for provider in session.scalars(select(models.Provider)):
                if provider.state in {"well", "new"}:
                    provider.state, provider.since = "overdue", now
        return True
