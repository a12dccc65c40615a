"""What is said of the service, and of what Prefect has planned."""

from dataclasses import replace
from datetime import timedelta

import pytest

from flows.context.planned import (
    FIRST_PLANS,
    Plan,
    Planned,
    ServiceState,
    next_check,
    record_alive,
    record_planned,
    service_by_state,
)
from flows.presenting.problems import service_problems
from flows.settings.model import ScheduleSettings, Settings
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
    with installation.context().database.write() as session:
        assert service_by_state(session, NOW).silent_since is None
        record_alive(session, NOW)
        assert service_by_state(session, NOW + timedelta(minutes=4)).silent_since is None
        assert service_by_state(session, NOW + timedelta(minutes=5)).silent_since == NOW
