"""The search page, read page after page until everything announced is there."""

from datetime import date

import pytest

from deployments.demo.fake_ofsted_faults import cut, edited, instead
from deployments.demo.fake_ofsted_pages import notice
from ofsted.errors import UnexpectedResponse
from ofsted.site.model import Found
from ofsted.site.search import AUTHORITIES


@pytest.fixture
def found(place):
    def search(**query) -> list[Found]:
        with place.site() as site:
            return list(site.search(**query))

    return search


@pytest.fixture
def refused(place, found):
    def refuse(how, times=None, **query) -> str:
        place.fake_ofsted.misbehave("/search", how, times)
        with pytest.raises(UnexpectedResponse) as refusal:
            found(**query)
        return refusal.value.came

    return refuse


def test_a_provider_is_found_with_what_the_page_says_of_it(place, found):
    assert found(q="80515") == [
        Found(
            urn="80515",
            code=44,
            name="London Borough of Sutton",
            address=f"{place.base}/provider/44/80515",
            category="Local authority children's services",
            latest_report=date(2025, 7, 29),
        )
    ]


def test_all_153_authorities_are_found_in_two_pages(place, found):
    place.fake_ofsted.crowd(153)
    assert len({one.urn for one in found(**AUTHORITIES)}) == 153
    assert [seen.target for seen in place.fake_ofsted.requests if seen.path == "/search"] == [
        "/search?q=&level_1_types=3&level_2_types%5B%5D=12&start=0&rows=100",
        "/search?q=&level_1_types=3&level_2_types%5B%5D=12&start=100&rows=100",
    ]


def test_a_search_that_finds_nothing_ends(found):
    assert found(q="Atlantis") == []


def test_what_a_result_does_not_say_is_none(place, sutton, found):
    sutton.reports = []
    sutton.urn, sutton.code = "SC023666", 2
    category = "<li>Category: <strong>Local authority children&#039;s services</strong></li>"
    place.fake_ofsted.misbehave(
        "/search", edited(category, "<li>Rating: <strong>Good</strong></li>")
    )
    (only,) = found()
    assert (only.urn, only.code, only.category, only.latest_report) == ("SC023666", 2, None, None)


@pytest.mark.parametrize(
    ("how", "came"),
    [
        (instead(notice("Page not found", "Sorry.")), "not a page of search results"),
        (instead(notice("Search", "Sorry.")), "no single number of results (found none)"),
        (cut(), "incomplete"),
        (edited(">1</strong>", ">some</strong>"), "no single number of results (found some)"),
        (edited(">1</strong>", ">2</strong>"), "no results after 1, although 2 were announced"),
        (edited(">1</strong>", ">0</strong>"), "1 providers, although 0 were announced"),
        (edited("/provider/44/", "/about/44/"), "a result that does not lead to a provider"),
        (edited("URN: <strong>80515", "URN: <strong>80569"), "a result with two URNs"),
    ],
)
def test_a_page_that_does_not_add_up_is_refused(refused, how, came):
    assert came in refused(how, q="80515")


def test_two_numbers_of_results_on_one_page_are_refused(place, refused):
    place.fake_ofsted.crowd(12)

    def differing(reply):
        return type(reply)(reply.body.replace(b">12<", b">13<", 1), headers=reply.headers)

    assert "no single number of results (found 12, 13)" in refused(differing)


def test_a_list_that_changes_between_its_pages_is_refused(place, refused):
    place.fake_ofsted.crowd(153)
    repeated = place.fake_ofsted.answer("/search?rows=100", {}).body
    assert "100 providers, although 153" in refused(instead(repeated))
