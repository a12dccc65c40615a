"""Ends rounds that this service started and that no longer make progress."""

from __future__ import annotations

import contextlib
import logging
from datetime import timedelta

import psutil

from deployments.service.client import is_alive
from deployments.service.prefect_api import Api, PrefectError
from deployments.service.processes import end_tree
from flows.alerting.run_failures import record_failure
from flows.context.context import AppContext
from storage import models, rounds

log = logging.getLogger(__name__)

AHEAD = timedelta(minutes=1)  # progress dated further ahead comes from a wrong clock
WHY = "it made no progress for 10 minutes and was stopped; the next checks do what was left"


def end_stalled(context: AppContext, api: Api, service: str) -> None:
    """End this service's rounds that made no progress for ten minutes.

    Rounds of other services, or that a person started, are left alone.
    """
    now = context.clock.now()
    with context.database.write() as session:
        stalled = []
        for each in rounds.open_rounds(session):
            if each.service != service:
                continue
            if not is_alive(each.pid, each.started):
                rounds.end(session, each.id, now)
            elif each.progress_at > now + AHEAD:
                rounds.record_progress(session, each.id, now)
            elif not rounds.makes_progress(each, now):
                stalled.append(each)
        session.flush()
        session.expunge_all()
    for each in stalled:
        _end(context, api, each)


def _end(context: AppContext, api: Api, stalled: models.Round) -> None:
    log.warning("the checks that began at %s: %s", stalled.began_at, WHY)
    with contextlib.suppress(psutil.Error):
        end_tree(psutil.Process(stalled.pid))
    with context.database.write() as session:
        rounds.end(session, stalled.id, context.clock.now())
    if stalled.run:
        with contextlib.suppress(PrefectError):
            api.end_run(stalled.run, "CRASHED", WHY)
    record_failure(
        context, "check-for-reports", stalled.run or "without Prefect", WHY, kind="no progress"
    )
