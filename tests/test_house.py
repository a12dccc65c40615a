"""Imports run in one direction, and what is heavy is loaded only where it is needed."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

HOME = Path(__file__).parents[1]
MAY_IMPORT = {
    "basics": set(),
    "ofsted": {"basics"},
    "seeds": set(),
    "storage": {"basics", "ofsted"},
    "notifications": {"basics", "ofsted"},
    "website": {"basics", "ofsted"},
    "flows": {"basics", "ofsted", "storage", "notifications", "website", "seeds"},
    "deployments": {"basics", "ofsted", "storage", "notifications", "website", "flows", "seeds"},
}
FLOWS = (
    "check_for_reports",
    "send_alerts",
    "nightly_maintenance",
    "import_seeds",
    "reread_archive",
)
# Of flows/, from the ground up: each may import what stands before it. The flows know no other.
FLOORS = (
    *({"settings", "step"}, {"context"}, {"comparing"}, {"alerting"}, {"publishing"}),
    *(
        {"checking"},
        {"upkeep"},
        {"pipeline"},
        {"presenting"},
        {"prefect_steps", "prefect_pages"},
        set(FLOWS),
    ),
)
LIBRARY_OF_OFSTED = {"requests", "urllib3", "bs4", "lxml", "pypdfium2", "protego"}


def imported(file: Path) -> set[str]:
    found = set()
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module.split(".")[0])
    return found


@pytest.mark.parametrize("room", MAY_IMPORT)
def test_imports_run_in_one_direction(room):
    for file in (HOME / room).rglob("*.py"):
        rooms = imported(file) & set(MAY_IMPORT) - {room}
        assert rooms <= MAY_IMPORT[room], f"{file.relative_to(HOME)} imports {rooms}"


def rooms_of_flows(file: Path) -> set[str]:
    """What a file of flows/ imports of flows/: folders, and files at the top."""
    found = set()
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == "flows":
            parts = (node.module or "").split(".")
            found |= {parts[1]} if parts[1:] else {alias.name for alias in node.names}
    return found


def test_the_folders_of_flows_import_in_one_direction():
    below: set[str] = set()
    for floor in FLOORS:
        for room in floor:
            top = HOME / "flows" / room
            files = top.rglob("*.py") if top.is_dir() else [top.with_suffix(".py")]
            for file in files:
                above = rooms_of_flows(file) - below - {room}
                assert not above, f"{file.relative_to(HOME)} imports {above}"
        below |= floor
    there = {path.stem for path in (HOME / "flows").iterdir() if not path.name.startswith("_")}
    assert there == below


def test_the_flows_their_steps_and_prefects_own_command_alone_import_prefect():
    rooms = [file for room in MAY_IMPORT for file in (HOME / room).rglob("*.py")]
    having = {str(file.relative_to(HOME)) for file in rooms if "prefect" in imported(file)}
    assert having == {
        "deployments/service/prefect_command.py",
        "flows/prefect_pages.py",
        "flows/prefect_steps.py",
        *(f"flows/{name}.py" for name in FLOWS),
    }


def test_the_library_imports_five_packages_and_what_comes_with_them():
    files = [*(HOME / "ofsted").rglob("*.py"), HOME / "basics" / "safe_http.py"]
    foreign = set().union(*map(imported, files)) - set(sys.stdlib_module_names)
    assert foreign - {"ofsted", "basics"} <= LIBRARY_OF_OFSTED


# What a plain check with nothing new has no use for; `dotenv` came with pydantic-settings.
HEAVY = {
    "prefect",
    "apprise",
    "pypdfium2",
    "alembic",
    "rich",
    "pydantic",
    "pydantic_core",
    "dotenv",
}


def test_a_plain_check_with_nothing_new_loads_nothing_heavy(installation):
    installation.check()
    script = (
        "import sys\nfrom deployments.cli.main import main\n"
        "main(['--config', sys.argv[1], 'check', '--no-prefect'], standalone_mode=False)\n"
        f"print(sorted({HEAVY} & set(sys.modules)))"
    )
    checked = subprocess.run(
        [sys.executable, "-c", script, str(installation.config)],
        cwd=HOME,
        env=installation.environment,
        capture_output=True,
        text=True,
        check=True,
    )
    assert checked.stdout.splitlines()[-1] == "[]"
