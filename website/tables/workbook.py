"""Tables as one workbook of Excel: a sheet for each, and a sheet that explains the columns."""

from __future__ import annotations

import gc
import io
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

from ofsted.licence import LICENCE_OF_ALL
from website.safe_links import is_safe
from website.tables.cells import text_cell
from website.tables.columns import TABLES, Column, Kind, Table

if TYPE_CHECKING:
    from xlsxwriter.format import Format
    from xlsxwriter.workbook import Workbook
    from xlsxwriter.worksheet import Worksheet

EXPLAINED = "columns"  # the sheet's name
CREATED = datetime(2000, 1, 1, tzinfo=UTC)  # always, so that the same data are the same bytes
_DAY_ZERO, _TIME_ZERO = date(1899, 12, 30).toordinal(), datetime(1899, 12, 30, tzinfo=UTC)
_SECONDS_A_DAY = 86_400
_LOOKS: Mapping[Kind, Mapping[str, str]] = {  # days and times are shown as in CSV
    "text": {"align": "left"},
    "day": {"align": "left", "num_format": "yyyy-mm-dd"},
    "time": {"align": "left", "num_format": 'yyyy-mm-dd"T"hh:mm:ss"Z"'},
    "number": {"align": "center"},
    "yes_no": {"align": "center"},
}
_LINK = {"font_color": "blue", "underline": 1}
_WRAPPED = "text"  # the column whose cells wrap
_SENTENCES = (_WRAPPED, "why_blank")  # the wide ones
_WIDTHS: Mapping[Kind, int] = {"day": 12, "time": 22}  # characters; of others, see `_width`
_OF_BUTTON, _WIDEST, _OF_SENTENCES = 4, 40, 90
_A_LINE, _HIGHEST = 15, 405  # points; Excel takes 409
_KINDS: Mapping[Kind, str] = {
    "text": "text",
    "day": "day",
    "time": "time (UTC)",
    "number": "number",
    "yes_no": "TRUE or FALSE",
}
_HEADS = {"table": 14, "column": 24, "kind": 16, "what it holds": 100}
_NOTES = (
    "A text that begins with = + - or @ has an apostrophe before it, and so is no formula.",
    "A text longer than 32,767 characters, the most that Excel takes, ends in three dots.",
    LICENCE_OF_ALL,
)


def as_workbook(tables: Mapping[str, Iterable[Sequence[Any]]]) -> bytes:
    """The file, equal for equal rows.

    Args:
        tables: rows by the table's name, as `as_csv` takes them.
    """
    from xlsxwriter import Workbook

    file = io.BytesIO()
    workbook = Workbook(file, {"in_memory": True})
    described = {"title": "Ofsted Watch", "comments": LICENCE_OF_ALL, "created": CREATED}
    workbook.set_properties(described)
    with _no_search_for_garbage():
        for name, rows in tables.items():
            _add_table(workbook, TABLES[name], [*rows])
        _add_explained(workbook, [TABLES[name] for name in tables])
        workbook.close()
        for sheet in workbook.worksheets():
            sheet.table.clear()  # its cells, which else wait for the next search
    return file.getvalue()


