from dataclasses import replace
from datetime import date

import pytest

from ofsted.authorities import authorities
from ofsted.compare import OF_ANOTHER, compare, show_predecessor
from ofsted.provider_key import ProviderKey
from ofsted.successions import every_succession, predecessors, successors
from tests.ofsted.test_compare import ILACS_2023, SIF

BCP, DORSET = ProviderKey("44", "2532287"), ProviderKey("44", "2532283")
CUMBERLAND, FURNESS = ProviderKey("44", "2733690"), ProviderKey("44", "2733698")
GONE = ProviderKey("44", "80999")


def test_each_successor_is_an_authority_of_today_and_each_row_names_its_source():
    today = {each.urn: each.name for each in authorities()}
    assert len(every_succession()) == 7
    for each in every_succession():
        assert each.successor_urn in today
        assert each.urn not in today
        assert "Structural Changes) Order" in each.source
        assert each.since >= date(2019, 4, 1)


def test_several_predecessors_are_each_named():
    names = ["Bournemouth Borough Council", "Borough of Poole"]
    assert [each.name for each in predecessors(BCP)] == names
    assert [each.short_name for each in predecessors(BCP)] == ["Bournemouth", "Poole"]


def test_almost_all_have_none():
    assert predecessors(ProviderKey("44", "80515")) == ()
    assert predecessors(ProviderKey("16", BCP.urn)) == ()


@pytest.mark.parametrize("name", ["Cumbria", "Cumbria County Council", "CUMBRIA  County Council"])
def test_a_page_is_a_predecessors_by_its_name(name):
    assert successors(GONE, name) == (CUMBERLAND, FURNESS)


@pytest.mark.parametrize("name", [None, "", "Cumbria Academy", "Cumberland Council"])
def test_and_by_no_other_name(name):
    assert successors(GONE, name) == ()


def test_dorset_council_is_not_dorset_county_council():
    assert successors(DORSET, "Dorset County Council") == ()
    assert successors(GONE, "Dorset County Council") == (DORSET,)


def test_another_type_of_provider_is_nobodys_predecessor():
    assert successors(ProviderKey("16", "80999"), "Cumbria County Council") == ()


def test_where_its_number_is_known_the_number_counts_and_not_the_name():
    numbered = replace(predecessors(CUMBERLAND)[0], urn="80998")
    assert numbered.is_page(ProviderKey("44", "80998"), "anything")
    assert not numbered.is_page(GONE, "Cumbria County Council")


@pytest.mark.parametrize("older", [SIF, ILACS_2023])
def test_what_is_shown_of_a_predecessor_has_no_direction(older):
    shown, compared = (do(ILACS_2023, older).rows for do in (show_predecessor, compare))
    assert any(row.direction for row in compared)
    assert {(row.relation, row.direction, row.reason) for row in shown} == {
        ("predecessor", None, OF_ANOTHER)
    }
    given = [(row.key, row.grade, row.before) for row in compared]
    assert [(row.key, row.grade, row.before) for row in shown] == given
