"""The service as a person starts it: a real Prefect server, a real worker, real signals."""

from __future__ import annotations

import contextlib
import json
import re
import signal
import socket
import sqlite3
import subprocess
import time
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import psutil
import pytest
import requests

from deployments.demo.fake_ofsted_faults import drip, status
from deployments.demo.fake_ofsted_pages import Listed
from deployments.service.client import WEBSITE_SERVER, read_service
from deployments.service.prefect_api import FINAL, UNDER_WAY
from deployments.service.processes import kill_all
from deployments.service.supervisor import DUE_ASKED_EVERY
from flows.context.planned import service_claim
from storage.database import open_database
from storage.leases import holder_of
from tests.locks import cut
from tests.running_service import (
    COMMAND,
    NEWER,
    SUTTON,
    RunningInstallation,
    a_running_installation,
    environment,
    free_port,
    listed,
    wait_until,
)
from tests.website_served import get, wait_for, written

pytestmark = [pytest.mark.system, pytest.mark.long(440), pytest.mark.timeout(900)]


@pytest.fixture(scope="module")
def installation(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningInstallation]:
    with a_running_installation(tmp_path_factory.mktemp("service")) as installation:
        yield installation


def test_the_first_check_is_a_flow_run_on_the_worker_and_welcomes(installation):
    [run] = installation.checks("COMPLETED")
    assert run["state"]["name"] == "Completed"
    assert re.fullmatch(r"29 Jul \d\d:\d\d First check: Sutton", run["name"])
    assert installation.subjects() == ["Ofsted Watch: you are subscribed to reports on Sutton"]


def event_types(installation):
    return [
        each["type"]
        for each in json.loads(installation.answer("events", "--json").stdout)["events"]
    ]


def test_a_second_service_on_the_same_data_is_refused(installation):
    second = installation.run("up", "--port", str(installation.port))
    assert second.returncode == 2
    assert "a service is already running on" in second.stderr
    assert "Traceback" not in second.stderr


def test_its_place_is_taken_again_where_its_lock_was_lost(installation):
    """As when the database was started anew; nobody else was there to take it."""
    database = open_database(installation.settings.database_address)

    def holder():
        with database.read() as session:
            return holder_of(session, service_claim(installation.settings))

    before = holder()
    cut(database)
    assert holder() is None
    assert wait_until(holder, 60) != before
    database.close()
    assert installation.run("up", "--port", str(installation.port)).returncode == 2


def test_the_port_of_another_prefect_is_refused(installation, tmp_path):
    """Two services would run each other's checks."""
    file = tmp_path / "ofsted-watch.toml"
    file.write_text((installation.folder / "ofsted-watch.toml").read_text())
    line = [*COMMAND, "--config", str(file), "up", "--port", str(installation.port)]
    said = subprocess.run(
        line, env=environment(), capture_output=True, text=True, check=False, timeout=120
    )
    assert said.returncode == 1
    assert f"another program is using http://127.0.0.1:{installation.port}" in said.stderr


def test_a_check_that_finds_nothing_is_a_run_that_says_so(installation):
    checked = installation.run("check")
    assert checked.returncode == 0
    assert "1 report listed, nothing new" in checked.stdout
    newest = installation.checks("COMPLETED")[0]
    assert newest["state"]["name"] == "Completed"
    assert newest["name"].endswith("Nothing new")
    assert f"flow run Completed: {newest['name']} (http" in checked.stderr


def test_a_new_report_names_its_run_and_leaves_both_artifacts(installation):
    installation.fake_ofsted.publish(SUTTON, listed(*NEWER))
    checked = installation.run("check", "--json")
    assert checked.returncode == 0, checked.stderr
    newest = installation.checks("COMPLETED")[0]
    assert newest["state"]["name"] == "Completed"
    assert newest["name"].endswith("1 new report: Sutton, children's services inspection")
    assert installation.subjects()[1:] == [
        "Sutton: leaders' impact lowered, Outstanding to Good; overall Good"
    ]
    assert {*newest["tags"]} == {"ofsted-watch", "sutton"}
    artifacts = {key: each["data"] for key, each in installation.api.artifacts().items()}
    pages = {"sutton-judgements", "sutton-report-50283346", "news", "health"}
    assert set(artifacts) == pages | {"sutton-report-50283346-pdf"}
    report = artifacts["sutton-report-50283346"]
    assert (
        "practice | \N{LARGE BLUE SQUARE} Outstanding | \N{LARGE GREEN SQUARE} Good | lowered |"
        in report
    )
    assert steps_of(installation, newest["id"]) == {
        "check page: Sutton": "Completed",
        "download 50283346": "Completed",
        "read 50283346": "Completed",
        "record 50283346": "Completed",
        "write website": "Completed",
        "send to scrutiny (attempt 1)": "Completed",
        "write downloads": "Completed",
        "audit": "Completed",
        "write pages": "Completed",
    }


