"""A backup holds everything, and a restore of it elsewhere is the same installation."""

from __future__ import annotations

import gzip
import io
import re
import sqlite3
import stat
import subprocess
import tarfile
import tomllib
from contextlib import ExitStack, closing, contextmanager
from dataclasses import replace

import pytest
from sqlalchemy.exc import OperationalError

from basics.process_lock import held_alone
from storage import portable
from storage.backup_file import DATABASE, HEAD, SETTINGS, SUMS
from tests.databases import a_database
from tests.installation import (
    OPERATORS,
    REPORT_2025,
    SCRUTINY,
    TEXT_2026,
    Installation,
    pdf,
)
from tests.security import canary

ANSWERS = ("reports", "history", "events", "messages", "audit")
NEW = replace(REPORT_2025, file_id="50300000", data=pdf(TEXT_2026))


def backed_up(installation, name="backup.tar"):
    file = installation.folder / name
    done = installation.cli("backup", str(file))
    assert done.exit_code == 0, done.output
    return file


@contextmanager
def elsewhere(installation, folder, databases=None):
    """Another machine with the same settings, whose data folder and database are empty."""
    folder.mkdir(exist_ok=True)
    around = (installation.fake_ofsted, installation.base, installation.email, installation.teams)
    with ExitStack() as stack:
        address = stack.enter_context(a_database(databases)) if databases else ""
        other = Installation(folder, *around, now=installation.now, database=address)
        other.settings = installation.settings | {"database": address}
        stack.callback(other.close)
        yield other


def restored(installation, folder, databases=None, file=None):
    """Another machine to which it was restored."""
    stack = ExitStack()
    other = stack.enter_context(elsewhere(installation, folder, databases))
    done = other.cli("restore", str(file or backed_up(installation)))
    assert done.exit_code == 0, done.output
    other.said = done.output
    return stack, other


# Runs one command again and again, killed after the seconds that it is told, and says how long it
# ran: what takes longest, the loading, is done once.
KILLER = """
import os, signal, sys, time
import alembic.command, sqlalchemy.dialects.sqlite
from deployments.cli.commands import maintain
from deployments.cli.main import main
from flows.upkeep import backup, restore
for line in sys.stdin:
    began = time.monotonic()
    child = os.fork()
    if not child:
        sys.stdout = sys.stderr
        main()
    while time.monotonic() - began < float(line):
        if os.waitpid(child, os.WNOHANG)[0]:
            break
        time.sleep(0.001)
    else:
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
    print(time.monotonic() - began, flush=True)
"""


@contextmanager
def killer(installation, *command):
    """Gives what runs a command and kills it after some seconds; says how long it ran."""
    process = installation.start(*command, program=("-c", KILLER), stdin=subprocess.PIPE)

    def kill(seconds):
        process.stdin.write(f"{seconds}\n")
        process.stdin.flush()
        return float(process.stdout.readline())

    try:
        yield kill
    finally:
        process.stdin.close()
        process.stdin = None
        process.communicate(timeout=60)


def answers(installation):
    return {name: installation.ask(name) for name in ANSWERS}


def everything_in(folder):
    return {
        str(path.relative_to(folder)): path.read_bytes() if path.is_file() else None
        for path in folder.rglob("*")
    }


@pytest.mark.both_databases
def test_restored_elsewhere_everything_is_as_it_was_and_goes_on(announced, tmp_path, databases):
    file = backed_up(announced)
    with elsewhere(announced, tmp_path / "new", databases) as other:
        done = other.cli("restore", str(file))
        assert done.exit_code == 0, done.output
        assert answers(other) == answers(announced)
        assert not (other.folder / "data" / "restore.part").exists()
        assert (other.folder / "data" / "ofsted-watch.toml.from-backup").exists()
        last = max(each["id"] for each in other.ask("events")["events"])
        other.publish(NEW)
        other.later(hours=1)
        assert other.check().result == "changed"
        assert [each["id"] for each in other.ask("events")["events"]][-1] == last + 1
        assert other.stale == other.discrepancies == []


