"""What the first check finds is the baseline: kept and read, with no message but the welcome."""

from dataclasses import replace
from datetime import date

import pytest

from deployments.demo.fake_ofsted_faults import status
from tests.installation import JOINT_2023, PAGE, REPORT_2022, REPORT_2025, SCRUTINY, TEXT_2025, pdf


@pytest.mark.both_databases
def test_the_first_check_sends_a_welcome_alone_and_the_second_nothing(new_installation):
    new_installation.list(REPORT_2025, JOINT_2023, REPORT_2022)
    checked = new_installation.check()
    assert (checked.result, checked.state, checked.listed) == ("first", "ok", 3)
    assert new_installation.event_types == ["welcome", "welcome", "welcome"]
    assert [len(new_installation.emails_to(name)) for name in ("scrutiny", "it")] == [1, 1]
    assert len(new_installation.cards) == 1

    new_installation.later(minutes=15)
    assert new_installation.check().result == "unchanged"
    assert len(new_installation.event_types) == 3
    assert len(new_installation.email.messages) == 2
    assert len(new_installation.cards) == 1


def test_what_the_first_check_finds_is_history_kept_and_read(new_installation):
    new_installation.list(REPORT_2025, REPORT_2022)
    new_installation.check()
    found = [
        (each["file_id"], each["baseline"], each["status"]) for each in new_installation.reports
    ]
    assert found == [("50176759", True, "read"), ("50283346", True, "read")]  # oldest first
    newest = new_installation.inspections[0]
    assert newest["comparison"]["with"] == "50176759"


def test_until_one_check_is_good_everything_is_history(new_installation):
    new_installation.fake_ofsted.misbehave(PAGE, status(404), times=1)
    assert new_installation.check().result == "unreachable"
    assert new_installation.event_types == []
    new_installation.publish(REPORT_2025)
    assert new_installation.check().result == "first"
    assert [each["baseline"] for each in new_installation.reports] == [True, True]


def test_a_first_check_is_good_although_a_file_fails(new_installation):
    new_installation.list(JOINT_2023)
    checked = new_installation.check()
    assert (checked.result, checked.state) == ("first", "ok")


def test_a_dead_link_of_the_baseline_is_never_announced_even_if_it_works_later(new_installation):
    new_installation.list(replace(REPORT_2025, data=None), REPORT_2022)
    new_installation.check()
    new_installation.checks(2, hours=3)
    new_installation.change("50283346", data=pdf(TEXT_2025))
    new_installation.checks(2, hours=3)
    assert set(new_installation.event_types) == {"welcome"}
    assert [each["status"] for each in new_installation.reports] == ["read", "read"]


def test_the_welcome_says_what_is_watched_and_where_it_stands(new_installation):
    new_installation.publish(REPORT_2025)
    new_installation.check()
    (letter,) = new_installation.emails_to("scrutiny")
    text = " ".join(letter.get_body(("plain",)).get_content().split())
    assert "London Borough of Sutton" in text
    assert "29 July 2025" in text


def test_each_is_welcomed_only_when_all_its_authorities_were_seen(new_installation):
    new_installation.settings["watch"] = [
        {"urn": 80515, "code": 44, "name": "London Borough of Sutton"},
        {"urn": 80456, "code": 44, "name": "Camden"},
    ]
    new_installation.settings["recipients"] = [
        {"name": "both", "email": "both@example.gov.uk"},
        {"name": "one", "email": "one@example.gov.uk", "authorities": [80515]},
    ]
    new_installation.round()  # Camden's page is not there
    assert [each.summary for each in new_installation.events if each.type == "welcome"]
    assert (len(new_installation.emails_to("one")), len(new_installation.emails_to("both"))) == (
        1,
        0,
    )
    new_installation.later(hours=24)
    new_installation.round()
    assert (len(new_installation.emails_to("one")), len(new_installation.emails_to("both"))) == (
        1,
        1,
    )
    welcomes = [each for each in new_installation.events if each.type == "welcome"]
    assert len(welcomes) == 2


@pytest.mark.both_databases
def test_a_new_authority_has_a_first_check_of_its_own(installation):
    report = replace(REPORT_2025, file_id="77", published=date(2024, 5, 1))
    installation.fake_ofsted.provider("80456", "Camden", reports=[replace(report, data=None)])
    installation.settings["watch"] = [
        {"urn": 80515, "code": 44, "name": "London Borough of Sutton"},
        {"urn": 80456, "code": 44, "name": "Camden"},
    ]
    outcomes = [each.result for each in installation.round().checks]
    assert outcomes == ["unchanged", "first"]
    assert installation.event_types == []


def test_an_authority_without_a_name_in_the_settings_is_called_as_its_page_has_it(new_installation):
    new_installation.settings["watch"] = [{"urn": 80515}]
    new_installation.settings["recipients"] = [SCRUTINY | {"frequency": "daily 08:00"}]
    new_installation.context()
    assert new_installation.ask("status")["authorities"][0]["name"] == "provider 80515"
    new_installation.check()
    assert new_installation.subjects("scrutiny") == [
        "Ofsted Watch: you are subscribed to reports on Sutton"
    ]
    assert new_installation.ask("status")["authorities"][0]["name"] == "London Borough of Sutton"
    new_installation.fake_ofsted.providers["80515"].name = "Sutton Council"
    new_installation.later(hours=2)
    new_installation.check()
    new_installation.at("2025-07-29 07:10")
    new_installation.check()
    digest = new_installation.emails_to("scrutiny")[-1].get_body(("plain",)).get_content()
    assert "No alerts about Sutton Council since" in " ".join(digest.split())


def test_a_name_in_the_settings_stands_whatever_the_page_has(new_installation):
    new_installation.settings["watch"] = [{"urn": 80515, "name": "Our Council"}]
    new_installation.check()
    assert new_installation.ask("status")["authorities"][0]["name"] == "Our Council"
