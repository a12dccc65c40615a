"""What is public is held against what was recorded and sent, and every hole is told once.

The holes are made from outside, with plain SQL, as no part of the program makes them.
"""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import Connection, create_engine, delete, insert, select, text

from flows.deliver import service_starts
from flows.holes import check
from flows.look import Ask, look
from flows.nightly import nightly
from storage import models
from storage.leases import leased
from tests.sinks import Answer
from tests.town import OPERATORS, REPORT_2025, SCRUTINY, TEXT_2025, Town, again, pdf

RECORDED = (models.Report, models.Event, models.Delivery, models.Try, models.Listing)


@contextmanager
def from_outside(town: Town) -> Iterator[Connection]:
    """A connection that holds nothing to any rule of ours."""
    address = town.tools().database.engine.url
    engine = create_engine(address)
    with engine.begin() as connection:
        if address.get_backend_name() == "postgresql":
            connection.execute(text("SET session_replication_role = replica; SET TIME ZONE 'UTC'"))
        yield connection
    engine.dispose()


def damage(town: Town, *statements: str) -> None:
    with from_outside(town) as connection:
        for statement in statements:
            connection.execute(text(statement))


@pytest.fixture
def broken(told: Town) -> Town:
    """The report of July 2025 was told on its day; holes are made in what is known of it."""
    told.has_holes = True
    return told


@pytest.fixture
def mend(broken: Town) -> Callable[[], None]:
    """Puts back everything recorded as it was before."""
    with from_outside(broken) as connection:
        before = {each: connection.execute(select(each.__table__)).all() for each in RECORDED}

    def put_back() -> None:
        with from_outside(broken) as connection:
            for each, rows in before.items():
                (key,) = each.__table__.primary_key
                connection.execute(delete(each).where(key.in_([row._mapping[key] for row in rows])))
                connection.execute(insert(each), [dict(row._mapping) for row in rows])

    return put_back


ANOTHER = replace(
    REPORT_2025,
    published=date(2025, 7, 30),
    file_id="9",
    data=pdf(TEXT_2025.replace("16 ", "23 ").replace("20 June", "27 June")),
)
ALERT = '"Sutton: leaders\' impact lowered, Outstanding to Good; overall Good"'
ON_THE_PAGE = (
    'Sutton: "Children\'s services inspection", published 29 July 2025, is on the page and'
)
NO_ATTEMPT = "and no attempt is made"
OVERDUE = """
    UPDATE delivery SET state = 'waiting', sent_at = NULL, ended_at = NULL, attempts = 0,
    due_at = '2025-07-29 07:00:00' WHERE id = 5
"""
HOLES = {
    "a report deleted": (
        ["DELETE FROM report WHERE file_id = '50283346'"],
        f"{ON_THE_PAGE} was not recorded",
    ),
    "a report recorded as gone": (
        ["UPDATE report SET listed = false WHERE file_id = '50283346'"],
        f"{ON_THE_PAGE} is recorded as gone",
    ),
    "an event deleted": (
        ["DELETE FROM event WHERE type = 'report_published'"],
        f"{ON_THE_PAGE} nobody was told of it",
    ),
    "a report taken for history": (
        [
            "UPDATE report SET history = true WHERE file_id = '50283346'",
            "DELETE FROM event WHERE type = 'report_published'",
        ],
        f"{ON_THE_PAGE} nobody was told of it",
    ),
    "a delivery deleted": (
        ["DELETE FROM delivery WHERE id = 4"],
        f"{ALERT} (event 4) is not owed to scrutiny, who hears it",
    ),
    "a delivery marked sent without an attempt": (
        ["DELETE FROM attempt WHERE delivery_id = 4"],
        f"{ALERT} to scrutiny (delivery 4) is marked sent, and no attempt says so",
    ),
    "a delivery overdue without an attempt": (
        ["DELETE FROM attempt WHERE delivery_id = 5", OVERDUE],
        f"{ALERT} to channel (delivery 5) is due since 29 July 2025 07:00 UTC, {NO_ATTEMPT}",
    ),
}


