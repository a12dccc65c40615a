"""What is due and has not begun is started, and what makes no progress is ended."""

import os
import socket
import subprocess
import sys
import time
from datetime import timedelta

import psutil
import pytest

from deployments.service import catch_up
from deployments.service.catch_up import CatchUp
from deployments.service.prefect_api import PrefectError
from deployments.service.processes import Managed
from deployments.service.stalled import end_stalled
from flows.alerting.run_failures import record_recovery
from flows.context.planned import Plan, Planned
from flows.settings import load
from storage import rounds
from tests.installation import HOME, utc

UP_SINCE = utc("2025-07-28 08:00")
SERVICE = "a1b2c3"


class Starts:
    """What was started, and whether Prefect takes it."""

    def __init__(self, installation):
        self.installation, self.through_prefect, self.alone = installation, [], []
        self.is_gone = False

    def start(self, due, key):
        if self.is_gone:
            raise PrefectError("Prefect's server did not answer")
        self.through_prefect.append((due, key))

    def start_alone(self, due):
        self.alone.append(due)
        installation = self.installation
        environment = os.environ | {
            load.CONFIG_VARIABLE: str(installation.config),
            load.OFFSET_VARIABLE: str(installation._offset),
        }
        return catch_up.alone(environment, HOME, installation.folder / "round.log")(due)


@pytest.fixture
def starts(installation):
    installation.settings["schedule"] = {"checks": ["*/15 * * * *"]}
    installation.at("2025-07-28 09:16")
    installation.check()
    return Starts(installation)


@pytest.fixture
def check(starts):
    up = CatchUp(starts.start, starts.start_alone)
    yield lambda planned=None: up.check(starts.installation.context(), UP_SINCE, planned)
    up.stop(10)


def test_a_round_that_was_due_is_started_through_prefect_once_and_then_without_it(starts, check):
    installation = starts.installation
    installation.at("2025-07-28 09:34")
    check()
    assert starts.through_prefect == []
    installation.at("2025-07-28 09:35")
    check()
    check()
    due = utc("2025-07-28 09:30")
    assert starts.through_prefect == [(due, f"due {due.isoformat()}")]
    installation.at("2025-07-28 09:39")
    check()
    assert starts.alone == []
    installation.at("2025-07-28 09:40")
    check()
    assert starts.alone == [due]
    check()  # it is at work
    assert starts.alone == [due]


def test_without_prefect_the_round_is_made_and_sends(starts, check):
    installation = starts.installation
    starts.is_gone = True
    installation.at("2025-07-28 09:35")
    check()
    before = installation.ask("status")["authorities"][0]["last_successful_check"]
    installation.at("2025-07-28 09:40")
    child = starts.start_alone(utc("2025-07-28 09:30"))
    assert child.wait(60) == 0, (installation.folder / "round.log").read_text()
    assert installation.ask("status")["authorities"][0]["last_successful_check"] > before
    check()
    assert starts.through_prefect == []


def test_what_a_person_has_paused_is_not_started(starts, check):
    starts.installation.at("2025-07-28 10:30")
    paused = Planned(
        asked_at=UP_SINCE,
        service_since=UP_SINCE,
        plans=(Plan("check-for-reports", None, UP_SINCE),),
    )
    check(paused)
    assert starts.through_prefect == starts.alone == []
    check()
    assert len(starts.through_prefect) == 1


def test_nothing_is_started_while_a_round_makes_progress(starts, check):
    installation = starts.installation
    installation.at("2025-07-28 09:29")
    with installation.context().database.write() as session:
        rounds.begin(session, rounds.RoundOwner(1, 0.0, None, None), installation.now)
    installation.at("2025-07-28 09:38")
    check()
    assert starts.through_prefect == []
    installation.at("2025-07-28 09:39")
    check()
    assert len(starts.through_prefect) == 1


def test_what_was_due_before_the_service_began_is_not_caught_up_with(starts):
    installation = starts.installation
    installation.at("2025-07-28 12:00")
    up = CatchUp(starts.start, starts.start_alone)
    up.check(installation.context(), installation.now - timedelta(minutes=4), None)
    assert starts.through_prefect == []
    up.check(installation.context(), installation.now - timedelta(minutes=5), None)
    assert len(starts.through_prefect) == 1