@contextmanager
def _no_search_for_garbage() -> Iterator[None]:
    """Every cell is an object that stays to the end: searching them takes a fifth of the time."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def _add_table(workbook: Workbook, table: Table, rows: Sequence[Sequence[Any]]) -> None:
    sheet = workbook.add_worksheet(table.name)
    heads = [column.name for column in table.columns]
    _add_heads(workbook, sheet, heads)
    sheet.autofilter(0, 0, len(rows), len(heads) - 1)
    sheet.ignore_errors({"number_stored_as_text": f"A1:XFD{len(rows) + 1}"})
    columns = zip(table.columns, _columns(table, rows), strict=True)
    for number, (column, values) in enumerate(columns):
        sheet.set_column(number, number, _width(column, values))
        style = workbook.add_format(_look(column))
        write = _write_link if column.name == "link" else _WRITERS[column.kind]
        for place, value in enumerate(values, 1):
            if value is not None:
                write(sheet, place, number, value, style)
        if column.name == _WRAPPED:
            _make_room(sheet, values)


def _columns(table: Table, rows: Sequence[Sequence[Any]]) -> Iterable[Sequence[Any]]:
    """The values of each column."""
    return zip(*rows, strict=True) if rows else [()] * len(table.columns)


def _make_room(sheet: Worksheet, texts: Iterable[str]) -> None:
    """Rows as high as their texts need, as not every program finds that out by itself."""
    for place, text in enumerate(texts, 1):
        lines = 1 + len(text) // _OF_SENTENCES
        sheet.set_row(place, min(lines * _A_LINE, _HIGHEST))


def _add_heads(workbook: Workbook, sheet: Worksheet, heads: Iterable[str]) -> None:
    """The first line, which stays in sight."""
    sheet.write_row(0, 0, heads, workbook.add_format({"bold": True}))
    sheet.freeze_panes(1, 1)


def _look(column: Column) -> dict[str, Any]:
    look = {"valign": "top", "text_wrap": column.name == _WRAPPED, **_LOOKS[column.kind]}
    return look | (_LINK if column.name == "link" else {})


def _width(column: Column, values: Iterable[Any]) -> int:
    """By the longest cell, but not wider than fits on a screen."""
    if column.name in _SENTENCES:
        return _OF_SENTENCES
    longest = max((len(each) for each in values if isinstance(each, str)), default=0)
    head = len(column.name) + _OF_BUTTON
    return max(head, min(longest, _WIDEST), _WIDTHS.get(column.kind, 0))


def _write_text(sheet: Worksheet, row: int, number: int, value: str, style: Format) -> None:
    sheet.write_string(row, number, text_cell(value), style)


def _write_link(sheet: Worksheet, row: int, number: int, value: str, style: Format) -> None:
    if is_safe(value):
        sheet.write_url(row, number, value, style)
    else:
        _write_text(sheet, row, number, value, style)


def _write_day(sheet: Worksheet, row: int, number: int, value: date, style: Format) -> None:
    sheet.write_number(row, number, value.toordinal() - _DAY_ZERO, style)


def _write_time(sheet: Worksheet, row: int, number: int, value: datetime, style: Format) -> None:
    days = (value - _TIME_ZERO).total_seconds() / _SECONDS_A_DAY
    sheet.write_number(row, number, days, style)


def _write_number(sheet: Worksheet, row: int, number: int, value: int, style: Format) -> None:
    sheet.write_number(row, number, value, style)


def _write_yes_no(sheet: Worksheet, row: int, number: int, value: bool, style: Format) -> None:
    sheet.write_boolean(row, number, value, style)


_WRITERS: Mapping[Kind, Callable[[Worksheet, int, int, Any, Format], None]] = {
    "text": _write_text,
    "day": _write_day,
    "time": _write_time,
    "number": _write_number,
    "yes_no": _write_yes_no,
}


def _add_explained(workbook: Workbook, tables: Iterable[Table]) -> None:
    """The last sheet: what each column holds, and where all of it comes from."""
    sheet = workbook.add_worksheet(EXPLAINED)
    _add_heads(workbook, sheet, _HEADS)
    for number, width in enumerate(_HEADS.values()):
        sheet.set_column(number, number, width)
    lines = [line for table in tables for line in _explained(table)]
    lines += [("", "", "", note) for note in _NOTES]
    for place, line in enumerate(lines, 1):
        for number, words in enumerate(line):
            sheet.write_string(place, number, words)


def _explained(table: Table) -> Iterator[tuple[str, str, str, str]]:
    yield table.name, "", "", table.explained
    for column in table.columns:
        yield table.name, column.name, _KINDS[column.kind], column.explained
