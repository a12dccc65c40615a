"""What `export` writes where: which files, of which format, with which tables."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, get_args

from website.tables import TABLES, as_csv, as_json, as_workbook

Format = Literal["csv", "xlsx", "json"]
FORMATS: tuple[Format, ...] = get_args(Format)
_WHOLE = "ofsted-watch"  # the name of a file with all tables
_ALONE = "judgements"  # the table of a CSV file that names no other


class CannotExportError(ValueError):
    """What was asked for does not go together; says what does."""


@dataclass(frozen=True, slots=True)
class ExportFile:
    """A file with one table or several; `path` None: it goes to stdout."""

    path: Path | None
    format: Format
    tables: tuple[str, ...]

    def content(self, rows: Mapping[str, Sequence[Any]]) -> bytes:
        """All of its bytes, from the rows of each table."""
        mine = {name: rows[name] for name in self.tables}
        if self.format == "csv":
            (name,) = mine
            return as_csv(TABLES[name], mine[name])
        return as_workbook(mine) if self.format == "xlsx" else as_json(mine)


def planned(out: str | None, given: Format | None, tables: Sequence[str]) -> list[ExportFile]:
    """The files for what a person asked.

    Args:
        out: a folder or a file; None or `-`: stdout.
        given: the format; None: the one that the file's name ends with, else CSV.
        tables: which; none named: all.

    Raises:
        CannotExportError: these do not go together.
    """
    if out == "":
        raise CannotExportError("--out is empty; give a folder or a file, or leave it out")
    chosen = tuple(name for name in TABLES if name in tables)
    path = None if out in {None, "-"} else Path(out)
    ending = _ending(out, path)
    if given and ending and given != ending:
        raise CannotExportError(f"{out} ends in .{ending}, but --format is {given}; leave one out")
    wanted = given or ending or "csv"
    if path is None or ending:
        is_csv = wanted == "csv"
        held = (_only(path, chosen),) if is_csv else chosen or tuple(TABLES)
        return [ExportFile(path, wanted, held)]
    if wanted != "csv":
        return [ExportFile(path / f"{_WHOLE}.{wanted}", wanted, chosen or tuple(TABLES))]
    return [ExportFile(path / f"{name}.csv", "csv", (name,)) for name in chosen or TABLES]


def _ending(out: str | None, path: Path | None) -> Format | None:
    """The format that a file's name ends with; None: it is a folder, or stdout."""
    if out is None or path is None or out.endswith("/") or path.is_dir():
        return None
    return next((each for each in FORMATS if path.suffix.lower() == f".{each}"), None)


def _only(path: Path | None, chosen: tuple[str, ...]) -> str:
    """The one table of a CSV file."""
    if len(chosen) > 1:
        raise CannotExportError(
            f"one CSV file holds one table, not {' and '.join(chosen)}; give a folder to --out, or "
            "use --format xlsx or json"
        )
    by_name = path.stem.lower() if path else ""
    return chosen[0] if chosen else by_name if by_name in TABLES else _ALONE
