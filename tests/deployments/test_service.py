"""The service as a person starts it: a real Prefect server, a real worker, real signals."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import psutil
import pytest

import seeds
from deployments.pdfs import tagged_pdf
from deployments.prefect_api import FINAL, Api, PrefectError
from deployments.runs import Running, read_service
from deployments.standin import StandIn
from deployments.standin_faults import drip
from deployments.standin_pages import Listed
from flows import configuration
from flows.settings import Settings
from tests.sinks import MailSink

pytestmark = pytest.mark.slow

SUTTON = "80515"
PRESENT = "2025-07-29T08:40:00Z"
COMMAND = [sys.executable, "-m", "deployments.cli"]
SETTINGS = """\
import_seeds = false
allow_private = true
[schedule]
looks = ["0 4 1 1 *"]
[site]
reports = "{base}"
files = "{base}"
gap = 0
[mail]
server = "{mail.server}"
port = {mail.port}
security = "none"
sender = "ofsted-watch@example.org"
[[recipients]]
name = "scrutiny"
email = "scrutiny@example.org"
"""


def wait_until(holds: Callable[[], Any], seconds: float = 90) -> Any:
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if found := holds():
            return found
        time.sleep(0.2)
    raise AssertionError(f"not within {seconds} s")


@dataclass
class Town:
    folder: Path
    standin: StandIn
    mail: MailSink
    port: int
    up: subprocess.Popen[bytes] | None = None

    @property
    def settings(self) -> Settings:
        return configuration.load(str(self.folder / "ofsted-watch.toml"))

    @property
    def api(self) -> Api:
        return Api(f"http://127.0.0.1:{self.port}/api")

    @property
    def running(self) -> Running:
        found = read_service(self.settings)
        assert found is not None
        return found

    def command(self, *words: str) -> list[str]:
        return [*COMMAND, "--config", str(self.folder / "ofsted-watch.toml"), *words]

    def start(self) -> None:
        """Start the service and wait for its own first look to end."""
        began = datetime.now(UTC).isoformat()
        self.up = subprocess.Popen(self.command("up", "--port", str(self.port)), env=environment())
        wait_until(lambda: self.looked_since(began) or self.up.poll() is not None)
        assert self.up.poll() is None

    def looked_since(self, moment: str) -> bool:
        with contextlib.suppress(PrefectError):  # a left server is ended while it is asked
            return any(run["start_time"] > moment for run in self.looks("COMPLETED"))
        return False

    def run(self, *words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            self.command(*words),
            env=environment(),
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )

    def looks(self, *states: str) -> list[dict[str, Any]]:
        return self.api.runs(states=states, deployment="watch") if self.api.is_healthy() else []

    def subjects(self) -> list[str]:
        return [str(mailed.message["Subject"]) for mailed in self.mail.messages]


def environment() -> dict[str, str]:
    return {**os.environ, "OFSTED_WATCH_CLOCK": PRESENT, "PREFECT_WORKER_QUERY_SECONDS": "2"}


def listed(seed: str, file_id: str, published: date) -> Listed:
    text = seeds.folder().joinpath(seed).read_text(encoding="utf-8")
    return Listed("Children's services inspection", published, file_id, data=tagged_pdf(text))


OLDER = ("sutton-2021-ilacs.txt", "50176759", date(2022, 2, 1))
NEWER = ("sutton-2025-ilacs.txt", "50283346", date(2025, 7, 29))


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    folder = tmp_path_factory.mktemp("service")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    standin = StandIn()
    standin.provider(SUTTON, "London Borough of Sutton", reports=[listed(*OLDER)])
    with standin.running() as base, MailSink() as mail:
        text = SETTINGS.format(base=base, mail=mail)
        (folder / "ofsted-watch.toml").write_text(text)
        town = Town(folder, standin, mail, port)
        town.start()
        yield town
        town.up.send_signal(signal.SIGTERM)
        town.up.wait(60)


def test_the_first_look_is_a_flow_run_on_the_worker_and_welcomes(town):
    [run] = town.looks("COMPLETED")
    assert run["state"]["name"] == "First look: Sutton"
    assert run["name"].endswith("First look: Sutton")
    assert town.subjects() == ["Ofsted watch: watching Sutton"]


def test_a_second_service_on_the_same_data_is_refused(town):
    second = town.run("up", "--port", "0")
    assert second.returncode == 2
    assert "the service runs already on" in second.stderr
    assert "Traceback" not in second.stderr


def test_the_port_of_another_prefect_is_refused(town, tmp_path):
    """Two services would run each other's looks."""
    file = tmp_path / "ofsted-watch.toml"
    file.write_text((town.folder / "ofsted-watch.toml").read_text())
    line = [*COMMAND, "--config", str(file), "up", "--port", str(town.port)]
    said = subprocess.run(
        line, env=environment(), capture_output=True, text=True, check=False, timeout=120
    )
    assert said.returncode == 1
    assert f"another program answers at http://127.0.0.1:{town.port}" in said.stderr


