"""A borough of 441 providers through its days, as a client of the site sees it.

What a page lists in each of its shapes is in `test_other_providers.py`.
"""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from deployments.demo.fake_borough import SUTTON, TWIN, fake_borough
from deployments.demo.fake_ofsted import Listed
from deployments.demo.fake_ofsted_faults import edited
from ofsted.errors import UnexpectedResponse
from ofsted.provider_key import ProviderKey

NEWEST = date(2026, 9, 3)
NEXT = NEWEST + timedelta(days=1)
SCHOOL = ProviderKey("21", "100000")
HOME = ProviderKey("2", "SC023666")
AUTHORITY = ProviderKey("44", "80515")


@pytest.fixture
def borough(place, sutton):
    """The place with a borough in it, of which Sutton is the authority."""
    sutton.area = SUTTON
    fake_borough(place.fake_ofsted, NEWEST)
    return place


@pytest.fixture
def row(borough):
    """A provider's row among the newest; None: it is not there."""

    def read(key: ProviderKey):
        with borough.site() as site:
            return next(
                (each for each in site.newest_in_area(SUTTON).found if each.key == key), None
            )

    return read


def listed(borough, key: ProviderKey):
    with borough.site() as site:
        return site.listing(key.urn, int(key.code))


def test_all_441_are_found_each_once_and_the_authority_is_one_of_them(borough):
    with borough.site() as site:
        found = {each.key: each for each in site.area(SUTTON)}
    assert len(found) == 441
    assert found[AUTHORITY].name == "London Borough of Sutton"
    assert [key.code for key in found if key.urn == TWIN] == ["21", "16"]
    withheld = [each for each in found.values() if each.is_withheld]
    assert len(withheld) == 209
    assert all(each.name == each.urn for each in withheld)


def test_the_page_of_each_of_the_newest_can_be_read(borough):
    with borough.site() as site:
        for each in site.newest_in_area(SUTTON).found:
            listing = site.listing(each.urn, each.code)
            newest = max((entry.published for entry in listing.entries), default=None)
            assert (newest, listing.is_withheld) == (each.latest_report, each.is_withheld)


def test_the_same_urn_is_two_pages(borough):
    names = [listed(borough, ProviderKey(code, TWIN)).name for code in ("21", "16")]
    assert names == ["Primary School 2", "Nursery 75"]


def test_two_documents_of_one_day_are_one_row_and_two_entries(borough, row):
    for file_id in ("50310061", "50310062"):
        borough.fake_ofsted.publish(SCHOOL, Listed("Monitoring visit", NEXT, file_id))
    assert row(SCHOOL).latest_report == NEXT
    entries = [each for each in listed(borough, SCHOOL).entries if each.published == NEXT]
    assert {each.file_id for each in entries} == {"50310061", "50310062"}


def test_a_row_may_be_newer_than_its_page(borough, row):
    borough.fake_ofsted.providers[SCHOOL].latest = NEXT
    assert row(SCHOOL).latest_report == NEXT
    assert max(each.published for each in listed(borough, SCHOOL).entries) == NEWEST


def test_a_rating_in_the_row_is_no_grade_of_the_document_beside_it(borough, row):
    borough.fake_ofsted.providers[SCHOOL].rating = "Outstanding"
    borough.fake_ofsted.publish(SCHOOL, Listed("School inspection", NEXT, "50310061"))
    assert (row(SCHOOL).rating, row(SCHOOL).latest_report) == ("Outstanding", NEXT)
    assert {each.grade for each in listed(borough, SCHOOL).entries} == {None}


def test_a_filter_that_is_ignored_once_is_refused_once(borough):
    borough.fake_ofsted.ignore_area(times=1)
    with borough.site() as site:
        with pytest.raises(UnexpectedResponse, match="a search in no area"):
            site.newest_in_area(SUTTON)
        assert site.newest_in_area(SUTTON).total == 441


def test_a_page_that_neither_sorts_nor_subscribes_shows_its_filter_in_the_way_to_the_next(borough):
    def bare(reply):
        without = edited("<option value=", "<option data-was=")(reply)
        return edited("/search/subscribe?", "/subscribe?")(without)

    borough.fake_ofsted.misbehave("/search", bare)
    with borough.site() as site:
        assert site.newest_in_area(SUTTON).total == 441
        borough.fake_ofsted.misbehave("/search", lambda reply: edited("=319", "=306")(bare(reply)))
        with pytest.raises(UnexpectedResponse, match="a search in area 306"):
            site.newest_in_area(SUTTON)


def test_a_provider_that_closes_leaves_the_search_and_keeps_its_page(borough, row):
    assert row(SCHOOL)
    borough.fake_ofsted.close(SCHOOL)
    assert row(SCHOOL) is None
    assert len(listed(borough, SCHOOL).entries) == 1


def test_a_name_that_is_withdrawn_is_in_neither_row_nor_page(borough, row):
    borough.fake_ofsted.withhold(SCHOOL)
    name, page = row(SCHOOL), listed(borough, SCHOOL)
    assert (name.name, name.is_withheld) == ("100000", True)
    assert (page.name, page.is_withheld) == ("URN: 100000", True)
    body = borough.fake_ofsted.answer("/provider/21/100000", {}).body
    assert b"Primary School 1" not in body


def test_the_details_of_a_page_say_what_it_is_and_where(borough):
    home = listed(borough, HOME)
    assert (home.kind, home.local_authority) == ("Children's Home", "Sutton")
