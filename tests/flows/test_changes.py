"""Changes on the page after a report was announced: each is sent once, to those it concerns."""

from dataclasses import replace
from datetime import date

import pytest

from tests.installation import (
    ELSEWHERE,
    REPORT_2022,
    REPORT_2025,
    TEXT_2025,
    TEXT_2026,
    TEXT_INADEQUATE,
    again,
    pdf,
)


def test_other_bytes_with_the_same_facts_are_seen_within_the_week_and_announced_to_operators(
    announced,
):
    announced.change("50283346", data=again(pdf(TEXT_2025)))
    announced.checks(3, days=2)
    assert announced.event_types == []
    announced.checks(1, days=2)
    assert announced.event_types == ["files_reissued"]
    assert (len(announced.emails_to("it")), announced.emails_to("scrutiny"), announced.cards) == (
        1,
        [],
        [],
    )
    assert len(announced.reports[-1]["versions"]) == 2
    announced.checks(1, days=8)
    assert announced.event_types == ["files_reissued"]


def test_several_files_issued_again_are_one_message(announced):
    announced.change("50283346", data=again(pdf(TEXT_2025)))
    announced.change("50176759", data=again(REPORT_2022.data))
    announced.checks(1, days=9)
    event = announced.event_of("files_reissued")
    assert [each["file_id"] for each in event["reports"]] == ["50176759", "50283346"]


@pytest.mark.both_databases
def test_other_facts_are_announced_to_readers_with_what_differs(announced):
    announced.change("50283346", data=pdf(TEXT_INADEQUATE))
    announced.checks(1, days=9)
    assert announced.event_types == ["report_replaced"]
    event = announced.event_of("report_replaced")
    assert [(each["was"], each["now"]) for each in event["differences"]] == [("Good", "Inadequate")]
    assert event["rows"][0]["direction"] == "lowered"
    assert len(announced.emails_to("scrutiny")) == len(announced.cards) == 1
    announced.checks(1, days=9)
    assert announced.event_types == ["report_replaced"]


@pytest.mark.both_databases
def test_going_back_to_the_earlier_document_is_announced_once_per_document(announced):
    for text in (TEXT_INADEQUATE, TEXT_2025, TEXT_INADEQUATE):
        announced.change("50283346", data=pdf(text))
        announced.checks(1, days=9)
    assert announced.event_types == ["report_replaced", "report_replaced"]


def test_a_readable_report_that_is_not_any_more_is_replaced_and_not_yet_read(announced):
    announced.change(
        "50283346", data=pdf(TEXT_2025.replace("families: good", "families: inadequate"))
    )
    announced.checks(1, days=9)
    assert announced.event_types == ["report_replaced", "report_doubtful"]
    event = announced.event_of("report_replaced")
    assert (event["found"]["status"], event["differences"], event["rows"]) == ("doubtful", [], [])


def test_an_edited_title_or_day_is_announced_to_operators(announced):
    announced.change("50283346", published=date(2025, 7, 30))
    announced.checks(2, minutes=15)
    assert announced.event_types == ["details_edited"]
    event = announced.event_of("details_edited")
    assert (event["was"]["published"], event["report"]["published"]) == ("2025-07-29", "2025-07-30")
    assert announced.reports[-1]["published"] == "2025-07-30"
    assert announced.emails_to("scrutiny") == []


def test_a_row_gone_for_three_checks_and_a_day_is_withdrawn(announced):
    announced.list(REPORT_2022)
    assert announced.checks(1, hours=8).result == "changed"
    assert announced.reports[-1]["listed"] is False
    announced.checks(3, hours=7.9)
    assert announced.event_types == []
    announced.checks(1, hours=1)
    assert announced.event_types == ["report_withdrawn"]
    assert len(announced.emails_to("scrutiny")) == len(announced.cards) == 1
    announced.checks(4, hours=12)
    assert announced.event_types == ["report_withdrawn"]
    assert [each["listed"] for each in announced.inspections] == [False, True]


def test_a_day_without_three_checks_withdraws_nothing(announced):
    announced.list(REPORT_2022)
    announced.checks(2, hours=30)
    assert announced.event_types == []
    announced.checks(1, hours=30)
    assert announced.event_types == ["report_withdrawn"]


def test_a_row_that_is_back_before_it_was_announced_makes_no_event(announced):
    announced.list(REPORT_2022)
    announced.checks(3, hours=4)
    announced.list(REPORT_2025, REPORT_2022)
    announced.checks(1, hours=20)
    announced.list(REPORT_2022)
    announced.checks(3, hours=4)  # counted from the start again
    assert announced.event_types == []


@pytest.mark.both_databases
def test_a_row_that_is_back_after_it_was_announced_has_returned(announced):
    announced.list(REPORT_2022)
    announced.checks(4, hours=9)
    announced.list(REPORT_2025, REPORT_2022)
    announced.checks(2, hours=9)
    assert announced.event_types == ["report_withdrawn", "report_returned"]
    assert [each["listed"] for each in announced.reports] == [True, True]
    assert len(announced.emails_to("scrutiny")) == 2


