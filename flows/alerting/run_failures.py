"""Flow runs that ended by an exception, a time limit or a crash, and that they work again.

What a run found (a page not seen, a discrepancy) has events of its own and is no failure here.
"""

from __future__ import annotations

from datetime import datetime

from flows.alerting.announce import announce
from flows.context.context import AppContext
from notifications import events as ev
from storage.record import delete_state, get_state, set_state

EPISODE = "run failed: "  # and the flow's name


def record_failure(context: AppContext, flow: str, run: str, why: str, *, kind: str) -> None:
    """Notify operators, once a flow, kind and day.

    Args:
        flow: its name, such as `watch`.
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
    """A run ended as it should; operators are notified where they were notified of failures."""
    with context.database.read() as session:
        since = get_state(session, EPISODE + flow)
    if since is None:
        return
    now = context.clock.now()
    with context.database.write() as session:
        event = ev.RunRecovered(flow=flow, since=datetime.fromisoformat(since), until=now)
        announce(session, context, event, subject=f"flow:{flow}", cause=since, at=now)
        delete_state(session, EPISODE + flow)