def steps_of(installation, run_id):
    """The task runs of a flow run, by name, with their states' names."""
    wanted = {"flow_runs": {"id": {"any_": [run_id]}}}
    tasks = wait_until(lambda: installation.api._ask("POST", "/task_runs/filter", json=wanted), 30)
    return {each["name"]: each["state_name"] for each in tasks}


def test_each_event_of_ours_is_an_event_of_prefects_with_its_page(installation):
    prefix = {"event": {"prefix": ["ofsted-watch."]}}

    def events():
        days = {"since": "2025-07-01T00:00:00Z", "until": "2025-08-31T00:00:00Z"}
        found = installation.api._ask(
            "POST", "/events/filter", json={"filter": prefix | {"occurred": days}}
        )["events"]
        return {each["event"]: each for each in found}

    wait_until(lambda: "ofsted-watch.report-published" in events(), 30)
    found = events()
    assert {*found} == {"ofsted-watch.welcome", "ofsted-watch.report-published"}
    published = found["ofsted-watch.report-published"]
    assert published["resource"] == {
        "prefect.resource.id": "ofsted.provider.44.80515",
        "prefect.resource.name": "London Borough of Sutton",
    }
    assert published["payload"]["report"]["file_id"] == "50283346"
    assert (
        found["ofsted-watch.welcome"]["resource"]["prefect.resource.id"] == "ofsted-watch.service"
    )


def test_a_form_of_the_ui_asks_for_what_a_person_knows(installation):
    schema = installation.api.deployment("check-for-reports")["parameter_openapi_schema"]
    (field,) = schema["properties"].values()
    assert (field["title"], field["examples"]) == ("Authorities", [["Sutton"], ["80515"]])
    assert "leave empty for all" in field["description"]


def test_an_authority_that_is_not_watched_is_one_sentence_in_the_run(installation):
    run_id = installation.api.start("check-for-reports", {"authorities": ["Suton"]})
    wait_until(lambda: installation.api.run(run_id)["state_type"] in FINAL)
    state = installation.api.run(run_id)["state"]
    assert state["message"] == (
        "Suton is not watched (did you mean Sutton?); watched: Sutton (80515)"
    )
    assert state["name"] == "Failed"


def test_the_night_is_a_run_on_the_worker_and_the_doctor_finds_the_service_well(installation):
    run_id = installation.api.start("nightly-maintenance")
    wait_until(lambda: installation.api.run(run_id)["state_type"] in FINAL)
    run = installation.api.run(run_id)
    assert (run["state"]["name"], run["name"][13:]) == ("Completed", "All well")
    assert run["state"]["message"].startswith("audit: ")
    said = installation.run("doctor", "--json")
    found = [each for each in json.loads(said.stdout)["findings"] if each["subject"] == "service"]
    assert [each for each in found if each["state"] == "wrong"] == []
    assert said.returncode == 0, said.stdout


@pytest.mark.parametrize(
    ("deployment", "found"),
    [
        ("send-alerts", "Nothing due"),
        ("import-seeds", "2 seeds imported"),
        ("import-seeds", "Nothing new"),
        ("reread-archive", "0 documents read again, no differences"),
    ],
)
def test_every_run_ends_in_a_state_of_prefects_own_and_is_named_by_what_was_found(
    installation, deployment, found
):
    run_id = installation.api.start(deployment)
    wait_until(lambda: installation.api.run(run_id)["state_type"] in FINAL)
    run = installation.api.run(run_id)
    assert (run["state"]["name"], run["name"][13:]) == ("Completed", found)
    assert run["state"]["message"]


