"""`up`: keeps Prefect's server, a worker and the website running, and stops them with it.

Prefect schedules and shows; what must be true is in our own database. Whatever of
Prefect dies is started again, and what it leaves undone is repaired or done here. A server that
somebody else runs is waited for, and checks and messages go on without it meanwhile.
"""

from __future__ import annotations

import contextlib
import logging
import signal
import threading
from collections.abc import Callable
from datetime import datetime
from time import monotonic
from types import FrameType
from uuid import uuid4

import click
import psutil

from deployments.service import (
    artifact_pages,
    catch_up,
    environment,
    leftovers,
    logs,
    planning,
    register,
)
from deployments.service.catch_up import CatchUp
from deployments.service.check_lines import CheckLines
from deployments.service.client import (
    WORKER,
    Running,
    read_service,
    service_file,
    write_service,
)
from deployments.service.due_messages import DueMessages
from deployments.service.monitor import Monitor, Questions
from deployments.service.own_server import OwnServer
from deployments.service.ownership import POOL_TYPE
from deployments.service.prefect_api import PrefectAwayError, PrefectError
from deployments.service.prefect_server import existing_server, own_server, supported_version
from deployments.service.processes import Managed, end_left_overs, end_orphans
from deployments.service.settings_view import SettingsView
from deployments.service.stalled import end_stalled
from deployments.service.website_server import WebsiteServer
from flows.alerting import sending
from flows.context.context import AppContext
from flows.context.planned import SINCE, last_planned, record_alive, record_planned, service_claim
from flows.publishing.website import publish_changes
from flows.settings.load import SERVICE_VARIABLE
from flows.upkeep import overdue, seeds
from notifications.words.plain import several
from storage.database import DatabaseError
from storage.leases import BusyError, Hold, LeaseLostError, leased

log = logging.getLogger(__name__)

STOP_WORKER, STOP_ROUND = 30.0, 15.0  # seconds; with the server's 15 within a minute
DUE_ASKED_EVERY = 30.0
OVERDUE_ASKED_EVERY = 60.0
ALIVE_NOTED_EVERY = 30.0
SETTINGS_ASKED_EVERY = 10.0
PLANNED_ASKED_EVERY = 15.0
RENEWED_EVERY = 30.0
JOINED_EVERY = 5.0
WEBSITE_ASKED_EVERY = 5.0
PUBLISHED_EVERY = 30.0  # what other machines' runs have changed
LOGS_ROTATED_EVERY = 60.0
MEMORY_ASKED_EVERY = 600.0
TURNS_WITHIN = 60.0  # the loop, for `/health/live`


class AlreadyUpError(Exception):
    """A service runs on this data folder."""


