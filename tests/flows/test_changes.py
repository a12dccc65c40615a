"""What changes on the page after a report was told of: each change once, to whom it concerns."""

from dataclasses import replace
from datetime import date

from tests.town import (
    ELSEWHERE,
    REPORT_2022,
    REPORT_2025,
    TEXT_2025,
    TEXT_2026,
    TEXT_INADEQUATE,
    again,
    pdf,
)


def test_other_bytes_with_the_same_facts_are_seen_within_the_week_and_told_to_operators(told):
    told.change("50283346", data=again(pdf(TEXT_2025)))
    told.looks(3, days=2)
    assert told.news == []
    told.looks(1, days=2)
    assert told.news == ["documents_restamped"]
    assert (len(told.mails_to("it")), told.mails_to("scrutiny"), told.cards) == (1, [], [])
    assert len(told.reports[-1]["versions"]) == 2
    told.looks(1, days=8)
    assert told.news == ["documents_restamped"]


def test_several_files_issued_again_are_one_message(told):
    told.change("50283346", data=again(pdf(TEXT_2025)))
    told.change("50176759", data=again(REPORT_2022.data))
    told.looks(1, days=9)
    news = told.news_of("documents_restamped")
    assert [each["file_id"] for each in news["reports"]] == ["50176759", "50283346"]


def test_other_facts_are_told_to_readers_with_what_differs(told):
    told.change("50283346", data=pdf(TEXT_INADEQUATE))
    told.looks(1, days=9)
    assert told.news == ["report_replaced"]
    news = told.news_of("report_replaced")
    assert [(each["was"], each["now"]) for each in news["differences"]] == [("Good", "Inadequate")]
    assert news["rows"][0]["direction"] == "lowered"
    assert len(told.mails_to("scrutiny")) == len(told.cards) == 1
    told.looks(1, days=9)
    assert told.news == ["report_replaced"]


def test_going_back_to_the_earlier_document_is_told_once_per_document(told):
    for text in (TEXT_INADEQUATE, TEXT_2025, TEXT_INADEQUATE):
        told.change("50283346", data=pdf(text))
        told.looks(1, days=9)
    assert told.news == ["report_replaced", "report_replaced"]


def test_a_readable_report_that_is_not_any_more_is_replaced_and_not_yet_read(told):
    told.change("50283346", data=pdf(TEXT_2025.replace("families: good", "families: inadequate")))
    told.looks(1, days=9)
    assert told.news == ["report_replaced", "report_doubtful"]
    news = told.news_of("report_replaced")
    assert (news["found"]["status"], news["differences"], news["rows"]) == ("doubtful", [], [])


def test_an_edited_title_or_day_is_told_to_operators(told):
    told.change("50283346", published=date(2025, 7, 30))
    told.looks(2, minutes=15)
    assert told.news == ["details_edited"]
    news = told.news_of("details_edited")
    assert (news["was"]["published"], news["report"]["published"]) == ("2025-07-29", "2025-07-30")
    assert told.reports[-1]["published"] == "2025-07-30"
    assert told.mails_to("scrutiny") == []


def test_a_row_gone_for_three_looks_and_a_day_is_withdrawn(told):
    told.list(REPORT_2022)
    assert told.looks(1, hours=8).outcome == "changed"
    assert told.reports[-1]["listed"] is False
    told.looks(3, hours=7.9)
    assert told.news == []
    told.looks(1, hours=1)
    assert told.news == ["report_withdrawn"]
    assert len(told.mails_to("scrutiny")) == len(told.cards) == 1
    told.looks(4, hours=12)
    assert told.news == ["report_withdrawn"]
    assert [each["listed"] for each in told.inspections] == [False, True]


def test_a_day_without_three_looks_withdraws_nothing(told):
    told.list(REPORT_2022)
    told.looks(2, hours=30)
    assert told.news == []
    told.looks(1, hours=30)
    assert told.news == ["report_withdrawn"]


def test_a_row_that_is_back_before_it_was_told_is_no_news(told):
    told.list(REPORT_2022)
    told.looks(3, hours=4)
    told.list(REPORT_2025, REPORT_2022)
    told.looks(1, hours=20)
    told.list(REPORT_2022)
    told.looks(3, hours=4)  # counted from the start again
    assert told.news == []


def test_a_row_that_is_back_after_it_was_told_has_returned(told):
    told.list(REPORT_2022)
    told.looks(4, hours=9)
    told.list(REPORT_2025, REPORT_2022)
    told.looks(2, hours=9)
    assert told.news == ["report_withdrawn", "report_returned"]
    assert [each["listed"] for each in told.reports] == [True, True]
    assert len(told.mails_to("scrutiny")) == 2


