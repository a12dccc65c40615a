"""Prefect's server killed before, during and after a run: checks, alerts and records go on."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, suppress

import psutil
import pytest

from deployments.demo.fake_ofsted_faults import drip
from deployments.service.prefect_api import FINAL
from deployments.service.processes import kill_all
from tests.running_service import (
    NEWER,
    SUTTON,
    RunningInstallation,
    a_running_installation,
    listed,
    wait_until,
)

pytestmark = [pytest.mark.system, pytest.mark.long(190), pytest.mark.timeout(900)]


@pytest.fixture(scope="module")
def installation(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningInstallation]:
    with a_running_installation(tmp_path_factory.mktemp("gone")) as installation:
        yield installation


def _kill_server(installation: RunningInstallation) -> int:
    server = psutil.Process(installation.running.children[0].pid)
    kill_all([server, *server.children(recursive=True)])
    return server.pid


def _is_back(installation: RunningInstallation, killed: int) -> bool:
    children = installation.running.children
    return len(children) == 2 and children[0].pid != killed and installation.api.is_healthy()


def test_killed_during_a_check_the_report_is_announced_once_and_no_run_stays_under_way(
    installation,
):
    installation.fake_ofsted.publish(SUTTON, listed(*NEWER))
    installation.fake_ofsted.misbehave("/v1/file/50283346", drip(pause=0.5), times=1)
    run = installation.api.start("check-for-reports")
    wait_until(
        lambda: any(seen.path.endswith("50283346") for seen in installation.fake_ofsted.requests)
    )
    killed = _kill_server(installation)
    wait_until(lambda: _is_back(installation, killed))
    wait_until(lambda: installation.api.run(run)["state_type"] in FINAL)
    wait_until(
        lambda: len(installation.subjects()) == 2 or installation.run("check").returncode == 0
    )
    assert installation.subjects()[1:] == [
        "Sutton: leaders' impact lowered, Outstanding to Good; overall Good"
    ]


def test_killed_between_two_checks_one_is_made_without_prefect_and_the_next_goes_on_as_before(
    installation,
):
    """One kill for both: each within two minutes makes the service wait twice as long."""
    before = len(installation.checks("COMPLETED"))
    assert installation.run("check").returncode == 0
    killed = _kill_server(installation)
    checked = installation.run("check")
    assert checked.returncode == 0, checked.stderr
    assert "nothing new" in checked.stdout
    wait_until(lambda: _is_back(installation, killed))
    assert installation.run("check").returncode == 0
    wait_until(lambda: len(installation.checks("COMPLETED")) == before + 2)
    assert len(installation.subjects()) == 2


def test_a_check_from_the_ui_and_one_from_a_terminal_at_once_are_both_made_and_announced_once(
    installation,
):
    page, announced = f"/provider/44/{SUTTON}", len(installation.subjects())
    installation.fake_ofsted.requests.clear()
    installation.fake_ofsted.misbehave(page, drip(2000, 0.5), times=1)
    run = installation.api.start("check-for-reports")
    wait_until(lambda: any(seen.path == page for seen in installation.fake_ofsted.requests))
    here = installation.run("check", "--no-prefect")
    assert here.returncode == 0, here.stderr
    wait_until(lambda: installation.api.run(run)["state_type"] in FINAL)
    assert installation.api.run(run)["name"].endswith("Nothing new")
    with closing(sqlite3.connect(installation.folder / "data" / "ofsted-watch.sqlite")) as database:
        checks = list(database.execute("SELECT result, message FROM page_check ORDER BY id"))[-2:]
    assert [outcome for outcome, _ in checks] == ["unchanged", "unchanged"]
    pages = [seen for seen in installation.fake_ofsted.requests if seen.path == page]
    assert len(pages) == 2
    assert len(installation.subjects()) == announced


def test_a_pause_lasts_although_the_service_is_killed_while_it_registers_a_schedule(installation):
    installation.api.change_deployment(
        installation.api.deployment("check-for-reports")["id"], paused=True
    )
    installation.stop()
    file = installation.folder / "ofsted-watch.toml"
    file.write_text(file.read_text().replace("0 4 1 1 *", "0 5 1 1 *"))
    installation.begin()
    registering = wait_until(lambda: _registering(installation))
    wait_until(lambda: _crons(installation) == ["0 5 1 1 *"])
    installation.up.kill()
    installation.up.wait()
    psutil.wait_procs([registering], timeout=120)

    installation.begin()
    wait_until(lambda: "Prefect UI: " in installation.log.read_text())
    assert _crons(installation) == ["0 5 1 1 *"]
    assert installation.api.deployment("check-for-reports")["paused"]


def _crons(installation: RunningInstallation) -> list[str]:
    schedules = (
        installation.api.deployment("check-for-reports")["schedules"]
        if installation.api.is_healthy()
        else []
    )
    return [each["schedule"]["cron"] for each in schedules]


def _registering(installation: RunningInstallation) -> psutil.Process | None:
    """The process that registers our deployments with Prefect."""
    with suppress(psutil.Error):
        for each in psutil.Process(installation.up.pid).children():
            if "deploy" in each.cmdline():
                return each
    return None