@pytest.mark.system
def test_from_sqlite_to_postgresql_and_back_it_stays_the_same(announced, tmp_path, postgresql):
    announced.sql("DELETE FROM digest_entry")
    announced.sql("UPDATE sqlite_sequence SET seq = 70 WHERE name = 'event'")  # a row that is gone
    first = backed_up(announced)
    with (
        elsewhere(announced, tmp_path / "server", postgresql) as server,
        elsewhere(announced, tmp_path / "back") as back,
    ):
        assert server.cli("restore", str(first)).exit_code == 0
        second = backed_up(server)
        assert back.cli("restore", str(second)).exit_code == 0
        assert answers(server) == answers(back) == answers(announced)
        assert rows(first) == rows(second)
        for each in (server, back):
            each.later(hours=1)
            each.list(NEW, REPORT_2025)
            assert each.check().result == "changed"
            assert 71 in {event["id"] for event in each.ask("events")["events"]}


def rows(file):
    """All rows of the database in a backup, but what a restore writes of itself."""
    with tarfile.open(file) as backup:
        plain = gzip.decompress(backup.extractfile(DATABASE).read())
    with closing(sqlite3.connect(":memory:")) as copy:
        copy.deserialize(plain)
        named = copy.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
        found = {
            name: sorted(copy.execute(f'SELECT * FROM "{name}"'), key=repr)  # noqa: S608
            for (name,) in named
            if name not in {"round", "lease", "sqlite_sequence"}
        }
    found["app_state"] = [row for row in found["app_state"] if not row[0].startswith("restored")]
    return found


def members_of(file):
    with tarfile.open(file) as backup:
        return backup.getnames()


def test_it_is_a_plain_tar_for_its_owner_with_hashes_that_any_program_checks(announced):
    file = backed_up(announced)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    unpacked = announced.folder / "unpacked"
    with tarfile.open(file) as backup:
        names = backup.getnames()
        backup.extractall(unpacked, filter="data")
    documents = [name for name in names if name.startswith("archive/")]
    assert names == [HEAD, DATABASE, SETTINGS, *documents, SUMS]
    assert len(documents) == 2
    check = ["sha256sum", "--check", "--strict", "--quiet", SUMS]
    subprocess.run(check, cwd=unpacked, check=True)
    left = {path.name for path in announced.folder.iterdir()}
    assert not [name for name in left if "part" in name]


def test_a_file_that_is_there_is_never_overwritten(announced):
    file = announced.folder / "backup.tar"
    file.write_text("mine")
    done = announced.cli("backup", str(file))
    assert (done.exit_code, file.read_text()) == (2, "mine")
    assert f"{file} already exists" in done.output


def test_two_processes_never_write_one_backup_or_restore_into_one_folder(announced, tmp_path):
    file = backed_up(announced)
    with held_alone(announced.folder / ".other.tar.backup.part"):
        done = announced.cli("backup", str(announced.folder / "other.tar"))
        assert done.exit_code == 2
        assert "another process is writing" in done.output
    with elsewhere(announced, tmp_path / "new") as other:
        part = other.folder / "data" / "restore.part"
        part.mkdir(parents=True)
        with held_alone(part / "lock"):
            done = other.cli("restore", str(file))
            assert done.exit_code == 2
            assert "another process is restoring into" in done.output
        assert other.cli("restore", str(file)).exit_code == 0


def test_where_nothing_can_be_written_it_is_one_line(announced, tmp_path):
    file = backed_up(announced)
    nowhere = announced.cli("backup", str(tmp_path / "nowhere" / "backup.tar"))
    with elsewhere(announced, tmp_path / "new") as other:
        other.settings["data_dir"] = str(file)
        into_a_file = other.cli("restore", str(file))
        other.settings["data_dir"] = "/proc/nowhere"
        read_only = other.cli("restore", str(file))
        other.settings["data_dir"] = "data"
        other.settings["database"] = "postgresql://watch@127.0.0.1:9/none"
        nobody_answers = other.cli("restore", str(file))
        assert everything_in(other.folder / "data") == {}
    for done in (nowhere, into_a_file, read_only, nobody_answers):
        assert done.exit_code in {1, 2}
        assert done.output.count("\n") == 1, done.output


