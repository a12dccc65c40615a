"""Tables as CSV, XLSX and JSON show the same, safely, and the same bytes for the same rows."""

import csv
import io
import json
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from ofsted.licence import LICENCE_OF_ALL
from tests.security.words import TITLE
from tests.website.books import MAIN, Book
from website.safe_links import is_safe
from website.tables import TABLES, as_csv, as_json, as_workbook
from website.tables.cells import MOST, text_cell

ROW = (
    *("Sutton", "80515", "319", "E09000029", "London", date(2025, 7, 29)),
    *(date(2025, 6, 16), date(2025, 6, 20), "ilacs", "ilacs_2023", 'Inspection, of\n"all"', "read"),
    *(None, None, "Gareth Dakin", 0, 3, True, False, "50283346"),
    *("https://files.ofsted.gov.uk/v1/file/50283346", "ab" * 32),
    *(datetime(2025, 7, 29, 8, 30, tzinfo=UTC), "2"),
)
LINE = (
    "Sutton,80515,319,E09000029,London,2025-07-29,2025-06-16,2025-06-20,ilacs,ilacs_2023,"
    '"Inspection, of ""all""",read,,,Gareth Dakin,0,3,TRUE,FALSE,50283346,'
    f"https://files.ofsted.gov.uk/v1/file/50283346,{'ab' * 32},2025-07-29T08:30:00Z,2"
)
FORMULAS = (
    *("=1+1", "+1", "-1", "@SUM(A1)", " =1", "\t=1", "\r=1", "\n+1", "\u200b=1", "\u202e=1"),
    *("\ufeff@x", "\u00a0-1", "\u3164=1", "\u2800+1", "\ufe0f=1", "\u0301=1", "\U000e0041=1"),
    *("\uff1d1", "\uff0b1", "\uff0d1", "\uff20x", "\ufe66 1", "\u061c=1", "\x00=1", "\x1b=1"),
)
HARMLESS = ("a=1", "5", "'=1", "Good", "\u2019s", "\u20131", "(=1)", "", "\u0661")


def with_title(title):
    return (*ROW[:10], title, *ROW[11:])


def table_of(content):
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))


def title_in_csv(title):
    _, line = table_of(as_csv(TABLES["reports"], [with_title(title)]))
    return line[10]


def title_in_workbook(title):
    return Book(as_workbook({"reports": [with_title(title)]})).cells("reports")["K2"]


def test_a_csv_file_is_as_rfc_4180_and_excel_have_it():
    heads = ",".join(column.name for column in TABLES["reports"].columns)
    assert as_csv(TABLES["reports"], [ROW]) == f"\ufeff{heads}\r\n{LINE}\r\n".encode()


@pytest.mark.parametrize("row", [ROW[:5], (*ROW, "more")])
def test_a_row_of_another_length_is_refused(row):
    for make in (lambda rows: as_csv(TABLES["reports"], rows), _as_json, _as_workbook):
        with pytest.raises(ValueError, match=r"argument \d is (shorter|longer)"):
            make([row])


def _as_json(rows):
    return as_json({"reports": rows})


def _as_workbook(rows):
    return as_workbook({"reports": rows})


def test_a_workbook_has_days_times_and_numbers_and_numbers_of_authorities_are_text():
    cells = Book(as_workbook({"reports": [ROW]})).cells("reports")
    assert cells["B2"] == ("s", "80515")
    assert cells["T2"] == ("s", "50283346")
    assert cells["X2"] == ("s", "2")
    assert cells["F2"] == ("n", str((date(2025, 7, 29) - date(1899, 12, 30)).days))
    assert float(cells["W2"][1]) == pytest.approx(45867 + 8.5 / 24)
    assert (cells["Q2"], cells["R2"], cells["S2"]) == (("n", "3"), ("b", "1"), ("b", "0"))
    assert "M2" not in cells
    assert cells["K2"] == ("s", 'Inspection, of "all"')


def test_a_workbook_keeps_its_heads_in_sight_filters_and_marks_no_text_as_wrong():
    sheet = Book(as_workbook({"reports": [ROW]})).part("reports")
    (pane,) = sheet.iter(f"{MAIN}pane")
    assert (pane.attrib["ySplit"], pane.attrib["state"]) == ("1", "frozen")
    (filtered,) = sheet.iter(f"{MAIN}autoFilter")
    assert filtered.attrib["ref"] == "A1:X2"
    (ignored,) = sheet.iter(f"{MAIN}ignoredError")
    assert ignored.attrib == {"sqref": "A1:XFD2", "numberStoredAsText": "1"}


