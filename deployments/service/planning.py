"""Asks Prefect what it has planned."""

from __future__ import annotations

import contextlib
from collections.abc import Collection, Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from deployments.service.client import running_service
from deployments.service.prefect_api import Api, Json, PrefectError
from deployments.service.prefect_server import server_of
from deployments.service.register import declared
from flows.context.context import AppContext
from flows.context.planned import Plan, Planned, ServiceState, service_by_claims
from flows.settings.schedule import newest_due_by

# Prefect looks each minute that the next hour is planned. What is due before that hour's last ten
# minutes and is not planned shows that it no longer does so, while runs planned earlier still come.
PLANNED_AHEAD = timedelta(minutes=50)
TAKEN_AHEAD = timedelta(minutes=1)  # a worker may take a run before it is due


def ask(api: Api, context: AppContext, service_since: datetime, before: Planned | None) -> Planned:
    """What Prefect has planned for each deployment that has a schedule.

    Args:
        before: its last answer, which shows since when a deployment is paused.

    Raises:
        PrefectError: it does not answer.
    """
    paused = {each.deployment: each.paused_since for each in before.plans} if before else {}
    now = context.clock.now()
    names = [each["name"] for each in declared(context.settings.schedule) if each["schedules"]]
    plans = tuple(_plan(api, name, paused.get(name) or now, context) for name in names)
    return Planned(asked_at=now, service_since=service_since, plans=plans)


def _plan(api: Api, name: str, paused_since: datetime, context: AppContext) -> Plan:
    deployment, shift = api.deployment(name), context.clock.offset
    if deployment is None:
        return Plan(name, None)
    if is_paused(deployment):
        return Plan(name, None, paused_since)
    planned = api.planned(name)
    upcoming = next((begins for begins, is_to_be_made in planned.items() if is_to_be_made), None)
    lacking = _lacking(deployment["schedules"], planned, datetime.now(UTC))
    return Plan(
        name,
        next_run=upcoming + shift if upcoming else None,
        lacking=lacking + shift if lacking else None,
    )


def _lacking(
    schedules: Iterable[Json], planned: Collection[datetime], now: datetime
) -> datetime | None:
    """A time that one of the schedules asks for soon, and for which no run is planned."""
    for each in schedules:
        cron, zone = each["schedule"].get("cron"), each["schedule"].get("timezone")
        if each["active"] and cron:
            due = newest_due_by(cron, zone or "UTC", now + PLANNED_AHEAD)
            if due and due > now + TAKEN_AHEAD and due not in planned:
                return due
    return None


def is_paused(deployment: Json) -> bool:
    """Whether a person switched it off: the deployment, or every schedule it has."""
    schedules = deployment["schedules"]
    return bool(deployment["paused"] or (schedules and not any(s["active"] for s in schedules)))


def service_state(context: AppContext) -> ServiceState:
    """The state of the service on this data folder; its Prefect is asked now."""
    running = running_service(context.settings)
    with context.database.read() as session:
        noted = service_by_claims(session, context.settings, context.clock.now())
    planned = None
    if running is not None and noted.started is not None:
        api = server_of(running.api, running.ui, context).api()
        with contextlib.suppress(PrefectError):
            planned = ask(api, context, noted.started, noted.last_planned)
    return replace(noted, planned=planned)