def test_a_backup_can_be_sent_through_a_pipe(announced, tmp_path):
    done = announced.cli("backup", "-")
    file = announced.folder / "piped.tar"
    file.write_bytes(done.stdout_bytes)
    stack, other = restored(announced, tmp_path / "new", file=file)
    with stack:
        assert answers(other) == answers(announced)


def test_no_secret_is_in_it_and_those_left_out_are_named(new_installation, tmp_path):
    canary.plant(new_installation, "value", 9)
    new_installation.settings["email"]["password"] = canary.PASSWORD
    new_installation.settings["contact"] = 'mary.o\'neil@example.gov.uk "é"'
    new_installation.cli("check", "--no-prefect", "--no-send")
    file = backed_up(new_installation)
    unpacked = new_installation.folder / "unpacked"
    with tarfile.open(file) as backup:
        backup.extractall(unpacked, filter="data")
    packed = unpacked / DATABASE
    packed.with_suffix("").write_bytes(gzip.decompress(packed.read_bytes()))
    assert canary.files_with_it(unpacked) == []
    stack, other = restored(new_installation, tmp_path / "new", file=file)
    with stack:
        for name in ("heartbeat", "email.password", "ui.auth", "recipients: channel: teams"):
            assert name in other.said
        kept = other.folder / "data" / "ofsted-watch.toml.from-backup"
        assert stat.S_IMODE(kept.stat().st_mode) == 0o600
        again = tomllib.loads(kept.read_text())
        mine = tomllib.loads(new_installation.config.read_text())
        del mine["email"]["password"], mine["ui"]["auth"], mine["heartbeat"], mine["database"]
        for recipient in mine["recipients"]:
            for secret in ("teams", "apprise"):
                recipient.pop(secret, None)
        assert again == mine


def test_a_document_that_is_missing_or_damaged_is_named_and_all_else_is_kept(announced, tmp_path):
    first, second = sorted((announced.folder / "data" / "archive").glob("*/*.pdf"))
    first.unlink()
    second.write_bytes(b"%PDF-1.7 other bytes")
    file = announced.folder / "backup.tar"
    done = announced.cli("backup", str(file))
    assert done.exit_code == 1
    assert f"missing: {first.name}; damaged: {second.name}" in done.output
    with elsewhere(announced, tmp_path / "new") as other:
        done = other.cli("restore", str(file))
        assert done.exit_code == 1
        assert "2 documents not in the archive" in done.output
        assert answers(other) == answers(announced)


@pytest.mark.both_databases
def test_it_is_one_state_while_checks_write(announced, tmp_path, databases):
    process = announced.start("check", "--no-prefect", "--no-send")
    files = []
    while process.poll() is None and len(files) < 5:
        files.append(backed_up(announced, f"{len(files)}.tar"))
    assert process.wait(60) == 0
    assert files
    process.communicate()
    for number, file in enumerate((files[0], files[-1])):
        stack, other = restored(announced, tmp_path / str(number), databases, file)
        with stack:
            assert other.discrepancies == []


def test_a_backup_killed_at_any_moment_leaves_no_file_and_the_next_clears_up(announced):
    file = announced.folder / "backups" / "backup.tar"
    file.parent.mkdir()
    with killer(announced, "backup", str(file)) as kill:
        lasts = kill(60)
        file.unlink()
        for share in range(2, 12):
            kill(lasts * share / 12)
            if not file.exists():
                continue  # else it is whole
            assert members_of(file)[-1] == SUMS
            file.unlink()
    assert announced.cli("backup", str(file)).exit_code == 0
    assert [path.name for path in file.parent.iterdir()] == ["backup.tar"]


# What a restore says of a file that is no whole backup, in a part of its line.


