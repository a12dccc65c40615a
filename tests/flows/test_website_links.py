"""What is sent links to the website, but only to pages that are in its folder at that moment."""

import json

import feedparser
import pytest

from flows.context.website_pages import WebsitePages, website_pages
from flows.settings.model import Settings, WebsiteSettings
from flows.upkeep.nightly import nightly
from flows.upkeep.reparse_archive import reread
from notifications.events import Provider, Report
from tests.flows.older_parser import lay_down_announced
from tests.installation import REPORT_2022, REPORT_2025

URL = "https://example.gov.uk/ofsted"
UI = "https://prefect.example.gov.uk"
SUMMARY = f"{URL}/sutton/report-50283346.html"
SUTTON = Provider(urn="80515", name="London Borough of Sutton", short_name="Sutton", page="")


def pages(installation):
    return installation.folder / "data" / "website"


@pytest.fixture
def with_website(installation):
    """Readers reach the website; operators have the Prefect UI."""
    installation.settings |= {"website": {"url": f"{URL}/"}, "ui": {"url": UI}}
    return installation


def publish(installation):
    installation.at("2025-07-29 09:30")
    installation.publish(REPORT_2025)
    installation.check()


def said(email):
    return email.get_body(("plain",)).get_content().replace("\r\n", "\n")


def test_an_alert_links_to_the_reports_page_and_readers_are_never_sent_to_the_prefect_ui(
    with_website,
):
    publish(with_website)
    [email] = with_website.emails_to("scrutiny")
    assert f"Our summary:       {SUMMARY}\n" in said(email)
    [posted] = with_website.cards
    assert posted["actions"][-1]["url"] == SUMMARY
    for content in (email.as_string(), json.dumps(posted)):
        assert UI not in content


@pytest.mark.parametrize("url", ["", URL], ids=["no address", "no page"])
def test_where_the_website_has_no_address_or_cannot_be_written_an_alert_has_no_link(
    installation, url
):
    others = installation.folder / "of another program"
    others.mkdir()
    (others / "index.html").write_text("Welcome")
    installation.settings["website"] = {"url": url, "folder": str(others) if url else ""}
    publish(installation)
    [email] = installation.emails_to("scrutiny")
    assert "Our summary" not in email.as_string()
    assert "example.gov.uk/ofsted" not in email.as_string()


def test_a_link_is_made_once_and_a_repeat_has_it_though_the_report_has_another_id_since(
    with_website,
):
    with_website.email.answers["CONNECT"] = "421 4.3.2 not now"
    publish(with_website)
    with_website.email.answers.clear()
    with_website.change("50283346", file_id="50999999")
    with_website.later(minutes=2)
    with_website.check()
    [email] = with_website.emails_to("scrutiny")
    assert SUMMARY in said(email)


def test_a_link_to_a_report_that_has_another_id_since_leads_on_to_its_page(with_website):
    publish(with_website)
    with_website.change("50283346", file_id="50999999")
    with_website.later(minutes=15)
    with_website.check()
    got = feedparser.parse((pages(with_website) / "feed.xml").read_bytes())
    assert got.entries[0].link == SUMMARY
    moved = (pages(with_website) / "sutton" / "report-50283346.html").read_text()
    assert 'content="0; url=../sutton/report-50999999.html"' in moved
    assert (pages(with_website) / "sutton" / "report-50999999.html").exists()


def test_a_withdrawal_links_to_the_page_that_says_so(with_website):
    publish(with_website)
    with_website.list(REPORT_2022)
    with_website.checks(4, hours=9)
    assert with_website.subjects("scrutiny")[-1].startswith("Sutton: inspection report withdrawn")
    assert f"Our summary:       {SUMMARY}\n" in said(with_website.emails_to("scrutiny")[-1])


