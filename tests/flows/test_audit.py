"""What is public is compared with what was recorded and sent; each discrepancy is announced once.

The discrepancies are made from outside, with plain SQL, as no part of the program makes them.
"""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import Connection, create_engine, delete, insert, select, text, tuple_

from flows.alerting.sending import service_starts
from flows.checking.check import check_page
from flows.checking.one_check import CheckRequest
from flows.context.planned import service_claim
from flows.upkeep.audit_alerts import audit
from flows.upkeep.nightly import nightly
from storage import models
from storage.leases import leased
from tests.installation import OPERATORS, REPORT_2025, SCRUTINY, TEXT_2025, Installation, again, pdf
from tests.sinks import Answer

RECORDED = (models.Report, models.Event, models.Delivery, models.Attempt, models.Listing)


@contextmanager
def from_outside(installation: Installation) -> Iterator[Connection]:
    """A connection that holds nothing to any rule of ours."""
    address = installation.context().database.engine.url
    engine = create_engine(address)
    with engine.begin() as connection:
        if address.get_backend_name() == "postgresql":
            connection.execute(text("SET session_replication_role = replica; SET TIME ZONE 'UTC'"))
        yield connection
    engine.dispose()


def damage(installation: Installation, *statements: str) -> None:
    with from_outside(installation) as connection:
        for statement in statements:
            connection.execute(text(statement))


@pytest.fixture
def broken(announced: Installation) -> Installation:
    """The report of July 2025 was announced on its day; discrepancies are made in what is known."""
    announced.has_discrepancies = True
    return announced


@pytest.fixture
def put_right(broken: Installation) -> Callable[[], None]:
    """Puts back everything recorded as it was before."""
    with from_outside(broken) as connection:
        before = {each: connection.execute(select(each.__table__)).all() for each in RECORDED}

    def put_back() -> None:
        with from_outside(broken) as connection:
            for each, rows in before.items():
                key = tuple(each.__table__.primary_key)
                gone = [tuple(row._mapping[column] for column in key) for row in rows]
                connection.execute(delete(each).where(tuple_(*key).in_(gone)))
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
    'Sutton: "Children\'s services inspection", published 29 July 2025, is on the page but'
)
NO_ATTEMPT = "without an attempt"
OVERDUE = """
    UPDATE delivery SET state = 'pending', sent_at = NULL, ended_at = NULL, attempts = 0,
    due_at = '2025-07-29 07:00:00' WHERE id = 5
"""
DISCREPANCIES = {
    "a report deleted": (
        ["DELETE FROM report WHERE file_id = '50283346'"],
        f"{ON_THE_PAGE} was not recorded",
    ),
    "a report recorded as gone": (
        ["UPDATE report SET listed = false WHERE file_id = '50283346'"],
        f"{ON_THE_PAGE} was not recorded",
    ),
    "an event deleted": (
        ["DELETE FROM event WHERE type = 'report_published'"],
        f"{ON_THE_PAGE} no alert was made for it",
    ),
    "a report taken for baseline": (
        [
            "UPDATE report SET baseline = true WHERE file_id = '50283346'",
            "DELETE FROM event WHERE type = 'report_published'",
        ],
        f"{ON_THE_PAGE} no alert was made for it",
    ),
    "a delivery overdue without an attempt": (
        ["DELETE FROM attempt WHERE delivery_id = 5", OVERDUE],
        f"{ALERT} to channel (message 5) has been due since 29 July 2025 07:00 UTC {NO_ATTEMPT}",
    ),
}


