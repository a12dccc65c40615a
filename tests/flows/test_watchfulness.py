"""Checks that are due and not made are noticed, per authority, once an episode."""

from dataclasses import replace

import pytest

from flows.look import Ask, look
from flows.watchfulness import notice_overdue
from storage import rounds
from tests.town import forget, utc

UP_SINCE = utc("2025-07-28 08:00")
KENT = {"urn": 80453, "name": "Kent County Council"}
MAKER = rounds.Maker(pid=1, started=0.0, run=None, service=None)


@pytest.fixture
def town(town):
    """A check every quarter of an hour; Sutton and Kent are watched."""
    town.standin.provider(
        "80453", "Kent County Council", reports=town.standin.providers["80515"].reports
    )
    town.settings["watch"] = [{"urn": 80515, "name": "London Borough of Sutton"}, KENT]
    town.settings["schedule"] = {"looks": ["*/15 * * * *"]}
    town.at("2025-07-28 09:00")
    town.round()
    forget(town)
    return town


def overdue(town, since=UP_SINCE, why="a pause in the UI"):
    return notice_overdue(town.tools(), since, lambda: why)


def states(town):
    return [each["state"] for each in town.ask("status")["providers"]]


def test_checks_that_were_due_45_minutes_ago_are_told_once_and_when_it_is_over(town):
    town.later(minutes=59)
    assert not overdue(town)
    town.later(minutes=1)
    assert overdue(town)
    town.later(hours=30)
    assert overdue(town)
    assert town.news == ["checks_overdue"]
    news = town.news_of("checks_overdue")
    assert news["authorities"] == ["Sutton", "Kent"]
    assert (news["since"][:16], news["why"]) == ("2025-07-28T09:15", "a pause in the UI")
    assert states(town) == ["overdue", "overdue"]
    town.round()
    assert states(town) == ["well", "well"]
    assert not overdue(town)
    assert not overdue(town)
    assert town.news == ["checks_overdue", "checks_overdue"]
    assert town.events[-1].summary == "Ofsted watch: checks running again: 2 authorities"


def test_the_checks_of_one_authority_do_not_count_for_another(town):
    tools = town.tools()
    for _ in range(4):
        town.later(minutes=15)
        look(tools.watch("80515"), replace(tools, clock=town.tools().clock), Ask())
    assert overdue(town)
    assert town.news_of("checks_overdue")["authorities"] == ["Kent"]
    assert states(town) == ["well", "overdue"]


def test_it_counts_from_the_services_own_start(town):
    town.later(days=30)
    assert not overdue(town, since=town.now)
    started = town.now
    town.later(minutes=44)
    assert not overdue(town, since=started)
    town.later(minutes=1)
    assert overdue(town, since=started)


def test_while_a_round_makes_progress_nothing_is_overdue(town):
    town.later(hours=2)
    tools = town.tools()
    with tools.database.write() as session:
        number = rounds.begin(session, MAKER, town.now)
    town.later(minutes=9)
    assert not overdue(town)
    town.later(minutes=1)
    assert overdue(town)
    with tools.database.write() as session:
        rounds.note_progress(session, number, town.now)
    assert not overdue(town)
    assert town.news == ["checks_overdue"]  # not over before each was checked


def test_a_check_that_a_wrong_clock_dated_ahead_is_none(town):
    town.sql("UPDATE look SET began_at = '2025-08-01 09:00:00'")
    town.later(hours=2)
    assert overdue(town)


def test_an_empty_schedule_is_never_overdue(town):
    town.settings["schedule"] = {"looks": []}
    town.later(days=30)
    assert not overdue(town)


def test_a_page_that_fails_stays_failing_while_its_checks_are_overdue(town):
    town.standin.providers.pop("80453")
    town.later(minutes=15)
    town.round()
    town.later(hours=2)
    assert overdue(town)
    assert states(town) == ["overdue", "failing"]