def cut(file):
    content = file.read_bytes()
    file.write_bytes(content[: len(content) * 2 // 3])


def without_its_end(file):
    content = file.read_bytes()
    file.write_bytes(content[: content.rindex(SUMS.encode())])


def flipped(file):
    content = bytearray(file.read_bytes())
    content[content.index(b"%PDF-") + 2000] ^= 1
    file.write_bytes(content)


def other_tar(file):
    with tarfile.open(file, "w") as backup:
        backup.add(__file__, "test.py")


def empty(file):
    file.write_bytes(b"")


def text(file):
    file.write_text("a backup, they say\n" * 100)


def with_member(**fields):
    def change(file):
        info = tarfile.TarInfo(fields.get("name", "archive/ab/" + "ab" * 32 + ".pdf"))
        for name, value in fields.items():
            setattr(info, name, value)
        content = file.read_bytes()
        file.write_bytes(info.tobuf(tarfile.GNU_FORMAT) + content)

    return change


BAD = {
    "cut": (cut, "cut off"),
    "without its end": (without_its_end, "cut off"),
    "a flipped byte": (flipped, "is damaged (its SHA-256 is another)"),
    "another tar": (other_tar, "which no backup has"),
    "empty": (empty, "cut off"),
    "no tar": (text, "cut off|no tar file"),
    "a path that climbs": (with_member(name="../escaped"), "which no backup has"),
    "an absolute path": (with_member(name="/escaped"), "which no backup has"),
    "a document's path that climbs": (with_member(name="archive/../x.pdf"), "which no backup has"),
    "a symlink": (with_member(type=tarfile.SYMTYPE, linkname="/etc/passwd"), "no backup has"),
    "a hard link": (with_member(type=tarfile.LNKTYPE, linkname=HEAD), "no backup has"),
    "a device": (with_member(type=tarfile.CHRTYPE), "no backup has"),
    "a long name": (with_member(type=tarfile.GNUTYPE_LONGNAME, size=1 << 40), "no backup has"),
    "a huge document": (with_member(size=1 << 60), "cut off|damaged|first|begin"),
    "huge settings": (with_member(name=SETTINGS, size=1 << 40), "is said to have"),
    "a negative size": (with_member(size=-5), "is said to have"),
}


@pytest.fixture(scope="module")
def good(tmp_path_factory, snapshots):
    """A backup, made once."""
    from tests.installation import announce_2025

    with snapshots.installation(tmp_path_factory.mktemp("good"), announce_2025) as installation:
        return backed_up(installation).read_bytes()


@pytest.mark.parametrize("bad", BAD)
def test_what_is_no_whole_backup_is_refused_in_a_line_and_nothing_is_written(
    bad, good, new_installation
):
    change, words = BAD[bad]
    file = new_installation.folder / "backup.tar"
    file.write_bytes(good)
    change(file)
    done = new_installation.cli("restore", str(file))
    assert done.exit_code == 2, done.output
    [said] = [line for line in done.output.splitlines() if not line.startswith("note:")]
    assert said.startswith("ofsted-watch: ")
    assert re.search(words.replace("(", r"\(").replace(")", r"\)"), done.output), done.output
    assert everything_in(new_installation.folder / "data") == {}
    assert not (new_installation.folder / "escaped").exists()


def with_head(good, file, **fields):
    """The same backup with another head, its hashes right."""
    import hashlib
    import json

    with tarfile.open(fileobj=io.BytesIO(good)) as old:
        content = {each.name: old.extractfile(each).read() for each in old}
    del content[SUMS]
    content[HEAD] = json.dumps(json.loads(content[HEAD]) | fields).encode()
    lines = [f"{hashlib.sha256(data).hexdigest()}  {name}\n" for name, data in content.items()]
    content[SUMS] = "".join(lines).encode()
    with tarfile.open(file, "w", format=tarfile.GNU_FORMAT) as new:
        for name, data in content.items():
            info = tarfile.TarInfo(name)
            info.size = len(data)
            new.addfile(info, io.BytesIO(data))
    return file


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"format": 2, "program": "9.0"}, "made by a newer ofsted-watch (9.0)"),
        ({"schema": "9999", "program": "9.0"}, "install ofsted-watch 9.0 or newer"),
        ({"schema": "0100"}, "holds a database of another version than it says"),
        ({"made_at": "then"}, "does not begin with what a backup begins with"),
    ],
)
def test_a_backup_of_another_version_is_refused_with_the_way_back(
    fields, words, good, new_installation
):
    file = with_head(good, new_installation.folder / "backup.tar", **fields)
    done = new_installation.cli("restore", str(file))
    assert done.exit_code == 2, done.output
    assert words in done.output
    assert everything_in(new_installation.folder / "data") == {}


