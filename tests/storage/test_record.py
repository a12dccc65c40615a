"""What was found is written down once, with all that is owed for it."""

import json
from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from ofsted.reports.model import Judgement, Reading
from storage import models, queries, record
from storage.deliveries import Outcome, claim, mark
from storage.known import known_reports
from storage.record import Bytes, Row
from tests.storage.conftest import NOW

ROW = Row(
    urn="80515",
    key="file:1",
    title="Children's services inspection",
    published=date(2025, 7, 29),
    link="https://files.ofsted.gov.uk/v1/file/1",
    file_id="1",
)
READING = Reading(
    sha256="a" * 64,
    parser="1",
    status="read",
    kind="ilacs",
    first_day=date(2025, 6, 16),
    last_day=date(2025, 6, 20),
    judgements=(Judgement("overall", "Overall effectiveness", "Good", "good", 1),),
    text="the folded text",
)
DOCUMENT = Bytes("a" * 64, 1234, "application/pdf")


@pytest.fixture
def report(database):
    with database.write() as session:
        session.add(models.Provider(urn="80515", since=NOW))
        session.flush()
        return record.add_report(session, ROW, seen=NOW, history=False, listed=True)


def test_nothing_but_the_same_event_counts_as_told_before(database, report):
    telling = record.Telling(
        type="report_published",
        audience="readers",
        subject="report:0",
        cause="look:1",
        summary="a report",
        news="{}",
        hearers=(),
    )
    wrong = [
        replace(telling, report_id=report + 999),  # there is no such report
        replace(telling, summary=None),  # type: ignore[arg-type]
    ]
    for each in wrong:
        with pytest.raises(IntegrityError), database.write() as session:
            record.tell(session, each, NOW)
    with database.write() as session:
        assert record.tell(session, telling, NOW) is not None
        assert record.tell(session, replace(telling, report_id=report + 999), NOW) is None


def test_an_event_is_unique_by_type_subject_and_cause(database, owe):
    owe("scrutiny", cause="look:1")
    owe("scrutiny", cause="look:2")
    telling = record.Telling(
        type="report_published",
        audience="readers",
        subject="report:0",
        cause="look:1",
        summary="again",
        news="{}",
        hearers=(record.Hearer("scrutiny", "mail", NOW),),
    )
    with database.write() as session:
        assert record.tell(session, telling, NOW) is None
        assert record.tell(session, replace(telling, type="report_read"), NOW) is not None
    with database.read() as session:
        assert len(queries.events(session)) == 3
        assert len(queries.deliveries(session)) == 3


def test_each_hearer_is_owed_one_delivery_and_all_are_named(database, owe):
    assert len(owe("scrutiny", "channel")) == 2
    with database.read() as session:
        (event,) = queries.events(session)
        owed = [(each.recipient, each.state, each.due_at) for each in queries.deliveries(session)]
    assert json.loads(event.hearers) == ["scrutiny", "channel"]
    assert owed == [("scrutiny", "waiting", NOW), ("channel", "waiting", NOW)]
    nothing_else = {"refused": 0, "expired": 0, "settled": 0}
    assert event.deliveries == {"sent": 0, "waiting": 2, **nothing_else}


def test_who_hears_by_digest_is_named_and_owed_nothing_now(database):
    telling = record.Telling(
        type="report_published",
        audience="readers",
        subject="report:1",
        cause="a",
        summary="x",
        news="{}",
        hearers=(record.Hearer("weekly", "mail", None),),
    )
    with database.write() as session:
        event = record.tell(session, telling, NOW)
        assert event is not None
        assert (event.hearers, event.deliveries) == ('["weekly"]', [])


def test_a_follow_up_waits_until_the_first_message_has_ended(database, owe, report):
    (first,) = owe("scrutiny", report=report)
    (second,) = owe("scrutiny", type_="report_read", report=report)
    (other,) = owe("channel", type_="report_read", cause="b", report=report)
    with database.write() as session:
        one = claim(session, NOW, ["scrutiny", "channel"])
        two = claim(session, NOW, ["scrutiny", "channel"])
        assert (one.id, two.id) == (first, other)
        assert claim(session, NOW, ["scrutiny", "channel"]) is None
        mark(session, one, Outcome("refused", "RCPT", 550, "no such user"), NOW)
        assert claim(session, NOW, ["scrutiny", "channel"]).id == second


