"""From the page and the report to everything that people and programs see: words stay words."""

from __future__ import annotations

import io
import json
import logging
import re
import unicodedata
from datetime import date
from urllib.parse import urlsplit

import pytest
from justhtml import JustHTML
from lxml import etree, html

from deployments.demo.fake_ofsted import Listed
from tests.installation import OPERATORS, SCRUTINY, an_installation, first_check
from tests.security.words import FOREIGN, TITLE, hostile

SHOWN = [
    ("status",),
    ("reports",),
    ("history",),
    ("events",),
    ("messages",),
    ("test-alert", "--dry-run"),
    ("check", "--no-prefect"),
    ("check",),
    ("doctor",),
]
ODD_LINKS = [
    'javascript:alert(1)//"onmouseover="alert(1)',
    f"https://{FOREIGN}/a'onerror='x <b>|[x](y)",
    f"https://{FOREIGN}\\@files.ofsted.gov.uk/v1/file/1",
    "data:text/html,<script>alert(1)</script>",
    "file:///etc/passwd",
]


def is_plain(said: str) -> bool:
    """No sign that moves a cursor, turns the writing round or cannot be seen."""
    return all(
        unicodedata.category(sign)[0] != "C" and sign not in "\u2028\u2029"
        for sign in said.replace("\n", "")
    )


@pytest.fixture(scope="module")
def harmed(tmp_path_factory):
    """After a check at reports that mean harm, sent to both; `logged`: what was said."""
    written = io.StringIO()
    handler = logging.StreamHandler(written)
    logging.getLogger().addHandler(handler)
    logging.getLogger("flows").setLevel(logging.INFO)
    with an_installation(tmp_path_factory.mktemp("harmed")) as installation:
        first_check(installation)
        installation.at("2025-07-29 09:30")
        for number, link in enumerate(ODD_LINKS):
            installation.publish(Listed(f"{number} {TITLE}", date(2025, 7, 28), link=link))
        installation.publish(hostile("50283346", published=date(2025, 7, 29)))
        installation.check()
        installation.logged = written
        assert installation.emails_to("scrutiny")
        yield installation
    logging.getLogger().removeHandler(handler)


def test_an_email_has_our_headers_alone_and_its_page_nothing_that_acts(harmed):
    for email in harmed.emails_to("scrutiny"):
        assert set(email.keys()) == {
            *("From", "Date", "Message-ID", "List-Id", "Auto-Submitted", "To", "Subject"),
            *("X-Auto-Response-Suppress", "MIME-Version", "Content-Type"),
        } | ({"In-Reply-To", "References"} & set(email.keys()))
        assert is_plain("".join(f"{name}{value}" for name, value in email.items()))
        text, page = (part.get_content() for part in email.iter_parts())
        assert is_plain(text.replace("\r\n", "\n"))
        tree = html.document_fromstring(page)
        assert not tree.xpath("//script | //img | //iframe | //@*[starts-with(name(), 'on')]")
        links = [link.get("href") for link in tree.iter("a")]
        assert all(link.startswith(("https://", "http://127.0.0.1:")) for link in links)


def test_a_card_mentions_nobody_and_links_only_where_the_report_is(harmed):
    for card in harmed.cards:
        said = json.dumps(card, ensure_ascii=False)
        assert "<at>" not in said
        assert is_plain(said)
        for block in card["body"]:  # what stands in a RichTextBlock is taken as it is
            bare = re.sub(r"\\.", "", block.get("text", ""))
            assert not re.search(r"[\[\]<>*`]", bare)  # no bracket, so no link
        actions = {action["url"] for action in card.get("actions", ())}
        assert not [url for url in actions if FOREIGN in url and url not in ODD_LINKS]


@pytest.mark.parametrize("command", SHOWN, ids=" ".join)
def test_a_terminal_is_shown_plain_words(harmed, command):
    result = harmed.cli(*command)
    assert is_plain(result.output), command


def test_previews_are_plain_and_named_by_us(harmed, tmp_path):
    for event in harmed.events:
        shown = harmed.cli("preview", str(event.id), "--out", str(tmp_path / "out"))
        assert shown.exit_code == 0
        assert is_plain(harmed.cli("preview", str(event.id)).output)
    assert all(re.fullmatch(r"event-\d+\.\w+", file.name) for file in (tmp_path / "out").iterdir())


@pytest.mark.parametrize("command", ["status", "reports", "history", "events", "messages"])
def test_json_is_one_document_and_its_words_are_plain(harmed, command):
    result = harmed.cli(command, "--json")
    json.loads(result.stdout)
    assert is_plain(result.stdout)


