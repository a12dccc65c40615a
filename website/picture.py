"""Pictures as inline SVG: of judgements over time, and of the months of a year.

Colours are the page's own (`site.css`), so that they follow its dark and print forms. Each picture
repeats what a table or a list on the same page says in words.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate
from xml.etree import ElementTree as ET

from website.values import Block, Month, Picture

LABELS, WIDTH = 230.0, 960.0  # of the labels on the left; of the whole
ROW, HEAD, GAP = 44.0, 46.0, 3.0
NARROWEST = 104.0  # a column: `Requires` / `improvement` fits
LETTER = 7.6  # about the width of one, of the letters in a block
BAR, BARS, MIDDLE = 34.0, 150.0, 75.0


def over_time(picture: Picture) -> str:
    """Judgements over time: a row a judgement, each grade from its inspection to the next."""
    widths = _widths(picture.weights)
    starts = [LABELS, *accumulate(widths, initial=LABELS)][1:]
    height = HEAD + ROW * len(picture.rows)
    svg = _svg(max(WIDTH, LABELS + sum(widths)), height, picture.title)
    for number, label in enumerate(picture.rows):
        middle = HEAD + ROW * (number + 0.5)
        _text(svg, 0, middle, _in_lines(label, LABELS - 10), "label")
    for column, start in zip(picture.columns, starts, strict=False):
        _text(svg, start, HEAD / 2, [column.head], "head")
    for block in picture.blocks:
        _block(svg, block, starts[block.column], widths[block.column])
    return _as_text(svg)


def _widths(weights: Sequence[float]) -> list[float]:
    """In proportion to time as far as words leave room."""
    room = WIDTH - LABELS
    whole = sum(weights) or 1.0
    wanted = [max(NARROWEST, room * each / whole) for each in weights]
    spare = sum(wanted) - room
    loose = sum(each - NARROWEST for each in wanted)
    if spare <= 0 or loose <= 0:
        return wanted
    share = min(1.0, spare / loose)
    return [each - share * (each - NARROWEST) for each in wanted]


def _block(svg: ET.Element, block: Block, start: float, width: float) -> None:
    top, height = HEAD + ROW * block.row, ROW * block.rows - GAP
    group = ET.SubElement(svg, "g", {"class": f"tone-{block.cell.tone}"})
    box = {"x": start, "y": top, "width": width - GAP, "height": height, "rx": 2}
    ET.SubElement(group, "rect", {name: _number(value) for name, value in box.items()})
    words = _in_lines(block.cell.words.removesuffix(" to be good"), width - GAP - 16)
    _text(group, start + 8, top + height / 2, words, "grade")


def _in_lines(words: str, width: float) -> list[str]:
    """At most two lines; what does not fit ends in an ellipsis."""
    lines = [""]
    for word in words.split():
        longer = f"{lines[-1]} {word}".strip()
        if len(longer) * LETTER <= width or not lines[-1]:
            lines[-1] = longer
        else:
            lines.append(word)
    return lines if len(lines) <= 2 else [lines[0], f"{lines[1]} …"]  # noqa: PLR2004


def months(given: Sequence[Month]) -> str:
    """A bar a month: judgements raised above the line, lowered below, with their numbers."""
    most = max([1, *(max(each.raised, each.lowered) for each in given)])
    oldest_first = [*reversed(given)]
    svg = _svg(max(360.0, 60.0 * len(given) + 90), BARS + 24, "Judgements raised and lowered")
    _text(svg, 0, MIDDLE - 30, ["raised"], "label")
    _text(svg, 0, MIDDLE + 36, ["lowered"], "label")
    for number, each in enumerate(oldest_first):
        left = 90 + 60.0 * number
        for count, tone, top in ((each.raised, "raised", True), (each.lowered, "lowered", False)):
            if not count:
                continue
            height = 52.0 * count / most
            y = MIDDLE - height if top else MIDDLE + 4
            box = {"x": left, "y": y, "width": BAR, "height": height}
            group = ET.SubElement(svg, "g", {"class": tone})
            ET.SubElement(group, "rect", {name: _number(at) for name, at in box.items()})
            _text(svg, left + BAR / 2, y - 8 if top else y + height + 10, [str(count)], "count")
        _text(svg, left + BAR / 2, BARS + 14, [each.name[:3]], "count")
    return _as_text(svg)


def _svg(width: float, height: float, title: str) -> ET.Element:
    size = {"viewBox": f"0 0 {_number(width)} {_number(height)}", "width": _number(width)}
    named = {"height": _number(height), "role": "img", "aria-label": title}
    return ET.Element("svg", size | named)


def _text(parent: ET.Element, x: float, y: float, lines: Sequence[str], kind: str) -> None:
    """Lines of text around the middle `y`."""
    text = ET.SubElement(parent, "text", {"class": kind})
    first = y - 8.5 * (len(lines) - 1) + 5
    for number, line in enumerate(lines):
        at = {"x": _number(x), "y": _number(first + 17 * number)}
        ET.SubElement(text, "tspan", at).text = line


def _number(value: float) -> str:
    return f"{value:.1f}".removesuffix(".0")


def _as_text(svg: ET.Element) -> str:
    return ET.tostring(svg, encoding="unicode")
