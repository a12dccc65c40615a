"""A channel that is down is noticed, told by another, and over; what waits for it is not lost."""

import pytest

from flows.deliver import is_due
from tests.sinks import Answer, closed_port
from tests.town import ELSEWHERE, REPORT_2025, SCRUTINY

HELO = "504 5.5.2 <councilbox>: Helo command rejected: need fully-qualified hostname"
PRESS = {"name": "press", "email": "press@example.gov.uk", "sign_of_life": False}


def _by_teams(town, **more):
    """Readers by mail, operators by Teams."""
    it = {"name": "it", "teams": f"{town.teams.url}&it=1", "audience": "operators"}
    town.settings["recipients"] = [
        SCRUTINY | {"sign_of_life": False},
        it | {"sign_of_life": False} | more,
    ]


def _state(town, name):
    return [
        each["state"]
        for each in town.deliveries
        if each["recipient"] == name and each["event"] > town.settled
    ]


def _channels(town):
    return {each["name"]: each["state"] for each in town.ask("status")["channels"]}


@pytest.mark.parametrize(
    ("stage", "answer"),
    [
        pytest.param("RCPT", HELO, id="our greeting"),
        pytest.param("MAIL", "553 5.7.1 sender address rejected: not owned by user", id="sender"),
        pytest.param("END", "550 5.7.60 Client does not have permissions to send as", id="send as"),
        pytest.param("RCPT", "454 4.7.1 Relay access denied", id="our machine, for now"),
        pytest.param("CONNECT", "554 5.7.1 no service for your address", id="at the door"),
    ],
)
def test_a_server_that_refuses_us_is_a_channel_down_and_all_goes_out_once_it_is_mended(
    town, stage, answer
):
    _by_teams(town)
    town.mail.answers[stage] = answer
    town.publish(REPORT_2025)
    town.look()
    assert town.news == ["report_published", "channel_down"]
    assert town.news_of("channel_down")["words"] == answer.partition(" ")[2]
    assert town.hearers_of("channel_down") == ["it"]
    assert "email delivery is failing" in str(town.cards[-1])
    town.looks(30, hours=12)
    assert _state(town, "scrutiny") == ["waiting"]
    assert (_channels(town)["mail"], town.cli("status").exit_code) == ("down", 1)
    assert "email delivery has been failing since" in town.cli("doctor").stdout
    town.mail.answers.clear()
    town.looks(1, minutes=61)
    assert _state(town, "scrutiny") == ["sent"]
    assert town.news[2:] == ["channel_up"]
    assert "working again after 15 days" in str(town.cards[-1])
    assert (_channels(town)["mail"], town.cli("status").exit_code) == ("ok", 0)


def test_a_mail_port_closed_for_a_week_is_told_after_two_hours_and_nothing_is_given_up(town):
    _by_teams(town)
    port = town.mail.port
    town.publish(REPORT_2025)
    with closed_port() as closed:
        town.settings["mail"]["port"] = closed
        town.look()
        town.looks(7, minutes=15)
        assert town.news == ["report_published"]
        assert (_channels(town)["mail"], town.cli("status").exit_code) == ("ok", 0)
        town.looks(1, minutes=15)
        assert town.news == ["report_published", "channel_down"]
        assert town.news_of("channel_down")["since"].startswith("2025-07-28T09:00")
        assert town.hearers_of("channel_down") == ["it"]
        assert town.cli("status").exit_code == 1
        town.looks(20, hours=12)
        assert _state(town, "scrutiny") == ["waiting"]
    town.settings["mail"]["port"] = port
    town.looks(1, minutes=61)
    assert town.news == ["report_published", "channel_down", "channel_up"]
    assert _state(town, "scrutiny") == ["sent"]


def test_time_in_which_a_channel_was_down_counts_for_nobodys_expiry(town):
    _by_teams(town)
    town.publish(REPORT_2025)
    town.mail.answers["RCPT"] = HELO
    town.look()
    town.looks(10, days=1)
    town.mail.answers["RCPT"] = "450 4.2.1 try later"  # it speaks of the recipient alone now
    town.looks(6, days=1)
    assert _state(town, "scrutiny") == ["waiting"]
    town.looks(3, days=1)
    assert _state(town, "scrutiny") == ["expired"]
    assert "delivery_failed" in town.news


def test_a_webhook_that_takes_nothing_for_two_hours_is_down_and_told_by_mail(town):
    town.teams.default = Answer(503)
    town.publish(REPORT_2025)
    town.look()
    town.looks(8, minutes=15)
    assert town.news == ["report_published", "channel_down"]
    assert town.hearers_of("channel_down") == ["it"]
    assert town.subjects("it") == ['Ofsted watch: Teams delivery to "channel" is failing']
    town.looks(1, days=30)
    assert _state(town, "channel") == ["waiting"]
    town.teams.default = Answer(202)
    town.looks(1, minutes=61)
    assert _state(town, "channel") == ["sent"]
    assert town.subjects("it")[-1] == 'Ofsted watch: Teams delivery to "channel" is working again'