def test_what_was_taken_up_again_is_over(starts, check):
    installation = starts.installation
    installation.at("2025-07-28 09:35")
    check()
    installation.check()
    installation.at("2025-07-28 09:50")
    installation.check()
    check()
    installation.at("2025-07-28 10:05")
    check()
    assert len(starts.through_prefect) == 2
    assert starts.alone == []


class Ended:
    """Prefect's interface, as far as runs are ended by it."""

    def __init__(self):
        self.runs = []

    def end_run(self, run_id, state, _message):
        self.runs.append((run_id, state))


@pytest.fixture
def stuck():
    """A process that goes on for ever, and a child of it."""
    line = "import subprocess, sys, time; subprocess.Popen(['sleep', '600']); time.sleep(600)"
    with subprocess.Popen([sys.executable, "-c", line]) as process:
        yield psutil.Process(process.pid)
        process.kill()


def _begin(installation, process, service=SERVICE):
    maker = rounds.RoundOwner(process.pid, process.create_time(), "run-1", service)
    with installation.context().database.write() as session:
        return rounds.begin(session, maker, installation.now)


def _open(installation):
    with installation.context().database.read() as session:
        return [each.id for each in rounds.open_rounds(session)]


def test_a_round_of_our_own_without_progress_is_ended_with_its_children_and_reported(
    installation, stuck
):
    api = Ended()
    number = _begin(installation, stuck)
    installation.later(minutes=9)
    end_stalled(installation.context(), api, SERVICE)
    assert _open(installation) == [number]
    installation.later(minutes=2)
    end_stalled(installation.context(), api, SERVICE)
    assert (_open(installation), api.runs) == ([], [("run-1", "CRASHED")])
    assert not stuck.is_running() or stuck.status() == psutil.STATUS_ZOMBIE
    event = installation.event_of("run_failed")
    assert (event["flow"], event["why"].split(" and ")[0]) == (
        "check-for-reports",
        "it made no progress for 10 minutes",
    )
    record_recovery(installation.context(), "check-for-reports")
    record_recovery(installation.context(), "check-for-reports")
    assert installation.event_types == ["run_failed", "run_recovered"]


def test_a_round_of_another_service_or_a_person_is_theirs_to_end(installation, stuck):
    api = Ended()
    kept = [_begin(installation, stuck, "another"), _begin(installation, stuck, None)]
    installation.later(hours=3)
    end_stalled(installation.context(), api, SERVICE)
    assert (_open(installation), api.runs) == (kept, [])
    assert stuck.is_running()


def test_a_round_whose_process_is_gone_holds_back_nothing(installation, stuck):

    _begin(installation, stuck)
    stuck.kill()
    stuck.wait()
    end_stalled(installation.context(), Ended(), SERVICE)
    assert (_open(installation), installation.event_types) == ([], [])


def test_progress_that_a_wrong_clock_dated_ahead_ends_no_living_round(installation, stuck):
    api = Ended()
    installation.later(days=3)
    number = _begin(installation, stuck)
    installation.later(days=-3)
    end_stalled(installation.context(), api, SERVICE)
    assert _open(installation) == [number]
    installation.later(minutes=11)
    end_stalled(installation.context(), api, SERVICE)
    assert _open(installation) == []


def test_what_listens_at_a_port_is_ours_only_where_our_child_does(tmp_path):
    line = (
        "import socket, time; s = socket.create_server(('127.0.0.1', 0)); "
        "print(s.getsockname()[1], flush=True); time.sleep(60)"
    )
    ours = Managed("ours", [sys.executable, "-c", line], os.environ, tmp_path, tmp_path / "log")
    with socket.create_server(("127.0.0.1", 0)) as others:
        assert not ours.listens(others.getsockname()[1])
        ours.start()
        try:
            until = time.monotonic() + 20
            while not (said := (tmp_path / "log").read_text().split())[-1:][0].isdigit():
                assert time.monotonic() < until
                time.sleep(0.05)
            assert ours.listens(int(said[-1]))
            assert not ours.listens(others.getsockname()[1])
        finally:
            ours.stop(5)
