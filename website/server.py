"""Serves the website's folder to readers: `python -m website.server HOST PORT FOLDER`."""

from __future__ import annotations

import asyncio
import logging
import socket
import sys
from pathlib import Path

from uvicorn import Config, Server
from uvicorn.protocols.http.h11_impl import H11Protocol

from website.static_files import Website

POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
HEADERS = [  # on every answer, also on those that uvicorn gives by itself
    ("Content-Security-Policy", POLICY),
    ("X-Content-Type-Options", "nosniff"),
    ("Referrer-Policy", "no-referrer"),
    ("Cross-Origin-Opener-Policy", "same-origin"),
    ("Cross-Origin-Resource-Policy", "same-origin"),
    ("Permissions-Policy", "camera=(), geolocation=(), microphone=()"),
    ("Cache-Control", "no-cache"),  # kept, and asked for again each time: nothing stale is shown
]
CONNECTIONS = 400  # answered at a time, with a file each; others get 503
MOST = 500  # connections; others are cut. All together stays below the usual 1,024 open files
HEAD = 16 * 1024  # bytes of a request that has not come whole
IDLE = 10  # seconds that a connection may wait for the next request
PATIENCE = 120.0  # seconds for one request and its answer; then the connection is cut
ENDING = 2  # seconds for answers under way when it is stopped


class Connection(H11Protocol):
    """A reader's connection, cut where a request and its answer take too long.

    uvicorn itself waits without end for someone who sends nothing, or who takes no answer.
    """

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Begin to wait for the first request."""
        super().connection_made(transport)
        patience = PATIENCE if len(self.connections) <= MOST else 0
        self._deadline = self.loop.call_later(patience, transport.abort)

    def on_response_complete(self) -> None:
        """Begin to wait for the next request."""
        self._deadline.cancel()
        self._deadline = self.loop.call_later(PATIENCE, self.transport.abort)
        super().on_response_complete()

    def connection_lost(self, exc: Exception | None) -> None:
        """Wait no more."""
        self._deadline.cancel()
        super().connection_lost(exc)

    def send_400_response(self, msg: str) -> None:
        """Refuse what is no HTTP; uvicorn's own answer has none of our headers."""
        del msg
        if self.cycle is None or self.cycle.response_complete:  # else it would be in another's
            lines = ["HTTP/1.1 400 Bad Request", "Connection: close", "Content-Length: 0"]
            lines += [f"{name}: {value}" for name, value in HEADERS]
            self.transport.write("\r\n".join([*lines, "", ""]).encode())
        self.transport.close()


def serve(listening: socket.socket, folder: Path) -> None:
    """Serve the folder until SIGTERM; nothing of who reads it is written down."""
    settings = Config(
        Website(folder),
        http=Connection,
        ws="none",
        loop="asyncio",
        lifespan="off",
        headers=HEADERS,
        server_header=False,
        proxy_headers=False,
        access_log=False,
        log_config=None,
        log_level="error",  # a reader could fill the disk with warnings
        limit_concurrency=CONNECTIONS,
        h11_max_incomplete_event_size=HEAD,
        timeout_keep_alive=IDLE,
        timeout_graceful_shutdown=ENDING,
    )
    Server(settings).run([listening])


def main(host: str, port: str, folder: str) -> None:
    """Listen and serve; exit 1 where the address cannot be had."""
    logging.basicConfig(level=logging.ERROR, format="%(asctime)s %(message)s")
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        listening = socket.create_server((host, int(port)), family=family, backlog=CONNECTIONS)
    except OSError as error:
        sys.exit(f"{host} port {port}: {error.strerror}")
    serve(listening, Path(folder))


if __name__ == "__main__":
    main(*sys.argv[1:])
