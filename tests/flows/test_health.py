"""When a page cannot be seen, operators hear in time, and not too often."""

import pytest

from deployments.standin_faults import challenge, cut, status
from tests.town import PAGE


@pytest.fixture
def ill(town):
    """Sutton's page answers 404."""
    town.standin.misbehave(PAGE, status(404))
    return town


def test_a_failed_look_changes_nothing_and_says_so(ill):
    before = ill.reports
    looked = ill.look()
    assert (looked.outcome, looked.state, looked.listed, looked.is_well) == (
        "failed",
        "failing",
        None,
        False,
    )
    assert PAGE in looked.message
    assert ill.reports == before


def test_operators_hear_after_two_looks_and_an_hour(ill):
    ill.look()
    ill.looks(3, minutes=15)
    assert ill.news == []
    ill.looks(1, minutes=16)
    assert ill.news == ["look_failed"]
    assert len(ill.mails_to("it")) == 1
    assert (ill.mails_to("scrutiny"), ill.cards) == ([], [])


def test_one_look_is_not_enough_however_long_ago(ill):
    ill.look()
    assert ill.news == []
    ill.looks(1, hours=10)
    assert ill.news == ["look_failed"]


def test_again_after_a_day_and_then_weekly(ill):
    ill.look()
    told = []
    for hours in (2, 23.9, 0.2, 167, 2, 167, 2):
        before = len(ill.news)
        ill.looks(1, hours=hours)
        told.append(len(ill.news) - before)
    assert told == [1, 0, 1, 0, 1, 0, 1]
    assert ill.news == ["look_failed"] * 4


def test_it_is_told_when_it_is_over_with_how_long_it_was(ill):
    ill.look()
    ill.looks(1, hours=2)
    ill.standin.behave()
    ill.later(hours=1)
    looked = ill.look()
    assert (looked.outcome, looked.state) == ("unchanged", "well")
    assert ill.news == ["look_failed", "look_recovered"]
    news = ill.news_of("look_recovered")
    assert (news["since"][:16], news["until"][:16]) == ("2025-07-28T09:00", "2025-07-28T12:00")
    ill.looks(2, hours=1)
    assert len(ill.news) == 2


def test_trouble_that_was_not_told_ends_in_silence(ill):
    ill.look()
    ill.standin.behave()
    ill.looks(2, minutes=15)
    assert ill.news == []


@pytest.mark.parametrize("fault", [cut(0.5), challenge], ids=["half a page", "a challenge"])
def test_an_answer_without_the_proof_is_strange(town, fault):
    town.standin.misbehave(PAGE, fault)
    looked = town.look()
    assert (looked.outcome, looked.state) == ("strange", "strange")
    town.looks(1, hours=2)
    assert town.news_of("look_failed")["state"] == "strange"


def test_another_providers_page_is_strange_and_changes_nothing(town):
    town.standin.providers["80515"].subheading = "URN: 80429"
    before = town.reports
    assert town.look().outcome == "strange"
    assert town.reports == before


def test_failing_and_strange_by_turns_are_one_trouble(town):
    town.standin.misbehave(PAGE, status(404))
    town.look()
    town.standin.misbehave(PAGE, challenge)
    town.looks(1, minutes=61)
    assert town.news == ["look_failed"]


def test_another_provider_in_trouble_holds_back_no_other(town):
    town.settings["watch"] = [
        {"urn": 80456, "code": 44, "name": "Camden"},
        {"urn": 80515, "code": 44, "name": "London Borough of Sutton"},
    ]
    outcomes = [each.outcome for each in town.round().looked]
    assert outcomes == ["failed", "unchanged"]


def test_a_look_that_was_interrupted_is_said_to_be(town):
    town.sql(
        "INSERT INTO look (urn, began_at, new, newly_failed, message) "
        "VALUES ('80515', '2025-07-28 08:00:00', '[]', 0, '')"
    )
    town.look()
    looks = town.sql("SELECT outcome, message FROM look ORDER BY id")
    assert looks[-2] == ("failed", "the last check of this page was interrupted before it ended")
    assert looks[-1][0] == "unchanged"


def test_status_says_since_when_why_and_how_old_the_last_good_look_is(ill):
    ill.look()
    (provider,) = ill.ask("status")["providers"]
    assert (provider["state"], provider["since"]) == ("failing", "2025-07-28T09:00:00Z")
    assert "404" in provider["trouble"]
    ill.later(hours=3, minutes=1)
    said = ill.cli("status")
    assert said.exit_code == 1
    assert "3 hours ago" in said.stdout
    assert 3 * 3600 <= ill.ask("status")["providers"][0]["last_good_look_age"] < 3.1 * 3600
