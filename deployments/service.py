"""`up`: one process that keeps Prefect's server and a worker running, and stops them with it.

Prefect schedules and shows; what must be true is in our own database. Whatever of
Prefect dies is started again, and what it leaves undone is repaired or done here.
"""

from __future__ import annotations

import contextlib
import logging
import os
import signal
import sys
import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from time import monotonic
from types import FrameType

import click
import psutil

from deployments import registration
from deployments.prefect_api import UNDER_WAY, Api, Json, PrefectError
from deployments.processes import Managed, end_left_overs
from deployments.runs import Running, read_service, service_file, write_service
from flows import deliver, seeding, watchfulness
from flows.configuration import CONFIG_VARIABLE, OFFSET_VARIABLE
from flows.headlines import TROUBLE
from flows.settings import PREFIX
from flows.tools import Tools
from storage import queries
from storage.database import DatabaseError
from storage.leases import BusyError, leased

log = logging.getLogger(__name__)

HEALTHY_WITHIN = 120.0  # seconds for Prefect's server to answer
STOP_WORKER, STOP_SERVER = 30.0, 15.0  # seconds; together under a minute
DUE_ASKED_EVERY = 30.0
TAKEN_WITHIN = timedelta(minutes=5)  # a delivery that is due; then we send it ourselves
OVERDUE_ASKED_EVERY = 60.0
QUIET = {"unchanged", "changed", "first"}  # outcomes that "nothing new" may follow without a word


class AlreadyUpError(Exception):
    """A service runs on this data folder."""


class Service:
    """The service on one data folder.

    Args:
        host: where the UI listens.
        port: its port.
    """

    def __init__(self, tools: Tools, host: str, port: int) -> None:
        self.tools = tools
        self.home = tools.settings.data / "prefect"
        self.ui = f"http://{'127.0.0.1' if host in {'0.0.0.0', '::'} else host}:{port}"  # noqa: S104
        self.api = Api(f"{self.ui}/api")
        self.environment = environment(tools, self.ui)
        self.stopping = threading.Event()
        self._due_since: float | None = None
        self._last_look = 0
        self._said: dict[str, str] = {}  # URN -> what was said of its last look
        logs = tools.settings.data / "logs"
        prefect = [sys.executable, "-m", "prefect"]
        serve = [*prefect, "server", "start", "--host", host, "--port", str(port)]
        work = [*prefect, "worker", "start", "--pool", registration.POOL, "--type", "process"]
        self.server = Managed("Prefect server", serve, self.environment, logs / "server.log")
        self.worker = Managed("worker", work, self.environment, logs / "worker.log")

    def run(self) -> None:
        """Until SIGTERM or Ctrl-C.

        Raises:
            AlreadyUpError: another service runs on this data folder.
        """
        settings = self.tools.settings
        try:
            with leased(self.tools.database, f"service {settings.data}"):
                with self.tools.database.read() as session:
                    newest = queries.newest_look(session)
                self._last_look = newest.id if newest else 0
                self._run()
        except BusyError:
            running = read_service(settings)
            where = f" (pid {running.pid}, {running.ui})" if running else ""
            raise AlreadyUpError(
                f"the service runs already on {settings.data}{where}; stop that one first"
            ) from None

    def _run(self) -> None:
        logging.getLogger().setLevel(logging.INFO)
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._stop)
        left = read_service(self.tools.settings)
        if left and (ended := end_left_overs(left.children)):
            log.info("ended %d processes that an earlier service left", ended)
        try:
            self._start()
            self._keep_running()
        finally:
            self._end()

    def _stop(self, _signal: int, _frame: FrameType | None) -> None:
        self.stopping.set()

    def _start(self) -> None:
        self.home.mkdir(parents=True, exist_ok=True)
        deliver.service_starts(self.tools)
        _say("starting Prefect's server ...")
        self._start_server()
        if self.stopping.is_set():
            return
        registration.register(self.api, self.tools.settings.schedule, self.home, self.environment)
        seeding.import_when_due(self.tools)
        self._start_worker()
        _say(f"up: {self.ui} shows runs and results; Ctrl-C or SIGTERM stops it")
        since = self.tools.clock.now().isoformat()
        _carefully(lambda: self.api.start("watch", {"since": since}))

    def _start_server(self) -> None:
        self.server.start()
        self._write_file()
        until = monotonic() + HEALTHY_WITHIN
        while not self.api.is_healthy():
            if not self.server.is_running() or monotonic() > until:
                raise PrefectError(f"Prefect's server did not start; see {self.server.log_file}")
            if self.stopping.wait(0.5):
                return

    def _start_worker(self) -> None:
        """A worker, after what a dead one left Pending or Running is marked crashed."""
        for run in self.api.runs(states=UNDER_WAY):
            message = "The worker died; what was left to do is done by the next run."
            self.api.end_run(run["id"], "CRASHED", "Crashed", message)
        for run in self._late()[1:]:
            message = "Missed while nothing ran; the newest of the missed runs stands for all."
            self.api.end_run(run["id"], "CANCELLED", "Missed", message)
        self.worker.start()
        self._write_file()

    def _late(self) -> list[Json]:
        """Late runs of `watch`, the newest first."""
        return [
            run
            for run in self.api.runs(states=("SCHEDULED",), deployment="watch")
            if run["state_name"] == "Late"
        ]

    def _write_file(self) -> None:
        me = psutil.Process()
        children = [self.server.child(), self.worker.child()]
        running = Running(
            pid=me.pid,
            started=me.create_time(),
            ui=self.ui,
            api=self.api.address,
            children=tuple(child for child in children if child),
        )
        write_service(self.tools.settings, running)

    def _keep_running(self) -> None:
        watch = watchfulness.Overdue(self.tools, self.tools.clock.now())
        rounds: list[tuple[float, Callable[[], object]]] = [
            (1.0, self._revive),
            (5.0, self._tell_of_looks),
            (DUE_ASKED_EVERY, self._deliver_what_is_due),
            (OVERDUE_ASKED_EVERY, lambda: watch.check(self._why_overdue)),
        ]
        next_time = [monotonic() + every for every, _ in rounds]
        while not self.stopping.wait(1.0):
            for number, (every, do) in enumerate(rounds):
                if monotonic() >= next_time[number]:
                    next_time[number] = monotonic() + every
                    _carefully(do)

    def _revive(self) -> None:
        if not self.server.is_running() and self.server.may_start():
            self._start_server()
        if not self.worker.is_running() and self.worker.may_start():
            self._start_worker()

    def _tell_of_looks(self) -> None:
        """A line where a look found something, or sees better or worse than the one before it."""
        with self.tools.database.read() as session:
            ended = queries.looks_after(session, self._last_look)
        for look in ended:
            self._last_look = look.id
            said_before = self._said.get(look.urn, "unchanged")
            said = look.message if look.outcome in TROUBLE else str(look.outcome)
            if said not in {said_before, "unchanged"} or said_before not in {said, *QUIET}:
                _say(f"{self.tools.watch(look.urn).name} ({look.urn}): {look.message}")
            self._said[look.urn] = said

    def _deliver_what_is_due(self) -> None:
        """A `deliver` run for what is due; by ourselves if none takes it in five minutes."""
        if not deliver.is_due(self.tools):
            self._due_since = None
            return
        self._due_since = self._due_since or monotonic()
        if monotonic() - self._due_since > TAKEN_WITHIN.total_seconds():
            log.warning("no flow run took what is due; sending it without Prefect")
            deliver.deliver(self.tools)
            self._due_since = None
            return
        with contextlib.suppress(PrefectError):
            waiting = self.api.runs(states=UNDER_WAY, deployment="deliver")
            if not waiting and not self._scheduled_now():
                self.api.start("deliver")

    def _scheduled_now(self) -> bool:
        """Whether a `deliver` run waits for the worker."""
        now = datetime.now().astimezone()
        return any(
            datetime.fromisoformat(run["expected_start_time"]) <= now
            for run in self.api.runs(states=("SCHEDULED",), deployment="deliver")
        )

    def _why_overdue(self) -> str:
        with contextlib.suppress(PrefectError):
            deployment = self.api.deployment("watch")
            if deployment and (deployment["paused"] or not _has_schedule(deployment)):
                return "the schedule is paused in the Prefect UI; switch it on again there"
        return "no flow run began; see the UI and the service's logs"

    def _end(self) -> None:
        _say("stopping ...")
        self.worker.stop(STOP_WORKER)
        self.server.stop(STOP_SERVER)
        service_file(self.tools.settings).unlink(missing_ok=True)


