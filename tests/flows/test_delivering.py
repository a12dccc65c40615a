"""What is owed is sent until it is accepted, refused for good, or given up aloud."""

import os
import signal
import threading
import time
from contextlib import contextmanager
from email.utils import parsedate_to_datetime

import pytest

from flows.deliver import deliver, deliver_next, is_due, service_started, service_starts
from storage.deliveries import claim, keep_content
from storage.leases import LeaseLostError
from tests.locks import cut
from tests.parts import needs_namespaces
from tests.sinks import DROP, HANG, Answer
from tests.town import REPORT_2025


@pytest.fixture
def owed(town):
    """The report of July 2025 is found; nothing was sent yet."""
    town.at("2025-07-29 09:30")
    town.mail.answers["CONNECT"] = "421 4.3.2 not now"
    town.teams.answers = [Answer(503)]
    town.publish(REPORT_2025)
    town.look()
    town.mail.answers.clear()
    town.teams.posts.clear()
    return town


def _states(town):
    return {
        each["recipient"]: each["state"] for each in town.deliveries if each["event"] > town.settled
    }


def test_what_failed_is_sent_when_it_is_due_again(owed):
    assert _states(owed) == {"scrutiny": "waiting", "channel": "waiting"}
    assert not is_due(owed.tools())
    assert owed.deliver().in_words() == "nothing due"
    owed.later(minutes=2)
    assert is_due(owed.tools())
    assert owed.deliver().in_words() == "2 sent"
    assert _states(owed) == {"scrutiny": "sent", "channel": "sent"}
    assert len(owed.mails_to("scrutiny")) == len(owed.cards) == 1


def test_a_repeat_is_the_same_bytes_message_id_and_date(town):
    town.at("2025-07-29 09:30")
    town.mail.answers["END"] = DROP
    town.publish(REPORT_2025)
    town.look()
    town.mail.answers.clear()
    town.later(minutes=16)
    town.deliver()
    first, second = [each for each in town.mail.messages if each.rcpt_tos[0].startswith("scrut")]
    assert first.content == second.content
    assert parsedate_to_datetime(second.message["Date"]).hour == 9
    assert _states(town)["scrutiny"] == "sent"


def test_a_second_unknown_expires_and_operators_hear_that_it_may_have_arrived(town):
    town.at("2025-07-29 09:30")
    town.teams.default = Answer(body=DROP)
    town.publish(REPORT_2025)
    town.look()
    assert _states(town)["channel"] == "waiting"
    town.later(minutes=16)
    town.deliver()
    assert _states(town)["channel"] == "expired"
    news = town.news_of("delivery_failed")
    assert (news["recipient"], news["state"], news["may_have_arrived"]) == (
        "channel",
        "expired",
        True,
    )
    assert len(town.mails_to("it")) == 1
    assert len(town.cards) == 2
    assert town.cli("status").exit_code == 1


def test_a_refused_delivery_is_told_to_operators_and_not_tried_again(town):
    town.mail.answers["RCPT"] = "550 5.1.1 no such user"
    town.publish(REPORT_2025)
    town.look()
    town.mail.answers.clear()
    assert _states(town)["scrutiny"] == "refused"
    assert town.news == ["report_published", "delivery_failed"]
    town.looks(2, hours=1)
    assert town.mails_to("scrutiny") == []
    assert len(town.cards) == 1  # the other one was not held back


def test_a_failed_delivery_of_an_operators_event_makes_no_event(town):
    town.mail.answers["RCPT"] = "550 5.1.1 no such user"
    town.change("50176759", published=REPORT_2025.published)
    town.look()
    assert town.news == ["details_edited"]
    assert _states(town) == {"it": "refused"}


def test_a_broken_way_pauses_and_is_told_by_another_and_probed_hourly(town):
    town.settings["mail"] |= {"username": "watch", "password": "wrong"}
    town.settings["recipients"][2] = {
        "name": "it",
        "teams": town.teams.url,
        "audience": "operators",
    }
    town.publish(REPORT_2025)
    town.mail.answers["AUTH"] = "535 5.7.8 authentication failed"
    town.mail.answers["EHLO"] = "250 AUTH PLAIN LOGIN"
    town.look()
    assert town.news_of("channel_down")["recipients"] == ["scrutiny"]
    assert town.hearers_of("channel_down") == ["it"]
    waiting = next(each for each in town.deliveries if each["state"] == "waiting")
    assert (waiting["recipient"], waiting["attempts"]) == ("scrutiny", 0)
    assert town.cli("status").exit_code == 1
    assert list(town.ask("status")["broken"]) == ["mail"]

    town.mail.answers.clear()
    town.settings["mail"] |= {"username": "", "password": ""}
    town.looks(3, minutes=15)
    assert town.mails_to("scrutiny") == []
    town.looks(1, minutes=20)
    assert len(town.mails_to("scrutiny")) == 1
    assert town.news == ["report_published", "channel_down", "channel_up"]
    assert town.ask("status")["broken"] == {}


