"""The systemd unit: accepted by systemd, closed by its measure, open to what `up` needs."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from deployments.service import website_server
from deployments.service.own_server import STOPS_WITHIN
from deployments.service.supervisor import STOP_WORKER
from ofsted.reports import sandbox
from tests.parts import program

UNIT = Path(__file__).parents[2] / "deployments" / "ofsted-watch.service"
PROGRAM = "/opt/ofsted-watch/bin/ofsted-watch"


@pytest.fixture(scope="module")
def systemd_analyze():
    return program("systemd-analyze", package="systemd", undone="THE UNIT WAS NOT CHECKED")


@pytest.fixture
def installed(tmp_path):
    """The unit, with a program that is there."""
    unit = tmp_path / UNIT.name
    unit.write_text(UNIT.read_text().replace(PROGRAM, sys.executable))
    return unit


def analyze(*command):
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)


def complaints(systemd_analyze, unit):
    """What systemd says of this unit; of a machine's other units it may say more."""
    done = analyze(systemd_analyze, "verify", "--man=no", str(unit))
    return [line for line in done.stderr.splitlines() if unit.name in line]


def directives(name):
    return re.findall(rf"^{name}=(.*)$", UNIT.read_text(), re.MULTILINE)


@pytest.mark.system
def test_systemd_finds_no_fault_in_it(systemd_analyze, installed):
    assert complaints(systemd_analyze, installed) == []


@pytest.mark.system
def test_systemd_would_see_a_slip(systemd_analyze, installed):
    installed.write_text(installed.read_text().replace("KillMode=mixed", "KillMode=mixt"))
    assert any("mixt" in line for line in complaints(systemd_analyze, installed))


@pytest.mark.system
def test_systemd_calls_it_well_closed(systemd_analyze, installed):
    done = analyze(systemd_analyze, "security", "--offline=true", "--no-pager", str(installed))
    score = re.search(r"Overall exposure level for \S+: ([0-9.]+)", done.stdout)
    assert score is not None, done.stderr
    assert float(score[1]) <= 2.0


def calls_of(systemd_analyze, names):
    """The system calls that these names and groups of systemd stand for."""
    found = set()
    for name in names:
        if name.startswith("@"):
            listed = analyze(systemd_analyze, "syscall-filter", name).stdout.splitlines()[1:]
            inside = [line.strip() for line in listed if not line.strip().startswith("#")]
            found |= calls_of(systemd_analyze, filter(None, inside))
        else:
            found.add(name)
    return found


# What systemd does before it starts the service: other calls are not permitted.
FILTERED = """
import ctypes, sys
library = ctypes.CDLL("libseccomp.so.2")
library.seccomp_init.restype = ctypes.c_void_p
rules = ctypes.c_void_p(library.seccomp_init(ctypes.c_uint32(0x00050001)))
for name in sys.argv[1].split():
    number = library.seccomp_syscall_resolve_name(name.encode())
    if number >= 0:
        library.seccomp_rule_add(rules, ctypes.c_uint32(0x7fff0000), number, 0)
assert library.seccomp_load(rules) == 0
from ofsted.reports import sandbox
print(sandbox.walls().missing)
"""


@pytest.mark.system
def test_the_process_that_reads_is_walled_in_under_it_as_without_it(systemd_analyze):
    if any("seccomp" in each for each in sandbox.walls().missing):
        pytest.skip("THE UNIT'S FILTER WAS NOT TRIED: there is no seccomp")
    allowed: set[str] = set()
    for line in directives("SystemCallFilter"):
        calls = calls_of(systemd_analyze, line.lstrip("~").split())
        allowed = allowed - calls if line.startswith("~") else allowed | calls
    done = analyze(sys.executable, "-c", FILTERED, " ".join(allowed))
    assert (done.stdout.strip(), done.stderr) == (str(sandbox.walls().missing), "")


def test_it_starts_what_the_readme_installs():
    assert directives("ExecStart") == [f"{PROGRAM} up"]
    assert directives("Environment") == ["OFSTED_WATCH_CONFIG=/etc/ofsted-watch.toml"]
    assert directives("User") == directives("StateDirectory") == ["ofsted-watch"]
    readme = (UNIT.parents[1] / "README.md").read_text()
    places = (PROGRAM, "/etc/ofsted-watch.toml", "/var/lib/ofsted-watch", "ofsted-watch.service")
    assert [place for place in places if place not in readme] == []


def test_up_has_the_time_it_takes_to_stop_its_children_and_starts_again():
    assert directives("KillMode") == ["mixed"]
    assert directives("TimeoutStopSec") == ["60"]
    assert STOP_WORKER + STOPS_WITHIN + website_server.STOP < 60
    assert directives("Restart") == ["on-failure"]


def test_it_sees_its_own_processes_and_when_they_started():
    assert directives("ProtectProc") == ["invisible"]
    assert directives("ProcSubset") == []


def test_no_line_stands_twice_but_the_one_that_adds():
    names = re.findall(r"^([A-Za-z]+)=", UNIT.read_text(), re.MULTILINE)
    assert {name for name in names if names.count(name) > 1} == {"SystemCallFilter"}
