"""What was found is recorded once, with all its deliveries."""

import json
from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from ofsted.provider_key import ProviderKey
from ofsted.reports.model import Judgement, Reading
from storage import models, queries, record
from storage.deliveries import claim, mark
from storage.record import Bytes, ListingRow
from storage.report_snapshots import report_snapshots
from tests.storage.conftest import NOW

pytestmark = pytest.mark.both_databases

SUTTON = ProviderKey("44", "80515")
ROW = ListingRow(
    provider=SUTTON,
    key="file:1",
    title="Children's services inspection",
    published=date(2025, 7, 29),
    link="https://files.ofsted.gov.uk/v1/file/1",
    file_id="1",
)
READING = Reading(
    sha256="a" * 64,
    parser_version="1",
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
        session.add(models.Provider(code="44", urn="80515", since=NOW))
        session.flush()
        return record.add_report(session, ROW, seen=NOW, baseline=False, listed=True)


def test_nothing_but_the_same_event_counts_as_announced_before(database, report):
    new_event = record.NewEvent(
        type="report_published",
        audience="readers",
        subject="report:0",
        cause="check:1",
        summary="a report",
        payload="{}",
        recipients=(),
    )
    wrong = [
        replace(new_event, report_id=report + 999),  # there is no such report
        replace(new_event, summary=None),  # type: ignore[arg-type]
    ]
    for each in wrong:
        with pytest.raises(IntegrityError), database.write() as session:
            record.record_event(session, each, NOW)
    with database.write() as session:
        assert record.record_event(session, new_event, NOW) is not None
        assert record.record_event(session, replace(new_event, report_id=report + 999), NOW) is None


def test_an_event_is_unique_by_type_subject_and_cause(database, add_delivery):
    add_delivery("scrutiny", cause="check:1")
    add_delivery("scrutiny", cause="check:2")
    new_event = record.NewEvent(
        type="report_published",
        audience="readers",
        subject="report:0",
        cause="check:1",
        summary="again",
        payload="{}",
        recipients=(record.Subscriber("scrutiny", "email", NOW),),
    )
    with database.write() as session:
        assert record.record_event(session, new_event, NOW) is None
        assert record.record_event(session, replace(new_event, type="report_read"), NOW) is not None
    with database.read() as session:
        assert len(queries.events(session)) == 3
        assert len(queries.deliveries(session)) == 3


def test_each_recipient_gets_one_delivery_and_all_are_named(database, add_delivery):
    assert len(add_delivery("scrutiny", "channel")) == 2
    with database.read() as session:
        (event,) = queries.events(session)
        pending = [
            (each.recipient, each.state, each.due_at) for each in queries.deliveries(session)
        ]
    assert json.loads(event.recipients) == ["scrutiny", "channel"]
    assert pending == [("scrutiny", "pending", NOW), ("channel", "pending", NOW)]
    nothing_else = {"refused": 0, "expired": 0, "cancelled": 0}
    assert event.deliveries == {"sent": 0, "pending": 2, **nothing_else}


def test_who_is_alerted_by_digest_is_named_and_gets_nothing_now(database):
    new_event = record.NewEvent(
        type="report_published",
        audience="readers",
        subject="report:1",
        cause="a",
        summary="x",
        payload="{}",
        recipients=(record.Subscriber("weekly", "email", None),),
    )
    with database.write() as session:
        event = record.record_event(session, new_event, NOW)
        assert event is not None
        assert (event.recipients, event.deliveries) == ('["weekly"]', [])


def test_a_follow_up_waits_until_the_first_message_has_ended(database, add_delivery, report):
    (first,) = add_delivery("scrutiny", report=report)
    (second,) = add_delivery("scrutiny", type_="report_read", report=report)
    (other,) = add_delivery("channel", type_="report_read", cause="b", report=report)
    with database.write() as session:
        one = claim(session, NOW, ["scrutiny", "channel"])
        two = claim(session, NOW, ["scrutiny", "channel"])
        assert (one.id, two.id) == (first, other)
        assert claim(session, NOW, ["scrutiny", "channel"]) is None
        mark(session, one, NOW, result="refused", stage="RCPT")
        assert claim(session, NOW, ["scrutiny", "channel"]).id == second


def test_messages_to_operators_about_a_report_wait_for_nothing(database, add_delivery, report):
    add_delivery("it", report=report)
    (second,) = add_delivery("it", type_="file_unavailable", audience="operators", report=report)
    with database.write() as session:
        claim(session, NOW, ["it"])
        assert claim(session, NOW, ["it"]).id == second


def test_a_document_and_its_reading_are_written_once(database, report):
    for _ in range(2):
        with database.write() as session:
            record.add_document(session, DOCUMENT, READING, NOW)
            record.add_version(session, report, DOCUMENT.sha256, "ofsted", NOW)
    with database.read() as session:
        (known,) = report_snapshots(session, SUTTON)
    assert [each.sha256 for each in known.versions] == ["a" * 64]
    assert known.reading == replace(READING, text="")
    assert known.status == "read"


def test_a_report_is_a_document_anew_when_the_site_goes_back_to_it(database, report):
    other = replace(READING, sha256="b" * 64)
    with database.write() as session:
        record.add_document(session, DOCUMENT, READING, NOW)
        record.add_document(session, Bytes("b" * 64, 1, "application/pdf"), other, NOW)
        added = [record.add_version(session, report, of * 64, "ofsted", NOW) for of in "abba"]
    assert added == [True, True, False, True]


def test_another_parser_adds_a_reading_and_the_newest_counts(database, report):
    with database.write() as session:
        record.add_document(session, DOCUMENT, replace(READING, status="unread"), NOW)
        record.add_version(session, report, DOCUMENT.sha256, "ofsted", NOW)
        record.record_reading(session, replace(READING, parser_version="2"), NOW)
    with database.read() as session:
        (known,) = report_snapshots(session, SUTTON)
        kept = session.scalars(select(models.Reading.parser)).all()
    assert known.reading.parser_version == "2"
    assert kept == ["1", "2"]


def test_a_check_never_changes_what_was_read_in_a_known_document(database, report):
    with database.write() as session:
        record.add_document(session, DOCUMENT, READING, NOW)
        record.add_version(session, report, DOCUMENT.sha256, "ofsted", NOW)
        record.add_document(
            session, DOCUMENT, replace(READING, parser_version="2", status="unread"), NOW
        )
    with database.read() as session:
        (known,) = report_snapshots(session, SUTTON)
    assert (known.reading.parser_version, known.status) == ("1", "read")


def test_documents_that_this_parser_has_not_read_or_could_not_are_found(database):
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
        record.add_alias(session, report, replace(ROW, key="file:2", file_id="2"))
        record.add_alias(session, report, replace(ROW, key="file:2", file_id="2"))
    with database.read() as session:
        (known,) = report_snapshots(session, SUTTON)
    assert known.keys == {"file:1", "file:2"}
    assert known.file_id == "2"


def test_an_event_has_the_same_token_wherever_it_is_found_again(database):
    """Its report is number 1 here and number 2 there; the installation's id goes with a backup."""
    listed = record.ListingRow(
        provider=SUTTON,
        key="file:50283346",
        title="Inspection",
        published=None,
        link=None,
        file_id="50283346",
    )
    tokens = []
    for before in (0, 1):
        with database.write() as session:
            session.merge(models.Provider(code="44", urn="80515", since=NOW))
            session.flush()
            for number in range(before):
                other = replace(listed, key=f"file:{number}")
                record.add_report(session, other, seen=NOW, baseline=True, listed=True)
            report = record.add_report(session, listed, seen=NOW, baseline=False, listed=True)
            event = record.NewEvent(
                type="report_published",
                audience="readers",
                subject=f"report:{report}",
                cause="a document",
                summary="a report",
                payload="{}",
                recipients=(),
                report_id=report,
            )
            numbered = [
                record.record_event(session, replace(event, subject=subject), NOW).token
                for subject in (event.subject, "report:999")  # which would have the same
            ]
            tokens.append(numbered)
            session.rollback()
    assert tokens[0] == tokens[1]
    assert len({*tokens[0]}) == 2
    with database.write() as session:
        record.set_state(session, record.INSTALLATION, "another")
        other = record.record_event(session, replace(event, subject="a", report_id=None), NOW)
        record.set_state(session, record.INSTALLATION, "and another")
        assert record._token(session, replace(event, report_id=None, subject="a")) != other.token
