"""The promise itself: a service left alone checks by its schedule, and says so when it does not.

Nothing is forged here. Prefect plans, its worker takes, and the tests wait for it; they share
one service with a check every minute, and look at other things while the minutes pass.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import pytest

from tests.running_service import (
    OFFSET,
    OLDER,
    SUTTON,
    RunningInstallation,
    a_running_installation,
    listed,
    wait_until,
)

pytestmark = [pytest.mark.system, pytest.mark.long(300), pytest.mark.timeout(600)]
KENT = "80453"
AREA, SCHOOL = "319", "100001"


@pytest.fixture(scope="module")
def installation(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningInstallation]:
    with a_running_installation(
        tmp_path_factory.mktemp("schedule"), checks="* * * * *"
    ) as installation:
        yield installation


def status(installation):
    """Its exit code and its answer."""
    said = installation.answer("status", "--json")
    return said.exit_code, json.loads(said.stdout)


def problems(installation):
    return [each["what"] for each in status(installation)[1]["problems"]]


def planned(installation):
    """Completed runs that Prefect planned by itself."""
    return [run for run in installation.checks("COMPLETED") if run["auto_scheduled"]]


def test_prefect_has_planned_runs_ahead_for_every_deployment_with_a_schedule(installation):
    for name in ("check-for-reports", "send-alerts", "nightly-maintenance"):
        wait_until(lambda name=name: installation.api.planned(name), 90)
    soonest = min(installation.api.planned("check-for-reports"))
    assert soonest - datetime.now(UTC) < timedelta(minutes=2)


def test_of_a_planned_run_that_a_person_cancels_prefect_still_says_that_it_had_planned_it(
    installation,
):
    """Else it would look as if Prefect had stopped planning."""
    name = "nightly-maintenance"
    last = installation.api.runs(states=("SCHEDULED",), deployment=name)[0]
    installation.api.end_run(last["id"], "CANCELLED", "by hand")
    planned = installation.api.planned(name)
    assert planned[datetime.fromisoformat(last["expected_start_time"])] is False
    assert next(iter(planned.values())) is True


def test_status_names_the_run_that_prefect_has_planned(installation):
    code, answer = status(installation)
    assert (code, answer["problems"]) == (0, [])
    service = answer["service"]
    assert (service["up"], service["prefect"], service["paused_since"]) == (True, "own", None)
    assert answer["authorities"][0]["next_check"] == service["next_planned"]
    ahead = datetime.fromisoformat(service["next_planned"]) - datetime.now(UTC) - OFFSET
    assert timedelta(0) < ahead <= timedelta(minutes=2)


def test_settings_that_are_wrong_are_said_and_the_earlier_ones_go_on(installation):
    file = installation.folder / "ofsted-watch.toml"
    right = file.read_text()
    file.write_text(right + "\n[ofsted]\n")
    wait_until(lambda: "are not in use" in installation.log.read_text(), 40)
    said = installation.run("status")
    assert said.returncode == 2  # the command reads the file as it stands
    assert "is not valid TOML" in said.stderr
    file.write_text(right)
    wait_until(lambda: problems(installation) == [], 40)


def test_settings_that_change_are_taken_over_by_the_running_service(installation):
    site = installation.fake_ofsted
    site.provider(KENT, "Kent County Council", reports=[listed(*OLDER)])
    site.providers[SUTTON].area = AREA
    site.provider(
        SCHOOL, "Oak School", code=21, category="Primary", area=AREA, reports=[listed(*OLDER)]
    )
    file = installation.folder / "ofsted-watch.toml"
    authority = (
        f"[[watch]]\narea = 'Sutton'\n[[watch]]\nurn = {KENT}\nname = 'Kent County Council'\n"
    )
    late = "[[recipients]]\nname = 'late'\nemail = 'late@example.org'\n"
    schools = (
        "[[recipients]]\nname = 'schools'\nemail = 'schools@example.org'\n"
        "provider_types = ['schools']\n"
    )
    file.write_text(file.read_text() + authority + late + schools)
    wait_until(lambda: "in use: 2 authorities, 3 recipients" in installation.log.read_text(), 90)
    wait_until(
        lambda: {*installation.api.deployment("check-for-reports")["tags"]} >= {"sutton", "kent"},
        90,
    )
    to_late = wait_until(
        lambda: [m for m in installation.email.messages if "late@example.org" in m.rcpt_tos], 120
    )
    assert "Kent" in to_late[0].message["Subject"]
    assert installation.up.poll() is None


def test_what_is_new_in_an_area_is_sent_after_a_run_that_prefect_itself_planned(installation):
    wait_until(lambda: [each["state"] for each in status(installation)[1]["areas"]] == ["ok"], 150)
    began = datetime.now(UTC).isoformat()
    seed, _, _ = OLDER
    installation.fake_ofsted.publish(SCHOOL, listed(seed, "50300001", date(2025, 7, 29)))
    (mailed,) = wait_until(
        lambda: [m for m in installation.email.messages if "Oak School" in m.message["Subject"]],
        150,
    )
    assert mailed.rcpt_tos == ("schools@example.org",)
    runs = wait_until(  # the run that sent it ends after that
        lambda: [run for run in installation.checks("COMPLETED") if run["end_time"] > began], 90
    )
    assert all(run["auto_scheduled"] for run in runs)


def test_two_runs_that_prefect_itself_planned_are_completed(installation):
    # two minutes, not two runs: changed settings are registered anew, and Prefect then plans
    # the minute under way a second time, under the new schedule's id
    wait_until(lambda: len({run["expected_start_time"] for run in planned(installation)}) >= 2, 200)
    assert {run["state_name"] for run in planned(installation)} == {"Completed"}


def test_a_pause_by_a_person_is_a_problem_with_its_time(installation):
    deployment = installation.api.deployment("check-for-reports")
    installation.api.change_deployment(deployment["id"], paused=True)
    wait_until(lambda: problems(installation), 60)
    code, answer = status(installation)
    (said,) = [each["what"] for each in answer["problems"]]
    assert code == 1
    assert answer["service"]["paused_since"] is not None
    assert said.startswith("checks paused since ")
    assert answer["service"]["next_planned"] is None
    doctor = installation.answer("doctor")
    assert doctor.exit_code == 1
    assert "checks paused since" in " ".join(doctor.stdout.split())
    installation.api.change_deployment(deployment["id"], paused=False)
    wait_until(lambda: problems(installation) == [], 90)


def test_a_service_that_was_stopped_does_not_look_well(installation):
    installation.stop()
    code, answer = status(installation)
    assert code == 1
    assert [each["what"] for each in answer["problems"]] == [
        "the service is not running, so no checks are made"
    ]
    assert answer["service"]["next_planned"] is None
    assert answer["authorities"][0]["next_check"] is None
    assert installation.answer("doctor").exit_code == 1
    file = installation.folder / "ofsted-watch.toml"
    file.write_text(file.read_text().replace('checks = ["* * * * *"]', "checks = []"))
    assert status(installation)[0] == 0  # somebody else starts the checks
