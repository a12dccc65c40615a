"""Tables as one JSON document, texts as they are."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import msgspec

from website.tables.columns import TABLES


def as_json(tables: Mapping[str, Iterable[Sequence[Any]]]) -> bytes:
    """The file: `{"latest": [{"authority": "Sutton", ...}]}`; None is null.

    Args:
        tables: rows by the table's name.
    """
    named = {
        name: [
            dict(zip((column.name for column in TABLES[name].columns), row, strict=True))
            for row in rows
        ]
        for name, rows in tables.items()
    }
    return msgspec.json.encode(named) + b"\n"
