"""Whatever a server does wrong, each message arrives once, or operators are notified."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from itertools import pairwise

import pytest

from tests.installation import ELSEWHERE, REPORT_2025, SCRUTINY
from tests.sinks import DROP, Answer, closed_port


def _states(installation, recipient):
    return [
        each["state"]
        for each in installation.deliveries
        if each["recipient"] == recipient and each["event"] > installation.last_event_before
    ]


def _operators_by_teams(installation):
    it = {"name": "it", "teams": f"{installation.teams.url}&it=1", "audience": "operators"}
    installation.settings["recipients"][2] = it


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
def test_email_that_is_not_taken_now_is_taken_later_once_and_nobody_is_troubled(
    installation, stage, answer
):
    installation.settings["recipients"] = installation.settings["recipients"][::2]
    installation.email.answers[stage] = answer
    installation.publish(REPORT_2025)
    installation.check()
    assert _states(installation, "scrutiny") == ["pending"]
    installation.email.answers.clear()
    installation.checks(2, minutes=3)
    assert installation.event_types == ["report_published"]
    assert _states(installation, "scrutiny") == ["sent"]
    assert len(installation.emails_to("scrutiny")) == 1


def test_an_email_server_that_is_gone_is_waited_for(installation):
    port = installation.email.port
    installation.publish(REPORT_2025)
    with closed_port() as closed:
        installation.settings["email"]["port"] = closed
        installation.checks(3, minutes=7)
    assert _states(installation, "scrutiny") == ["pending"]
    installation.settings["email"]["port"] = port
    installation.checks(2, minutes=20)
    assert (installation.event_types, len(installation.emails_to("scrutiny"))) == (
        ["report_published"],
        1,
    )


@pytest.mark.parametrize(
    ("security", "answers"),
    [
        pytest.param("starttls", {}, id="no encryption"),
        pytest.param("none", {"MAIL": "530 5.7.0 log in first"}, id="log in"),
        pytest.param("none", {"MAIL": "550 5.7.30 Basic authentication"}, id="no passwords"),
    ],
)
def test_an_email_channel_that_is_broken_is_reported_through_another_channel_and_nothing_is_lost(
    installation, security, answers
):
    _operators_by_teams(installation)
    installation.settings["email"]["security"] = security
    installation.email.answers |= answers
    installation.publish(REPORT_2025)
    installation.checks(3, minutes=15)
    assert installation.event_types == ["report_published", "channel_down"]
    assert installation.recipients_of("channel_down") == ["it"]
    assert _states(installation, "scrutiny") == ["pending"]
    installation.settings["email"]["security"] = "none"
    installation.email.answers.clear()
    installation.checks(1, minutes=40)
    assert (_states(installation, "scrutiny"), len(installation.emails_to("scrutiny"))) == (
        ["sent"],
        1,
    )
    assert installation.cli("status").exit_code == 0


@pytest.mark.parametrize("code", [302, 404])
def test_a_webhook_that_is_broken_is_announced_by_email_and_nothing_is_lost(installation, code):
    installation.teams.default = Answer(code, headers={"Location": "https://login.example.com/"})
    installation.publish(REPORT_2025)
    installation.checks(3, minutes=15)
    assert installation.event_types == ["report_published", "channel_down"]
    assert len(installation.emails_to("it")) == len(installation.emails_to("scrutiny")) == 1
    assert len(installation.teams.posts) == 1  # probed hourly
    installation.teams.default = Answer(202)
    installation.checks(1, minutes=40)
    assert _states(installation, "channel") == ["sent"]
    assert len(installation.cards) == 2


def _in_half_an_hour():
    return format_datetime(datetime.now(UTC) + timedelta(minutes=30), usegmt=True)


@pytest.mark.parametrize("said", [lambda: "1800", _in_half_an_hour], ids=["seconds", "a time"])
def test_a_webhook_that_asks_to_wait_is_not_asked_before(installation, said):
    installation.teams.answers = [Answer(429, headers={"Retry-After": said()})]
    installation.publish(REPORT_2025)
    installation.check()
    installation.checks(2, minutes=14)
    assert len(installation.teams.posts) == 1
    installation.checks(1, minutes=3)
    assert (installation.event_types, _states(installation, "channel")) == (
        ["report_published"],
        ["sent"],
    )


def test_cards_to_one_webhook_keep_a_second_between_them(installation):
    installation.settings["recipients"].append(
        {"name": "channel again", "teams": installation.teams.url}
    )
    installation.publish(REPORT_2025)
    installation.check()  # the welcome of the new one, and two of the report
    times = [post.at for post in installation.teams.posts]
    assert len(times) == 3
    assert all(later - previous > 0.95 for previous, later in pairwise(times))


def test_one_of_three_that_is_down_for_a_week_holds_back_no_other_and_is_sent_after_it(
    installation,
):
    installation.teams.default = Answer(503)
    installation.publish(REPORT_2025)
    installation.check()
    assert len(installation.emails_to("scrutiny")) == 1
    installation.checks(6, hours=30)
    assert _states(installation, "channel") == ["pending"]
    assert installation.event_types == ["report_published", "channel_down"]
    assert len(installation.emails_to("it")) == 1
    installation.teams.default = Answer(202)
    installation.checks(1, minutes=61)
    assert {post.body for post in installation.teams.posts} == {installation.teams.posts[0].body}
    assert _states(installation, "channel") == ["sent"]


@pytest.mark.both_databases
def test_a_message_that_one_mailbox_defers_for_a_week_expires_and_can_be_sent_by_hand(
    installation,
):
    _operators_by_teams(installation)
    installation.email.answers["RCPT"] = "451 4.2.1 not now"
    installation.publish(REPORT_2025)
    installation.check()
    installation.checks(6, hours=30)
    assert _states(installation, "scrutiny") == ["expired"]
    assert installation.event_types == ["report_published", "delivery_delayed", "delivery_failed"]
    failed = next(str(each["id"]) for each in installation.deliveries if each["state"] == "expired")
    installation.email.answers.clear()
    installation.cli("messages", "retry", failed)
    installation.later(minutes=1)
    installation.send()
    assert _states(installation, "scrutiny") == ["sent"]


def test_a_channel_that_is_down_that_nobody_is_reached_by_any_more_is_not_broken(installation):
    installation.teams.default = Answer(404)
    installation.publish(REPORT_2025)
    installation.check()
    assert installation.channels_down == ["teams: channel"]
    del installation.settings["recipients"][1]
    installation.checks(1, minutes=15)
    assert "teams: channel" not in str(installation.ask("status")["problems"])
    installation.checks(1, hours=25)
    assert installation.event_types == ["report_published", "channel_down", "recipient_removed"]
    assert (installation.ask("status")["problems"], installation.cli("status").exit_code) == ([], 0)


def test_a_test_alert_that_arrives_ends_the_outage_and_what_waits_goes_out(installation):
    installation.teams.default = Answer(404)
    installation.publish(REPORT_2025)
    installation.check()
    installation.teams.default = Answer(202)
    assert installation.cli("test-alert", "channel").exit_code == 0
    installation.checks(1, minutes=15)
    assert _states(installation, "channel") == ["sent"]


def test_where_the_only_channel_to_operators_is_down_status_says_so(installation):
    installation.settings["email"]["security"] = "starttls"
    installation.publish(REPORT_2025)
    installation.check()
    assert installation.recipients_of("channel_down") == []
    said = installation.cli("status")
    assert said.exit_code == 1
    assert "problem: email delivery has been failing since" in said.stdout


def test_all_recipients_removed_leaves_no_debt_and_the_outbox_takes_over(installation):
    installation.email.answers["RCPT"] = "451 4.7.1 try later"
    installation.publish(REPORT_2025)
    installation.check()
    installation.settings["recipients"] = []
    installation.check()
    installation.checks(1, hours=25)
    assert sorted(installation.event_types) == ["recipient_removed", "report_published", "welcome"]
    assert installation.recipients_of("recipient_removed") == ["outbox"]
    assert _states(installation, "scrutiny") == ["cancelled"]


@pytest.mark.both_databases
def test_a_recipient_renamed_with_messages_waiting_is_a_new_one(installation):
    installation.email.answers["RCPT"] = "451 4.7.1 try later"
    installation.publish(REPORT_2025)
    installation.check()
    installation.email.answers.clear()
    installation.settings["recipients"][0] = {**SCRUTINY, "name": "committee"}
    installation.check()
    installation.checks(1, hours=25)
    assert sorted(installation.event_types) == ["recipient_removed", "report_published", "welcome"]
    assert len(installation.emails_to("scrutiny")) == 1  # the welcome


def test_a_recipient_removed_by_a_slip_and_put_back_within_the_day_loses_nothing(installation):
    installation.email.answers["RCPT"] = "451 4.7.1 try later"
    installation.publish(REPORT_2025)
    installation.check()
    installation.email.answers.clear()
    recipients = installation.settings["recipients"]
    installation.settings["recipients"] = recipients[1:]
    installation.checks(3, hours=7)
    installation.settings["recipients"] = recipients
    installation.checks(1, minutes=15)
    assert len(installation.emails_to("scrutiny")) == 1
    installation.settings["recipients"] = recipients[1:]
    installation.checks(2, hours=7)
    assert installation.event_types == ["report_published"]


def test_a_recipient_removed_and_put_back_gets_what_is_new_and_nothing_else(installation):
    installation.email.answers["RCPT"] = "451 4.7.1 try later"
    installation.publish(REPORT_2025)
    installation.check()
    installation.email.answers.clear()
    recipients, installation.settings["recipients"] = (
        installation.settings["recipients"],
        installation.settings["recipients"][1:],
    )
    installation.checks(1, minutes=15)
    installation.checks(1, hours=25)
    installation.settings["recipients"] = recipients
    installation.checks(1, minutes=15)
    assert (installation.event_types, installation.emails_to("scrutiny")) == (
        ["report_published", "recipient_removed"],
        [],
    )
    installation.publish(ELSEWHERE)
    installation.checks(1, minutes=15)
    assert len(installation.emails_to("scrutiny")) == 1


def test_one_added_after_thirty_events_gets_one_welcome_and_nothing_old(installation):
    recipients, installation.settings["recipients"] = (
        installation.settings["recipients"],
        installation.settings["recipients"][2:],
    )
    for number in range(30):
        installation.publish(replace(ELSEWHERE, link=f"https://www.gov.uk/letter-{number}"))
    installation.check()
    assert installation.event_types == ["report_published"] * 30
    installation.settings["recipients"] = [*recipients, {**SCRUTINY, "name": "late"}]
    installation.checks(2, minutes=15)
    assert installation.event_types[30:] == ["welcome"]
    assert [each["state"] for each in installation.deliveries if each["recipient"] == "late"] == [
        "sent"
    ]