def test_the_same_bytes_under_another_id_are_one_report_renumbered(told):
    told.list(replace(REPORT_2025, file_id="50290000"), REPORT_2022)
    told.looks(3, hours=15)
    assert told.news == ["report_renumbered"]
    assert told.news_of("report_renumbered")["was"] == "50283346"
    assert told.mails_to("scrutiny") == []
    assert [each["file_id"] for each in told.reports] == ["50176759", "50290000"]


def test_the_same_inspection_under_another_id_with_other_facts_is_replaced(told):
    other = replace(REPORT_2025, file_id="50290000", data=pdf(TEXT_INADEQUATE))
    told.list(other, REPORT_2022)
    told.looks(2, hours=1)
    assert told.news == ["report_replaced"]
    assert len(told.reports) == 2


def test_two_rows_that_give_the_same_file_at_once_are_one_report_and_no_message(told):
    twin = replace(REPORT_2025, title="Children's services inspection letter", file_id="50290000")
    told.list(twin, REPORT_2025, REPORT_2022)
    told.looks(2, hours=1)
    told.looks(1, days=9)
    assert told.news == []
    assert [each["file_id"] for each in told.reports] == ["50176759", "50283346"]
    told.list(twin, REPORT_2022)  # and once the first is gone, it goes by the other
    told.looks(1, hours=1)
    assert told.news == ["report_renumbered", "details_edited"]
    assert told.reports[-1]["file_id"] == "50290000"


def test_two_new_rows_that_give_the_same_file_are_told_once(town):
    town.at("2025-07-29 09:30")
    twin = replace(REPORT_2025, title="Children's services inspection letter", file_id="50290000")
    town.list(twin, REPORT_2025, REPORT_2022)
    town.look()
    assert town.news == ["report_published"]
    assert len(town.mails_to("scrutiny")) == 1


def test_two_rows_with_one_title_and_day_are_two_reports(town):
    town.at("2025-07-29 09:30")
    other = pdf(TEXT_2026.replace("2026", "2024"))
    town.list(replace(REPORT_2025, file_id="50290000", data=other), REPORT_2025, REPORT_2022)
    town.looks(2, hours=1)
    assert town.news == ["report_published", "report_published"]
    assert len(town.reports) == 3


def test_a_dead_file_under_another_id_is_taken_for_the_row_that_went_with_its_title_and_day(told):
    told.list(replace(REPORT_2025, file_id="50290000", data=None), REPORT_2022)
    told.looks(3, hours=1)
    assert told.news == ["report_renumbered"]
    assert len(told.reports) == 2


def test_withdrawn_and_back_under_another_id_has_returned(told):
    told.list(REPORT_2022)
    told.looks(4, hours=9)
    told.list(replace(REPORT_2025, file_id="50290000"), REPORT_2022)
    told.looks(1, hours=9)
    assert told.news == ["report_withdrawn", "report_returned", "report_renumbered"]
    assert len(told.reports) == 2


def test_a_link_elsewhere_that_becomes_a_file_is_the_same_report(town):
    town.at("2025-07-29 09:30")
    town.publish(replace(ELSEWHERE, title=REPORT_2025.title, published=REPORT_2025.published))
    town.look()
    town.list(REPORT_2025, REPORT_2022)
    town.looks(2, minutes=15)
    assert len(town.reports) == 2
    assert town.reports[-1]["file_id"] == "50283346"
    assert town.reports[-1]["status"] == "read"
    assert [each for each in town.news if each in {"report_published", "report_read"}] == [
        "report_published",
        "report_read",
    ]


def test_history_that_is_replaced_or_withdrawn_is_told_too(town):
    town.change("50176759", data=pdf(TEXT_2025.replace("2025", "2021")))
    town.looks(1, days=9)
    assert "report_replaced" in town.news


def test_a_follow_up_reaches_those_whom_the_first_named_whatever_they_chose(town):
    town.settings["recipients"] = [
        {"name": "scrutiny", "email": "scrutiny@example.gov.uk"},
        {"name": "worse", "email": "worse@example.gov.uk", "hears": "declined"},
    ]
    town.at("2025-07-29 09:30")
    town.publish(REPORT_2025)
    town.look()  # leaders lowered: both hear
    town.list(REPORT_2022)
    town.looks(4, hours=9)
    assert town.hearers_of("report_withdrawn") == ["scrutiny", "worse"]


def test_a_file_that_dies_after_it_was_read_changes_nothing(told):
    told.change("50283346", data=None)
    looked = told.looks(2, days=9)
    assert told.news == []
    assert looked.is_well
    assert told.reports[-1]["status"] == "read"
