"""A worker in which hostile code runs while a file is read: it is refused, and reading goes on."""

import ast
import json
import os
import re
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import pytest

import ofsted
from ofsted.reports import sandbox
from ofsted.reports.wall import Walls

SEED = Path(__file__).parents[3] / "seeds" / "sutton-2025-ilacs.txt"
ALL = ("Landlock", "resource limits", "seccomp")
NOBODY = 65534
AS_NOBODY = (
    "import os; sandbox_worker.load()",  # what another user may not be able to read
    f"os.setgroups([]); os.setgid({NOBODY}); os.setuid({NOBODY})",
)

pytestmark = pytest.mark.skipif(
    sys.platform == "win32", reason="NO WALL WAS TRIED: Windows has none"
)

as_root = pytest.mark.skipif(
    sys.platform == "win32" or os.getuid() != 0, reason="root alone can become another user"
)

# What each wall refuses, alone, and how.
NO_ACCESS, NO_PERMISSION, NO_ROOM = "EACCES", "EPERM", "EMFILE"
REFUSED: dict[str, dict[str, str]] = {
    "read a file": {"Landlock": NO_ACCESS, "resource limits": NO_ROOM},
    "list a folder": {"Landlock": NO_ACCESS, "resource limits": NO_ROOM},
    "ask for a file's size": {},
    "write a new file": {"Landlock": NO_ACCESS, "resource limits": NO_ROOM},
    "write to a file": {"Landlock": NO_ACCESS, "resource limits": NO_ROOM},
    "change a file's rights": {},
    "make a folder": {"Landlock": NO_ACCESS},
    "rename a file": {"Landlock": NO_ACCESS},
    "remove a folder": {"Landlock": NO_ACCESS},
    "connect by TCP": {"Landlock": NO_ACCESS, "resource limits": NO_ROOM},
    "listen for TCP": {"Landlock": NO_ACCESS, "resource limits": NO_ROOM},
    "send by UDP": {"resource limits": NO_ROOM},
    "connect to a Unix socket": {"resource limits": NO_ROOM},
    "start a process": {},
    "run a program": {"Landlock": NO_ACCESS},
    "limit another process": {},
    "trace another process": {"Landlock": NO_PERMISSION},
    "find another process": {"Landlock": NO_PERMISSION},
    "end another process": {"Landlock": NO_PERMISSION},
}
LANDLOCK_SINCE = {
    "connect by TCP": 4,
    "listen for TCP": 4,
    "find another process": 6,
    "end another process": 6,
}


@dataclass
class LaidOut:
    """What the misdeeds are tried on, and whether anything came of them."""

    folder: Path
    tcp: socket.socket
    udp: socket.socket
    unix: socket.socket
    process: subprocess.Popen[bytes]

    @property
    def port(self) -> int:
        return int(self.tcp.getsockname()[1])

    def is_untouched(self) -> bool:
        names = {path.name for path in self.folder.iterdir()}
        for server in (self.tcp, self.unix):
            with pytest.raises(BlockingIOError):
                server.accept()
        with pytest.raises(BlockingIOError):
            self.udp.recv(10)
        planted = self.folder / "planted"
        return (
            names == {"planted", "program", "empty", "socket"}
            and (planted.read_text(), planted.stat().st_mode & 0o777) == ("secret", 0o644)
            and self.process.poll() is None
        )


@pytest.fixture
def laid_out(tmp_path: Path) -> Iterator[LaidOut]:
    folder = tmp_path / "laid"
    (folder / "empty").mkdir(parents=True)
    (folder / "planted").write_text("secret")
    (folder / "planted").chmod(0o644)
    (folder / "program").write_bytes(b"no program")
    (folder / "program").chmod(0o755)
    with ExitStack() as stack:
        unix = stack.enter_context(socket.socket(socket.AF_UNIX))
        unix.bind(str(folder / "socket"))
        unix.listen()
        tcp = stack.enter_context(socket.create_server(("127.0.0.1", 0)))
        udp = stack.enter_context(socket.socket(socket.AF_INET, socket.SOCK_DGRAM))
        udp.bind(tcp.getsockname())
        for server in (unix, tcp, udp):
            server.setblocking(False)
        process = stack.enter_context(subprocess.Popen(["sleep", "60"]))
        stack.callback(process.kill)
        yield LaidOut(folder, tcp, udp, unix, process)


@pytest.fixture
def worker(monkeypatch):
    """Have workers run some lines of Python before they begin."""
    sandbox._end_idle()

    def prepared(*lines: str) -> None:
        first = "from ofsted.reports import sandbox_worker, wall"
        code = "\n".join([first, *lines, "sandbox_worker.main()"])
        monkeypatch.setattr(sandbox, "_COMMAND", ("-P", "-c", code))

    yield prepared
    sandbox._end_idle()


def only(*walls: str) -> str:
    return f"wall._BUILDERS = {{name: wall._BUILDERS[name] for name in {walls}}}"


