"""One installation and the service on it, started and stopped as a person does."""

from __future__ import annotations

import contextlib
import os
import random
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from click.testing import CliRunner, Result

import seeds
from deployments.cli.main import main
from deployments.demo.fake_ofsted import FakeOfsted
from deployments.demo.fake_ofsted_pages import Listed
from deployments.demo.pdfs import tagged_pdf
from deployments.service.client import Running, read_service
from deployments.service.prefect_api import Api, PrefectError
from flows.settings import load
from flows.settings.model import Settings
from tests.sinks import EmailSink

SUTTON = "80515"
PRESENT = "2025-07-29T08:40:00Z"  # when the tests began; it runs on, the same for every process
OFFSET = datetime.fromisoformat(PRESENT) - datetime.now(UTC)
COMMAND = [sys.executable, "-m", "deployments.cli.main"]
SETTINGS = """\
import_seeds = false
allow_private = true
[schedule]
checks = ["{checks}"]
[ofsted]
reports = "{base}"
files = "{base}"
gap = 0
[email]
server = "{email.server}"
port = {email.port}
security = "none"
sender = "ofsted-watch@example.org"
[[recipients]]
name = "scrutiny"
email = "scrutiny@example.org"
"""


def wait_until(holds: Callable[[], Any], seconds: float = 240) -> Any:
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if found := holds():
            return found
        time.sleep(0.5)  # whoever asks more often makes it last longer
    raise AssertionError(f"not within {seconds} s")


@dataclass
class RunningInstallation:
    folder: Path
    fake_ofsted: FakeOfsted
    email: EmailSink
    port: int
    up: subprocess.Popen[bytes] | None = None

    @property
    def settings(self) -> Settings:
        return load.load(str(self.folder / "ofsted-watch.toml"))

    @property
    def api(self) -> Api:
        return Api(f"http://127.0.0.1:{self.port}/api")

    @property
    def running(self) -> Running:
        found = read_service(self.settings)
        assert found is not None
        return found

    def command(self, *words: str) -> list[str]:
        return [*COMMAND, "--config", str(self.folder / "ofsted-watch.toml"), *words]

    @property
    def log(self) -> Path:
        return self.folder / "up.log"

    def start(self) -> str:
        """Start the service and wait for its own first check to end; gives when it was started."""
        began = self.begin()
        wait_until(lambda: self.checked_since(began) or self.up.poll() is not None)
        assert self.up.poll() is None, self.log.read_text()
        return began

    def begin(self) -> str:
        """Start the service; gives when."""
        began = datetime.now(UTC).isoformat()
        line = self.command("up", "--port", str(self.port))
        with self.log.open("w") as log:
            self.up = subprocess.Popen(line, env=environment(), stdout=log, stderr=log)
        return began

    def stop(self) -> None:
        self.up.send_signal(signal.SIGTERM)
        assert self.up.wait(60) == 0, self.log.read_text()

    def checked_since(self, moment: str) -> bool:
        with contextlib.suppress(PrefectError):  # a left server is ended while it is asked
            return any(run["start_time"] > moment for run in self.checks("COMPLETED"))
        return False

    def run(self, *words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            self.command(*words),
            env=environment(),
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )

    def ask(self, *words: str) -> subprocess.Popen[bytes]:
        """A command that is not waited for."""
        silent = subprocess.DEVNULL
        return subprocess.Popen(
            self.command(*words), env=environment(), stdout=silent, stderr=silent
        )

    def answer(self, *words: str) -> Result:
        """What a command that only reads says; asked in this process, which has loaded it."""
        line = ["--config", str(self.folder / "ofsted-watch.toml"), *words]
        return CliRunner().invoke(main, line, env=environment(), catch_exceptions=False)

    def checks(self, *states: str) -> list[dict[str, Any]]:
        return (
            self.api.runs(states=states, deployment="check-for-reports")
            if self.api.is_healthy()
            else []
        )

    def subjects(self) -> list[str]:
        return [str(mailed.message["Subject"]) for mailed in self.email.messages]


def environment() -> dict[str, str]:
    return {**os.environ, load.OFFSET_VARIABLE: str(OFFSET.total_seconds())}


def listed(seed: str, file_id: str, published: date) -> Listed:
    text = seeds.folder().joinpath(seed).read_text(encoding="utf-8")
    return Listed("Children's services inspection", published, file_id, data=tagged_pdf(text))


OLDER = ("sutton-2021-ilacs.txt", "50176759", date(2022, 2, 1))
NEWER = ("sutton-2025-ilacs.txt", "50283346", date(2025, 7, 29))


def free_port() -> int:
    """One below those that the machine gives out by itself: Prefect takes it only after a while."""
    while True:
        port = random.randrange(20_000, 32_000)  # noqa: S311 - no secret
        with socket.socket() as probe, contextlib.suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port


@contextlib.contextmanager
def a_running_installation(
    folder: Path, checks: str = "0 4 1 1 *"
) -> Iterator[RunningInstallation]:
    """The service is up and had its first check."""
    port = free_port()
    fake_ofsted = FakeOfsted()
    fake_ofsted.provider(SUTTON, "London Borough of Sutton", reports=[listed(*OLDER)])
    with fake_ofsted.running() as base, EmailSink() as email:
        text = SETTINGS.format(base=base, email=email, checks=checks)
        (folder / "ofsted-watch.toml").write_text(text)
        installation = RunningInstallation(folder, fake_ofsted, email, port)
        installation.start()
        try:
            yield installation
        finally:
            if installation.up.poll() is None:
                installation.stop()
