"""What the page does with its reports, where one is easily mistaken for another."""

from dataclasses import replace
from datetime import date
from hashlib import sha256

import pytest

from deployments.demo.fake_ofsted_faults import status
from tests.installation import (
    ELSEWHERE,
    PAGE,
    REPORT_2022,
    REPORT_2025,
    TEXT_2025,
    TEXT_2026,
    TEXT_INADEQUATE,
    again,
    first_check,
    pdf,
)

REPORT_2026 = replace(
    REPORT_2025, published=date(2026, 7, 20), file_id="50320000", data=pdf(TEXT_2026)
)


def _letters(*years):
    return [
        replace(ELSEWHERE, published=date(year, 5, 1), link=f"https://www.gov.uk/letter-{year}")
        for year in years
    ]


def test_a_file_replaced_after_months_is_announced_and_every_version_is_kept(announced):
    announced.change("50283346", data=pdf(TEXT_INADEQUATE))
    announced.checks(1, days=120)
    announced.change("50283346", data=again(pdf(TEXT_INADEQUATE)))
    announced.checks(1, days=8)
    assert announced.event_types == ["report_replaced", "files_reissued"]
    versions = announced.reports[-1]["versions"]
    wanted = [pdf(TEXT_2025), pdf(TEXT_INADEQUATE), again(pdf(TEXT_INADEQUATE))]
    assert [each["sha256"] for each in versions] == [sha256(data).hexdigest() for data in wanted]
    archive = announced.context().archive
    assert [archive.read(each["sha256"], each["media_type"]) for each in versions] == wanted


def test_all_ids_changed_at_once_with_a_new_report_among_them_is_one_new_report(announced):
    announced.at("2026-07-20 09:30")
    announced.list(
        REPORT_2026,
        replace(REPORT_2025, file_id="50330002"),
        replace(REPORT_2022, file_id="50330001"),
    )
    checked = announced.check()
    assert announced.event_types == ["report_renumbered", "report_renumbered", "report_published"]
    assert [each.id for each in checked.new] == ["50320000"]
    assert announced.event_of("report_published")["previous"]["report"]["file_id"] == "50330002"
    announced.checks(4, hours=9)
    assert len(announced.event_types) == 3


def test_ids_changed_twice_and_back_are_the_same_report_and_the_newest_id_counts(announced):
    for file_id in ("50290000", "50290001", "50283346"):
        announced.list(replace(REPORT_2025, file_id=file_id), REPORT_2022)
        announced.checks(2, minutes=15)
        assert announced.reports[-1]["file_id"] == file_id
    assert announced.event_types == ["report_renumbered"] * 3
    assert len(announced.reports) == 2


def test_other_bytes_under_another_id_that_say_the_same_are_only_renumbered(announced):
    announced.list(
        replace(REPORT_2025, file_id="50290000", data=again(REPORT_2025.data)), REPORT_2022
    )
    announced.checks(1, minutes=15)
    assert announced.event_types == ["report_renumbered"]
    assert len(announced.reports[-1]["versions"]) == 2


@pytest.mark.both_databases
def test_a_corrected_report_listed_beside_the_old_one_is_replaced_once(announced):
    corrected = replace(REPORT_2025, file_id="50290000", data=pdf(TEXT_INADEQUATE))
    announced.list(REPORT_2025, corrected, REPORT_2022)
    announced.checks(2, minutes=15)
    announced.checks(2, days=8)
    assert announced.event_types == ["report_replaced"]
    assert (len(announced.reports), announced.reports[-1]["file_id"]) == (2, "50290000")


@pytest.mark.both_databases
def test_a_report_under_another_id_and_day_whose_file_lags_is_known_again(announced):
    moved = replace(REPORT_2025, file_id="50290000", published=date(2025, 7, 30))
    announced.list(replace(moved, data=None), REPORT_2022)
    announced.check()
    announced.list(moved, REPORT_2022)
    announced.checks(2, minutes=15)
    assert sorted(announced.event_types) == ["details_edited", "report_renumbered"]
    assert [each["file_id"] for each in announced.reports] == ["50176759", "50290000"]


def test_announced_as_new_before_its_file_came_it_is_not_compared_with_itself(announced):
    moved = replace(REPORT_2025, file_id="50290000", published=date(2025, 7, 30))
    announced.list(replace(moved, data=None), REPORT_2022)
    announced.check()
    announced.checks(1, minutes=61)
    announced.list(moved, REPORT_2022)
    announced.checks(2, minutes=15)
    assert announced.event_types == ["file_unavailable", "report_published", "report_read"]
    assert announced.event_of("report_read")["previous"]["report"]["file_id"] == "50176759"


