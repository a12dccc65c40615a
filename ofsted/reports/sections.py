"""Sections of a report under known headings, and the items in them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence

from ofsted.reports.blocks import Block
from ofsted.reports.model import Improvement, ImprovementKind
from ofsted.reports.words import NO_PRIORITY_ACTION, Heading, letters
from ofsted.text import fold

_HEADING_LENGTH = 120
_NONE = re.compile(NO_PRIORITY_ACTION)


def named_by(headings: Sequence[Heading], *, whole: bool = False) -> Callable[[Block], str | None]:
    """A function that tells a heading's section; by its whole wording, or by its beginning.

    A footnote's number may be glued to the end.
    """
    known = [(letters(heading.words), heading.section) for heading in headings]

    def name(block: Block) -> str | None:
        if block.mark or len(block.text) > _HEADING_LENGTH:
            return None
        found = letters(block.text).rstrip("0123456789")
        fits = found.__eq__ if whole else found.startswith
        return next((section for words, section in known if fits(words)), None)

    return name


def sections(
    blocks: Sequence[Block], name: Callable[[Block], str | None]
) -> Iterator[tuple[str, int, list[Block]]]:
    """Each section's name, the index of its heading, and its blocks to the next heading."""
    starts = [(index, found) for index, block in enumerate(blocks) if (found := name(block))]
    ends = [index for index, _ in starts[1:]] + [len(blocks)]
    for (start, found), end in zip(starts, ends, strict=True):
        yield found, start, list(blocks[start + 1 : end])


def numbered(blocks: Sequence[Block]) -> list[Block]:
    """The items of a list numbered upwards without a gap; bullets under an item are its own."""
    found: list[Block] = []
    for block in blocks:
        number = block.number
        if number is None:
            continue
        if found and number != (found[-1].number or 0) + 1:
            break
        found.append(block)
    return found


def bulleted(blocks: Sequence[Block]) -> list[Block]:
    """The bullets."""
    return [block for block in blocks if block.bulleted]


def improvements(
    kind: ImprovementKind, items: Sequence[Block], body: str | None = None
) -> Iterator[Improvement]:
    """Items as improvements; a line that says there are no priority actions is none."""
    for item in items:
        if not _NONE.search(fold(item.text)[:120]):
            yield Improvement(kind, item.text, body, item.page)
