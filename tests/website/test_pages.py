"""Every page of two real sites, as files: sound, with links that lead somewhere, in plain words."""

from __future__ import annotations

import re
from itertools import pairwise
from pathlib import Path
from urllib.parse import unquote, urldefrag, urlsplit

import pytest
from justhtml import JustHTML
from lxml import html

from tests.website import sites

OURS = re.compile(
    r"(?i)\b(parsers?|lineage|baseline|seeds?|providers?|snapshots?|deliver(y|ies)|recipients?"
    r"|told|authorit(y|ies)|URN)\b"
)
NOT_OURS = re.compile(r"(?i)local authority|SHA-256 checksum|all providers in Sutton")
THEIRS = "sutton/area.html"  # whose subject Ofsted calls providers, by their numbers


@pytest.fixture(params=["alone", "several"], scope="session")
def site(request: pytest.FixtureRequest) -> Path:
    """Each of the sites."""
    folder: Path = request.getfixturevalue(request.param)
    return folder


def pages(site: Path) -> dict[str, html.HtmlElement]:
    """Every page by its path."""
    return {
        path.relative_to(site).as_posix(): html.document_fromstring(path.read_bytes())
        for path in sorted(site.rglob("*.html"))
    }


def said(page: html.HtmlElement) -> str:
    """What can be read on it."""
    body = page.find("body")
    return " ".join(" ".join(body.itertext()).split())


def found(site: Path, broken: dict[str, object]) -> dict[str, object]:
    """What is wrong, by page; of pages that there are."""
    assert len(broken) >= len({*site.rglob("*.html")})
    return {path: what for path, what in broken.items() if what}


def test_every_page_is_valid_html(site):
    errors = {
        path.as_posix(): JustHTML(path.read_text(encoding="utf-8"), strict=True).errors
        for path in site.rglob("*.html")
    }
    assert found(site, errors) == {}


def test_every_link_leads_to_a_file_and_to_a_place_in_it_that_are_there(site):
    all_pages = pages(site)
    ids = {
        path: {one.get("id") for one in page.iter() if one.get("id")}
        for path, page in all_pages.items()
    }
    broken = {path: [] for path in all_pages}
    for path, page in all_pages.items():
        for link in page.xpath("//@href | //@src"):
            if urlsplit(link).scheme:
                continue
            to, place = urldefrag(link)
            target = (site / path).parent.joinpath(unquote(to)).resolve() if to else site / path
            relative = target.relative_to(site.resolve()).as_posix() if to else path
            if not target.is_file() or (place and place not in ids[relative]):
                broken[path].append(link)
    assert found(site, broken) == {}


def test_no_page_asks_another_host_or_has_a_style_or_a_script_of_its_own(site):
    broken = {
        path: page.xpath(
            "//script[not(@src)] | //style | //@style | //@*[starts-with(name(), 'on')] | //img"
            " | //iframe | //*[self::script or self::link[@rel='stylesheet']]"
            "/@*[(name()='src' or name()='href') and contains(., '//')]"
        )
        for path, page in pages(site).items()
    }
    assert found(site, broken) == {}


def test_every_page_has_a_language_a_title_of_its_own_and_headings_in_order(site):
    titles = {}
    for path, page in pages(site).items():
        assert page.get("lang") == "en-GB", path
        first, *levels = (int(one.tag[1]) for one in page.iter("h1", "h2", "h3", "h4"))
        assert first == 1, path
        assert 1 not in levels, path
        assert all(now <= before + 1 for before, now in pairwise([first, *levels])), path
        if page.find(".//meta[@http-equiv='refresh']") is None:
            titles.setdefault(page.findtext(".//title"), []).append(page.findtext(".//h1"))
    assert [title for title, of in titles.items() if len({*of}) > 1] == []


def test_every_table_has_a_caption_and_heads_with_a_scope(site):
    for path, page in pages(site).items():
        for table in page.iter("table"):
            assert table.findtext("caption"), path
            scopes = {one.get("scope") for one in table.iter("th")}
            assert scopes - {"rowgroup"} == {"col", "row"}, path
        for picture in page.iter("{*}svg", "svg"):
            assert picture.get("role") == "img", path
            assert picture.get("aria-label"), path


def test_a_link_says_where_it_leads_and_two_that_say_the_same_lead_to_the_same(site):
    for path, page in pages(site).items():
        leads: dict[str, set[str]] = {}
        for link in page.iter("a"):
            words = " ".join(link.text_content().split())
            assert words, path
            leads.setdefault(words, set()).add(link.get("href"))
        assert {words: to for words, to in leads.items() if len(to) > 1} == {}, path


def test_pages_have_no_word_of_ours(site):
    broken = {
        path: [
            each.group()
            for each in OURS.finditer(NOT_OURS.sub("", said(page)))
            if path != THEIRS or not re.match(r"(?i)provider|URN", each.group())
        ]
        for path, page in pages(site).items()
    }
    assert found(site, broken) == {}


def test_what_happened_to_a_report_stands_on_its_page_and_among_the_changes(several):
    text = {path: said(page) for path, page in pages(several).items()}
    on_page = {
        "sutton/report-50283346.html": "We corrected this summary on 29 July 2025.",
        f"bexley/report-{sites.REPLACED}.html": "Ofsted replaced this report on 14 November 2025.",
        f"sutton/report-{sites.WITHDRAWN}.html": (
            "Withdrawn. Ofsted's page has not listed this report since 14 November 2025."
        ),
        f"sutton/report-{sites.DOUBTFUL}.html": "We could not read the grades reliably",
        f"bexley/report-{sites.OLD}.html": "This page has moved",
        "bexley/index.html": "We have not been able to check Ofsted's page since",
        "provider-44-80991/index.html": "This council no longer exists.",
        "index.html": "Newer reports may be missing for Bexley.",
    }
    assert {path: words for path, words in on_page.items() if words not in text[path]} == {}
    for words in (
        "Sutton: correction to the inspection report published 29 July 2025",
        "we reported Outstanding; the report gives Good.",
        "Bexley: inspection report published 29 July 2025 replaced",
        "was Good, now Inadequate.",
        "Sutton: letter published 4 November 2025 withdrawn",
    ):
        assert words in text["changes-2025.html"]


def test_a_report_that_could_not_be_read_reliably_shows_its_doubt_and_no_grade(several):
    page = pages(several)[f"sutton/report-{sites.DOUBTFUL}.html"]
    assert page.xpath("//*[contains(@class, 'grade')]") == []
    assert "The judgement table and the headings in the report disagree" in said(page)
    first = said(pages(several)["sutton/index.html"]).partition("Judgements over time")[0]
    assert "We could not read the grades reliably" in first


def test_a_councils_page_begins_with_its_newest_judgements(alone):
    text = said(pages(alone)["index.html"])
    first = text.partition("Judgements over time")[0]
    for words in (
        "Latest judgements",
        "published 29 July 2025",
        "One judgement is lower than at the previous inspection, none is higher",
        "Inspected 16 to 20 June 2025. Compared with 6 to 10 December 2021",
        "Impact of leaders on social work practice Outstanding Good lowered",
        "What needs to improve, in Ofsted's words",
    ):
        assert words in first
    assert text.count("Compared with 6 to 10 December 2021") == 1


def test_one_council_alone_makes_a_site_of_it_and_no_table_of_all(alone):
    assert "All councils" not in said(pages(alone)["index.html"])
    assert said(pages(alone)["index.html"]) == said(pages(alone)["sutton/index.html"])