def test_a_feed_is_sound_and_acts_on_nobody(harmed):
    feed = etree.parse(harmed.folder / "data" / "website" / "feed.xml")
    said = "".join(feed.getroot().itertext())
    assert "onerror=document.title" in said  # as words
    for content in feed.iter("{*}content"):
        page = html.document_fromstring(content.text)
        assert not page.xpath("//script | //img | //iframe | //@*[starts-with(name(), 'on')]")
        assert {link.get("href").partition(":")[0] for link in page.iter("a")} <= {"https", "http"}
    assert is_plain(said)


def test_every_page_of_the_website_is_whole_and_its_words_are_words(harmed):
    found = sorted((harmed.folder / "data" / "website").rglob("*.html"))
    assert len(found) >= 3 + len(ODD_LINKS)
    for path in found:
        said = path.read_text(encoding="utf-8")
        assert JustHTML(said, strict=True).errors == [], path
        page = html.document_fromstring(said)
        assert not page.xpath("//img | //iframe | //style | //@style | //script[not(@src)]"), path
        assert not page.xpath("//@*[starts-with(name(), 'on')]"), path
        links = [urlsplit(link) for link in page.xpath("//@href | //@src")]
        assert {link.scheme for link in links} <= {"", "https", "http", "data"}, path
        assert {link.hostname for link in links} <= {
            *(None, "127.0.0.1", "files.ofsted.gov.uk", "www.nationalarchives.gov.uk"),
        }, path
        assert is_plain("".join(page.itertext())), path
    report = next(path for path in found if path.name == "report-50283346.html")
    assert "onerror=document.title" in report.read_text(encoding="utf-8")  # as words


def test_the_name_of_a_council_is_words_on_every_page_too(installation):
    name = TITLE + "W" * 5000
    installation.settings["watch"] = [{"urn": urn, "name": name} for urn in ("80515", "80488")]
    assert installation.cli("website", "--all").exit_code == 0
    for path in (installation.folder / "data" / "website").rglob("*.html"):
        said = path.read_text(encoding="utf-8")
        assert JustHTML(said, strict=True).errors == [], path
        assert is_plain(said), path
        assert "W" * 100 not in said


def test_logs_are_plain(harmed):
    assert "Bcc: evil" in harmed.logged.getvalue()
    assert is_plain(harmed.logged.getvalue())


def test_a_reading_is_shown_plain(harmed):
    (file,) = {
        file
        for file in (harmed.folder / "data" / "archive").rglob("*.pdf")
        if FOREIGN in harmed.cli("read", str(file), "--json").stdout
    }
    for words in (("read", str(file)), ("read", str(file), "--json")):
        assert is_plain(harmed.cli(*words).output)


def test_files_are_named_by_us(harmed):
    harmed.settings["recipients"] = []
    harmed.later(hours=1)
    harmed.publish(hostile("50283399", published=date(2025, 7, 29)))
    harmed.check()
    data = harmed.folder / "data"
    names = {str(path.relative_to(data)) for path in data.rglob("*") if path.is_file()}
    usual = re.compile(
        r"ofsted-watch\.sqlite.*|archive/[0-9a-f]{2}/[0-9a-f]{64}\.pdf|website/[\w./-]+"
        r"|outbox/\d{8}T\d{6}Z-[\w-]+\.(eml|json)|\w[\w./-]*\.(xml|json)"
    )
    assert [name for name in names if not usual.fullmatch(name)] == []
    assert any(name.startswith("outbox/") for name in names)
    assert {path.name for path in harmed.folder.iterdir()} <= {"data", "ofsted-watch.toml"}


@pytest.mark.both_databases
def test_what_a_page_calls_itself_and_what_headers_say_is_plain_too(installation):
    from deployments.demo.fake_ofsted_faults import Reply

    for body, headers in (
        (f"<html><title>{TITLE}</title><h1>{TITLE}</h1></html>".encode(), {}),
        (b"x", {"Content-Type": "a\x1b[31m\u0085b".encode("utf-8").decode("latin-1")}),
    ):
        for path in ("/provider/44/80515", "/v1/file/50176759"):
            installation.fake_ofsted.misbehave(path, lambda _, b=body, h=headers: Reply(b, 200, h))
        installation.later(days=9)
        checked = installation.check()
        assert is_plain(checked.message)
        assert is_plain(installation.cli("status").output)
        assert is_plain(installation.cli("check", "--no-prefect").output)
        installation.fake_ofsted.behave()


def test_names_of_recipients_are_plain_on_a_terminal(installation):
    installation.settings["recipients"] = [{**SCRUTINY, "name": "a\x1b[31m\u202eb"}, OPERATORS]
    assert is_plain(installation.cli("status").output)