def test_a_data_folder_that_is_not_empty_is_refused_and_left_as_it_is(announced):
    file = backed_up(announced)
    announced.close()
    before = everything_in(announced.folder / "data")
    done = announced.cli("restore", str(file))
    assert done.exit_code == 2
    assert "is not empty: it has archive, ofsted-watch.sqlite" in done.output
    assert everything_in(announced.folder / "data") == before


@pytest.mark.both_databases
def test_a_database_that_is_not_empty_is_refused_and_left_as_it_is(announced, tmp_path):
    file = backed_up(announced)
    before = answers(announced)
    address = announced.database or f"sqlite:///{announced.folder}/data/ofsted-watch.sqlite"
    with elsewhere(announced, tmp_path / "new") as other:
        other.settings["database"] = address
        done = other.cli("restore", str(file))
        assert done.exit_code == 2, done.output
        assert "is not empty: it has tables of ofsted-watch" in done.output
        assert everything_in(other.folder / "data") == {}
    assert answers(announced) == before


@pytest.mark.both_databases
def test_a_restore_killed_at_any_moment_is_no_installation_and_can_be_made_again(
    announced, tmp_path, databases
):
    file = backed_up(announced)
    with (
        elsewhere(announced, tmp_path / "timed", databases) as other,
        killer(other, "restore", str(file)) as kill,
    ):
        lasts = kill(60)
    with (
        elsewhere(announced, tmp_path / "new", databases) as other,
        killer(other, "restore", str(file)) as kill,
    ):
        for share in range(2, 12):
            kill(lasts * share / 12)
            asked = other.cli("status")
            if (other.folder / "data" / "restore.part").exists():
                assert asked.exit_code == 2
                assert "was broken off; run `ofsted-watch restore`" in asked.output
                assert other.cli("check", "--no-prefect").exit_code == 2
            elif asked.exit_code != 2:
                break  # it was finished
        else:
            assert other.cli("restore", str(file)).exit_code == 0
        assert answers(other) == answers(announced)


@pytest.mark.both_databases
def test_a_restore_cut_off_from_a_database_that_has_taken_all_is_finished_by_the_next(
    announced, tmp_path, databases, monkeypatch
):
    file = backed_up(announced)

    def cut_off(*given):
        portable.read_copy(*given)
        raise OperationalError("COMMIT", {}, Exception("connection lost"))

    with elsewhere(announced, tmp_path / "new", databases) as other:
        with monkeypatch.context() as patch:
            patch.setattr("flows.upkeep.restore.read_copy", cut_off)
            done = other.cli("restore", str(file))
            assert done.exit_code == 2
            assert "could not be filled: connection lost" in done.output
        assert "was broken off; run `ofsted-watch restore`" in other.cli("status").output
        assert other.cli("restore", str(file)).exit_code == 0
        assert answers(other) == answers(announced)


def test_a_restore_on_a_full_disk_leaves_nothing(announced, tmp_path):
    file = backed_up(announced)
    script = (
        "import resource, signal\nsignal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))\n"
        "from deployments.cli.main import main\nmain()"
    )
    for command, folder in ((("restore", str(file)), "new"), (("backup", "b.tar"), "")):
        other_folder = tmp_path / folder
        with elsewhere(announced, other_folder) as other:
            before = everything_in(other_folder)
            process = other.start(*command, program=("-c", script))
            _, said = process.communicate(timeout=60)
            assert process.returncode in {1, 2}, said
            assert "Traceback" not in said
            left = everything_in(other_folder).keys() - before.keys()
            assert left <= {"data", "ofsted-watch.toml"}, said


def pending_at_backup(announced):
    """A new report whose email does not go out, and a backup of that."""
    announced.email.answers["MAIL"] = "451 4.3.0 later"
    announced.publish(NEW)
    announced.later(hours=1)
    announced.check()
    file = backed_up(announced)
    announced.email.answers.clear()
    return file


