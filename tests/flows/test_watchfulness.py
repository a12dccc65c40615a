"""Silence of the schedule is noticed, once."""

from datetime import timedelta

from flows.watchfulness import Overdue
from tests.town import utc


def test_no_look_for_twice_the_longest_gap_is_told_once(town):
    def overdue():
        return Overdue(town.tools(), utc("2025-07-28 08:00")).check(lambda: "a pause in the UI")

    town.later(hours=31)
    assert not overdue()
    town.later(hours=2)
    assert overdue()
    assert overdue()
    assert town.news == ["look_overdue"]
    news = town.news_of("look_overdue")
    assert (news["since"][:16], news["why"]) == ("2025-07-28T09:00", "a pause in the UI")
    assert town.ask("status")["providers"][0]["state"] == "overdue"
    town.look()
    assert town.ask("status")["providers"][0]["state"] == "well"
    town.later(hours=33)
    assert overdue()
    assert town.news == ["look_overdue", "look_overdue"]


def test_it_counts_from_the_services_own_start(town):
    town.later(days=30)
    started = Overdue(town.tools(), town.now)
    assert not started.check(lambda: "")
    assert not Overdue(town.tools(), town.now - timedelta(hours=31)).check(lambda: "")
    assert town.news == []
