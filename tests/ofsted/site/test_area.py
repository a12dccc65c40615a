"""The providers of a borough: believed only if the page shows that it searched there."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from deployments.demo.fake_ofsted import Listed
from deployments.demo.fake_ofsted_faults import edited
from ofsted.errors import UnexpectedResponse
from ofsted.provider_key import ProviderKey

SUTTON = "319"
NEWEST = date(2026, 9, 3)
SCHOOL, NURSERY, HOME = 21, 16, 2
FIRST_ROW = (
    '<li class="search-result"><h3 class="search-result__title heading--main">'
    '<a href="/provider/21/100000">'
)


@pytest.fixture
def borough(place, sutton):
    """Sutton's own page, and 440 others; 30 elsewhere."""
    sutton.area = SUTTON
    for number in range(470):
        code = (SCHOOL, NURSERY, HOME)[number % 3]
        published = NEWEST - timedelta(days=number)
        page = place.fake_ofsted.provider(
            str(100_000 + number),
            f"Place {number}",
            code=code,
            reports=[Listed("Inspection", published)],
        )
        page.area = SUTTON if number < 440 else "306"
    return place


def refusal(place, how):
    place.fake_ofsted.misbehave("/search", how)
    with place.site() as site, pytest.raises(UnexpectedResponse) as refused:
        site.newest_in_area(SUTTON)
    return refused.value.came


def test_one_request_shows_the_newest_of_the_borough_and_how_many_there_are(borough):
    with borough.site() as site:
        area = site.newest_in_area(SUTTON)
    assert (area.total, len(area.found)) == (441, 100)
    assert area.found[0].latest_report == NEWEST
    assert [seen.target for seen in borough.fake_ofsted.requests if seen.path == "/search"] == [
        "/search?local_authority%5B0%5D=319&status%5B0%5D=1&sort=date&order=desc&rows=100&start=0"
    ]


def test_the_whole_borough_is_five_requests_and_has_the_authority_itself(borough):
    with borough.site() as site:
        found = site.area(SUTTON)
    assert len(found) == len({(each.code, each.urn) for each in found}) == 441
    assert any((each.code, each.urn) == (44, "80515") for each in found)
    assert len([seen for seen in borough.fake_ofsted.requests if seen.path == "/search"]) == 5


def test_the_same_urn_of_two_kinds_is_two_providers(borough):
    other = borough.fake_ofsted.providers.pop("100001")
    borough.fake_ofsted.provider("100000", "Twin", code=other.code, area=SUTTON)
    with borough.site() as site:
        twins = [each.code for each in site.area(SUTTON) if each.urn == "100000"]
    assert sorted(twins) == [NURSERY, SCHOOL]


def test_a_withheld_name_is_told_and_never_made_up(borough):
    borough.fake_ofsted.providers["100002"].is_withheld = True
    borough.fake_ofsted.providers["100002"].rating = "Good"
    with borough.site() as site:
        home = site.newest_in_area(SUTTON).found[2]
        others = [each for each in site.area(SUTTON) if each.is_withheld]
    assert (home.name, home.is_withheld, home.rating) == ("100002", True, "Good")
    assert others == [home]


def test_a_filter_that_was_ignored_is_a_fault_and_no_news(borough):
    """The site answers with the whole of England, as if no area had been named."""
    national = borough.fake_ofsted.answer("/search?sort=date&order=desc&rows=100", {})
    other = borough.fake_ofsted.answer("/search?local_authority[]=306&sort=date&rows=100", {})
    assert "a search in no area, where 319 was asked for" in refusal(
        borough, lambda _reply: national
    )
    assert "a search in area 306, where 319 was asked for" in refusal(borough, lambda _reply: other)
    half = edited(
        "local_authority%5B0%5D=319&amp;status%5B0%5D=1&amp;rows=100&amp;sort=az", "sort=az"
    )
    assert "where 319 was asked for" in refusal(borough, half)


@pytest.mark.parametrize(
    ("how", "came"),
    [
        (edited(">441</strong>", ">90,441</strong>"), "90441 providers, more than any area has"),
        (edited(">441</strong>", ">41</strong>"), "100 rows, where 41 of 41 should be"),
        (
            edited(FIRST_ROW, FIRST_ROW.replace('search-result"', 'other"', 1)),
            "99 rows, where 100 of 441 should be",
        ),
        (edited("03 September 2026", "03 September 2020"), "not in the order"),
    ],
)
def test_a_page_with_rows_missing_or_in_no_order_is_refused(borough, how, came):
    assert came in refusal(borough, how)


def test_a_list_that_changes_while_it_is_read_is_a_fault(borough):
    """A report of a provider further down appears: the last of the first page comes again."""

    def published(reply):
        later = Listed("Inspection", NEWEST + timedelta(days=1))
        borough.fake_ofsted.providers["100300"].reports = [later]
        return reply

    borough.fake_ofsted.misbehave("/search", published, times=1)
    with borough.site() as site, pytest.raises(UnexpectedResponse) as refused:
        site.area(SUTTON)
    assert "a provider that was on an earlier page as well" in refused.value.came


def test_a_provider_that_is_twice_on_the_only_page_is_a_fault(borough):
    site = borough.fake_ofsted
    for key in [*site.providers][12:]:
        del site.providers[key]
    site.misbehave("/search", edited("100003", "100000"))
    with borough.site() as ofsted, pytest.raises(UnexpectedResponse) as refused:
        ofsted.area(SUTTON)
    assert refused.value.came == "a provider that is listed twice"


def test_a_provider_that_closes_while_the_list_is_read_is_a_fault(borough):
    def closes(reply):
        borough.fake_ofsted.providers["100400"].area = ""
        return reply

    borough.fake_ofsted.misbehave("/search", closes, times=1)
    with borough.site() as site, pytest.raises(UnexpectedResponse) as refused:
        site.area(SUTTON)
    assert "440 results, where the page before gave 441" in refused.value.came


def test_of_the_providers_known_before_one_is_among_the_newest(borough):
    with borough.site() as site:
        assert site.newest_in_area(SUTTON, [ProviderKey("21", "100000"), ProviderKey("21", "9")])
        with pytest.raises(UnexpectedResponse) as refused:
            site.newest_in_area(SUTTON, [ProviderKey("16", "100000")])
    assert "none of the 1 providers known before" in refused.value.came


def test_an_unchanged_page_of_the_newest_is_neither_sent_again_nor_read(borough):
    asked = []
    with borough.site() as site:
        area = site.newest_in_area(SUTTON)
        assert not site.newest_in_area_if_changed(
            SUTTON, sha256=area.sha256, known=lambda: asked.append("known") or ()
        )
        borough.fake_ofsted.publish("100300", Listed("Inspection", NEWEST + timedelta(days=1)))
        changed = site.newest_in_area_if_changed(SUTTON, sha256=area.sha256)
    assert changed.found[0].key == ProviderKey("21", "100300")
    assert changed.sha256 != area.sha256
    assert not asked
    searches = [seen for seen in borough.fake_ofsted.requests if seen.path == "/search"]
    assert ["If-None-Match" in seen.headers for seen in searches] == [False, True, True]
