"""What a power cut finds: the order in which things reach the disk, as the kernel was asked.

A power cut may lose whatever was written and not flushed, a new name as well as bytes. So that
nothing that is announced or named can be lost by one, each is flushed before what follows from it.
"""

import re

import pytest

from tests.kills import FLUSHES, Step, trace
from tests.works import WORKS, an_installation_for

pytestmark = [
    pytest.mark.system,
    pytest.mark.parametrize("databases", ["sqlite"], indirect=True),
]
OUTSIDE = {"email", "webhook", "answer"}


@pytest.fixture
def steps(snapshots, tmp_path):
    """What a work does, call after call."""

    def of(name: str) -> list[Step]:
        folder = tmp_path / "installation"
        folder.mkdir()
        with an_installation_for(WORKS[name], snapshots, folder) as installation:
            done = trace(installation, WORKS[name])
        assert done.code == 0, done
        return [*done.steps]

    return of


def _flushed(steps, path):
    """Whether one of the steps flushes a file or folder."""
    return any(step.name in FLUSHES and f"<{path}>" in step.call for step in steps)


def _renames(steps, folder):
    """Renames into a folder: at which step, from where, to where."""
    for at, step in enumerate(steps):
        if step.name == "rename" and f"/data{folder}" in step.call:
            before, after = re.findall(r'"([^"]+)"', step.call)
            yield at, before, after


def _commit_after(steps, at):
    """The next step by which the database has something for good."""
    found = (
        number
        for number, step in enumerate(steps)
        if number > at
        and step.name in FLUSHES
        and step.short_name == "database"
        and "sqlite" in step.call
    )
    return next(found, len(steps))


def test_a_document_and_its_name_are_on_the_disk_before_the_database_names_it(steps):
    checked = steps("check")
    kept = [*_renames(checked, "/archive/")]
    assert len(kept) == 1
    for at, before, after in kept:
        assert _flushed(checked[:at], before)
        folder = after.rpartition("/")[0]
        archive = folder.rpartition("/")[0]
        until_named = checked[at : _commit_after(checked, at)]
        for each in (folder, archive, archive.rpartition("/")[0]):
            assert _flushed(until_named, each), each


@pytest.mark.parametrize("name", ["check", "send"])
def test_what_is_sent_or_answered_follows_from_nothing_that_is_not_flushed(steps, name):
    unflushed: set[str] = set()
    sent = 0
    for step in steps(name):
        (file,) = re.findall(r"^\w+\(\d+<([^>]+-wal)>", step.call) or [""]
        if file and step.name == "pwrite64":
            unflushed.add(file)
        elif file and step.name in FLUSHES:
            unflushed.discard(file)
        elif step.short_name in OUTSIDE:
            assert not unflushed, step.call
            sent += 1
    assert sent > 3


def test_files_for_people_are_on_the_disk_before_it_is_written_down_that_they_are(steps):
    checked = steps("check, to the outbox")
    written = [*_renames(checked, "/outbox/")]
    assert written
    for at, before, after in written:
        assert _flushed(checked[:at], before)
        until_noted = checked[at : _commit_after(checked, at)]
        assert _flushed(until_noted, after.rpartition("/")[0])


def test_pages_are_on_the_disk_before_the_list_says_what_they_show(steps):
    checked = steps("check")
    written = [*_renames(checked, "/website/")]
    lists = [at for at, _, after in written if after.endswith(".written.json")]
    assert len(written) > len(lists) > 0
    for at, before, after in written:
        assert _flushed(checked[:at], before)
        named = next(each for each in lists if each >= at)
        assert named == at or _flushed(checked[at:named], after.rpartition("/")[0])
