"""Asking Prefect what it has planned."""

from __future__ import annotations

import contextlib
from dataclasses import replace
from datetime import datetime

from deployments.prefect_api import Api, Json, PrefectError
from deployments.registration import declared
from deployments.runs import running_service
from flows import deliver
from flows.planned import Plan, Planned, ServiceState, last_planned, service_by_notes, service_claim
from flows.tools import Tools, ui_login
from storage.leases import holder_of


def ask(api: Api, tools: Tools, service_since: datetime, before: Planned | None) -> Planned:
    """What Prefect has planned for each deployment that has a schedule.

    Args:
        before: what it said last; since when something is paused is known from there.

    Raises:
        PrefectError: it does not answer.
    """
    paused = {each.deployment: each.paused_since for each in before.plans} if before else {}
    settings, now = tools.settings, tools.clock.now()
    names = [each["name"] for each in declared(settings.schedule) if each["schedules"]]
    plans = []
    for name in names:
        deployment = api.deployment(name)
        if deployment and is_paused(deployment):
            plans.append(Plan(name, None, paused.get(name) or now))
            continue
        upcoming = api.next_planned(name) if deployment else None
        plans.append(Plan(name, upcoming + tools.clock.offset if upcoming else None))
    return Planned(asked_at=now, service_since=service_since, plans=tuple(plans))


def is_paused(deployment: Json) -> bool:
    """Whether a person switched it off: the deployment, or every schedule it has."""
    schedules = deployment["schedules"]
    return bool(deployment["paused"] or (schedules and not any(s["active"] for s in schedules)))


def service_state(tools: Tools) -> ServiceState:
    """The service on this data folder; what is planned is asked of its Prefect, now."""
    running = running_service(tools.settings)
    with tools.database.read() as session:
        is_up = holder_of(session, service_claim(tools.settings)) is not None
        noted = service_by_notes(session, tools.clock.now())
        before = last_planned(session)
    planned = None
    started = deliver.service_started(tools)
    if running is not None and started is not None:
        api = Api(running.api, ui_login(tools.settings))
        with contextlib.suppress(PrefectError):
            planned = ask(api, tools, started, before)
    return replace(noted, is_up=is_up, planned=planned)
