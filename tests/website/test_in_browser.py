"""Two real sites in a real browser: under a sub-path of a web server, and from a file share."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys

from tests.browser import ANY_IMPACT, chromium
from tests.website import sites

pytestmark = pytest.mark.system

UNDER = "/ofsted/"
PHONE, DESKTOP = 320, 1280  # 320: also a page of 1,280 at 400%
POLICY = "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:"
GUIDELINES = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice")
OF_COLOURS = ("color-contrast", "link-in-text-block")  # the rules that see a scheme
ONE_OF_EACH = (
    "index.html",
    "about.html",
    "404.html",
    "changes-2025.html",
    "sutton/index.html",
    "sutton/area.html",
    "bexley/index.html",
    "westmorland-and-furness/index.html",
    "provider-44-80991/index.html",
    "sutton/report-50283346.html",
    f"bexley/report-{sites.REPLACED}.html",
    f"sutton/report-{sites.WITHDRAWN}.html",
    f"sutton/report-{sites.DOUBTFUL}.html",
)


class _Server(SimpleHTTPRequestHandler):
    """The folder under a sub-path, with the strictest headers that a web server may give."""

    def translate_path(self, path: str) -> str:
        """The file; nothing outside the sub-path."""
        inside = path.removeprefix(UNDER) if path.startswith(UNDER) else "outside"
        return super().translate_path(f"/{inside}")

    def end_headers(self) -> None:
        """With a policy that allows nothing from elsewhere and nothing in the page."""
        self.send_header("Content-Security-Policy", POLICY)
        super().end_headers()

    def log_message(self, *_said: object) -> None:
        """Say nothing."""


@contextmanager
def served(folder: Path) -> Iterator[str]:
    """The folder on loopback; gives the address of its start."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Server, directory=str(folder)))
    Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}{UNDER}"
    finally:
        server.shutdown()
        server.server_close()


@pytest.fixture(scope="module")
def browser():
    with chromium(axe=True) as browser:
        yield browser


@pytest.fixture(params=["alone", "several"])
def site(request):
    return request.getfixturevalue(request.param)


@pytest.fixture
def start(several):
    with served(several) as start:
        yield start


def every(site):
    return [path.relative_to(site).as_posix() for path in sorted(site.rglob("*.html"))]


def wrong(browser, own):
    """What the console said, what was asked of others, and whether the page is too wide."""
    wide = ["wider than a phone"] if browser.is_wider_than_its_window() else []
    asked = [each for each in browser.asked() if not own or not each.startswith(own)]
    return [*browser.said(), *asked, *wide]


def test_every_page_fits_a_phone_says_nothing_and_asks_its_own_server_alone(browser, site):
    found = {}
    with served(site) as start:
        for page in every(site):
            browser.open(f"{start}{page}", width=PHONE)
            found[page] = wrong(browser, start)
    assert {page: what for page, what in found.items() if what} == {}
    assert len(found) > 7


def test_pages_work_from_a_file_share(browser, several):
    found = {}
    for page in ONE_OF_EACH:
        browser.open((several / page).as_uri(), width=DESKTOP)
        styled = browser.driver.execute_script("return document.styleSheets.length")
        found[page] = [*wrong(browser, ""), *["no style"] * (not styled and page != "404.html")]
    assert {page: what for page, what in found.items() if what} == {}


def test_everyone_can_use_one_page_of_each_kind_by_light_and_in_the_dark(browser, start):
    found = {}
    for page in ONE_OF_EACH:
        browser.open(f"{start}{page}", width=DESKTOP)
        found[page] = browser.barriers(*GUIDELINES, impacts=ANY_IMPACT)
        browser.turn("dark")
        found[f"{page}, dark"] = browser.barriers(*OF_COLOURS, impacts=ANY_IMPACT)
    for page in ("index.html", "sutton/index.html", "sutton/area.html"):
        browser.open(f"{start}{page}", width=PHONE)
        found[f"{page} on a phone"] = browser.barriers(*GUIDELINES, impacts=ANY_IMPACT)
    assert {page: what for page, what in found.items() if what} == {}


def names(browser):
    return [
        row.text
        for row in browser.driver.find_elements(By.CSS_SELECTOR, "#authorities tbody th")
        if row.is_displayed()
    ]


