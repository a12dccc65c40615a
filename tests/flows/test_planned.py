"""What is said of the service, and of what Prefect has planned."""

from dataclasses import replace
from datetime import timedelta

import pytest

from flows.context.planned import (
    FIRST_PLANS,
    SERVICE_ID,
    Plan,
    Planned,
    ServiceState,
    next_check,
    record_alive,
    record_planned,
    record_refused,
    service_by_claims,
    service_by_state,
    service_claim,
)
from flows.presenting.problems import service_problems
from flows.settings.model import ScheduleSettings, Settings
from storage.leases import leased
from tests.installation import utc

NOW = utc("2025-07-29 09:00")
SOON = NOW + timedelta(minutes=15)
PLANNED = Planned(
    asked_at=NOW, service_since=NOW - timedelta(days=1), plans=(Plan("check-for-reports", SOON),)
)
WELL = ServiceState(is_up=True, started=PLANNED.service_since, planned=PLANNED)


def said(service, **settings):
    return [each.what for each in service_problems(Settings(**settings), service)]


def by(*plans, **changed):
    return replace(WELL, planned=replace(PLANNED, plans=plans, **changed))


@pytest.mark.parametrize(
    ("service", "what"),
    [
        (WELL, []),
        (replace(WELL, is_up=False, planned=None), ["the service is not running, so no checks"]),
        (replace(WELL, planned=None), ["the service is running but Prefect does not answer"]),
        (by(Plan("check-for-reports", None)), ["Prefect has no run planned for checks"]),
        (
            by(Plan("check-for-reports", SOON), Plan("nightly-maintenance", None)),
            ["Prefect has no run planned for the"],
        ),
        (by(Plan("check-for-reports", None, NOW)), ["checks paused since 10:00 on 29 July 2025"]),
        (by(Plan("send-alerts", None, NOW)), ["sending paused since"]),
        (replace(WELL, silent_since=NOW), ["the service is running but has done nothing since"]),
        (replace(WELL, settings_refused="line 3"), ["the changed settings are not in use: line 3"]),
    ],
)
def test_what_is_wrong_with_the_service_is_said(service, what):
    found = said(service)
    assert len(found) == len(what)
    assert all(one.startswith(start) for one, start in zip(found, what, strict=True)), found


def test_prefect_has_two_minutes_after_a_start_to_plan():
    new = by(
        Plan("check-for-reports", None), service_since=NOW - FIRST_PLANS + timedelta(seconds=1)
    )
    assert said(new) == []


def test_a_service_that_never_ran_or_need_not_run_is_no_problem():
    off = ServiceState(is_up=False, planned=None)
    assert said(off) == []
    assert (
        said(replace(off, started=PLANNED.service_since), schedule=ScheduleSettings(checks=()))
        == []
    )


@pytest.mark.both_databases
def test_what_was_planned_is_believed_for_minutes_and_only_while_it_lies_ahead(installation):
    with installation.context().database.write() as session:
        assert next_check(session, NOW) is None
        record_planned(session, PLANNED)
        assert next_check(session, NOW) == SOON
        assert next_check(session, NOW + timedelta(minutes=4)) == SOON
        assert next_check(session, NOW + timedelta(minutes=5)) is None
        record_planned(session, replace(PLANNED, plans=(Plan("check-for-reports", NOW),)))
        assert next_check(session, NOW + timedelta(minutes=1)) is None


@pytest.mark.both_databases
def test_a_loop_that_has_not_turned_for_minutes_is_noticed(installation):
    context = installation.context()
    with context.database.write() as session:

        def silent_since(**later):
            return service_by_state(
                session, context.settings, NOW + timedelta(**later)
            ).silent_since

        assert silent_since() is None
        record_alive(session, context.settings, NOW)
        assert silent_since(minutes=4) is None
        assert silent_since(minutes=5) == NOW


def on_another_machine(context, folder):
    """The same database, and another data folder, on which a service was once started."""
    settings = replace(context.settings, folder=folder)
    (settings.data / "prefect").mkdir(parents=True)
    (settings.data / SERVICE_ID).write_text(folder.name)
    return settings


@pytest.mark.both_databases
def test_of_two_machines_each_knows_its_own_service_and_whether_another_runs(
    installation, tmp_path
):
    """Their data folders may have the same path."""
    context = installation.context()
    here, there = (on_another_machine(context, tmp_path / name) for name in ("a", "b"))
    with context.database.write() as session:
        record_alive(session, here, NOW)
        record_alive(session, there, NOW + timedelta(minutes=9))
        record_refused(session, there, "line 3")
    with leased(context.database, service_claim(there)):
        later = NOW + timedelta(minutes=10)
        with context.database.read() as session:
            ours, theirs = (service_by_claims(session, each, later) for each in (here, there))
    assert (ours.is_up, ours.others_run, theirs.is_up, theirs.others_run) == (
        *(False, True, True, False),
    )
    assert (ours.silent_since, ours.settings_refused) == (NOW, None)
    assert (theirs.silent_since, theirs.settings_refused) == (None, "line 3")
