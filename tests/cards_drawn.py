"""An Adaptive Card drawn about as Teams draws it, out of the card's own JSON."""

from __future__ import annotations

from html import escape
from typing import Any

from markdown_it import MarkdownIt

MARKDOWN = MarkdownIt("commonmark", {"html": False})
STYLE = """
body { margin: 0; padding: 16px; background: var(--page); font: 14px/20px 'Segoe UI', Arial;
  --page: #f5f5f5; --card: #fff; --ink: #242424; --subtle: #616161; --good: #0e700e;
  --attention: #c4314b }
@media (prefers-color-scheme: dark) { body { --page: #1f1f1f; --card: #292929; --ink: #fff;
  --subtle: #adadad; --good: #92c353; --attention: #f9526b } }
.card { background: var(--card); color: var(--ink); padding: 12px 16px; max-width: 900px }
.card p { margin: 0 }
.Large { font-size: 18px; line-height: 24px } .Small { font-size: 12px; line-height: 16px }
.Bolder { font-weight: 600 } .subtle { color: var(--subtle) }
.attention { color: var(--attention) } .good { color: var(--good) }
.gap { margin-top: 8px } .gap-None { margin-top: 0 } .gap-Small { margin-top: 4px }
.gap-Medium { margin-top: 20px }
.action { display: inline-block; border: 1px solid; padding: 4px 12px; margin: 12px 8px 0 0;
  font-weight: 600 }
"""
PAGE = """<!DOCTYPE html>
<html lang="en-GB"><head><meta charset="utf-8"><title>Card</title><style>{style}</style></head>
<body><div class="card">{body}{actions}</div></body></html>
"""


def drawn(card: dict[str, Any]) -> str:
    """A page that shows the card. An element of a type it does not know is an error."""
    body = "".join(map(_element, card["body"]))
    actions = (f'<span class="action">{escape(each["title"])}</span>' for each in _actions(card))
    return PAGE.format(style=STYLE, body=body, actions="".join(actions))


def _actions(card: dict[str, Any]) -> list[dict[str, Any]]:
    return list(card.get("actions", ()))


def _element(element: dict[str, Any]) -> str:
    match element["type"]:
        case "TextBlock":
            inner = MARKDOWN.render(element["text"])
        case "RichTextBlock":
            inner = "".join(
                f'<span class="{_checks(each)}">{escape(each["text"])}</span>'
                for each in element["inlines"]
            )
        case "Container":
            inner = "".join(map(_element, element["items"]))
        case other:
            raise ValueError(f"a card has an element of the type {other}")
    return f'<div class="{_checks(element)}">{inner}</div>'


def _checks(element: dict[str, Any]) -> str:
    subtle = ["subtle"] if element.get("isSubtle") else []
    named = (element.get(name) for name in ("size", "weight", "color"))
    return " ".join([f"gap gap-{element.get('spacing', '')}", *subtle, *filter(None, named)])
