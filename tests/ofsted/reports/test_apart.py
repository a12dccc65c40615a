import subprocess
import sys
from pathlib import Path

import pytest

import ofsted
from ofsted.reports import apart
from ofsted.reports.limits import Limits

SEED = Path(__file__).parents[3] / "seeds" / "sutton-2025-ilacs.txt"


def test_a_file_reads_the_same_apart():
    assert ofsted.read_apart(SEED) == ofsted.read(SEED)


def test_a_file_that_takes_too_long_is_unread():
    reading = ofsted.read_apart(SEED, Limits(seconds=0.001))
    assert reading.status == "unread"
    assert reading.doubts[0].what == f"{SEED.name} was not read within 0.001 seconds"
    assert reading.sha256 == ofsted.read(SEED).sha256


def test_a_process_that_dies_is_tried_once_more_and_then_unread(monkeypatch, tmp_path):
    lives = tmp_path / "lives"
    dying = f"open({str(lives)!r}, 'a').write('x'); import os; os.abort()"
    monkeypatch.setattr(apart, "_CHILD", ("-c", dying))
    reading = ofsted.read_apart(SEED)
    assert lives.read_text() == "xx"
    assert (reading.status, reading.kind, reading.judgements) == ("unread", "unknown", ())
    assert reading.doubts[0].what.startswith(f"the process that read {SEED.name} died, twice: exit")


@pytest.mark.skipif(sys.platform == "win32", reason="no limit of memory on Windows")
def test_memory_is_limited(monkeypatch):
    hungry = "import json, sys; from ofsted.reports.apart import _confine, Limits; "
    hungry += "_confine(Limits(**json.loads(sys.argv[2]))); bytearray(400 << 20)"
    monkeypatch.setattr(apart, "_CHILD", ("-c", hungry))
    reading = ofsted.read_apart(SEED, Limits(memory=300 << 20))
    assert reading.doubts[0].what.endswith("died, twice: exit 1, MemoryError")


def test_a_second_try_may_succeed(monkeypatch):
    run = apart._run
    first = subprocess.CompletedProcess([], -11, b"", b"")
    endings = [first]
    monkeypatch.setattr(apart, "_run", lambda *asked: endings.pop() if endings else run(*asked))
    assert ofsted.read_apart(SEED).status == "read"


def test_the_child_sees_none_of_our_secrets(monkeypatch):
    asked = {}

    def run(*_, **given):
        asked.update(given)
        return subprocess.CompletedProcess([], 1, b"", b"")

    monkeypatch.setenv("OFSTED_WATCH_MAIL__PASSWORD", "secret")
    monkeypatch.setattr(subprocess, "run", run)
    ofsted.read_apart(SEED)
    assert not [name for name in asked["env"] if "OFSTED" in name]


def test_a_script_needs_no_guard(tmp_path):
    script = tmp_path / "script.py"
    script.write_text(f"import ofsted\nprint(ofsted.read_apart({str(SEED)!r}).status)\n")
    home = str(Path(ofsted.__file__).parents[1])
    done = subprocess.run(
        [sys.executable, script], capture_output=True, check=True, env={"PYTHONPATH": home}
    )
    assert done.stdout.split() == [b"read"]


def test_importing_the_library_loads_nothing_heavy():
    code = (
        "import sys, ofsted; ofsted.compare, ofsted.read_apart\n"
        "print([name for name in ('pypdfium2', 'requests', 'bs4', 'lxml') if name in sys.modules])"
    )
    home = str(Path(ofsted.__file__).parents[1])
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, check=True, env={"PYTHONPATH": home}
    )
    assert done.stdout.decode().strip() == "[]"


def test_every_public_name_is_there():
    assert sorted(ofsted.__all__) == ofsted.__all__
    assert all(getattr(ofsted, name) for name in ofsted.__all__)
    with pytest.raises(AttributeError, match="no attribute 'absent'"):
        _ = ofsted.absent