def test_operators_news_of_a_report_waits_for_nothing(database, owe, report):
    owe("it", report=report)
    (second,) = owe("it", type_="file_dead", audience="operators", report=report)
    with database.write() as session:
        claim(session, NOW, ["it"])
        assert claim(session, NOW, ["it"]).id == second


def test_a_document_and_its_reading_are_written_once(database, report):
    for _ in range(2):
        with database.write() as session:
            record.add_document(session, DOCUMENT, READING, NOW)
            record.add_version(session, report, DOCUMENT.sha256, "site", NOW)
    with database.read() as session:
        (known,) = known_reports(session, "80515")
    assert [each.sha256 for each in known.versions] == ["a" * 64]
    assert known.reading == replace(READING, text="")
    assert known.status == "read"


def test_a_report_is_a_document_anew_when_the_site_goes_back_to_it(database, report):
    other = replace(READING, sha256="b" * 64)
    with database.write() as session:
        record.add_document(session, DOCUMENT, READING, NOW)
        record.add_document(session, Bytes("b" * 64, 1, "application/pdf"), other, NOW)
        added = [record.add_version(session, report, of * 64, "site", NOW) for of in "abba"]
    assert added == [True, True, False, True]


def test_another_reader_adds_a_reading_and_the_newest_stands(database, report):
    with database.write() as session:
        record.add_document(session, DOCUMENT, replace(READING, status="unread"), NOW)
        record.add_version(session, report, DOCUMENT.sha256, "site", NOW)
        record.put_reading(session, replace(READING, parser="2"), NOW)
    with database.read() as session:
        (known,) = known_reports(session, "80515")
        kept = session.scalars(select(models.Reading.parser)).all()
    assert known.reading.parser == "2"
    assert kept == ["1", "2"]


def test_a_look_never_changes_what_was_read_in_a_known_document(database, report):
    with database.write() as session:
        record.add_document(session, DOCUMENT, READING, NOW)
        record.add_version(session, report, DOCUMENT.sha256, "site", NOW)
        record.add_document(session, DOCUMENT, replace(READING, parser="2", status="unread"), NOW)
    with database.read() as session:
        (known,) = known_reports(session, "80515")
    assert (known.reading.parser, known.status) == ("1", "read")


def test_documents_that_this_reader_has_not_read_or_could_not_are_found(database):
    with database.write() as session:
        record.add_document(session, DOCUMENT, READING, NOW)
        other = replace(READING, sha256="b" * 64, status="unread")
        record.add_document(session, Bytes("b" * 64, 1, "application/pdf"), other, NOW)
    with database.read() as session:
        assert queries.documents_to_read(session, "1", failed=False) == []
        assert queries.documents_to_read(session, "1", failed=True) == [
            ("b" * 64, "application/pdf")
        ]
        assert len(queries.documents_to_read(session, "2", failed=False)) == 2


def test_the_facts_of_a_reading_are_all_but_pages_and_doubts():
    elsewhere = replace(READING, pages=9, judgements=(replace(READING.judgements[0], page=3),))
    assert record.facts_sha256(elsewhere) == record.facts_sha256(READING)
    worse = replace(READING.judgements[0], printed="Inadequate", grade="inadequate")
    assert record.facts_sha256(replace(READING, judgements=(worse,))) != record.facts_sha256(
        READING
    )


def test_the_facts_of_a_doubtful_reading_are_its_text():
    doubtful = replace(READING, status="doubtful")
    assert record.facts_sha256(doubtful) == record.facts_sha256(replace(doubtful, judgements=()))
    assert record.facts_sha256(doubtful) != record.facts_sha256(replace(doubtful, text="other"))


def test_a_report_keeps_every_key_it_was_ever_listed_under(database, report):
    with database.write() as session:
        record.add_address(session, report, replace(ROW, key="file:2", file_id="2"))
        record.add_address(session, report, replace(ROW, key="file:2", file_id="2"))
    with database.read() as session:
        (known,) = known_reports(session, "80515")
    assert known.keys == {"file:1", "file:2"}
    assert known.file_id == "2"
