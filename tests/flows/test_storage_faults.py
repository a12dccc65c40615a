"""A database or disk that fails is one line and exit 1, and the next run makes it good."""

import os
import shutil
import subprocess
import threading
import time
from contextlib import contextmanager

import pytest
from sqlalchemy import text

from deployments.standin_faults import drip
from tests.sinks import closed_port
from tests.town import PAGE, REPORT_2025

IMPATIENT = {"": "?timeout=0.2", "postgresql": "?options=-c%20lock_timeout%3D200ms"}
READ_ONLY = {
    "": "sqlite:///file:{file}?mode=ro&uri=true",
    "postgresql": "{address}?options=-c%20default_transaction_read_only%3Don",
}
FULL_DISK = """
mount -t tmpfs tmpfs -o size=2m "$1" && cp -a "$2"/. "$1" || exit 90
head -c 4m /dev/zero > "$1"/ballast 2> /dev/null
rest=$1; kept=$2; shift 2
"$@"; code=$?
rm "$rest"/ballast && cp -a "$rest"/. "$kept"; exit $code
"""
READ_ONLY_FOLDER = """
mount --bind "$1" "$1" && mount -o remount,bind,ro "$1" || exit 90
shift 2; exec "$@"
"""
ON_SQLITE = pytest.mark.parametrize("databases", ["sqlite"], indirect=True)
ON_POSTGRESQL = pytest.mark.parametrize(
    "databases", [pytest.param("postgresql", marks=pytest.mark.system)], indirect=True
)


def _kind(town):
    return town.database.partition(":")[0]


def _file(town):
    return town.folder / "data" / "ofsted-watch.sqlite"


def _impatient(town):
    """Commands wait for the database for a moment, not for half a minute."""
    town.settings["database"] = (town.database or f"sqlite:///{_file(town)}") + IMPATIENT[
        _kind(town)
    ]


@contextmanager
def _locked(town):
    """Somebody else writes, and does not end."""
    with town.tools().database.write() as session:
        session.execute(text("SELECT 1"))
        yield


def _run(town, *command):
    process = town.start(*command)
    stdout, stderr = process.communicate(timeout=60)
    return process.returncode, stdout, stderr


def _look_that_is_asking(town):
    """A look in a process of its own that waits for the page."""
    town.standin.misbehave(PAGE, drip(200, 0.2), times=1)
    looking = town.start("look", "--plain")
    until = time.monotonic() + 30
    while not any(seen.path == PAGE for seen in town.standin.requests):
        assert time.monotonic() < until
        time.sleep(0.02)
    return looking


def _is_one_line(stderr):
    return len(stderr.splitlines()) == 1 and stderr.startswith("ofsted-watch: the database ")


def _is_told_once(town):
    town.later(minutes=1)
    town.look()
    return town.news == ["report_published"] and len(town.mails_to("scrutiny")) == 1


@pytest.mark.parametrize("command", [("look", "--plain"), ("deliver",)])
def test_a_locked_database_stops_a_command_with_1_and_says_what_to_do(town, command):
    _impatient(town)
    town.publish(REPORT_2025)
    with _locked(town):
        code, stdout, stderr = _run(town, *command)
    assert (code, stdout) == (1, "")
    assert _is_one_line(stderr)
    assert "could not be written" in stderr
    assert "another program holds it" in stderr
    assert _is_told_once(town)


def test_locked_while_a_message_is_sent_it_is_marked_once_that_ends_and_not_sent_again(town):
    _impatient(town)
    town.publish(REPORT_2025)
    released = threading.Event()

    def lock():
        with _locked(town):
            held.set()
            released.wait(30)

    def lock_once():
        town.mail.on_message = lambda: None
        threading.Thread(target=lock).start()
        held.wait(10)

    held = threading.Event()
    town.mail.on_message = lock_once
    looking = town.start("look", "--plain")
    held.wait(30)
    time.sleep(2)
    released.set()
    _, stderr = looking.communicate(timeout=60)
    assert looking.returncode == 0, stderr
    assert "it is not written down yet" in stderr
    assert "Traceback" not in stderr
    assert _is_told_once(town)
    assert {each["state"] for each in town.deliveries} == {"sent"}


def test_a_database_that_may_only_be_read_answers_and_looks_no_more(town):
    town.publish(REPORT_2025)
    read_only = READ_ONLY[_kind(town)].format(file=_file(town), address=town.database)
    writable, town.settings["database"] = town.settings["database"], read_only
    assert _run(town, "status")[0] == 0
    code, stdout, stderr = _run(town, "look", "--plain")
    assert (code, stdout) == (1, "")
    assert _is_one_line(stderr)
    assert "let this user write" in stderr
    town.settings["database"] = writable
    assert _is_told_once(town)


