"""A borough on the website: its page, its feed and its table, and that none of them is stale."""

import csv
import io
from dataclasses import replace
from datetime import date
from zipfile import ZipFile

import feedparser
import pytest

from deployments.demo.fake_ofsted_faults import status
from flows.publishing import area_pages
from ofsted.provider_key import ProviderKey
from tests.borough import (
    CHILDMINDER,
    HOME,
    INSPECTED,
    KNOWN,
    NURSERY,
    SCHOOL,
    VISIT,
    publish_all,
    watch_borough,
)
from tests.flows.test_website import cells, changed, folder, text, written
from tests.flows.test_website_whole import URL, at_once, broken_links
from tests.flows.test_website_whole import written as contents

PAGE, FEED, TABLE = "sutton/area.html", "sutton/area.xml", "tables/documents.csv"
WITHHELD = "Children's Home, name withheld by Ofsted (URN SC123456)"
CHEAM, ACORNS = "Cheam Fields Primary Academy", "Little Acorns"


@pytest.fixture
def borough(installation):
    """Sutton's borough is watched; its first check is done."""
    watch_borough(installation)
    return installation


@pytest.fixture
def news(borough):
    """And a new document on each page."""
    publish_all(borough)
    return borough


def documents(installation):
    """The lines of the page's table, month by month."""
    return cells(installation, PAGE)[1:]


def table(installation):
    """The table of documents."""
    content = (folder(installation) / TABLE).read_text(encoding="utf-8-sig")
    return [*csv.DictReader(io.StringIO(content, newline=""))]


def titles(installation, feed):
    got = feedparser.parse((folder(installation) / feed).read_bytes())
    assert not got.bozo
    return [each.title for each in got.entries]


def everything(installation):
    """All that the website, `export` and `documents` show, workbooks unpacked."""
    out = installation.folder / "exported"
    for file_format in ("csv", "xlsx", "json"):
        installation.cli("export", "--format", file_format, "--out", f"{out}/")
    files = [each for place in (folder(installation), out) for each in place.rglob("*.*")]
    found = {str(each): each.read_bytes() for each in files if each.is_file()}
    for path in (each for each in files if each.suffix == ".xlsx"):
        with ZipFile(path) as book:
            found |= {f"{path}: {name}": book.read(name) for name in book.namelist()}
    for command in (("documents",), ("documents", "--json")):
        found[" ".join(command)] = installation.cli(*command).stdout_bytes
    return found


def naming(installation, words):
    """Where these words stand."""
    found = everything(installation)
    return [place for place, content in found.items() if words.encode() in content]


@pytest.mark.both_databases
def test_the_page_of_an_area_has_its_new_documents_by_month_with_the_grades_that_are_listed(news):
    news.fake_ofsted.publish(SCHOOL, replace(INSPECTED, published=date(2025, 8, 1), file_id="2"))
    news.at("2025-08-01 12:30")
    news.round()
    [first, august, second, *july] = documents(news)
    assert (first, second) == (["August 2025"], ["July 2025"])
    assert august[:2] == [f"{CHEAM} , 100001", "Primary"]
    assert sorted((kind, day, grade) for _, kind, _, day, grade in july) == [
        (
            "Childcare on non-domestic premises",
            "28 July 2025",
            "Inadequate Lowest grade or outcome",
        ),
        ("Childminder", "28 July 2025", "Good"),
        ("Children's Home", "28 July 2025", "no grade listed"),
        ("Primary", "28 July 2025", "no grade listed"),
    ]
    assert WITHHELD in {name for name, *_ in july}
    page = text(news, PAGE)
    assert "We have not read these documents." in page
    assert "We watch 4 providers that Ofsted lists as open in Sutton: schools" in page
    assert "We last read the whole of Ofsted's list at 13:30 on 1 August 2025." in page
    assert cells(news, PAGE, 1)[1] == ["Schools", "1", "2"]


def test_a_document_from_before_is_in_the_table_alone_and_marked_there(news):
    assert "1 March 2023" not in text(news, PAGE)
    known = {line["file_id"]: line["baseline"] for line in table(news)}
    assert len(known) == 8
    assert known["50290101"] == "FALSE"
    assert [value for file_id, value in known.items() if file_id.startswith("501")] == ["TRUE"] * 4


def test_its_feed_is_its_own_and_those_of_councils_have_nothing_of_it(news):
    assert len(titles(news, FEED)) == 4
    assert f"Sutton: {CHEAM}, school inspection" in titles(news, FEED)
    assert titles(news, "feed.xml") == titles(news, "sutton/feed.xml") == []
    assert CHEAM not in text(news, "changes.html")


def test_the_first_entries_of_its_feed_lead_to_its_page(borough):
    borough.settings["website"] = {"url": URL}
    publish_all(borough)
    got = feedparser.parse((folder(borough) / FEED).read_bytes())
    page = f"{URL}/{PAGE}"
    assert got.feed.link == page
    assert all(page in {link.href for link in each.links} for each in got.entries)
    assert len(got.entries) == 4


def test_the_page_of_the_council_the_menu_and_the_table_of_all_lead_to_it(news):
    news.fake_ofsted.provider("80476", "Kent County Council")
    assert 'href="sutton/area.html"' in (folder(news) / "about.html").read_text()
    news.settings["watch"].append({"authority": "Kent"})
    news.later(minutes=15)
    news.round()
    for page in ("index.html", "sutton/index.html"):
        assert "all providers in Sutton" in text(news, page)
    assert not (folder(news) / "kent" / "area.html").exists()
    assert broken_links(contents(news)) == []


