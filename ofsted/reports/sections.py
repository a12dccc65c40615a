"""Sections of a report under known headings, and the items in them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from functools import lru_cache
from itertools import pairwise

from ofsted.reports.blocks import BULLETS, Block
from ofsted.reports.model import Improvement, ImprovementKind
from ofsted.reports.words import NO_PRIORITY_ACTION, Heading, letters
from ofsted.text import fold

_HEADING_LENGTH = 120
_HEADING_GOES_ON = 6  # words behind the known ones; more are a sentence if it stops
_LONGEST_CUT = 80  # characters of a heading that is cut
_WINDOW = 3  # blocks
_WINDOW_LENGTH = 220  # characters
_LIKE_HEADING = re.compile(r"(?!Page \d)[A-Z][^.;:]{2,78}[^.;:,]")
_NONE = re.compile(NO_PRIORITY_ACTION)


def named_by(headings: Sequence[Heading]) -> Callable[[Block], str | None]:
    """A function that gives a heading's section, and None for any other block."""

    def name(block: Block) -> str | None:
        if block.mark or len(block.text) > _HEADING_LENGTH or not block.text[:1].isupper():
            return None
        seen = fold(block.text)
        return next((known.section for known in headings if _fits(seen, known)), None)

    return name


def _fits(text: str, known: Heading) -> bool:
    """Whether a text begins with all words of a heading: `Contextual ...` does not with `Context`.

    A sentence that begins so is no heading, unless the heading is the beginning of a sentence.
    """
    found = _wording(known).match(text)
    if found is None:
        return False
    more = text[found.end() :].split()
    return known.sentence or not (text.endswith(".") and len(more) > _HEADING_GOES_ON)


@lru_cache(maxsize=256)
def _wording(known: Heading) -> re.Pattern[str]:
    words = r"[\W_]*".join(re.escape(letters(word)) for word in known.words.split())
    before = r".*\b" if known.anywhere else ""
    return re.compile(rf"{before}{words}s?(?![a-z])")


def windows(blocks: Sequence[Block]) -> Iterator[tuple[list[str], int | None]]:
    """For each block that has no mark, its text alone, with the next, and with the next two.

    A heading or sentence may be cut, and its grade may stand in a cell of its own.
    """
    for index, block in enumerate(blocks):
        texts: list[str] = []
        for part in blocks[index : index + _WINDOW]:
            text = f"{texts[-1]} {part.text}" if texts else part.text
            if part.mark or len(text) > _WINDOW_LENGTH:
                break
            texts.append(text)
        if texts:
            yield texts, block.page


def uncut(texts: Iterable[str]) -> Sequence[str]:
    """Join texts that continue in lower case."""
    joined: list[str] = []
    for text in texts:
        if joined and text[:1].islower() and not joined[-1].endswith((".", ":")):
            joined[-1] = f"{joined[-1]} {text}"
        else:
            joined.append(text)
    return joined


def sections(
    blocks: Sequence[Block], name: Callable[[Block], str | None]
) -> Iterator[tuple[str, int, list[Block]]]:
    """Each section's name, the index of its heading, and its blocks to the next heading.

    A heading may be cut in two, its rest in lower case.
    """
    starts = [
        (index, found)
        for index, (block, after) in enumerate(pairwise([*blocks, Block("")]))
        if (found := name(block) or (_is_cut(block, after) and name(_joined(block, after))))
    ]
    ends = [*(index for index, _ in starts), len(blocks)][1:]
    for (start, found), end in zip(starts, ends, strict=True):
        yield found, start, list(blocks[start + 1 : end])


def _is_cut(block: Block, after: Block) -> bool:
    short = len(block.text) + len(after.text) < _LONGEST_CUT
    return short and after.text[:1].islower() and not after.mark and after.page == block.page


def _joined(block: Block, after: Block) -> Block:
    return replace(block, text=f"{block.text} {after.text}")


def to_next_heading(blocks: Sequence[Block]) -> Sequence[Block]:
    """The blocks before the first that looks like a heading after the first bullet.

    It ends a list where the next heading is not known.
    """
    first = next((n for n, block in enumerate(blocks) if block.bulleted), len(blocks))
    ends = (n for n, block in enumerate(blocks) if n > first and _is_like_heading(block))
    return blocks[: next(ends, len(blocks))]


def _is_like_heading(block: Block) -> bool:
    plain = block.form == "paragraph" and not block.mark
    return plain and bool(_LIKE_HEADING.fullmatch(block.text))


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
    """The bullets of the highest rank that there is; those below it belong to them."""
    found = ([block for block in blocks if block.mark == mark] for mark in BULLETS)
    return next(filter(None, found), [])


def improvements(
    kind: ImprovementKind, items: Sequence[Block], body: str | None = None
) -> Iterator[Improvement]:
    """Items as improvements; a line that says there are no priority actions is none."""
    for item in items:
        if not _NONE.search(fold(item.text)[:120]):
            yield Improvement(kind, item.text, body, item.page)
