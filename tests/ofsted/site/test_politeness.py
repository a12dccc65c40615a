"""How we ask: in turn, with pauses, within robots.txt, at most three times, only where we may."""

import gzip
import threading
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from itertools import pairwise

import pytest

from deployments.demo.fake_ofsted_faults import Reply, announced, drip, redirect, reset, status
from ofsted.errors import Refused, UnexpectedResponse, Unreachable
from ofsted.site import Site
from ofsted.site.addresses import host_of
from ofsted.site.client import user_agent
from ofsted.site.politeness import InMemoryState, Robots

from .conftest import PATH

HOUR = timedelta(hours=1)


def now() -> datetime:
    return datetime.now(UTC)


def test_we_say_who_we_are_and_whom_to_ask(place):
    with place.site(contact="watch@example.gov.uk") as site:
        site.listing(80515)
    (headers,) = place.asked(PATH)
    assert headers["User-Agent"] == user_agent("watch@example.gov.uk")
    assert headers["User-Agent"].startswith("ofsted-watch/")
    assert headers["User-Agent"].endswith(" (+watch@example.gov.uk)")


def test_a_contact_cannot_break_the_header():
    assert user_agent("caf\u00e9\r\nX: (1)").endswith(" (+cafX: 1)")
    assert "(" not in user_agent()


def test_requests_to_one_host_keep_their_gap(place, to):
    with place.site(gap=0.12) as site:
        site.download(site.listing(80515).entries[0].link, to)
    times = [seen.at for seen in place.fake_ofsted.requests]
    assert [seen.path for seen in place.fake_ofsted.requests] == [
        "/robots.txt",
        PATH,
        "/v1/file/50283346",
    ]
    assert all(later - previous >= 0.12 for previous, later in pairwise(times))


def test_each_host_has_its_own_gap(place, to):
    state = InMemoryState()
    begun = now()
    with place.fake_ofsted.running() as files:
        for base in (place.base, files):
            state.save_robots(host_of(base), Robots("", now() + HOUR))
        with place.site(files=files, gap=30, state=state) as site:
            site.listing(80515)
            site.download("50283346", to)
    assert [headers["Host"] for headers in place.asked("/v1/file/50283346")] == [host_of(files)]
    assert now() - begun < timedelta(seconds=10)


def test_only_one_at_a_time_talks_to_a_host():
    state, order = InMemoryState(), []

    def other() -> None:
        with state.host_lock("a:1"):
            order.append("other")

    thread = threading.Thread(target=other)
    with state.host_lock("a:1"), state.host_lock("b:1"):
        thread.start()
        order.append("first")
    thread.join(5)
    assert order == ["first", "other"]


def test_a_delay_is_never_shortened():
    state = InMemoryState()
    late = now() + HOUR
    state.delay_until("a:1", late)
    state.delay_until("a:1", now())
    assert state.not_before("a:1") == late
    assert state.not_before("b:1") is None


@pytest.mark.parametrize(
    "how", [status(503, "Service Unavailable"), status(429), status(500), reset(), announced(10)]
)
def test_what_may_pass_is_tried_three_times(place, failed, how):
    assert failed(how)[1] == 3
    place.fake_ofsted.misbehave(PATH, how, times=2)
    assert len(place.listing().entries) == 4


@pytest.mark.parametrize("number", [400, 403, 404, 410, 451])
def test_what_does_not_pass_is_asked_once(failed, number):
    failure, times = failed(status(number))
    assert (type(failure), times) == (Refused, 1)
    assert failure.came.startswith(f"{number}, ")


def test_a_short_wait_that_the_site_asks_for_is_kept(place):
    place.fake_ofsted.misbehave(PATH, status(429, retry_after=1), times=1)
    place.listing()
    first, second = [seen.at for seen in place.fake_ofsted.requests if seen.path == PATH]
    assert second - first >= 0.99


