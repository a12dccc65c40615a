from __future__ import annotations

import dataclasses
import json
import re
import unicodedata
from datetime import UTC, datetime
from email import message_from_bytes, policy
from itertools import chain
from pathlib import Path

import pytest
from lxml import html as lxml_html
from markdown_it import MarkdownIt

from notifications import email, html, markdown, teams, text
from notifications.message import MessageContext
from notifications.teams.cards import LIMIT, escape
from notifications.words import of_events
from ofsted.reports.model import Improvement
from tests.notifications.hostile import HARM, every_hostile, hostile
from tests.notifications.samples import FOUND_2025, SUTTON_2025, every, published, with_rows

CONTEXT = MessageContext("scrutiny", ui_url="https://example.gov.uk")
HOSTILE_CONTEXT = MessageContext(HARM, ui_url="javascript:alert(1)", contact=HARM)
ALL = (*every(), *every_hostile())
IDS = [f"{event.type}-{how}" for how in ("plain", "hostile") for event in every()]
LICENCE = "Open Government Licence v3.0. Source: Ofsted."
TAGS = frozenset(
    [
        "html",
        "head",
        "meta",
        "title",
        "style",
        "body",
        "div",
        "table",
        "thead",
        "tbody",
        "tr",
        "td",
        "th",
        "caption",
        "h1",
        "h2",
        "ul",
        "li",
        "a",
        "br",
        "span",
        "strong",
    ]
)


def message_context(event) -> MessageContext:
    return HOSTILE_CONTEXT if any(event is one for one in ALL[len(every()) :]) else CONTEXT


def message(event):
    return of_events.message(event, message_context(event))


def visible(said: str) -> bool:
    return all(unicodedata.category(sign)[0] != "C" for sign in said.replace("\n", ""))


@pytest.mark.parametrize("event", ALL, ids=IDS)
def test_every_event_is_harmless_as_text(event):
    said = text.render(message(event))
    assert visible(said)
    assert "not an Ofsted service." in said
    assert len(said) < 60_000
    assert not re.search(r"(?m)^Bcc:", said)


@pytest.mark.parametrize("event", ALL, ids=IDS)
def test_every_event_is_harmless_as_html(event):
    said = html.render(message(event))
    page = lxml_html.document_fromstring(said)
    assert {element.tag for element in page.iter() if isinstance(element.tag, str)} <= TAGS
    assert all(link.get("href").startswith("https://") for link in page.iter("a"))
    assert not [name for element in page.iter() for name in element.attrib if name.startswith("on")]
    assert visible(said)
    assert "{{" not in said.replace("{{ 7*7 }}", "")
    assert len(said) < 102_000
    assert "not an Ofsted service." in page.text_content()


def blocks(element):
    if isinstance(element, dict):
        yield element
    children = element.values() if isinstance(element, dict) else element
    for child in children:
        if isinstance(child, dict | list):
            yield from blocks(child)


@pytest.mark.parametrize("event", ALL, ids=IDS)
def test_every_event_is_harmless_as_a_card(event):
    payload = teams.payload(message(event))
    assert len(json.dumps(payload, ensure_ascii=False).encode()) < LIMIT
    [attachment] = payload["attachments"]
    assert attachment["contentType"] == "application/vnd.microsoft.card.adaptive"
    parts = list(blocks(attachment["content"]))
    assert {part["type"] for part in parts if "type" in part} <= {
        "AdaptiveCard",
        "TextBlock",
        "RichTextBlock",
        "TextRun",
        "Container",
        "Action.OpenUrl",
    }
    for part in parts:
        if part.get("type") == "TextBlock":
            bare = re.sub(r"\\.", "", part["text"])
            assert not re.search(r"[\\`*_\[\]{}#~<>|]", bare)  # no bracket, so no link
            assert part["wrap"] is True
        if part.get("type") == "Action.OpenUrl":
            assert part["url"].startswith("https://")
    said = json.dumps(payload, ensure_ascii=False)
    assert "<at>" not in said
    assert visible(said)
    assert attachment["content"]["fallbackText"]


@pytest.mark.parametrize("event", ALL, ids=IDS)
def test_every_event_is_harmless_as_markdown(event):
    said = markdown.render(message(event))
    tokens = MarkdownIt("gfm-like", {"linkify": False, "html": True}).parse(said)
    flat = [*tokens, *chain.from_iterable(token.children or () for token in tokens)]
    kinds = {token.type for token in flat}
    assert not kinds & {"html_block", "html_inline", "image", "code_inline", "fence", "code_block"}
    for token in flat:
        if token.type == "link_open":
            assert str(token.attrGet("href")).startswith("https://")
    assert not re.search(r"(?i)https?://(?!files\.ofsted|reports\.ofsted|example\.gov)", said)
    assert visible(said)
    assert "not an Ofsted service." in said


@pytest.mark.parametrize("event", ALL, ids=IDS)
def test_every_event_is_a_sound_email(event):
    content = email.render(
        message(event),
        sender="Ofsted Watch <ofsted-watch@example.gov.uk>",
        to="mary.o'neil@example.org",
        message_id="<e.1@example.gov.uk>",
        date=datetime(2025, 7, 29, 8, tzinfo=UTC),
    )
    got = message_from_bytes(content, policy=policy.default)
    assert got["Bcc"] is None
    assert got["To"].addresses[0].addr_spec == "mary.o'neil@example.org"
    assert len(got["Subject"]) <= 78
    assert visible(str(got["Subject"]))
    assert [part.get_content_type() for part in got.iter_parts()] == ["text/plain", "text/html"]
    assert not got.defects
    assert max(map(len, content.splitlines())) <= 200
    assert content.isascii()


