"""Prefect's UI as a person uses it: a real server, a real browser and its log of requests."""

import time
from urllib.parse import urlsplit

import pytest

from tests import tour
from tests.browser import chromium

pytestmark = [pytest.mark.system, pytest.mark.long]

PAGES = (
    *("dashboard", "runs", "flows", "deployments", "work-pools", "blocks", "blocks/catalog"),
    *("variables", "automations", "events", "concurrency-limits", "artifacts", "settings"),
)
KNOWN = ("favicon", "ico/undefined.svg", "WebGL")  # what Prefect's own pages lack


@pytest.fixture(scope="module")
def browser():
    with chromium() as browser:
        yield browser


@pytest.fixture(scope="module")
def address(browser):
    """Of a service that is started for a browser alone."""
    with tour.stage() as address:
        yield address


def hosts(asked):
    return {urlsplit(each).netloc for each in asked}


@pytest.mark.parametrize("stop", tour.STOPS, ids=lambda stop: stop.name)
def test_a_stop_of_the_tour_shows_what_it_must_and_asks_no_other_host(address, browser, stop):
    tour.visit(browser, address, stop)
    assert hosts(browser.asked()) == {urlsplit(address).netloc}
    assert [each for each in browser.said() if not any(known in each for known in KNOWN)] == []


def test_the_ui_that_asks_its_makers_is_not_there(address, browser):
    browser.open(f"{address}/v2/dashboard", width=tour.WIDTH)
    time.sleep(2)
    assert hosts(browser.asked()) == {urlsplit(address).netloc}
    assert "/v2" not in browser.driver.current_url
    assert "Switch to V2" not in browser.text()


@pytest.mark.parametrize("page", PAGES)
def test_no_page_of_the_ui_asks_another_host(address, browser, page):
    browser.open(f"{address}/{page}", width=tour.WIDTH)
    time.sleep(2)  # what it asks after it is drawn
    assert hosts(browser.asked()) == {urlsplit(address).netloc}