def test_after_every_change_each_file_says_what_it_would_if_it_were_written_anew(borough):
    site = borough.fake_ofsted
    borough.settings["website"] = {"url": URL}
    steps = (
        [lambda: site.publish(SCHOOL, INSPECTED)],
        [lambda: site.change(SCHOOL, "50290101", title="Inspection", grade="Good")],
        [lambda: site.withdraw(SCHOOL, "50290101"), lambda: site.close(CHILDMINDER)],
        [lambda: site.withhold(NURSERY)],
        [lambda: borough.settings["watch"][0].update(exclude=["schools"])],
        [lambda: site.misbehave("/search", status(503))],
    )
    for number, changes in enumerate(steps):
        for change in changes:
            change()
        borough.later(days=1)
        borough.round()
        assert contents(borough) == at_once(borough, f"{number}")
        assert broken_links(contents(borough)) == []


def test_a_quiet_check_writes_nothing(news):
    before = written(news)
    for _ in range(2):
        news.later(minutes=15)
        news.round()
    assert changed(news, before) == set()


def test_a_name_that_ofsted_withdraws_is_nowhere_from_the_next_writing_on(news):
    assert naming(news, ACORNS)
    news.fake_ofsted.withhold(NURSERY)
    news.later(minutes=15)
    news.round()
    assert naming(news, ACORNS) == []
    assert ACORNS not in news.cli("events").stdout
    assert naming(news, "Childcare on non-domestic premises, name withheld by Ofsted (URN 100001)")
    assert "50290102" in {line["file_id"] for line in table(news)}


def test_a_type_that_is_left_out_is_shown_nowhere(news):
    news.settings["watch"][0]["exclude"] = ["schools", "childminders"]
    news.later(minutes=15)
    news.round()
    assert naming(news, CHEAM) == []
    assert "Types of provider that we leave out here: schools and childminders." in text(news, PAGE)
    assert ACORNS in text(news, PAGE)


def test_an_area_that_is_no_longer_watched_has_neither_page_nor_feed_nor_table(news):
    news.settings["watch"] = [{"authority": "Sutton"}]
    news.later(minutes=15)
    news.round()
    assert not {PAGE, FEED, TABLE} & {*written(news)}
    assert "All providers" not in text(news, "index.html")
    assert broken_links(contents(news)) == []
    assert naming(news, CHEAM) == []


def test_a_provider_from_elsewhere_is_shown_while_the_settings_name_it(borough):
    site, key = borough.fake_ofsted, ProviderKey("2", "SC999999")
    page = site.provider(key.urn, "Brent Living", code=2, kind="Supported accommodation")
    page.reports = [replace(KNOWN, file_id="9")]
    borough.settings["watch"][0]["extra_providers"] = [f"{borough.base}{page.path}"]
    borough.later(days=1)
    borough.round()
    site.publish(key, replace(INSPECTED, published=date(2025, 7, 30), file_id="10"))
    borough.later(days=1)
    borough.round()
    assert "Brent Living" in text(borough, PAGE)
    assert "open in Sutton, and 1 that is registered elsewhere: schools" in text(borough, PAGE)
    del borough.settings["watch"][0]["extra_providers"]
    borough.later(minutes=15)
    borough.round()
    assert "Brent Living" not in text(borough, PAGE)
    assert "Brent Living" not in borough.cli("documents").stdout


def test_while_the_list_cannot_be_read_the_page_says_since_when(borough):
    borough.fake_ofsted.misbehave("/search", status(503))
    for _ in range(2):
        borough.later(hours=1)
        borough.round()
    since = "We have not been able to read Ofsted's list since 11:00 on 28 July 2025."
    assert since in text(borough, PAGE)
    borough.fake_ofsted.behave()
    borough.later(hours=1)
    borough.round()
    assert "have not been able" not in text(borough, PAGE)


def test_what_is_gone_late_or_only_in_the_search_says_so(news):
    site = news.fake_ofsted
    site.withdraw(SCHOOL, "50290101")
    site.publish(NURSERY, replace(VISIT, published=date(2025, 4, 1), file_id="4"))
    site.providers[HOME].latest = date(2025, 7, 29)
    for hours in (20, 2, 2):
        news.later(hours=hours)
        news.round()
    said = text(news, PAGE)
    assert "No longer on Ofsted's page, as of 29 July 2025." in said
    assert "Listed late: we first saw it on 29 July 2025." in said
    assert "In Ofsted's search, but not yet on the provider's page." in said


def test_before_the_list_was_read_the_page_says_so_and_shows_nothing(installation):
    installation.settings["watch"] = [{"area": "Sutton"}]
    installation.fake_ofsted.misbehave("/search", status(503))
    installation.round()
    assert "Ofsted's list has not been read yet." in text(installation, PAGE)
    assert "There are no new documents." in text(installation, PAGE)


def test_a_page_has_the_newest_documents_and_says_how_many_there_are(news, monkeypatch):
    monkeypatch.setattr(area_pages, "MOST", 3)
    assert news.cli("website", "--all").exit_code == 0
    assert len(documents(news)) == 1 + 3
    assert "The newest 3 of 4 documents." in text(news, PAGE)