def test_withdrawn_and_back_with_other_facts_has_returned_and_is_replaced(announced):
    announced.list(REPORT_2022)
    announced.checks(4, hours=9)
    announced.list(replace(REPORT_2025, data=pdf(TEXT_INADEQUATE)), REPORT_2022)
    announced.checks(2, hours=9)
    assert announced.event_types == ["report_withdrawn", "report_returned", "report_replaced"]
    assert len(announced.emails_to("scrutiny")) == 3


def test_a_title_by_turns_this_and_that_is_announced_once_a_day_each(announced):
    for number in range(6):
        announced.change("50283346", title="Inspection" if number % 2 else REPORT_2025.title)
        announced.checks(1, minutes=15)
    assert announced.event_types == ["details_edited"] * 2


def test_a_row_that_comes_and_goes_makes_no_event(announced):
    for _ in range(4):
        announced.list(REPORT_2022)
        announced.checks(1, hours=13)
        announced.list(REPORT_2025, REPORT_2022)
        announced.checks(1, hours=13)
    assert announced.event_types == []


def test_a_day_edited_so_that_the_order_changes_makes_no_event_for_readers(announced):
    announced.change("50176759", published=date(2025, 8, 30))
    announced.checks(2, days=8)
    assert announced.event_types == ["details_edited"]
    assert [each["file_id"] for each in announced.inspections] == ["50283346", "50176759"]
    assert announced.inspections[0]["comparison"]["with"] == "50176759"


def test_half_of_a_list_pruned_is_announced_a_report_each(new_installation):
    letters = _letters(2025, 2024, 2023, 2022)
    new_installation.list(*letters)
    first_check(new_installation)
    new_installation.list(*letters[:2])
    new_installation.checks(4, hours=9)
    assert new_installation.event_types == ["report_withdrawn"] * 2


def test_a_new_report_beside_the_one_that_took_the_gone_ones_name_is_new(announced):
    """Both have the title and day of the row that has gone; the file of one proves which it is."""
    moved = replace(REPORT_2025, file_id="50290000")
    twin = replace(REPORT_2025, file_id="50290001", data=None)
    announced.list(twin, moved, REPORT_2022)
    announced.checks(1, minutes=15)
    assert announced.event_types == ["report_renumbered"]
    announced.checks(2, minutes=45)
    assert sorted(announced.event_types) == [
        "file_unavailable",
        "report_published",
        "report_renumbered",
    ]
    assert announced.event_of("report_published")["report"]["file_id"] == "50290001"


def test_a_file_that_proves_another_than_its_row_was_taken_for_is_a_new_report(announced):
    announced.list(replace(REPORT_2026, published=REPORT_2025.published, data=None), REPORT_2022)
    announced.checks(2, minutes=15)
    assert announced.event_types == ["report_renumbered"]
    announced.change("50320000", data=pdf(TEXT_2026))
    announced.checks(2, minutes=15)
    assert announced.event_types == ["report_renumbered", "report_published"]
    assert [each["file_id"] for each in announced.reports] == ["50176759", "50283346", "50320000"]
    assert [each["listed"] for each in announced.reports] == [True, False, True]
    announced.checks(4, hours=9)
    assert announced.event_types == ["report_renumbered", "report_published", "report_withdrawn"]


def test_a_new_report_whose_file_dies_and_whose_page_fails_is_announced_once_read_when_both_live(
    installation,
):
    installation.at("2025-07-29 09:30")
    installation.publish(replace(REPORT_2025, data=None))
    installation.check()
    installation.fake_ofsted.misbehave(PAGE, status(404))
    installation.checks(2, hours=1.1)
    installation.fake_ofsted.behave()
    installation.change("50283346", data=pdf(TEXT_2025))
    installation.checks(2, hours=1)
    assert installation.event_types == [
        "page_check_failed",
        "report_published",
        "page_check_recovered",
    ]
    assert installation.event_of("report_published")["found"]["status"] == "read"


def test_a_check_on_the_stroke_of_midnight_and_in_the_hour_that_comes_twice_is_like_any(
    installation,
):
    for moment in ("2025-07-28 23:00", "2025-10-26 00:30", "2025-10-26 01:30", "2026-03-29 01:00"):
        installation.at(moment)
        assert installation.check().is_well
    installation.publish(replace(REPORT_2025, published=date(2026, 3, 29)))
    installation.check()
    installation.check()
    assert installation.event_types == ["report_published"]
