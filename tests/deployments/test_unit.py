"""The systemd unit says what systemd understands."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

UNIT = Path(__file__).parents[2] / "deployments" / "ofsted-watch.service"


@pytest.mark.system
def test_systemd_finds_no_fault_in_the_unit(tmp_path):
    if shutil.which("systemd-analyze") is None:
        if os.environ.get("CI"):
            pytest.fail("systemd-analyze is missing")
        pytest.skip("systemd-analyze is missing: the unit was not checked")
    unit = tmp_path / UNIT.name
    text = UNIT.read_text().replace("/opt/ofsted-watch/bin/ofsted-watch", "/bin/true")
    unit.write_text(text.replace("User=ofsted-watch", "User=root"))
    checked = subprocess.run(
        ["systemd-analyze", "verify", str(unit)], capture_output=True, text=True, check=False
    )
    ours = [line for line in checked.stderr.splitlines() if UNIT.name in line]
    assert ours == []


def test_the_unit_ends_everything_within_a_minute_and_starts_again():
    text = UNIT.read_text()
    for line in ("KillMode=mixed", "TimeoutStopSec=60", "Restart=on-failure", "User=ofsted-watch"):
        assert line in text.splitlines()
