"""A page that did not change is not sent again, and is not believed unchanged for ever."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from deployments.demo.fake_ofsted_faults import Reply, instead, status
from ofsted.errors import UnexpectedResponse
from ofsted.site.politeness import RememberedPage, ShortMemory

from .conftest import PATH

HOUR = timedelta(hours=1)


def now() -> datetime:
    return datetime.now(UTC)


def test_an_unchanged_page_is_not_sent_again(place):
    memory = ShortMemory()
    listings = []
    for _ in range(2):
        with place.site(memory=memory) as site:
            listings.append(site.listing(80515))
    assert listings[0] == listings[1]
    asked = [headers.get("If-None-Match") for headers in place.asked(PATH)]
    assert asked == [None, memory.page(f"{place.base}{PATH}").etag]


def test_a_changed_page_is_seen_at_once(place, sutton):
    with place.site() as site:
        site.listing(80515)
        sutton.reports = sutton.reports[1:]
        assert len(site.listing(80515).entries) == 3


def test_not_modified_is_believed_for_an_hour_only(place):
    memory = ShortMemory()
    with place.site(memory=memory) as site:
        site.listing(80515)
        kept = memory.page(f"{place.base}{PATH}")
        memory.save_page(f"{place.base}{PATH}", replace(kept, read_at=kept.read_at - 2 * HOUR))
        site.listing(80515)
    assert [headers.get("If-None-Match") for headers in place.asked(PATH)] == [None, None]
    assert memory.page(f"{place.base}{PATH}").read_at > kept.read_at


def test_a_page_without_proof_is_not_remembered(place, failed):
    memory = ShortMemory()
    page = instead(b"<html></html>")
    failed(lambda reply: page(reply).named("ETag", '"1"'), memory=memory)
    assert memory.page(f"{place.base}{PATH}") is None


def test_a_remembered_page_that_proves_nothing_is_asked_for_anew(place):
    memory = ShortMemory()
    with place.site(memory=memory) as site:
        site.listing(80515)
        kept = memory.page(f"{place.base}{PATH}")
        memory.save_page(f"{place.base}{PATH}", RememberedPage(kept.etag, None, b"?", now()))
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


def test_not_modified_that_nobody_asked_for_is_strange(failed):
    assert type(failed(status(304))[0]) is UnexpectedResponse
