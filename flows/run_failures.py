"""Flow runs that ended by an exception, a time limit or a crash, and that they work again.

What a run found (a page not seen, a discrepancy) has events of its own and is no failure here.
"""

from __future__ import annotations

from datetime import datetime

from flows.tell import record_news
from flows.tools import Tools
from notifications import news as n
from storage.record import forget, note, noted

EPISODE = "run failed: "  # and the flow's name


def record_failure(tools: Tools, flow: str, run: str, why: str, *, kind: str) -> None:
    """Notify operators, once a flow, kind and day.

    Args:
        flow: its name, such as `watch`.
        run: the run's name, as the Prefect UI shows it.
        why: what happened, in words; no secret may be in it.
        kind: what makes it the same failure, such as the exception's type.
    """
    now = tools.clock.now()
    with tools.database.write() as session:
        news = n.RunFailed(flow=flow, run=run, why=why, at=now)
        cause = f"{now.date().isoformat()} {kind}"
        record_news(session, tools, news, subject=f"flow:{flow}", cause=cause, at=now)
        if noted(session, EPISODE + flow) is None:
            note(session, EPISODE + flow, now.isoformat())


def record_recovery(tools: Tools, flow: str) -> None:
    """A run ended as it should: operators who were notified of failures are told that it did."""
    with tools.database.read() as session:
        since = noted(session, EPISODE + flow)
    if since is None:
        return
    now = tools.clock.now()
    with tools.database.write() as session:
        news = n.RunRecovered(flow=flow, since=datetime.fromisoformat(since), until=now)
        record_news(session, tools, news, subject=f"flow:{flow}", cause=since, at=now)
        forget(session, EPISODE + flow)
