"""The command that writes tables for spreadsheets and other programs."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from basics.atomic_write import write_atomically
from deployments.cli.commands.shared import (
    CommandFailedError,
    UsageError,
    areas_of,
    authority_option,
    context_of,
    in_one_line,
    note,
)
from deployments.cli.export_files import FORMATS, CannotExportError, ExportFile, Format, planned
from website.tables import TABLES

_FOR_ALL = 0o644  # what is exported is public


@click.command()
@click.option("--format", "given", type=click.Choice(FORMATS), help="CSV if not given.")
@click.option("--out", metavar="PATH", help="Folder or file to write; stdout if not given.")
@authority_option("Export this authority only, by name or URN.")
@click.option(
    "--table",
    "tables",
    multiple=True,
    type=click.Choice(tuple(TABLES)),
    help="Export this table only; can be repeated.",
)
@click.pass_obj
@in_one_line
def export(
    config: str | None,
    *,
    given: Format | None,
    out: str | None,
    authority: str | None,
    tables: tuple[str, ...],
) -> None:
    """Write reports, judgements and listed documents as tables (CSV, Excel or JSON).

    A folder gets a CSV file for each table, or one workbook or JSON file with all of them. A file
    whose name ends in .csv, .xlsx or .json is written in that format; a CSV file holds one table.
    """
    from storage.tables import rows

    try:
        files = planned(out, given, tables)
    except CannotExportError as error:
        raise UsageError(str(error)) from None
    _refuse_bad_stdout(files)
    context = context_of(config)
    only = [context.authority(authority).key] if authority else None
    areas = areas_of(context, authority)
    wanted = [name for name in TABLES if any(name in file.tables for file in files)]
    with context.database.read() as session:
        found = {name: rows(session, name, only, areas) for name in wanted}
    for file in files:
        content = file.content(found)
        if file.path is None:
            _print(file, content, chosen=bool(tables))
        else:
            _write(file.path, content)
            counts = ", ".join(f"{name} ({len(found[name])} rows)" for name in file.tables)
            click.echo(f"{file.path}: {counts}", err=True)


def _refuse_bad_stdout(files: list[ExportFile]) -> None:
    formats = [file.format for file in files if file.path is None]
    if formats and sys.stdout is None:
        raise UsageError("stdout is closed; give a file or a folder to --out")
    if "xlsx" in formats and sys.stdout.isatty():
        raise UsageError("a workbook is not shown on a terminal; give a file or a folder to --out")


def _print(file: ExportFile, content: bytes, *, chosen: bool) -> None:
    if file.format == "csv" and not chosen:
        note(
            f"this is the table {file.tables[0]}; choose another with --table, or write all to a "
            "folder with --out"
        )
    sys.stdout.buffer.write(content)


def _write(path: Path, content: bytes) -> None:
    try:
        place = path.resolve()  # a link stays one
        if place.exists() and not place.is_file():  # a device or pipe would be replaced
            raise CommandFailedError(f"{path} cannot be written: it is there and is not a file")
        place.parent.mkdir(parents=True, exist_ok=True)
        write_atomically(place, content, mode=_FOR_ALL)
    except FileExistsError:
        raise CommandFailedError(
            f"{path} cannot be written: {path.parent} is a file, not a folder; give a folder to "
            "--out, or a file whose name ends in .csv, .xlsx or .json"
        ) from None
    except OSError as error:
        raise CommandFailedError(
            f"{path} cannot be written: {error.strerror}; check that it is not a folder, and that "
            "its folder is one, is writable and has free disk space"
        ) from None
