"""A message as an Adaptive Card 1.4 that phones display too.

No Table (blank on phones), no ColumnSet, no Image: one Container a judgement. Text stands in
TextRuns, which take it as it is. The title is a TextBlock, which screen readers know as a
heading, and so is the sentence of the plainest card; Teams obeys Markdown there, so fetched text
is escaped, and as no link is made without a bracket, parentheses need no backslash. Lines with a
link are TextBlocks too: a TextRun has none that phones follow. Facts from Microsoft's card pages
and open reports, 2024 to 2026.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any, Literal

from notifications.message import ListItem, Message, Section, Table, TableLine
from notifications.text import TEST_LINE

Element = dict[str, Any]
Part = Literal["leading", "sections"]

LIMIT = 20_000  # bytes of the payload's JSON; Teams takes about 28 KB and trouble was seen from 21
FEW = 1  # items that each list keeps as long as something else can be left out
_SPECIAL = re.compile(r"([\\`*_\[\]{}#~<>|!])")
_LEADING = re.compile(r"^(\s*\d*)([-+.])(?=\s|$)")
_MENTION = re.compile(r"(?i)<(?=\s*/?\s*at\b)")
_NO_TAG = "\N{SINGLE LEFT-POINTING ANGLE QUOTATION MARK}"
_COLOURS = {"lowered": "attention", "raised": "good"}


def payload(message: Message) -> dict[str, Any]:
    """The payload to post: the card as the one attachment that the workflow's template expects."""
    wrapped = (_wrap(card(fewer)) for fewer in _cuts(message))
    fitting = (one for one in wrapped if len(_dump(one)) < LIMIT)
    return next(fitting, None) or plain_payload(message.headline[:2000], [])


def as_bytes(message: Message) -> bytes:
    """The payload as it is posted."""
    return _dump(payload(message))


def card(message: Message) -> dict[str, Any]:
    """The Adaptive Card itself."""
    body = [
        *([_text(TEST_LINE, weight="Bolder")] if message.test else []),
        _block(message.subject, size="Large", weight="Bolder", style="heading"),
        _text(message.headline),
        *map(_text, message.paragraphs),
        *(element for section in message.leading for element in _section(section)),
        *(element for table in message.tables for element in _table(table)),
        *(_text(f"{note.mark} {note.text}", isSubtle=True) for note in message.footnotes),
        *(element for section in message.sections for element in _section(section)),
        *(_text(f"{link.label}: {link.url}") for link in message.links),
        *(
            _text(text, isSubtle=True, size="Small")
            for text in (message.evidence, message.why, message.licence)
            if text
        ),
    ]
    actions = [
        {"type": "Action.OpenUrl", "title": link.label, "url": link.url}
        for link in message.links
        if link.url.startswith("https://")
    ]
    return {
        "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
        "type": "AdaptiveCard",
        "version": "1.4",
        "lang": "en-GB",
        "fallbackText": _unmentioned(message.headline),
        "msteams": {"width": "Full"},
        "body": body,
        **({"actions": actions} if actions else {}),
    }


def fallback(content: bytes) -> bytes:
    """The plainest card with the first sentence and the links of a payload that was refused."""
    [attachment] = json.loads(content)["attachments"]
    refused = attachment["content"]
    sentence, actions = str(refused.get("fallbackText", "")), list(refused.get("actions", []))
    return _dump(plain_payload(sentence, actions))


def plain_payload(sentence: str, actions: list[Element]) -> dict[str, Any]:
    return _wrap(
        {
            "type": "AdaptiveCard",
            "version": "1.2",
            "body": [
                _block(sentence),
                *(_text(f"{one['title']}: {one['url']}") for one in actions),
            ],
        }
    )


def escape(text: str) -> str:
    """Escape a text, so that Teams shows it unchanged: no mention, no Markdown."""
    return _LEADING.sub(r"\1\\\2", _SPECIAL.sub(r"\\\1", _unmentioned(text)))


def _unmentioned(text: str) -> str:
    """Without the tag that Teams turns into a mention."""
    return _MENTION.sub(_NO_TAG, text)


