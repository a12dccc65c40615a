"""No pending message is lost, sent twice without need, or given up in silence."""

import threading
from contextlib import nullcontext
from datetime import timedelta

import pytest

from storage import ahead, channel_outages, deliveries, digests, models
from storage.deliveries import claim, mark, record_content, to_be_sent
from storage.leases import LeaseLostError
from storage.record import set_state
from tests.locks import cut
from tests.storage.conftest import NOW


def result(word, stage, code, words, **more):
    """How an attempt ended."""
    return {"result": word, "stage": stage, "code": code, "words": words, **more}


LATER = result("later", "MAIL", 451, "try later")
SENT = result("sent", "END", 250, "kept")
UNKNOWN = result("unknown", "END", None, "no answer")
REFUSED = result("refused", "RCPT", 550, "no such user")
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


@pytest.fixture
def attempt(database):
    """Claim what is due and end the attempt so; gives what was made of it."""

    def attempt(result, now=NOW, to=("scrutiny",)):
        with database.write() as session:
            claimed = claim(session, now, to)
            return mark(session, claimed, now, **result)

    return attempt


def test_what_is_claimed_is_not_claimed_again_until_it_is_let_go(database, add_delivery):
    (number,) = add_delivery("scrutiny")
    with database.write() as session:
        first = claim(session, NOW, ["scrutiny"])
        assert first.id == number
        assert claim(session, NOW, ["scrutiny"]) is None
        assert deliveries.due(session, NOW, ["scrutiny"]) == 0
        assert list(deliveries.under_way(session)) == [number]
    first.hold.let_go(database)
    with database.write() as session:
        assert deliveries.due(session, NOW, ["scrutiny"]) == 1
        second = claim(session, NOW, ["scrutiny"])
        assert second.id == number
        with pytest.raises(LeaseLostError):
            record_content(session, first, b"late", "<id>", NOW)
        record_content(session, second, b"mine", "<id>", NOW)


def test_an_attempt_whose_delivery_another_one_has_by_now_ends_it_only_if_it_was_sent(
    database, add_delivery, delivery
):
    for name, result, state in (
        ("a", REFUSED, "pending"),
        ("b", LATER, "pending"),
        ("c", SENT, "sent"),
    ):
        (number,) = add_delivery("scrutiny", cause=name)
        done = state == "sent"
        with database.write() as session:
            first = claim(session, NOW, ["scrutiny"])
        cut(database)
        with database.write() as session:
            second = claim(session, NOW, ["scrutiny"])
            mark(session, first, NOW, **result)
        found = delivery(number)
        assert (second.id, found.state, found.due_at) == (number, state, NOW)
        assert [each.result for each in found.attempt_log] == [result["result"]]
        with database.write() as session:
            assert claim(session, NOW, ["scrutiny"]) is None  # the second one is at it
            with pytest.raises(LeaseLostError) if done else nullcontext():
                to_be_sent(session, second)
            mark(session, second, NOW, **SENT)
        assert delivery(number).state == "sent"


