"""A database of an earlier version is backed up before it is brought to this one."""

import os
from contextlib import contextmanager

import pytest
from sqlalchemy import text

from storage.backup_file import verify
from storage.database import Database, newest_version, schema_version, upgrade_within
from tests.databases import a_database

pytestmark = pytest.mark.both_databases
OLD = "0100"


@pytest.fixture
def older(new_installation):
    """An installation with a database of the first version, and a pending message in it."""
    new_installation.has_discrepancies = True  # that message is late
    (new_installation.folder / "data").mkdir()
    with (
        opened(new_installation) as database,
        database.engine.execution_options(writer=True).begin() as connection,
    ):
        upgrade_within(connection, OLD)
        connection.execute(text("INSERT INTO app_state VALUES ('what', 'ever')"))
        connection.execute(
            text(
                "INSERT INTO event (id, token, at, type, audience, subject, cause, summary,"
                " payload, recipients) VALUES (7, 'token', '2025-07-01 09:00:00+00:00',"
                " 'report_published', 'readers', 'a', 'b', 'c', '{}', '[]')"
            )
        )
        connection.execute(
            text(
                "INSERT INTO delivery (event_id, recipient, via, state, due_at, attempts,"
                " unknowns, held) VALUES (7, 'scrutiny', 'email', 'pending',"
                " '2025-07-01 09:00:00+00:00', 0, 0, 0)"
            )
        )
    return new_installation


@contextmanager
def opened(installation):
    """Its database, of whatever version."""
    address = installation.database or f"sqlite:///{installation.folder}/data/ofsted-watch.sqlite"
    database = Database(address)
    yield database
    database.close()


def made_before(installation):
    return sorted((installation.folder / "data").glob("before-*.tar"))


def test_it_is_backed_up_and_brought_to_this_version(older):
    done = older.cli("migrate")
    assert done.exit_code == 0, done.output
    (file,) = made_before(older)
    assert file.name.startswith(f"before-{OLD}-to-{newest_version()}-")
    with file.open("rb") as backup:
        head = verify(backup).head
    assert (head.schema, head.has_documents) == (OLD, False)
    assert older.cli("migrate").exit_code == 0  # there is nothing to do
    assert made_before(older) == [file]
    assert [each["state"] for each in older.deliveries] == ["pending"]


def test_that_backup_is_restored_beside_the_archive_and_brought_to_this_version(older, databases):
    assert older.cli("migrate").exit_code == 0
    (file,) = made_before(older)
    older.close()
    (older.folder / "data" / "archive" / "kept").touch()
    for path in (older.folder / "data").glob("ofsted-watch.sqlite*"):
        path.unlink()
    was = older.database
    with a_database(databases) as address:
        older.settings["database"] = older.database = address
        done = older.cli("restore", str(file))
        assert done.exit_code == 0, done.output
        assert "1 message on hold" in done.output
        with opened(older) as database, database.engine.connect() as connection:
            assert schema_version(database) == newest_version()
            known = "SELECT value FROM app_state WHERE name = 'what'"
            assert connection.scalar(text(known)) == "ever"
        assert (older.folder / "data" / "archive" / "kept").exists()
        older.close()
    older.settings["database"] = older.database = was


def test_the_newest_three_are_kept(older):
    for number in range(4):
        file = older.folder / "data" / f"before-0099-to-{OLD}-{number}.tar"
        file.touch()
        os.utime(file, (number, number))
    assert older.cli("migrate").exit_code == 0
    kept = [path.name for path in made_before(older)]
    assert kept[:2] == [f"before-0099-to-{OLD}-{number}.tar" for number in (2, 3)]
    assert len(kept) == 3


def test_without_a_backup_nothing_is_changed(older, monkeypatch):
    def full(*_args):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("flows.upkeep.backup.write_copy", full)
    done = older.cli("migrate")
    assert done.exit_code == 1
    assert "was not updated, as it could not be backed up before" in done.output
    assert made_before(older) == []
    with opened(older) as database:
        assert schema_version(database) == OLD
    monkeypatch.undo()
    assert older.cli("migrate").exit_code == 0


def test_a_database_that_is_newer_is_refused_with_the_way_back(new_installation):
    new_installation.check()
    new_installation.sql("UPDATE app_state SET value = '9.1' WHERE name = 'schema made by'")
    new_installation.sql("UPDATE alembic_version SET version_num = '9999'")
    new_installation.close()
    for command in ("migrate", "status", "check"):
        done = new_installation.cli(command)
        assert done.exit_code == 2
        assert "install the newer ofsted-watch (9.1), or go back to the backup" in done.output
    with opened(new_installation) as database, database.engine.begin() as connection:
        version = {"version": newest_version()}
        connection.execute(text("UPDATE alembic_version SET version_num = :version"), version)
