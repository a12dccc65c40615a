"""The schedules: when looks are due, whether they come, and the service that starts them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from deployments import planning, registration
from deployments.doctor.findings import Finding, note, ok, wrong
from deployments.prefect_api import Api, Json, PrefectError
from deployments.processes import STARTED
from deployments.runs import Running, read_service, running_service
from flows.planned import ServiceState
from flows.problems import service_problems
from flows.schedule import meets_a_clock_change
from flows.tools import Tools, ui_login
from storage import queries

SERVICE = "service"
LOOKS = "looks"
AHEAD = timedelta(minutes=5)
ERROR = re.compile(r"[\d:.]+ \| (ERROR|CRITICAL) ")  # a line of Prefect's log
RESTART = "restart the service; its logs are in `logs` of the data folder"


def examine(tools: Tools) -> Iterator[Finding]:
    """What was checked, then the service and what it has planned."""
    running = running_service(tools.settings)
    yield from _looks(tools, is_up=running is not None)
    if running is None:
        yield _not_running(tools)
        return
    yield ok(SERVICE, f"up, pid {running.pid}, {running.ui}")
    yield from _children(running)
    yield from _deployments(Api(running.api, ui_login(tools.settings)))
    yield from _planned(tools, planning.service_state(tools))
    yield from _errors(tools.settings.data / "logs" / "server.log")


def _looks(tools: Tools, *, is_up: bool) -> Iterator[Finding]:
    schedule, now = tools.settings.schedule, tools.clock.now()
    if meets_a_clock_change(schedule, now):
        found = (
            "some are due from 01:00 to 02:59, an hour of which is skipped or comes twice a year"
        )
        yield note(LOOKS, found, "choose other hours in `schedule.looks`")
    with tools.database.read() as session:
        newest = {watch: queries.newest_look(session, watch.urn) for watch in tools.settings.watch}
        states = {
            watch.name: queries.provider_state(session, watch.urn) for watch in tools.settings.watch
        }
    if not any(newest.values()):
        to_do = "wait a minute" if is_up else "`ofsted-watch up`, or `ofsted-watch look`"
        yield note(LOOKS, "none yet", to_do)
        return
    for watch, look in newest.items():
        if look is None:
            yield note(LOOKS, f"{watch.name}: none yet", "wait for the next round of checks")
        elif look.began_at > now + AHEAD:
            began = _local(tools, look.began_at)
            found = f"{watch.name}: the newest began {began}, which is to come"
            yield wrong(LOOKS, found, "put the clock right")
        else:
            yield ok(LOOKS, f"{watch.name}: the newest began {_local(tools, look.began_at)}")
    for name, state in states.items():
        if state is not None and state.state not in {"well", "new"}:
            found = f"{name} is {state.state} since {_local(tools, state.since)}: {state.trouble}"
            yield wrong(LOOKS, found, "`ofsted-watch doctor --live` looks at the site")


def _planned(tools: Tools, service: ServiceState) -> Iterator[Finding]:
    """What Prefect has planned, and all that `status` has against the service."""
    if service.planned is not None:
        for plan in service.planned.plans:
            if plan.next_run is not None:
                at = _local(tools, plan.next_run)
                yield ok(SERVICE, f"{plan.deployment}: Prefect has planned the next run for {at}")
    for problem in service_problems(tools.settings, service):
        yield wrong(SERVICE, problem.what, problem.advice)


def _errors(log_file: Path) -> Iterator[Finding]:
    """Errors of Prefect's own services since its server was started."""
    try:
        lines = log_file.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return
    starts = [number for number, line in enumerate(lines) if line.startswith(STARTED)]
    since = lines[starts[-1] :] if starts else lines
    errors = [line for line in since if ERROR.match(line)]
    if errors:
        said = "1 error" if len(errors) == 1 else f"{len(errors)} errors"
        found = f"{said} in Prefect's log since its start, the newest: {errors[-1][:200]}"
        yield note(SERVICE, found, f"see {log_file}; if it goes on, {RESTART}")


def _not_running(tools: Tools) -> Finding:
    left = read_service(tools.settings)
    if left is not None:
        return wrong(SERVICE, f"it died (pid {left.pid}) and left its file", "start it again")
    service = planning.service_state(tools)
    for problem in service_problems(tools.settings, service):
        return wrong(SERVICE, problem.what, problem.advice)
    return note(SERVICE, "not running: no automatic checks are being made", "`ofsted-watch up`")


def _children(running: Running) -> Iterator[Finding]:
    alive = [child.is_alive() for child in running.children]
    if len(alive) == 2 and all(alive):  # noqa: PLR2004  # Prefect's server, the worker
        yield ok(SERVICE, "Prefect's server and the worker are alive")
    else:
        found = "Prefect's server or the worker is not there; the service starts it again"
        yield wrong(SERVICE, found, f"wait five minutes; if it stays so, {RESTART}")


def _deployments(api: Api) -> Iterator[Finding]:
    try:
        found = {name: api.deployment(name) for name in registration.NAMES}
    except PrefectError as error:
        yield wrong(SERVICE, str(error), f"wait a minute; if it stays so, {RESTART}")
        return
    missing = [name for name, each in found.items() if each is None]
    if missing:
        yield wrong(SERVICE, f"not registered: {', '.join(missing)}", RESTART)
    else:
        yield ok(SERVICE, f"registered: {', '.join(found)}")
    for name, each in found.items():
        if each and (off := _off(each)):
            what = f"{name}: paused by a person for {off}"
            yield note(SERVICE, what, "resume it in the Prefect UI")


def _off(deployment: Json) -> str:
    """Which of several schedules a person switched off; a whole pause is told of elsewhere."""
    if planning.is_paused(deployment):
        return ""
    off = [
        each["schedule"].get("cron", "?") for each in deployment["schedules"] if not each["active"]
    ]
    return f"the schedule {', '.join(off)}" if off else ""


def _local(tools: Tools, at: datetime) -> str:
    zone = ZoneInfo(tools.settings.schedule.timezone)
    return f"{at.astimezone(zone):%a %d %B %Y %H:%M}"
