"""A URN is given once a type of provider: with another code it is another provider."""

import json

import pytest

from flows.settings.watched import WatchedAuthority
from notifications.events import from_json, to_json
from ofsted.provider_key import ProviderKey
from tests.installation import REPORT_2022, REPORT_2025, forget

OTHER = "Sutton College"


@pytest.fixture
def two(installation):
    """Beside Sutton a provider of another type with its URN, and with a report of the same id."""
    installation.fake_ofsted.provider("80515", OTHER, code=16, reports=[REPORT_2022])
    installation.settings["watch"] = [
        {"urn": "80515", "code": 44, "name": "London Borough of Sutton"},
        {"urn": "80515", "code": 16, "name": OTHER},
    ]
    assert [each.result for each in installation.round().checks] == ["unchanged", "first"]
    forget(installation)
    installation.at("2025-07-29 09:30")
    return installation


def test_each_has_its_own_state_reports_and_history(two):
    two.fake_ofsted.publish(ProviderKey("16", "80515"), REPORT_2025)
    two.round()
    state = [
        (each["code"], each["urn"], each["reports"]) for each in two.ask("status")["authorities"]
    ]
    assert state == [("44", "80515", 1), ("16", "80515", 2)]
    history = {each["code"]: each["inspections"] for each in two.ask("history")["authorities"]}
    assert [len(history[code]) for code in ("44", "16")] == [1, 2]
    assert history["16"][0]["comparison"]["with"] == history["44"][0]["file_id"]


def test_an_event_names_its_provider_and_concerns_that_one_only(two):
    two.fake_ofsted.publish(ProviderKey("16", "80515"), REPORT_2025)
    two.round()
    assert two.event_types == ["report_published"]
    assert two.event_of("report_published")["provider"]["code"] == "16"
    (event,) = two.events
    assert event.provider == ProviderKey("16", "80515")


def test_a_page_that_fails_is_the_trouble_of_its_provider_alone(two):
    two.fake_ofsted.misbehave("/provider/16/80515", "500")
    for _ in range(2):
        two.round()
        two.later(hours=1)
    two.round()
    assert [each["state"] for each in two.ask("status")["authorities"]] == ["ok", "unreachable"]
    (subject,) = two.sql("SELECT subject FROM event WHERE type = 'page_check_failed'")
    assert subject == ("provider:16:80515",)


def test_a_person_who_gives_a_urn_of_two_is_asked_which(two):
    said = two.cli("history", "--authority", "80515")
    assert said.exit_code == 2
    assert "80515 matches several watched providers: 44:80515, 16:80515" in said.stderr


def test_a_watched_authority_has_the_code_44():
    assert WatchedAuthority.unnamed("80515").key == ProviderKey("44", "80515")
    assert str(ProviderKey("44", "80515")) == "44:80515"


def test_what_was_kept_without_a_code_is_an_authoritys(two):
    two.fake_ofsted.publish("80515", REPORT_2025)
    two.round()
    kept = json.loads(two.events[0].payload)
    assert kept["provider"].pop("code") == "44"
    assert from_json(json.dumps(kept)) == from_json(two.events[0].payload)
    assert json.loads(to_json(from_json(json.dumps(kept))))["provider"]["code"] == "44"
