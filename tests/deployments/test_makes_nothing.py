"""A command that only shows, or that changes what is there, makes no installation."""

import json
import sqlite3
from contextlib import closing

import pytest
from click.testing import CliRunner
from sqlalchemy import create_engine, inspect

from deployments.cli.main import main
from storage.database import MissingDatabaseError, open_database
from tests.databases import a_database

ASKS_WHAT_IS_THERE = [
    ("status",),
    ("reports",),
    ("history",),
    ("events",),
    ("messages",),
    ("export",),
    ("export", "--format", "xlsx", "--out", "tables/"),
    ("messages", "retry", "1"),
    ("messages", "cancel", "1"),
    ("audit",),
    ("doctor",),
    ("preview", "1"),
    ("preview", "1", "--out", "preview"),
    ("send",),
    ("accept", "80515"),
    ("correct", "50283346"),
    ("reread", "--dry-run"),
    ("reread",),
]
COMMANDS = pytest.mark.parametrize("command", ASKS_WHAT_IS_THERE, ids=" ".join)


def everything_in(folder):
    """Every file with its bytes, and every folder."""
    return {path: path.read_bytes() if path.is_file() else None for path in folder.rglob("*")}


def ask(folder, command, monkeypatch):
    monkeypatch.chdir(folder)
    before = everything_in(folder)
    answer = CliRunner().invoke(main, [*command])
    assert everything_in(folder) == before
    return answer


@COMMANDS
def test_in_an_empty_folder_it_says_so_ends_with_2_and_makes_nothing(
    command, tmp_path, monkeypatch
):
    answer = ask(tmp_path, command, monkeypatch)
    assert answer.exit_code == 2, answer.output
    (said,) = [line for line in answer.stderr.splitlines() if not line.startswith("note:")]
    where = f"sqlite:///{tmp_path}/data/ofsted-watch.sqlite"
    assert said.startswith(f"ofsted-watch: there is no ofsted-watch database at {where}; ")
    if command != ("doctor",):
        assert answer.stdout == ""


@pytest.mark.both_databases
@COMMANDS
def test_a_new_database_on_a_server_stays_empty(command, tmp_path, monkeypatch, databases):
    with a_database(databases) as made:
        address = made or f"sqlite:///{tmp_path}/empty.sqlite"
        if not made:
            (tmp_path / "empty.sqlite").touch()
        (tmp_path / "ofsted-watch.toml").write_text(f'database = "{address}"')
        answer = ask(tmp_path, command, monkeypatch)
        assert answer.exit_code == 2, answer.output
        assert "there is no ofsted-watch database at " in answer.stderr
        engine = create_engine(address.replace("postgresql:", "postgresql+psycopg:"))
        assert inspect(engine).get_table_names() == []
        engine.dispose()


@pytest.mark.parametrize("command", [("status",), ("events",), ("doctor",)], ids=" ".join)
def test_another_programs_database_stays_as_it_is(command, tmp_path, monkeypatch):
    with closing(sqlite3.connect(tmp_path / "other.sqlite")) as other:
        other.execute("CREATE TABLE theirs (id INTEGER)")
    (tmp_path / "ofsted-watch.toml").write_text('database = "sqlite:///other.sqlite"')
    answer = ask(tmp_path, command, monkeypatch)
    assert answer.exit_code == 2
    assert "there is no ofsted-watch database at " in answer.stderr


@pytest.mark.parametrize(
    "address", ["sqlite:///{}/none.sqlite", "sqlite:///file:{}/n%20o?uri=true"]
)
def test_a_missing_file_is_not_made_however_it_is_named(address, tmp_path):
    with pytest.raises(MissingDatabaseError, match="there is no ofsted-watch database"):
        open_database(address.format(tmp_path), make=False)
    assert everything_in(tmp_path) == {}


def test_a_file_where_the_data_folder_should_be_is_no_database(tmp_path, monkeypatch):
    (tmp_path / "data").write_text("a file")
    assert ask(tmp_path, ("status",), monkeypatch).exit_code == 2


def test_the_doctor_examines_all_that_needs_no_database(new_installation):
    new_installation.settings["email"] |= {"username": "watch", "password": "wrong"}
    new_installation.email.answers["EHLO"] = "250-sink.test\r\n250 AUTH PLAIN LOGIN"
    new_installation.email.answers["AUTH"] = "535 5.7.8 authentication failed"
    answer = new_installation.cli("doctor", "--json", "--live")
    assert answer.exit_code == 2
    found = json.loads(answer.stdout)["findings"]
    subjects = {each["subject"] for each in found}
    assert subjects >= {"settings", "disk", "clock", "database", "email", "recipient it", "A1"}
    wrong = {each["subject"]: each for each in found if each["state"] == "wrong"}
    assert wrong["database"]["found"].startswith("there is no ofsted-watch database at ")
    assert "creates it" in wrong["database"]["to_do"]
    assert "535 5.7.8" in wrong["email"]["found"]
    assert not (new_installation.folder / "data").exists()
    assert new_installation.email.messages == []


@pytest.mark.both_databases
@pytest.mark.parametrize("command", [("check", "--no-prefect"), ("import-seeds",), ("migrate",)])
def test_what_begins_an_installation_makes_it(command, new_installation):
    assert new_installation.cli(*command).exit_code == 0
    assert new_installation.cli("status").exit_code == 0


def test_a_database_without_a_log_of_its_own_is_shown_and_keeps_its_kind(announced, tmp_path):
    """As a copy that another tool made."""
    if announced.database:
        pytest.skip("SQLite alone has such a log")
    copy = tmp_path / "copy.sqlite"
    with closing(sqlite3.connect(announced.folder / "data" / "ofsted-watch.sqlite")) as whole:
        whole.execute("VACUUM INTO ?", [str(copy)])
    with closing(sqlite3.connect(copy)) as made:
        made.execute("PRAGMA journal_mode = DELETE")
    before = copy.read_bytes()
    announced.settings["database"] = f"sqlite:///{copy}"
    assert "50283346" in announced.cli("reports").stdout
    assert copy.read_bytes() == before
