"""A message as Markdown, for Prefect's artifacts: all text escaped, https links alone, no HTML.

Prefect's UI fetches images, keeps plain tags, and its older one runs `javascript:` links; so
fetched text must never become anything but text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from notifications.message import (
    GradeBadge,
    Link,
    ListItem,
    Message,
    Section,
    Table,
    TableLine,
    Tone,
)
from notifications.text import TEST_LINE

_ENTITIES = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;"})
# No parentheses: without a bracket they make no link, and Prefect shows the backslashes of a label.
_SPECIAL = re.compile(r"([\\`*_{}\[\]#!|~@$])")
_LEADING = re.compile(r"^(\s*(?:[-+=]|\d+(?=[.)])))")
SQUARES: dict[Tone, str] = {  # Prefect's Markdown takes no colour; the word is always beside it
    "outstanding": "\N{LARGE BLUE SQUARE}",
    "good": "\N{LARGE GREEN SQUARE}",
    "requires_improvement": "\N{LARGE YELLOW SQUARE}",
    "inadequate": "\N{LARGE RED SQUARE}",
}
_AUTOLINK = re.compile(r"(?i):(?=//)|(?<=www)\.|(?<=mailto|script):")


def render(message: Message) -> str:
    """The message as Markdown, ending in a newline."""
    return "\n\n".join(_parts(message)) + "\n"


def escape(text: str) -> str:
    """Escape a text, so that every Markdown viewer shows it unchanged."""
    safe = _SPECIAL.sub(r"\\\1", text).translate(_ENTITIES)
    safe = _AUTOLINK.sub(lambda found: f"\\{found[0]}", safe)
    return _LEADING.sub(_escape_leading, " ".join(safe.split()))


def link(one: Link) -> str:
    """`[label](url)` where it is https; else both as text."""
    if not one.url.startswith("https://"):
        return f"{escape(one.label)}: {escape(one.url)}"
    return f"[{escape(one.label)}]({one.url.replace('(', '%28').replace(')', '%29')})"


def table(one: Table) -> str:
    """Judgements as a Markdown table, before and now."""
    heads = (*one.heads, "Change") if one.compared else one.heads
    lines = [heads, ("---",) * len(heads), *(_row(row, one.compared) for row in one.rows)]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)


def _escape_leading(found: re.Match[str]) -> str:
    head = found[0]
    return f"{head[:-1]}\\{head[-1]}" if not head[-1].isdigit() else f"{head}\\"


def _parts(message: Message) -> Iterator[str]:
    if message.test:
        yield f"**{escape(TEST_LINE)}**"
    yield f"## {escape(message.subject)}"
    yield escape(message.headline)
    yield from map(escape, message.paragraphs)
    yield from map(_section, message.leading)
    for one in message.tables:
        yield f"**{escape(one.caption)}**"
        yield table(one)
    yield from (f"{escape(note.mark)} {escape(note.text)}" for note in message.footnotes)
    yield from map(_section, message.sections)
    if message.links:
        yield " \N{MIDDLE DOT} ".join(map(link, message.links))
    yield from map(escape, filter(None, (message.evidence, message.why, message.licence)))


def _section(section: Section) -> str:
    rest = [escape(section.rest)] if section.rest else []
    lines = "\n".join(f"- {line}" for line in (*map(_item, section.items), *rest))
    return f"**{escape(section.heading)}**\n\n{lines}"


def _item(item: ListItem) -> str:
    if item.link is None:
        return escape(item.text)
    before, after = map(escape, item.around)
    return f"{before} {link(item.link)}{after}".lstrip()


def _row(row: TableLine, compared: bool) -> tuple[str, ...]:
    note = escape(row.note)
    now = grade(row.now) + (note if not row.before else "")
    if not compared:
        return (escape(row.label), now)
    before = grade(row.before) + (note if row.before else "")
    return (escape(row.label), before, now, escape(row.change))


def grade(mark: GradeBadge | None) -> str:
    """The words, after a square in the grade's colour where they are one of the four grades."""
    if mark is None:
        return "\N{EN DASH}"
    return " ".join(filter(None, (SQUARES.get(mark.tone, ""), escape(mark.words))))