@pytest.mark.parametrize("name", HOLES)
def test_a_hole_is_told_once_and_shown_until_it_is_mended(broken, mend, name):
    statements, words = HOLES[name]
    damage(broken, *statements)
    for _ in range(2):
        said = broken.cli("check")
        assert (said.exit_code, said.stdout.splitlines()[1:]) == (1, [words])
    status = broken.cli("status")
    assert status.exit_code == 1
    assert f"hole: {words}" in " ".join(status.stdout.split())
    assert broken.ask("status")["holes"] == [words]
    assert broken.news == ["check_failed"]
    assert broken.news_of("check_failed")["holes"] == [words]
    assert broken.hearers_of("check_failed") == ["it"]

    mend()
    assert broken.cli("check").exit_code == broken.cli("status").exit_code == 0
    broken.later(minutes=5)
    broken.deliver()
    (letter,) = broken.mails_to("it")
    assert letter["Subject"] == "Ofsted watch: the check found 1 thing not recorded or not sent"


def test_a_message_whose_event_is_lost_holds_back_no_other_and_is_shown_until_it_is_settled(broken):
    broken.later(days=1)
    broken.publish(ANOTHER)
    tools = broken.tools()
    look(tools.watch("80515"), tools, Ask())
    damage(
        broken,
        "INSERT INTO delivery SELECT 90, 900, recipient, channel, state, due_at, attempts, "
        "unknowns, held, sent_at, ended_at, message_id, dated, content, error, follows_id "
        "FROM delivery WHERE state = 'waiting' AND recipient = 'scrutiny'",
    )
    words = (
        "delivery 90 to scrutiny waits, and its event 900 is lost; "
        "`ofsted-watch deliveries settle 90`"
    )
    broken.later(minutes=1)
    assert broken.cli("deliver").exit_code == 0
    assert len(broken.mails_to("scrutiny")) == len(broken.cards) == 1
    assert broken.cli("check").stdout.splitlines()[1:] == [words]
    assert broken.news == ["report_published", "check_failed"]
    assert broken.cli("deliveries", "settle", "90").exit_code == 0
    assert broken.cli("check").exit_code == 0


def test_a_hole_that_is_mended_and_comes_again_is_told_again(broken, mend):
    for _ in range(2):
        damage(broken, *HOLES["a delivery deleted"][0])
        check(broken.tools())
        mend()
        broken.later(minutes=15)
        check(broken.tools())
    assert broken.news == ["check_failed"] * 2


def test_a_good_look_holds_and_tells_at_once(broken):
    damage(broken, *HOLES["a delivery deleted"][0])
    broken.looks(3, minutes=15)
    assert broken.news == ["check_failed"]
    assert len(broken.mails_to("it")) == 1


def test_the_night_holds_too(broken):
    damage(broken, *HOLES["an event deleted"][0])
    night = nightly(broken.tools())
    assert not night.is_well
    assert night.headline.startswith("check: 1 hole in 2 rows, ")
    assert "nobody was told of it" in night.headline


def test_many_holes_are_one_message(broken):
    damage(broken, "DELETE FROM report", "DELETE FROM attempt")
    found = check(broken.tools())
    assert len(found.found.holes) == 7  # 2 rows, 5 deliveries marked sent
    assert broken.news == ["check_failed"]
    assert broken.news_of("check_failed")["number"] == 7


def test_a_hole_in_telling_of_holes_is_shown_and_makes_no_message_more(broken):
    damage(broken, *HOLES["an event deleted"][0])
    check(broken.tools())
    damage(broken, "DELETE FROM delivery WHERE recipient = 'it' AND event_id > 4")
    assert check(broken.tools()).told == 0
    assert broken.news == ["check_failed"]
    assert len(broken.holes) == 2