def instead_of_reading(lines: str) -> str:
    """Lines whose value `found` is the doubt of the reading."""
    indented = lines.replace("\n", "\n    ")
    return (
        "from ofsted.reports.read import unreadable\n"
        "def read(*_, **__):\n"
        f"    {indented}\n"
        "    return unreadable('', repr(found))\n"
        "sandbox_worker.read = read"
    )


def misbehaving(laid: LaidOut) -> tuple[str, str]:
    given = (str(laid.folder), laid.port, laid.process.pid)
    return (
        "from tests.ofsted.reports.misdeeds import outcomes",
        instead_of_reading(f"found = outcomes(*{given})"),
    )


def what_came() -> dict[str, str]:
    (doubt,) = ofsted.read_apart(SEED).doubts
    return dict(ast.literal_eval(doubt.what))


def landlock_version(walls: Walls) -> int:
    found = re.search(r"Landlock ABI (\d+)", " ".join(walls.standing))
    return int(found[1]) if found else 0


def needs(*names: str) -> Walls:
    """Skip where this machine does not offer these walls."""
    walls = sandbox.walls()
    lacking = [why for why in walls.missing if why.startswith(names)]
    if lacking:
        pytest.skip(f"A WALL WAS NOT TRIED: {'; '.join(lacking)}")
    return walls


def test_behind_all_walls_nothing_is_done(worker, laid_out):
    needs("seccomp")
    worker(*misbehaving(laid_out))
    assert what_came() == dict.fromkeys(REFUSED, NO_PERMISSION)
    assert laid_out.is_untouched()


@as_root
def test_nor_is_it_for_another_user_than_root(worker, laid_out):
    needs("seccomp")
    worker(*misbehaving(laid_out), *AS_NOBODY)
    assert what_came() == dict.fromkeys(REFUSED, NO_PERMISSION)
    assert laid_out.is_untouched()


@pytest.mark.parametrize("name", ALL)
def test_each_wall_alone_refuses_what_it_is_said_to(worker, laid_out, name):
    version = landlock_version(needs(name))
    worker(only(name), *misbehaving(laid_out))
    found = what_came()
    if name == "seccomp":
        assert set(found.values()) == {NO_PERMISSION}
        return
    expected = {what: by[name] for what, by in REFUSED.items() if name in by}
    if name == "Landlock":
        expected = {k: v for k, v in expected.items() if LANDLOCK_SINCE.get(k, 0) <= version}
    assert {what: found[what] for what in expected} == expected


def test_without_walls_all_of_it_is_done(worker, laid_out):
    """Else the other tests would show nothing."""
    worker("wall._BUILDERS = {}", *misbehaving(laid_out))
    assert {what for what, came in what_came().items() if came != "done"} <= {
        "run a program",  # which is none
        "trace another process",  # which some systems refuse to all
    }
    assert (laid_out.folder / "renamed").read_text() == "changed"


@as_root
def test_limits_alone_start_no_process_for_another_user_than_root(worker, laid_out):
    worker(only("resource limits"), *misbehaving(laid_out), *AS_NOBODY)
    assert what_came()["start a process"] == "EAGAIN"


@pytest.mark.parametrize("names", [ALL, *((name,) for name in ALL), ()], ids=str)
def test_a_file_reads_the_same_behind_whatever_walls_stand(worker, names, tmp_path):
    pytest.importorskip("typst", reason="the demo extra makes the PDFs")
    from deployments.demo.pdfs import tagged_pdf

    file = tmp_path / "report.pdf"
    file.write_bytes(tagged_pdf(SEED.read_text(encoding="utf-8")))
    worker(only(*names))
    assert ofsted.read_apart(file) == ofsted.read(file)
    assert ofsted.read_apart(SEED) == ofsted.read(SEED)
    assert len(sandbox._idle) == 1


def test_nothing_is_imported_while_a_file_is_read(worker):
    """There is nothing to import from; every kind of report is read, and files that are none."""
    pytest.importorskip("typst", reason="the demo extra makes the PDFs")
    from tests.examples import EXAMPLES, pdf_of

    files = [pdf_of(one.read_text(encoding="utf-8")) for one in EXAMPLES]
    files += [one.read_bytes() for one in EXAMPLES] + [
        b"",
        b"\xff\xfe",
        b"%PDF-1.7\n",
        b"\xef\xbb\xbf?",
    ]
    code = (
        "import json, sys\n"
        "from ofsted.reports import sandbox_worker\n"
        "sandbox_worker.load()\n"
        "sandbox_worker._read(b'x', '', sandbox_worker.Limits()); before = set(sys.modules)\n"
        "for size in json.loads(sys.stdin.buffer.readline()):\n"
        "    sandbox_worker._read(sys.stdin.buffer.read(size), '', sandbox_worker.Limits())\n"
        "print(sorted(set(sys.modules) - before))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        input=json.dumps(list(map(len, files))).encode() + b"\n" + b"".join(files),
        capture_output=True,
        check=True,
        env={"PYTHONPATH": str(Path(ofsted.__file__).parents[1])},
    )
    assert done.stdout.decode().strip() == "[]"