@pytest.mark.both_databases
def test_the_same_bytes_under_another_id_are_one_report_renumbered(announced):
    announced.list(replace(REPORT_2025, file_id="50290000"), REPORT_2022)
    announced.checks(3, hours=15)
    assert announced.event_types == ["report_renumbered"]
    assert announced.event_of("report_renumbered")["was"] == "50283346"
    assert announced.emails_to("scrutiny") == []
    assert [each["file_id"] for each in announced.reports] == ["50176759", "50290000"]


def test_the_same_inspection_under_another_id_with_other_facts_is_replaced(announced):
    other = replace(REPORT_2025, file_id="50290000", data=pdf(TEXT_INADEQUATE))
    announced.list(other, REPORT_2022)
    announced.checks(2, hours=1)
    assert announced.event_types == ["report_replaced"]
    assert len(announced.reports) == 2


def test_two_rows_that_give_the_same_file_at_once_are_one_report_and_no_message(announced):
    twin = replace(REPORT_2025, title="Children's services inspection letter", file_id="50290000")
    announced.list(twin, REPORT_2025, REPORT_2022)
    announced.checks(2, hours=1)
    announced.checks(1, days=9)
    assert announced.event_types == []
    assert [each["file_id"] for each in announced.reports] == ["50176759", "50283346"]
    announced.list(twin, REPORT_2022)  # and once the first is gone, it goes by the other
    announced.checks(1, hours=1)
    assert announced.event_types == ["report_renumbered", "details_edited"]
    assert announced.reports[-1]["file_id"] == "50290000"


def test_two_new_rows_that_give_the_same_file_are_announced_once(installation):
    installation.at("2025-07-29 09:30")
    twin = replace(REPORT_2025, title="Children's services inspection letter", file_id="50290000")
    installation.list(twin, REPORT_2025, REPORT_2022)
    installation.check()
    assert installation.event_types == ["report_published"]
    assert len(installation.emails_to("scrutiny")) == 1


def test_two_rows_with_one_title_and_day_are_two_reports(installation):
    installation.at("2025-07-29 09:30")
    other = pdf(TEXT_2026.replace("2026", "2024"))
    installation.list(
        replace(REPORT_2025, file_id="50290000", data=other), REPORT_2025, REPORT_2022
    )
    installation.checks(2, hours=1)
    assert installation.event_types == ["report_published", "report_published"]
    assert len(installation.reports) == 3


def test_a_missing_file_under_another_id_is_taken_for_the_row_that_went_with_its_title_and_day(
    announced,
):
    announced.list(replace(REPORT_2025, file_id="50290000", data=None), REPORT_2022)
    announced.checks(3, hours=1)
    assert announced.event_types == ["report_renumbered"]
    assert len(announced.reports) == 2


def test_withdrawn_and_back_under_another_id_has_returned(announced):
    announced.list(REPORT_2022)
    announced.checks(4, hours=9)
    announced.list(replace(REPORT_2025, file_id="50290000"), REPORT_2022)
    announced.checks(1, hours=9)
    assert announced.event_types == ["report_withdrawn", "report_returned", "report_renumbered"]
    assert len(announced.reports) == 2


def test_a_link_elsewhere_that_becomes_a_file_is_the_same_report(installation):
    installation.at("2025-07-29 09:30")
    installation.publish(
        replace(ELSEWHERE, title=REPORT_2025.title, published=REPORT_2025.published)
    )
    installation.check()
    installation.list(REPORT_2025, REPORT_2022)
    installation.checks(2, minutes=15)
    assert len(installation.reports) == 2
    assert installation.reports[-1]["file_id"] == "50283346"
    assert installation.reports[-1]["status"] == "read"
    assert [
        each for each in installation.event_types if each in {"report_published", "report_read"}
    ] == [
        "report_published",
        "report_read",
    ]


def test_history_that_is_replaced_or_withdrawn_is_announced_too(installation):
    installation.change("50176759", data=pdf(TEXT_2025.replace("2025", "2021")))
    installation.checks(1, days=9)
    assert "report_replaced" in installation.event_types


def test_a_follow_up_reaches_those_whom_the_first_named_whatever_they_chose(installation):
    installation.settings["recipients"] = [
        {"name": "scrutiny", "email": "scrutiny@example.gov.uk"},
        {"name": "worse", "email": "worse@example.gov.uk", "alert_on": "concerns"},
    ]
    installation.at("2025-07-29 09:30")
    installation.publish(REPORT_2025)
    installation.check()  # leaders lowered: both are alerted
    installation.list(REPORT_2022)
    installation.checks(4, hours=9)
    assert installation.recipients_of("report_withdrawn") == ["scrutiny", "worse"]


def test_a_file_that_dies_after_it_was_read_changes_nothing(announced):
    announced.change("50283346", data=None)
    checked = announced.checks(2, days=9)
    assert announced.event_types == []
    assert checked.is_well
    assert announced.reports[-1]["status"] == "read"
