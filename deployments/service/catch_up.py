"""Starts a round that was due and has not begun: first through Prefect, then without it."""

from __future__ import annotations

import logging
import subprocess
import sys
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from pathlib import Path

from deployments.service.prefect_api import Api, PrefectError
from flows.context.context import AppContext
from flows.context.planned import CHECKS, SINCE, Planned
from flows.upkeep.overdue import overdue

log = logging.getLogger(__name__)

THROUGH_PREFECT = timedelta(minutes=5)  # after it was due, started through Prefect
ALONE = timedelta(minutes=10)  # after it was due, started without Prefect


class CatchUp:
    """Watches over the rounds that are due.

    Args:
        start: starts a flow run through Prefect; starts with the same key are one run.
        start_alone: starts a round without Prefect; gives its process.
    """

    def __init__(
        self,
        start: Callable[[datetime, str], object],
        start_alone: Callable[[datetime], subprocess.Popen[bytes]],
    ) -> None:
        self._start, self._start_alone = start, start_alone
        self._missing_since: datetime | None = None  # when the first missing round was due
        self._asked = False
        self._alone_at: datetime | None = None
        self._child: subprocess.Popen[bytes] | None = None

    def check(self, context: AppContext, since: datetime, planned: Planned | None) -> None:
        """Start the round that is due and has not begun, if there is one.

        Args:
            since: rounds that were due earlier are not started.
            planned: Prefect's last answer, however old: a pause is respected.
        """
        if self._is_at_work() or (planned and planned.paused_since):
            return
        with context.database.read() as session:
            found = overdue(session, context, since, THROUGH_PREFECT)
        if found is None:
            self._missing_since, self._asked, self._alone_at = None, False, None
            return
        now = context.clock.now()
        due = self._missing_since = self._missing_since or max(found.due, since)
        if not self._asked:
            self._ask(due)
        elif now - (self._alone_at or due) >= ALONE:
            log.warning("the checks due at %s have not started; starting them without Prefect", due)
            self._alone_at = now
            self._child = self._start_alone(due)

    def _ask(self, due: datetime) -> None:
        log.warning("the checks due at %s have not started; starting them through Prefect", due)
        self._asked = True
        try:
            self._start(due, f"due {due.isoformat()}")
        except PrefectError as error:
            log.warning("%s", error)

    def _is_at_work(self) -> bool:
        """Whether a round without Prefect is under way; a second one is not started."""
        if self._child is not None and self._child.poll() is not None:
            if self._child.returncode:
                log.warning(
                    "the checks without Prefect ended with exit code %d", self._child.returncode
                )
            self._child = None
        return self._child is not None

    def stop(self, patience: float) -> None:
        """End a round without Prefect, if one is under way; the next one repeats it."""
        if self._child is None:
            return
        self._child.terminate()
        try:
            self._child.wait(patience)
        except subprocess.TimeoutExpired:
            self._child.kill()


def through(api: Api) -> Callable[[datetime, str], object]:
    """A function that starts a round through Prefect; it skips authorities checked meanwhile."""
    return lambda due, key: api.start(CHECKS, key=key, labels={SINCE: due.isoformat()})


def alone(
    environment: Mapping[str, str], folder: Path, log_file: Path
) -> Callable[[datetime], subprocess.Popen[bytes]]:
    """A function that starts a round in its own process, without Prefect.

    Args:
        environment: of flow runs.
        folder: the working directory.
        log_file: gets its output.
    """

    def start(due: datetime) -> subprocess.Popen[bytes]:
        log_file.parent.mkdir(parents=True, exist_ok=True)
        with log_file.open("ab") as written:
            return subprocess.Popen(
                [sys.executable, "-m", "deployments.service.round_alone", due.isoformat()],
                env=dict(environment),
                cwd=folder,
                stdin=subprocess.DEVNULL,
                stdout=written,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    return start
