"""Asking a running service for a look."""

from __future__ import annotations

import json
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import click

from deployments.prefect_api import FINAL, Api, Json, PrefectError
from flows.look import Looked, Told
from flows.settings import Settings
from flows.tools import Tools, named, ui_login
from storage import models, queries
from storage.leases import is_alive

POLLED = 0.5  # seconds
PATIENCE_WITH_A_BUSY_SERVER = 60.0  # seconds
PATIENCE = 900.0  # seconds for a run to be taken and to end


@dataclass(frozen=True, slots=True)
class Child:
    """A process of the service."""

    pid: int
    started: float  # seconds of the epoch


@dataclass(frozen=True, slots=True)
class Running:
    """A service that is up, as its file says."""

    pid: int
    started: float
    ui: str
    api: str
    children: tuple[Child, ...] = ()

    def is_alive(self) -> bool:
        """Whether its own process still runs."""
        return is_alive(self.pid, self.started)


def service_file(settings: Settings) -> Path:
    """Where a running service says that it runs."""
    return settings.data / "service.json"


def write_service(settings: Settings, running: Running) -> None:
    """Say that the service runs, for the other commands and the next start."""
    path = service_file(settings)
    new = path.with_suffix(".new")
    new.write_text(json.dumps(asdict(running)), encoding="utf-8")
    new.replace(path)


def read_service(settings: Settings) -> Running | None:
    """What the file says, of a service that runs or ran; None: nothing."""
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


def look(service: Running, tools: Tools, urns: list[str]) -> list[Looked] | None:
    """A look as a flow run, waited for; None: the service did not take it (said on stderr)."""
    api = Api(service.api, ui_login(tools.settings), PATIENCE_WITH_A_BUSY_SERVER)
    try:
        run_id = api.start("watch", {"urns": urns or None})
        run = _wait(api, run_id)
    except PrefectError as error:
        click.echo(f"note: {error}; looking without it", err=True)
        return None
    page = f"{service.ui}/runs/flow-run/{run_id}"
    click.echo(f"flow run {run['state_name']}: {run['name']} ({page})", err=True)
    tools = named(tools)
    with tools.database.read() as session:
        found = queries.looks_of_run(session, run_id)
        looked = [_looked(tools, each, queries.provider_state(session, each.urn)) for each in found]
    missing = [urn for urn in urns or _watched(tools) if urn not in {each.urn for each in looked}]
    return looked + [_busy(tools, urn) for urn in missing]


def _watched(tools: Tools) -> list[str]:
    return [watch.urn for watch in tools.settings.watch]


def _wait(api: Api, run_id: str) -> Json:
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        run = api.run(run_id)
        if run["state_type"] in FINAL:
            return run
        time.sleep(POLLED)
    raise PrefectError(f"the flow run {run_id} did not end in {PATIENCE / 60:.0f} minutes")


def _looked(tools: Tools, found: models.Look, state: queries.ProviderState | None) -> Looked:
    return Looked(
        urn=found.urn,
        name=tools.watch(found.urn).name,
        state=state.state if state else "new",
        outcome=found.outcome or "failed",  # type: ignore[arg-type]
        listed=found.listed,
        message=found.message,
        began_at=found.began_at,
        new=tuple(Told(**each) for each in json.loads(found.new)),
        newly_failed=found.newly_failed,
    )


def _busy(tools: Tools, urn: str) -> Looked:
    message = "the flow run ended without a look; see it in the UI"
    return Looked(urn, tools.watch(urn).name, "failing", "busy", None, message, tools.clock.now())
