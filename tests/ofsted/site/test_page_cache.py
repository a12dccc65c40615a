"""A page that did not change is not sent again, and is not taken as unchanged for ever."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from deployments.demo.fake_ofsted_faults import Reply, instead, status
from ofsted.errors import UnexpectedResponse
from ofsted.site.politeness import CachedPage, InMemoryState

from .conftest import PATH

HOUR = timedelta(hours=1)


def now() -> datetime:
    return datetime.now(UTC)


def test_an_unchanged_page_is_not_sent_again(place):
    state = InMemoryState()
    listings = []
    for _ in range(2):
        with place.site(state=state) as site:
            listings.append(site.listing(80515))
    assert listings[0] == listings[1]
    asked = [headers.get("If-None-Match") for headers in place.asked(PATH)]
    assert asked == [None, state.cached_page(f"{place.base}{PATH}").etag]


def test_a_changed_page_is_seen_at_once(place, sutton):
    with place.site() as site:
        site.listing(80515)
        sutton.reports = sutton.reports[1:]
        assert len(site.listing(80515).entries) == 3


def test_not_modified_is_believed_for_an_hour_only(place):
    state = InMemoryState()
    with place.site(state=state) as site:
        site.listing(80515)
        cached = state.cached_page(f"{place.base}{PATH}")
        state.save_page(f"{place.base}{PATH}", replace(cached, read_at=cached.read_at - 2 * HOUR))
        site.listing(80515)
    assert [headers.get("If-None-Match") for headers in place.asked(PATH)] == [None, None]
    assert state.cached_page(f"{place.base}{PATH}").read_at > cached.read_at


def test_a_page_without_proof_is_not_cached(place, failed):
    state = InMemoryState()
    page = instead(b"<html></html>")
    failed(lambda reply: page(reply).named("ETag", '"1"'), state=state)
    assert state.cached_page(f"{place.base}{PATH}") is None


def test_a_cached_page_that_proves_nothing_is_fetched_anew(place):
    state = InMemoryState()
    with place.site(state=state) as site:
        site.listing(80515)
        cached = state.cached_page(f"{place.base}{PATH}")
        state.save_page(f"{place.base}{PATH}", CachedPage(cached.etag, None, b"?", now()))
        assert len(site.listing(80515).entries) == 4
    assert len(place.asked(PATH)) == 3


def test_a_day_of_change_serves_where_there_is_no_etag(place):
    def dated(reply: Reply) -> Reply:
        return reply.named("Last-Modified", "Tue, 29 Jul 2025 08:00:00 GMT")

    place.fake_ofsted.misbehave(PATH, dated)
    with place.site() as site:
        site.listing(80515)
        site.listing(80515)
    assert place.asked(PATH)[1]["If-Modified-Since"] == "Tue, 29 Jul 2025 08:00:00 GMT"


def test_not_modified_that_nobody_asked_for_is_unexpected(failed):
    assert type(failed(status(304))[0]) is UnexpectedResponse
