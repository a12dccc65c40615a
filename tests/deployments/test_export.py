"""`export` writes the tables whole where it was told to, or says in one line why not."""

import csv
import io
import json
import os
import pty
import stat
import subprocess
import sys

import pytest

from tests.installation import CLI, HOME, REPORT_2025
from tests.security.words import hostile
from tests.website.books import Book
from website.tables import TABLES

ROWS = {"judgements": 9, "reports": 2, "improvements": 5, "latest": 1, "documents": 0}


def table_of(content):
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline="")))


def refused(answer, code=2):
    assert answer.exit_code == code
    assert answer.stdout == ""
    (said,) = [line for line in answer.stderr.splitlines() if not line.startswith("note:")]
    return said.removeprefix("ofsted-watch: ")


def test_a_folder_gets_a_csv_file_for_each_table(announced, tmp_path):
    out = tmp_path / "new" / "tables"
    answer = announced.cli("export", "--out", str(out))
    assert (answer.exit_code, answer.stdout) == (0, "")
    found = {file.stem: table_of(file.read_bytes()) for file in out.iterdir()}
    assert {name: len(rows) for name, rows in found.items()} == ROWS
    assert [line.split(": ")[1] for line in answer.stderr.splitlines()] == [
        f"{name} ({number} rows)" for name, number in ROWS.items()
    ]
    lowered = [line["key"] for line in found["judgements"] if line["direction"] == "lowered"]
    assert lowered == ["leaders"]
    assert stat.S_IMODE((out / "latest.csv").stat().st_mode) == 0o644


def test_a_folder_gets_one_workbook_or_one_json_document(announced, tmp_path):
    for file_format in ("xlsx", "json"):
        out = ("--format", file_format, "--out", f"{tmp_path}/new/")
        assert announced.cli("export", *out).exit_code == 0
    book = Book((tmp_path / "new" / "ofsted-watch.xlsx").read_bytes())
    assert book.names == [*ROWS, "columns"]
    found = json.loads((tmp_path / "new" / "ofsted-watch.json").read_bytes())
    assert {name: len(rows) for name, rows in found.items()} == ROWS


@pytest.mark.parametrize(
    ("name", "options", "holds"),
    [
        ("latest.csv", (), ("latest",)),
        ("REPORTS.CSV", (), ("reports",)),
        ("mine.csv", (), ("judgements",)),
        ("mine.csv", ("--table", "improvements"), ("improvements",)),
        ("mine.json", (), tuple(ROWS)),
        ("mine.json", ("--format", "json", "--table", "latest"), ("latest",)),
        ("mine.xlsx", ("--table", "latest", "--table", "reports"), ("reports", "latest")),
    ],
)
def test_a_file_is_of_the_format_and_holds_the_table_that_its_name_says(
    name, options, holds, announced, tmp_path
):
    file = tmp_path / "new" / name
    assert announced.cli("export", "--out", str(file), *options).exit_code == 0
    content = file.read_bytes()
    if file.suffix == ".xlsx":
        assert Book(content).names == [*holds, "columns"]
    elif file.suffix == ".json":
        assert tuple(json.loads(content)) == holds
    else:
        heads = [column.name for column in TABLES[holds[0]].columns]
        assert list(table_of(content)[0]) == heads


def test_stdout_gets_one_table_and_a_note_names_the_others(announced):
    answer = announced.cli("export")
    assert len(table_of(answer.stdout_bytes)) == ROWS["judgements"]
    assert "this is the table judgements" in answer.stderr
    assert "--table" in answer.stderr
    assert "--out" in answer.stderr
    chosen = announced.cli("export", "--table", "latest")
    assert (len(table_of(chosen.stdout_bytes)), chosen.stderr) == (1, "")
    assert list(json.loads(announced.cli("export", "--format", "json").stdout)) == list(ROWS)
    assert Book(announced.cli("export", "--format", "xlsx").stdout_bytes).names[0] == "judgements"


def test_one_authority_has_its_rows_and_one_that_is_not_watched_is_an_error(announced):
    announced.settings["watch"] = [{"urn": "80515"}, {"urn": "80564"}]
    name = "Stoke-on-Trent City Council"
    announced.fake_ofsted.provider("80564", name, reports=[REPORT_2025])
    announced.round()
    both = table_of(announced.cli("export", "--table", "latest").stdout_bytes)
    assert [line["authority"] for line in both] == ["Stoke-on-Trent", "Sutton"]
    ours = announced.cli("export", "--table", "latest", "--authority", "sutton")
    assert [line["urn"] for line in table_of(ours.stdout_bytes)] == ["80515"]
    said = refused(announced.cli("export", "--authority", "Leeds"))
    assert said.startswith("Leeds is not watched")


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--format", "xlsx", "--out", "a.csv"), "a.csv ends in .csv, but --format is xlsx"),
        (("--table", "reports", "--table", "latest"), "one CSV file holds one table"),
        (("--table", "reports", "--table", "latest", "--out", "a.csv"), "one CSV file holds one"),
        (("--out", ""), "--out is empty"),
    ],
)
def test_what_does_not_go_together_ends_with_2_in_a_line(options, said, announced):
    assert refused(announced.cli("export", *options)).startswith(said)


