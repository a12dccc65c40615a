"""Files that are known: asked for with conditions, not read again, and still seen to change."""

from dataclasses import replace
from hashlib import sha256

import pytest

from deployments.standin_faults import Reply, cut, status
from tests.town import PAGE, REPORT_2025, TEXT_2025, TEXT_INADEQUATE, again, pdf

FILE = "/v1/file/50283346"


def asked(town, path=FILE):
    """With what a file was asked for, each time."""
    return [
        seen.headers.get("If-None-Match") for seen in town.standin.requests if seen.path == path
    ]


@pytest.fixture
def unread(told, monkeypatch):
    """What was told was read; no file may be read from now on."""

    def refuse(*_args, **_options):
        raise AssertionError("a known file was read again")

    monkeypatch.setattr("ofsted.reports.apart.read_apart", refuse)


@pytest.mark.usefixtures("unread")
def test_an_unchanged_file_is_asked_for_weekly_and_does_not_come_again(told):
    told.looks(3, days=8)
    assert None not in asked(told)
    assert (len(asked(told)), told.news) == (3, [])
    assert told.looks(1, days=1).outcome == "unchanged"
    assert len(asked(told)) == 3


@pytest.mark.usefixtures("unread")
def test_a_site_that_knows_no_conditions_gives_the_bytes_and_they_are_not_read_again(told):
    told.standin.conditional = False
    told.looks(2, days=8)
    told.looks(1, days=8)
    assert (len(asked(told)), told.news) == (3, [])


def test_a_file_that_is_replaced_after_weeks_of_not_modified_is_seen_within_the_week(told):
    told.looks(2, days=8)
    told.change("50283346", data=pdf(TEXT_INADEQUATE))
    told.looks(1, days=8)
    assert told.news == ["report_replaced"]
    told.change("50283346", data=again(pdf(TEXT_INADEQUATE)))
    told.looks(1, days=8)
    assert told.news == ["report_replaced", "documents_restamped"]


def test_a_replaced_file_that_goes_back_is_known_and_told(told, monkeypatch):
    told.change("50283346", data=pdf(TEXT_INADEQUATE))
    told.looks(1, days=8)
    monkeypatch.setattr("ofsted.reports.apart.read_apart", None)
    told.change("50283346", data=pdf(TEXT_2025))
    told.looks(1, days=8)
    assert told.news == ["report_replaced", "report_replaced"]


def test_a_site_that_never_admits_to_a_change_is_believed_for_four_weeks(told):
    def stuck(reply: Reply) -> Reply:
        if told.standin.requests[-1].headers.get("If-None-Match"):
            return Reply(status=304)
        return reply.named("ETag", '"ever the same"')

    told.change("50283346", data=pdf(TEXT_INADEQUATE))
    told.standin.misbehave(FILE, stuck)
    told.looks(3, days=8)
    assert told.news == []
    told.looks(2, days=8)
    assert told.news == ["report_replaced"]


def test_a_document_lost_from_the_archive_is_fetched_whole_and_there_again(told):
    archive = told.tools().archive
    place = archive.path(sha256(REPORT_2025.data).hexdigest(), "application/pdf")
    place.unlink()
    told.looks(1, days=8)
    assert asked(told) == [None]
    assert place.read_bytes() == REPORT_2025.data
    told.looks(1, days=8)
    assert asked(told)[1] is not None


def test_of_another_id_nothing_is_asked_that_was_said_of_the_one_before(told):
    told.list(
        replace(REPORT_2025, file_id="50330002"), *told.standin.providers["80515"].reports[1:]
    )
    told.looks(1, days=8)
    assert asked(told, "/v1/file/50330002") == [None]
    told.looks(1, days=8)
    assert asked(told, "/v1/file/50330002")[1] is not None


@pytest.mark.parametrize("fault", [cut(0.9), status(404), status(503)])
def test_a_file_that_fails_between_two_that_are_whole_is_asked_for_as_before(told, fault):
    told.standin.misbehave(FILE, fault)
    told.looks(1, days=8)
    told.standin.behave()
    told.looks(1, days=2)
    assert asked(told)[-1] is not None
    assert told.news == []


def test_what_came_when_a_clock_was_ahead_is_fetched_whole(told):
    told.sql("UPDATE address SET fetched_at = '2031-01-01 00:00:00+00:00'")
    told.looks(1, days=8)
    assert asked(told) == [None]


def test_a_file_with_zeros_behind_its_end_is_a_report_like_any(town):
    town.at("2025-07-29 09:30")
    town.publish(replace(REPORT_2025, data=REPORT_2025.data + bytes(2_000)))
    town.look()
    assert town.news == ["report_published"]
    assert town.news_of("report_published")["found"]["status"] == "read"


def test_a_page_with_a_script_behind_its_end_is_believed_and_that_is_said(told, caplog):
    def add(reply: Reply) -> Reply:
        return replace(
            reply, body=reply.body + b"<script src='https://proxy.example/a.js'></script>"
        )

    told.standin.misbehave(PAGE, add)
    assert told.looks(1, minutes=15).outcome == "unchanged"
    assert "more bytes follow the end of the page: <script" in caplog.text
