"""Checks that are due and not made are noticed, per authority, once an episode."""

from dataclasses import replace

import pytest

from flows.checking.check import check_page
from flows.checking.one_check import CheckRequest
from flows.upkeep.overdue import notice_overdue
from storage import rounds
from tests.installation import forget, utc

UP_SINCE = utc("2025-07-28 08:00")
KENT = {"urn": 80453, "name": "Kent County Council"}
MAKER = rounds.RoundOwner(pid=1, started=0.0, run=None, service=None)


@pytest.fixture
def installation(installation):
    """A check every quarter of an hour; Sutton and Kent are watched."""
    installation.fake_ofsted.provider(
        "80453", "Kent County Council", reports=installation.fake_ofsted.providers["80515"].reports
    )
    installation.settings["watch"] = [{"urn": 80515, "name": "London Borough of Sutton"}, KENT]
    installation.settings["schedule"] = {"checks": ["*/15 * * * *"]}
    installation.at("2025-07-28 09:00")
    installation.round()
    forget(installation)
    return installation


def overdue(installation, since=UP_SINCE, why="a pause in the UI"):
    return notice_overdue(installation.context(), since, lambda: why)


def states(installation):
    return [each["state"] for each in installation.ask("status")["authorities"]]


@pytest.mark.both_databases
def test_checks_that_were_due_45_minutes_ago_are_announced_once_and_when_it_is_over(installation):
    installation.later(minutes=59)
    assert not overdue(installation)
    installation.later(minutes=1)
    assert overdue(installation)
    installation.later(hours=30)
    assert overdue(installation)
    assert installation.event_types == ["checks_overdue"]
    event = installation.event_of("checks_overdue")
    assert event["authorities"] == ["Sutton", "Kent"]
    assert (event["since"][:16], event["why"]) == ("2025-07-28T09:15", "a pause in the UI")
    assert states(installation) == ["overdue", "overdue"]
    installation.round()
    assert states(installation) == ["ok", "ok"]
    assert not overdue(installation)
    assert not overdue(installation)
    assert installation.event_types == ["checks_overdue", "checks_overdue"]
    assert installation.events[-1].summary == "Ofsted Watch: checks running again: 2 authorities"


def test_the_checks_of_one_authority_do_not_count_for_another(installation):
    context = installation.context()
    for _ in range(4):
        installation.later(minutes=15)
        check_page(
            context.authority("80515"),
            replace(context, clock=installation.context().clock),
            CheckRequest(),
        )
    assert overdue(installation)
    assert installation.event_of("checks_overdue")["authorities"] == ["Kent"]
    assert states(installation) == ["ok", "overdue"]


def test_it_counts_from_the_services_own_start(installation):
    installation.later(days=30)
    assert not overdue(installation, since=installation.now)
    started = installation.now
    installation.later(minutes=44)
    assert not overdue(installation, since=started)
    installation.later(minutes=1)
    assert overdue(installation, since=started)


def test_while_a_round_makes_progress_nothing_is_overdue(installation):
    installation.later(hours=2)
    context = installation.context()
    with context.database.write() as session:
        number = rounds.begin(session, MAKER, installation.now)
    installation.later(minutes=9)
    assert not overdue(installation)
    installation.later(minutes=1)
    assert overdue(installation)
    with context.database.write() as session:
        rounds.record_progress(session, number, installation.now)
    assert not overdue(installation)
    assert installation.event_types == ["checks_overdue"]  # not over before each was checked


def test_a_check_that_a_wrong_clock_dated_ahead_is_none(installation):
    installation.sql("UPDATE page_check SET began_at = '2025-08-01 09:00:00'")
    installation.later(hours=2)
    assert overdue(installation)


def test_an_empty_schedule_is_never_overdue(installation):
    installation.settings["schedule"] = {"checks": []}
    installation.later(days=30)
    assert not overdue(installation)


def test_a_page_that_fails_stays_failing_while_its_checks_are_overdue(installation):
    installation.fake_ofsted.providers.pop("80453")
    installation.later(minutes=15)
    installation.round()
    installation.later(hours=2)
    assert overdue(installation)
    assert states(installation) == ["overdue", "unreachable"]
