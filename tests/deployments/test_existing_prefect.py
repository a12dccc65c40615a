"""A Prefect server that somebody else runs: behind TLS and a path prefix, with a login and CSRF
protection, and with work of others on it. One server for all that is tried.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest
import yaml

from deployments.demo.fake_ofsted import FakeOfsted
from deployments.demo.fake_ofsted_faults import drip
from deployments.service.prefect_api import FINAL
from deployments.service.processes import kill_all
from deployments.service.register import NAMES
from flows.settings import load
from tests.existing_prefect import (
    LOGIN,
    TABLE,
    ExistingPrefect,
    InstallationElsewhere,
    an_existing_prefect,
)
from tests.running_service import OFFSET, OLDER, SETTINGS, SUTTON, free_port, listed, wait_until
from tests.sinks import EmailSink, ca_file

pytestmark = [pytest.mark.system, pytest.mark.long(200), pytest.mark.timeout(900)]


@pytest.fixture(scope="module")
def prefect(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ExistingPrefect]:
    with an_existing_prefect(tmp_path_factory.mktemp("existing")) as server:
        server.begin_work_of_others()
        yield server


@pytest.fixture(scope="module")
def installation(tmp_path_factory, prefect) -> Iterator[InstallationElsewhere]:
    """Its settings name that server; nothing is started yet."""
    folder = tmp_path_factory.mktemp("installation")
    fake_ofsted = FakeOfsted()
    fake_ofsted.provider(SUTTON, "London Borough of Sutton", reports=[listed(*OLDER)])
    with fake_ofsted.running() as base, EmailSink() as email:
        text = SETTINGS.format(base=base, email=email, checks="* * * * *")
        write_settings(folder, prefect, text)
        made = InstallationElsewhere(folder, fake_ofsted, email, free_port(), prefect=prefect)
        yield made
        if made.up is not None and made.up.poll() is None:
            made.stop()


def write_settings(
    folder: Path, prefect: ExistingPrefect, text: str = "allow_private = true\n"
) -> None:
    (folder / "login").write_text(LOGIN)
    table = TABLE.format(api_url=prefect.api_url)
    (folder / "ofsted-watch.toml").write_text(f'ca_file = "{ca_file()}"\n{text}{table}')


def ids(prefect) -> dict[str, str]:
    """Of our deployments, by their names."""
    found = {name: prefect.api.anyones_deployment(name) for name in NAMES}
    return {name: each["id"] for name, each in found.items() if each}


def test_register_declares_all_deployments_and_starts_nothing(installation, prefect):
    said = installation.run("register")
    assert said.returncode == 0, said.stderr
    assert said.stdout == f"{prefect.api_url}: registered: {', '.join(NAMES)}\n"
    assert set(ids(prefect)) == set(NAMES)
    assert prefect.api.pool("ofsted-watch")["type"] == "process"
    assert not (installation.folder / "data" / "service.json").exists()
    again = installation.run("register")
    assert "already registered, nothing changed" in again.stdout


def prefects_own(folder: Path, prefect: ExistingPrefect, **more: str) -> dict[str, Any]:
    """How a person starts Prefect's own command."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME")}
    environment = kept | {
        "PREFECT_HOME": str(folder / "home"),
        "PREFECT_API_URL": prefect.api_url,
        "PREFECT_API_AUTH_STRING": LOGIN,
        "PREFECT_API_SSL_CERT_FILE": str(ca_file()),
    }
    return {"cwd": folder, "env": environment | more}


COMMAND = str(Path(sys.executable).with_name("prefect"))


def test_what_is_written_is_enough_for_prefects_own_deploy(installation, prefect, tmp_path):
    file, before = tmp_path / "prefect.yaml", ids(prefect)
    assert installation.run("register", "--write", str(file)).returncode == 0
    assert "a-login" not in file.read_text()
    deploy = [COMMAND, "--no-prompt", "deploy", "--all", "--prefect-file", str(file)]
    subprocess.run(deploy, check=True, capture_output=True, **prefects_own(tmp_path, prefect))
    assert ids(prefect) == before
    checks = prefect.api.deployment("check-for-reports")
    assert [each["schedule"]["cron"] for each in checks["schedules"]] == ["* * * * *"]
    written = yaml.safe_load(file.read_text())["deployments"][0]["work_pool"]["job_variables"]
    assert checks["job_variables"] == written
    assert "already registered" in installation.run("register").stdout


def test_a_worker_started_by_hand_makes_the_runs_by_the_settings_that_it_is_given(
    installation, prefect, tmp_path
):
    """In a folder with a package that is called as ours, which is common."""
    package = tmp_path / "flows"
    package.mkdir()
    (package / "__init__.py").write_text("raise RuntimeError('another package')\n")
    config = {
        load.CONFIG_VARIABLE: str(installation.folder / "ofsted-watch.toml"),
        load.OFFSET_VARIABLE: str(OFFSET.total_seconds()),
    }
    start = [COMMAND, "worker", "start", "--pool", "ofsted-watch", "--name", "by-hand"]
    with (tmp_path / "worker.log").open("w") as log:
        worker = subprocess.Popen(
            start, stdout=log, stderr=log, **prefects_own(tmp_path, prefect, **config)
        )
        try:
            run_id = prefect.api.start("check-for-reports")
            wait_until(lambda: prefect.api.run(run_id)["state_type"] in FINAL, 90)
        finally:
            kill_all([*psutil.Process(worker.pid).children(recursive=True)])
            worker.kill()
            worker.wait()
    run = prefect.api.run(run_id)
    assert run["state"]["name"] == "Completed", (tmp_path / "worker.log").read_text()
    assert run["labels"]["prefect.worker.name"] == "by-hand"
    assert "Sutton" in str(installation.answer("status").stdout)


