"""A new report is told once to each who is to hear it, with the true table."""

from dataclasses import replace
from datetime import date

from tests.town import ELSEWHERE, LETTER, REPORT_2022, REPORT_2025, TEXT_2026, pdf

TRUE_ROWS = [
    ("leaders", "good", "outstanding", "same", "lowered"),
    ("help_and_protection", "good", "good", "same", "unchanged"),
    ("in_care", "good", "good", "split", "unchanged"),
    ("care_leavers", "good", "good", "split", "unchanged"),
    ("overall", "good", "good", "same", "unchanged"),
]


def _rows(news):
    names = ("key", "grade", "before", "relation", "direction")
    return [tuple(row[name] for name in names) for row in news["rows"]]


def test_a_new_report_gives_one_mail_and_one_card_with_the_true_table(town):
    town.at("2025-07-29 09:30")
    town.publish(REPORT_2025)

    looked = town.look()

    assert (looked.outcome, looked.state, looked.listed) == ("changed", "well", 2)
    assert [told.id for told in looked.new] == ["50283346"]
    assert town.news == ["report_published"]
    assert _rows(town.news_of("report_published")) == TRUE_ROWS
    assert town.subjects("scrutiny") == [
        "Sutton: leaders' impact lowered, Outstanding to Good; overall Good"
    ]
    assert len(town.cards) == 1
    assert town.mails_to("it") == []


def test_the_second_look_at_it_tells_nothing(town):
    town.at("2025-07-29 09:30")
    town.publish(REPORT_2025)
    town.look()
    town.later(minutes=15)
    looked = town.look()
    assert (looked.outcome, looked.message) == ("unchanged", "2 reports listed, nothing new")
    assert town.news == ["report_published"]
    assert len(town.mails_to("scrutiny")) == len(town.cards) == 1


def test_two_new_reports_are_told_oldest_first_each_against_the_one_before(town):
    town.at("2026-07-29 09:30")
    newest = replace(
        REPORT_2025, published=date(2026, 7, 21), file_id="50320000", data=pdf(TEXT_2026)
    )
    older = replace(REPORT_2025, published=date(2026, 7, 20))
    town.list(newest, older, REPORT_2022)
    town.look()
    assert [each.file_id for each in town.events] == ["50283346", "50320000"]
    with_what = [each["comparison"] and each["comparison"]["with"] for each in town.inspections]
    assert with_what == ["50283346", "50176759", None]


def test_an_old_report_that_appears_late_is_named_as_old(town):
    town.at("2025-10-01 09:30")
    town.look()
    town.publish(REPORT_2025)  # dated 64 days before the last good look
    town.look()
    assert town.news == ["report_listed_late"]
    assert len(town.mails_to("scrutiny")) == 1


def test_a_report_of_the_last_sixty_days_is_not_late(town):
    town.at("2025-09-26 09:30")
    town.look()
    town.publish(REPORT_2025)
    town.look()
    assert town.news == ["report_published"]


def test_a_report_without_a_date_or_dated_ahead_is_news(town):
    town.at("2025-07-29 09:30")
    town.publish(replace(REPORT_2025, published=None))
    town.look()
    ahead = replace(REPORT_2025, published=date(2026, 7, 29), file_id="5", data=pdf(TEXT_2026))
    town.publish(ahead)
    town.look()
    assert town.news == ["report_published", "report_published"]
    assert [each["published"] for each in town.reports] == ["2022-02-01", None, "2026-07-29"]


def test_a_row_whose_link_leads_elsewhere_is_told_with_title_date_and_link(town):
    town.at("2025-07-29 09:30")
    town.publish(ELSEWHERE)
    town.look()
    news = town.news_of("report_published")
    assert news["found"]["status"] == "elsewhere"
    assert news["report"] == {
        "title": "Area SEND full inspection",
        "published": "2025-07-28",
        "link": "https://www.gov.uk/government/letter",
        "file_id": None,
    }
    body = town.mails_to("scrutiny")[0].get_body(("plain",)).get_content()
    assert "https://www.gov.uk/government/letter" in body
    asked = {seen.path for seen in town.standin.requests}
    assert asked <= {"/provider/44/80515", "/robots.txt"}


def test_a_row_without_a_link_is_told_once(town):
    town.at("2025-07-29 09:30")
    town.publish(replace(ELSEWHERE, link=None, variant="plain"))
    town.look()
    town.look()
    assert town.news == ["report_published"]
    assert town.reports[-1]["link"] is None
    assert town.reports[-1]["status"] == "missing"


def test_a_kind_that_is_not_read_yet_is_told_and_is_no_fault(town):
    town.at("2025-07-29 09:30")
    town.publish(replace(REPORT_2025, title="Letter to the director", data=pdf(LETTER)))
    looked = town.look()
    assert town.news == ["report_published"]
    assert town.news_of("report_published")["found"]["status"] == "unread"
    assert looked.is_well
    assert town.cli("status").exit_code == 0


def test_two_rows_with_the_same_title_and_day_are_two_reports(town):
    town.at("2026-07-29 09:30")
    twin = replace(REPORT_2025, file_id="50320000", data=pdf(TEXT_2026))
    town.list(twin, REPORT_2025, REPORT_2022)
    town.look()
    assert sorted(town.news) == ["report_published", "report_published"]
    assert {each["file_id"] for each in town.reports} == {"50176759", "50283346", "50320000"}


def test_a_list_of_one_report_less_is_no_reason_to_tell_the_rest_again(town):
    town.at("2025-07-29 09:30")
    town.list(REPORT_2025)
    town.look()
    town.list(REPORT_2025, REPORT_2022)
    town.look()
    assert town.news == ["report_published"]
