"""A channel that is down is noticed and reported through another; its messages are not lost."""

import pytest

from flows.alerting.sending import is_due
from tests.installation import ELSEWHERE, REPORT_2025, SCRUTINY
from tests.sinks import Answer, closed_port

HELO = "504 5.5.2 <councilbox>: Helo command rejected: need fully-qualified hostname"
PRESS = {"name": "press", "email": "press@example.gov.uk", "quiet_notice": False}


def _by_teams(installation, **more):
    """Readers by mail, operators by Teams."""
    it = {"name": "it", "teams": f"{installation.teams.url}&it=1", "audience": "operators"}
    installation.settings["recipients"] = [
        SCRUTINY | {"quiet_notice": False},
        it | {"quiet_notice": False} | more,
    ]


def _state(installation, name):
    return [
        each["state"]
        for each in installation.deliveries
        if each["recipient"] == name and each["event"] > installation.last_event_before
    ]


def _channels(installation):
    return {each["name"]: each["state"] for each in installation.ask("status")["channels"]}


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
def test_a_server_that_refuses_us_is_a_channel_down_and_all_goes_out_once_it_works(
    installation, stage, answer
):
    _by_teams(installation)
    installation.email.answers[stage] = answer
    installation.publish(REPORT_2025)
    installation.check()
    assert installation.event_types == ["report_published", "channel_down"]
    assert installation.event_of("channel_down")["words"] == answer.partition(" ")[2]
    assert installation.recipients_of("channel_down") == ["it"]
    assert "email delivery is failing" in str(installation.cards[-1])
    installation.checks(3, days=5)
    assert _state(installation, "scrutiny") == ["pending"]
    assert (_channels(installation)["email"], installation.cli("status").exit_code) == ("down", 1)
    assert "email delivery has been failing since" in installation.cli("doctor").stdout
    installation.email.answers.clear()
    installation.checks(1, minutes=61)
    assert _state(installation, "scrutiny") == ["sent"]
    assert installation.event_types[2:] == ["channel_up"]
    assert "working again after 15 days" in str(installation.cards[-1])
    assert (_channels(installation)["email"], installation.cli("status").exit_code) == ("ok", 0)


def test_an_email_port_closed_for_a_week_is_announced_after_two_hours_and_nothing_is_given_up(
    installation,
):
    _by_teams(installation)
    port = installation.email.port
    installation.publish(REPORT_2025)
    with closed_port() as closed:
        installation.settings["email"]["port"] = closed
        installation.check()
        installation.checks(7, minutes=15)
        assert installation.event_types == ["report_published"]
        assert (_channels(installation)["email"], installation.cli("status").exit_code) == ("ok", 0)
        installation.checks(1, minutes=15)
        assert installation.event_types == ["report_published", "channel_down"]
        assert installation.event_of("channel_down")["since"].startswith("2025-07-28T09:00")
        assert installation.recipients_of("channel_down") == ["it"]
        assert installation.cli("status").exit_code == 1
        installation.checks(5, hours=48)
        assert _state(installation, "scrutiny") == ["pending"]
    installation.settings["email"]["port"] = port
    installation.checks(1, minutes=61)
    assert installation.event_types == ["report_published", "channel_down", "channel_up"]
    assert _state(installation, "scrutiny") == ["sent"]


@pytest.mark.both_databases
def test_time_in_which_a_channel_was_down_counts_for_nobodys_expiry(installation):
    _by_teams(installation)
    installation.publish(REPORT_2025)
    installation.email.answers["RCPT"] = HELO
    installation.check()
    installation.checks(5, days=2)
    installation.email.answers["RCPT"] = (
        "450 4.2.1 try later"  # it speaks of the recipient alone now
    )
    installation.checks(6, days=1)
    assert _state(installation, "scrutiny") == ["pending"]
    installation.checks(3, days=1)
    assert _state(installation, "scrutiny") == ["expired"]
    assert "delivery_failed" in installation.event_types


@pytest.mark.both_databases
def test_a_webhook_that_takes_nothing_for_two_hours_is_down_and_announced_by_email(installation):
    installation.teams.default = Answer(503)
    installation.publish(REPORT_2025)
    installation.check()
    installation.checks(4, minutes=30)
    assert installation.event_types == ["report_published", "channel_down"]
    assert installation.recipients_of("channel_down") == ["it"]
    assert installation.subjects("it") == ['Ofsted Watch: Teams delivery to "channel" is failing']
    installation.checks(1, days=30)
    assert _state(installation, "channel") == ["pending"]
    installation.teams.default = Answer(202)
    installation.checks(1, minutes=61)
    assert _state(installation, "channel") == ["sent"]
    assert (
        installation.subjects("it")[-1]
        == 'Ofsted Watch: Teams delivery to "channel" is working again'
    )