@pytest.mark.both_databases
def test_what_was_pending_is_held_until_a_person_decides(announced, tmp_path, databases):
    announced.settings["recipients"] += [SCRUTINY | {"name": "second", "quiet_notice": False}]
    announced.settings["recipients"][-1]["email"] = "second@example.gov.uk"
    announced.check()
    announced.email.messages.clear()
    file = pending_at_backup(announced)
    stack, other = restored(announced, tmp_path / "new", databases, file)
    with stack:
        assert "2 messages on hold" in other.said
        other.later(days=1)
        other.check()
        assert announced.email.messages == []
        first, second = [each for each in other.deliveries if each["on_hold_since"]]
        assert (first["state"], first["attempts"]) == ("pending", 1)
        assert "may have been sent after the backup" in first["error"]
        assert other.cli("messages").output.count("on hold ") >= 2
        status = other.cli("status")
        assert status.exit_code == 1
        assert "2 messages on hold since the restore" in " ".join(status.output.split())
        assert "delayed by 2 hours" not in status.output
        assert "2 on hold since a restore" in " ".join(other.cli("doctor").output.split())
        assert other.discrepancies == []
        assert other.cli("messages", "retry", str(first["id"])).exit_code == 0
        assert other.cli("messages", "cancel", str(second["id"])).exit_code == 0
        other.send()
        (sent,) = other.emails_to("scrutiny")
        assert sent["Message-ID"] == first["message_id"]
        assert other.emails_to("second") == []
        assert "on hold" not in other.cli("status").output


@pytest.mark.both_databases
def test_what_was_published_since_is_announced_again_with_the_same_message_id(
    announced, tmp_path, databases
):
    file = backed_up(announced)
    announced.publish(NEW)
    announced.later(hours=1)
    announced.check()
    (first,) = announced.emails_to("scrutiny")
    announced.email.messages.clear()
    stack, other = restored(announced, tmp_path / "new", databases, file)
    with stack:
        other.later(days=1)
        other.check()
        (second,) = other.emails_to("scrutiny")
        assert second["Message-ID"] == first["Message-ID"]
        assert second["Date"] != first["Date"]
        assert second["Subject"] == first["Subject"]


def test_two_installations_that_mail_one_person_share_no_message_id(announced, tmp_path):
    before = [each["message_id"] for each in announced.deliveries]
    with elsewhere(announced, tmp_path / "second") as second:
        second.list(*announced.fake_ofsted.providers["80515"].reports[1:])
        second.check()
        second.list(REPORT_2025, *second.fake_ofsted.providers["80515"].reports)
        second.check()
        again = [each["message_id"] for each in second.deliveries]
        assert len(again) == len(before)
        assert not {*before} & {*again}


def test_a_digest_that_may_have_been_sent_is_held_and_the_next_one_goes_out(announced, tmp_path):
    announced.settings["recipients"] = [
        SCRUTINY | {"frequency": "daily 08:00", "quiet_notice": False},
        OPERATORS,
    ]
    announced.at("2025-07-29 12:00")
    announced.check()
    file = backed_up(announced)
    announced.email.messages.clear()
    announced.at("2025-07-30 12:00")  # the digest of 8:00 may have been sent
    stack, other = restored(announced, tmp_path / "new", file=file)
    with stack:
        other.send()
        assert other.emails_to("scrutiny") == []
        (held,) = [each for each in other.deliveries if each["on_hold_since"]]
        other.at("2025-07-31 12:00")
        other.send()
        assert len(other.emails_to("scrutiny")) == 1
        assert other.cli("messages", "cancel", str(held["id"])).exit_code == 0


def test_no_quiet_notice_for_thirty_days_after_a_restore(announced, tmp_path):
    announced.settings["recipients"] = [SCRUTINY]
    file = backed_up(announced)
    announced.later(days=40)  # it was sent ten days ago, from the other machine
    stack, other = restored(announced, tmp_path / "new", file=file)
    with stack:
        for days, types in ((0, []), (29, []), (2, ["quiet_notice"])):
            other.later(days=days)
            before = len(other.ask("events")["events"])
            other.send()
            assert [e["type"] for e in other.ask("events")["events"]][before:] == types
