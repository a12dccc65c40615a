"""The schedules: when checks are due, whether they are made, and the service that starts them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from deployments.doctor.findings import Diagnosis, note, ok, wrong
from deployments.service import planning, register
from deployments.service.client import (
    PREFECT_SERVER,
    WORKER,
    Running,
    read_service,
    running_service,
)
from deployments.service.ownership import refuse_what_is_others
from deployments.service.prefect_api import Api, Json, PrefectError
from deployments.service.prefect_server import ask_existing_server, existing_server, server_of
from deployments.service.processes import STARTED
from flows.context.context import AppContext
from flows.context.planned import ServiceState
from flows.presenting.problems import service_problems
from flows.settings.schedule import least_apart, meets_a_clock_change
from flows.settings.watched import Watched
from notifications.words.plain import several
from storage import queries
from storage.models import PageCheck

SERVICE = "service"
CHECKS = "checks"
AHEAD = timedelta(minutes=5)
EACH = 20  # authorities with a line each
ANSWER = 0.2  # seconds that a page takes at least, however short the gap
ERROR = re.compile(r"[\d:.]+ \| (ERROR|CRITICAL) ")  # a line of Prefect's log
RESTART = "restart the service; its logs are in the `logs` folder of the data folder"


def examine(context: AppContext) -> Iterator[Diagnosis]:
    """What was checked, then the service and what it has planned."""
    running = running_service(context.settings)
    yield from _checks(context, is_up=running is not None)
    yield from _existing_server(context)
    if running is None:
        yield _not_running(context)
        return
    yield ok(SERVICE, f"running, pid {running.pid}, {running.ui}")
    server = server_of(running.api, running.ui, context)
    yield from _children(running, [PREFECT_SERVER, WORKER] if server.is_own else [WORKER])
    yield from _deployments(server.api())
    yield from _planned(context, planning.service_state(context))
    if server.is_own:
        yield from _errors(context.settings.data / "logs" / "server.log")


def _checks(context: AppContext, *, is_up: bool) -> Iterator[Diagnosis]:
    schedule, now = context.settings.schedule, context.clock.now()
    if meets_a_clock_change(schedule, now):
        found = (
            "some are scheduled between 01:00 and 02:59, when clock changes skip or repeat an hour"
        )
        yield note(CHECKS, found, "choose other times in `checks` under [schedule]")
    yield from _pace(context)
    with context.database.read() as session:
        checks, known = queries.newest_checks(session), queries.provider_states(session)
    newest = {page: checks.get(page.key) for page in context.settings.pages}
    states = {page.name: known.get(page.key) for page in context.settings.pages}
    if not any(newest.values()):
        to_do = "wait a minute" if is_up else "run `ofsted-watch up` or `ofsted-watch check`"
        yield note(CHECKS, "none yet", to_do)
        return
    yield from _last_checks(context, newest, now)
    for name, state in states.items():
        if state is not None and state.state not in {"ok", "new"}:
            found = f"{name}: {state.state} since {_local(context, state.since)}: {state.failure}"
            yield wrong(CHECKS, found, "run `ofsted-watch doctor --live` to check Ofsted's site")


def _last_checks(
    context: AppContext, newest: Mapping[Watched, PageCheck | None], now: datetime
) -> Iterator[Diagnosis]:
    """When each page was last checked; of many pages, how many and when."""
    unmade = [page.name for page, check in newest.items() if check is None]
    made = {each.name: check.began_at for each, check in newest.items() if check}
    ahead = {name: began for name, began in made.items() if began > now + AHEAD}
    for name, began in ahead.items():
        found = f"{name}: the last check is dated in the future ({_local(context, began)})"
        yield wrong(CHECKS, found, "correct this machine's clock")
    past = {name: began for name, began in made.items() if name not in ahead}
    if len(newest) <= EACH:
        for name, began in past.items():
            yield ok(CHECKS, f"{name}: last check {_local(context, began)}")
        for name in unmade:
            yield note(CHECKS, f"{name}: none yet", "wait for the next checks")
        return
    if past:
        span = f"{_local(context, min(past.values()))} to {_local(context, max(past.values()))}"
        yield ok(CHECKS, f"last checks of {several(len(past), 'page')}: {span}")
    if unmade:
        found = f"{several(len(unmade), 'page')}, such as {unmade[0]}: none yet"
        yield note(CHECKS, found, "wait for the next checks")


def _pace(context: AppContext) -> Iterator[Diagnosis]:
    """Whether a round of all pages fits between two checks at the site's pace."""
    apart = least_apart(context.settings.schedule, context.clock.now())
    pages, gap = len(context.settings.pages), context.settings.ofsted.gap
    if apart is None or pages == 1:
        return
    takes = timedelta(seconds=pages * max(gap, ANSWER))
    found = (
        f"a round of {pages} pages takes at least {_long(takes)}, at a request every {gap:g} s; "
        f"rounds are {_long(apart)} apart"
    )
    if takes < apart:
        yield ok(CHECKS, found)
    else:
        to_do = "rounds that come due meanwhile are left out; choose fewer in `checks`"
        yield note(CHECKS, found, f"{to_do} under [schedule]")


