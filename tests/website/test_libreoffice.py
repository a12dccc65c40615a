"""LibreOffice opens the workbook and gives back the tables that the CSV files hold."""

import csv
import io
import re
import subprocess
from datetime import UTC, date, datetime

import pytest

from tests.parts import program
from tests.security.words import TITLE
from tests.website.test_table_files import FORMULAS, ROW, with_title
from website.tables import TABLES, as_csv, as_workbook

# commas, quotes, UTF-8, all sheets, each cell as it is shown
ALL_SHEETS = "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,true,false,false,false,-1"
TIME = re.compile(r"(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d)")  # which it writes in a form of its own
VALUES = {
    "text": ("TRUE", "0123", "5E3", "2025-07-29", "'quoted'", 'a "b", c', "Ofsted\u2019s \u2013 x"),
    "day": (date(2025, 7, 29), date(1999, 12, 31)),
    "time": (
        datetime(2025, 7, 29, 8, 30, tzinfo=UTC),
        datetime(2026, 11, 27, 23, 59, 59, tzinfo=UTC),
    ),
    "number": (0, 3, 12),
    "yes_no": (True, False),
}


def rows(table):
    """Each value of a column's kind once, and blanks."""
    return [
        [
            None if number == index else VALUES[column.kind][number % len(VALUES[column.kind])]
            for index, column in enumerate(table.columns)
        ]
        for number in range(8)
    ]


@pytest.mark.system
def test_libreoffice_gives_back_what_the_csv_files_hold(tmp_path):
    soffice = program(
        "soffice", package="libreoffice-calc-nogui", undone="NOT OPENED IN LIBREOFFICE"
    )
    tables = {name: rows(table) for name, table in TABLES.items()}
    titles = (TITLE, *FORMULAS, "x" * 5_000, "y" * 40_000)
    tables["reports"] += [ROW, *map(with_title, titles)]
    (tmp_path / "all.xlsx").write_bytes(as_workbook(tables))
    subprocess.run(
        [
            *(soffice, f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}", "--headless"),
            *("--convert-to", ALL_SHEETS, "--outdir", str(tmp_path), str(tmp_path / "all.xlsx")),
        ],
        check=True,
        capture_output=True,
        timeout=120,
    )
    for name, table in TABLES.items():
        ours = read(as_csv(table, tables[name]))
        theirs = read((tmp_path / f"all-{name}.csv").read_bytes())
        assert [[TIME.sub(r"\1T\2Z", cell) for cell in line] for line in theirs] == ours


def read(content):
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))
