"""The promise itself: a service left alone checks by its schedule, and says so when it does not.

Nothing is forged here. Prefect plans, its worker takes, and the tests wait for it; they share
one service with a check every minute, and look at other things while the minutes pass.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from tests.serviced import OFFSET, OLDER, SUTTON, ServicedTown, a_serviced_town, listed, wait_until

pytestmark = [pytest.mark.system, pytest.mark.long, pytest.mark.timeout(600)]
KENT = "80453"


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServicedTown]:
    with a_serviced_town(tmp_path_factory.mktemp("schedule"), looks="* * * * *") as town:
        yield town


def status(town):
    """Its exit code and its answer."""
    said = town.run("status", "--json")
    return said.returncode, json.loads(said.stdout)


def problems(town):
    return [each["what"] for each in status(town)[1]["problems"]]


def planned(town):
    """Completed runs that Prefect planned by itself."""
    return [run for run in town.looks("COMPLETED") if run["auto_scheduled"]]


def test_prefect_has_planned_runs_ahead_for_every_deployment_with_a_schedule(town):
    for name in ("watch", "deliver", "nightly"):
        wait_until(lambda name=name: town.api.next_planned(name), 90)
    assert town.api.next_planned("watch") - datetime.now(UTC) < timedelta(minutes=2)


def test_status_names_the_run_that_prefect_has_planned(town):
    code, answer = status(town)
    assert (code, answer["problems"]) == (0, [])
    service = answer["service"]
    assert (service["up"], service["prefect"], service["paused_since"]) == (True, "own", None)
    assert answer["providers"][0]["next_look"] == service["next_planned"]
    ahead = datetime.fromisoformat(service["next_planned"]) - datetime.now(UTC) - OFFSET
    assert timedelta(0) < ahead <= timedelta(minutes=2)


def test_settings_that_are_wrong_are_said_and_the_earlier_ones_go_on(town):
    file = town.folder / "ofsted-watch.toml"
    right = file.read_text()
    file.write_text(right + "\n[site]\n")
    wait_until(lambda: "are not in use" in town.log.read_text(), 40)
    code, said = town.run("status").returncode, town.run("status").stderr
    assert code == 2  # the command reads the file as it stands
    assert "is not TOML" in said
    file.write_text(right)
    wait_until(lambda: problems(town) == [], 40)


def test_settings_that_change_are_taken_over_by_the_running_service(town):
    town.standin.provider(KENT, "Kent County Council", reports=[listed(*OLDER)])
    file = town.folder / "ofsted-watch.toml"
    watch = (
        f"[[watch]]\nurn = {SUTTON}\nname = 'London Borough of Sutton'\n"
        f"[[watch]]\nurn = {KENT}\nname = 'Kent County Council'\n"
    )
    late = "[[recipients]]\nname = 'late'\nemail = 'late@example.org'\n"
    file.write_text(file.read_text() + watch + late)
    wait_until(lambda: "are in use: 2 watched, 2 recipients" in town.log.read_text(), 90)
    wait_until(lambda: {*town.api.deployment("watch")["tags"]} >= {"sutton", "kent"}, 90)
    to_late = wait_until(
        lambda: [m for m in town.mail.messages if "late@example.org" in m.rcpt_tos], 120
    )
    assert "Kent" in to_late[0].message["Subject"]
    assert town.up.poll() is None


def test_two_runs_that_prefect_itself_planned_are_completed(town):
    wait_until(lambda: len(planned(town)) >= 2, 200)
    times = {run["expected_start_time"] for run in planned(town)}
    assert len(times) >= 2
    assert {run["state_name"] for run in planned(town)} == {"Completed"}


def test_a_pause_by_a_person_is_a_problem_with_its_time(town):
    deployment = town.api.deployment("watch")
    town.api.change_deployment(deployment["id"], paused=True)
    wait_until(lambda: problems(town), 60)
    code, answer = status(town)
    (said,) = [each["what"] for each in answer["problems"]]
    assert code == 1
    assert answer["service"]["paused_since"] is not None
    assert said.startswith("checks paused since ")
    assert answer["service"]["next_planned"] is None
    doctor = town.run("doctor")
    assert doctor.returncode == 1
    assert "checks paused since" in " ".join(doctor.stdout.split())
    town.api.change_deployment(deployment["id"], paused=False)
    wait_until(lambda: problems(town) == [], 90)


def test_a_service_that_was_stopped_does_not_look_well(town):
    town.stop()
    code, answer = status(town)
    assert code == 1
    assert [each["what"] for each in answer["problems"]] == [
        "the service is not running, so no checks are made"
    ]
    assert answer["service"]["next_planned"] is None
    assert answer["providers"][0]["next_look"] is None
    assert town.run("doctor").returncode == 1
    file = town.folder / "ofsted-watch.toml"
    file.write_text(file.read_text().replace('looks = ["* * * * *"]', "looks = []"))
    assert status(town)[0] == 0  # somebody else starts the checks
