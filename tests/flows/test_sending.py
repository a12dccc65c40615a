"""A pending message is tried until it is accepted, refused or expired; operators are notified."""

import os
import signal
import threading
import time
from contextlib import contextmanager
from email.utils import parsedate_to_datetime

import pytest

from flows.alerting.sending import is_due, send_due, send_next, service_started, service_starts
from storage.deliveries import claim, record_content
from storage.leases import LeaseLostError
from tests.installation import REPORT_2025
from tests.locks import cut
from tests.parts import needs_namespaces
from tests.sinks import DROP, HANG, Answer

pytestmark = pytest.mark.both_databases


@pytest.fixture
def pending(installation):
    """The report of July 2025 is found; nothing was sent yet."""
    installation.at("2025-07-29 09:30")
    installation.email.answers["CONNECT"] = "421 4.3.2 not now"
    installation.teams.answers = [Answer(503)]
    installation.publish(REPORT_2025)
    installation.check()
    installation.email.answers.clear()
    installation.teams.posts.clear()
    return installation


def _states(installation):
    return {
        each["recipient"]: each["state"]
        for each in installation.deliveries
        if each["event"] > installation.last_event_before
    }


def test_what_failed_is_sent_when_it_is_due_again(pending):
    assert _states(pending) == {"scrutiny": "pending", "channel": "pending"}
    assert not is_due(pending.context())
    assert pending.send().in_words() == "nothing due"
    pending.later(minutes=2)
    assert is_due(pending.context())
    assert pending.send().in_words() == "2 sent"
    assert _states(pending) == {"scrutiny": "sent", "channel": "sent"}
    assert len(pending.emails_to("scrutiny")) == len(pending.cards) == 1


def test_a_repeat_is_the_same_bytes_message_id_and_date(installation):
    installation.at("2025-07-29 09:30")
    installation.email.answers["END"] = DROP
    installation.publish(REPORT_2025)
    installation.check()
    installation.email.answers.clear()
    installation.later(minutes=16)
    installation.send()
    first, second = [
        each for each in installation.email.messages if each.rcpt_tos[0].startswith("scrut")
    ]
    assert first.content == second.content
    assert parsedate_to_datetime(second.message["Date"]).hour == 9
    assert _states(installation)["scrutiny"] == "sent"


def test_a_second_unknown_expires_and_operators_are_notified_that_it_may_have_arrived(installation):
    installation.at("2025-07-29 09:30")
    installation.teams.default = Answer(body=DROP)
    installation.publish(REPORT_2025)
    installation.check()
    assert _states(installation)["channel"] == "pending"
    installation.later(minutes=16)
    installation.send()
    assert _states(installation)["channel"] == "expired"
    event = installation.event_of("delivery_failed")
    assert (event["recipient"], event["state"], event["may_have_arrived"]) == (
        "channel",
        "expired",
        True,
    )
    assert len(installation.emails_to("it")) == 1
    assert len(installation.cards) == 2
    assert installation.cli("status").exit_code == 1


def test_a_refused_delivery_is_announced_to_operators_and_not_tried_again(installation):
    installation.email.answers["RCPT"] = "550 5.1.1 no such user"
    installation.publish(REPORT_2025)
    installation.check()
    installation.email.answers.clear()
    assert _states(installation)["scrutiny"] == "refused"
    assert installation.event_types == ["report_published", "delivery_failed"]
    installation.checks(2, hours=1)
    assert installation.emails_to("scrutiny") == []
    assert len(installation.cards) == 1  # the other one was not held back


def test_a_failed_delivery_of_an_operators_event_makes_no_event(installation):
    installation.email.answers["RCPT"] = "550 5.1.1 no such user"
    installation.change("50176759", published=REPORT_2025.published)
    installation.check()
    assert installation.event_types == ["details_edited"]
    assert _states(installation) == {"it": "refused"}


def test_a_channel_that_is_down_pauses_and_is_reported_through_another_and_probed_hourly(
    installation,
):
    installation.settings["email"] |= {"username": "watch", "password": "wrong"}
    installation.settings["recipients"][2] = {
        "name": "it",
        "teams": installation.teams.url,
        "audience": "operators",
    }
    installation.publish(REPORT_2025)
    installation.email.answers["AUTH"] = "535 5.7.8 authentication failed"
    installation.email.answers["EHLO"] = "250 AUTH PLAIN LOGIN"
    installation.check()
    assert installation.event_of("channel_down")["recipients"] == ["scrutiny"]
    assert installation.recipients_of("channel_down") == ["it"]
    waiting = next(each for each in installation.deliveries if each["state"] == "pending")
    assert (waiting["recipient"], waiting["attempts"]) == ("scrutiny", 0)
    assert installation.cli("status").exit_code == 1
    assert installation.channels_down == ["email"]

    installation.email.answers.clear()
    installation.settings["email"] |= {"username": "", "password": ""}
    installation.checks(3, minutes=15)
    assert installation.emails_to("scrutiny") == []
    installation.checks(1, minutes=20)
    assert len(installation.emails_to("scrutiny")) == 1
    assert installation.event_types == ["report_published", "channel_down", "channel_up"]
    assert installation.channels_down == []