def test_what_cannot_be_rendered_holds_back_no_other(owed):
    owed.sql("UPDATE event SET news = '{\"version\": 99}' WHERE type = 'report_published'")
    owed.sql("UPDATE delivery SET content = NULL WHERE recipient = 'scrutiny'")
    owed.later(minutes=2)
    assert owed.deliver().outcomes == {"later": 1, "sent": 1}  # the card was rendered before
    assert len(owed.cards) == 1


def test_two_deliverers_at_once_send_each_once(owed):
    owed.later(minutes=2)
    both = [threading.Thread(target=deliver, args=(owed.tools(),)) for _ in range(2)]
    for one in both:
        one.start()
    for one in both:
        one.join()
    assert len(owed.mails_to("scrutiny")) == len(owed.cards) == 1


@contextmanager
def _one_that_is_sending(town, *, under=()):
    """A deliverer in a process of its own, whose mail is at the server and not yet accepted."""
    arrived, accepted = threading.Event(), threading.Event()

    def wait():
        town.mail.on_message = lambda: None
        arrived.set()
        accepted.wait(60)

    town.mail.on_message = wait
    process = town.start("deliver", under=under)
    try:
        assert arrived.wait(60)
        yield process
    finally:
        accepted.set()
        process.send_signal(signal.SIGCONT)
        _, stderr = process.communicate(timeout=60)
    assert process.returncode == 0, stderr


def _is_sent_once(town):
    town.later(minutes=30)
    town.deliver()
    sent = {each["state"] for each in town.deliveries}
    return sent == {"sent"} and len(town.mails_to("scrutiny")) == len(town.cards) == 1


@pytest.mark.system
def test_a_machine_of_the_same_name_does_not_send_what_another_one_is_sending(owed):
    """As two containers on one database do, which see none of each other's processes."""
    under = needs_namespaces("--pid", "--fork", "--uts", "--mount-proc")
    owed.later(minutes=2)
    with _one_that_is_sending(owed, under=under):
        owed.deliver()
    assert _is_sent_once(owed)


def test_one_that_is_stopped_while_it_sends_is_not_overtaken_however_long_it_sleeps(owed):
    owed.later(minutes=2)
    with _one_that_is_sending(owed) as sending:
        os.kill(sending.pid, signal.SIGSTOP)
        owed.sql("UPDATE lease SET since = '2024-01-01 00:00:00+00:00'")
        owed.later(hours=3)
        owed.deliver()
        assert len(owed.mails_to("scrutiny")) == 1
        assert owed.cli("status").exit_code == 1  # it is not passed over
    assert _is_sent_once(owed)


def test_what_is_accepted_is_marked_although_the_lock_was_lost_meanwhile(owed):
    owed.later(minutes=2)
    with _one_that_is_sending(owed):
        cut(owed.tools().database)
    assert _is_sent_once(owed)


def test_what_another_one_may_send_by_now_is_not_sent_by_who_lost_its_lock(owed):
    owed.later(minutes=2)
    tools = owed.tools()
    with tools.database.write() as session:
        claimed = claim(session, owed.now, ["scrutiny"])
    cut(tools.database)
    with pytest.raises(LeaseLostError), tools.database.write() as session:
        keep_content(session, claimed, b"", "<one@example>", owed.now)
    assert _is_sent_once(owed)


def test_one_killed_between_acceptance_and_the_mark_repeats_the_very_mail(town):
    town.publish(REPORT_2025)
    town.teams.default = Answer(503)
    town.mail.answers["END"] = HANG  # the server has it and does not say so
    killed = town.start("look", "--plain")
    until = time.monotonic() + 30
    while not town.mails_to("scrutiny"):
        assert time.monotonic() < until
        time.sleep(0.02)
    os.kill(killed.pid, signal.SIGKILL)
    killed.communicate()
    town.mail.answers.clear()
    town.later(minutes=2)
    town.deliver()  # at once, since whoever held it is dead
    first, second = town.mails_to("scrutiny")
    assert first.as_bytes() == second.as_bytes()
    assert town.news == ["report_published"]


def test_nothing_due_sends_nothing(town):
    assert deliver_next(town.tools()) is None
    assert not is_due(town.tools())


def test_the_service_notes_when_it_started(town):
    assert service_started(town.tools()) is None
    service_starts(town.tools())
    assert abs((service_started(town.tools()) - town.now).total_seconds()) < 5


def test_retry_and_settle_by_hand(owed):
    numbers = {
        each["recipient"]: str(each["id"]) for each in owed.deliveries if each["state"] == "waiting"
    }
    assert owed.cli("deliveries", "retry", numbers["scrutiny"]).stdout == (
        f"delivery {numbers['scrutiny']}: due now\n"
    )
    assert owed.cli("deliveries", "settle", numbers["channel"]).exit_code == 0
    owed.later(minutes=1)  # the commands' clocks ran on
    owed.deliver()
    assert _states(owed) == {"scrutiny": "sent", "channel": "settled"}
    said = owed.cli("deliveries", "settle", numbers["scrutiny"], "999")
    assert said.exit_code == 2
    assert f"no delivery waits or was given up under: {numbers['scrutiny']}, 999" in said.stderr