def test_the_last_sheet_explains_every_column_and_names_the_source():
    book = Book(as_workbook({name: [] for name in TABLES}))
    assert book.names == [*TABLES, "columns"]
    cells = book.cells("columns")
    said = {
        (cells[f"A{row}"][1], cells[f"B{row}"][1])
        for row in range(2, 200)
        if f"A{row}" in cells and f"B{row}" in cells
    }
    assert {(t.name, column.name) for t in TABLES.values() for column in t.columns} <= said
    assert LICENCE_OF_ALL in {words for _, words in cells.values()}
    for table in TABLES.values():
        assert all(column.explained for column in table.columns)
        heads = [book.cells(table.name)[place][1] for place in ("A1", "B1", "C1")]
        assert heads == [column.name for column in table.columns[:3]]


def test_json_has_the_texts_as_they_are():
    (said,) = json.loads(as_json({"reports": [with_title("=1\n\u202e")]}))["reports"]
    assert said["title"] == "=1\n\u202e"
    assert (said["published"], said["first_seen"]) == ("2025-07-29", "2025-07-29T08:30:00Z")
    assert (said["listed"], said["outcome"], said["urn"], said["improvements"]) == (
        *(True, None),
        *("80515", 3),
    )
    assert list(said) == [column.name for column in TABLES["reports"].columns]


def test_the_same_rows_are_the_same_bytes(monkeypatch):
    made = as_workbook({"reports": [ROW]})
    monkeypatch.setattr("time.time", lambda: 2_000_000_000.0)
    monkeypatch.setattr("time.localtime", lambda *_: (2033, 5, 18, 3, 33, 20, 2, 138, 0))
    assert as_workbook({"reports": [ROW]}) == made
    assert b"2000-01-01T00:00:00Z" in Book(made).parts["docProps/core.xml"]


@pytest.mark.parametrize("title", FORMULAS, ids=ascii)
def test_no_cell_begins_a_formula_and_both_files_show_the_same(title):
    shown = title_in_csv(title)
    assert shown.startswith("'")
    assert title_in_workbook(title) == ("s", shown)


@pytest.mark.parametrize("text", HARMLESS, ids=ascii)
def test_what_begins_no_formula_has_no_apostrophe(text):
    assert text_cell(text) == text


def test_a_title_that_means_harm_is_a_text_in_both():
    for title in (TITLE, f"{TITLE}\r\n{TITLE}", '","=cmd|\' /C calc\'!A0"', "\r\n=1,2\n\n"):
        shown = title_in_csv(title)
        assert shown.isprintable()
        assert title_in_workbook(title) == ("s", shown)
    book = Book(as_workbook({"reports": [with_title(TITLE)]}))
    assert not list(book.part("reports").iter(f"{MAIN}f"))
    assert book.links("reports") == [ROW[20]]


@pytest.mark.parametrize("letter", ["x", "\U0001f600"])
def test_a_long_text_is_whole_up_to_excels_limit_and_then_ends_in_dots(letter):
    units = len(letter.encode("utf-16-le")) // 2
    for length in (5_000, MOST // units, 40_000):
        shown = title_in_csv(letter * length)
        assert title_in_workbook(letter * length) == ("s", shown)
        assert (shown == letter * length) == (length * units <= MOST)
        assert len(shown.encode("utf-16-le")) <= 2 * MOST
    assert shown.endswith(f"{letter} ...")


@pytest.mark.parametrize(
    "link",
    [
        *("http://example.gov.uk/a", "javascript:alert(1)", "file:///etc/passwd", "internal:A1"),
        *(
            "https://user:pass@example.gov.uk",
            "https://example.gov.uk/a b",
            "https://",
            "mailto:a@b",
        ),
        *("https://example.gov.uk/\u202e", f"https://example.gov.uk/{'x' * 400}", "external:c:\\a"),
        *("https://[::1", 'https://example.gov.uk/"', "HTTPS//example.gov.uk", "=1"),
    ],
)
def test_only_a_plain_https_address_can_be_clicked(link):
    assert not is_safe(link)
    book = Book(as_workbook({"reports": [(*ROW[:20], link, *ROW[21:])]}))
    assert book.links("reports") == []
    assert book.cells("reports")["U2"] == ("s", text_cell(link))


def test_every_column_stands_in_the_documents():
    page = (Path(__file__).parents[2] / "docs" / "tables.md").read_text()
    for table in TABLES.values():
        for column in table.columns:
            assert f"`{column.name}`" in page, column.name
