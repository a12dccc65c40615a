"""Nothing owed is lost, sent twice without need, or given up in silence."""

import threading
from contextlib import nullcontext
from datetime import timedelta

import pytest

from storage import ahead, deliveries, digests, models, ways
from storage.deliveries import Outcome, claim, keep_content, mark, to_be_sent
from storage.leases import LeaseLostError
from storage.record import note
from tests.locks import cut
from tests.storage.conftest import NOW

LATER = Outcome("later", "MAIL", 451, "try later")
SENT = Outcome("sent", "END", 250, "kept")
UNKNOWN = Outcome("unknown", "END", None, "no answer")
REFUSED = Outcome("refused", "RCPT", 550, "no such user")
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


@pytest.fixture
def attempt(database):
    """Claim what is due and end the attempt so; gives what was made of it."""

    def attempt(outcome, now=NOW, to=("scrutiny",)):
        with database.write() as session:
            claimed = claim(session, now, to)
            return mark(session, claimed, outcome, now)

    return attempt


def test_what_is_claimed_is_not_claimed_again_until_it_is_let_go(database, owe):
    (number,) = owe("scrutiny")
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
            keep_content(session, first, b"late", "<id>", NOW)
        keep_content(session, second, b"mine", "<id>", NOW)


def test_an_attempt_whose_delivery_another_one_has_by_now_ends_it_only_if_it_was_sent(
    database, owe, delivery
):
    for name, outcome, state in (
        ("a", REFUSED, "waiting"),
        ("b", LATER, "waiting"),
        ("c", SENT, "sent"),
    ):
        (number,) = owe("scrutiny", cause=name)
        done = state == "sent"
        with database.write() as session:
            first = claim(session, NOW, ["scrutiny"])
        cut(database)
        with database.write() as session:
            second = claim(session, NOW, ["scrutiny"])
            mark(session, first, outcome, NOW)
        found = delivery(number)
        assert (second.id, found.state, found.due_at) == (number, state, NOW)
        assert [each.outcome for each in found.tries] == [outcome.outcome]
        with database.write() as session:
            assert claim(session, NOW, ["scrutiny"]) is None  # the second one is at it
            with pytest.raises(LeaseLostError) if done else nullcontext():
                to_be_sent(session, second)
            mark(session, second, SENT, NOW)
        assert delivery(number).state == "sent"


def test_two_at_once_claim_it_once(database, owe):
    owe("scrutiny")
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


def test_the_earlier_of_those_due_goes_first_and_what_is_not_due_waits(database, owe):
    (first,), (second,) = owe("scrutiny", cause="a"), owe("scrutiny", cause="b")
    owe("scrutiny", cause="c", at=NOW + HOUR)
    with database.write() as session:
        assert deliveries.due(session, NOW, ["scrutiny"]) == 2
        assert [claim(session, NOW, ["scrutiny"]).id for _ in range(2)] == [first, second]
        assert claim(session, NOW, ["scrutiny"]) is None


def test_only_recipients_that_can_be_reached_are_claimed_for(database, owe):
    owe("scrutiny")
    (channel,) = owe("channel", cause="b")
    with database.write() as session:
        assert claim(session, NOW, ["channel"]).id == channel
        assert claim(session, NOW, []) is None


def test_what_was_sent_is_done(database, owe, attempt, delivery):
    (number,) = owe("scrutiny")
    assert attempt(SENT).ended == "sent"
    sent = delivery(number)
    assert (sent.state, sent.sent_at, sent.ended_at, sent.attempts) == ("sent", NOW, NOW, 1)
    assert sent.error is None
    tried = [(each.at, each.stage, each.outcome, each.code, each.words) for each in sent.tries]
    assert tried == [(NOW, "END", "sent", 250, "kept")]


def test_each_later_waits_longer_with_a_jitter_of_a_fifth(owe, attempt, delivery):
    (number,) = owe("scrutiny")
    now = NOW
    for minutes in (1, 5, 15, 60, 180, 360, 720, 720):
        assert attempt(LATER, now).ended is None
        wait = delivery(number).due_at - now
        assert 0.8 * minutes * MINUTE <= wait <= 1.2 * minutes * MINUTE
        now = delivery(number).due_at
    assert delivery(number).attempts == 8
    assert delivery(number).error == "try later"


def test_what_the_other_side_asks_to_wait_wins_if_it_is_longer(owe, attempt, delivery):
    (number,) = owe("scrutiny")
    attempt(Outcome("later", "POST", 429, "slow down", retry_after=timedelta(minutes=10)))
    assert delivery(number).due_at == NOW + 10 * MINUTE
    now = NOW + DAY
    attempt(Outcome("later", "POST", 429, "slow down", retry_after=timedelta(seconds=1)), now)
    assert delivery(number).due_at >= now + 4 * MINUTE


def test_a_lasting_refusal_ends_it(owe, attempt, delivery):
    (number,) = owe("scrutiny")
    marked = attempt(REFUSED)
    assert (marked.ended, marked.summary, marked.audience) == (
        "refused",
        "Sutton: a report",
        "readers",
    )
    assert (delivery(number).state, delivery(number).error) == ("refused", "no such user")


