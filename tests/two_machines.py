"""Two machines, each with a service of its own: one database, Prefect server, site and archive.

PostgreSQL and Redis are Debian's, started on loopback as another user than root.
"""

from __future__ import annotations

import contextlib
import os
import pwd
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import psutil

from deployments.demo.fake_ofsted import FakeOfsted
from deployments.service.prefect_api import Api
from deployments.service.processes import end_orphans, end_tree
from flows.context.planned import service_id
from flows.settings.load import SERVICE_VARIABLE
from tests.databases import Postgres, postgres
from tests.parts import program
from tests.relay import Relay
from tests.running_service import (
    OLDER,
    SUTTON,
    RunningInstallation,
    free_port,
    listed,
    wait_until,
)
from tests.sinks import EmailSink

GAP = 1.0  # seconds between two requests to a host, whichever machine sends them
SETTINGS = """\
database = "{database}"
import_seeds = false
allow_private = true
[schedule]
checks = ["{checks}"]
[ofsted]
reports = "{base}"
files = "{base}"
gap = {gap}
[prefect]
api_url = "{api_url}"
[email]
server = "{email.server}"
port = {email.port}
security = "none"
sender = "ofsted-watch@example.org"
[[recipients]]
name = "scrutiny"
email = "scrutiny@example.org"
"""


class Machine(RunningInstallation):
    """One of them: its data folder and its service."""

    @property
    def worker(self) -> str:
        """The name by which Prefect knows its worker."""
        return f"ofsted-watch-{service_id(self.settings)}"

    def has_taken(self, run: str) -> bool:
        """Whether its worker does this run."""
        return bool(self.api.run(run)["labels"].get("prefect.worker.name") == self.worker)

    def is_lost(self) -> None:
        """All that runs on it ends at once, and none of it says a word."""
        end_tree(psutil.Process(self.up.pid))
        self.up.wait()
        end_orphans(SERVICE_VARIABLE, service_id(self.settings))


@dataclass
class TwoMachines:
    first: Machine
    second: Machine
    fake_ofsted: FakeOfsted
    email: EmailSink
    api: Api
    cable: Relay  # between the second machine and the database

    @property
    def both(self) -> tuple[Machine, Machine]:
        return self.first, self.second

    def who_has(self, run: str) -> tuple[Machine, Machine]:
        """The machine that does a run, once one has it; and the other."""
        wait_until(lambda: self.api.run(run)["labels"].get("prefect.worker.name"))
        there = self.first if self.first.has_taken(run) else self.second
        return there, self.second if there is self.first else self.first


@contextlib.contextmanager
def two_machines(folder: Path, checks: str = "0 4 1 1 *") -> Iterator[TwoMachines]:
    """Nothing is started on either of them."""
    fake_ofsted = FakeOfsted()
    fake_ofsted.provider(SUTTON, "London Borough of Sutton", reports=[listed(*OLDER)])
    with (
        postgres() as server,
        redis() as redis_url,
        prefect_server(folder / "prefect", server, redis_url) as api,
        fake_ofsted.running() as base,
        EmailSink() as email,
        Relay(server.port, tls=False) as cable,
    ):
        database = server.make()
        through_cable = database.replace(str(server.port), str(cable.port))
        machines = [
            _machine(
                folder / name,
                fake_ofsted,
                email,
                api,
                SETTINGS.format(
                    base=base,
                    email=email,
                    checks=checks,
                    gap=GAP,
                    api_url=api.address,
                    database=address,
                ),
            )
            for name, address in (("first", database), ("second", through_cable))
        ]
        try:
            yield TwoMachines(*machines, fake_ofsted, email, api, cable)
        finally:
            for machine in machines:
                if machine.up is not None and machine.up.poll() is None:
                    machine.stop()


def _machine(
    folder: Path, fake_ofsted: FakeOfsted, email: EmailSink, api: Api, settings: str
) -> Machine:
    (folder / "data").mkdir(parents=True)
    shared = folder.parent / "archive"
    shared.mkdir(exist_ok=True)
    (folder / "data" / "archive").symlink_to(shared)
    file = folder / "ofsted-watch.toml"
    file.touch(mode=0o600)
    file.write_text(settings)
    port = int(api.address.split(":")[2].partition("/")[0])
    return Machine(folder, fake_ofsted, email, port)


@contextlib.contextmanager
def redis() -> Iterator[str]:
    """The address of a server that keeps what it has, as docs/more-machines.md asks for."""
    found = program("redis-server", package="redis-server", undone="NOT TRIED WITH REDIS")
    port, folder = free_port(), Path(tempfile.mkdtemp(prefix="redis-"))
    user = "redis" if os.geteuid() == 0 else None
    if user is not None:
        shutil.chown(folder, user)
    at = ("--bind", "127.0.0.1", "--port", str(port), "--dir", str(folder))
    kept = ("--save", "", "--appendonly", "yes")
    with subprocess.Popen(
        [found, *at, *kept],
        user=user,
        group=pwd.getpwnam(user).pw_gid if user else None,
        extra_groups=[] if user else None,
        cwd=folder,
        stdout=subprocess.DEVNULL,
    ) as server:
        try:
            wait_until(lambda: _answers(port), 30)
            yield f"redis://127.0.0.1:{port}"
        finally:
            server.terminate()
    shutil.rmtree(folder, ignore_errors=True)


def _answers(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


@contextlib.contextmanager
def prefect_server(folder: Path, database: Postgres, redis_url: str) -> Iterator[Api]:
    """Prefect's own server, as docs/more-machines.md sets it up."""
    port = free_port()
    folder.mkdir()
    command = [sys.executable, "-m", "prefect", "server", "start", "--no-ui"]
    with (
        (folder / "log").open("wb") as log,
        subprocess.Popen(
            [*command, "--host", "127.0.0.1", "--port", str(port)],
            env=environment_of_prefect(folder, database.make(), redis_url, port),
            cwd=folder,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        ) as server,
    ):
        api = Api(f"http://127.0.0.1:{port}/api")
        try:
            wait_until(lambda: api.is_healthy() or server.poll() is not None, 120)
            assert server.poll() is None, (folder / "log").read_text()
            yield api
        finally:
            with contextlib.suppress(psutil.Error):
                end_tree(psutil.Process(server.pid))


def environment_of_prefect(
    home: Path, database: str, redis_url: str, port: int
) -> Mapping[str, str]:
    return {
        "PATH": os.environ["PATH"],
        "HOME": str(home),
        "PREFECT_HOME": str(home),
        "PREFECT_API_URL": f"http://127.0.0.1:{port}/api",
        "PREFECT_API_DATABASE_CONNECTION_URL": database.replace("://", "+asyncpg://", 1),
        "PREFECT_MESSAGING_BROKER": "prefect_redis.messaging",
        "PREFECT_MESSAGING_CACHE": "prefect_redis.messaging",
        "PREFECT_SERVER_EVENTS_CAUSAL_ORDERING": "prefect_redis.ordering",
        "PREFECT_SERVER_CONCURRENCY_LEASE_STORAGE": "prefect_redis.lease_storage",
        "PREFECT_REDIS_MESSAGING_URL": f"{redis_url}/0",
        "PREFECT_SERVER_DOCKET_URL": f"{redis_url}/1",
        "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
        "DO_NOT_TRACK": "1",
    }