def test_a_correction_links_to_the_page_that_says_so_and_is_shown_before_as_it_is_sent(
    with_website,
):
    with_website.settings["contact"] = "ofsted-watch@example.gov.uk"
    publish(with_website)
    lay_down_announced(with_website, "50283346", leaders="Outstanding")
    reread(with_website.context())
    shown = with_website.ask("correct", "50283346")["text"]
    with_website.cli("correct", "50283346", "--confirm")
    assert said(with_website.emails_to("scrutiny")[-1]) == shown
    assert f"Our summary:       {SUMMARY}\n" in shown
    assert "email ofsted-watch@example.gov.uk" in shown


def test_a_welcome_and_a_digest_without_news_link_to_the_authority_alone(with_website):
    daily = {"name": "daily", "email": "daily@example.gov.uk", "frequency": "daily 08:00"}
    with_website.settings["recipients"] = [*with_website.settings["recipients"], daily]
    with_website.later(minutes=5)
    with_website.check()
    with_website.at("2025-07-29 08:30")
    with_website.check()
    found = with_website.emails_to("daily")
    assert len(found) == 2
    for email in found:
        assert f"All judgements:    {URL}/sutton/index.html\n" in said(email)
        assert UI not in email.as_string()


@pytest.mark.parametrize("event", ["welcome", "report_published"])
def test_a_preview_is_addressed_as_what_its_first_recipient_was_sent(with_website, event):
    daily = {"name": "new", "email": "new@example.gov.uk"}
    with_website.settings["recipients"] = [daily, *with_website.settings["recipients"]]
    publish(with_website)
    [shown, *_] = [each for each in with_website.events if each.type == event]
    previewed = with_website.cli("preview", str(shown.id)).stdout
    assert any(said(email) in previewed for email in with_website.emails_to("new"))


def test_the_feed_leads_to_the_website_and_is_written_anew_when_its_address_changes(with_website):
    publish(with_website)
    path = pages(with_website) / "feed.xml"
    got = feedparser.parse(path.read_bytes())
    assert not got.bozo
    assert got.entries[0].link == SUMMARY
    assert got.feed.link == f"{URL}/sutton/index.html"
    assert {one.href for one in got.feed.links if one.rel == "self"} == {f"{URL}/feed.xml"}
    with_website.settings["website"] = {"url": "https://elsewhere.example.gov.uk"}
    with_website.later(minutes=15)
    with_website.check()
    after = feedparser.parse(path.read_bytes())
    assert after.entries[0].link == "https://elsewhere.example.gov.uk/sutton/report-50283346.html"
    assert after.entries[0].id == got.entries[0].id
    assert after.feed.id == got.feed.id


def test_ids_are_named_after_the_websites_host_where_there_is_one(new_installation):
    new_installation.settings |= {
        "website": {"url": "https://ofsted.example.org/a"},
        "ui": {"url": UI},
    }
    new_installation.check()
    nightly(new_installation.context())
    written = (pages(new_installation) / "feed.xml").read_text()
    assert "tag:ofsted.example.org,2025:feed" in written


def test_a_page_of_another_provider_type_or_with_no_file_id_has_an_address_of_its_own(tmp_path):
    website = WebsitePages(URL, tmp_path)
    elsewhere = Report(title="A letter", published=None, link="https://www.gov.uk/a")
    folder = tmp_path / "sutton"
    folder.mkdir()
    assert website.report(SUTTON, elsewhere) == ""
    (folder / "report-nothing.html").touch()
    assert website.report(SUTTON, elsewhere) == ""
    (folder / "index.html").touch()
    assert website.authority(SUTTON) == f"{URL}/sutton/index.html"
    assert website.start() == website.changes() == ""


def test_a_folder_that_cannot_be_read_has_no_pages_and_stops_no_message(tmp_path):
    too_long = tmp_path / ("x" * 300)  # the system refuses to look
    assert WebsitePages(URL, too_long).start() == ""


def test_without_an_address_there_is_no_website_to_link_to():
    assert website_pages(Settings()) is None
    website = website_pages(Settings(website=WebsiteSettings(url=URL)))
    assert website is not None
    assert website.address("feed.xml") == f"{URL}/feed.xml"
