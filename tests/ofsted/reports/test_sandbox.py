import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psutil
import pytest

import ofsted
from ofsted.reports import sandbox
from ofsted.reports.limits import Limits

SEED = Path(__file__).parents[3] / "seeds" / "sutton-2025-ilacs.txt"


def test_a_file_reads_the_same_in_a_worker():
    assert ofsted.read_apart(SEED) == ofsted.read(SEED)


def test_a_file_that_takes_too_long_is_unread():
    reading = ofsted.read_apart(SEED, Limits(seconds=0.001))
    assert reading.status == "unread"
    assert reading.doubts[0].what == f"{SEED.name} was not read within 0.001 seconds"
    assert reading.sha256 == ofsted.read(SEED).sha256


@pytest.fixture
def dying(monkeypatch, tmp_path):
    """Workers that run some lines of Python for each file; how many there were."""
    lives = tmp_path / "lives"
    sandbox._end_idle()

    def instead(lines):
        code = f"open({str(lives)!r}, 'a').write('x')\n{lines}"
        monkeypatch.setattr(sandbox, "_COMMAND", ("-c", code))
        return lives

    yield instead
    sandbox._end_idle()


def test_a_process_that_dies_is_tried_once_more_and_then_unread(dying):
    lives = dying("import os; os.abort()")
    reading = ofsted.read_apart(SEED)
    assert lives.read_text() == "xx"
    assert (reading.status, reading.kind, reading.judgements) == ("unread", "unknown", ())
    assert reading.doubts[0].what.startswith(f"the process that read {SEED.name} died, twice: exit")


@pytest.mark.parametrize(
    "answer", [b"\n", b"no JSON\n", b"[1]\n", b"{}\n", b'{"reading": 1}\n', b"[" * 99_999 + b"\n"]
)
def test_an_answer_that_is_no_reading_is_unread(dying, answer):
    lives = dying(f"import os, sys; os.write(1, {answer!r}); sys.stdin.read()")
    reading = ofsted.read_apart(SEED)
    assert lives.read_text() == "xx"
    assert reading.doubts[0].what.endswith("died, twice: its answer is not a reading")


@pytest.mark.parametrize(
    "lines", ["os.close(1)", "while True: os.write(1, b'x' * 65536)"], ids=["closed", "endless"]
)
def test_a_worker_that_lives_on_without_an_answer_is_ended_in_time(dying, lines):
    dying(f"import os, time\n{lines}\ntime.sleep(60)")
    reading = ofsted.read_apart(SEED, Limits(seconds=1))
    assert reading.doubts[0].what == f"{SEED.name} was not read within 1 seconds"


def test_a_second_try_may_succeed(dying, tmp_path):
    flag = tmp_path / "flag"
    lives = dying(
        f"import os, pathlib; flag = pathlib.Path({str(flag)!r})\n"
        "if not flag.exists(): flag.touch(); os.abort()\n"
        "from ofsted.reports.sandbox_worker import main; main()"
    )
    assert ofsted.read_apart(SEED) == ofsted.read(SEED)
    assert lives.read_text() == "xx"


def test_a_worker_reads_one_file_after_another(dying):
    lives = dying("from ofsted.reports.sandbox_worker import main; main()")
    assert {ofsted.read_apart(SEED).status for _ in range(3)} == {"read"}
    assert lives.read_text() == "x"


def test_a_worker_that_could_not_read_a_file_reads_no_other(dying, tmp_path):
    lives = dying("from ofsted.reports.sandbox_worker import main; main()")
    (tmp_path / "page.pdf").write_text("<html>")
    assert ofsted.read_apart(tmp_path / "page.pdf").status == "unread"
    assert ofsted.read_apart(SEED).status == "read"
    assert lives.read_text() == "xx"


def test_a_worker_that_was_ended_while_idle_costs_nothing():
    assert ofsted.read_apart(SEED).status == "read"
    (worker,) = sandbox._idle
    worker._process.kill()
    worker._process.wait()
    assert ofsted.read_apart(SEED).status == "read"
    assert sandbox._idle != [worker]


def test_threads_read_at_the_same_time():
    with ThreadPoolExecutor(4) as threads:
        readings = list(threads.map(ofsted.read_apart, [SEED] * 8))
    assert set(map(str, readings)) == {str(ofsted.read(SEED))}
    assert 1 <= len(sandbox._idle) <= 4


def test_a_thread_in_this_process_waits_for_the_other():
    pytest.importorskip("typst", reason="the demo extra makes the PDFs")
    from deployments.demo.pdfs import tagged_pdf

    content = tagged_pdf(SEED.read_text(encoding="utf-8"))
    with ThreadPoolExecutor(4) as threads:
        readings = list(threads.map(ofsted.read, [content] * 12))
    assert {reading.status for reading in readings} == {"read"}


@pytest.mark.skipif(sys.platform == "win32", reason="no limit of memory on Windows")
def test_memory_is_limited(dying):
    dying(
        "from ofsted.reports.sandbox_worker import Limits, confine\n"
        "confine(Limits(memory=300 << 20)); bytearray(400 << 20)"
    )
    assert ofsted.read_apart(SEED).doubts[0].what.endswith("died, twice: exit 1, MemoryError")


@pytest.mark.skipif(sys.platform == "win32", reason="no limit of time on Windows")
def test_a_worker_that_outlives_us_ends_by_itself():
    code = (
        "from ofsted.reports import sandbox_worker as worker; worker._SPARE = 0\n"
        "worker.confine(worker.Limits(seconds=1))\n"
        "while True: pass"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == -signal.SIGXCPU


def test_the_child_sees_none_of_our_secrets(dying, monkeypatch, tmp_path):
    seen = tmp_path / "seen"
    dying(f"import os; open({str(seen)!r}, 'w').write(repr(dict(os.environ)))")
    monkeypatch.setenv("OFSTED_WATCH_MAIL__PASSWORD", "hush")
    ofsted.read_apart(SEED)
    assert "PYTHONPATH" in seen.read_text()
    assert "hush" not in seen.read_text()


@pytest.mark.parametrize("channel", ["script", "-c", "stdin"])
def test_whoever_calls_needs_no_guard_and_leaves_no_process(tmp_path, channel):
    code = (
        "import ofsted\nfrom ofsted.reports import sandbox\n"
        f"print(ofsted.read_apart({str(SEED)!r}).status, sandbox._idle[0]._process.pid)\n"
    )
    script = tmp_path / "script.py"
    script.write_text(code)
    words = {"script": [script], "-c": ["-c", code], "stdin": ["-"]}[channel]
    home = str(Path(ofsted.__file__).parents[1])
    done = subprocess.run(
        [sys.executable, *words],
        input=code.encode() if channel == "stdin" else b"",
        capture_output=True,
        check=True,
        env={"PYTHONPATH": home},
    )
    status, worker = done.stdout.split()
    assert (status, done.stderr) == (b"read", b"")
    assert not psutil.pid_exists(int(worker))


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
