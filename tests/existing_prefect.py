"""A stock Prefect server that others use too: its login, TLS, a path prefix, and work of others."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from deployments.service.prefect_api import Api
from deployments.service.processes import kill_all
from tests.relay import Relay
from tests.running_service import RunningInstallation, free_port, wait_until
from tests.sinks import ca_file

LOGIN = "ada:a-login-of-the-server"
PREFIX = "/tools/prefect"
TABLE = """\
[prefect]
api_url = "{api_url}"
auth_file = "login"
"""


@dataclass
class ExistingPrefect:
    """The server, behind a relay."""

    relay: Relay
    folder: Path
    theirs: dict[str, Any] = field(default_factory=dict)  # what others have there, by its path

    @property
    def api_url(self) -> str:
        return f"https://127.0.0.1:{self.relay.port}{PREFIX}/api"

    @property
    def api(self) -> Api:
        return Api(self.api_url, LOGIN, ca_file=ca_file())

    def work_of_others(self) -> dict[str, Any]:
        """What it is now."""
        return {path: _lasting(self.api._ask("GET", path)) for path in self.theirs}

    def begin_work_of_others(self) -> None:
        """Deployments with names of ours, and their runs: running, pending and late."""
        ask = self.api._ask
        flow = ask("POST", "/flows/", json={"name": "letters"})["id"]
        ask("POST", "/work_pools/", json={"name": "others", "type": "process"})
        self.theirs["/work_pools/others"] = None
        late = {"type": "SCHEDULED", "name": "Late"}
        for name in ("check-for-reports", "send-alerts"):
            made = {"name": name, "flow_id": flow, "work_pool_name": "others"}
            deployment = ask("POST", "/deployments/", json=made)["id"]
            self.theirs[f"/deployments/{deployment}"] = None
            for minutes, state in enumerate(({"type": "RUNNING"}, {"type": "PENDING"}, late, late)):
                due = datetime.now(UTC) - timedelta(minutes=minutes)
                body = {"state": state | {"state_details": {"scheduled_time": due.isoformat()}}}
                run = ask("POST", f"/deployments/{deployment}/create_flow_run", json=body)["id"]
                if state["type"] in {"RUNNING", "PENDING"}:
                    ask("POST", f"/flow_runs/{run}/set_state", json={"state": state, "force": True})
                self.theirs[f"/flow_runs/{run}"] = None
        self.theirs = self.work_of_others()


def _lasting(found: dict[str, Any]) -> dict[str, Any]:
    """All but what passes with time."""
    passing = {"updated", "estimated_run_time", "estimated_start_time_delta", "total_run_time"}
    return {name: value for name, value in found.items() if name not in passing}


@contextlib.contextmanager
def an_existing_prefect(folder: Path) -> Iterator[ExistingPrefect]:
    """A server in a home and a folder of its own, that asks for a login and CSRF tokens."""
    port = free_port()
    home = folder / "home"
    home.mkdir()
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": str(home),
        "PREFECT_HOME": str(home / "prefect"),
        "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
        "PREFECT_SERVER_API_AUTH_STRING": LOGIN,
        "PREFECT_API_AUTH_STRING": LOGIN,
        "PREFECT_SERVER_API_CSRF_PROTECTION_ENABLED": "true",
        "PREFECT_SERVER_API_BASE_PATH": f"{PREFIX}/api",
        "PREFECT_SERVER_UI_SERVE_BASE": PREFIX,
    }
    start = ("-m", "prefect", "server", "start", "--host", "127.0.0.1", "--port", str(port))
    with (folder / "server.log").open("w") as log:
        server = subprocess.Popen(
            [sys.executable, *start], cwd=home, env=environment, stdout=log, stderr=log
        )
    try:
        with Relay(port) as relay:
            found = ExistingPrefect(relay, folder)
            wait_until(found.api.is_healthy, 120)
            yield found
    finally:
        import psutil

        process = psutil.Process(server.pid)
        kill_all([process, *process.children(recursive=True)])
        server.wait()


@dataclass
class InstallationElsewhere(RunningInstallation):
    """One whose Prefect server somebody else runs."""

    prefect: ExistingPrefect | None = None

    @property
    def api(self) -> Api:
        assert self.prefect is not None
        return self.prefect.api
