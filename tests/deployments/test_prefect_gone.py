"""Prefect's server killed before, during and after a run: looks, alerts and records go on."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, suppress

import psutil
import pytest

from deployments.prefect_api import FINAL
from deployments.processes import kill_all
from deployments.standin_faults import drip
from tests.serviced import NEWER, SUTTON, ServicedTown, a_serviced_town, listed, wait_until

pytestmark = [pytest.mark.system, pytest.mark.long, pytest.mark.timeout(900)]


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServicedTown]:
    with a_serviced_town(tmp_path_factory.mktemp("gone")) as town:
        yield town


def _kill_server(town: ServicedTown) -> int:
    server = psutil.Process(town.running.children[0].pid)
    kill_all([server, *server.children(recursive=True)])
    return server.pid


def _is_back(town: ServicedTown, killed: int) -> bool:
    children = town.running.children
    return len(children) == 2 and children[0].pid != killed and town.api.is_healthy()


def test_killed_during_a_look_the_news_is_told_once_and_no_run_stays_under_way(town):
    town.standin.publish(SUTTON, listed(*NEWER))
    town.standin.misbehave("/v1/file/50283346", drip(pause=0.5), times=1)
    run = town.api.start("watch")
    wait_until(lambda: any(seen.path.endswith("50283346") for seen in town.standin.requests))
    killed = _kill_server(town)
    wait_until(lambda: _is_back(town, killed))
    wait_until(lambda: town.api.run(run)["state_type"] in FINAL)
    wait_until(lambda: len(town.subjects()) == 2 or town.run("look").returncode == 0)
    assert town.subjects()[1:] == [
        "Sutton: leaders' impact lowered, Outstanding to Good; overall Good"
    ]


def test_killed_before_a_look_that_a_person_asks_for_it_is_made_without_prefect(town):
    killed = _kill_server(town)
    looked = town.run("look")
    assert looked.returncode == 0, looked.stderr
    assert "nothing new" in looked.stdout
    wait_until(lambda: _is_back(town, killed))


def test_killed_after_a_look_the_next_run_goes_on_as_before(town):
    before = len(town.looks("COMPLETED"))
    assert town.run("look").returncode == 0
    killed = _kill_server(town)
    wait_until(lambda: _is_back(town, killed))
    assert town.run("look").returncode == 0
    wait_until(lambda: len(town.looks("COMPLETED")) == before + 2)
    assert len(town.subjects()) == 2


def test_a_look_from_the_ui_and_one_from_a_terminal_at_once_are_both_made_and_told_once(town):
    page, told = f"/provider/44/{SUTTON}", len(town.subjects())
    town.standin.requests.clear()
    town.standin.misbehave(page, drip(2000, 0.5), times=1)
    run = town.api.start("watch")
    wait_until(lambda: any(seen.path == page for seen in town.standin.requests))
    here = town.run("look", "--plain")
    assert here.returncode == 0, here.stderr
    wait_until(lambda: town.api.run(run)["state_type"] in FINAL)
    assert town.api.run(run)["name"].endswith("Nothing new")
    with closing(sqlite3.connect(town.folder / "data" / "ofsted-watch.sqlite")) as database:
        looks = list(database.execute("SELECT outcome, message FROM look ORDER BY id"))[-2:]
    assert [outcome for outcome, _ in looks] == ["unchanged", "unchanged"]
    pages = [seen for seen in town.standin.requests if seen.path == page]
    assert len(pages) == 2
    assert len(town.subjects()) == told


def test_a_pause_lasts_although_the_service_is_killed_while_it_registers_a_schedule(town):
    town.api.change_deployment(town.api.deployment("watch")["id"], paused=True)
    town.stop()
    file = town.folder / "ofsted-watch.toml"
    file.write_text(file.read_text().replace("0 4 1 1 *", "0 5 1 1 *"))
    town.begin()
    registering = wait_until(lambda: _registering(town))
    wait_until(lambda: _crons(town) == ["0 5 1 1 *"])
    town.up.kill()
    town.up.wait()
    psutil.wait_procs([registering], timeout=120)

    town.begin()
    wait_until(lambda: "up: " in town.log.read_text())
    assert _crons(town) == ["0 5 1 1 *"]
    assert town.api.deployment("watch")["paused"]


def _crons(town: ServicedTown) -> list[str]:
    schedules = town.api.deployment("watch")["schedules"] if town.api.is_healthy() else []
    return [each["schedule"]["cron"] for each in schedules]


def _registering(town: ServicedTown) -> psutil.Process | None:
    """The process that tells Prefect of our deployments."""
    with suppress(psutil.Error):
        for each in psutil.Process(town.up.pid).children():
            if "deploy" in each.cmdline():
                return each
    return None