def _has_schedule(deployment: Json) -> bool:
    return any(each["active"] for each in deployment["schedules"])


def _carefully(do: Callable[[], object]) -> None:
    """What fails now is tried again at its next turn; the service goes on."""
    try:
        do()
    except (PrefectError, DatabaseError, OSError) as error:
        log.warning("%s", error)


def environment(tools: Tools, ui: str) -> dict[str, str]:
    """What the server, the worker and the flow runs are told; no secret of ours is in it."""
    settings, home = tools.settings, tools.settings.data / "prefect"
    public = settings.public_url or ui
    return {
        **os.environ,
        CONFIG_VARIABLE: str(settings.file or os.devnull),
        PREFIX + "DATA_DIR": str(settings.data),
        OFFSET_VARIABLE: str(tools.clock.offset.total_seconds()) if tools.clock.offset else "",
        "PREFECT_HOME": str(home),
        "PREFECT_PROFILES_PATH": str(home / "profiles.toml"),
        "PREFECT_API_URL": f"{ui}/api",
        "PREFECT_SERVER_UI_API_URL": f"{public}/api",
        "PREFECT_SERVER_API_CORS_ALLOWED_ORIGINS": public,
        "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
        "DO_NOT_TRACK": "1",
        "PREFECT_SERVER_EPHEMERAL_ENABLED": "false",
        "PREFECT_SERVER_UI_SHOW_PROMOTIONAL_CONTENT": "false",
        "PREFECT_SERVER_UI_V2_ENABLED": "false",
        "PREFECT_SERVER_SERVICES_DB_VACUUM_ENABLED": "events,flow_runs,orphans",
        "PREFECT_LOGGING_EXTRA_LOGGERS": "flows,ofsted,notifications,storage",
        "PREFECT_RESULTS_PERSIST_BY_DEFAULT": "false",
        "PYTHONUNBUFFERED": "1",
    } | _quieter()


def _quieter() -> dict[str, str]:
    """Loops of Prefect's server that need not turn every five seconds for one small service."""
    loops = (
        "LATE_RUNS",
        "PAUSE_EXPIRATIONS",
        "SCHEDULER_RECENT_DEPLOYMENTS",
        "CLEANUP_RECONCILER",
        "FOREMAN",
        "CANCELLATION_CLEANUP",
    )
    names = {f"PREFECT_SERVER_SERVICES_{name}_LOOP_SECONDS": "60" for name in loops}
    return names | {
        "PREFECT_SERVER_SERVICES_REPOSSESSOR_LOOP_SECONDS": "30",
        "PREFECT_SERVER_EVENTS_PROACTIVE_GRANULARITY": "PT30S",
    }


def _say(words: str) -> None:
    click.echo(words, err=True)
