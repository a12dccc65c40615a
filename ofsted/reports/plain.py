"""Lines of text to blocks: for texts saved from a report, and for PDFs without tags.

A blank line ends a block, and so does what a writer of wrapped lines would not do: a
bullet, a field (`Lead inspector: ...`), or a line left short after a full stop. A tab
parts the cells of a table's row.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby

from ofsted.errors import Unreadable
from ofsted.reports.blocks import Block, Cell, Document, finish, split_mark
from ofsted.reports.limits import Limits
from ofsted.text import fold, squeeze

_FIELD = re.compile(r"[A-Z][a-z]+(?: [a-z]+){0,2}:\s")
_STOPPED = re.compile(r"[.!?:]['\"\u2019\u201d)]*$")
_MARKUP = re.compile(r"<(?:!doctype|html|head|body|\?xml)", re.IGNORECASE)
_PAGE_NUMBER = re.compile(r"\d{1,3}")

Group = tuple[str, ...]  # lines that no blank line parts


def read_plain(content: bytes, limits: Limits) -> Document:
    """The blocks of a text, without pages.

    Raises:
        Unreadable: it is empty, HTML, not UTF-8, holds signs of no text, or passes a limit.
    """
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Unreadable(f"it is neither a PDF nor a text in UTF-8: {error}") from error
    if not text.strip():
        raise Unreadable("it is empty")
    if "\x00" in text:
        raise Unreadable("it is neither a PDF nor a text: it contains zero bytes")
    if _MARKUP.search(text[:1024]):
        raise Unreadable("it is an HTML page, not a report")
    if len(text) > limits.characters:
        raise Unreadable(f"it has {len(text)} characters; {limits.characters} are read")
    kept = without_headers(groups_of(text.replace("\f", "\n\n").splitlines()))
    return Document(finish(list(blocks_of(kept, None))), pages=None, tagged=False)


def groups_of(lines: Sequence[str]) -> list[Group]:
    """Lines parted where a blank one stands."""
    runs = groupby(lines, key=lambda line: bool(line.strip()))
    return [tuple(run) for printed, run in runs if printed]


def blocks_of(groups: Sequence[Group], page: int | None, row: int = 0) -> Iterator[Block]:
    """Blocks out of groups of wrapped lines; tables' rows are numbered from `row` on."""
    width = max((len(squeeze(line)) for group in groups for line in group), default=0)
    for group in groups:
        pending: list[str] = []
        for line in group:
            if "\t" in line.strip():
                yield from _paragraph(pending, page)
                pending = []
                row += 1
                yield from _row(line, page, row)
            elif pending and _begins(line, pending[-1], width):
                yield from _paragraph(pending, page)
                pending = [line]
            else:
                pending.append(line)
        yield from _paragraph(pending, page)


def is_page_number(group: Group) -> bool:
    """Whether a group of lines is a number and nothing else."""
    return bool(_PAGE_NUMBER.fullmatch(pattern(group, digit="0")))


def pattern(group: Group, *, digit: str = "#") -> str:
    """A group of lines for comparing, its digits made one."""
    return re.sub(r"\d", digit, fold(" ".join(group)))


def without_headers(groups: Sequence[Group]) -> list[Group]:
    """The groups of a text without page numbers and the running headers beside them.

    A running header stands beside a page number, and more than once, whatever its digits.
    """
    times = Counter(map(pattern, groups))
    numbers = [is_page_number(group) for group in groups]
    beside = [a or b for a, b in zip([False, *numbers], [*numbers[1:], False], strict=False)]
    return [
        group
        for group, number, near in zip(groups, numbers, beside, strict=True)
        if not number and not (near and times[pattern(group)] > 1)
    ]


def _begins(line: str, before: str, width: int) -> bool:
    """Whether a line begins a block of its own although no blank line parts it from `before`."""
    if split_mark(line)[0] or _FIELD.match(line):
        return True
    ended = squeeze(before)
    word = line.split(maxsplit=1)[0]
    return bool(_STOPPED.search(ended)) and len(ended) + 1 + len(word) < width


def _paragraph(lines: Iterable[str], page: int | None) -> Iterator[Block]:
    text = _joined(lines)
    if text:
        yield Block(text, page)


def _joined(lines: Iterable[str]) -> str:
    """Wrapped lines as one; a hyphen at a line's end takes no blank."""
    text = ""
    for line in lines:
        part = line.strip()
        text += part if re.search(r"\w-$", text) or not text else f" {part}"
    return text


def _row(line: str, page: int | None, row: int) -> Iterator[Block]:
    for column, text in enumerate(line.split("\t")):
        yield Block(text, page, cell=Cell(row, column))