def test_a_server_that_is_down_is_said_with_its_address_and_without_its_password(town):
    at_first = town.settings["database"]
    with closed_port() as port:
        town.settings["database"] = f"postgresql://watch:s3cret@127.0.0.1:{port}/watch"
        code, stdout, stderr = _run(town, "look", "--plain")
    assert (code, stdout) == (1, "")
    assert _is_one_line(stderr)
    assert f"watch:***@127.0.0.1:{port}/watch cannot be opened" in stderr
    assert "s3cret" not in stderr
    town.settings["database"] = at_first


@ON_SQLITE
def test_a_file_that_may_grow_no_more_stops_a_look_and_keeps_what_was_there(town):
    town.publish(REPORT_2025)
    process = town.start("look", "--plain", under=("prlimit", "--fsize=12000"))
    _, stderr = process.communicate(timeout=60)
    assert process.returncode == 1
    assert _is_one_line(stderr)
    assert _is_told_once(town)


def _look_where(town, what, script):
    """A look for which a folder of ours is another one, by a mount that it alone sees."""
    if subprocess.run(["unshare", "-rm", "true"], check=False).returncode:
        assert "CI" not in os.environ, "unshare -rm is not allowed here"
        pytest.skip("NOTHING WAS MOUNTED: unshare -rm is not allowed here")
    kept = town.folder / "kept"
    shutil.copytree(what, kept)
    under = ("unshare", "-rm", "sh", "-c", script, "sh", str(what), str(kept))
    looking = town.start("look", "--plain", under=under)
    stdout, stderr = looking.communicate(timeout=120)
    if script is FULL_DISK:
        shutil.rmtree(what)
        kept.rename(what)
    return looking.returncode, stdout, stderr


@pytest.mark.system
def test_a_disk_without_any_room_stops_a_look_in_words_and_keeps_what_was_there(town):
    town.publish(REPORT_2025)
    code, stdout, stderr = _look_where(town, town.folder / "data", FULL_DISK)
    assert code == 1, stderr
    assert "Traceback" not in stderr
    assert "room" in stdout + stderr
    assert _is_told_once(town)


@pytest.mark.system
@ON_SQLITE
def test_a_data_folder_that_may_only_be_read_stops_a_look_in_one_line(town):
    town.publish(REPORT_2025)
    code, stdout, stderr = _look_where(town, town.folder / "data", READ_ONLY_FOLDER)
    assert (code, stdout) == (2, ""), stderr
    assert _is_one_line(stderr)
    assert "check the address and the folder's owner" in stderr
    assert _is_told_once(town)


@pytest.mark.system
def test_an_archive_that_may_only_be_read_breaks_off_the_look_and_loses_nothing(town):
    town.publish(REPORT_2025)
    code, stdout, stderr = _look_where(town, town.folder / "data" / "archive", READ_ONLY_FOLDER)
    assert code == 1, stderr
    assert "the look broke off ([Errno 30] Read-only file system" in stdout + stderr
    assert "Traceback" not in stderr
    assert _is_told_once(town)


def test_a_data_folder_that_goes_in_the_middle_of_a_look_is_no_news_and_no_loss(town):
    """As with a disk that is unmounted and mounted again."""
    town.publish(REPORT_2025)
    looking = _look_that_is_asking(town)
    data, elsewhere = town.folder / "data", town.folder / "elsewhere"
    data.rename(elsewhere)
    _, stderr = looking.communicate(timeout=60)
    assert looking.returncode == 1
    assert "Traceback" not in stderr
    assert not data.exists()
    elsewhere.rename(data)
    assert _is_told_once(town)
    archived = {path.stem for path in (data / "archive").glob("??/*")}
    assert {version["sha256"] for each in town.reports for version in each["versions"]} == archived


@ON_POSTGRESQL
def test_connections_that_the_server_ends_in_the_middle_of_a_look_end_it_and_the_next_tells(town):
    """Its lock went with them: another one may look by now."""
    town.publish(REPORT_2025)
    looking = _look_that_is_asking(town)
    town.sql(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
        "WHERE datname = current_database() AND pid <> pg_backend_pid()"
    )
    stdout, stderr = looking.communicate(timeout=60)
    assert looking.returncode == 1, stderr
    assert "the lock on provider 80515 was lost" in stdout
    assert "Traceback" not in stderr
    assert _is_told_once(town)
