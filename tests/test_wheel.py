"""The wheel holds what it needs and works outside the checkout."""

import os
import subprocess
import sys
from pathlib import Path
from zipfile import ZipFile

HOME = Path(__file__).parents[1]


def test_the_wheel_works_installed_elsewhere(tmp_path):
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)]
    subprocess.run(build, cwd=HOME, check=True, capture_output=True)
    [wheel] = tmp_path.glob("*.whl")
    ZipFile(wheel).extractall(tmp_path / "lib")
    environment = {**os.environ, "PYTHONPATH": str(tmp_path / "lib")}
    script = (
        "import sys; import deployments.cli as cli, flows; from deployments.standin_pages import *\n"
        "assert cli.__file__.startswith(sys.argv[1]), cli.__file__\n"
        "from deployments.registration import declaration\n"
        "from flows.settings import Schedule\n"
        "assert 'flows.scheduled.watch' in declaration(Schedule())\n"
        "for words in (['init'], ['import-seeds'], ['reports'], ['preview', '1']):\n"
        "    try: cli.main(words, standalone_mode=False)\n"
        "    except cli.AskedWronglyError as error: print(error.message)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, str(tmp_path / "lib")],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    assert "sutton-2025-ilacs.txt: imported (read)" in done.stdout
    assert "there is no event 1" in done.stdout
