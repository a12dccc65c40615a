"""Asks Prefect what it has planned."""

from __future__ import annotations

import contextlib
from dataclasses import replace
from datetime import datetime

from deployments.service.client import running_service
from deployments.service.prefect_api import Api, Json, PrefectError
from deployments.service.prefect_server import server_of
from deployments.service.register import declared
from flows.context.context import AppContext
from flows.context.planned import (
    Plan,
    Planned,
    ServiceState,
    service_by_state,
    service_claim,
)
from storage.leases import holder_of


def ask(api: Api, context: AppContext, service_since: datetime, before: Planned | None) -> Planned:
    """What Prefect has planned for each deployment that has a schedule.

    Args:
        before: its last answer, which shows since when a deployment is paused.

    Raises:
        PrefectError: it does not answer.
    """
    paused = {each.deployment: each.paused_since for each in before.plans} if before else {}
    settings, now = context.settings, context.clock.now()
    names = [each["name"] for each in declared(settings.schedule) if each["schedules"]]
    plans = []
    for name in names:
        deployment = api.deployment(name)
        if deployment and is_paused(deployment):
            plans.append(Plan(name, None, paused.get(name) or now))
            continue
        upcoming = api.next_planned(name) if deployment else None
        plans.append(Plan(name, upcoming + context.clock.offset if upcoming else None))
    return Planned(asked_at=now, service_since=service_since, plans=tuple(plans))


def is_paused(deployment: Json) -> bool:
    """Whether a person switched it off: the deployment, or every schedule it has."""
    schedules = deployment["schedules"]
    return bool(deployment["paused"] or (schedules and not any(s["active"] for s in schedules)))


def service_state(context: AppContext) -> ServiceState:
    """The state of the service on this data folder; its Prefect is asked now."""
    running = running_service(context.settings)
    with context.database.read() as session:
        is_up = holder_of(session, service_claim(context.settings)) is not None
        noted = service_by_state(session, context.clock.now())
    planned = None
    if running is not None and noted.started is not None:
        api = server_of(running.api, running.ui, context).api()
        with contextlib.suppress(PrefectError):
            planned = ask(api, context, noted.started, noted.last_planned)
    return replace(noted, is_up=is_up, planned=planned)