def test_a_look_that_finds_nothing_is_a_run_that_says_so(town):
    looked = town.run("look")
    assert looked.returncode == 0
    assert "1 report listed, nothing new" in looked.stdout
    newest = town.looks("COMPLETED")[0]
    assert newest["state"]["name"] == "Nothing new"
    assert newest["name"].endswith("Nothing new")


def test_a_new_report_names_its_run_and_leaves_both_artifacts(town):
    town.standin.publish(SUTTON, listed(*NEWER))
    looked = town.run("look", "--json")
    assert looked.returncode == 0, looked.stderr
    newest = town.looks("COMPLETED")[0]
    assert newest["state"]["name"] == "1 new report: Sutton, children's services inspection"
    assert town.subjects()[1:] == [
        "Sutton: leaders' impact lowered, Outstanding to Good; overall Good"
    ]
    assert {*newest["tags"]} == {"ofsted-watch", "sutton"}
    artifacts = {key: each["data"] for key, each in town.api.artifacts().items()}
    assert set(artifacts) == {"sutton-judgements", "sutton-report-50283346", "news", "health"}
    report = artifacts["sutton-report-50283346"]
    assert "| Impact of leaders on social work practice | Outstanding | Good | lowered |" in report


def test_the_night_is_a_run_on_the_worker_and_the_doctor_finds_the_service_well(town):
    run_id = town.api.start("nightly")
    wait_until(lambda: town.api.run(run_id)["state_type"] in FINAL)
    state = town.api.run(run_id)["state"]
    assert (state["name"], state["message"].splitlines()[0][:7]) == ("All well", "check: ")
    said = town.run("doctor", "--json")
    found = [each for each in json.loads(said.stdout)["findings"] if each["subject"] == "service"]
    assert {each["state"] for each in found} == {"ok"}, found
    assert said.returncode == 0, said.stdout


def test_a_worker_killed_in_the_middle_of_a_look_leaves_no_run_under_way(town):
    town.standin.misbehave(f"/provider/44/{SUTTON}", drip(pause=1.0), times=1)
    run_id = town.api.start("watch")
    wait_until(lambda: town.api.run(run_id)["state_type"] == "RUNNING")
    worker = psutil.Process(town.running.children[1].pid)
    for process in [worker, *worker.children(recursive=True)]:
        process.kill()
    wait_until(lambda: town.api.run(run_id)["state_type"] == "CRASHED", 60)
    town.standin.behave()
    again = town.run("look")
    assert "nothing new" in again.stdout, again.stderr
    assert len(town.subjects()) == 2


def test_a_persons_pause_lasts_over_a_killed_service_and_nothing_is_left_under_way(town):
    deployment = town.api.deployment("watch")
    town.api.change_deployment(deployment["id"], paused=True)
    left = town.running.children
    town.up.kill()
    town.up.wait()
    assert all(psutil.pid_exists(child.pid) for child in left)

    town.start()
    assert not any(psutil.pid_exists(child.pid) for child in left)
    again = town.api.deployment("watch")
    assert again["paused"]
    assert again["id"] == deployment["id"]
    assert [each["id"] for each in again["schedules"]] == [
        each["id"] for each in deployment["schedules"]
    ]
    assert town.looks("RUNNING", "PENDING") == []


def test_a_changed_schedule_is_registered_and_the_pause_is_carried_over(town):
    file = town.folder / "ofsted-watch.toml"
    file.write_text(file.read_text().replace("0 4 1 1 *", "0 5 1 1 *"))
    town.up.send_signal(signal.SIGTERM)
    assert town.up.wait(60) == 0
    town.start()
    deployment = town.api.deployment("watch")
    assert [each["schedule"]["cron"] for each in deployment["schedules"]] == ["0 5 1 1 *"]
    assert deployment["schedules"][0]["schedule"]["timezone"] == "Europe/London"
    assert deployment["paused"]


def test_sigterm_stops_the_service_with_all_its_processes_within_a_minute(town):
    family = psutil.Process(town.up.pid).children(recursive=True)
    assert len(family) >= 2
    began = time.monotonic()
    town.up.send_signal(signal.SIGTERM)
    assert town.up.wait(60) == 0
    assert time.monotonic() - began < 60
    assert not any(each.is_running() for each in family)
    assert read_service(town.settings) is None