@pytest.mark.both_databases
def test_a_workflow_that_is_switched_off_is_the_channels_and_what_waited_goes_out(installation):
    off = '{"error":{"code":"WorkflowTriggerIsNotEnabled","message":"state \'Disabled\'"}}'
    installation.teams.default = Answer(400, off)
    installation.publish(REPORT_2025)
    installation.check()
    assert installation.event_types == ["report_published", "channel_down"]
    installation.checks(3, days=3)
    installation.teams.default = Answer(202)
    installation.checks(1, minutes=61)
    assert (_state(installation, "channel"), installation.event_types[-1]) == (
        ["sent"],
        "channel_up",
    )


@pytest.mark.parametrize("answer", ["450 4.2.1 try later", "550 5.7.1 blocked by policy"])
def test_two_recipients_for_two_hours_are_the_channel_and_one_alone_is_delayed(
    installation, answer
):
    _by_teams(installation)
    installation.email.answers["RCPT"] = answer
    installation.publish(REPORT_2025)
    installation.check()
    installation.checks(4, minutes=30)
    assert installation.event_types == ["report_published", "delivery_delayed"]
    announced = installation.event_of("delivery_delayed")
    assert (announced["recipient"], announced["words"]) == ("scrutiny", answer.partition(" ")[2])
    assert "messages to scrutiny are delayed" in str(installation.cards[-1])
    assert (
        installation.ask("status")["messages"]["delayed"],
        installation.cli("status").exit_code,
    ) == (1, 1)
    assert "1 delayed, the oldest since 28 July 2025 09:00 UTC" in installation.cli("doctor").stdout
    installation.checks(2, hours=2)
    assert installation.event_types == ["report_published", "delivery_delayed"]  # once
    installation.settings["recipients"].append(PRESS)
    installation.checks(6, minutes=30)  # its welcome fails too
    assert installation.event_types[2:] == ["welcome", "channel_down"]
    installation.email.answers.clear()
    installation.checks(1, minutes=61)
    assert installation.event_types[4:] == ["channel_up"]
    assert installation.cli("status").exit_code == 0


def test_one_that_alone_is_refused_in_words_that_speak_of_us_stops_no_other(installation):
    _by_teams(installation)
    installation.settings["recipients"].append(PRESS)
    installation.check()  # its welcome
    installation.email.answers["RCPT scrutiny@"] = "554 5.7.1 <scrutiny@x>: Relay access denied"
    installation.publish(REPORT_2025)
    installation.checks(1, minutes=15)
    assert installation.event_types[-1] == "channel_down"
    assert (_state(installation, "scrutiny"), _state(installation, "press")[-1]) == (
        ["pending"],
        "pending",
    )
    installation.checks(1, minutes=61)  # the probe is the other's turn
    assert installation.event_types[-1] == "channel_up"
    assert _state(installation, "press")[-1] == "sent"
    installation.publish(ELSEWHERE)
    installation.checks(6, minutes=30)
    assert _state(installation, "press")[-1] == "sent"
    assert installation.event_types.count("channel_down") == 1
    assert installation.event_types.count("delivery_delayed") == 1
    installation.checks(5, days=2)
    assert "expired" in _state(installation, "scrutiny")


def test_a_message_that_cannot_be_made_is_delayed_and_no_channel_is_down(installation):
    _by_teams(installation)
    installation.email.answers["RCPT"] = "450 4.2.1 try later"
    installation.publish(REPORT_2025)
    installation.check()
    installation.email.answers.clear()
    installation.sql(
        "UPDATE event SET payload = '{\"version\": 99}' WHERE type = 'report_published'"
    )
    installation.sql("UPDATE delivery SET content = NULL WHERE recipient = 'scrutiny'")
    installation.checks(5, minutes=30)
    assert installation.event_types == ["report_published", "delivery_delayed"]


@pytest.mark.both_databases
def test_a_channel_whose_outage_is_to_be_reported_is_reason_to_send(installation):
    _by_teams(installation)
    installation.email.answers["CONNECT"] = "421 4.3.2 not now"
    installation.publish(REPORT_2025)
    installation.check()
    for _ in range(4):
        installation.later(minutes=20)
        installation.send()
    installation.later(minutes=30)
    assert not is_due(installation.context())
    installation.later(minutes=11)
    assert is_due(installation.context())
    installation.send()
    assert installation.event_types == ["report_published", "channel_down"]
    assert not is_due(installation.context())


def test_test_alert_says_what_answered_and_ends_an_outage(installation):
    page = "<!DOCTYPE html><title>Web filter</title>Access to this site is blocked."
    installation.teams.default = Answer(200, page)
    installation.publish(REPORT_2025)
    installation.check()
    assert installation.event_types == ["report_published", "channel_down"]
    said = installation.cli("test-alert", "channel")
    assert said.exit_code == 1
    assert "channel (Teams): the channel is down" in said.stdout
    assert '200, a web page titled "Web filter"' in said.stdout
    installation.teams.default = Answer(202)
    assert installation.cli("test-alert", "channel").exit_code == 0
    assert installation.event_types == ["report_published", "channel_down", "channel_up"]
    assert installation.ask("status")["channels"][1]["state"] == "ok"
