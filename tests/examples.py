"""Examples of every framework, as text, and the PDFs made of them.

An example is a text that holds what a report of its kind does, named by its framework (or by
its kind, where that is read no further), and beside it in `<same name>.json` the reading that a
person has checked. They are invented, so that they may lie here. A line is a paragraph; a tab
parts the cells of a table's row, a form feed two pages.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path
from typing import Any

PLACE = Path(__file__).parent / "ofsted" / "reports" / "examples"
EXAMPLES = sorted(PLACE.glob("*.txt"))

_TEMPLATE = """
#set page(margin: 2.5cm, footer: context align(right, counter(page).display()))
#set text(lang: "en", region: "GB", hyphenate: false)
#let shown = (
  page: it => pagebreak(),
  title: it => heading(it.lines.at(0)),
  paragraph: it => for line in it.lines { par(line) },
  bullet: it => list(marker: text(font: "DejaVu Sans Mono", "\u25fc"), ..it.lines),
  number: it => enum(..it.lines.map(line => {
    let (number, ..rest) = line.split(". ")
    enum.item(int(number), rest.join(". "))
  })),
  row: it => table(columns: it.rows.at(0).len(), ..it.rows.flatten()),
)
#for it in json(bytes(sys.inputs.blocks)) { (shown.at(it.kind))(it) }
""".encode()
_KINDS = {
    "page": re.compile(r"\f"),
    "row": re.compile(r".*\t"),
    "bullet": re.compile("\u25fc "),
    "number": re.compile(r"\d+\. "),
}


def pdf_of(text: str, *, tags: bool = True) -> bytes:
    """An example as a PDF."""
    import typst  # the `demo` extra

    return typst.compile(
        _TEMPLATE,
        format="pdf",
        sys_inputs={"blocks": json.dumps(list(_blocks(text)))},
        ignore_system_fonts=True,
        timestamp=0,
        pdf_tags=tags,
    )


def _blocks(text: str) -> Iterator[dict[str, Any]]:
    lines = [line.strip(" \n") for line in text.split("\n") if line.strip(" \n")]
    for kind, group in groupby(lines, key=_kind):
        members = list(group)
        shown = [re.sub("^\u25fc ", "", line) for line in members]
        rows = [[cell for cell in line.split("\t") if cell] for line in members]
        yield {"kind": kind, "lines": shown, "rows": rows}


def _kind(line: str) -> str:
    return next((kind for kind, begins in _KINDS.items() if begins.match(line)), "paragraph")