def test_a_check_that_fails_is_found_among_those_that_failed(installation):
    installation.fake_ofsted.misbehave(f"/provider/44/{SUTTON}", status(403), times=1)
    checked = installation.run("check")
    assert checked.returncode == 1
    by_name = {"flow_runs": {"state": {"name": {"any_": ["Failed"]}}}}
    newest_first = by_name | {"sort": "START_TIME_DESC"}
    run, *_ = installation.api._ask("POST", "/flow_runs/filter", json=newest_first)
    assert run["name"].endswith("Needs attention: Sutton")
    assert "403" in run["state"]["message"]
    assert steps_of(installation, run["id"]) == {
        "check page: Sutton": "Failed",
        "write website": "Completed",
        "write downloads": "Completed",
        "write pages": "Completed",
    }
    installation.fake_ofsted.behave()
    assert installation.run("check").returncode == 0
    assert "run_failed" not in event_types(installation)  # the page has events of its own


def test_a_run_that_ends_by_an_exception_is_reported_with_its_words(installation):
    rename = "ALTER TABLE {} RENAME TO {}".format
    with contextlib.closing(
        sqlite3.connect(installation.settings.data / "ofsted-watch.sqlite")
    ) as database:
        database.execute(rename("round", "elsewhere"))
        run_id = installation.api.start("check-for-reports")
        wait_until(lambda: installation.api.run(run_id)["state_type"] == "FAILED", 90)
        database.execute(rename("elsewhere", "round"))
    wait_until(lambda: "run_failed" in event_types(installation), 60)
    (failed,) = [
        each
        for each in json.loads(installation.answer("events", "--json").stdout)["events"]
        if each["type"] == "run_failed"
    ]
    assert failed["summary"] == "Ofsted Watch: the check-for-reports run failed"
    assert installation.run("check").returncode == 0
    wait_until(lambda: "run_recovered" in event_types(installation), 60)


def test_a_worker_killed_in_the_middle_of_a_check_leaves_no_run_under_way(installation):
    installation.fake_ofsted.misbehave(f"/provider/44/{SUTTON}", drip(pause=1.0), times=1)
    run_id = installation.api.start("check-for-reports")
    wait_until(lambda: installation.api.run(run_id)["state_type"] == "RUNNING")
    wait_until(lambda: installation.api.run(run_id)["name"] == "checking Sutton")
    worker = psutil.Process(installation.running.children[1].pid)
    for process in [worker, *worker.children(recursive=True)]:
        process.kill()
    wait_until(lambda: installation.api.run(run_id)["state_type"] == "CRASHED")
    installation.fake_ofsted.behave()
    again = installation.run("check")
    assert "nothing new" in again.stdout, again.stderr
    assert len(installation.subjects()) == 2


def test_a_run_that_is_killed_is_reported_and_that_runs_work_again(installation):
    installation.fake_ofsted.misbehave(f"/provider/44/{SUTTON}", drip(pause=1.0), times=1)
    before = event_types(installation).count("run_failed")
    run_id = installation.api.start("check-for-reports")
    wait_until(lambda: installation.api.run(run_id)["state_type"] == "RUNNING")
    for process in psutil.Process(installation.running.children[1].pid).children(recursive=True):
        process.kill()
    wait_until(lambda: installation.api.run(run_id)["state_type"] == "CRASHED")
    installation.fake_ofsted.behave()
    wait_until(lambda: event_types(installation).count("run_failed") == before + 1, 60)
    assert installation.run("check").returncode == 0
    wait_until(lambda: event_types(installation)[-1] == "run_recovered", 60)


def test_a_persons_pause_lasts_over_a_killed_service_and_nothing_is_left_under_way(installation):
    deployment = installation.api.deployment("check-for-reports")
    installation.api.change_deployment(deployment["id"], paused=True)
    left = installation.running.children
    installation.up.kill()
    installation.up.wait()
    assert all(psutil.pid_exists(child.pid) for child in left)

    began = installation.begin()
    wait_until(lambda: "checks are paused" in installation.log.read_text())
    assert not any(psutil.pid_exists(child.pid) for child in left)
    again = installation.api.deployment("check-for-reports")
    assert again["paused"]
    assert again["id"] == deployment["id"]
    assert [each["id"] for each in again["schedules"]] == [
        each["id"] for each in deployment["schedules"]
    ]
    assert installation.checks("RUNNING", "PENDING") == []
    assert not installation.checked_since(began)


