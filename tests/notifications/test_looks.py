"""Every message as a browser shows it, and its HTML as the standard wants it."""

from __future__ import annotations

import re

import pytest
from justhtml import JustHTML
from lxml import html as lxml_html

from notifications import html
from tests import gallery
from tests.browser import chromium
from tests.notifications.samples import every

PIECES = gallery.pieces()
NAMES = [piece.name for piece in PIECES]
# what only `<style>` could do, or what Outlook for Windows does not draw
BEYOND_OUTLOOK = re.compile(r"flex|grid|position:|float:|background-image|border-radius|url\(")

OF_COLOURS = ("color-contrast", "link-in-text-block")  # the rules that see a scheme


def test_the_gallery_has_every_type_of_event_and_no_name_twice():
    types = {event.type.replace("_", " ") for event in every()}
    assert types <= set(NAMES)
    assert len(NAMES) == len(set(NAMES)) == len({piece.slug for piece in PIECES})


def test_the_gallery_writes_every_rendering_of_a_message(tmp_path):
    piece = PIECES[0]
    gallery.write(piece, tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        f"{piece.slug}.{ending}" for ending in ("card.html", "email.html", "md", "txt")
    ]


@pytest.mark.parametrize("piece", PIECES, ids=NAMES)
def test_an_email_is_valid_html_that_stands_without_its_style_sheet(piece):
    said = html.render(piece.message)
    assert JustHTML(said, strict=True).errors == []
    page = lxml_html.document_fromstring(said)
    assert len(page.findall(".//h1")) == 1
    inline = [one.get("style") for one in page.iter() if isinstance(one.tag, str)]
    assert not [style for style in inline if style and BEYOND_OUTLOOK.search(style)]
    written = [one for one in page.iter("td", "th", "h1", "h2", "li", "caption", "a") if one.text]
    assert [
        one for one in written if one.text.strip() and "color:" not in one.get("style", "")
    ] == []
    for table in page.iter("table"):
        if table.get("role") is None:
            assert table.findtext("caption")
            assert {one.get("scope") for one in table.iter("th")} == {"col", "row"}


@pytest.fixture(scope="module")
def browser():
    with chromium(axe=True) as browser:
        yield browser


@pytest.mark.system
def test_the_browser_announces_of_barriers_of_errors_and_of_what_is_asked(browser, tmp_path):
    page = tmp_path / "bad.html"
    page.write_text(
        "<p style='color:#ccc;background:#fff'>pale</p><img src='http://127.0.0.1:9/x.png'>"
    )
    browser.open(page.as_uri())
    assert {each.partition(":")[0] for each in browser.barriers()} >= {
        "color-contrast",
        "image-alt",
    }
    assert browser.asked() == ["http://127.0.0.1:9/x.png"]
    assert len(browser.said()) == 1


def test_in_the_dark_an_email_has_other_colours_and_nothing_else():
    """So that in the dark it is enough to check its colours again."""
    (dark,) = re.findall(r"dark\) \{(.*?)\n\}", html.render(PIECES[0].message), re.DOTALL)
    properties = re.findall(r"([\w-]+): [^;]+;", dark)
    assert len(properties) > 3
    assert {*properties} == {"color", "background-color"}


def barriers_and_more(browser, *rules):
    wide = ["wider than a phone"] if browser.is_wider_than_its_window() else []
    return [*browser.said(), *browser.asked(), *browser.barriers(*rules), *wide]


@pytest.mark.system
def test_every_email_can_be_used_by_all_and_asks_nobody(browser, tmp_path):
    found = {}
    for piece in PIECES:
        page = tmp_path / f"{piece.slug}.html"
        page.write_text(html.render(piece.message), encoding="utf-8")
        browser.open(page.as_uri(), width=320)
        found[f"{piece.name}, by light"] = barriers_and_more(browser)
        browser.turn("dark")
        found[f"{piece.name}, in the dark"] = barriers_and_more(browser, *OF_COLOURS)
    assert {name: what for name, what in found.items() if what} == {}
