"""What the page does with its reports, in the ways that are easily taken for another."""

from dataclasses import replace
from datetime import date
from hashlib import sha256

from deployments.standin_faults import status
from tests.town import (
    ELSEWHERE,
    PAGE,
    REPORT_2022,
    REPORT_2025,
    TEXT_2025,
    TEXT_2026,
    TEXT_INADEQUATE,
    again,
    pdf,
    settle,
)

REPORT_2026 = replace(
    REPORT_2025, published=date(2026, 7, 20), file_id="50320000", data=pdf(TEXT_2026)
)


def _letters(*years):
    return [
        replace(ELSEWHERE, published=date(year, 5, 1), link=f"https://www.gov.uk/letter-{year}")
        for year in years
    ]


def test_a_file_replaced_after_months_is_told_and_every_version_is_kept(told):
    told.change("50283346", data=pdf(TEXT_INADEQUATE))
    told.looks(1, days=120)
    told.change("50283346", data=again(pdf(TEXT_INADEQUATE)))
    told.looks(1, days=8)
    assert told.news == ["report_replaced", "documents_restamped"]
    versions = told.reports[-1]["versions"]
    wanted = [pdf(TEXT_2025), pdf(TEXT_INADEQUATE), again(pdf(TEXT_INADEQUATE))]
    assert [each["sha256"] for each in versions] == [sha256(data).hexdigest() for data in wanted]
    archive = told.tools().archive
    assert [archive.read(each["sha256"], each["media_type"]) for each in versions] == wanted


def test_all_ids_changed_at_once_with_a_new_report_among_them_is_one_new_report(told):
    told.at("2026-07-20 09:30")
    told.list(
        REPORT_2026,
        replace(REPORT_2025, file_id="50330002"),
        replace(REPORT_2022, file_id="50330001"),
    )
    looked = told.look()
    assert told.news == ["report_renumbered", "report_renumbered", "report_published"]
    assert [each.id for each in looked.new] == ["50320000"]
    assert told.news_of("report_published")["earlier"]["report"]["file_id"] == "50330002"
    told.looks(4, hours=9)
    assert len(told.news) == 3


def test_ids_changed_twice_and_back_are_the_same_report_and_the_newest_id_counts(told):
    for file_id in ("50290000", "50290001", "50283346"):
        told.list(replace(REPORT_2025, file_id=file_id), REPORT_2022)
        told.looks(2, minutes=15)
        assert told.reports[-1]["file_id"] == file_id
    assert told.news == ["report_renumbered"] * 3
    assert len(told.reports) == 2


def test_other_bytes_under_another_id_that_say_the_same_are_only_renumbered(told):
    told.list(replace(REPORT_2025, file_id="50290000", data=again(REPORT_2025.data)), REPORT_2022)
    told.looks(1, minutes=15)
    assert told.news == ["report_renumbered"]
    assert len(told.reports[-1]["versions"]) == 2


def test_a_corrected_report_listed_beside_the_old_one_is_replaced_once(told):
    corrected = replace(REPORT_2025, file_id="50290000", data=pdf(TEXT_INADEQUATE))
    told.list(REPORT_2025, corrected, REPORT_2022)
    told.looks(2, minutes=15)
    told.looks(2, days=8)
    assert told.news == ["report_replaced"]
    assert (len(told.reports), told.reports[-1]["file_id"]) == (2, "50290000")


def test_a_report_under_another_id_and_day_whose_file_lags_is_known_again(told):
    moved = replace(REPORT_2025, file_id="50290000", published=date(2025, 7, 30))
    told.list(replace(moved, data=None), REPORT_2022)
    told.look()
    told.list(moved, REPORT_2022)
    told.looks(2, minutes=15)
    assert sorted(told.news) == ["details_edited", "report_renumbered"]
    assert [each["file_id"] for each in told.reports] == ["50176759", "50290000"]


def test_told_as_new_before_its_file_came_it_is_not_held_against_itself(told):
    moved = replace(REPORT_2025, file_id="50290000", published=date(2025, 7, 30))
    told.list(replace(moved, data=None), REPORT_2022)
    told.look()
    told.looks(1, minutes=61)
    told.list(moved, REPORT_2022)
    told.looks(2, minutes=15)
    assert told.news == ["file_dead", "report_published", "report_read"]
    assert told.news_of("report_read")["earlier"]["report"]["file_id"] == "50176759"