def _dump(wrapped: Element) -> bytes:
    return json.dumps(wrapped, ensure_ascii=False).encode()


def _wrap(content: Element) -> dict[str, Any]:
    return {
        "type": "message",
        "attachments": [
            {
                "contentType": "application/vnd.microsoft.card.adaptive",
                "contentUrl": None,
                "content": content,
            }
        ],
    }


def _cuts(message: Message) -> Iterator[Message]:
    """Ever shorter: the last lists first, then all tables but one, the first lists, then all."""
    yield message
    yield from _fewer_items(message, "sections", FEW)
    shorter = _cut(message, "sections", FEW)
    for keep in range(len(message.tables) - 1, 0, -1):
        yield (shorter := _with_tables(shorter, message.tables[:keep]))
    yield from _fewer_items(shorter, "leading", FEW)
    yield from _fewer_items(shorter := _cut(shorter, "leading", FEW), "sections", 0)
    yield from _fewer_items(shorter := _cut(shorter, "sections", 0), "leading", 0)
    yield _with_tables(_cut(shorter, "leading", 0), ())


def _fewer_items(message: Message, part: Part, least: int) -> Iterator[Message]:
    most = max((len(section.items) for section in getattr(message, part)), default=0)
    return (_cut(message, part, keep) for keep in range(most - 1, least - 1, -1))


def _cut(message: Message, part: Part, keep: int) -> Message:
    """With at most so many items in each section of a part."""
    cut = tuple(section.cut(keep) for section in getattr(message, part))
    return replace(message, leading=cut) if part == "leading" else replace(message, sections=cut)


def _with_tables(message: Message, tables: tuple[Table, ...]) -> Message:
    """With these tables alone, and their footnotes."""
    marks = {row.note for table in tables for row in table.rows}
    footnotes = tuple(note for note in message.footnotes if note.mark in marks)
    return replace(message, tables=tables, footnotes=footnotes)


def _block(text: str, **check: Any) -> Element:
    return {"type": "TextBlock", "text": escape(text), "wrap": True, **check}


def _text(text: str, spacing: str = "", **check: Any) -> Element:
    inlines = [{"type": "TextRun", "text": _unmentioned(text), **check}]
    return {
        "type": "RichTextBlock",
        **({"spacing": spacing} if spacing else {}),
        "inlines": inlines,
    }


def _table(table: Table) -> list[Element]:
    return [_text(table.caption, weight="Bolder", spacing="Medium"), *map(_row, table.rows)]


def _row(row: TableLine) -> Element:
    colour = _COLOURS.get(row.change)
    return {
        "type": "Container",
        "spacing": "Small",
        "items": [
            _text(row.label, weight="Bolder"),
            _text(_grades(row), spacing="None", **({"color": colour} if colour else {})),
        ],
    }


def _grades(row: TableLine) -> str:
    before, now = (mark.words if mark else "" for mark in (row.before, row.now))
    if before:
        before += row.note
    else:
        now += row.note
    if before and not now:
        return f"{before}, {row.change or 'not given now'}"
    change = f" ({row.change})" if row.change else ""
    return f"{before} \N{RIGHTWARDS ARROW} {now}{change}" if before else now + change


def _section(section: Section) -> list[Element]:
    rest = [_text(section.rest)] if section.rest else []
    heading = _text(section.heading, weight="Bolder", spacing="Medium")
    return [heading, *map(_item, section.items), *rest]


def _item(item: ListItem) -> Element:
    """With its link as Markdown, as no TextRun has one; without, in a TextRun."""
    if item.link is None or not item.link.url.startswith("https://"):
        address = f" {item.link.url}" if item.link else ""
        return _text(f"\N{BULLET} {item.text}{address}")
    url = item.link.url.replace("(", "%28").replace(")", "%29")
    before, after = map(escape, item.around)
    linked = f"{before}[{item.link.label}]({url}){after}"
    if escape(item.link.label) != item.link.label:  # what is fetched is no label in Markdown
        linked = f"{escape(item.text)} [Report]({url})"
    linked = f"\N{BULLET} {linked}"
    return {"type": "TextBlock", "text": linked, "wrap": True, "spacing": "Small"}
