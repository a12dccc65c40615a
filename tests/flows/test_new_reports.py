"""A new report is sent once to each recipient who chose it, with the true table."""

from dataclasses import replace
from datetime import date

import pytest

from tests.installation import ELSEWHERE, LETTER, REPORT_2022, REPORT_2025, TEXT_2026, pdf

TRUE_ROWS = [
    ("leaders", "good", "outstanding", "same", "lowered"),
    ("help_and_protection", "good", "good", "same", "unchanged"),
    ("in_care", "good", "good", "split", "unchanged"),
    ("care_leavers", "good", "good", "split", "unchanged"),
    ("overall", "good", "good", "same", "unchanged"),
]


def _rows(event):
    names = ("key", "grade", "before", "relation", "direction")
    return [tuple(row[name] for name in names) for row in event["rows"]]


@pytest.mark.both_databases
def test_a_new_report_gives_one_email_and_one_card_with_the_true_table(installation):
    installation.at("2025-07-29 09:30")
    installation.publish(REPORT_2025)

    checked = installation.check()

    assert (checked.result, checked.state, checked.listed) == ("changed", "ok", 2)
    assert [announced.id for announced in checked.new] == ["50283346"]
    assert installation.event_types == ["report_published"]
    assert _rows(installation.event_of("report_published")) == TRUE_ROWS
    assert installation.subjects("scrutiny") == [
        "Sutton: leaders' impact lowered, Outstanding to Good; overall Good"
    ]
    assert len(installation.cards) == 1
    assert installation.emails_to("it") == []


def test_the_second_check_at_it_announces_nothing(installation):
    installation.at("2025-07-29 09:30")
    installation.publish(REPORT_2025)
    installation.check()
    installation.later(minutes=15)
    checked = installation.check()
    assert (checked.result, checked.message) == ("unchanged", "2 reports listed, nothing new")
    assert installation.event_types == ["report_published"]
    assert len(installation.emails_to("scrutiny")) == len(installation.cards) == 1


@pytest.mark.both_databases
def test_two_new_reports_are_announced_oldest_first_each_against_the_one_before(installation):
    installation.at("2026-07-29 09:30")
    newest = replace(
        REPORT_2025, published=date(2026, 7, 21), file_id="50320000", data=pdf(TEXT_2026)
    )
    older = replace(REPORT_2025, published=date(2026, 7, 20))
    installation.list(newest, older, REPORT_2022)
    installation.check()
    assert [each.file_id for each in installation.events] == ["50283346", "50320000"]
    with_what = [
        each["comparison"] and each["comparison"]["with"] for each in installation.inspections
    ]
    assert with_what == ["50283346", "50176759", None]


def test_an_old_report_that_appears_late_is_named_as_old(installation):
    installation.at("2025-10-01 09:30")
    installation.check()
    installation.publish(REPORT_2025)  # dated 64 days before the last successful check
    installation.check()
    assert installation.event_types == ["report_listed_late"]
    assert len(installation.emails_to("scrutiny")) == 1


def test_a_report_of_the_last_sixty_days_is_not_late(installation):
    installation.at("2025-09-26 09:30")
    installation.check()
    installation.publish(REPORT_2025)
    installation.check()
    assert installation.event_types == ["report_published"]


def test_a_report_without_a_date_or_dated_ahead_is_announced(installation):
    installation.at("2025-07-29 09:30")
    installation.publish(replace(REPORT_2025, published=None))
    installation.check()
    ahead = replace(REPORT_2025, published=date(2026, 7, 29), file_id="5", data=pdf(TEXT_2026))
    installation.publish(ahead)
    installation.check()
    assert installation.event_types == ["report_published", "report_published"]
    assert [each["published"] for each in installation.reports] == [
        "2022-02-01",
        None,
        "2026-07-29",
    ]


def test_a_row_whose_link_leads_elsewhere_is_announced_with_title_date_and_link(installation):
    installation.at("2025-07-29 09:30")
    installation.publish(ELSEWHERE)
    installation.check()
    event = installation.event_of("report_published")
    assert event["found"]["status"] == "elsewhere"
    assert event["report"] == {
        "title": "Area SEND full inspection",
        "published": "2025-07-28",
        "link": "https://www.gov.uk/government/letter",
        "file_id": None,
    }
    body = installation.emails_to("scrutiny")[0].get_body(("plain",)).get_content()
    assert "https://www.gov.uk/government/letter" in body
    asked = {seen.path for seen in installation.fake_ofsted.requests}
    assert asked <= {"/provider/44/80515", "/robots.txt"}


def test_a_row_without_a_link_is_announced_once(installation):
    installation.at("2025-07-29 09:30")
    installation.publish(replace(ELSEWHERE, link=None, variant="plain"))
    installation.check()
    installation.check()
    assert installation.event_types == ["report_published"]
    assert installation.reports[-1]["link"] is None
    assert installation.reports[-1]["status"] == "missing"


def test_a_kind_that_is_not_read_yet_is_announced_and_is_no_fault(installation):
    installation.at("2025-07-29 09:30")
    installation.publish(replace(REPORT_2025, title="Letter to the director", data=pdf(LETTER)))
    checked = installation.check()
    assert installation.event_types == ["report_published"]
    assert installation.event_of("report_published")["found"]["status"] == "unread"
    assert checked.is_well
    assert installation.cli("status").exit_code == 0


def test_two_rows_with_the_same_title_and_day_are_two_reports(installation):
    installation.at("2026-07-29 09:30")
    twin = replace(REPORT_2025, file_id="50320000", data=pdf(TEXT_2026))
    installation.list(twin, REPORT_2025, REPORT_2022)
    installation.check()
    assert sorted(installation.event_types) == ["report_published", "report_published"]
    assert {each["file_id"] for each in installation.reports} == {
        "50176759",
        "50283346",
        "50320000",
    }


def test_a_list_of_one_report_less_is_no_reason_to_announce_the_rest_again(installation):
    installation.at("2025-07-29 09:30")
    installation.list(REPORT_2025)
    installation.check()
    installation.list(REPORT_2025, REPORT_2022)
    installation.check()
    assert installation.event_types == ["report_published"]