def as_card(said):
    return json.dumps(teams.payload(said), ensure_ascii=False, indent=1) + "\n"


@pytest.mark.parametrize(
    ("render", "ending"), [(html.render, "html"), (markdown.render, "md"), (as_card, "json")]
)
def test_suttons_report_looks_as_it_was_reviewed(render, ending):
    """Checked in a browser, by light and dark, at 720, 400 and 320 pixels."""
    golden = Path(__file__).parent / "golden" / f"sutton-2025.{ending}"
    assert render(of_events.message(SUTTON_2025, CONTEXT)) == golden.read_text()


def test_a_message_says_its_licence_in_every_form():
    said = of_events.message(SUTTON_2025, CONTEXT)
    for form in (text.render, html.render, markdown.render, teams.card):
        whole = form(said)
        flat = " ".join(
            lxml_html.fromstring(whole).text_content().split()
            if form is html.render
            else str(whole).replace("\n", " ").split()
        )
        assert LICENCE in flat
        assert "not an Ofsted service" in flat


def test_the_table_of_an_email_is_a_true_table():
    page = lxml_html.document_fromstring(html.render(of_events.message(SUTTON_2025, CONTEXT)))
    assert page.get("lang") == "en-GB"
    assert page.findtext(".//title") == of_events.summary(SUTTON_2025)
    layouts = [one for one in page.iter("table") if one.get("role") == "presentation"]
    [table] = [one for one in page.iter("table") if one.get("role") is None]
    assert layouts[1].get("width") == "600"
    assert table.findtext("caption") == "Judgements, December 2021 and June 2025"
    assert [one.text for one in table.findall(".//th[@scope='col']")] == [
        "Judgement",
        "Before",
        "Now",
    ]
    assert len(table.findall(".//th[@scope='row']")) == 5
    first = [" ".join(cell.text_content().split()) for cell in table.findall(".//tbody/tr[1]/*")]
    assert first == ["Impact of leaders on social work practice", "Outstanding", "Good lowered"]
    third = [" ".join(cell.text_content().split()) for cell in table.findall(".//tbody/tr[3]/*")]
    assert third == ["Children in care", "Good*", "Good unchanged"]


def luminance(colour: str) -> float:
    parts = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def test_colours_can_be_read_by_light_and_in_the_dark():
    pairs = list(html.BADGES.values())
    for shade in (html.LIGHT, html.DARK):
        pairs += [(shade[name], shade["ground"]) for name in ("ink", "muted", "link")]
    assert all(contrast(*pair) >= 4.5 for pair in pairs)
    assert round(contrast(*html.BADGES["good"]), 1) == 6.5


def test_the_card_of_sutton_has_a_container_for_each_judgement():
    card = teams.card(of_events.message(SUTTON_2025, CONTEXT))
    containers = [one for one in card["body"] if one["type"] == "Container"]
    said = [[one["inlines"][0]["text"] for one in container["items"]] for container in containers]
    assert said[0:3:2] == [
        ["Impact of leaders on social work practice", "Outstanding \u2192 Good (lowered)"],
        ["Children in care", "Good* \u2192 Good (unchanged)"],
    ]
    assert len(containers) == 5
    assert containers[0]["items"][1]["inlines"][0]["color"] == "attention"
    assert [one["title"] for one in card["actions"]] == ["Report (PDF)", "Ofsted's page"]
    assert card["version"] == "1.4"


def test_a_card_that_is_too_big_loses_improvements_first_and_says_how_many():
    many = tuple(Improvement("improvement", f"{n} " + "word " * 120) for n in range(60))
    found = dataclasses.replace(FOUND_2025, improvements=many)
    payload = teams.payload(of_events.message(published(found=found), CONTEXT))
    said = json.dumps(payload)
    assert len(said) < LIMIT + 2_000
    assert re.search(r"and \d+ more, see the report", said)
    assert "Impact of leaders" in said


@pytest.mark.parametrize(
    ("text_", "escaped"),
    [
        ("a_b*c", r"a\_b\*c"),
        ("- item", r"\- item"),
        ("1. one", r"1\. one"),
        ("2025 was", "2025 was"),
        ("<at>Mary</at>", "\u2039at\\>Mary\u2039/at\\>"),
        ("[a](b)", r"\[a\](b)"),
    ],
)
def test_teams_shows_text_as_it_is(text_, escaped):
    assert escape(text_) == escaped


def test_markdown_has_a_real_table():
    said = markdown.render(of_events.message(SUTTON_2025, CONTEXT))
    rendered = MarkdownIt("gfm-like", {"linkify": False}).render(said)
    table = lxml_html.fromstring(rendered).find(".//table")
    rows = [[cell.text_content() for cell in row] for row in table.iter("tr")]
    assert rows[:2] == [
        ["Judgement", "Before", "Now", "Change"],
        [
            "Impact of leaders on social work practice",
            "\U0001f7e6 Outstanding",
            "\U0001f7e9 Good",
            "lowered",
        ],
    ]


def test_markdown_keeps_foreign_text_as_text():
    harm = "1. [a](javascript:x) <b>|</b> ![i](u) http://e.example `c` &lt; $x$"
    event = hostile(with_rows(), harm)
    rendered = MarkdownIt("gfm-like", {"linkify": False, "html": True}).render(
        markdown.render(of_events.message(event, CONTEXT))
    )
    shown = lxml_html.fromstring(f"<div>{rendered}</div>").text_content()
    assert harm in shown