def test_two_checks_at_once_tell_once(broken):
    damage(broken, *HOLES["an event deleted"][0])
    tools = [broken.tools() for _ in range(4)]
    running = [threading.Thread(target=check, args=(each,)) for each in tools]
    for thread in running:
        thread.start()
    for thread in running:
        thread.join()
    assert broken.news == ["check_failed"]


def test_check_in_json(broken):
    assert broken.ask("check") == {"rows": 2, "events": 4, "deliveries": 5, "holes": []}
    damage(broken, *HOLES["a report deleted"][0])
    (hole,) = broken.ask("check")["holes"]
    assert hole["key"] == "row 80515 file:50283346"


def test_a_file_that_was_dead_at_the_last_look_of_the_day_is_no_hole_at_night(town):
    town.at("2025-07-29 20:10")
    town.publish(replace(REPORT_2025, data=None))
    town.look()
    town.at("2025-07-30 02:40")
    assert nightly(town.tools()).is_well
    town.at("2025-07-30 04:10")
    town.look()
    assert town.holes == []
    assert "report_published" in town.news


def test_what_waits_for_a_broken_way_or_for_the_first_message_is_no_hole(told):
    told.settings["mail"] |= {"username": "watch", "password": "wrong"}
    told.mail.answers["AUTH"] = "535 5.7.8 authentication failed"
    told.mail.answers["EHLO"] = "250 AUTH PLAIN LOGIN"
    told.teams.default = Answer(503)
    told.publish(replace(ANOTHER, data=None))
    told.look()
    told.looks(3, hours=5)
    told.change("9", data=ANOTHER.data)
    told.looks(4, hours=5)
    assert "report_read" in told.news  # it waits for the first, which waits for the way
    assert "check_failed" not in told.news
    told.mail.answers.clear()
    told.settings["mail"] |= {"username": "", "password": ""}
    told.looks(2, hours=2)
    assert "check_failed" not in told.news


def test_after_days_off_what_waits_is_no_hole_while_the_service_starts(told):
    told.teams.default = Answer(503)
    told.publish(ANOTHER)
    told.look()
    told.later(days=8)
    tools = told.tools()
    assert told.holes
    with leased(tools.database, f"service {tools.settings.data}"):
        service_starts(tools)
        assert told.holes == []
    told.look()


def test_recipients_that_come_go_and_are_renamed_are_no_holes(town):
    town.mail.answers["RCPT"] = "451 4.7.1 try later"
    town.publish(REPORT_2025)
    town.look()
    town.settings["recipients"] = [
        {**SCRUTINY, "name": "scrutiny committee"},
        {"name": "late", "email": "late@example.gov.uk"},
        OPERATORS,
    ]
    town.later(hours=5)
    assert town.holes == []
    town.look()
    assert town.holes == []
    assert "check_failed" not in town.news


def test_settled_refused_and_expired_deliveries_are_no_holes(town):
    town.mail.answers["RCPT"] = "550 5.1.1 no such user"
    town.teams.default = Answer(503)
    town.publish(REPORT_2025)
    town.look()
    waiting = [str(each["id"]) for each in town.deliveries if each["state"] == "waiting"]
    town.cli("deliveries", "settle", *waiting)
    town.looks(1, hours=8)
    assert "check_failed" not in town.news


def test_a_report_under_two_ids_and_files_issued_again_are_no_holes(told):
    told.publish(replace(REPORT_2025, file_id="9"))
    told.look()
    told.change("50283346", data=again(REPORT_2025.data))
    told.looks(1, days=9)
    assert "check_failed" not in told.news


def test_an_authority_that_is_no_longer_watched_is_not_held(told):
    told.publish(replace(ANOTHER, data=None))
    told.look()
    told.settings["watch"] = [{"urn": 80456, "code": 44, "name": "Camden"}]
    told.later(days=3)
    assert told.holes == []
