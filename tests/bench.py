"""`make bench`: what a check and an idle service cost, on this machine.

python -m tests.bench [MINUTES]     how long the idle service is watched; 15 by default
"""

from __future__ import annotations

import os
import resource
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil

from deployments.service.prefect_api import Api
from tests.installation import Installation, an_installation

RUNS = 5


def main() -> None:
    minutes = float(sys.argv[1]) if len(sys.argv) > 1 else 15.0
    with tempfile.TemporaryDirectory() as folder, an_installation(Path(folder)) as installation:
        installation.check()
        plain = statistics.median(
            cpu_of_command(installation, "check", "--no-prefect") for _ in range(RUNS)
        )
        say(f"check --no-prefect, nothing new: {plain:.2f} s CPU (median of {RUNS})")
        with service(installation) as (up, api):
            runs = [cpu_of_flow_run(up, api) for _ in range(3)]
            say(f"check as a flow run: {statistics.median(runs):.2f} s CPU without the server")
            time.sleep(60)
            share, memory = idle(up, minutes)
            say(f"up, idle for {minutes:g} min: {share:.1%} of a core, {memory:.0f} MB PSS")


def cpu_of_command(installation: Installation, *words: str) -> float:
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    assert installation.start(*words).wait() == 0
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


@contextmanager
def service(installation: Installation) -> Iterator[tuple[psutil.Process, Api]]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    installation.settings["schedule"] = {"checks": ["0 4 1 1 *"]}
    up = subprocess.Popen(
        [
            sys.executable,
            "-m",
            "deployments.cli.main",
            "--config",
            str(installation.config),
            "up",
            "--port",
            str(port),
        ],
        env=os.environ | installation.environment,
        stderr=subprocess.DEVNULL,
    )
    api = Api(f"http://127.0.0.1:{port}/api")
    while not api.is_healthy() or not api.runs(
        states=("COMPLETED",), deployment="check-for-reports"
    ):
        time.sleep(1)
    try:
        yield psutil.Process(up.pid), api
    finally:
        up.terminate()
        up.wait()


def cpu_of_flow_run(up: psutil.Process, api: Api) -> float:
    """Of the worker and what it starts, while a check is run."""
    worker = up.children()[1]
    before = cpu(worker)
    run_id = api.start("check-for-reports")
    while api.run(run_id)["state_type"] != "COMPLETED":
        time.sleep(0.2)
    time.sleep(3)
    return cpu(worker) - before


def cpu(process: psutil.Process) -> float:
    spent = process.cpu_times()
    return float(spent.user + spent.system + spent.children_user + spent.children_system)


def idle(up: psutil.Process, minutes: float) -> tuple[float, float]:
    """Share of a core over the time, and megabytes at its end, of the whole tree."""
    family = [up, *up.children(recursive=True)]
    before = sum(map(cpu, family))
    time.sleep(minutes * 60)
    spent = sum(map(cpu, family)) - before
    memory = sum(each.memory_full_info().pss for each in family) / 1e6
    return spent / (minutes * 60), memory


def say(words: str) -> None:
    sys.stdout.write(f"{words}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
