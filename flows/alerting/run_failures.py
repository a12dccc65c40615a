"""Notifies operators of flow runs that failed or crashed, and when they work again.

What a run found (an unreachable page, a discrepancy) has its own events and is no failure here.
"""

from __future__ import annotations

from datetime import datetime

from flows.alerting.announce import announce
from flows.context.context import AppContext
from notifications import events as ev
from storage.record import delete_state, get_state, set_state

EPISODE = "run failed: "  # name in `app_state`; the flow's name follows


def record_failure(context: AppContext, flow: str, run: str, why: str, *, kind: str) -> None:
    """Notify operators, at most once a day for each flow and kind of failure.

    Args:
        flow: its name, such as `check-for-reports`.
        run: the run's name, as the Prefect UI shows it.
        why: what happened, in words; no secret may be in it.
        kind: what makes it the same failure, such as the exception's type.
    """
    now = context.clock.now()
    with context.database.write() as session:
        event = ev.RunFailed(flow=flow, run=run, why=why, at=now)
        cause = f"{now.date().isoformat()} {kind}"
        announce(session, context, event, subject=f"flow:{flow}", cause=cause, at=now)
        if get_state(session, EPISODE + flow) is None:
            set_state(session, EPISODE + flow, now.isoformat())


def record_recovery(context: AppContext, flow: str) -> None:
    """A run succeeded; notify operators if they were notified of a failure of this flow."""
    with context.database.read() as session:
        since = get_state(session, EPISODE + flow)
    if since is None:
        return
    now = context.clock.now()
    with context.database.write() as session:
        event = ev.RunRecovered(flow=flow, since=datetime.fromisoformat(since), until=now)
        announce(session, context, event, subject=f"flow:{flow}", cause=since, at=now)
        delete_state(session, EPISODE + flow)