def test_an_unknown_table_is_a_usage_error_that_names_those_there_are(announced):
    answer = announced.cli("export", "--table", "grades")
    assert answer.exit_code == 2
    assert answer.stderr.splitlines()[-1].endswith(
        "'grades' is not one of 'judgements', 'reports', 'improvements', 'latest', 'documents'."
    )


def test_what_cannot_be_written_is_said_in_a_line_and_leaves_nothing(announced, tmp_path):
    (tmp_path / "file").write_text("a file")
    (tmp_path / "folder" / "judgements.csv").mkdir(parents=True)
    for out in (tmp_path / "file", tmp_path / "file" / "a.json", tmp_path / "folder", "/proc/no/"):
        said = refused(announced.cli("export", "--out", str(out)), code=1)
        assert " cannot be written: " in said
        assert str(out) in said
    assert [path.name for path in (tmp_path / "folder").iterdir()] == ["judgements.csv"]
    assert (tmp_path / "file").read_text() == "a file"


def test_a_dash_is_stdout(announced):
    assert announced.cli("export", "--out", "-").stdout == announced.cli("export").stdout


def test_a_link_is_followed_and_what_is_no_file_is_not_replaced(announced, tmp_path):
    for name in ("link", "pipe"):
        (tmp_path / f"{name}.csv").symlink_to(tmp_path / "folder" / name)
    (tmp_path / "folder").mkdir()
    os.mkfifo(tmp_path / "folder" / "pipe")
    assert announced.cli("export", "--out", str(tmp_path / "link.csv")).exit_code == 0
    assert (tmp_path / "link.csv").is_symlink()
    assert table_of((tmp_path / "folder" / "link").read_bytes())
    said = refused(announced.cli("export", "--out", str(tmp_path / "pipe.csv")), code=1)
    assert said.endswith("it is there and is not a file")
    assert stat.S_ISFIFO((tmp_path / "folder" / "pipe").stat().st_mode)


def test_a_closed_stdout_is_said_in_a_line(announced):
    command = (sys.executable, *CLI, "--config", str(announced.config), "export")
    process = subprocess.run(
        ["sh", "-c", 'exec "$@" >&-', "sh", *command],
        cwd=HOME,
        env=os.environ | announced.environment,
        stderr=subprocess.PIPE,
        text=True,
        check=False,
    )
    said = "ofsted-watch: stdout is closed; give a file or a folder to --out\n"
    assert (process.returncode, process.stderr) == (2, said)


def test_a_workbook_is_not_written_to_a_terminal(announced):
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, *CLI, "--config", str(announced.config), "export", "--format", "xlsx"],
        cwd=HOME,
        env=os.environ | announced.environment,
        stdout=theirs,
        stderr=subprocess.PIPE,
        text=True,
    )
    _, trouble = process.communicate(timeout=60)
    os.close(theirs)
    os.close(ours)
    assert process.returncode == 2
    assert trouble == (
        "ofsted-watch: a workbook is not shown on a terminal; give a file or a folder to --out\n"
    )


def test_a_reader_that_goes_away_is_no_fault_of_ours(announced):
    process = announced.start("export", "--format", "json")
    assert process.stdout is not None
    process.stdout.close()
    assert process.wait(60) == 1
    assert process.stderr is not None
    assert "Traceback" not in process.stderr.read()


def test_what_means_harm_on_the_page_is_text_in_every_file(announced, tmp_path):
    announced.publish(hostile("66", title="=cmd|' /C calc'!A0\u202e\r\n<script>\"x\"</script>, y"))
    announced.check()
    assert announced.cli("export", "--out", str(tmp_path / "new")).exit_code == 0
    assert announced.cli("export", "--out", str(tmp_path / "new.xlsx")).exit_code == 0
    (line,) = [
        each
        for each in table_of((tmp_path / "new" / "reports.csv").read_bytes())
        if each["file_id"] == "66"
    ]
    assert line["title"] == "'=cmd|' /C calc'!A0 <script>\"x\"</script>, y"
    cells = Book((tmp_path / "new.xlsx").read_bytes()).cells("reports")
    assert ("s", line["title"]) in cells.values()
