"""Reports as PDF, made from their plain text, for the demo and the tests.

The seeds are texts, Ofsted publishes PDFs: these functions close the gap. A text comes in one of
two shapes (`seeds/*.txt`): cleaned, a line a paragraph and a tab between judgement and grade; or
raw, with the lines of the page, wrapped labels and running footers. Words, quotes and grades stay
as they are; only line breaks and page furniture go.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from importlib.resources import files
from itertools import groupby, pairwise
from typing import Any

Block = dict[str, Any]  # what the template reads: `kind`, and what that kind needs

_TABLE_HEAD = re.compile(r"^[ \t]*(Judgement)[ \t]+(Grade)[ \t]*$", re.MULTILINE)
_GRADE = r"Outstanding|Good|Requires\s+improvement(?:\s+to\s+be\s+good)?|Inadequate|Adequate"
_TABBED_ROW = re.compile(r"\s*([^\t\n]+)\t[ \t]*([^\t\n]+)(?:\n|\Z)")
_WRAPPED_ROW = re.compile(rf"\s*([^.?!\t]{{5,250}}?)\s+({_GRADE})[ \t]*(?:\n|\Z)")
_HEAD_FIELD = re.compile(r"(?=^[ \t]*(?:Inspection dates?|Lead inspector)\b)", re.MULTILINE)
_BULLET = re.compile(r"^[-\u25fc\u25aa\u2022\uf06e][ \t]+")
_NUMBER = re.compile(r"^(\d{1,3})\.[ \t]+")
_HEADING = re.compile(rf"^.{{3,80}}\?$|^.{{3,200}}: (?:{_GRADE})$", re.IGNORECASE)
_SENTENCE_END = re.compile(r"[.?!:]['\"\u2019\u201d]?$")


def tagged_pdf(text: str, title: str | None = None) -> bytes:
    """A4 pages with a structure tree: headings, lists, and Table/TR/TH/TD for the judgements.

    Args:
        text: the report as plain text, cleaned or raw.
        title: the document's title in its metadata; None: the report's own heading.

    Returns:
        The same bytes for the same text.
    """
    return _pdf(text, title, tags=True)


def untagged_pdf(text: str) -> bytes:
    """The same pages without a structure tree, as three reports of 2015-16 are."""
    return _pdf(text, None, tags=False)


def _pdf(text: str, title: str | None, *, tags: bool) -> bytes:
    import typst  # the `demo` extra; whoever only reads reports does without it

    blocks = list(report_blocks(text))
    heading = next((block["text"] for block in blocks if "text" in block), "Report")
    report = {"title": title or heading, "running": heading, "blocks": blocks}
    template = files("deployments").joinpath("demo/templates/report.typ").read_bytes()
    return typst.compile(
        template,
        format="pdf",
        sys_inputs={"report": json.dumps(report)},
        ignore_system_fonts=True,
        timestamp=0,
        pdf_tags=tags,
    )


def report_blocks(text: str) -> Iterator[Block]:
    """What the pages show, in order: headings, paragraphs, lists and the judgement table."""
    text = text.lstrip("\ufeff").replace("\r\n", "\n")
    head = _TABLE_HEAD.search(text)
    if head is None:
        yield from _body(text, running=None)
        return
    title, *fields = (_join(part.split("\n")) for part in _HEAD_FIELD.split(text[: head.start()]))
    yield {"kind": "heading", "level": 1, "text": title}
    for field in fields:
        yield {"kind": "paragraph", "text": field}
    rows, end = _table(text, head.end())
    yield {"kind": "judgements", "head": list(head.groups()), "rows": rows}
    yield from _body(text[end:], running=title)


def _table(text: str, position: int) -> tuple[list[tuple[str, str]], int]:
    """The rows below `Judgement Grade`, as printed, and where the text goes on."""
    rows: list[tuple[str, str]] = []
    while row := _TABBED_ROW.match(text, position) or _WRAPPED_ROW.match(text, position):
        label, grade = (_join(cell.split("\n")) for cell in row.groups())
        rows.append((label, grade))
        position = row.end()
    return rows, position


def _body(text: str, running: str | None) -> Iterator[Block]:
    pieces = [piece for piece in _pieces(text) if not _is_furniture(piece, running)]
    whole = _rejoined(pieces)
    for kind, group in groupby(whole, key=_kind):
        if kind == "bullets":
            yield {"kind": kind, "items": [_BULLET.sub("", piece) for piece in group]}
        elif kind == "numbered":
            yield {"kind": kind, "items": [_numbered(piece) for piece in group]}
        else:
            yield from ({"kind": kind, "level": 2, "text": piece} for piece in group)


def _pieces(text: str) -> Iterator[str]:
    """Paragraphs, headings and items, each on one line.

    A blank line ends one, and so does a line that is set in by a blank: the first of a page.
    """
    expected = 1
    lines: list[str] = []
    for line in text.split("\n"):
        number = _NUMBER.match(line.strip())
        starts_item = bool(_BULLET.match(line.strip())) or (
            number is not None and int(number[1]) in {1, expected}
        )
        if starts_item and number:
            expected = int(number[1]) + 1
        if lines and (starts_item or not line.strip() or line[:1].isspace()):
            yield _join(lines)
            lines = []
        if line.strip():
            lines.append(line)
    if lines:
        yield _join(lines)


def _rejoined(pieces: list[str]) -> list[str]:
    """Without the breaks that a new page made in the middle of a sentence."""
    if not pieces:
        return []
    whole = [pieces[0]]
    for before, piece in pairwise(pieces):
        if piece[:1].islower() and not _SENTENCE_END.search(before):
            whole[-1] = _join([whole[-1], piece])
        else:
            whole.append(piece)
    return whole


def _is_furniture(piece: str, running: str | None) -> bool:
    """A page's number, or its footer: the title again with the days of the inspection."""
    return piece.isdigit() or (
        running is not None and piece.startswith(running) and piece[-1].isdigit()
    )


def _kind(piece: str) -> str:
    if _BULLET.match(piece):
        return "bullets"
    if _NUMBER.match(piece):
        return "numbered"
    return "heading" if _HEADING.match(piece) else "paragraph"


def _numbered(piece: str) -> Block:
    number, rest = piece.split(".", 1)
    return {"number": int(number), "text": rest.strip()}


def _join(lines: list[str]) -> str:
    """One line; a hyphen at a line's end stays and takes no blank."""
    joined = ""
    for line in filter(None, (" ".join(line.split()) for line in lines)):
        joined += line if not joined or re.search(r"\w-$", joined) else f" {line}"
    return joined
