"""Files that are known: asked for with conditions, not read again, and still seen to change."""

from dataclasses import replace
from hashlib import sha256

import pytest

from deployments.demo.fake_ofsted_faults import Reply, cut, status
from tests.installation import PAGE, REPORT_2025, TEXT_2025, TEXT_INADEQUATE, again, pdf

FILE = "/v1/file/50283346"


def asked(installation, path=FILE):
    """With what a file was asked for, each time."""
    return [
        seen.headers.get("If-None-Match")
        for seen in installation.fake_ofsted.requests
        if seen.path == path
    ]


@pytest.fixture
def unread(announced, monkeypatch):
    """What was announced was read; no file may be read from now on."""

    def refuse(*_args, **_options):
        raise AssertionError("a known file was read again")

    monkeypatch.setattr("ofsted.reports.sandbox.read_apart", refuse)


@pytest.mark.both_databases
@pytest.mark.usefixtures("unread")
def test_an_unchanged_file_is_asked_for_weekly_and_does_not_come_again(announced):
    announced.checks(3, days=8)
    assert None not in asked(announced)
    assert (len(asked(announced)), announced.event_types) == (3, [])
    assert announced.checks(1, days=1).result == "unchanged"
    assert len(asked(announced)) == 3


@pytest.mark.usefixtures("unread")
def test_a_site_that_knows_no_conditions_gives_the_bytes_and_they_are_not_read_again(announced):
    announced.fake_ofsted.conditional = False
    announced.checks(2, days=8)
    announced.checks(1, days=8)
    assert (len(asked(announced)), announced.event_types) == (3, [])


def test_a_file_that_is_replaced_after_weeks_of_not_modified_is_seen_within_the_week(announced):
    announced.checks(2, days=8)
    announced.change("50283346", data=pdf(TEXT_INADEQUATE))
    announced.checks(1, days=8)
    assert announced.event_types == ["report_replaced"]
    announced.change("50283346", data=again(pdf(TEXT_INADEQUATE)))
    announced.checks(1, days=8)
    assert announced.event_types == ["report_replaced", "files_reissued"]


def test_a_replaced_file_that_goes_back_is_known_and_announced(announced, monkeypatch):
    announced.change("50283346", data=pdf(TEXT_INADEQUATE))
    announced.checks(1, days=8)
    monkeypatch.setattr("ofsted.reports.sandbox.read_apart", None)
    announced.change("50283346", data=pdf(TEXT_2025))
    announced.checks(1, days=8)
    assert announced.event_types == ["report_replaced", "report_replaced"]


def test_a_site_that_never_admits_to_a_change_is_believed_for_four_weeks(announced):
    def stuck(reply: Reply) -> Reply:
        if announced.fake_ofsted.requests[-1].headers.get("If-None-Match"):
            return Reply(status=304)
        return reply.named("ETag", '"ever the same"')

    announced.change("50283346", data=pdf(TEXT_INADEQUATE))
    announced.fake_ofsted.misbehave(FILE, stuck)
    announced.checks(3, days=8)
    assert announced.event_types == []
    announced.checks(2, days=8)
    assert announced.event_types == ["report_replaced"]


def test_a_document_lost_from_the_archive_is_fetched_whole_and_there_again(announced):
    archive = announced.context().archive
    place = archive.path(sha256(REPORT_2025.data).hexdigest(), "application/pdf")
    place.unlink()
    announced.checks(1, days=8)
    assert asked(announced) == [None]
    assert place.read_bytes() == REPORT_2025.data
    announced.checks(1, days=8)
    assert asked(announced)[1] is not None


def test_of_another_id_nothing_is_asked_that_was_said_of_the_one_before(announced):
    announced.list(
        replace(REPORT_2025, file_id="50330002"),
        *announced.fake_ofsted.providers["80515"].reports[1:],
    )
    announced.checks(1, days=8)
    assert asked(announced, "/v1/file/50330002") == [None]
    announced.checks(1, days=8)
    assert asked(announced, "/v1/file/50330002")[1] is not None


@pytest.mark.parametrize("fault", [cut(0.9), status(404), status(503)])
def test_a_file_that_fails_between_two_that_are_whole_is_asked_for_as_before(announced, fault):
    announced.fake_ofsted.misbehave(FILE, fault)
    announced.checks(1, days=8)
    announced.fake_ofsted.behave()
    announced.checks(1, days=2)
    assert asked(announced)[-1] is not None
    assert announced.event_types == []


def test_what_came_when_a_clock_was_ahead_is_fetched_whole(announced):
    announced.sql("UPDATE report_alias SET fetched_at = '2031-01-01 00:00:00+00:00'")
    announced.checks(1, days=8)
    assert asked(announced) == [None]


def test_a_file_with_zeros_behind_its_end_is_a_report_like_any(installation):
    installation.at("2025-07-29 09:30")
    installation.publish(replace(REPORT_2025, data=REPORT_2025.data + bytes(2_000)))
    installation.check()
    assert installation.event_types == ["report_published"]
    assert installation.event_of("report_published")["found"]["status"] == "read"


def test_a_page_with_a_script_behind_its_end_is_believed_and_that_is_said(announced, caplog):
    def add(reply: Reply) -> Reply:
        return replace(
            reply, body=reply.body + b"<script src='https://proxy.example/a.js'></script>"
        )

    announced.fake_ofsted.misbehave(PAGE, add)
    assert announced.checks(1, minutes=15).result == "unchanged"
    assert "more bytes follow the end of the page: <script" in caplog.text