class Service:
    """The service on one data folder.

    Args:
        host: where the UI listens.
        port: its port.
    """

    def __init__(self, context: AppContext, host: str, port: int) -> None:
        settings = context.settings
        self.home, self.logs = settings.data / "prefect", settings.data / "logs"
        self.server = existing_server(context) or own_server(settings, host, port)
        self.own = (
            OwnServer(self.server, context, host, port, self._write_file)
            if self.server.is_own
            else None
        )
        self.id = environment.service_id(self.home)
        self.view = SettingsView(context)
        self.api = self.server.api()
        self.folder = environment.folder(self.home)
        self.stopping = threading.Event()
        self._hold: Hold
        self._check_lines: CheckLines
        self._began = context.clock.now()
        self._first_check = str(uuid4())  # its key; empty once it is started
        self._artifacts_are_written = False
        self._is_joined = False  # Prefect answered, and knows our deployments
        self._is_away = False  # Prefect did not answer, and has not been heard of since
        self._said: set[str] = set()  # what went wrong with Prefect since it last answered
        self._is_registered = True  # as of the start; not, when settings changed since
        self._due_messages = DueMessages(self.api)
        self._worker_name = f"ofsted-watch-{self.id}"
        pool = ("--pool", settings.prefect.work_pool, "--type", POOL_TYPE)
        work = [*register.PREFECT, "worker", "start", *pool, "--name", self._worker_name]
        of_the_worker = environment.of_the_worker(context, self.server)
        self._catch_up = CatchUp(
            catch_up.through(self.api),
            catch_up.alone(of_the_worker, self.folder, self.logs / "round.log"),
        )
        self.worker = Managed(WORKER, work, of_the_worker, self.folder, self.logs / "worker.log")
        self.website = WebsiteServer(
            environment.of_the_website(context), self.folder, self.logs / "website.log", _say
        )

        self._turned = -TURNS_WITHIN  # when the loop last turned, by `monotonic`; not yet
        self.monitor = Monitor(Questions(self._is_live, lambda: self.context), _say)

    def _is_live(self) -> bool:
        """Whether the loop turns and the worker lives, for `/health/live`."""
        is_at_work = self.worker.is_running() or self._waits
        return monotonic() - self._turned < TURNS_WITHIN and is_at_work

    @property
    def _waits(self) -> bool:
        """Whether somebody else's server does not answer; nothing of ours can put that right."""
        return self._is_away and not self.server.is_own

    @property
    def context(self) -> AppContext:
        """By the settings in use."""
        return self.view.context

    def run(self) -> None:
        """Until SIGTERM or Ctrl-C.

        Raises:
            AlreadyUpError: another service runs on this data folder.
        """
        settings = self.context.settings
        try:
            with leased(self.context.database, service_claim(settings)) as hold:
                self._hold = hold
                self._check_lines = CheckLines(self.context)
                self._run()
        except (BusyError, LeaseLostError):
            running = read_service(settings)
            where = f" (pid {running.pid}, {running.ui})" if running else ""
            raise AlreadyUpError(
                f"a service is already running on {settings.data}{where}; stop it first"
            ) from None

    def _run(self) -> None:
        logging.getLogger().setLevel(logging.INFO)
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            signal.signal(number, self._stop)
        left = read_service(self.context.settings)
        if left and (ended := end_left_overs(left.children)):
            log.info(
                "stopped %s left by an earlier service", several(ended, "process", "processes")
            )
        try:
            self._start()
            self._keep_running()
        finally:
            self._end()

    def _stop(self, _signal: int, _context: FrameType | None) -> None:
        self.stopping.set()

    def _start(self) -> None:
        environment.prepare(self.home)
        sending.service_starts(self.context)
        self._note_alive()
        self._isolated(self._keep_website)
        self._isolated(self._keep_monitor)
        seeds.import_when_due(self.context)
        try:
            self._join()
        except PrefectAwayError as error:
            if self.server.is_own:
                raise
            self._is_away = True
            self._write_file()
            _say(f"{error}; waiting for it. Checks and messages go on without it")

    def _join(self) -> None:
        """Have Prefect make our flow runs, as soon as it answers.

        Raises:
            PrefectError: it does not start or answer, or cannot be used.
        """
        if self.own:
            _say("starting the Prefect server ...")
            self.own.start(self.stopping)
        else:
            supported_version(self.api)
        if self.stopping.is_set():
            return
        self._register()
        self._is_joined, self._is_away = True, False
        self._isolated(self._write_artifacts)
        self._start_worker()
        self._isolated(self._ask_what_is_planned)
        whose = "" if self.server.is_own else f" on the Prefect server at {self.server.api_url}"
        ui = f"Prefect UI: {self.server.ui} (Ctrl-C or SIGTERM stops the service)"
        _say(f"running{whose}; {ui}")
        _say(f"judgements, reports, news and health: {artifact_pages.address(self.server.ui)}")
        self._isolated(self._start_first_check)

    def _register(self) -> None:
        of_the_command = (
            self.own.managed.environment
            if self.own
            else environment.of_prefects_command(self.context, self.server)
        )
        register.register(self.server, self.context, of_the_command, self.folder)

    def _start_worker(self) -> None:
        """A worker, after what a dead one of ours left is ended and marked crashed."""
        if ended := end_orphans(SERVICE_VARIABLE, self.id):
            log.info("stopped %s left by a dead worker", several(ended, "process", "processes"))
        leftovers.end_runs_of(self._worker_name, self.api, self.context)
        leftovers.cancel_missed(self.api)
        self.worker.start()
        self._write_file()

    def _write_file(self) -> None:
        me = psutil.Process()
        managed = [self.worker, self.website.managed]
        children = [each.child() for each in ([self.own.managed] if self.own else []) + managed]
        running = Running(
            pid=me.pid,
            started=me.create_time(),
            ui=self.server.ui,
            api=self.server.api_url,
            children=tuple(child for child in children if child),
        )
        write_service(self.context.settings, running)

    def _keep_running(self) -> None:
        jobs: list[tuple[float, Callable[[], object]]] = [
            (1.0, self._revive),
            (JOINED_EVERY, self._join_late),
            (WEBSITE_ASKED_EVERY, self._keep_website),
            (WEBSITE_ASKED_EVERY, self._keep_monitor),
            (ALIVE_NOTED_EVERY, self._note_alive),
            (5.0, self._report_checks),
            (SETTINGS_ASKED_EVERY, self._take_over_settings),
            (PLANNED_ASKED_EVERY, self._ask_what_is_planned),
            (DUE_ASKED_EVERY, self._with_prefect(self._write_artifacts)),
            (RENEWED_EVERY, self._renew),
            (DUE_ASKED_EVERY, self._with_prefect(self._start_first_check)),
            (DUE_ASKED_EVERY, lambda: self._due_messages.check(self.context)),
            (DUE_ASKED_EVERY, lambda: end_stalled(self.context, self.api, self.id)),
            (DUE_ASKED_EVERY, self._start_what_is_due),
            (DUE_ASKED_EVERY, self._with_prefect(self._end_what_was_left)),
            (PUBLISHED_EVERY, lambda: publish_changes(self.context, self.id)),
            (OVERDUE_ASKED_EVERY, self._notice_overdue),
            (LOGS_ROTATED_EVERY, lambda: logs.rotate(self.logs)),
            (MEMORY_ASKED_EVERY, self._restart_large_server),
        ]
        next_time = [monotonic() + every for every, _ in jobs]
        while not self.stopping.wait(1.0):
            self._turned = monotonic()
            for number, (every, do) in enumerate(jobs):
                if monotonic() >= next_time[number]:
                    next_time[number] = monotonic() + every
                    self._isolated(do)

    def _with_prefect(self, do: Callable[[], object]) -> Callable[[], object]:
        """Done only while Prefect answers and knows our deployments."""
        return lambda: do() if self._is_joined and not self._waits else None

    def _join_late(self) -> None:
        """Where Prefect did not answer at the start."""
        if not self._is_joined:
            self._join()

    def _note_alive(self) -> None:
        with self.context.database.write() as session:
            record_alive(session, self.context.settings, self.context.clock.now())

    def _take_over_settings(self) -> None:
        if self.view.refresh():
            settings = self.context.settings
            _say(
                f"new settings in use: {several(len(settings.watch), 'authority', 'authorities')}, "
                f"{several(len(self.context.recipients), 'recipient')}"
            )
            self._is_registered = False
        if not self._is_registered and self._is_joined:  # also where Prefect did not answer before
            self._register()
            self._hand_on_secrets()
            self._is_registered = True

    def _hand_on_secrets(self) -> None:
        """What the changed settings take from variables, the worker's runs are to find there."""
        wanted = environment.of_the_worker(self.context, self.server)
        if wanted != self.worker.environment:
            self.worker.environment = wanted
            self.worker.stop(STOP_WORKER)
            self._start_worker()

    def _ask_what_is_planned(self) -> None:
        if not self._is_joined:
            return
        with self.context.database.read() as session:
            before = last_planned(session)
        planned = planning.ask(self.api, self.context, self._began, before)
        if self._is_away:
            _say("the Prefect server answers again")
        self._is_away = False
        self._said.clear()
        if planned.lacking and not (before and before.lacking):
            log.warning("Prefect has stopped planning runs; checks that are due are started here")
        with self.context.database.write() as session:
            record_planned(session, planned)

    def _start_what_is_due(self) -> None:
        with self.context.database.read() as session:
            planned = last_planned(session)
        self._catch_up.check(self.context, self._since, planned)

    def _notice_overdue(self) -> None:
        overdue.notice_overdue(self.context, self._since, self._why_overdue)

    @property
    def _since(self) -> datetime:
        """What was due before is not to be caught up with."""
        now = self.context.clock.now()  # it may have been ahead at the start
        self._began, self.view.since = min(self._began, now), min(self.view.since, now)
        return max(self._began, self.view.since)

    def _write_artifacts(self) -> None:
        """Once; the runs write them from then on."""
        if not self._artifacts_are_written:
            artifact_pages.write(self.api, self.context)
            self._artifacts_are_written = True

    def _start_first_check(self) -> None:
        """Once; by its key it stays one where its start was not confirmed.

        Where a person has paused the checks, it is theirs to start.
        """
        deployment = self.api.deployment("check-for-reports") if self._first_check else None
        if deployment and planning.is_paused(deployment):
            self._first_check = ""
            _say("checks are paused in the Prefect UI; resume the schedule there")
        if self._first_check:
            since = {SINCE: self._began.isoformat()}
            self.api.start("check-for-reports", key=self._first_check, labels=since)
            self._first_check = ""

    def _renew(self) -> None:
        """A database that was started anew knows no lock of ours.

        Raises:
            storage.leases.LeaseLostError: another service took our place meanwhile.
        """
        with self.context.database.write() as session:
            self._hold.renew(session)

    def _revive(self) -> None:
        if self.own:
            self.own.keep(self.stopping)
        is_to_run = self._is_joined and not self._waits
        if is_to_run and not self.worker.is_running() and self.worker.may_start():
            self._start_worker()

    def _restart_large_server(self) -> None:
        if self.own and self.worker.is_idle():
            self.own.restart_if_large(self.stopping)

    def _end_what_was_left(self) -> None:
        leftovers.end_unlabelled(self.api, self.context)
        if self.worker.is_idle():
            leftovers.end_runs_of_the_idle(self._worker_name, self.api, self.context)
        leftovers.end_runs_of_the_lost(self.api, self.context)

    def _keep_website(self) -> None:
        if self.website.keep(self.context.settings):
            self._write_file()

    def _keep_monitor(self) -> None:
        self.monitor.keep(self.context.settings.monitor.serve)

    def _report_checks(self) -> None:
        for line in self._check_lines.new(self.context):
            _say(line)

    def _why_overdue(self) -> str:
        with contextlib.suppress(PrefectError):
            deployment = self.api.deployment("check-for-reports")
            if deployment and planning.is_paused(deployment):
                return "the schedule is paused in the Prefect UI; resume it there"
        return "no check could be started; see the Prefect UI and the logs in the data folder"

    def _end(self) -> None:
        _say("stopping ...")
        self.website.stop()
        self.monitor.stop()
        self._catch_up.stop(STOP_ROUND)
        runs = self.worker.is_running() and (not self.own or self.own.managed.is_running())
        self.worker.stop(STOP_WORKER)
        if runs:  # else it may be another program that answers there
            self._isolated(
                lambda: leftovers.cancel_stopped(self._worker_name, self.api, self.context)
            )
        if self.own:
            self.own.stop()
        service_file(self.context.settings).unlink(missing_ok=True)

    def _isolated(self, do: Callable[[], object]) -> None:
        """What fails now, however it fails, is tried again at its next turn; the service goes on.

        What goes wrong with Prefect is said once until it answers again.
        """
        try:
            do()
        except LeaseLostError:
            raise  # another service has taken our place
        except PrefectError as error:
            self._is_away = self._is_away or isinstance(error, PrefectAwayError)
            if str(error) not in self._said:
                self._said.add(str(error))
                log.warning("%s", error)
        except (DatabaseError, OSError) as error:
            log.warning("%s", error)
        except Exception:
            log.exception("a periodic job of the service failed; it will be retried")


def _say(words: str) -> None:
    click.echo(words, err=True)
