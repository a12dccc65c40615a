"""The library in an environment that has five packages, and what these need, alone."""

import subprocess
import sys
from importlib.metadata import distribution
from pathlib import Path

import pytest

import ofsted

HOME = Path(ofsted.__file__).parents[1]
SEED = HOME / "seeds" / "sutton-2025-ilacs.txt"
PACKAGES = (
    "requests",
    "urllib3",
    "certifi",
    "idna",
    "charset-normalizer",
    "beautifulsoup4",
    "soupsieve",
    "typing-extensions",
    "lxml",
    "pypdfium2",
    "protego",
)
USED = f"""
import sys, ofsted
newer = ofsted.read({str(SEED)!r})
older = ofsted.read({str(SEED.with_name("sutton-2021-ilacs.txt"))!r})
assert ofsted.read_apart({str(SEED)!r}) == newer
print(newer.status, ofsted.compare(newer, older).rows[0].direction)
nobody = "https://127.0.0.1:9"
site = ofsted.Site(reports=nobody, files=nobody, allow_private=True, gap=0)
try:
    site.listing("80515")
except ofsted.Unreachable as error:
    print(type(error).__name__)
import ofsted.reports.pdf
from ofsted.site import pages, search
"""
# What a system without Unix does not have.
ELSEWHERE = """
import sys
for name in ("resource", "fcntl", "pwd", "grp", "termios", "posix_ipc"):
    sys.modules[name] = None
import os, signal
for name in ("register_at_fork", "fork", "getuid", "getpgid", "setsid", "killpg"):
    if hasattr(os, name):
        delattr(os, name)
for name in ("SIGXCPU", "SIGHUP", "SIGALRM", "alarm", "setitimer"):
    if hasattr(signal, name):
        delattr(signal, name)
"""


@pytest.fixture(scope="module")
def bare(tmp_path_factory):
    """The Python of a new environment that has those packages, `ofsted` and `basics`."""
    home = tmp_path_factory.mktemp("bare")
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", home], check=True)
    (packages,) = home.glob("lib/python*/site-packages")
    for name in PACKAGES:
        found = distribution(name)
        for top in {Path(file.parts[0]) for file in found.files or () if file.parts[0] != ".."}:
            target = packages / top
            if not target.exists() and top.name != "__pycache__":
                target.symlink_to(Path(str(found.locate_file(top))))
    for ours in ("ofsted", "basics"):
        (packages / ours).symlink_to(HOME / ours)
    return home / "bin" / "python"


def run(python, code):
    done = subprocess.run(
        [python, "-c", code], capture_output=True, text=True, check=False, cwd="/", env={}
    )
    assert done.stderr == ""
    return done.stdout.split()


@pytest.mark.skipif(sys.platform == "win32", reason="links need a right there")
def test_five_packages_are_enough(bare):
    assert run(bare, USED) == ["read", "lowered", "Unreachable"]


@pytest.mark.skipif(sys.platform == "win32", reason="links need a right there")
def test_nothing_of_ours_else_is_there(bare):
    absent = "import importlib.util as u; print(*map(u.find_spec, ('prefect', 'storage', 'click')))"
    assert run(bare, absent) == ["None"] * 3


@pytest.mark.skipif(sys.platform == "win32", reason="links need a right there")
def test_a_system_without_unix_is_enough(bare):
    assert run(bare, ELSEWHERE + USED) == ["read", "lowered", "Unreachable"]
