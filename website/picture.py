"""Pictures as inline SVG: of judgements over time, and of the months of a year.

Colours are the page's own (`site.css`), so that they follow its dark and print forms. Each picture
repeats what a table or a list on the same page says in words.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import accumulate
from xml.etree import ElementTree as ET

from website.values import Block, Month, Picture

LABELS, WIDTH = 230.0, 960.0  # of the labels on the left; of the whole
ROW, HEAD, GAP = 44.0, 46.0, 3.0
NARROWEST = 104.0  # a column: `Requires` / `improvement` fits
LETTER = 7.6  # about the width of one, of the letters in a block
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
START, STEP, BAR = 90.0, 64.0, 34.0  # of the months: the first, from one to the next, a bar
BARS, MIDDLE, HIGHEST = 150.0, 75.0, 52.0


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
    _box(group, box)
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
    """The months of a year: judgements raised as bars above the line, lowered below."""
    of = {each.name[:3]: each for each in given}
    most = max([1, *(max(each.raised, each.lowered) for each in given)])
    svg = _svg(START + STEP * len(MONTHS), BARS + 24, "Judgements raised and lowered in each month")
    _text(svg, 0, MIDDLE - 30, ["raised"], "label")
    _text(svg, 0, MIDDLE + 34, ["lowered"], "label")
    line = {"x": START, "y": MIDDLE, "width": STEP * len(MONTHS) - (STEP - BAR), "height": 2}
    _box(svg, line, "axis")
    for number, name in enumerate(MONTHS):
        left = START + STEP * number
        _text(svg, left + BAR / 2, BARS + 14, [name], "count")
        if name in of:
            _bar(svg, left, of[name].raised, most, way=-1)
            _bar(svg, left, of[name].lowered, most, way=1)
    return _as_text(svg)


def _bar(svg: ET.Element, left: float, count: int, most: int, *, way: int) -> None:
    """A bar up (`way` -1) or down (1) from the line, with its number at the end."""
    if not count:
        return
    height = HIGHEST * count / most
    foot = MIDDLE if way < 0 else MIDDLE + 2
    top = foot - height if way < 0 else foot
    _box(svg, {"x": left, "y": top, "width": BAR, "height": height}, "bar")
    _text(svg, left + BAR / 2, foot + way * (height + 10), [str(count)], "count")


def _box(parent: ET.Element, box: Mapping[str, float], kind: str = "") -> None:
    named = {"class": kind} if kind else {}
    ET.SubElement(parent, "rect", {name: _number(at) for name, at in box.items()} | named)


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
