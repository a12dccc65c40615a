"""The demo, ended at any moment, leaves no process behind."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time

import psutil
import pytest

from flows.settings.load import CONFIG_VARIABLE
from tests.installation import HOME

FAMILY = """
import subprocess, sys, time
from deployments.demo.demo import leaving_nothing
SLEEPER = "import subprocess, sys, time; subprocess.Popen([sys.executable, '-S', '-c', 'import time; time.sleep(60)']); time.sleep(60)"
with leaving_nothing():
    print("begun", flush=True)
    while True:
        subprocess.Popen([sys.executable, "-S", "-c", SLEEPER], start_new_session=True)
        time.sleep(0.01)
        if "stop" in sys.argv:
            time.sleep(60)
"""  # noqa: E501 - a program in a program


def marked(mark):
    """The processes that carry this in their environment."""
    found = []
    for process in psutil.process_iter():
        try:
            if mark in process.environ().values() and process.status() != psutil.STATUS_ZOMBIE:
                found.append(process)
        except psutil.Error:
            continue
    return found


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_processes_that_were_just_begun_are_ended_too(number, tmp_path):
    """Whatever it was doing: starting them, or waiting; and what they started themselves."""
    for later in (0.0, 0.07, 0.25):
        environment = os.environ | {"MARK": str(tmp_path), "PYTHONPATH": str(HOME)}
        family = subprocess.Popen(
            [sys.executable, "-c", FAMILY], env=environment, stdout=subprocess.PIPE, cwd=tmp_path
        )
        assert family.stdout.readline() == b"begun\n"
        time.sleep(later)
        family.send_signal(number)
        time.sleep(0.05)
        family.send_signal(number)  # an impatient person
        assert family.wait(60) == 128 + number
        family.stdout.close()
        assert marked(str(tmp_path)) == []


@pytest.mark.system
@pytest.mark.long(90)
@pytest.mark.timeout(300)
@pytest.mark.parametrize(
    ("words", "number"),
    [
        ("$ ofsted-watch import-seeds", signal.SIGTERM),
        ("== The service starts", signal.SIGTERM),
        ("starting the Prefect server", signal.SIGINT),
        ("$ ofsted-watch check", signal.SIGTERM),
    ],
)
def test_the_demo_leaves_no_process_behind(words, number, tmp_path):
    pytest.importorskip("typst", reason="the demo extra makes the PDFs")
    config = tmp_path / "stage" / "ofsted-watch.toml"
    with subprocess.Popen(
        [sys.executable, "-u", "-m", "deployments.demo.demo", "--folder", str(tmp_path / "stage")],
        cwd=HOME,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as demo:
        for line in demo.stdout:
            if words in line:
                break
        time.sleep(0.5)
        assert marked(str(config))
        demo.send_signal(number)
        rest = demo.stdout.read()
        assert demo.wait(90) == 128 + number, rest
    assert "Traceback" not in rest
    assert marked(str(config)) == []
    assert os.environ.get(CONFIG_VARIABLE) is None
