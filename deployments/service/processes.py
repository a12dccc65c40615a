"""The service's child processes: each has its own log, and ends with all that it started."""

from __future__ import annotations

import contextlib
import logging
import subprocess
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from time import monotonic

import psutil

from deployments.service.client import Child

log = logging.getLogger(__name__)

RESTART_AFTER = 5.0  # seconds; doubled each time it dies quickly, up to:
RESTART_AT_MOST = 300.0  # seconds
STEADY = 120.0  # seconds; after such a life the wait is short again
STARTED = "--- started "  # begins our line in the log at each start; a time follows


@dataclass
class Managed:
    """A child process that is started again when it dies."""

    name: str
    command: Sequence[str]
    environment: Mapping[str, str]
    folder: Path  # its working directory
    log_file: Path
    process: subprocess.Popen[bytes] | None = None
    _began: float = 0.0
    _wait: float = RESTART_AFTER
    _not_before: float = 0.0
    deaths: int = field(default=0)

    def start(self) -> None:
        """Start it, in a session of its own."""
        self.log_file.parent.mkdir(parents=True, exist_ok=True)
        with self.log_file.open("ab") as log_file:
            log_file.write(f"{STARTED}{datetime.now(UTC):%Y-%m-%d %H:%M:%S} UTC\n".encode())
            log_file.flush()
            self.process = subprocess.Popen(
                self.command,
                env=dict(self.environment),
                cwd=self.folder,
                stdin=subprocess.DEVNULL,
                stdout=log_file,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        self._began = monotonic()
        log.info("%s started (pid %d)", self.name, self.process.pid)

    def is_running(self) -> bool:
        """Whether it is running."""
        return self.process is not None and self.process.poll() is None

    def is_idle(self) -> bool:
        """Whether it runs and no process that it started does."""
        return self.process is not None and len(_family(self.process.pid)) == 1

    def may_start(self) -> bool:
        """Whether a dead child may be started again now; counts and logs its death once."""
        if self.process is not None:
            self.deaths += 1
            lived = monotonic() - self._began
            self._wait = RESTART_AFTER if lived > STEADY else min(self._wait * 2, RESTART_AT_MOST)
            self._not_before = monotonic() + self._wait
            log.warning(
                "%s ended (exit code %s); restarting in %.0f s; log: %s",
                self.name,
                self.process.returncode,
                self._wait,
                self.log_file,
            )
            self.process = None
        return monotonic() >= self._not_before

    def child(self) -> Child | None:
        """It, with process id and start time, by which the next service can end it."""
        if self.process is None:
            return None
        try:
            started = psutil.Process(self.process.pid).create_time()
        except psutil.Error:
            return None
        return Child(self.name, self.process.pid, started)

    def listens(self, port: int) -> bool:
        """Whether it, or a process it started, listens on this port."""
        if self.process is None:
            return False
        for each in _family(self.process.pid):
            with contextlib.suppress(psutil.Error):
                for socket in each.net_connections("tcp"):
                    if socket.status == psutil.CONN_LISTEN and socket.laddr.port == port:
                        return True
        return False

    def memory(self) -> int:
        """The bytes of memory that it and all that it started have resident."""
        total = 0
        for each in _family(self.process.pid) if self.process else ():
            with contextlib.suppress(psutil.Error):
                total += each.memory_info().rss
        return total

    def stop(self, patience: float) -> None:
        """Terminate it, kill it after `patience` seconds, and kill all that it started."""
        if self.process is None:
            return
        family = _family(self.process.pid)
        with contextlib.suppress(ProcessLookupError):
            self.process.terminate()
        try:
            self.process.wait(patience)
        except subprocess.TimeoutExpired:
            log.warning("%s did not stop within %.0f s; killing it", self.name, patience)
        kill_all([*family, *_family(self.process.pid)])
        self.process.wait()
        self.process = None


def _family(pid: int) -> list[psutil.Process]:
    try:
        process = psutil.Process(pid)
        return [process, *process.children(recursive=True)]
    except psutil.Error:
        return []


def kill_all(processes: Iterable[psutil.Process]) -> None:
    """Kill processes and wait until they are gone."""
    found = list(processes)
    for process in found:
        with contextlib.suppress(psutil.Error):
            process.kill()
    psutil.wait_procs(found, timeout=10)


def end_tree(process: psutil.Process) -> None:
    """Kill a process and all that it started."""
    kill_all(_family(process.pid))


def end_orphans(variable: str, value: str) -> int:
    """Kill processes with this variable that are no descendants of ours; gives their number.

    A killed worker leaves its flow runs behind: they keep pages locked, and die at the first line
    that they print.
    """
    ours = {each.pid for each in _family(psutil.Process().pid)}
    orphans = []
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.Error):
            if process.pid not in ours and process.environ().get(variable) == value:
                orphans.append(process)
    kill_all(orphans)
    return len(orphans)


def end_left_overs(children: Iterable[Child]) -> int:
    """Kill the processes that a killed service left; gives their number."""
    left = [child for child in children if child.is_alive()]
    for child in left:
        kill_all(_family(child.pid))
    return len(left)
