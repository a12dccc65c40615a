"""Whatever a server does wrong, each message arrives once or is given up aloud."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from itertools import pairwise

import pytest

from tests.sinks import DROP, Answer, closed_port
from tests.town import ELSEWHERE, REPORT_2025, SCRUTINY


def _states(town, recipient):
    return [
        each["state"]
        for each in town.deliveries
        if each["recipient"] == recipient and each["event"] > town.settled
    ]


def _operators_by_teams(town):
    it = {"name": "it", "teams": f"{town.teams.url}&it=1", "audience": "operators"}
    town.settings["recipients"][2] = it


@pytest.mark.parametrize(
    ("stage", "answer"),
    [
        pytest.param("CONNECT", "421 4.3.2 not now", id="421 at once"),
        pytest.param("RCPT", "450 4.2.0 greylisted", id="450 for the recipient"),
        pytest.param("RCPT", "552 5.2.2 mailbox full", id="552 full"),
        pytest.param("RCPT", "550 5.7.1 blocked by policy", id="550 policy"),
        pytest.param("END", "452 4.3.1 no room", id="452 after the data"),
        pytest.param("EHLO", DROP, id="cut before the data"),
    ],
)
def test_mail_that_is_not_taken_now_is_taken_later_once_and_nobody_is_troubled(town, stage, answer):
    town.settings["recipients"] = town.settings["recipients"][::2]
    town.mail.answers[stage] = answer
    town.publish(REPORT_2025)
    town.look()
    assert _states(town, "scrutiny") == ["waiting"]
    town.mail.answers.clear()
    town.looks(2, minutes=3)
    assert town.news == ["report_published"]
    assert _states(town, "scrutiny") == ["sent"]
    assert len(town.mails_to("scrutiny")) == 1


def test_a_mail_server_that_is_gone_is_waited_for(town):
    port = town.mail.port
    town.publish(REPORT_2025)
    with closed_port() as closed:
        town.settings["mail"]["port"] = closed
        town.looks(3, minutes=7)
    assert _states(town, "scrutiny") == ["waiting"]
    town.settings["mail"]["port"] = port
    town.looks(2, minutes=20)
    assert (town.news, len(town.mails_to("scrutiny"))) == (["report_published"], 1)


@pytest.mark.parametrize(
    ("security", "answers"),
    [
        pytest.param("starttls", {}, id="no encryption"),
        pytest.param("none", {"MAIL": "530 5.7.0 log in first"}, id="log in"),
        pytest.param("none", {"MAIL": "550 5.7.30 Basic authentication"}, id="no passwords"),
    ],
)
def test_a_mail_way_that_is_broken_is_told_by_another_way_and_nothing_is_lost(
    town, security, answers
):
    _operators_by_teams(town)
    town.settings["mail"]["security"] = security
    town.mail.answers |= answers
    town.publish(REPORT_2025)
    town.looks(3, minutes=15)
    assert town.news == ["report_published", "channel_down"]
    assert town.hearers_of("channel_down") == ["it"]
    assert _states(town, "scrutiny") == ["waiting"]
    town.settings["mail"]["security"] = "none"
    town.mail.answers.clear()
    town.looks(1, minutes=40)
    assert (_states(town, "scrutiny"), len(town.mails_to("scrutiny"))) == (["sent"], 1)
    assert town.cli("status").exit_code == 0


@pytest.mark.parametrize("code", [302, 404])
def test_a_webhook_that_is_broken_is_told_by_mail_and_nothing_is_lost(town, code):
    town.teams.default = Answer(code, headers={"Location": "https://login.example.com/"})
    town.publish(REPORT_2025)
    town.looks(3, minutes=15)
    assert town.news == ["report_published", "channel_down"]
    assert len(town.mails_to("it")) == len(town.mails_to("scrutiny")) == 1
    assert len(town.teams.posts) == 1  # probed hourly
    town.teams.default = Answer(202)
    town.looks(1, minutes=40)
    assert _states(town, "channel") == ["sent"]
    assert len(town.cards) == 2


def _in_half_an_hour():
    return format_datetime(datetime.now(UTC) + timedelta(minutes=30), usegmt=True)


@pytest.mark.parametrize("said", [lambda: "1800", _in_half_an_hour], ids=["seconds", "a time"])
def test_a_webhook_that_asks_to_wait_is_not_asked_before(town, said):
    town.teams.answers = [Answer(429, headers={"Retry-After": said()})]
    town.publish(REPORT_2025)
    town.look()
    town.looks(2, minutes=14)
    assert len(town.teams.posts) == 1
    town.looks(1, minutes=3)
    assert (town.news, _states(town, "channel")) == (["report_published"], ["sent"])


def test_cards_to_one_webhook_keep_a_second_between_them(town):
    town.settings["recipients"].append({"name": "channel again", "teams": town.teams.url})
    town.publish(REPORT_2025)
    town.look()  # the welcome of the new one, and two of the report
    times = [post.at for post in town.teams.posts]
    assert len(times) == 3
    assert all(later - earlier > 0.95 for earlier, later in pairwise(times))


def test_one_of_three_that_is_down_for_a_week_holds_back_no_other_and_is_sent_after_it(town):
    town.teams.default = Answer(503)
    town.publish(REPORT_2025)
    town.look()
    assert len(town.mails_to("scrutiny")) == 1
    town.looks(6, hours=30)
    assert _states(town, "channel") == ["waiting"]
    assert town.news == ["report_published", "channel_down"]
    assert len(town.mails_to("it")) == 1
    town.teams.default = Answer(202)
    town.looks(1, minutes=61)
    assert {post.body for post in town.teams.posts} == {town.teams.posts[0].body}
    assert _states(town, "channel") == ["sent"]


def test_one_mailbox_that_takes_nothing_for_a_week_is_given_up_aloud_and_sent_by_hand(town):
    _operators_by_teams(town)
    town.mail.answers["RCPT"] = "451 4.2.1 not now"
    town.publish(REPORT_2025)
    town.look()
    town.looks(6, hours=30)
    assert _states(town, "scrutiny") == ["expired"]
    assert town.news == ["report_published", "delivery_delayed", "delivery_failed"]
    failed = next(str(each["id"]) for each in town.deliveries if each["state"] == "expired")
    town.mail.answers.clear()
    town.cli("deliveries", "retry", failed)
    town.later(minutes=1)
    town.deliver()
    assert _states(town, "scrutiny") == ["sent"]


def test_a_broken_way_that_nobody_is_reached_by_any_more_is_not_broken(town):
    town.teams.default = Answer(404)
    town.publish(REPORT_2025)
    town.look()
    assert list(town.ask("status")["broken"]) == ["teams: channel"]
    del town.settings["recipients"][1]
    town.looks(1, minutes=15)
    assert town.ask("status")["broken"] == {}
    town.looks(1, hours=25)
    assert town.news == ["report_published", "channel_down", "recipient_removed"]
    assert (town.ask("status")["broken"], town.cli("status").exit_code) == ({}, 0)


def test_a_test_alert_that_arrives_mends_the_way_and_what_waits_goes_out(town):
    town.teams.default = Answer(404)
    town.publish(REPORT_2025)
    town.look()
    town.teams.default = Answer(202)
    assert town.cli("test-alert", "channel").exit_code == 0
    town.looks(1, minutes=15)
    assert _states(town, "channel") == ["sent"]


def test_where_the_only_operators_way_is_down_status_says_so(town):
    town.settings["mail"]["security"] = "starttls"
    town.publish(REPORT_2025)
    town.look()
    assert town.hearers_of("channel_down") == []
    said = town.cli("status")
    assert said.exit_code == 1
    assert "problem: nothing can be sent by mail" in said.stdout


def test_all_recipients_removed_leaves_no_debt_and_the_outbox_takes_over(town):
    town.mail.answers["RCPT"] = "451 4.7.1 try later"
    town.publish(REPORT_2025)
    town.look()
    town.settings["recipients"] = []
    town.look()
    town.looks(1, hours=25)
    assert sorted(town.news) == ["recipient_removed", "report_published", "welcome"]
    assert town.hearers_of("recipient_removed") == ["outbox"]
    assert _states(town, "scrutiny") == ["settled"]


def test_a_recipient_renamed_with_messages_waiting_is_a_new_one(town):
    town.mail.answers["RCPT"] = "451 4.7.1 try later"
    town.publish(REPORT_2025)
    town.look()
    town.mail.answers.clear()
    town.settings["recipients"][0] = {**SCRUTINY, "name": "committee"}
    town.look()
    town.looks(1, hours=25)
    assert sorted(town.news) == ["recipient_removed", "report_published", "welcome"]
    assert len(town.mails_to("scrutiny")) == 1  # the welcome


def test_a_recipient_removed_by_a_slip_and_put_back_within_the_day_loses_nothing(town):
    town.mail.answers["RCPT"] = "451 4.7.1 try later"
    town.publish(REPORT_2025)
    town.look()
    town.mail.answers.clear()
    recipients = town.settings["recipients"]
    town.settings["recipients"] = recipients[1:]
    town.looks(3, hours=7)
    town.settings["recipients"] = recipients
    town.looks(1, minutes=15)
    assert len(town.mails_to("scrutiny")) == 1
    town.settings["recipients"] = recipients[1:]
    town.looks(2, hours=7)
    assert town.news == ["report_published"]


def test_a_recipient_removed_and_put_back_hears_what_is_new_and_nothing_else(town):
    town.mail.answers["RCPT"] = "451 4.7.1 try later"
    town.publish(REPORT_2025)
    town.look()
    town.mail.answers.clear()
    recipients, town.settings["recipients"] = (
        town.settings["recipients"],
        town.settings["recipients"][1:],
    )
    town.looks(1, minutes=15)
    town.looks(1, hours=25)
    town.settings["recipients"] = recipients
    town.looks(1, minutes=15)
    assert (town.news, town.mails_to("scrutiny")) == (["report_published", "recipient_removed"], [])
    town.publish(ELSEWHERE)
    town.looks(1, minutes=15)
    assert len(town.mails_to("scrutiny")) == 1


def test_one_added_after_a_hundred_events_gets_one_welcome_and_nothing_old(town):
    recipients, town.settings["recipients"] = (
        town.settings["recipients"],
        town.settings["recipients"][2:],
    )
    for number in range(100):
        town.publish(replace(ELSEWHERE, link=f"https://www.gov.uk/letter-{number}"))
    town.look()
    assert town.news == ["report_published"] * 100
    town.settings["recipients"] = [*recipients, {**SCRUTINY, "name": "late"}]
    town.looks(2, minutes=15)
    assert town.news[100:] == ["welcome"]
    assert [each["state"] for each in town.deliveries if each["recipient"] == "late"] == ["sent"]