def test_a_changed_schedule_is_registered_and_the_pause_is_carried_over(installation):
    file = installation.folder / "ofsted-watch.toml"
    file.write_text(file.read_text().replace("0 4 1 1 *", "0 5 1 1 *"))
    installation.stop()
    installation.begin()
    wait_until(lambda: "checks are paused" in installation.log.read_text())
    deployment = installation.api.deployment("check-for-reports")
    assert [each["schedule"]["cron"] for each in deployment["schedules"]] == ["0 5 1 1 *"]
    assert deployment["schedules"][0]["schedule"]["timezone"] == "Europe/London"
    assert deployment["paused"]
    installation.api.change_deployment(deployment["id"], paused=False)


def missed(installation, number):
    """Runs of `check-for-reports` that were due so many minutes ago and were not taken."""
    due = datetime.now(UTC) - timedelta(minutes=number)
    state = {"type": "SCHEDULED", "name": "Late"}
    state["state_details"] = {"scheduled_time": due.isoformat()}
    path = f"/deployments/{installation.api.deployment('check-for-reports')['id']}/create_flow_run"
    return installation.api._ask("POST", path, json={"state": state})["id"]


def test_of_the_runs_that_were_missed_the_newest_stands_for_all(installation):
    installation.up.kill()
    installation.up.wait()
    server, worker = installation.running.children
    kill_all(psutil.Process(worker.pid).children(recursive=True))
    kill_all([psutil.Process(worker.pid)])
    runs = [missed(installation, minutes) for minutes in (20, 10, 30)]
    installation.start()
    assert not psutil.pid_exists(server.pid)
    names = [installation.api.run(run)["state_name"] for run in (runs[0], runs[2])]
    assert names == ["Cancelled", "Cancelled"]
    wait_until(lambda: installation.api.run(runs[1])["state_type"] == "COMPLETED")


@contextlib.contextmanager
def no_new_runs(database: Path) -> Iterator[None]:
    """Prefect's database takes no run but those of its own schedules."""
    refuse = "BEGIN SELECT RAISE(ABORT, 'no new runs'); END"
    make = f"CREATE TRIGGER refuse BEFORE INSERT ON flow_run WHEN NOT NEW.auto_scheduled {refuse}"
    with contextlib.closing(sqlite3.connect(database, timeout=60)) as connection:
        connection.execute(make)
        yield
        connection.execute("DROP TRIGGER refuse")


def test_a_first_check_that_cannot_be_started_is_started_later_and_once(installation):
    installation.stop()
    with no_new_runs(installation.folder / "data" / "prefect" / "prefect.db"):
        began = installation.begin()
        wait_until(lambda: "create_flow_run: " in installation.log.read_text())
        assert not installation.checked_since(began)
    wait_until(lambda: installation.checked_since(began))
    time.sleep(DUE_ASKED_EVERY + 5)
    since = [run for run in installation.checks(*UNDER_WAY, *FINAL) if run["created"] > began]
    assert len(since) == 1


def test_what_is_due_is_sent_by_a_run_of_its_own_within_a_minute(installation):
    """Nobody asks for it: a check without sending leaves a message, and the service finds it."""

    def sent():
        return {
            run["id"]
            for run in installation.api.runs(states=("COMPLETED",), deployment="send-alerts")
        }

    before, subjects = sent(), installation.subjects()
    letter = "https://www.gov.uk/government/letter"
    elsewhere = Listed("Area SEND full inspection", date(2025, 7, 28), link=letter)
    installation.fake_ofsted.publish(SUTTON, elsewhere)
    assert installation.run("check", "--no-send").returncode == 0
    (run_id,) = wait_until(lambda: sent() - before, 60)
    assert installation.api.run(run_id)["name"].endswith("1 sent")
    (subject,) = installation.subjects()[len(subjects) :]
    assert subject.startswith("Sutton: ")