def test_up_waits_for_a_server_that_is_away_and_then_uses_it(installation, prefect):
    prefect.relay.shut()
    installation.begin()
    wait_until(lambda: "waiting for it" in installation.log.read_text(), 60)
    answer = json.loads(installation.answer("status", "--json").stdout)
    assert (answer["service"]["up"], answer["service"]["prefect"]) == (True, prefect.api_url)
    prefect.relay.open()
    wait_until(lambda: "; Prefect UI: " in installation.log.read_text(), 60)
    assert [child.name for child in installation.running.children] == ["worker"]


def test_what_prefect_plans_there_is_checked_by_our_worker(installation, prefect):
    def planned():
        return [run for run in installation.checks("COMPLETED") if run["auto_scheduled"]]

    wait_until(planned, 150)
    said = installation.answer("status")
    assert f"Prefect: {prefect.api_url}, version " in said.stdout
    assert (said.exit_code, "problem:" in said.stdout) == (0, False), said.stdout
    found = json.loads(installation.answer("doctor", "--json").stdout)["findings"]
    found = [each for each in found if each["subject"] == "service"]
    assert [each for each in found if each["state"] != "ok"] == []
    checked = installation.run("check")
    assert "nothing new" in checked.stdout, checked.stderr
    assert f"({prefect.api_url.removesuffix('/api')}/runs/flow-run/" in checked.stderr


def test_the_server_may_go_away_and_come_back(installation, prefect):
    before = installation.log.read_text().count("did not answer")
    prefect.relay.shut()
    wait_until(lambda: installation.log.read_text().count("did not answer") > before, 60)
    assert "Prefect does not answer" in installation.answer("status").stdout
    prefect.relay.open()
    wait_until(lambda: "answers again" in installation.log.read_text(), 60)


def test_killed_in_the_middle_of_a_check_it_ends_its_own_run_alone_and_keeps_a_pause(
    installation, prefect
):
    deployment = prefect.api.deployment("check-for-reports")
    prefect.api.change_deployment(deployment["id"], paused=True)
    installation.fake_ofsted.misbehave(f"/provider/44/{SUTTON}", drip(pause=1.0), times=1)
    run_id = prefect.api.start("check-for-reports")
    wait_until(lambda: prefect.api.run(run_id)["name"] == "checking Sutton")
    installation.up.kill()
    installation.up.wait()
    worker = psutil.Process(installation.running.children[0].pid)
    kill_all([*worker.children(recursive=True), worker])
    assert prefect.api.run(run_id)["state_type"] == "RUNNING"
    installation.fake_ofsted.behave()
    installation.begin()
    wait_until(lambda: "checks are paused" in installation.log.read_text(), 90)
    assert prefect.api.run(run_id)["state_type"] == "CRASHED"
    assert prefect.api.deployment("check-for-reports")["paused"]
    prefect.api.change_deployment(deployment["id"], paused=False)


@pytest.mark.parametrize("words", [("up",), ("register",)])
def test_another_installation_is_refused_with_what_to_do(installation, prefect, tmp_path, words):
    write_settings(tmp_path, prefect)
    other = InstallationElsewhere(tmp_path, installation.fake_ofsted, installation.email, 0)
    said = other.run(*words)
    assert said.returncode == 1
    assert said.stderr.splitlines()[-1] == (
        "ofsted-watch: the deployment check-for-reports on the Prefect server at "
        f"{prefect.api_url} belongs to another installation or flow; give Ofsted Watch a Prefect "
        "server or workspace of its own, or delete that deployment there if it is no longer needed"
    )


def test_a_work_pool_that_others_use_is_refused(installation, prefect):
    """Our worker would take their runs."""
    file = installation.folder / "ofsted-watch.toml"
    text = file.read_text()
    file.write_text(f'{text}work_pool = "others"\n')
    said = installation.run("register")
    file.write_text(text)
    assert said.returncode == 1
    assert "also has the deployment" in said.stderr
    assert "choose another `work_pool`" in said.stderr


def test_the_login_is_written_nowhere_and_is_on_no_command_line(installation):
    password = LOGIN.partition(":")[2]
    family = psutil.Process(installation.up.pid).children(recursive=True)
    assert not any(password in " ".join(each.cmdline()) for each in family)
    kept = [path for path in (installation.folder / "data").rglob("*") if path.is_file()]
    assert [path for path in kept if password.encode() in path.read_bytes()] == []
    assert password not in installation.log.read_text()


def test_work_of_others_is_as_it_was(prefect):
    """After all that was tried above: their deployments, pool and running, pending, late runs."""
    assert len(prefect.theirs) == 11
    assert prefect.work_of_others() == prefect.theirs
