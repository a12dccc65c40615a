"""A database or disk that fails is one line and exit 1, and the next run makes it good."""

import os
import shutil
import subprocess
import threading
import time
from contextlib import contextmanager

import pytest
from sqlalchemy import text

from deployments.demo.fake_ofsted_faults import drip
from tests.installation import PAGE, REPORT_2025
from tests.sinks import closed_port

pytestmark = pytest.mark.both_databases
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


def _kind(installation):
    return installation.database.partition(":")[0]


def _file(installation):
    return installation.folder / "data" / "ofsted-watch.sqlite"


def _impatient(installation):
    """Commands wait for the database for a moment, not for half a minute."""
    installation.settings["database"] = (
        installation.database or f"sqlite:///{_file(installation)}"
    ) + IMPATIENT[_kind(installation)]


@contextmanager
def _locked(installation):
    """Somebody else writes, and does not end."""
    with installation.context().database.write() as session:
        session.execute(text("SELECT 1"))
        yield


def _run(installation, *command):
    process = installation.start(*command)
    stdout, stderr = process.communicate(timeout=60)
    return process.returncode, stdout, stderr


def _check_that_is_asking(installation):
    """A check in a process of its own that waits for the page."""
    installation.fake_ofsted.misbehave(PAGE, drip(200, 0.2), times=1)
    checking = installation.start("check", "--no-prefect")
    until = time.monotonic() + 30
    while not any(seen.path == PAGE for seen in installation.fake_ofsted.requests):
        assert time.monotonic() < until
        time.sleep(0.02)
    return checking


def _is_one_line(stderr):
    return len(stderr.splitlines()) == 1 and stderr.startswith("ofsted-watch: the database ")


def _is_announced_once(installation):
    installation.later(minutes=1)
    installation.check()
    return (
        installation.event_types == ["report_published"]
        and len(installation.emails_to("scrutiny")) == 1
    )


@pytest.mark.parametrize("command", [("check", "--no-prefect"), ("send",)])
def test_a_locked_database_stops_a_command_with_1_and_says_what_to_do(installation, command):
    _impatient(installation)
    installation.publish(REPORT_2025)
    with _locked(installation):
        code, stdout, stderr = _run(installation, *command)
    assert (code, stdout) == (1, "")
    assert _is_one_line(stderr)
    assert "could not be written" in stderr
    assert "another program is using it" in stderr
    assert _is_announced_once(installation)


def test_locked_while_a_message_is_sent_it_is_marked_once_that_ends_and_not_sent_again(
    installation,
):
    _impatient(installation)
    installation.publish(REPORT_2025)
    released = threading.Event()

    def lock():
        with _locked(installation):
            held.set()
            released.wait(30)

    def lock_once():
        installation.email.on_message = lambda: None
        threading.Thread(target=lock).start()
        held.wait(10)

    held = threading.Event()
    installation.email.on_message = lock_once
    checking = installation.start("check", "--no-prefect")
    held.wait(30)
    time.sleep(2)
    released.set()
    _, stderr = checking.communicate(timeout=60)
    assert checking.returncode == 0, stderr
    assert "the result has not been saved yet" in stderr
    assert "Traceback" not in stderr
    assert _is_announced_once(installation)
    assert {each["state"] for each in installation.deliveries} == {"sent"}


def test_a_database_that_may_only_be_read_answers_and_checks_no_more(installation):
    installation.publish(REPORT_2025)
    read_only = READ_ONLY[_kind(installation)].format(
        file=_file(installation), address=installation.database
    )
    writable, installation.settings["database"] = installation.settings["database"], read_only
    assert _run(installation, "status")[0] == 0
    code, stdout, stderr = _run(installation, "check", "--no-prefect")
    assert (code, stdout) == (1, "")
    assert _is_one_line(stderr)
    assert "let this user write" in stderr
    installation.settings["database"] = writable
    assert _is_announced_once(installation)


def test_a_server_that_is_down_is_said_with_its_address_and_without_its_password(installation):
    at_first = installation.settings["database"]
    with closed_port() as port:
        installation.settings["database"] = f"postgresql://watch:s3cret@127.0.0.1:{port}/watch"
        code, stdout, stderr = _run(installation, "check", "--no-prefect")
    assert (code, stdout) == (1, "")
    assert _is_one_line(stderr)
    assert f"watch:***@127.0.0.1:{port}/watch cannot be opened" in stderr
    assert "s3cret" not in stderr
    installation.settings["database"] = at_first


