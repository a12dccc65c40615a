"""A table as CSV (RFC 4180), which Excel opens as it is: UTF-8 with a byte order mark, CRLF."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from website.tables.cells import day_cell, text_cell, time_cell, yes_no_cell
from website.tables.columns import Kind, Table

_CELLS: Mapping[Kind, Callable[[Any], str]] = {
    "text": text_cell,
    "day": day_cell,
    "time": time_cell,
    "number": str,
    "yes_no": yes_no_cell,
}


def as_csv(table: Table, rows: Iterable[Sequence[Any]]) -> bytes:
    """The file: a line with the columns' names, then a line for each row; None is blank."""
    cells = [_CELLS[column.kind] for column in table.columns]
    file = io.StringIO(newline="")
    writer = csv.writer(file)
    writer.writerow([column.name for column in table.columns])
    writer.writerows(
        ["" if value is None else cell(value) for cell, value in zip(cells, row, strict=True)]
        for row in rows
    )
    return file.getvalue().encode("utf-8-sig")