def test_withdrawn_and_back_with_other_facts_has_returned_and_is_replaced(told):
    told.list(REPORT_2022)
    told.looks(4, hours=9)
    told.list(replace(REPORT_2025, data=pdf(TEXT_INADEQUATE)), REPORT_2022)
    told.looks(2, hours=9)
    assert told.news == ["report_withdrawn", "report_returned", "report_replaced"]
    assert len(told.mails_to("scrutiny")) == 3


def test_a_title_by_turns_this_and_that_is_told_once_a_day_each(told):
    for number in range(6):
        told.change("50283346", title="Inspection" if number % 2 else REPORT_2025.title)
        told.looks(1, minutes=15)
    assert told.news == ["details_edited"] * 2


def test_a_row_by_turns_there_and_not_is_no_news(told):
    for _ in range(4):
        told.list(REPORT_2022)
        told.looks(1, hours=13)
        told.list(REPORT_2025, REPORT_2022)
        told.looks(1, hours=13)
    assert told.news == []


def test_a_day_edited_so_that_the_order_changes_is_no_news_for_readers(told):
    told.change("50176759", published=date(2025, 8, 30))
    told.looks(2, days=8)
    assert told.news == ["details_edited"]
    assert [each["file_id"] for each in told.inspections] == ["50283346", "50176759"]
    assert told.inspections[0]["comparison"]["with"] == "50176759"


def test_half_of_a_list_pruned_is_told_a_report_each(new_town):
    letters = _letters(2025, 2024, 2023, 2022)
    new_town.list(*letters)
    settle(new_town)
    new_town.list(*letters[:2])
    new_town.looks(4, hours=9)
    assert new_town.news == ["report_withdrawn"] * 2


def test_a_new_report_beside_the_one_that_took_the_gone_ones_name_is_new(told):
    """Both have the title and day of the row that has gone; the file of one tells that it is it."""
    moved = replace(REPORT_2025, file_id="50290000")
    twin = replace(REPORT_2025, file_id="50290001", data=None)
    told.list(twin, moved, REPORT_2022)
    told.looks(1, minutes=15)
    assert told.news == ["report_renumbered"]
    told.looks(2, minutes=45)
    assert sorted(told.news) == ["file_dead", "report_published", "report_renumbered"]
    assert told.news_of("report_published")["report"]["file_id"] == "50290001"


def test_a_file_that_proves_another_than_its_row_was_taken_for_is_a_new_report(told):
    told.list(replace(REPORT_2026, published=REPORT_2025.published, data=None), REPORT_2022)
    told.looks(2, minutes=15)
    assert told.news == ["report_renumbered"]
    told.change("50320000", data=pdf(TEXT_2026))
    told.looks(2, minutes=15)
    assert told.news == ["report_renumbered", "report_published"]
    assert [each["file_id"] for each in told.reports] == ["50176759", "50283346", "50320000"]
    assert [each["listed"] for each in told.reports] == [True, False, True]
    told.looks(4, hours=9)
    assert told.news == ["report_renumbered", "report_published", "report_withdrawn"]


def test_a_new_report_whose_file_dies_and_whose_page_fails_is_told_once_read_when_both_live(town):
    town.at("2025-07-29 09:30")
    town.publish(replace(REPORT_2025, data=None))
    town.look()
    town.standin.misbehave(PAGE, status(404))
    town.looks(2, hours=1.1)
    town.standin.behave()
    town.change("50283346", data=pdf(TEXT_2025))
    town.looks(2, hours=1)
    assert town.news == ["look_failed", "report_published", "look_recovered"]
    assert town.news_of("report_published")["found"]["status"] == "read"


def test_a_look_on_the_stroke_of_midnight_and_in_the_hour_that_comes_twice_is_like_any(town):
    for moment in ("2025-07-28 23:00", "2025-10-26 00:30", "2025-10-26 01:30", "2026-03-29 01:00"):
        town.at(moment)
        assert town.look().is_well
    town.publish(replace(REPORT_2025, published=date(2026, 3, 29)))
    town.look()
    town.look()
    assert town.news == ["report_published"]