def test_the_website_is_served_once_the_settings_ask_for_it_and_the_service_outlives_its_faults(
    installation,
):
    """Asked for while running, at a port that another program has at first; then it is killed."""
    port, file = free_port(), installation.folder / "ofsted-watch.toml"

    def website():
        return [each for each in installation.running.children if each.name == WEBSITE_SERVER]

    with socket.create_server(("127.0.0.1", port)):
        file.write_text(f'{file.read_text()}[website]\nserve = "127.0.0.1:{port}"\n')
        wait_until(lambda: "another program is using" in installation.log.read_text(), 60)
        assert website() == []
    [first] = wait_until(website, 60)
    wait_for(port)
    written(installation.settings.website_folder)
    assert get(port, "/sutton/").status == 200
    psutil.Process(first.pid).kill()
    wait_until(lambda: website() not in ([], [first]), 60)
    wait_for(port)
    said = [line for line in installation.log.read_text().splitlines() if "he website" in line]
    taken = f"the website is not served at 127.0.0.1:{port}: another program is using this address;"
    assert [line.startswith(taken) for line in said] == [True]
    assert f"\nwebsite for readers: http://127.0.0.1:{port}/\n" in installation.log.read_text()
    assert json.loads(installation.run("doctor", "--json").stdout)["findings"][-1] == {
        "subject": "website",
        "state": "ok",
        "found": f"served at http://127.0.0.1:{port}/",
        "to_do": "",
    }


def test_monitoring_is_answered_by_the_service_and_hears_of_a_worker_that_is_gone(installation):
    port, file = free_port(), installation.folder / "ofsted-watch.toml"
    file.write_text(f'{file.read_text()}[monitor]\nserve = "127.0.0.1:{port}"\n')
    wait_for(port)
    assert get(port, "/health/live").status == 200
    health = get(port, "/health")
    found = json.loads(health.body)
    assert found["service"]["up"] is True
    assert (health.status == 200) == (found["problems"] == [])
    assert re.search(rb"_next_planned_check_timestamp_seconds [0-9.]+e", get(port, "/metrics").body)
    [worker] = [each for each in installation.running.children if each.name == "worker"]
    psutil.Process(worker.pid).kill()
    seen = set()
    until = time.monotonic() + 60
    while seen != {200, 503} or get(port, "/health/live").status != 200:
        seen.add(get(port, "/health/live").status)
        assert time.monotonic() < until, seen


def test_runs_of_last_month_are_deleted_and_every_page_stays(installation):
    """Prefect's records are made 31 days older while it is stopped, as after a month off."""
    pages = set(installation.api.artifacts())
    old = {run["id"] for run in installation.checks("COMPLETED")}
    installation.stop()
    file = installation.settings.data / "prefect" / "prefect.db"
    with contextlib.closing(sqlite3.connect(file)) as prefect, prefect:
        for table, column in (
            *(("flow_run", "end_time"), ("artifact", "created"), ("artifact", "updated")),
            ("artifact_collection", "created"),
        ):
            older = f"strftime('%Y-%m-%d %H:%M:%f000', {column}, '-31 days')"
            prefect.execute(f"UPDATE {table} SET {column} = {older}")  # noqa: S608
    installation.start()
    wait_until(lambda: old.isdisjoint(run["id"] for run in installation.checks("COMPLETED")), 60)
    night = installation.api.start("nightly-maintenance")
    wait_until(lambda: installation.api.run(night)["state_type"] in FINAL)
    shown = installation.api.artifacts()
    assert pages <= set(shown)
    for page in shown.values():
        assert requests.get(
            f"{installation.api.address}/artifacts/{page['latest_id']}", timeout=9
        ).ok


def test_sigterm_stops_the_service_with_all_its_processes_within_a_minute(installation):
    installation.fake_ofsted.misbehave(f"/provider/44/{SUTTON}", drip(pause=1.0), times=1)
    run_id = installation.api.start("check-for-reports")
    wait_until(lambda: installation.api.run(run_id)["name"] == "checking Sutton")
    family = psutil.Process(installation.up.pid).children(recursive=True)
    assert len(family) >= 3
    began = time.monotonic()
    installation.up.send_signal(signal.SIGTERM)
    assert installation.up.wait(60) == 0
    assert time.monotonic() - began < 60
    assert not any(each.is_running() for each in family)
    assert read_service(installation.settings) is None
    with contextlib.closing(
        sqlite3.connect(installation.settings.data / "prefect/prefect.db")
    ) as db:
        answer = db.execute("select state_type from flow_run where id = ?", [run_id])
        assert answer.fetchall() == [("CANCELLED",)]  # no crash, which operators would be told of