def test_a_refusal_that_may_pass_is_tried_for_a_day(owe, attempt, delivery):
    (number,) = owe("scrutiny")
    full = Outcome("refused", "RCPT", 552, "mailbox full", lasting=False)
    assert attempt(full).ended is None
    assert attempt(full, NOW + 23 * HOUR).ended is None
    assert attempt(full, NOW + 2 * DAY).ended == "refused"
    assert delivery(number).attempts == 3


def test_unknown_is_tried_once_again_in_fifteen_minutes_and_then_expires(owe, attempt, delivery):
    (number,) = owe("scrutiny")
    assert attempt(UNKNOWN).ended is None
    assert delivery(number).due_at == NOW + 15 * MINUTE
    marked = attempt(UNKNOWN, NOW + 15 * MINUTE)
    assert (marked.ended, marked.may_have_arrived) == ("expired", True)
    assert delivery(number).state == "expired"


def test_a_refusal_after_an_unknown_may_still_have_arrived(owe, attempt):
    owe("scrutiny")
    attempt(UNKNOWN)
    marked = attempt(REFUSED, NOW + 15 * MINUTE)
    assert (marked.ended, marked.may_have_arrived) == ("refused", True)


def test_a_broken_way_costs_the_delivery_no_attempt(owe, attempt, delivery):
    (number,) = owe("scrutiny")
    broken = Outcome("broken", "AUTH", 535, "wrong password")
    assert attempt(broken).ended is None
    waiting = delivery(number)
    assert (waiting.state, waiting.attempts, waiting.due_at) == ("waiting", 0, NOW)
    assert [each.outcome for each in waiting.tries] == ["broken"]


@pytest.mark.parametrize(("audience", "days"), [("readers", 7), ("operators", 3), ("both", 7)])
def test_a_delivery_expires_after_its_time_and_three_attempts(owe, attempt, audience, days):
    owe("scrutiny", audience=audience)
    assert attempt(LATER, NOW + days * DAY - MINUTE).ended is None
    assert attempt(LATER, NOW + days * DAY + DAY).ended is None
    assert attempt(LATER, NOW + days * DAY + 2 * DAY).ended == "expired"


def test_it_does_not_expire_before_its_time(owe, attempt, delivery):
    (number,) = owe("scrutiny")
    now = NOW
    while now < NOW + timedelta(days=6, hours=10):
        assert attempt(LATER, now).ended is None
        now = delivery(number).due_at
    assert delivery(number).attempts > 3


def test_only_attempts_since_the_service_started_count(database, owe, attempt):
    owe("scrutiny")
    for days in (8, 9):
        attempt(LATER, NOW + days * DAY)
    with database.write() as session:
        note(session, deliveries.SERVICE_STARTED, (NOW + 10 * DAY).isoformat())
    ends = [attempt(LATER, NOW + days * DAY).ended for days in (10, 11, 12)]
    assert ends == [None, None, "expired"]


def test_tries_by_a_broken_way_do_not_count_towards_giving_up(owe, attempt):
    owe("scrutiny")
    for days in range(6, 12):
        attempt(Outcome("broken", "AUTH", 535, "wrong password"), NOW + days * DAY)
    ends = [attempt(LATER, NOW + days * DAY).ended for days in (12, 13, 14)]
    assert ends == [None, None, "expired"]


def test_an_attempt_that_ends_after_the_delivery_was_settled_changes_nothing(
    database, owe, delivery
):
    (number,) = owe("scrutiny")
    with database.write() as session:
        claimed = claim(session, NOW, ["scrutiny"])
        deliveries.settle(session, [number], NOW)
        mark(session, claimed, LATER, NOW)
    assert delivery(number).state == "settled"


def test_a_message_accepted_after_the_delivery_was_settled_counts_as_sent(database, owe, delivery):
    (number,) = owe("scrutiny")
    with database.write() as session:
        claimed = claim(session, NOW, ["scrutiny"])
        deliveries.settle(session, [number], NOW)
        mark(session, claimed, SENT, NOW)
    assert delivery(number).state == "sent"


def test_a_repeat_has_what_the_first_attempt_rendered(database, owe):
    owe("scrutiny")
    with database.write() as session:
        claimed = claim(session, NOW, ["scrutiny"])
        assert (claimed.content, claimed.message_id, claimed.dated) == (None, None, None)
        keep_content(session, claimed, b"the very bytes", "<id@example>", NOW)
        mark(session, claimed, UNKNOWN, NOW)
    with database.write() as session:
        again = claim(session, NOW + HOUR, ["scrutiny"])
    assert (again.content, again.message_id, again.dated) == (
        b"the very bytes",
        "<id@example>",
        NOW,
    )