def test_two_at_once_claim_it_once(database, add_delivery):
    add_delivery("scrutiny")
    claimed = []

    def take():
        with database.write() as session:
            claimed.append(claim(session, NOW, ["scrutiny"]))

    threads = [threading.Thread(target=take) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len([each for each in claimed if each]) == 1


def test_the_earlier_of_those_due_goes_first_and_what_is_not_due_waits(database, add_delivery):
    (first,), (second,) = add_delivery("scrutiny", cause="a"), add_delivery("scrutiny", cause="b")
    add_delivery("scrutiny", cause="c", at=NOW + HOUR)
    with database.write() as session:
        assert deliveries.due(session, NOW, ["scrutiny"]) == 2
        assert [claim(session, NOW, ["scrutiny"]).id for _ in range(2)] == [first, second]
        assert claim(session, NOW, ["scrutiny"]) is None


def test_only_recipients_that_can_be_reached_are_claimed_for(database, add_delivery):
    add_delivery("scrutiny")
    (channel,) = add_delivery("channel", cause="b")
    with database.write() as session:
        assert claim(session, NOW, ["channel"]).id == channel
        assert claim(session, NOW, []) is None


def test_what_was_sent_is_done(database, add_delivery, attempt, delivery):
    (number,) = add_delivery("scrutiny")
    assert attempt(SENT).ended == "sent"
    sent = delivery(number)
    assert (sent.state, sent.sent_at, sent.ended_at, sent.attempts) == ("sent", NOW, NOW, 1)
    assert sent.error is None
    tried = [(each.at, each.stage, each.result, each.code, each.words) for each in sent.attempt_log]
    assert tried == [(NOW, "END", "sent", 250, "kept")]


def test_each_later_waits_longer_with_a_jitter_of_a_fifth(add_delivery, attempt, delivery):
    (number,) = add_delivery("scrutiny")
    now = NOW
    for minutes in (1, 5, 15, 60, 180, 360, 720, 720):
        assert attempt(LATER, now).ended is None
        wait = delivery(number).due_at - now
        assert 0.8 * minutes * MINUTE <= wait <= 1.2 * minutes * MINUTE
        now = delivery(number).due_at
    assert delivery(number).attempts == 8
    assert delivery(number).error == "try later"


def test_what_the_other_side_asks_to_wait_wins_if_it_is_longer(add_delivery, attempt, delivery):
    (number,) = add_delivery("scrutiny")
    attempt(result("later", "POST", 429, "slow down", retry_after=600))
    assert delivery(number).due_at == NOW + 10 * MINUTE
    now = NOW + DAY
    attempt(result("later", "POST", 429, "slow down", retry_after=1), now)
    assert delivery(number).due_at >= now + 4 * MINUTE


def test_a_lasting_refusal_ends_it(add_delivery, attempt, delivery):
    (number,) = add_delivery("scrutiny")
    marked = attempt(REFUSED)
    assert (marked.ended, marked.summary, marked.audience) == (
        "refused",
        "Sutton: a report",
        "readers",
    )
    assert (delivery(number).state, delivery(number).error) == ("refused", "no such user")


def test_a_refusal_that_may_pass_is_tried_for_a_day(add_delivery, attempt, delivery):
    (number,) = add_delivery("scrutiny")
    full = result("refused", "RCPT", 552, "mailbox full", lasting=False)
    assert attempt(full).ended is None
    assert attempt(full, NOW + 23 * HOUR).ended is None
    assert attempt(full, NOW + 2 * DAY).ended == "refused"
    assert delivery(number).attempts == 3


def test_unknown_is_tried_once_again_in_fifteen_minutes_and_then_expires(
    add_delivery, attempt, delivery
):
    (number,) = add_delivery("scrutiny")
    assert attempt(UNKNOWN).ended is None
    assert delivery(number).due_at == NOW + 15 * MINUTE
    marked = attempt(UNKNOWN, NOW + 15 * MINUTE)
    assert (marked.ended, marked.may_have_arrived) == ("expired", True)
    assert delivery(number).state == "expired"


def test_a_refusal_after_an_unknown_may_still_have_arrived(add_delivery, attempt):
    add_delivery("scrutiny")
    attempt(UNKNOWN)
    marked = attempt(REFUSED, NOW + 15 * MINUTE)
    assert (marked.ended, marked.may_have_arrived) == ("refused", True)


def test_a_channel_that_is_down_costs_the_delivery_no_attempt(add_delivery, attempt, delivery):
    (number,) = add_delivery("scrutiny")
    broken = result("channel_down", "AUTH", 535, "wrong password")
    assert attempt(broken).ended is None
    waiting = delivery(number)
    assert (waiting.state, waiting.attempts, waiting.due_at) == ("pending", 0, NOW)
    assert [each.result for each in waiting.attempt_log] == ["channel_down"]


@pytest.mark.parametrize(("audience", "days"), [("readers", 7), ("operators", 3), ("both", 7)])
def test_a_delivery_expires_after_its_time_and_three_attempts(
    add_delivery, attempt, audience, days
):
    add_delivery("scrutiny", audience=audience)
    assert attempt(LATER, NOW + days * DAY - MINUTE).ended is None
    assert attempt(LATER, NOW + days * DAY + DAY).ended is None
    assert attempt(LATER, NOW + days * DAY + 2 * DAY).ended == "expired"


def test_it_does_not_expire_before_its_time(add_delivery, attempt, delivery):
    (number,) = add_delivery("scrutiny")
    now = NOW
    while now < NOW + timedelta(days=6, hours=10):
        assert attempt(LATER, now).ended is None
        now = delivery(number).due_at
    assert delivery(number).attempts > 3


def test_only_attempts_since_the_service_started_count(database, add_delivery, attempt):
    add_delivery("scrutiny")
    for days in (8, 9):
        attempt(LATER, NOW + days * DAY)
    with database.write() as session:
        set_state(session, deliveries.SERVICE_STARTED, (NOW + 10 * DAY).isoformat())
    ends = [attempt(LATER, NOW + days * DAY).ended for days in (10, 11, 12)]
    assert ends == [None, None, "expired"]


def test_tries_by_a_channel_that_is_down_do_not_count_towards_giving_up(add_delivery, attempt):
    add_delivery("scrutiny")
    for days in range(6, 12):
        attempt(result("channel_down", "AUTH", 535, "wrong password"), NOW + days * DAY)
    ends = [attempt(LATER, NOW + days * DAY).ended for days in (12, 13, 14)]
    assert ends == [None, None, "expired"]


def test_an_attempt_that_ends_after_the_delivery_was_cancelled_changes_nothing(
    database, add_delivery, delivery
):
    (number,) = add_delivery("scrutiny")
    with database.write() as session:
        claimed = claim(session, NOW, ["scrutiny"])
        deliveries.cancel(session, [number], NOW)
        mark(session, claimed, NOW, **LATER)
    assert delivery(number).state == "cancelled"


def test_a_message_accepted_after_the_delivery_was_cancelled_counts_as_sent(
    database, add_delivery, delivery
):
    (number,) = add_delivery("scrutiny")
    with database.write() as session:
        claimed = claim(session, NOW, ["scrutiny"])
        deliveries.cancel(session, [number], NOW)
        mark(session, claimed, NOW, **SENT)
    assert delivery(number).state == "sent"


def test_a_repeat_has_what_the_first_attempt_rendered(database, add_delivery):
    add_delivery("scrutiny")
    with database.write() as session:
        claimed = claim(session, NOW, ["scrutiny"])
        assert (claimed.content, claimed.message_id, claimed.dated) == (None, None, None)
        record_content(session, claimed, b"the very bytes", "<id@example>", NOW)
        mark(session, claimed, NOW, **UNKNOWN)
    with database.write() as session:
        again = claim(session, NOW + HOUR, ["scrutiny"])
    assert (again.content, again.message_id, again.dated) == (
        b"the very bytes",
        "<id@example>",
        NOW,
    )


def test_a_follow_up_names_the_first_message(database, add_delivery):
    with database.write() as session:
        session.add(models.Provider(code="44", urn="80515", since=NOW))
        session.flush()
        report = models.Report(
            code="44",
            urn="80515",
            title="x",
            baseline=False,
            first_seen=NOW,
            listed=True,
            ever_listed=True,
        )
        session.add(report)
        session.flush()
        number = report.id
    add_delivery("scrutiny", report=number)
    add_delivery("scrutiny", type_="report_read", report=number)
    with database.write() as session:
        first = claim(session, NOW, ["scrutiny"])
        record_content(session, first, b"x", "<first@example>", NOW)
        mark(session, first, NOW, **SENT)
    with database.write() as session:
        assert claim(session, NOW, ["scrutiny"]).thread_root == "<first@example>"


def test_an_outage_of_a_channel_begins_once_and_is_probed_hourly(database):
    with database.write() as session:
        assert channel_outages.open_outage(session, "email", "wrong password", NOW) == NOW
        assert channel_outages.open_outage(session, "email", "still wrong", NOW + HOUR) is None
    with database.read() as session:
        channel = channel_outages.open_outages(session)["email"]
    assert (channel.down_since, channel.words, channel.probe_at) == (
        NOW,
        "still wrong",
        NOW + 2 * HOUR,
    )
    with database.write() as session:
        channel_outages.close_outage(session, "email")
        channel_outages.close_outage(session, "email")
        assert channel_outages.open_outages(session) == {}


def test_time_in_which_a_channel_was_down_makes_nothing_late_or_expired(
    database, add_delivery, attempt, delivery
):
    (number,) = add_delivery("scrutiny")
    attempt(LATER)
    with database.write() as session:
        assert [each.id for each in deliveries.delayed(session, NOW + 2 * HOUR)] == [number]
        channel_outages.hold(session, ["scrutiny"], NOW + HOUR, NOW + 9 * DAY)
        assert deliveries.delayed(session, NOW + 9 * DAY + 30 * MINUTE) == []
        assert [each.id for each in deliveries.delayed(session, NOW + 10 * DAY)] == [number]
    assert attempt(LATER, NOW + 15 * DAY).ended is None
    assert attempt(LATER, NOW + 15 * DAY + 12 * HOUR).ended is None
    assert attempt(LATER, NOW + 16 * DAY).ended == "expired"


@pytest.mark.parametrize("asked", [HOUR, 3 * DAY])
def test_nothing_waits_longer_than_the_longest_wait(add_delivery, attempt, delivery, asked):
    (number,) = add_delivery("scrutiny")
    attempt(result("later", "post", 429, "slow down", retry_after=asked.total_seconds()))
    assert delivery(number).due_at == NOW + min(asked, deliveries.LONGEST)


def test_times_that_a_wrong_clock_wrote_are_found_and_brought_back(
    database, add_delivery, delivery
):
    (number,) = add_delivery("scrutiny", at=NOW + 3 * DAY)
    with database.write() as session:
        session.add(
            models.Provider(code="44", urn="80515", since=NOW, last_successful_check=NOW + 3 * DAY)
        )
        channel_outages.open_outage(session, "email", "refused", NOW + 3 * DAY)
        digests.begin(session, "weekly", NOW + 3 * DAY)
        digests.begin(session, "daily", NOW)
    with database.read() as session:
        assert {each.what for each in ahead.find(session, NOW)} == {
            "the last successful check of a page",
            "a message's next attempt",
            "an event waiting to be sent",
            "a channel down since",
            "a channel's next attempt",
            "a recipient's last digest",
        }
        assert ahead.find(session, NOW + 3 * DAY) == []
    with database.write() as session:
        ahead.bring_back(session, NOW)
    with database.read() as session:
        assert ahead.find(session, NOW) == []
        assert digests.since(session, "weekly") == NOW
        assert session.get_one(models.Provider, ("44", "80515")).last_successful_check == NOW
        assert channel_outages.open_outages(session)["email"].probe_at == NOW
    assert delivery(number).due_at == NOW


def test_what_waits_for_who_was_removed_is_cancelled_and_counted(database, add_delivery, delivery):
    kept, *_ = add_delivery("scrutiny", "gone")
    add_delivery("gone", cause="b")
    with database.write() as session:
        assert deliveries.waiting_for(session) == {"gone", "scrutiny"}
        assert deliveries.cancel_for(session, {"gone"}, NOW) == {"gone": 2}
        assert deliveries.cancel_for(session, {"gone"}, NOW) == {}
        assert deliveries.waiting_for(session) == {"scrutiny"}
    assert delivery(kept).state == "pending"
    assert delivery(kept + 1).state == "cancelled"
    assert delivery(kept + 1).error == "the recipient was removed from the settings"


def test_retry_makes_due_now_what_waits_or_was_given_up(database, add_delivery, attempt, delivery):
    waiting, _ = add_delivery("scrutiny", "sent")
    (refused,) = add_delivery("refused", cause="b")
    attempt(LATER)
    attempt(SENT, to=["sent"])
    attempt(REFUSED, to=["refused"])
    with database.write() as session:
        assert deliveries.retry(session, [waiting, waiting + 1, refused, 99], NOW) == [
            waiting,
            refused,
        ]
    for number in (waiting, refused):
        found = delivery(number)
        assert (found.state, found.due_at, found.ended_at) == ("pending", NOW, None)
    assert delivery(waiting + 1).state == "sent"


def test_retry_has_a_channel_that_is_down_tried_now(database, add_delivery):
    (number,) = add_delivery("scrutiny")
    with database.write() as session:
        channel_outages.open_outage(session, "email", "wrong password", NOW)
        deliveries.retry(session, [number], NOW + MINUTE)
    with database.read() as session:
        assert channel_outages.open_outages(session)["email"].probe_at == NOW + MINUTE


def test_settle_gives_up_by_hand(database, add_delivery, delivery):
    (number,) = add_delivery("scrutiny")
    with database.write() as session:
        assert deliveries.cancel(session, [number, 99], NOW) == [number]
        assert deliveries.cancel(session, [number], NOW) == []
    assert (delivery(number).state, delivery(number).ended_at) == ("cancelled", NOW)
    assert delivery(number).error == "cancelled by hand"