@pytest.mark.both_databases
@pytest.mark.parametrize("name", DISCREPANCIES)
def test_a_discrepancy_is_announced_once_and_shown_until_it_is_put_right(broken, put_right, name):
    statements, words = DISCREPANCIES[name]
    damage(broken, *statements)
    for _ in range(2):
        said = broken.cli("audit")
        assert (said.exit_code, said.stdout.splitlines()[1:]) == (1, [words])
    status = broken.cli("status")
    assert status.exit_code == 1
    assert f"discrepancy: {words}" in " ".join(status.stdout.split())
    assert words in "".join(each["what"] for each in broken.ask("status")["problems"])
    assert broken.event_types == ["audit_failed"]
    assert broken.event_of("audit_failed")["discrepancies"] == [words]
    assert broken.recipients_of("audit_failed") == ["it"]

    put_right()
    assert broken.cli("audit").exit_code == broken.cli("status").exit_code == 0
    broken.later(minutes=5)
    broken.send()
    (letter,) = broken.emails_to("it")
    assert letter["Subject"] == "Ofsted Watch: the audit found 1 discrepancy"


def test_a_message_whose_event_is_lost_holds_back_no_other_and_is_shown_until_it_is_cancelled(
    broken,
):
    broken.later(days=1)
    broken.publish(ANOTHER)
    context = broken.context()
    check_page(context.authority("80515"), context, CheckRequest())
    damage(
        broken,
        "INSERT INTO delivery SELECT 90, 900, recipient, via, state, due_at, attempts, "
        "unknowns, held, sent_at, ended_at, message_id, dated, content, error, thread_root_id, "
        "NULL FROM delivery WHERE state = 'pending' AND recipient = 'scrutiny'",
    )
    broken.later(minutes=1)
    assert broken.cli("send").exit_code == 0
    assert len(broken.emails_to("scrutiny")) == len(broken.cards) == 1
    broken.later(hours=2)
    (discrepancy,) = broken.cli("audit").stdout.splitlines()[1:]
    assert discrepancy.startswith(
        "a message whose event is missing, to scrutiny (message 90) has been due since"
    )
    assert broken.event_types == ["report_published", "audit_failed"]
    assert broken.cli("messages", "cancel", "90").exit_code == 0
    assert broken.cli("audit").exit_code == 0


def test_a_discrepancy_that_is_put_right_and_comes_again_is_announced_again(broken, put_right):
    for _ in range(2):
        damage(broken, *DISCREPANCIES["an event deleted"][0])
        audit(broken.context())
        put_right()
        broken.later(minutes=15)
        audit(broken.context())
    assert broken.event_types == ["audit_failed"] * 2


def test_a_good_check_holds_and_announces_at_once(broken):
    damage(broken, *DISCREPANCIES["an event deleted"][0])
    broken.checks(3, minutes=15)
    assert broken.event_types == ["audit_failed"]
    assert len(broken.emails_to("it")) == 1


def test_the_night_holds_too(broken):
    damage(broken, *DISCREPANCIES["an event deleted"][0])
    night = nightly(broken.context())
    assert not night.is_well
    assert night.headline.startswith("audit: 1 discrepancy (2 reports, ")
    assert "no alert was made for it" in night.headline


def test_many_discrepancies_are_one_message(broken):
    damage(broken, "DELETE FROM report", OVERDUE.replace("id = 5", "id IN (3, 4, 5)"))
    found = audit(broken.context())
    assert len(found.found.discrepancies) == 5  # 2 rows, 3 deliveries
    assert broken.event_types == ["audit_failed"]
    assert broken.event_of("audit_failed")["number"] == 5


def test_a_discrepancy_in_reporting_discrepancies_is_shown_and_makes_no_message_more(broken):
    damage(broken, *DISCREPANCIES["an event deleted"][0])
    audit(broken.context())
    broken.later(hours=3)
    assert audit(broken.context()).announced == 0
    assert broken.event_types == ["audit_failed"]
    assert len(broken.discrepancies) == 2


@pytest.mark.both_databases
def test_two_checks_at_once_announce_once(broken):
    damage(broken, *DISCREPANCIES["an event deleted"][0])
    context = [broken.context() for _ in range(4)]
    running = [threading.Thread(target=audit, args=(each,)) for each in context]
    for thread in running:
        thread.start()
    for thread in running:
        thread.join()
    assert broken.event_types == ["audit_failed"]


