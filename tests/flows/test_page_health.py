"""When a page cannot be checked, operators are notified in time, and not too often."""

import pytest

from deployments.demo.fake_ofsted_faults import challenge, cut, status
from tests.installation import PAGE


@pytest.fixture
def ill(installation):
    """Sutton's page answers 404."""
    installation.fake_ofsted.misbehave(PAGE, status(404))
    return installation


def test_a_failed_check_changes_nothing_and_says_so(ill):
    before = ill.reports
    checked = ill.check()
    assert (checked.result, checked.state, checked.listed, checked.is_well) == (
        "unreachable",
        "unreachable",
        None,
        False,
    )
    assert PAGE in checked.message
    assert ill.reports == before


def test_operators_are_notified_after_two_checks_and_an_hour(ill):
    ill.check()
    ill.checks(3, minutes=15)
    assert ill.event_types == []
    ill.checks(1, minutes=16)
    assert ill.event_types == ["page_check_failed"]
    assert len(ill.emails_to("it")) == 1
    assert (ill.emails_to("scrutiny"), ill.cards) == ([], [])


def test_one_check_is_not_enough_however_long_ago(ill):
    ill.check()
    assert ill.event_types == []
    ill.checks(1, hours=10)
    assert ill.event_types == ["page_check_failed"]


def test_again_after_a_day_and_then_weekly(ill):
    ill.check()
    announced = []
    for hours in (2, 23.9, 0.2, 167, 2, 167, 2):
        before = len(ill.event_types)
        ill.checks(1, hours=hours)
        announced.append(len(ill.event_types) - before)
    assert announced == [1, 0, 1, 0, 1, 0, 1]
    assert ill.event_types == ["page_check_failed"] * 4


@pytest.mark.both_databases
def test_it_is_announced_when_it_is_over_with_how_long_it_was(ill):
    ill.check()
    ill.checks(1, hours=2)
    ill.fake_ofsted.behave()
    ill.later(hours=1)
    checked = ill.check()
    assert (checked.result, checked.state) == ("unchanged", "ok")
    assert ill.event_types == ["page_check_failed", "page_check_recovered"]
    event = ill.event_of("page_check_recovered")
    assert (event["since"][:16], event["until"][:16]) == ("2025-07-28T09:00", "2025-07-28T12:00")
    ill.checks(2, hours=1)
    assert len(ill.event_types) == 2


def test_trouble_that_was_not_announced_ends_in_silence(ill):
    ill.check()
    ill.fake_ofsted.behave()
    ill.checks(2, minutes=15)
    assert ill.event_types == []


@pytest.mark.parametrize("fault", [cut(0.5), challenge], ids=["half a page", "a challenge"])
def test_an_answer_without_the_proof_is_strange(installation, fault):
    installation.fake_ofsted.misbehave(PAGE, fault)
    checked = installation.check()
    assert (checked.result, checked.state) == ("unrecognised", "unrecognised")
    installation.checks(1, hours=2)
    assert installation.event_of("page_check_failed")["state"] == "unrecognised"


def test_another_providers_page_is_strange_and_changes_nothing(installation):
    installation.fake_ofsted.providers["80515"].subheading = "URN: 80429"
    before = installation.reports
    assert installation.check().result == "unrecognised"
    assert installation.reports == before


def test_failing_and_strange_by_turns_are_one_trouble(installation):
    installation.fake_ofsted.misbehave(PAGE, status(404))
    installation.check()
    installation.fake_ofsted.misbehave(PAGE, challenge)
    installation.checks(1, minutes=61)
    assert installation.event_types == ["page_check_failed"]


def test_another_provider_in_trouble_holds_back_no_other(installation):
    installation.settings["watch"] = [
        {"urn": 80456, "code": 44, "name": "Camden"},
        {"urn": 80515, "code": 44, "name": "London Borough of Sutton"},
    ]
    outcomes = [each.result for each in installation.round().checks]
    assert outcomes == ["unreachable", "unchanged"]


@pytest.mark.both_databases
def test_a_check_that_was_interrupted_is_said_to_be(installation):
    installation.sql(
        "INSERT INTO page_check (code, urn, began_at, new, newly_failed, message) "
        "VALUES ('44', '80515', '2025-07-28 08:00:00', '[]', 0, '')"
    )
    installation.check()
    checks = installation.sql("SELECT result, message FROM page_check ORDER BY id")
    assert checks[-2] == (
        "unreachable",
        "the last check of this page was interrupted before it ended",
    )
    assert checks[-1][0] == "unchanged"


def test_status_says_since_when_why_and_how_old_the_last_good_check_is(ill):
    ill.check()
    (provider,) = ill.ask("status")["authorities"]
    assert (provider["state"], provider["since"]) == ("unreachable", "2025-07-28T09:00:00Z")
    assert "404" in ill.ask("status")["problems"][0]["what"]
    ill.later(hours=3, minutes=1)
    said = ill.cli("status")
    assert said.exit_code == 1
    assert "3 hours ago" in said.stdout