def _long(time: timedelta) -> str:
    """`15 min`, `2 min 33 s`, `40 s`; `30 h`, where minutes say nothing more."""
    if time >= timedelta(hours=3):
        return f"{time / timedelta(hours=1):.0f} h"
    minutes, seconds = divmod(round(time.total_seconds()), 60)
    said = (f"{minutes} min" if minutes else "", f"{seconds} s" if seconds else "")
    return " ".join(filter(None, said)) or "0 s"


def _planned(context: AppContext, service: ServiceState) -> Iterator[Diagnosis]:
    """What Prefect has planned, and the problems of the service that `status` shows."""
    if service.planned is not None:
        for plan in service.planned.plans:
            if plan.next_run is not None:
                at = _local(context, plan.next_run)
                yield ok(SERVICE, f"{plan.deployment}: next run planned by Prefect for {at}")
    for problem in service_problems(context.settings, service):
        yield wrong(SERVICE, problem.what, problem.advice)


def _errors(log_file: Path) -> Iterator[Diagnosis]:
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
        found = (
            f"{said} in the Prefect server's log since it started, most recent: {errors[-1][:200]}"
        )
        yield note(SERVICE, found, f"see {log_file}; if it continues, {RESTART}")


def _not_running(context: AppContext) -> Diagnosis:
    left = read_service(context.settings)
    if left is not None:
        return wrong(SERVICE, f"it stopped unexpectedly (pid {left.pid})", "start it again")
    service = planning.service_state(context)
    for problem in service_problems(context.settings, service):
        return wrong(SERVICE, problem.what, problem.advice)
    return note(SERVICE, "not running: no automatic checks are being made", "run `ofsted-watch up`")


def _existing_server(context: AppContext) -> Iterator[Diagnosis]:
    """Of a Prefect server that somebody else runs: whether it can be used."""
    server, state = existing_server(context), ask_existing_server(context)
    if server is None or state is None:
        return
    if state.wrong:
        yield _wrong_in_words(state.wrong)
        return
    yield ok(SERVICE, f"Prefect server {state.in_words()}")
    try:
        refuse_what_is_others(server.api(), register.NAMES, context.settings.prefect.work_pool)
    except PrefectError as error:
        yield _wrong_in_words(str(error))


def _wrong_in_words(said: str) -> Diagnosis:
    what, _, to_do = said.partition("; ")
    return wrong(SERVICE, what, to_do or "check that it runs, and the address under [prefect]")


def _children(running: Running, wanted: Sequence[str]) -> Iterator[Diagnosis]:
    alive = {child.name for child in running.children if child.is_alive()}
    if alive.issuperset(wanted):
        are = "are" if len(wanted) > 1 else "is"
        yield ok(SERVICE, f"the {' and the '.join(wanted)} {are} running")
    else:
        found = f"the {' or the '.join(wanted)} is not running; the service is restarting it"
        yield wrong(SERVICE, found, f"wait five minutes; if this continues, {RESTART}")


def _deployments(api: Api) -> Iterator[Diagnosis]:
    try:
        found = {name: api.deployment(name) for name in register.NAMES}
    except PrefectError as error:
        yield wrong(SERVICE, str(error), f"wait a minute; if this continues, {RESTART}")
        return
    missing = [name for name, each in found.items() if each is None]
    if missing:
        yield wrong(SERVICE, f"not registered: {', '.join(missing)}", RESTART)
    else:
        yield ok(SERVICE, f"registered: {', '.join(found)}")
    for name, each in found.items():
        if each and (off := _off(each)):
            what = f"{name}: someone paused {off}"
            yield note(SERVICE, what, "resume it in the Prefect UI")


def _off(deployment: Json) -> str:
    """Which of several schedules a person switched off; a whole pause is shown elsewhere."""
    if planning.is_paused(deployment):
        return ""
    off = [
        each["schedule"].get("cron", "?") for each in deployment["schedules"] if not each["active"]
    ]
    return f"the schedule {', '.join(off)}" if off else ""


def _local(context: AppContext, at: datetime) -> str:
    zone = ZoneInfo(context.settings.schedule.timezone)
    return f"{at.astimezone(zone):%a %d %B %Y %H:%M}"