@pytest.mark.both_databases
def test_check_in_json(broken):
    assert broken.ask("audit") == {
        "rows": 2,
        "documents": 0,
        "events": 4,
        "deliveries": 5,
        "discrepancies": [],
    }
    damage(broken, *DISCREPANCIES["a report deleted"][0])
    (discrepancy,) = broken.ask("audit")["discrepancies"]
    assert discrepancy["key"] == "row 44:80515 file:50283346"


def test_a_file_that_was_dead_at_the_last_check_of_the_day_is_no_discrepancy_at_night(installation):
    installation.at("2025-07-29 20:10")
    installation.publish(replace(REPORT_2025, data=None))
    installation.check()
    installation.at("2025-07-30 02:40")
    assert nightly(installation.context()).is_well
    installation.at("2025-07-30 04:10")
    installation.check()
    assert installation.discrepancies == []
    assert "report_published" in installation.event_types


def test_what_waits_for_a_channel_that_is_down_or_for_the_first_message_is_no_discrepancy(
    announced,
):
    announced.settings["email"] |= {"username": "watch", "password": "wrong"}
    announced.email.answers["AUTH"] = "535 5.7.8 authentication failed"
    announced.email.answers["EHLO"] = "250 AUTH PLAIN LOGIN"
    announced.teams.default = Answer(503)
    announced.publish(replace(ANOTHER, data=None))
    announced.check()
    announced.checks(3, hours=5)
    announced.change("9", data=ANOTHER.data)
    announced.checks(4, hours=5)
    assert (
        "report_read" in announced.event_types
    )  # it waits for the first, which waits for the channel
    assert "audit_failed" not in announced.event_types
    announced.email.answers.clear()
    announced.settings["email"] |= {"username": "", "password": ""}
    announced.checks(2, hours=2)
    assert "audit_failed" not in announced.event_types


@pytest.mark.both_databases
def test_after_days_off_what_waits_is_no_discrepancy_while_the_service_starts(announced):
    announced.teams.default = Answer(503)
    announced.publish(ANOTHER)
    announced.check()
    announced.later(days=8)
    context = announced.context()
    assert announced.discrepancies
    with leased(context.database, service_claim(context.settings)):
        service_starts(context)
        assert announced.discrepancies == []
    announced.check()


def test_recipients_that_come_go_and_are_renamed_are_no_discrepancies(installation):
    installation.email.answers["RCPT"] = "451 4.7.1 try later"
    installation.publish(REPORT_2025)
    installation.check()
    installation.settings["recipients"] = [
        {**SCRUTINY, "name": "scrutiny committee"},
        {"name": "late", "email": "late@example.gov.uk"},
        OPERATORS,
    ]
    installation.later(hours=5)
    assert installation.discrepancies == []
    installation.check()
    assert installation.discrepancies == []
    assert "audit_failed" not in installation.event_types


def test_cancelled_refused_and_expired_deliveries_are_no_discrepancies(installation):
    installation.email.answers["RCPT"] = "550 5.1.1 no such user"
    installation.teams.default = Answer(503)
    installation.publish(REPORT_2025)
    installation.check()
    waiting = [str(each["id"]) for each in installation.deliveries if each["state"] == "pending"]
    installation.cli("messages", "cancel", *waiting)
    installation.checks(1, hours=8)
    assert "audit_failed" not in installation.event_types


def test_a_report_under_two_ids_and_files_issued_again_are_no_discrepancies(announced):
    announced.publish(replace(REPORT_2025, file_id="9"))
    announced.check()
    announced.change("50283346", data=again(REPORT_2025.data))
    announced.checks(1, days=9)
    assert "audit_failed" not in announced.event_types


def test_an_authority_that_is_no_longer_watched_is_not_held(announced):
    announced.publish(replace(ANOTHER, data=None))
    announced.check()
    announced.settings["watch"] = [{"urn": 80456, "code": 44, "name": "Camden"}]
    announced.later(days=3)
    assert announced.discrepancies == []
