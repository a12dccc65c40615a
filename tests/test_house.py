"""Imports run one way, and what is heavy is loaded only where it is needed."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

HOME = Path(__file__).parents[1]
MAY_IMPORT = {
    "ofsted": set(),
    "seeds": set(),
    "storage": {"ofsted"},
    "notifications": {"ofsted"},
    "flows": {"ofsted", "storage", "notifications", "seeds"},
    "deployments": {"ofsted", "storage", "notifications", "flows", "seeds"},
}
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
def test_imports_run_one_way(room):
    for file in (HOME / room).rglob("*.py"):
        rooms = imported(file) & set(MAY_IMPORT) - {room}
        assert rooms <= MAY_IMPORT[room], f"{file.relative_to(HOME)} imports {rooms}"


def test_the_flows_and_prefects_own_command_alone_import_prefect():
    rooms = [file for room in MAY_IMPORT for file in (HOME / room).rglob("*.py")]
    having = [str(file.relative_to(HOME)) for file in rooms if "prefect" in imported(file)]
    assert sorted(having) == ["deployments/prefect_command.py", "flows/scheduled.py"]


def test_the_library_imports_five_packages_and_what_comes_with_them():
    files = list((HOME / "ofsted").rglob("*.py"))
    foreign = set().union(*map(imported, files)) - set(sys.stdlib_module_names) - {"ofsted"}
    assert foreign <= LIBRARY_OF_OFSTED


def test_a_plain_check_with_nothing_new_loads_neither_prefect_nor_apprise_nor_the_pdf_reader(
    installation,
):
    installation.check()
    script = (
        "import sys\nfrom deployments.cli.main import main\n"
        "main(['--config', sys.argv[1], 'look', '--plain'], standalone_mode=False)\n"
        "print(sorted({'prefect', 'apprise', 'pypdfium2', 'alembic', 'rich'} & set(sys.modules)))"
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
