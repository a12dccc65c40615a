"""A message as plain text: 72 columns, every link spelt out, quotes and dashes in ASCII."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator

from notifications.message import GradeBadge, Link, ListItem, Message, Section, Table, TableLine

COLUMNS = 72
WIDEST_ROW = 78  # columns of a table's line, which reads better unbroken
LINK_COLUMN = 19

_ASCII = {
    0x2018: "'",
    0x2019: "'",
    0x201C: '"',
    0x201D: '"',
    0x2013: "-",
    0x2014: "-",
    0x2026: "...",
}
TEST_LINE = "This is a test. Nothing new has happened."


def render(message: Message) -> str:
    """The message as text, ending in a newline."""
    return ("\n\n".join(_parts(message)) + "\n").translate(_ASCII)


def _parts(message: Message) -> Iterator[str]:
    if message.test:
        yield TEST_LINE
    yield _wrap(message.headline)
    yield from map(_wrap, message.paragraphs)
    yield from map(_section, message.leading)
    captions = len(message.tables) > 1
    for table in message.tables:
        rows = _table(table)
        yield f"{table.caption}\n{rows}" if captions else rows
    if message.footnotes:
        yield "\n".join(_hanging(f"{note.mark} ", note.text) for note in message.footnotes)
    yield from map(_section, message.sections)
    if message.links:
        yield "\n".join(map(_link, message.links))
    yield "\n".join(
        _wrap(text)
        for text in (" ".join(filter(None, (message.evidence, message.why))), message.licence)
        if text
    )


def _wrap(text: str, first: str = "", rest: str = "") -> str:
    return textwrap.fill(
        text,
        COLUMNS,
        initial_indent=first,
        subsequent_indent=rest,
        break_long_words=False,
        break_on_hyphens=False,
    )


def _hanging(head: str, text: str) -> str:
    return _wrap(text, head, " " * len(head))


def _link(link: Link) -> str:
    line = f"{link.label}:".ljust(LINK_COLUMN - 1) + f" {link.url}"
    return line if len(line) <= WIDEST_ROW else f"{link.label}:\n  {link.url}"


def _section(section: Section) -> str:
    items = [line for item in section.items for line in _item(item)]
    rest = [_hanging("- ", section.rest)] if section.rest else []
    return "\n".join([_wrap(f"{section.heading}:"), *items, *rest])


def _item(item: ListItem) -> Iterator[str]:
    yield _hanging("- ", item.text)
    if item.link:
        yield f"  {item.link.url}"


def _table(table: Table) -> str:
    """`Judgement:  before -> now (direction)`; on two lines each where one would be too long."""
    label = max(len(row.label) for row in table.rows) + 2
    lines = [f"{row.label}:".ljust(label) + f" {_grades(row)}" for row in table.rows]
    if max(map(len, lines)) <= WIDEST_ROW:
        return "\n".join(lines)
    return "\n".join(
        f"{_wrap(row.label + ':')}\n{_wrap(_grades(row), '  ', '  ')}" for row in table.rows
    )


def _grades(row: TableLine) -> str:
    before, now = (_words(mark) for mark in (row.before, row.now))
    if row.before:
        before += row.note
    else:
        now += row.note
    change = f" ({row.change})" if row.change else ""
    if row.before and row.now:
        return f"{before} -> {now}{change}"
    return f"{before} before{change}" if row.before else f"{now}{change}"


def _words(mark: GradeBadge | None) -> str:
    return mark.words if mark else "not given"
