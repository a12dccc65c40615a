"""Runs that a dead worker left, or that a stopped service missed: ended, so that none is stuck.

Prefect itself leaves the run of a worker that died Running for ever, and so a run whose end it
could not record.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from deployments.service.prefect_api import UNDER_WAY, Api, Json
from flows.alerting.run_failures import record_failure
from flows.context.context import AppContext
from storage import rounds

WORKER_LABEL = "prefect.worker.name"
LEFT_AFTER = timedelta(minutes=2)  # without a worker that lives, or a process
LOST_AFTER = timedelta(minutes=10)  # a worker that Prefect has not heard of; it says so each 30 s
LEFT = "The worker died; the next run will do what was left."
STOPPED = "Stopped with the service; its next start does what was left."
LOST = "The worker has not been heard of for 10 minutes; the next run will do what was left."
ENDED = "The process has ended, but Prefect could not record how; the next run does what was left."
MISSED = "Missed while the service was not running; the newest missed run replaces it."


def end_runs_of(worker: str, api: Api, context: AppContext) -> None:
    """Mark crashed what a worker of this name, now dead, left under way."""
    for run in api.runs(states=UNDER_WAY, pool=context.settings.prefect.work_pool):
        if run["labels"].get(WORKER_LABEL) == worker:
            _mark_crashed(run, LEFT, api, context)


def end_unlabelled(api: Api, context: AppContext) -> None:
    """A worker that died between taking a run and putting its name to it left it Pending."""
    for run in api.runs(states=("PENDING",), pool=context.settings.prefect.work_pool):
        if WORKER_LABEL not in run["labels"] and _is_old(run):
            _mark_crashed(run, LEFT, api, context)


def end_runs_of_the_idle(worker: str, api: Api, context: AppContext) -> None:
    """Mark crashed what a worker that runs no process has under way by Prefect's word.

    A run that ends while Prefect's server has lost its Redis or its database cannot say so.
    """
    for run in api.runs(states=UNDER_WAY, pool=context.settings.prefect.work_pool):
        if run["labels"].get(WORKER_LABEL) == worker and _is_old(run):
            _mark_crashed(run, ENDED, api, context)


def end_runs_of_the_lost(api: Api, context: AppContext) -> None:
    """Mark crashed what workers of other machines left under way when their machine was lost.

    A round that makes progress goes on: its worker may be dead, or cut off from Prefect only.
    """
    pool = context.settings.prefect.work_pool
    lost = lost_workers(api, pool)
    if not lost:
        return
    with context.database.read() as session:
        now = context.clock.now()
        at_work = {
            each.run for each in rounds.open_rounds(session) if rounds.makes_progress(each, now)
        }
    for run in api.runs(states=UNDER_WAY, pool=pool):
        if run["labels"].get(WORKER_LABEL) in lost and run["id"] not in at_work:
            _mark_crashed(run, LOST, api, context)


def lost_workers(api: Api, pool: str) -> set[str]:
    """The workers that Prefect has not heard of for ten minutes.

    Compared with the one that it heard of last: only the clock of Prefect's server counts.
    """
    heard = {
        each["name"]: datetime.fromisoformat(each["last_heartbeat_time"])
        for each in api.workers(pool)
        if each["last_heartbeat_time"]
    }
    return {name for name, at in heard.items() if max(heard.values()) - at > LOST_AFTER}


def cancel_missed(api: Api) -> None:
    """Of the runs that came due while no worker ran, only the newest of a deployment is made."""
    for deployment in ("check-for-reports", "nightly-maintenance"):
        late = [
            run
            for run in api.runs(states=("SCHEDULED",), deployment=deployment)  # the newest first
            if run["state_name"] == "Late"
        ]
        for run in late[1:]:
            api.end_run(run["id"], "CANCELLED", MISSED)


def cancel_stopped(worker: str, api: Api, context: AppContext) -> None:
    """Mark cancelled what the worker was doing when the service was stopped: it is no failure."""
    for run in api.runs(states=UNDER_WAY, pool=context.settings.prefect.work_pool):
        if run["labels"].get(WORKER_LABEL) == worker:
            api.end_run(run["id"], "CANCELLED", STOPPED)


def _is_old(run: Json) -> bool:
    """Whether its state has been the same for two minutes."""
    since = datetime.fromisoformat(run["state"]["timestamp"])
    return datetime.now().astimezone() - since > LEFT_AFTER


def _mark_crashed(run: Json, why: str, api: Api, context: AppContext) -> None:
    api.end_run(run["id"], "CRASHED", why)
    record_failure(context, api.flow_name(run), run["name"], why, kind="crash")
