"""The site's folder: written in order, never half, and never over what others wrote."""

import json
import os
import signal
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from website.folder import MANIFEST, WebsiteError, Written, read_manifest, write
from website.pages import Output, file

HOME = Path(__file__).parents[2]


def pages(**contents):
    """Files of a site: `a__b="x"` is `a/b.html`."""
    return [
        file(name.replace("__", "/") + ".html", text.encode()) for name, text in contents.items()
    ]


def there(folder):
    return {
        path.relative_to(folder).as_posix(): path.read_text() for path in folder.rglob("*.html")
    }


def test_a_site_is_written_once_and_then_what_changed_alone(tmp_path):
    folder = tmp_path / "site"
    assert write(folder, pages(sutton__a="1", index="1"), {"s": "1"}) == Written(2, 0)
    before = {path: path.stat().st_mtime_ns for path in folder.rglob("*.html")}
    assert write(folder, pages(sutton__a="1", index="2"), {"s": "2"}) == Written(1, 0)
    after = {path: path.stat().st_mtime_ns for path in folder.rglob("*.html")}
    assert [path.name for path in after if after[path] != before[path]] == ["index.html"]
    assert read_manifest(folder).state == {"s": "2"}


def test_nothing_at_all_is_touched_when_nothing_has_changed(tmp_path):
    write(tmp_path, pages(index="1"), {"s": "1"})
    before = (tmp_path / MANIFEST).stat().st_mtime_ns
    assert write(tmp_path, pages(index="1"), {"s": "1"}) == Written(0, 0)
    assert (tmp_path / MANIFEST).stat().st_mtime_ns == before


def test_written_anew_every_file_is(tmp_path):
    write(tmp_path, pages(a="1", index="1"), {})
    assert write(tmp_path, pages(a="1", index="1"), {}, anew=True) == Written(2, 0)


def test_what_killed_writings_left_unfinished_is_removed_when_all_is_written_anew(tmp_path):
    write(tmp_path, pages(a__b="1"), {})
    left = [tmp_path / ".old.part", tmp_path / "a" / ".old.part", tmp_path / "a" / ".new.part"]
    for path in left:
        path.write_text("half")
    for path in left[:2]:
        os.utime(path, (0, 0))
    write(tmp_path, pages(a__b="1"), {}, anew=True)
    assert [path.exists() for path in left] == [False, False, True]


def test_what_is_no_longer_wanted_is_removed_and_what_is_unchanged_stays(tmp_path):
    write(tmp_path, pages(kent__a="1", sutton__a="1", bexley__a="1", index="1"), {})
    written = write(
        tmp_path, pages(sutton__b="1", index="1"), {}, unchanged=lambda path: path[:4] == "kent"
    )
    assert written == Written(1, 2)
    assert there(tmp_path) == {"kent/a.html": "1", "sutton/b.html": "1", "index.html": "1"}
    assert not (tmp_path / "bexley").exists()


def test_pages_are_written_before_those_that_list_them_and_removals_come_last(tmp_path):
    write(tmp_path, pages(sutton__old="1", index="old"), {})
    seen = []

    def making(name, text):
        def make():
            seen.append((name, *sorted(there(tmp_path))))
            return text.encode()

        return Output(name, text, make)

    write(tmp_path, [making("sutton/new.html", "1"), making("index.html", "new")], {})
    assert seen == [
        ("sutton/new.html", "index.html", "sutton/old.html"),
        ("index.html", "index.html", "sutton/new.html", "sutton/old.html"),
    ]
    assert sorted(there(tmp_path)) == ["index.html", "sutton/new.html"]


def test_a_file_that_somebody_removed_comes_back(tmp_path):
    write(tmp_path, pages(a="1"), {})
    (tmp_path / "a.html").unlink()
    assert write(tmp_path, pages(a="1"), {}) == Written(1, 0)


def test_a_folder_of_other_files_is_refused_and_left_as_it_is(tmp_path):
    (tmp_path / "index.html").write_text("Welcome to nginx")
    with pytest.raises(WebsiteError, match=r"did not write; choose an empty"):
        write(tmp_path, pages(index="1"), {})
    assert there(tmp_path) == {"index.html": "Welcome to nginx"}
    assert not (tmp_path / MANIFEST).exists()