def test_a_long_wait_is_handed_on_and_nothing_is_asked_meanwhile(place, failed):
    state = InMemoryState()
    failure, times = failed(status(503, retry_after=120), state=state)
    assert (type(failure), failure.retry_after, times) == (Unreachable, 120.0, 1)
    place.fake_ofsted.behave()
    failure, times = failed(state=state)
    assert "asked us to wait until" in failure.came
    assert 110 < failure.retry_after <= 120
    assert times == 1


def test_a_wait_may_be_named_as_a_time(failed):
    at = format_datetime(now() + HOUR, usegmt=True)
    assert 3500 < failed(status(429, retry_after=at))[0].retry_after <= 3600


@pytest.mark.parametrize(
    "value", ["soon", "-5", "Fri, 31 Dec 99999 23:59:59 GMT", "", "Mon, 99 Foo 2025"]
)
def test_a_wait_that_makes_no_sense_is_none(failed, value):
    failure, times = failed(status(429, retry_after=value))
    assert (failure.retry_after, times) == (None, 3)


def test_a_wait_of_years_is_a_wait_of_a_day(failed):
    assert failed(status(503, retry_after="9" * 400))[0].retry_after == 86_400


def test_a_delay_of_more_than_a_day_is_a_wrong_clock_and_ignored(place):
    state = InMemoryState()
    state.delay_until(host_of(place.base), now() + 48 * HOUR)
    with place.site(state=state) as site:
        assert len(site.listing(80515).entries) == 4


def test_a_host_that_does_not_answer_is_unreachable_and_says_why(place):
    with place.fake_ofsted.running() as gone:
        pass
    with place.site(reports=gone) as site, pytest.raises(Unreachable, match="Connection refused"):
        site.listing(80515)


def test_a_page_that_is_too_large_is_given_up_while_it_comes(failed):
    failure, times = failed(page_limit=1000)
    assert (type(failure), failure.came, times) == (UnexpectedResponse, "more than 1,000 bytes", 1)


def test_a_packed_page_is_measured_unpacked(failed):
    packed = Reply(gzip.compress(bytes(9_000_000)), headers={"Content-Encoding": "gzip"})
    assert failed(lambda _: packed)[0].came == "more than 5,000,000 bytes"


def test_a_page_that_drips_ends_in_time(failed):
    failure, times = failed(drip(piece=8, pause=0.02), timeout=0.3)
    assert ("took too long" in failure.came, times) == (True, 1)


def test_at_most_five_redirects_are_followed(place, failed):
    for number in range(6):
        place.fake_ofsted.misbehave(f"/hop/{number}", redirect(f"/hop/{number + 1}"))
    failure, _ = failed(redirect("/hop/0"))
    assert "more than 5 redirects" in failure.came


def test_a_chain_of_redirects_may_pass_and_is_then_begun_anew(place):
    place.fake_ofsted.misbehave("/old", redirect(PATH))
    place.fake_ofsted.misbehave("/old", status(503), times=1)
    place.fake_ofsted.misbehave(PATH, redirect("/old"), times=1)
    assert len(place.listing().entries) == 4


def test_plain_http_and_private_addresses_are_refused_unless_allowed(place):
    with place.site(allow_private=False) as site, pytest.raises(Refused, match="without https"):
        site.listing(80515)
    secure = place.base.replace("http:", "https:")
    for base in (secure, secure.replace("127.0.0.1", "localhost"), "https://[::1]:1"):
        with (
            Site(reports=base, gap=0) as site,
            pytest.raises(Refused, match="private network address"),
        ):
            site.listing(80515)
    assert place.fake_ofsted.requests == []


def test_a_proxy_of_the_environment_is_used_and_resolves_the_names(place, monkeypatch):
    for name in ("NO_PROXY", "no_proxy", "http_proxy", "https_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HTTP_PROXY", place.base)
    with place.site(reports="http://reports.invalid") as site:
        assert site.listing(80515).address == f"http://reports.invalid{PATH}"
    with place.fake_ofsted.running() as gone:
        monkeypatch.setenv("HTTPS_PROXY", gone)
    with Site(gap=0) as site, pytest.raises(Unreachable, match="Connection refused"):
        site.listing(80515)
