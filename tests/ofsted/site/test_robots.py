"""What a host's robots.txt asks is done; without one, everything is allowed."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from deployments.demo.fake_ofsted_faults import redirect, reset, status
from ofsted.errors import Refused
from ofsted.site.addresses import host_of
from ofsted.site.politeness import InMemoryState, Robots
from ofsted.site.robots import Rules, rules

from .conftest import PATH

HOUR = timedelta(hours=1)


def now() -> datetime:
    return datetime.now(UTC)


@pytest.mark.parametrize(
    "robots", ["User-agent: *\nDisallow: /provider/", "User-agent: ofsted-watch\nDisallow: /"]
)
def test_what_robots_txt_forbids_is_not_asked(place, failed, robots):
    place.fake_ofsted.robots = robots
    failure, times = failed()
    assert (type(failure), times) == (Refused, 0)
    assert "robots.txt" in failure.came


@pytest.mark.parametrize(
    "robots",
    [
        None,
        "",
        "User-agent: *\nDisallow: /search",
        "User-agent: greedy\nDisallow: /",
        "<!DOCTYPE html>\n<html>\nUser-agent: *\nDisallow: /\n</html>",
    ],
)
def test_everything_else_is_allowed(place, robots):
    place.fake_ofsted.robots = robots
    assert len(place.listing().entries) == 4


def test_robots_txt_is_read_once_a_day(place):
    state = InMemoryState()
    host = host_of(place.base)
    for _ in range(2):
        with place.site(state=state) as site:
            site.listing(80515)
    assert len(place.asked("/robots.txt")) == 1
    assert timedelta(hours=23) < state.robots(host).until - now() <= timedelta(hours=24)
    state.save_robots(host, replace(state.robots(host), until=now() - HOUR))
    with place.site(state=state) as site:
        site.listing(80515)
    assert len(place.asked("/robots.txt")) == 2


@pytest.mark.parametrize("how", [status(500), reset(), redirect("https://example.org/")])
def test_without_an_answer_the_last_known_robots_txt_holds(place, failed, how):
    place.fake_ofsted.robots = "User-agent: *\nAllow: /"
    place.fake_ofsted.misbehave("/robots.txt", how)
    state = InMemoryState()
    with place.site(state=state) as site:
        site.listing(80515)
    state.save_robots(host_of(place.base), Robots("User-agent: *\nDisallow: /", now() - HOUR))
    assert "robots.txt" in failed(state=state)[0].came


def test_a_pause_that_robots_txt_asks_for_is_kept(place):
    place.fake_ofsted.robots = "User-agent: *\nCrawl-delay: 1"
    with place.site() as site:
        site.listing(80515)
        site.listing(80515)
    times = [seen.at for seen in place.fake_ofsted.requests if seen.path == PATH]
    assert times[1] - times[0] >= 1


def test_lines_that_are_no_rules_do_not_hide_those_that_are():
    text = "\ufeffUser-agent: *\nDisallow: /v1/\nRequest-rate: \u00b2/\u00b2\nAllow: http://["
    assert rules(text, "ofsted-watch/1", "https://a/v1/file/1") == Rules(allowed=False, pause=0)
    assert rules(text, "ofsted-watch/1", "https://a/provider/1/2") == Rules(allowed=True, pause=0)
    assert rules("User-agent: *\nCrawl-delay: " + "9" * 40, "a", "https://a/").pause == 3600


def allows(text: str, path: str, agent: str = "ofsted-watch/1.2 (+https://a.example/bot)") -> bool:
    return rules(text, agent, f"https://reports.ofsted.gov.uk{path}").allowed


@pytest.mark.parametrize(
    ("text", "path", "allowed"),
    [
        ("User-agent: *\nDisallow: /\nAllow: /provider/", PATH, True),
        ("User-agent: *\nAllow: /provider/\nDisallow: /", "/search", False),
        ("User-agent: *\nDisallow: /provider\nAllow: /provider", PATH, True),
        ("User-agent: *\nDisallow: /*/44/", PATH, False),
        ("User-agent: *\nDisallow: /*.pdf$", PATH, True),
        ("User-agent: *\nDisallow: /*515$", PATH, False),
        ("User-agent: *\nDisallow: /*515$", f"{PATH}?a", True),
        ("User-agent: *\nDisallow: /provider/*/80569", PATH, True),
        ("User-agent: *\nDisallow:", PATH, True),
        ("user-AGENT: *\nDISALLOW : /provider # not for robots", PATH, False),
        ("User-agent: *\nDisallow: /\n\nUser-agent: Ofsted-Watch\nAllow: /", PATH, True),
        ("User-agent: ofsted-watch\nUser-agent: other\nDisallow: /", PATH, False),
        ("User-agent: other\nDisallow: /a\nUser-agent: ofsted-watch\nDisallow: /", PATH, False),
        ("User-agent: bot\nDisallow: /", PATH, True),
        ("User-agent: watch\nDisallow: /", PATH, True),
        ("User-agent: *\nDisallow: /%70rovider/", PATH, False),
        ("Disallow: /", PATH, True),
        ("User-agent: *\nSitemap: https://a.example/s.xml\nDisallow: /", PATH, False),
        ("\ufeffUser-agent: *\r\nDisallow: /\r\n", PATH, False),
    ],
)
def test_rules_are_those_of_rfc_9309(text, path, allowed):
    assert allows(text, path) is allowed


def test_a_longer_rule_lets_a_check_through_where_all_else_is_forbidden(place):
    place.fake_ofsted.robots = "User-agent: *\nDisallow: /\nAllow: /provider/\nAllow: /v1/file/*$"
    assert len(place.listing().entries) == 4


@pytest.mark.parametrize(
    ("said", "pause"),
    [("0.5", 0.5), ("-1", 0), ("nan", 0), ("inf", 0), ("soon", 0), ("7", 7), ("1e9", 3600)],
)
def test_a_pause_is_a_number_of_seconds_or_none(said, pause):
    assert rules(f"User-agent: *\nCrawl-delay: {said}", "a", "https://a/").pause == pause
