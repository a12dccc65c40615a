"""The first look is history: kept and read, told to nobody but by a welcome."""

from dataclasses import replace
from datetime import date

from deployments.standin_faults import status
from tests.town import JOINT_2023, PAGE, REPORT_2022, REPORT_2025, SCRUTINY, TEXT_2025, pdf


def test_the_first_look_sends_a_welcome_alone_and_the_second_nothing(new_town):
    new_town.list(REPORT_2025, JOINT_2023, REPORT_2022)
    looked = new_town.look()
    assert (looked.outcome, looked.state, looked.listed) == ("first", "well", 3)
    assert new_town.news == ["welcome", "welcome", "welcome"]
    assert [len(new_town.mails_to(name)) for name in ("scrutiny", "it")] == [1, 1]
    assert len(new_town.cards) == 1

    new_town.later(minutes=15)
    assert new_town.look().outcome == "unchanged"
    assert len(new_town.news) == 3
    assert len(new_town.mail.messages) == 2
    assert len(new_town.cards) == 1


def test_what_the_first_look_finds_is_history_kept_and_read(new_town):
    new_town.list(REPORT_2025, REPORT_2022)
    new_town.look()
    found = [(each["file_id"], each["history"], each["status"]) for each in new_town.reports]
    assert found == [("50176759", True, "read"), ("50283346", True, "read")]  # oldest first
    newest = new_town.inspections[0]
    assert newest["comparison"]["with"] == "50176759"


def test_until_one_look_is_good_everything_is_history(new_town):
    new_town.standin.misbehave(PAGE, status(404), times=1)
    assert new_town.look().outcome == "failed"
    assert new_town.news == []
    new_town.publish(REPORT_2025)
    assert new_town.look().outcome == "first"
    assert [each["history"] for each in new_town.reports] == [True, True]


def test_a_first_look_is_good_although_a_file_fails(new_town):
    new_town.list(JOINT_2023)
    looked = new_town.look()
    assert (looked.outcome, looked.state) == ("first", "well")


def test_a_dead_link_of_history_is_never_news_also_when_it_lives_later(new_town):
    new_town.list(replace(REPORT_2025, data=None), REPORT_2022)
    new_town.look()
    new_town.looks(2, hours=3)
    new_town.change("50283346", data=pdf(TEXT_2025))
    new_town.looks(2, hours=3)
    assert set(new_town.news) == {"welcome"}
    assert [each["status"] for each in new_town.reports] == ["read", "read"]


def test_the_welcome_says_what_is_watched_and_where_it_stands(new_town):
    new_town.publish(REPORT_2025)
    new_town.look()
    (letter,) = new_town.mails_to("scrutiny")
    text = " ".join(letter.get_body(("plain",)).get_content().split())
    assert "London Borough of Sutton" in text
    assert "29 July 2025" in text


def test_each_is_welcomed_only_when_all_its_authorities_were_seen(new_town):
    new_town.settings["watch"] = [
        {"urn": 80515, "code": 44, "name": "London Borough of Sutton"},
        {"urn": 80456, "code": 44, "name": "Camden"},
    ]
    new_town.settings["recipients"] = [
        {"name": "both", "email": "both@example.gov.uk"},
        {"name": "one", "email": "one@example.gov.uk", "authorities": [80515]},
    ]
    new_town.round()  # Camden's page is not there
    assert [each.summary for each in new_town.events if each.type == "welcome"]
    assert (len(new_town.mails_to("one")), len(new_town.mails_to("both"))) == (1, 0)
    new_town.later(hours=24)
    new_town.round()
    assert (len(new_town.mails_to("one")), len(new_town.mails_to("both"))) == (1, 1)
    welcomes = [each for each in new_town.events if each.type == "welcome"]
    assert len(welcomes) == 2


def test_a_new_authority_has_a_first_look_of_its_own(town):
    report = replace(REPORT_2025, file_id="77", published=date(2024, 5, 1))
    town.standin.provider("80456", "Camden", reports=[replace(report, data=None)])
    town.settings["watch"] = [
        {"urn": 80515, "code": 44, "name": "London Borough of Sutton"},
        {"urn": 80456, "code": 44, "name": "Camden"},
    ]
    outcomes = [each.outcome for each in town.round().looked]
    assert outcomes == ["unchanged", "first"]
    assert town.news == []


def test_an_authority_without_a_name_in_the_settings_is_called_as_its_page_has_it(new_town):
    new_town.settings["watch"] = [{"urn": 80515}]
    new_town.settings["recipients"] = [SCRUTINY | {"when": "daily 08:00"}]
    new_town.tools()
    assert new_town.ask("status")["providers"][0]["name"] == "provider 80515"
    new_town.look()
    assert new_town.subjects("scrutiny") == ["Ofsted watch: watching Sutton"]
    assert new_town.ask("status")["providers"][0]["name"] == "London Borough of Sutton"
    new_town.standin.providers["80515"].name = "Sutton Council"
    new_town.later(hours=2)
    new_town.look()
    new_town.at("2025-07-29 07:10")
    new_town.look()
    digest = new_town.mails_to("scrutiny")[-1].get_body(("plain",)).get_content()
    assert "of Sutton Council since" in " ".join(digest.split())


def test_a_name_in_the_settings_stands_whatever_the_page_has(new_town):
    new_town.settings["watch"] = [{"urn": 80515, "name": "Our Council"}]
    new_town.look()
    assert new_town.ask("status")["providers"][0]["name"] == "Our Council"