def test_what_cannot_be_rendered_holds_back_no_other(pending):
    pending.sql("UPDATE event SET payload = '{\"version\": 99}' WHERE type = 'report_published'")
    pending.sql("UPDATE delivery SET content = NULL WHERE recipient = 'scrutiny'")
    pending.later(minutes=2)
    assert pending.send().outcomes == {"later": 1, "sent": 1}  # the card was rendered before
    assert len(pending.cards) == 1


def test_two_deliverers_at_once_send_each_once(pending):
    pending.later(minutes=2)
    both = [threading.Thread(target=send_due, args=(pending.context(),)) for _ in range(2)]
    for one in both:
        one.start()
    for one in both:
        one.join()
    assert len(pending.emails_to("scrutiny")) == len(pending.cards) == 1


@contextmanager
def _one_that_is_sending(installation, *, under=()):
    """A deliverer in a process of its own, whose mail is at the server and not yet accepted."""
    arrived, accepted = threading.Event(), threading.Event()

    def wait():
        installation.email.on_message = lambda: None
        arrived.set()
        accepted.wait(60)

    installation.email.on_message = wait
    process = installation.start("send", under=under)
    try:
        assert arrived.wait(60)
        yield process
    finally:
        accepted.set()
        process.send_signal(signal.SIGCONT)
        _, stderr = process.communicate(timeout=60)
    assert process.returncode == 0, stderr


def _is_sent_once(installation):
    installation.later(minutes=30)
    installation.send()
    sent = {each["state"] for each in installation.deliveries}
    return (
        sent == {"sent"} and len(installation.emails_to("scrutiny")) == len(installation.cards) == 1
    )


@pytest.mark.system
def test_a_machine_of_the_same_name_does_not_send_what_another_one_is_sending(pending):
    """As two containers on one database do, which see none of each other's processes."""
    under = needs_namespaces("--pid", "--fork", "--uts", "--mount-proc")
    pending.later(minutes=2)
    with _one_that_is_sending(pending, under=under):
        pending.send()
    assert _is_sent_once(pending)


def test_one_that_is_stopped_while_it_sends_is_not_overtaken_however_long_it_sleeps(pending):
    pending.later(minutes=2)
    with _one_that_is_sending(pending) as sending:
        os.kill(sending.pid, signal.SIGSTOP)
        pending.sql("UPDATE lease SET since = '2024-01-01 00:00:00+00:00'")
        pending.later(hours=3)
        pending.send()
        assert len(pending.emails_to("scrutiny")) == 1
        assert pending.cli("status").exit_code == 1  # it is not passed over
    assert _is_sent_once(pending)


def test_what_is_accepted_is_marked_although_the_lock_was_lost_meanwhile(pending):
    pending.later(minutes=2)
    with _one_that_is_sending(pending):
        cut(pending.context().database)
    assert _is_sent_once(pending)


def test_what_another_one_may_send_by_now_is_not_sent_by_who_lost_its_lock(pending):
    pending.later(minutes=2)
    context = pending.context()
    with context.database.write() as session:
        claimed = claim(session, pending.now, ["scrutiny"])
    cut(context.database)
    with pytest.raises(LeaseLostError), context.database.write() as session:
        record_content(session, claimed, b"", "<one@example>", pending.now)
    assert _is_sent_once(pending)


def test_one_killed_between_acceptance_and_the_mark_repeats_the_very_email(installation):
    installation.publish(REPORT_2025)
    installation.teams.default = Answer(503)
    installation.email.answers["END"] = HANG  # the server has it and does not say so
    killed = installation.start("check", "--no-prefect")
    until = time.monotonic() + 30
    while not installation.emails_to("scrutiny"):
        assert time.monotonic() < until
        time.sleep(0.02)
    os.kill(killed.pid, signal.SIGKILL)
    killed.communicate()
    installation.email.answers.clear()
    installation.later(minutes=2)
    installation.send()  # at once, since whoever held it is dead
    first, second = installation.emails_to("scrutiny")
    assert first.as_bytes() == second.as_bytes()
    assert installation.event_types == ["report_published"]


def test_nothing_due_sends_nothing(installation):
    assert send_next(installation.context()) is None
    assert not is_due(installation.context())


def test_the_service_notes_when_it_started(installation):
    assert service_started(installation.context()) is None
    service_starts(installation.context())
    assert abs((service_started(installation.context()) - installation.now).total_seconds()) < 5


def test_retry_and_settle_by_hand(pending):
    numbers = {
        each["recipient"]: str(each["id"])
        for each in pending.deliveries
        if each["state"] == "pending"
    }
    assert pending.cli("messages", "retry", numbers["scrutiny"]).stdout == (
        f"message {numbers['scrutiny']}: due now\n"
    )
    assert pending.cli("messages", "cancel", numbers["channel"]).exit_code == 0
    pending.later(minutes=1)  # the commands' clocks ran on
    pending.send()
    assert _states(pending) == {"scrutiny": "sent", "channel": "cancelled"}
    said = pending.cli("messages", "cancel", numbers["scrutiny"], "999")
    assert said.exit_code == 2
    assert f"no pending or failed message has the number {numbers['scrutiny']}, 999" in said.stderr
