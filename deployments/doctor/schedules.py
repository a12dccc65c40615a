"""The schedules: when looks are due, whether they come, and the service that starts them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from deployments import registration
from deployments.doctor.findings import Finding, note, ok, wrong
from deployments.prefect_api import Api, Json, PrefectError
from deployments.runs import Running, read_service, running_service
from flows.schedule import longest_gap, meets_a_clock_change, next_look
from flows.tools import Tools, ui_login
from storage import queries
from storage.leases import is_alive

SERVICE = "service"
LOOKS = "looks"
AHEAD = timedelta(minutes=5)
RESTART = "restart the service; its logs are in `logs` of the data folder"


def examine(tools: Tools) -> Iterator[Finding]:
    """Looks first, then the service."""
    running = running_service(tools.settings)
    yield from _looks(tools, is_up=running is not None)
    if running is None:
        yield _not_running(tools)
        return
    yield ok(SERVICE, f"up, pid {running.pid}, {running.ui}")
    yield from _children(running)
    yield from _deployments(Api(running.api, ui_login(tools.settings)))


def _looks(tools: Tools, *, is_up: bool) -> Iterator[Finding]:
    schedule, now = tools.settings.schedule, tools.clock.now()
    yield ok(LOOKS, f"next one {_local(tools, next_look(schedule, now))} by the schedule")
    if meets_a_clock_change(schedule, now):
        found = (
            "some are due from 01:00 to 02:59, an hour of which is skipped or comes twice a year"
        )
        yield note(LOOKS, found, "choose other hours in `schedule.looks`")
    with tools.database.read() as session:
        newest = queries.newest_look(session)
        states = {
            watch.name: queries.provider_state(session, watch.urn) for watch in tools.settings.watch
        }
    if newest is None:
        to_do = "wait a minute" if is_up else "`ofsted-watch up`, or `ofsted-watch look`"
        yield note(LOOKS, "none yet", to_do)
        return
    began = _local(tools, newest.began_at)
    if newest.began_at > now + AHEAD:
        yield wrong(LOOKS, f"the newest began {began}, which is to come", "put the clock right")
    elif now - newest.began_at > 2 * longest_gap(schedule, now):
        why = "see whether it is paused in the UI" if is_up else "start the service"
        yield wrong(LOOKS, f"none since {began}, although the schedule says so", why)
    else:
        yield ok(LOOKS, f"the newest began {began}")
    for name, state in states.items():
        if state is not None and state.state not in {"well", "new"}:
            found = f"{name} is {state.state} since {_local(tools, state.since)}: {state.trouble}"
            yield wrong(LOOKS, found, "`ofsted-watch doctor --live` looks at the site")


def _not_running(tools: Tools) -> Finding:
    left = read_service(tools.settings)
    if left is not None:
        return wrong(SERVICE, f"it died (pid {left.pid}) and left its file", "start it again")
    return note(SERVICE, "not running: looks are made by hand alone", "`ofsted-watch up`")


def _children(running: Running) -> Iterator[Finding]:
    alive = [is_alive(child.pid, child.started) for child in running.children]
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
            yield note(SERVICE, f"{name} is paused by a person: {off}", "resume it in the UI")


def _off(deployment: Json) -> str:
    """What a person switched off; empty: nothing."""
    if deployment["paused"]:
        return "the whole deployment"
    off = [
        each["schedule"].get("cron", "?") for each in deployment["schedules"] if not each["active"]
    ]
    return f"the schedule {', '.join(off)}" if off else ""


def _local(tools: Tools, at: datetime) -> str:
    zone = ZoneInfo(tools.settings.schedule.timezone)
    return f"{at.astimezone(zone):%a %d %B %Y %H:%M}"
