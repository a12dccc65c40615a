"""The wheel, installed elsewhere: it holds what it needs and works outside the checkout."""

import email
import hashlib
import os
import re
import subprocess
import sys
import sysconfig
import tomllib
from dataclasses import dataclass
from pathlib import Path
from zipfile import ZipFile

import pytest
from packaging.requirements import Requirement

from flows.settings.model import PREFIX

HOME = Path(__file__).parents[1]
PYPROJECT = tomllib.loads((HOME / "pyproject.toml").read_text())
PROJECT, GROUPS = PYPROJECT["project"], PYPROJECT["dependency-groups"]
ROOMS = (
    *("basics", "ofsted", "storage", "notifications", "website", "flows", "deployments", "seeds"),
)


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    folder = tmp_path_factory.mktemp("wheel")
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    subprocess.run(build, cwd=HOME, check=True, capture_output=True, timeout=60)
    (built,) = folder.glob("*.whl")
    return built


@dataclass(frozen=True)
class Installed:
    """The wheel in an environment of its own, which sees the locked dependencies."""

    home: Path
    elsewhere: Path

    def run(self, *words: str) -> subprocess.CompletedProcess[str]:
        """The program, from a folder that has nothing to do with the checkout."""
        ours = {name: value for name, value in os.environ.items() if not name.startswith(PREFIX)}
        ours.pop("PYTHONPATH", None)
        ours |= {f"{PREFIX}OFSTED__REPORTS": "https://127.0.0.1:9", f"{PREFIX}OFSTED__GAP": "0"}
        return subprocess.run(
            [self.home / "bin" / "ofsted-watch", *words],
            cwd=self.elsewhere,
            env=ours | {f"{PREFIX}ALLOW_PRIVATE": "true"},
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )


@pytest.fixture(scope="module")
def installed(wheel, tmp_path_factory):
    home = tmp_path_factory.mktemp("installed")
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", home], check=True)
    python = home / "bin" / "python"
    pip = [sys.executable, "-m", "pip", "--python", python, "--disable-pip-version-check"]
    install = ["install", "--quiet", "--no-index", "--no-deps", "--no-compile", wheel]
    subprocess.run([*pip, *install], check=True, timeout=120)
    (packages,) = home.glob("lib/python*/site-packages")
    # not processed any further: what the checkout's own .pth files name stays unseen
    (packages / "locked.pth").write_text(sysconfig.get_path("purelib") + "\n")
    return Installed(home, tmp_path_factory.mktemp("elsewhere"))


def test_it_holds_the_rooms_and_nothing_else(wheel):
    names = {name.split("/")[0] for name in ZipFile(wheel).namelist()}
    assert {name for name in names if not name.endswith(".dist-info")} == set(ROOMS)


def test_every_file_of_the_rooms_is_in_it(wheel):
    tracked = subprocess.run(
        ["git", "ls-files", *ROOMS], cwd=HOME, capture_output=True, text=True, check=True
    ).stdout.split()
    if not tracked:
        pytest.skip("not a git checkout")
    missing = set(tracked) - set(ZipFile(wheel).namelist())
    assert {name for name in missing if (HOME / name).exists()} == set()


def test_the_seeds_are_in_it_byte_for_byte(wheel):
    with ZipFile(wheel) as held:
        index = held.read("seeds/index.csv").decode().splitlines()
        assert len(index) == 1 + 2
        for line in index[1:]:
            name = line.split(",")[0]
            assert hashlib.sha256(held.read(f"seeds/{name}")).hexdigest() in line


def test_its_dependencies_are_the_locked_ones():
    locked = re.findall(r"^([a-z0-9-]+)==", (HOME / "requirements.lock").read_text(), re.MULTILINE)
    named = {re.split(r"[<>=\[]", each)[0] for each in PROJECT["dependencies"]}
    assert named - set(locked) == set()


def test_its_extra_locked_names_what_the_lock_does(wheel):
    name = f"{wheel.name.split('-py3')[0]}.dist-info/METADATA"
    said = email.message_from_bytes(ZipFile(wheel).read(name))
    assert set(said.get_all("Provides-Extra")) == {"demo", "locked", "postgres", "redis"}
    wanted = [Requirement(each) for each in said.get_all("Requires-Dist")]
    blocks = blocks_of("requirements.lock")
    locked = [Requirement(block.split("\\\n")[0]) for block in blocks]
    for minor, micro in [(11, 2), (11, 9), (12, 0), (13, 5)]:
        version = {"python_version": f"3.{minor}", "python_full_version": f"3.{minor}.{micro}"}
        assert chosen(wanted, version | {"extra": "locked"}) == chosen(locked, version)


