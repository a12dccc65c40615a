"""The Prefect server that comes with the service: started, watched and stopped by `up`."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from time import monotonic

from deployments.service import environment, ui_files
from deployments.service.bind_address import refuse_open_address, refuse_taken_address
from deployments.service.client import PREFECT_SERVER
from deployments.service.prefect_api import PrefectError
from deployments.service.prefect_server import PrefectServer
from deployments.service.processes import Managed, end_orphans
from deployments.service.register import PREFECT
from flows.context.context import AppContext
from flows.settings.load import SERVICE_VARIABLE

HEALTHY_WITHIN = 120.0  # seconds for it to answer
STOPS_WITHIN = 15.0  # seconds
# Bytes. It begins with 240 MB and was seen to grow by 0.1 MB a run: reached after three months.
MOST_MEMORY = 800_000_000

log = logging.getLogger(__name__)


class OwnServer:
    """Keeps it running.

    Args:
        server: its addresses and its login.
        context: of the service.
        host: where it listens.
        port: its port.
        on_start: called when its process was started.
    """

    def __init__(
        self,
        server: PrefectServer,
        context: AppContext,
        host: str,
        port: int,
        on_start: Callable[[], object],
    ) -> None:
        refuse_open_address(host, server.login)
        self._server, self._port, self._on_start = server, port, on_start
        self._api = server.api()
        self._home = context.settings.data / "prefect"
        self._public = context.settings.ui.url or server.ui
        self.managed = Managed(
            PREFECT_SERVER,
            [*PREFECT, "server", "start", "--host", host, "--port", str(port)],
            environment.of_the_server(context, server),
            environment.folder(self._home),
            context.settings.data / "logs" / "server.log",
        )

    def start(self, stopping: threading.Event) -> None:
        """Start it and wait until it answers, or until the service is stopped.

        Raises:
            PrefectError: it does not start, or another program uses its address.
        """
        # a server that died may have left the port taken
        end_orphans(SERVICE_VARIABLE, environment.service_id(self._home))
        refuse_taken_address(self._server.ui)
        self.managed.start()
        self._on_start()
        until = monotonic() + HEALTHY_WITHIN
        # Another program may have come to this port while ours was starting: what is registered
        # there would be somebody else's.
        while not (self._api.is_healthy() and self.managed.listens(self._port)):
            if not self.managed.is_running() or monotonic() > until:
                raise PrefectError(f"the Prefect server did not start; see {self.managed.log_file}")
            if stopping.wait(0.5):
                return
        ui_files.close(self._home, self._public)

    def restart_if_large(self, stopping: threading.Event) -> None:
        """Start it anew if it has grown large; to be called while it has no run to record.

        Raises:
            PrefectError: as `start`.
        """
        memory = self.managed.memory()
        if memory > MOST_MEMORY:
            log.info("the Prefect server uses %d MB of memory; starting it anew", memory // 10**6)
            self.managed.stop(STOPS_WITHIN)
            self.start(stopping)

    def keep(self, stopping: threading.Event) -> None:
        """Start it again where it died.

        Raises:
            PrefectError: as `start`.
        """
        if not self.managed.is_running() and self.managed.may_start():
            self.start(stopping)

    def stop(self) -> None:
        """Stop it."""
        self.managed.stop(STOPS_WITHIN)
