"""Asking a running service for a check."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import click
import psutil

from basics.atomic_write import write_atomically
from deployments.service.prefect_api import FINAL, Api, Json, PrefectError
from deployments.service.prefect_server import server_of
from flows.checking.one_check import CheckResult, NewReport
from flows.context.context import AppContext, with_names
from flows.settings.model import Settings
from flows.settings.watched import Watched
from storage import models, queries

POLLED = 0.5  # seconds
PATIENCE_WITH_A_BUSY_SERVER = 60.0  # seconds
WITHOUT_PROGRESS = 600.0  # seconds without progress after which we stop waiting for a run
PREFECT_SERVER, WORKER, WEBSITE_SERVER = "Prefect server", "worker", "website server"


@dataclass(frozen=True, slots=True)
class Child:
    """A process of the service."""

    name: str
    pid: int
    started: float  # seconds of the epoch

    def is_alive(self) -> bool:
        """Whether it still runs."""
        return is_alive(self.pid, self.started)


@dataclass(frozen=True, slots=True)
class Running:
    """A running service, as its file says."""

    pid: int
    started: float
    ui: str
    api: str
    children: tuple[Child, ...] = ()

    def is_alive(self) -> bool:
        """Whether its own process still runs."""
        return is_alive(self.pid, self.started)


def is_alive(pid: int, started: float) -> bool:
    """Whether a process of this machine still runs, by its number and start (epoch seconds)."""
    try:
        process = psutil.Process(pid)
        same = abs(process.create_time() - started) < 1.0
        return same and process.status() != psutil.STATUS_ZOMBIE
    except psutil.Error:
        return False


def service_file(settings: Settings) -> Path:
    """The file that a running service writes."""
    return settings.data / "service.json"


def write_service(settings: Settings, running: Running) -> None:
    """Write the service's file, for other commands and for the next start."""
    write_atomically(service_file(settings), json.dumps(asdict(running)).encode())


def read_service(settings: Settings) -> Running | None:
    """What the service's file says, even if the service has ended; None: there is no file."""
    try:
        found: dict[str, Any] = json.loads(service_file(settings).read_text(encoding="utf-8"))
        children = tuple(Child(**child) for child in found.pop("children"))
        return Running(**found, children=children)
    except (OSError, ValueError, TypeError, KeyError):
        return None


def running_service(settings: Settings) -> Running | None:
    """The service on this data folder if it is up."""
    found = read_service(settings)
    return found if found and found.is_alive() else None


@dataclass
class FollowedRun:
    """A round that a running service does as a flow run, followed until it ends."""

    service: Running
    context: AppContext
    authorities: Sequence[str]  # names or URNs; none: all that are watched
    on_check: Callable[[CheckResult], None]
    checked: list[CheckResult] = field(default_factory=list)
    is_done: bool = False  # the run has ended, and `checked` is complete
    _taken: set[int] = field(default_factory=set)

    def follow(self) -> None:
        """Start it and wait while it makes progress; if it makes none, say so on stderr."""
        try:
            self._follow()
        except PrefectError as error:
            click.echo(f"note: {error}; checking without the service", err=True)

    def _follow(self) -> None:
        server = server_of(self.service.api, self.service.ui, self.context)
        api = server.api(PATIENCE_WITH_A_BUSY_SERVER)
        run_id = api.start("check-for-reports", {"authorities": [*self.authorities] or None})
        page = f"{self.service.ui}/runs/flow-run/{run_id}"
        click.echo(f"progress: {page}", err=True)
        signs, since = self._signs(run_id, ""), time.monotonic()
        while (state := self._state(api, run_id)) is None or state["state_type"] not in FINAL:
            now = self._signs(run_id, state["state_name"] if state else "")
            if now != signs:
                signs, since = now, time.monotonic()
            elif time.monotonic() - since > WITHOUT_PROGRESS:
                minutes = f"{WITHOUT_PROGRESS / 60:.0f} minutes"
                raise PrefectError(f"the flow run made no progress for {minutes} ({page})")
            time.sleep(POLLED)
        self._take(run_id)
        click.echo(f"flow run {state['state_name']}: {state['name']} ({page})", err=True)
        done = {each.provider_key for each in self.checked}
        named = [self.context.authority(name) for name in self.authorities]
        authorities = named or [*self.context.settings.watch]
        pages: tuple[Watched, ...] = (
            *authorities,
            *self.context.settings.areas_of(authorities),
        )
        for each in pages:
            if each.key not in done:
                self._add(_busy(self.context, each))
        self.is_done = True

    def _state(self, api: Api, run_id: str) -> Json | None:
        """The run; None: Prefect's server does not answer, and the service will restart it."""
        try:
            run = api.run(run_id)
        except PrefectError:
            if self.service.is_alive():
                return None
            raise PrefectError("the service stopped") from None
        if run is None:
            raise PrefectError("the flow run was deleted")
        return run

    def _signs(self, run_id: str, state: str) -> tuple[object, ...]:
        self._take(run_id)
        with self.context.database.read() as session:
            return (state, *queries.signs_of_life(session))

    def _take(self, run_id: str) -> None:
        """Add the checks that have ended since the last call."""
        with self.context.database.read() as session:
            checks = queries.checks_of_run(session, run_id)
            new = [each for each in checks if each.ended_at and each.id not in self._taken]
            context = with_names(session, self.context) if new else self.context
            found = [
                _checked(context, each, queries.provider_state(session, each.provider_key))
                for each in new
            ]
        self._taken |= {each.id for each in new}
        for one in found:
            self._add(one)

    def _add(self, checked: CheckResult) -> None:
        self.checked.append(checked)
        self.on_check(checked)


def _checked(
    context: AppContext, found: models.PageCheck, state: queries.ProviderState | None
) -> CheckResult:
    return CheckResult(
        urn=found.urn,
        name=context.name_of(found.provider_key),
        state=state.state if state else "new",
        result=found.result or "unreachable",  # type: ignore[arg-type]
        listed=found.listed,
        message=found.message,
        began_at=found.began_at,
        new=tuple(NewReport(**each) for each in json.loads(found.new)),
        newly_failed=found.newly_failed,
        code=found.code,
    )


def _busy(context: AppContext, page: Watched) -> CheckResult:
    message = "the flow run ended without checking this page; see it in the Prefect UI"
    return CheckResult(
        *(page.urn, page.name, "unreachable", "busy", None, message, context.clock.now()),
        code=page.key.code,
    )