@ON_SQLITE
def test_a_file_that_may_grow_no_more_stops_a_check_and_keeps_what_was_there(installation):
    installation.publish(REPORT_2025)
    process = installation.start("check", "--no-prefect", under=("prlimit", "--fsize=12000"))
    _, stderr = process.communicate(timeout=60)
    assert process.returncode == 1
    assert _is_one_line(stderr)
    assert _is_announced_once(installation)


def _check_where(installation, what, script):
    """A check for which a folder of ours is another one, by a mount that it alone sees."""
    if subprocess.run(["unshare", "-rm", "true"], check=False).returncode:
        assert "CI" not in os.environ, "unshare -rm is not allowed here"
        pytest.skip("NOTHING WAS MOUNTED: unshare -rm is not allowed here")
    kept = installation.folder / "kept"
    shutil.copytree(what, kept)
    under = ("unshare", "-rm", "sh", "-c", script, "sh", str(what), str(kept))
    checking = installation.start("check", "--no-prefect", under=under)
    stdout, stderr = checking.communicate(timeout=120)
    if script is FULL_DISK:
        shutil.rmtree(what)
        kept.rename(what)
    return checking.returncode, stdout, stderr


@pytest.mark.system
def test_a_disk_without_any_room_stops_a_check_in_words_and_keeps_what_was_there(installation):
    installation.publish(REPORT_2025)
    code, stdout, stderr = _check_where(installation, installation.folder / "data", FULL_DISK)
    assert code == 1, stderr
    assert "Traceback" not in stderr
    assert "disk" in stdout + stderr
    assert _is_announced_once(installation)


@pytest.mark.system
@ON_SQLITE
def test_a_data_folder_that_may_only_be_read_stops_a_check_in_one_line(installation):
    installation.publish(REPORT_2025)
    code, stdout, stderr = _check_where(
        installation, installation.folder / "data", READ_ONLY_FOLDER
    )
    assert (code, stdout) == (2, ""), stderr
    assert _is_one_line(stderr)
    assert "check the address and the folder's owner" in stderr
    assert _is_announced_once(installation)


@pytest.mark.system
def test_an_archive_that_may_only_be_read_breaks_off_the_check_and_loses_nothing(installation):
    installation.publish(REPORT_2025)
    code, stdout, stderr = _check_where(
        installation, installation.folder / "data" / "archive", READ_ONLY_FOLDER
    )
    assert code == 1, stderr
    assert "the check failed ([Errno 30] Read-only file system" in stdout + stderr
    assert "Traceback" not in stderr
    assert _is_announced_once(installation)


def test_a_data_folder_that_goes_in_the_middle_of_a_check_makes_no_event_and_loses_nothing(
    installation,
):
    """As with a disk that is unmounted and mounted again."""
    installation.publish(REPORT_2025)
    checking = _check_that_is_asking(installation)
    data, elsewhere = installation.folder / "data", installation.folder / "elsewhere"
    data.rename(elsewhere)
    _, stderr = checking.communicate(timeout=60)
    assert checking.returncode == 1
    assert "Traceback" not in stderr
    assert not data.exists()
    elsewhere.rename(data)
    assert _is_announced_once(installation)
    archived = {path.stem for path in (data / "archive").glob("??/*")}
    assert {
        version["sha256"] for each in installation.reports for version in each["versions"]
    } == archived


@ON_POSTGRESQL
def test_connections_that_the_server_ends_in_the_middle_of_a_check_end_it_and_the_next_announces(
    installation,
):
    """Its lock went with them: another one may check by now."""
    installation.publish(REPORT_2025)
    checking = _check_that_is_asking(installation)
    installation.sql(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
        "WHERE datname = current_database() AND pid <> pg_backend_pid()"
    )
    stdout, stderr = checking.communicate(timeout=60)
    assert checking.returncode == 1, stderr
    assert "the lock on provider 44:80515 was lost" in stdout
    assert "Traceback" not in stderr
    assert _is_announced_once(installation)