def blocks_of(lock: str) -> list[str]:
    """A requirement of the lock each, with its hashes."""
    return re.split(r"(?m)^(?=[a-z0-9])", (HOME / lock).read_text())[1:]


def chosen(wanted: list[Requirement], environment: dict[str, str]) -> set[str]:
    """The exact versions that such an environment takes."""
    fitting = [each for each in wanted if not each.marker or each.marker.evaluate(environment)]
    return {f"{each.name}{each.specifier}" for each in fitting if "==" in str(each.specifier)}


def test_building_it_installs_what_builds_it_alone():
    steps = subprocess.run(
        ["make", "-n", "wheel"], cwd=HOME, capture_output=True, text=True, check=True
    )
    read = re.findall(r"requirements[a-z-]*\.lock", steps.stdout)
    assert read == ["requirements-build.lock", "requirements.lock"]
    assert " -m venv --clear build/venv\n" in steps.stdout


def test_a_server_gets_no_tools_for_development():
    tools = {re.split(r"[<>=\[]", each)[0] for each in GROUPS["dev"] if isinstance(each, str)}
    locked = {block.split("==")[0] for block in blocks_of("requirements.lock")}
    assert locked & (tools | {"hatchling", "typst"}) == set()
    assert len(locked) > 50


@pytest.mark.parametrize(
    "lock", ["requirements.lock", "requirements-dev.lock", "requirements-build.lock"]
)
def test_every_line_of_a_lock_has_its_hashes(lock):
    text = (HOME / lock).read_text()
    blocks = blocks_of(lock)
    assert blocks
    assert [block.split()[0] for block in blocks if "--hash=sha256:" not in block] == []
    assert "://" not in text


def test_it_works_outside_the_checkout(installed):
    said = installed.run("--help")
    assert (said.returncode, said.stderr) == (0, "")
    assert "import-seeds" in said.stdout

    assert installed.run("--version").stdout == f"ofsted-watch, version {PROJECT['version']}\n"

    written = installed.run("init", "settings.toml")
    assert (written.returncode, written.stderr) == (0, "")
    assert (installed.elsewhere / "settings.toml").stat().st_size > 1000

    imported = installed.run("import-seeds")
    assert imported.stdout.splitlines() == [
        "sutton-2021-ilacs.txt: imported into the baseline (read)",
        "sutton-2025-ilacs.txt: imported into the baseline (read)",
    ]

    checked = installed.run("check", "--no-prefect")
    assert checked.returncode == 1
    assert checked.stdout.startswith("London Borough of Sutton (80515): no response, ")
    assert "Traceback" not in checked.stderr

    shown = installed.run("test-alert", "--dry-run")
    assert "Outstanding -> Good (lowered)" in shown.stdout


def test_bash_completes_its_commands_and_choices(installed):
    script = (
        'eval "$(_OFSTED_WATCH_COMPLETE=bash_source ofsted-watch)" && complete -p ofsted-watch\n'
        'COMP_WORDS=(ofsted-watch "$@") COMP_CWORD=$#\n'
        '_ofsted_watch_completion ofsted-watch && echo "${COMPREPLY[@]}"'
    )
    path = f"{installed.home / 'bin'}{os.pathsep}{os.environ['PATH']}"

    def completed(*words):
        """What Tab offers for the last of the words."""
        return subprocess.run(
            ["bash", "-c", script, "bash", *words],
            cwd=installed.elsewhere,
            env=os.environ | {"PATH": path},
            capture_output=True,
            text=True,
            check=True,
            timeout=60,
        ).stdout.splitlines()

    known = "complete -o nosort -F _ofsted_watch_completion ofsted-watch"
    assert completed("test-a") == [known, "test-alert"]
    assert completed("export", "--format", "") == [known, "csv xlsx json"]


def test_nothing_of_the_checkout_is_used(installed):
    script = (
        "import deployments, flows.check_for_reports, notifications, ofsted, storage, seeds\n"
        "from deployments.service.register import NAMES, declaration\n"
        "from flows.settings.model import Settings\n"
        "import yaml\n"
        "declared = yaml.safe_load(declaration(Settings(), 'an-id'))['deployments']\n"
        "print({each['name'] for each in declared} == {*NAMES})\n"
        "rooms = (deployments, flows, notifications, ofsted, storage, seeds)\n"
        "print({room.__file__.split('/site-packages/')[0] for room in rooms})"
    )
    done = subprocess.run(
        [installed.home / "bin" / "python", "-c", script],
        cwd=installed.elsewhere,
        env=os.environ | {"PREFECT_HOME": str(installed.elsewhere / "prefect")},
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    (packages,) = installed.home.glob("lib/python*")
    assert done.stdout.splitlines() == ["True", f"{{'{packages}'}}"]
