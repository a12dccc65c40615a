"""A missing database is made; one of another version is never touched by accident."""

import contextlib
import os
import socket
import sqlite3
import threading
import time
from datetime import datetime

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import text
from sqlalchemy.exc import StatementError

import storage.database
from storage import models
from storage.database import DatabaseError, newest_version, open_database, schema_version
from storage.record import get_state, set_state
from tests.installation import utc

pytestmark = pytest.mark.both_databases


def test_a_missing_database_is_made_with_its_folder(tmp_path):
    path = tmp_path / "not" / "there" / "db.sqlite"
    database = open_database(f"sqlite:///{path}")
    assert schema_version(database) == newest_version()
    assert path.exists()
    database.close()


def test_opening_it_again_changes_nothing(database):
    with database.write() as session:
        set_state(session, "what", "ever")
    again = open_database(database.address)
    with again.read() as session:
        assert get_state(session, "what") == "ever"
    again.close()


def test_the_migrations_make_exactly_the_models(database):
    with database.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, models.Base.metadata) == []


def test_a_database_of_an_unreleased_version_is_refused_in_a_sentence(tmp_path):
    path = tmp_path / "db.sqlite"
    open_database(f"sqlite:///{path}").close()
    with contextlib.closing(sqlite3.connect(path)) as database, database:
        database.execute("UPDATE alembic_version SET version_num = '0001'")
    with pytest.raises(DatabaseError, match=r"made by an unreleased version .* move it away, the"):
        open_database(f"sqlite:///{path}", migrate=True)


def test_a_database_of_a_later_version_is_left_alone(path):
    with sqlite3.connect(path) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(DatabaseError, match=r"at version 9999, later .* install the newer"):
        open_database(f"sqlite:///{path}", migrate=True)


def test_a_file_that_is_no_database_is_named(tmp_path):
    path = tmp_path / "db.sqlite"
    path.write_bytes(b"not a database at all, but a text of some length" * 100)
    with pytest.raises(DatabaseError, match=r"db\.sqlite cannot be opened: file is not a database"):
        open_database(f"sqlite:///{path}")


@pytest.mark.parametrize(
    ("address", "words"),
    [
        ("nonsense", "not a valid address"),
        ("oracle9://host/name", "not a valid address"),
        ("sqlite:////proc/nowhere/db.sqlite", "cannot be created"),
    ],
)
def test_an_address_that_cannot_be_used_says_so(address, words):
    with pytest.raises(DatabaseError, match=words):
        open_database(address)


def test_the_name_of_a_database_hides_its_password():
    pytest.importorskip("psycopg", reason="the postgres extra is not installed")
    from storage.database import Database

    database = Database("postgresql+psycopg://watch:s3cret@db.example.gov.uk/watch")
    assert database.name == "postgresql+psycopg://watch:***@db.example.gov.uk/watch"


def test_what_is_done_in_a_session_is_written_whole_or_not_at_all(database):
    def fail_halfway():
        with database.write() as session:
            set_state(session, "half", "done")
            session.flush()
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail_halfway()
    with database.read() as session:
        assert get_state(session, "half") is None


def test_writers_take_turns(database):
    """Each reads what is there and adds one: none is lost."""

    def count():
        for _ in range(10):
            with database.write() as session:
                set_state(session, "count", str(int(get_state(session, "count") or 0) + 1))

    threads = [threading.Thread(target=count) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with database.read() as session:
        assert get_state(session, "count") == "40"


def test_a_reading_session_does_not_wait_for_a_writing_one(database):
    with database.write() as writing:
        set_state(writing, "what", "unfinished")
        writing.flush()
        with database.read() as reading:
            assert get_state(reading, "what") is None


def test_sqlite_keeps_what_it_promises(path):
    database = open_database(f"sqlite:///{path}")
    with database.engine.connect() as connection:
        pragmas = {
            name: connection.execute(text(f"PRAGMA {name}")).scalar()
            for name in ("journal_mode", "foreign_keys", "synchronous")
        }
    database.close()
    assert pragmas == {"journal_mode": "wal", "foreign_keys": 1, "synchronous": 2}


@pytest.mark.parametrize(
    "databases", [pytest.param("postgresql", marks=pytest.mark.system)], indirect=True
)
@pytest.mark.parametrize(
    ("query", "idle", "patience"),
    [("", 30, "30s"), ("?options=-c%20lock_timeout%3D1s&keepalives_idle=7", 7, "1s")],
)
def test_a_connection_whose_other_end_is_gone_is_noticed_by_both_sides(
    database, query, idle, patience
):
    """And whatever else the address sets stays set."""
    asked = open_database(database.address + query)
    with asked.engine.connect() as connection:
        said = {
            name: connection.execute(text(f"SHOW {name}")).scalar()
            for name in (
                "tcp_keepalives_idle",
                "tcp_keepalives_interval",
                "tcp_keepalives_count",
                "tcp_user_timeout",
                "lock_timeout",
            )
        }
        with socket.socket(fileno=os.dup(connection.connection.fileno())) as ours:
            options = [
                ours.getsockopt(socket.IPPROTO_TCP, option)
                for option in (
                    socket.TCP_KEEPIDLE,
                    socket.TCP_KEEPINTVL,
                    socket.TCP_KEEPCNT,
                    socket.TCP_USER_TIMEOUT,
                )
            ]
            assert ours.getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE) == 1
    asked.close()
    assert [*said.values()] == ["30", "10", "3", "60000", patience]
    assert options == [idle, 10, 3, 60_000]


@pytest.mark.parametrize(
    "databases", [pytest.param("postgresql", marks=pytest.mark.system)], indirect=True
)
def test_a_writer_that_is_cut_off_gives_its_turn_up_and_what_it_wrote(database, monkeypatch):
    monkeypatch.setattr(storage.database, "IDLE_SECONDS", 1)

    def write_and_fall_silent():
        with database.write() as session:
            set_state(session, "half", "done")
            session.flush()
            time.sleep(2)

    silent = threading.Thread(target=pytest.raises, args=(DatabaseError, write_and_fall_silent))
    silent.start()
    time.sleep(0.3)
    with database.write() as session:  # waits for its turn, and gets it
        assert get_state(session, "half") is None
    assert silent.is_alive()
    silent.join()


def test_a_time_comes_back_in_utc_and_none_without_zone_goes_in(database):
    with database.write() as session:
        session.add(models.Provider(code="44", urn="80515", since=utc("2025-07-29 09:30")))
    with database.read() as session:
        assert session.get_one(models.Provider, ("44", "80515")).since == utc("2025-07-29 09:30")
    with database.write() as session:
        session.add(models.Provider(code="44", urn="80516", since=datetime(2025, 7, 29)))  # noqa: DTZ001
        with pytest.raises(StatementError, match="without zone"):
            session.flush()