def test_a_workflow_that_is_switched_off_is_the_channels_and_what_waited_goes_out(town):
    off = '{"error":{"code":"WorkflowTriggerIsNotEnabled","message":"state \'Disabled\'"}}'
    town.teams.default = Answer(400, off)
    town.publish(REPORT_2025)
    town.look()
    assert town.news == ["report_published", "channel_down"]
    town.looks(9, days=1)
    town.teams.default = Answer(202)
    town.looks(1, minutes=61)
    assert (_state(town, "channel"), town.news[-1]) == (["sent"], "channel_up")


@pytest.mark.parametrize("answer", ["450 4.2.1 try later", "550 5.7.1 blocked by policy"])
def test_two_recipients_for_two_hours_are_the_channel_and_one_alone_is_delayed(town, answer):
    _by_teams(town)
    town.mail.answers["RCPT"] = answer
    town.publish(REPORT_2025)
    town.look()
    town.looks(8, minutes=15)
    assert town.news == ["report_published", "delivery_delayed"]
    told = town.news_of("delivery_delayed")
    assert (told["recipient"], told["words"]) == ("scrutiny", answer.partition(" ")[2])
    assert "messages to scrutiny are delayed" in str(town.cards[-1])
    assert (town.ask("status")["messages"]["delayed"], town.cli("status").exit_code) == (1, 1)
    assert "1 delayed, the oldest since 28 July 2025 09:00 UTC" in town.cli("doctor").stdout
    town.looks(4, hours=1)
    assert town.news == ["report_published", "delivery_delayed"]  # once
    town.settings["recipients"].append(PRESS)
    town.looks(12, minutes=15)  # its welcome fails too
    assert town.news[2:] == ["welcome", "channel_down"]
    town.mail.answers.clear()
    town.looks(1, minutes=61)
    assert town.news[4:] == ["channel_up"]
    assert town.cli("status").exit_code == 0


def test_one_that_alone_is_refused_in_words_that_speak_of_us_stops_no_other(town):
    _by_teams(town)
    town.settings["recipients"].append(PRESS)
    town.look()  # its welcome
    town.mail.answers["RCPT scrutiny@"] = "554 5.7.1 <scrutiny@x>: Relay access denied"
    town.publish(REPORT_2025)
    town.looks(1, minutes=15)
    assert town.news[-1] == "channel_down"
    assert (_state(town, "scrutiny"), _state(town, "press")[-1]) == (["waiting"], "waiting")
    town.looks(1, minutes=61)  # the probe is the other's turn
    assert town.news[-1] == "channel_up"
    assert _state(town, "press")[-1] == "sent"
    town.publish(ELSEWHERE)
    town.looks(12, minutes=15)
    assert _state(town, "press")[-1] == "sent"
    assert town.news.count("channel_down") == 1
    assert town.news.count("delivery_delayed") == 1
    town.looks(9, days=1)
    assert "expired" in _state(town, "scrutiny")


def test_a_message_that_cannot_be_made_is_delayed_and_no_channel_is_down(town):
    _by_teams(town)
    town.mail.answers["RCPT"] = "450 4.2.1 try later"
    town.publish(REPORT_2025)
    town.look()
    town.mail.answers.clear()
    town.sql("UPDATE event SET news = '{\"version\": 99}' WHERE type = 'report_published'")
    town.sql("UPDATE delivery SET content = NULL WHERE recipient = 'scrutiny'")
    town.looks(9, minutes=15)
    assert town.news == ["report_published", "delivery_delayed"]


def test_a_channel_that_is_to_be_told_down_is_reason_to_deliver(town):
    _by_teams(town)
    town.mail.answers["CONNECT"] = "421 4.3.2 not now"
    town.publish(REPORT_2025)
    town.look()
    for _ in range(4):
        town.later(minutes=20)
        town.deliver()
    town.later(minutes=30)
    assert not is_due(town.tools())
    town.later(minutes=11)
    assert is_due(town.tools())
    town.deliver()
    assert town.news == ["report_published", "channel_down"]
    assert not is_due(town.tools())


def test_test_alert_says_what_answered_and_ends_an_outage(town):
    page = "<!DOCTYPE html><title>Web filter</title>Access to this site is blocked."
    town.teams.default = Answer(200, page)
    town.publish(REPORT_2025)
    town.look()
    assert town.news == ["report_published", "channel_down"]
    said = town.cli("test-alert", "channel")
    assert said.exit_code == 1
    assert "channel (teams): broken" in said.stdout
    assert '200, a web page titled "Web filter"' in said.stdout
    town.teams.default = Answer(202)
    assert town.cli("test-alert", "channel").exit_code == 0
    assert town.news == ["report_published", "channel_down", "channel_up"]
    assert town.ask("status")["channels"][1]["state"] == "ok"