def test_every_real_report_reads_the_same_behind_the_walls(real_reports):
    files = sorted(real_reports.glob("pdf/*.pdf"))[::10]
    assert files
    assert [ofsted.read_apart(file) for file in files] == [ofsted.read(file) for file in files]


def test_a_worker_that_aborts_behind_the_walls_is_seen_to(worker):
    worker("import os", instead_of_reading("os.abort()"))
    (doubt,) = ofsted.read_apart(SEED).doubts
    assert doubt.what.startswith(f"the process that read {SEED.name} died, twice: exit -6")


def test_memory_is_limited_behind_the_walls(worker):
    worker(instead_of_reading("found = len(bytearray(400 << 20))"))
    (doubt,) = ofsted.read_apart(SEED, ofsted.Limits(memory=300 << 20)).doubts
    assert doubt.what.endswith("died, twice: exit 1, MemoryError")


def test_time_is_limited_behind_the_walls(worker):
    worker(instead_of_reading("while True: pass"))
    (doubt,) = ofsted.read_apart(SEED, ofsted.Limits(seconds=0.5)).doubts
    assert doubt.what == f"{SEED.name} was not read within 0.5 seconds"


def test_what_a_worker_says_of_its_errors_is_bounded(worker):
    worker("import os", instead_of_reading("os.write(2, b'x' * (1 << 17))\nfound = os.fstat"))
    reading = sandbox._Worker()
    try:
        reading._exchange(b"", {"name": "", "limits": {}})
        assert os.fstat(reading._stderr.fileno()).st_size <= 1 << 16
    finally:
        reading.end()


def test_a_worker_without_a_file_ends_after_its_patience():
    code = "from ofsted.reports import sandbox_worker as w; w._PATIENCE = 1; w.main()"
    with subprocess.Popen([sys.executable, "-c", code], stdin=subprocess.PIPE) as process:
        assert process.wait(20) != 0


# A kernel or a container that refuses the calls: libseccomp does so, in the worker itself.
REFUSING = """
import ctypes
library = ctypes.CDLL("libseccomp.so.2")
library.seccomp_init.restype = ctypes.c_void_p
rules = ctypes.c_void_p(library.seccomp_init(ctypes.c_uint32(0x7fff0000)))
for name in {calls}:
    number = library.seccomp_syscall_resolve_name(name)
    library.seccomp_rule_add(rules, ctypes.c_uint32(0x00050000 | {error}), number, 0)
assert library.seccomp_load(rules) == 0
"""
LANDLOCK_CALLS = [b"landlock_create_ruleset", b"landlock_restrict_self"]


@pytest.mark.parametrize(
    ("error", "why"),
    [("ENOSYS", "this kernel does not have it"), ("EPERM", "it is not allowed here"),
     ("EOPNOTSUPP", "it is switched off")],
)  # fmt: skip
def test_where_the_kernel_has_no_landlock_the_others_stand(worker, error, why):
    needs("seccomp")
    import errno

    worker(REFUSING.format(calls=LANDLOCK_CALLS, error=getattr(errno, error)))
    walls = sandbox.walls()
    assert walls.standing == ("resource limits", "seccomp")
    assert walls.missing[0].startswith(f"Landlock: {why}")
    assert ofsted.read_apart(SEED) == ofsted.read(SEED)


@pytest.mark.parametrize("version", [1, 2, 3, 4, 5, 6])
def test_an_older_landlock_is_asked_for_what_it_has(worker, version):
    if landlock_version(needs("Landlock")) < version:
        pytest.skip("THAT LANDLOCK WAS NOT TRIED: the kernel has an older one")
    worker(
        "call = wall._call",
        f"wall._call = lambda *a: {version} if a[0] == 444 and a[1] is None else call(*a)",
    )
    walls = sandbox.walls()
    assert f"Landlock ABI {version}" in walls.standing
    assert not [why for why in walls.missing if why.startswith("Landlock")]


def test_where_seccomp_is_refused_the_others_stand(worker):
    needs(*ALL)
    worker(REFUSING.format(calls=[b"seccomp", b"prctl"], error=1))
    walls = sandbox.walls()
    assert walls.missing[-1].startswith(
        "seccomp: this kernel does not have it, or it is not allowed"
    )
    assert "resource limits" in walls.standing
    assert ofsted.read_apart(SEED) == ofsted.read(SEED)


def test_where_libseccomp_is_not_installed_that_is_said(worker):
    worker("wall._LIBRARY = 'libnone.so.2'")
    walls = sandbox.walls()
    assert walls.missing[-1] == (
        "seccomp: libnone.so.2 is not installed; install it (Debian: libseccomp2)"
        if sys.platform == "linux"
        else "seccomp: only Linux has it"
    )
    assert ofsted.read_apart(SEED) == ofsted.read(SEED)