def test_a_follow_up_names_the_first_message(database, owe):
    with database.write() as session:
        session.add(models.Provider(urn="80515", since=NOW))
        session.flush()
        report = models.Report(
            urn="80515", title="x", history=False, first_seen=NOW, listed=True, ever_listed=True
        )
        session.add(report)
        session.flush()
        number = report.id
    owe("scrutiny", report=number)
    owe("scrutiny", type_="report_read", report=number)
    with database.write() as session:
        first = claim(session, NOW, ["scrutiny"])
        keep_content(session, first, b"x", "<first@example>", NOW)
        mark(session, first, SENT, NOW)
    with database.write() as session:
        assert claim(session, NOW, ["scrutiny"]).follows == "<first@example>"


def test_a_way_breaks_once_and_is_probed_hourly(database):
    with database.write() as session:
        assert ways.break_(session, "mail", "wrong password", NOW) == NOW
        assert ways.break_(session, "mail", "still wrong", NOW + HOUR) is None
    with database.read() as session:
        way = ways.broken(session)["mail"]
    assert (way.broken_since, way.words, way.probe_at) == (NOW, "still wrong", NOW + 2 * HOUR)
    with database.write() as session:
        ways.mend(session, "mail")
        ways.mend(session, "mail")
        assert ways.broken(session) == {}


def test_time_in_which_a_channel_was_down_makes_nothing_late_or_expired(
    database, owe, attempt, delivery
):
    (number,) = owe("scrutiny")
    attempt(LATER)
    with database.write() as session:
        assert [each.id for each in deliveries.late(session, NOW + 2 * HOUR)] == [number]
        deliveries.hold(session, ["scrutiny"], NOW + HOUR, NOW + 9 * DAY)
        assert deliveries.late(session, NOW + 9 * DAY + 30 * MINUTE) == []
        assert [each.id for each in deliveries.late(session, NOW + 10 * DAY)] == [number]
    assert attempt(LATER, NOW + 15 * DAY).ended is None
    assert attempt(LATER, NOW + 15 * DAY + 12 * HOUR).ended is None
    assert attempt(LATER, NOW + 16 * DAY).ended == "expired"


@pytest.mark.parametrize("asked", [HOUR, 3 * DAY])
def test_nothing_waits_longer_than_the_longest_wait(owe, attempt, delivery, asked):
    (number,) = owe("scrutiny")
    attempt(Outcome("later", "post", 429, "slow down", retry_after=asked))
    assert delivery(number).due_at == NOW + min(asked, deliveries.LONGEST)


def test_times_that_a_wrong_clock_wrote_are_found_and_brought_back(database, owe, delivery):
    (number,) = owe("scrutiny", at=NOW + 3 * DAY)
    with database.write() as session:
        session.add(models.Provider(urn="80515", since=NOW, last_good_look=NOW + 3 * DAY))
        ways.break_(session, "mail", "refused", NOW + 3 * DAY)
        digests.begin(session, "weekly", NOW + 3 * DAY)
        digests.begin(session, "daily", NOW)
    with database.read() as session:
        assert {each.what for each in ahead.find(session, NOW)} == {
            "the last successful check of a page",
            "a message's next attempt",
            "an event that waits to be sent",
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
        assert session.get_one(models.Provider, "80515").last_good_look == NOW
        assert ways.broken(session)["mail"].probe_at == NOW
    assert delivery(number).due_at == NOW


def test_what_waits_for_who_was_removed_is_settled_and_counted(database, owe, delivery):
    kept, *_ = owe("scrutiny", "gone")
    owe("gone", cause="b")
    with database.write() as session:
        assert deliveries.waiting_for(session) == {"gone", "scrutiny"}
        assert deliveries.settle_for(session, {"gone"}, NOW) == {"gone": 2}
        assert deliveries.settle_for(session, {"gone"}, NOW) == {}
        assert deliveries.waiting_for(session) == {"scrutiny"}
    assert delivery(kept).state == "waiting"
    assert delivery(kept + 1).state == "settled"
    assert delivery(kept + 1).error == "the recipient was removed from the settings"


def test_retry_makes_due_now_what_waits_or_was_given_up(database, owe, attempt, delivery):
    waiting, _ = owe("scrutiny", "sent")
    (refused,) = owe("refused", cause="b")
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
        assert (found.state, found.due_at, found.ended_at) == ("waiting", NOW, None)
    assert delivery(waiting + 1).state == "sent"


def test_retry_has_a_broken_way_tried_now(database, owe):
    (number,) = owe("scrutiny")
    with database.write() as session:
        ways.break_(session, "mail", "wrong password", NOW)
        deliveries.retry(session, [number], NOW + MINUTE)
    with database.read() as session:
        assert ways.broken(session)["mail"].probe_at == NOW + MINUTE


def test_settle_gives_up_by_hand(database, owe, delivery):
    (number,) = owe("scrutiny")
    with database.write() as session:
        assert deliveries.settle(session, [number, 99], NOW) == [number]
        assert deliveries.settle(session, [number], NOW) == []
    assert (delivery(number).state, delivery(number).ended_at) == ("settled", NOW)
    assert delivery(number).error == "settled by hand"
