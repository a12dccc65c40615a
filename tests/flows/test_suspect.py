"""A list that loses over half of itself at once is held, not accepted."""

from dataclasses import replace
from datetime import date

import pytest

from deployments.demo.fake_ofsted_faults import status
from tests.installation import ELSEWHERE, PAGE, REPORT_2025, TEXT_2025, first_check, pdf

OLD = [
    replace(ELSEWHERE, published=date(year, 5, 1), link=f"https://www.gov.uk/letter-{year}")
    for year in (2024, 2023, 2022, 2021)
]
NEW = replace(ELSEWHERE, published=date(2025, 7, 28), link="https://www.gov.uk/letter-2025")


def know_four(installation):
    installation.list(*OLD)
    first_check(installation)


@pytest.fixture
def four(tmp_path, snapshots):
    """A list of four rows is known."""
    with snapshots.installation(tmp_path, know_four) as installation:
        yield installation


def _listed(installation):
    return sum(each["listed"] for each in installation.reports)


def test_over_half_gone_is_announced_once_and_held(four):
    four.list(OLD[0])
    checked = four.check()
    assert (checked.result, checked.state, checked.is_well) == ("suspect", "suspect", False)
    assert "accept 80515" in checked.message
    four.checks(5, hours=12)
    assert four.event_types == ["listing_suspect"]
    event = four.event_of("listing_suspect")
    assert (event["known"], len(event["gone"]), event["redated"]) == (4, 3, [])
    assert _listed(four) == 4
    assert four.emails_to("scrutiny") == []


def test_half_gone_is_no_suspicion(four):
    four.list(*OLD[:2])
    assert four.check().result == "changed"
    assert _listed(four) == 2


def test_over_half_redated_is_suspect_too(four):
    four.list(OLD[0], *(replace(row, published=date(2025, 1, 1)) for row in OLD[1:]))
    assert four.check().result == "suspect"
    assert len(four.event_of("listing_suspect")["redated"]) == 3
    assert [each["published"][:4] for each in four.reports] == ["2021", "2022", "2023", "2024"]


def test_a_list_under_other_ids_is_not_suspect(four):
    four.list(*(replace(row, link=f"{row.link}-moved") for row in OLD))
    assert four.check().result == "changed"
    assert four.event_types == ["report_renumbered"] * 4
    assert len(four.reports) == 4


def test_a_short_list_is_never_suspect(new_installation):
    new_installation.list(*OLD[:3])
    first_check(new_installation)
    new_installation.list(NEW)
    assert new_installation.check().result == "changed"


def test_rows_newer_than_every_known_one_are_announced_all_the_same_at_most_three(four):
    newer = [
        replace(NEW, published=date(2025, 7, day), link=f"https://www.gov.uk/new-{day}")
        for day in (28, 27, 26, 25)
    ]
    middling = replace(NEW, published=date(2023, 7, 1), link="https://www.gov.uk/middling")
    four.list(*newer, middling)
    checked = four.check()
    assert checked.result == "suspect"
    assert len(checked.new) == 3
    assert sorted(four.event_types) == ["listing_suspect", *["report_published"] * 3]


def test_when_the_list_is_back_all_is_well_and_nothing_was_lost(four):
    four.list(OLD[0])
    four.checks(2, hours=12)
    four.list(NEW, *OLD)
    checked = four.checks(1, hours=12)
    assert (checked.result, checked.state) == ("changed", "ok")
    assert four.event_types == ["listing_suspect", "report_published"]


@pytest.mark.both_databases
def test_accepted_it_is_taken_as_it_is_and_what_is_gone_is_withdrawn(four):
    four.list(OLD[0])
    four.check()
    said = four.cli("accept", "80515")
    assert said.exit_code == 0
    checked = four.checks(1, minutes=5)
    assert (checked.result, checked.state) == ("changed", "ok")
    assert four.event_types == ["listing_suspect", *["report_withdrawn"] * 3]
    assert _listed(four) == 1
    four.list(*OLD)
    four.checks(1, minutes=5)
    assert four.event_types[4:] == ["report_returned"] * 3


