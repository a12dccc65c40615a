"""Two machines with one database and one Prefect server: nothing twice, and one goes on alone.

The service runs on both; PostgreSQL, Redis and Prefect's server are real.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from itertools import pairwise

import pytest

from deployments.demo.fake_ofsted_faults import drip
from deployments.service import leftovers
from deployments.service.prefect_api import FINAL
from flows.context.context import open_context
from flows.settings.load import OFFSET_VARIABLE
from storage import rounds
from storage.models import PageCheck
from tests.running_service import NEWER, OFFSET, SUTTON, listed, wait_until
from tests.two_machines import GAP, TwoMachines, two_machines

pytestmark = [pytest.mark.system, pytest.mark.long(90), pytest.mark.timeout(600)]
PAGE = "/provider/44/80515"
NEWS = "Sutton: leaders' impact lowered, Outstanding to Good; overall Good"


@pytest.fixture(scope="module")
def machines(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TwoMachines]:
    """A person has paused a deployment between the start of the first and that of the second."""
    with two_machines(tmp_path_factory.mktemp("machines")) as machines:
        machines.first.begin()
        nightly = wait_until(lambda: machines.api.deployment("nightly-maintenance"))
        machines.api.change_deployment(nightly["id"], paused=True)
        machines.second.begin()
        wait_until(lambda: len(machines.first.checks(*FINAL)) >= 2)
        yield machines


def checks(machines):
    """When each check of Sutton's page began and ended, in order."""
    context = open_context(machines.first.settings)
    with context.database.read() as session:
        found = session.query(PageCheck).order_by(PageCheck.began_at).all()
        times = [(each.began_at, each.ended_at) for each in found]
    context.database.close()
    return times


def test_both_register_the_same_deployments_and_a_pause_is_kept(machines):
    assert machines.api.deployment("nightly-maintenance")["paused"]
    assert not machines.api.deployment("check-for-reports")["paused"]
    assert len(machines.api.deployments_of("ofsted-watch")) == 5
    assert len(machines.first.subjects()) == 1  # one welcome


def test_checks_asked_for_on_both_are_made_one_after_the_other_at_the_hosts_pace(machines):
    seen = len(machines.fake_ofsted.requests)
    before = len(checks(machines))
    asked = [each.ask("check", "--no-prefect") for each in machines.both]
    assert [each.wait(60) for each in asked] == [0, 0]
    made = checks(machines)
    assert len(made) == before + 2
    assert all(ended <= began for (_, ended), (began, _) in pairwise(made))
    times = [each.at for each in machines.fake_ofsted.requests[seen - 1 :]]
    assert min(later - earlier for earlier, later in pairwise(times)) >= GAP


def test_a_machine_lost_in_the_middle_of_a_round_is_replaced_and_nobody_is_alerted_twice(
    machines, monkeypatch
):
    machines.fake_ofsted.publish(SUTTON, listed(*NEWER))
    machines.fake_ofsted.misbehave("/v1/file/50283346", drip(pause=0.5), times=1)
    run = machines.api.start("check-for-reports")
    lost, other = machines.who_has(run)
    wait_until(lambda: [r for r in machines.fake_ofsted.requests if r.path.endswith("50283346")])
    lost.is_lost()
    again = machines.api.start("check-for-reports")
    wait_until(lambda: machines.api.run(again)["state_type"] in FINAL)
    assert other.has_taken(again)
    assert machines.first.subjects()[1:] == [NEWS]

    # Prefect says that the lost machine's run goes on, until the other machine has it ended.
    monkeypatch.setenv(OFFSET_VARIABLE, str(OFFSET.total_seconds()))
    context = open_context(other.settings)
    monkeypatch.setattr(leftovers, "LOST_AFTER", timedelta(seconds=1))
    wait_until(lambda: lost.worker in leftovers.lost_workers(machines.api, "ofsted-watch"))
    leftovers.end_runs_of_the_lost(machines.api, context)
    assert machines.api.run(run)["state_type"] == "RUNNING"  # it made progress minutes ago
    monkeypatch.setattr(rounds, "STALLED_AFTER", timedelta())
    leftovers.end_runs_of_the_lost(machines.api, context)
    context.database.close()
    assert machines.api.run(run)["state_type"] == "CRASHED"
    assert "not been heard of" in machines.api.run(run)["state"]["message"]
    assert machines.api.run(again)["state_type"] == "COMPLETED"
    lost.begin()


def test_each_machine_shows_and_has_what_was_found_on_the_other(machines):
    for each in machines.both:
        page = each.folder / "data" / "website" / "sutton" / "report-50283346.html"
        wait_until(page.exists)
        assert "2 documents, " in each.answer("doctor").stdout  # in the archive that they share


def test_a_machine_cut_off_from_the_database_leaves_its_check_to_the_other(machines):
    cut_off, other = machines.second, machines.first
    seen = len(machines.fake_ofsted.requests)
    machines.fake_ofsted.misbehave(PAGE, drip(piece=300, pause=0.5), times=1)
    left = cut_off.ask("check", "--no-prefect")
    wait_until(lambda: len(machines.fake_ofsted.requests) > seen)
    machines.cable.shut()
    assert other.run("check", "--no-prefect").returncode == 0
    assert left.wait(60) != 0
    machines.cable.open()
    assert cut_off.run("check", "--no-prefect").returncode == 0
    assert [each.up.poll() for each in machines.both] == [None, None]
    assert machines.first.subjects()[1:] == [NEWS]