def test_the_table_of_councils_is_sorted_and_filtered(browser, start):
    browser.open(f"{start}index.html", width=DESKTOP)
    find = browser.driver.find_element
    newest = ["Sutton", "Bexley", "Westmorland and Furness"]
    assert names(browser) == newest
    head = find(By.CSS_SELECTOR, "#authorities th:first-child")
    for order, expected in (("ascending", sorted(newest)), ("descending", sorted(newest)[::-1])):
        head.find_element(By.TAG_NAME, "button").send_keys(Keys.ENTER)
        assert head.get_attribute("aria-sort") == order
        assert names(browser) == expected
    leaders = find(By.XPATH, "//th[.='Leaders']/button")
    leaders.click()
    assert names(browser) == ["Westmorland and Furness", "Bexley", "Sutton"]  # Good, Inadequate, -
    find(By.ID, "words").send_keys("be")
    assert names(browser) == ["Bexley"]
    assert find(By.CSS_SELECTOR, "[role=status]").text == "Showing 1 of 3 councils"
    find(By.ID, "words").clear()
    find(By.ID, "words").send_keys(" ")
    find(By.ID, "region").send_keys("North West")
    assert names(browser) == ["Westmorland and Furness"]
    assert browser.said() == []


def shown(browser, *, months=False):
    """The providers in the table of documents, or its months."""
    which = ".group" if months else ":not(.group)"
    rows = browser.driver.find_elements(By.CSS_SELECTOR, f"#documents tbody tr{which} th")
    return [each.text.partition(",")[0].strip() for each in rows if each.is_displayed()]


@pytest.mark.parametrize("width", [PHONE, DESKTOP])
def test_the_documents_of_an_area_are_filtered_by_kind_month_and_words(browser, start, width):
    browser.open(f"{start}sutton/area.html", width=width)
    find = browser.driver.find_element
    every = shown(browser)
    assert len(every) == 6
    find(By.ID, "kind").send_keys("Nurseries")
    assert "Little Acorns" in shown(browser)
    assert len(shown(browser)) == 2
    find(By.ID, "words").send_keys("lowest grade")
    assert shown(browser) == ["Little Acorns"]
    assert find(By.CSS_SELECTOR, "[role=status]").text == "Showing 1 of 6 documents"
    find(By.ID, "words").send_keys(" of none")
    assert shown(browser) == shown(browser, months=True) == []
    find(By.ID, "words").clear()
    find(By.ID, "words").send_keys(" ")
    find(By.ID, "kind").send_keys("All kinds")
    find(By.ID, "month").send_keys("July 2026")
    assert shown(browser) == every
    assert shown(browser, months=True) == ["July 2026"]
    assert browser.said() == []


def test_without_javascript_every_row_is_there_and_nothing_that_does_not_work(browser, start):
    browser._do("Emulation.setScriptExecutionDisabled", value=True)
    try:
        browser.open(f"{start}index.html", width=DESKTOP)
        assert names(browser) == ["Sutton", "Bexley", "Westmorland and Furness"]
        assert not browser.driver.find_element(By.CSS_SELECTOR, "form").is_displayed()
        assert browser.driver.find_elements(By.CSS_SELECTOR, "#authorities button") == []
        browser.open(f"{start}sutton/area.html", width=DESKTOP)
        assert len(shown(browser)) == 6
    finally:
        browser._do("Emulation.setScriptExecutionDisabled", value=False)


def test_the_keyboard_reaches_the_content_first_and_its_focus_is_seen(browser, start):
    browser.open(f"{start}sutton/index.html", width=DESKTOP)
    seen = []
    for _ in range(8):
        browser.driver.switch_to.active_element.send_keys(Keys.TAB)
        at = browser.driver.switch_to.active_element
        assert at.value_of_css_property("outline-style") == "solid"
        assert at.is_displayed()
        seen.append(at.text)
    assert seen[:5] == [
        *("Skip to main content", "Ofsted Watch", "All councils", "What changed"),
        "About and downloads",
    ]
    browser.driver.find_element(By.CSS_SELECTOR, ".skip").send_keys(Keys.ENTER)
    assert browser.driver.current_url.endswith("#content")
