"""`up` started amid the settings of another Prefect: in its environment and its folder."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import sqlite3
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psutil
import pytest

from deployments.demo.fake_ofsted import FakeOfsted
from deployments.service.prefect_api import Api, PrefectError
from tests.running_service import COMMAND, OLDER, PRESENT, SUTTON, listed, wait_until

pytestmark = [pytest.mark.system, pytest.mark.long(60), pytest.mark.timeout(600)]

OURS = {"OFSTED_WATCH_ALLOW_PRIVATE": "true", "OFSTED_WATCH_IMPORT_SEEDS": "false"}
ARTIFACTS = {"sutton-judgements", "news", "health"}


@dataclass
class Surrounded:
    """A service that is up by settings of the environment alone."""

    folder: Path  # where it was started
    port: int
    environment: dict[str, str]
    at_the_start: set[str]  # the artifacts when it said that it is up
    pid: int

    @property
    def ui(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def api(self) -> Api:
        return Api(f"{self.ui}/api")

    @property
    def said(self) -> str:
        return (self.folder / "up.log").read_text()

    def command(self, *words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [*COMMAND, *words],
            cwd=self.folder,
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )


def surround(folder: Path) -> dict[str, str]:
    """Another installation, in each of the four places that Prefect reads."""
    at = {name: f"sqlite+aiosqlite:///{folder / name}.db" for name in ("variable", "env", "toml")}
    (folder / ".env").write_text(
        f"PREFECT_SERVER_DATABASE_CONNECTION_URL={at['env']}\nPREFECT_API_URL=http://127.0.0.1:9\n"
    )
    table = f'connection_url = "{at["toml"]}"\n'
    (folder / "prefect.toml").write_text(f"[server.database]\n{table}")
    (folder / "pyproject.toml").write_text(f"[tool.prefect.server.database]\n{table}")
    return {
        "PREFECT_SERVER_DATABASE_CONNECTION_URL": at["variable"],
        "PREFECT_API_URL": "http://127.0.0.1:9/api",
        "PREFECT_API_KEY": "of-another",
        "PREFECT_PROFILE": "another",
        "PREFECT_UI_ENABLED": "false",
    }


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Surrounded]:
    """Started after a check of the command line's own, where no worker takes another one."""
    folder = tmp_path_factory.mktemp("surrounded")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    fake_ofsted = FakeOfsted()
    fake_ofsted.provider(SUTTON, "London Borough of Sutton", reports=[listed(*OLDER)])
    with fake_ofsted.running() as base:
        environment = os.environ | OURS | surround(folder) | {"OFSTED_WATCH_CLOCK": PRESENT}
        environment |= {f"OFSTED_WATCH_OFSTED__{name}": base for name in ("REPORTS", "FILES")}
        environment |= {"OFSTED_WATCH_DATA_DIR": "kept", "OFSTED_WATCH_OFSTED__GAP": "0"}
        ours = Surrounded(folder, port, environment, set(), 0)
        checked = ours.command("check")
        assert checked.returncode == 0, checked.stderr
        with (folder / "up.log").open("w") as log:
            up = subprocess.Popen(
                [*COMMAND, "up", "--port", str(port)],
                cwd=folder,
                env=environment,
                stdout=log,
                stderr=log,
            )
        ours.pid = up.pid
        try:
            wait_until(lambda: "Prefect UI: http" in ours.said or up.poll() is not None)
            assert up.poll() is None, ours.said
            ours.at_the_start = set(ours.api.artifacts())
            yield ours
        finally:
            up.send_signal(signal.SIGTERM)
            up.wait(60)


def test_all_artifacts_are_there_before_a_check_though_the_first_was_made_without_prefect(service):
    assert service.at_the_start == ARTIFACTS


def test_it_says_what_is_ignored_and_where_the_artifacts_are(service):
    [note] = [line for line in service.said.splitlines() if "in the environment" in line]
    for name in ("PREFECT_API_URL", "PREFECT_SERVER_DATABASE_CONNECTION_URL", "PREFECT_API_KEY"):
        assert name in note
    assert "of-another" not in service.said
    assert f"{service.ui}/artifacts" in service.said
    shown = service.command("status").stdout
    assert f"{service.ui}/artifacts" in shown


def test_runs_are_made_by_the_settings_of_the_environment_and_of_the_folder_it_stood_in(service):
    checked = service.command("check")
    assert "flow run Completed: " in checked.stderr, checked.stderr
    assert "1 report listed, nothing new" in checked.stdout
    assert not (service.folder / "data").exists()


def ended(service: Surrounded, deployment: str) -> list[dict[str, str]]:
    with contextlib.suppress(PrefectError):
        return service.api.runs(states=("COMPLETED", "FAILED", "CRASHED"), deployment=deployment)
    return []


def test_nothing_lands_in_the_place_of_another(service):
    wait_until(lambda: ended(service, "check-for-reports"))
    assert list(service.folder.glob("*.db*")) == []
    with sqlite3.connect(service.folder / "kept" / "prefect" / "prefect.db") as database:
        names = {name for (name,) in database.execute("SELECT name FROM deployment")}
    assert names == {
        "check-for-reports",
        "send-alerts",
        "nightly-maintenance",
        "import-seeds",
        "reread-archive",
    }


def test_no_process_has_a_variable_of_another_or_stands_where_it_was_started(service):
    family = psutil.Process(service.pid).children(recursive=True)
    assert len(family) >= 2
    for process in family:
        environment = process.environ()
        assert "another" not in " ".join(environment.values())
        assert "PREFECT_SERVER_DATABASE_CONNECTION_URL" not in environment
        assert process.cwd() != str(service.folder)
    assert list((service.folder / "kept" / "prefect" / "empty").iterdir()) == []


def test_prefects_server_logs_no_error_and_no_warning_when_it_starts(service):
    time.sleep(1)
    log = (service.folder / "kept" / "logs" / "server.log").read_text()
    assert [line for line in log.splitlines() if "ERROR" in line or "WARN" in line] == []