def test_files_that_others_put_beside_ours_are_never_removed(tmp_path):
    write(tmp_path, pages(sutton__a="1"), {})
    (tmp_path / "sutton" / "notes.html").write_text("mine")
    write(tmp_path, pages(index="1"), {})
    assert there(tmp_path) == {"sutton/notes.html": "mine", "index.html": "1"}


def test_a_folder_is_not_made_in_one_that_is_away(tmp_path):
    with pytest.raises(WebsiteError, match=r"No such file or directory; check that the folder"):
        write(tmp_path / "disk" / "site", pages(index="1"), {})
    assert not (tmp_path / "disk").exists()


def test_a_file_in_the_place_of_the_folder_is_named_with_what_to_do(tmp_path):
    place = tmp_path / "site"
    place.write_text("a file")
    with pytest.raises(WebsiteError, match=r"site: .*; check that the folder"):
        write(place, pages(index="1"), {})
    assert place.read_text() == "a file"


def test_a_list_of_files_that_was_spoilt_costs_a_whole_writing_and_nothing_else(tmp_path):
    write(tmp_path, pages(sutton__a="1", index="1"), {})
    (tmp_path / MANIFEST).write_text("{ half")
    assert write(tmp_path, pages(sutton__a="1", index="1"), {}) == Written(2, 0)
    assert sorted(there(tmp_path)) == ["index.html", "sutton/a.html"]


def test_a_web_server_of_another_user_may_read_what_a_service_with_a_narrow_mask_wrote(tmp_path):
    before = os.umask(0o077)
    try:
        write(tmp_path / "site", pages(sutton__a="1"), {})
    finally:
        os.umask(before)
    modes = {
        path.relative_to(tmp_path).as_posix(): stat.S_IMODE(path.stat().st_mode)
        for path in (tmp_path / "site").rglob("*")
    }
    assert modes == {
        f"site/{MANIFEST}": 0o644,
        "site/sutton": 0o755,
        "site/sutton/a.html": 0o644,
    }


KILLED = """
import os, signal, sys
from pathlib import Path
from website.folder import write
from website.pages import Output

def make():
    os.kill(os.getpid(), signal.SIGKILL)

folder = Path(sys.argv[1])
page = Output("sutton/report-1.html", "1", lambda: b"1")
write(folder, [page, Output("index.html", "1", make)], {"s": "1"})
"""


def test_a_first_writing_that_was_killed_is_taken_up_and_leaves_nothing_behind(tmp_path):
    folder = tmp_path / "site"
    killed = subprocess.run([sys.executable, "-c", KILLED, str(folder)], cwd=HOME, check=False)
    assert killed.returncode == -signal.SIGKILL
    assert sorted(there(folder)) == ["sutton/report-1.html"]
    later = [file("sutton/report-2.html", b"2"), file("index.html", b"2")]
    assert write(folder, later, {"s": "2"}) == Written(2, 1)
    assert sorted(there(folder)) == ["index.html", "sutton/report-2.html"]


def test_a_writing_that_was_broken_off_is_made_good_though_the_data_are_as_before(tmp_path):
    write(tmp_path, pages(a="1", b="1"), {"s": "1"})

    def broken():
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write(tmp_path, [*pages(a="2"), Output("b.html", "2", broken)], {"s": "2"})
    assert there(tmp_path) == {"a.html": "2", "b.html": "1"}
    assert read_manifest(tmp_path).state == {}
    write(tmp_path, pages(a="1", b="1"), {"s": "1"})
    assert there(tmp_path) == {"a.html": "1", "b.html": "1"}
    assert read_manifest(tmp_path).state == {"s": "1"}


@pytest.mark.parametrize(
    "path", ["../mine.html", "a/../../mine.html", "/{folder}/mine.html", ".", "a/..", "a\0b", ""]
)
def test_a_list_that_somebody_changed_removes_nothing_outside_the_folder(tmp_path, path):
    mine, folder = tmp_path / "mine.html", tmp_path / "site"
    mine.write_text("mine")
    write(folder, pages(a__b="1"), {})
    listed = {"state": {}, "files": {path.format(folder=tmp_path): "1"}}
    (folder / MANIFEST).write_text(json.dumps(listed))
    assert write(folder, pages(a__b="1"), {}) == Written(1, 0)
    assert mine.exists()