def test_acceptance_is_for_one_check(four):
    four.list(OLD[0])
    four.check()
    four.cli("accept", "80515")
    four.list(*OLD)
    assert four.check().result == "unchanged"
    four.list(OLD[0])
    assert four.check().result == "suspect"


def test_where_nothing_is_suspect_there_is_nothing_to_accept(four):
    """Neither before nor once it was taken; a page that fails in between changes nothing."""
    said = four.cli("accept", "80515")
    assert (said.exit_code, said.stdout) == (2, "")
    assert said.stderr == (
        "ofsted-watch: nothing to accept: the report list of London Borough of Sutton "
        "(80515) is not suspect\n"
    )
    four.list(OLD[0])
    four.check()
    four.fake_ofsted.misbehave(PAGE, status(404), times=1)
    assert four.checks(1, minutes=15).state == "unreachable"
    assert [four.cli("accept", "80515").exit_code for _ in range(2)] == [0, 0]
    assert four.checks(1, minutes=15).result == "changed"
    assert four.cli("accept", "80515").exit_code == 2


def test_before_the_first_good_check_there_is_nothing_to_accept(new_installation):
    new_installation.fake_ofsted.misbehave(PAGE, status(404))
    new_installation.check()
    assert new_installation.cli("accept", "80515").exit_code == 2


def test_accepting_an_authority_that_is_not_watched_is_asked_wrongly(four):
    said = four.cli("accept", "80456")
    assert said.exit_code == 2
    assert "80456 is not watched; watched: Sutton (80515)" in said.stderr


def test_a_page_that_fails_in_between_is_no_second_suspicion(four):
    four.list(OLD[0])
    four.check()
    four.fake_ofsted.misbehave(PAGE, status(404), times=1)
    four.checks(1, minutes=15)
    four.checks(2, minutes=15)
    assert four.event_types == ["listing_suspect"]


def test_a_new_report_on_a_suspect_list_is_announced_once_and_accepting_withdraws_the_rest(four):
    four.list(NEW, OLD[0])
    four.check()
    assert four.event_types == ["report_published", "listing_suspect"]
    four.cli("accept", "80515")
    four.checks(1, minutes=5)
    assert four.event_types[2:] == ["report_withdrawn"] * 3
    four.checks(4, hours=9)
    assert len(four.event_types) == 5


def test_a_new_report_whose_file_fails_is_announced_in_time_although_the_list_is_held(four):
    four.list(replace(REPORT_2025, data=None), OLD[0])
    four.check()
    four.checks(2, minutes=45)
    assert sorted(four.event_types) == ["file_unavailable", "listing_suspect", "report_published"]
    four.change("50283346", data=pdf(TEXT_2025))
    checked = four.checks(2, minutes=45)
    assert checked.result == "suspect"
    assert sorted(four.event_types)[-2:] == ["report_published", "report_read"]


def test_a_suspect_list_was_seen_so_that_failing_before_and_after_is_not_one_trouble(four):
    for _ in range(3):
        four.fake_ofsted.misbehave(PAGE, status(404), times=1)
        four.checks(1, minutes=45)
        four.list(OLD[0])
        four.checks(1, minutes=45)
    assert four.event_types == ["listing_suspect"]


def test_a_list_by_turns_whole_and_not_is_announced_once_a_day(four):
    for _ in range(5):
        four.list(OLD[0])
        assert four.checks(1, minutes=30).state == "suspect"
        four.list(*OLD)
        assert four.checks(1, minutes=30).state == "ok"
    assert four.event_types == ["listing_suspect"]


def test_what_was_accepted_long_ago_is_not_accepted_now(four):
    four.list(OLD[0])
    four.check()
    assert four.cli("accept", "80515").exit_code == 0
    assert four.checks(1, hours=25).result == "suspect"
