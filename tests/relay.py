"""A way to a port of this machine that can be shut and opened again."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from typing import Self

from tests.running_service import free_port
from tests.sinks import tls_context


class Relay:
    """While it is shut, nobody is there, and what went through is broken off.

    Args:
        target: the port that it leads to.
        tls: whether those who come speak TLS; the port does not.
    """

    def __init__(self, target: int, *, tls: bool = True) -> None:
        self.port = free_port()
        self._target = target
        self._tls = tls_context() if tls else None
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._server: asyncio.Server | None = None
        self._writers: set[asyncio.StreamWriter] = set()

    def __enter__(self) -> Self:
        self._thread.start()
        self.open()
        return self

    def __exit__(self, *_: object) -> None:
        self.shut()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()

    def open(self) -> None:
        asyncio.run_coroutine_threadsafe(self._open(), self._loop).result()

    def shut(self) -> None:
        asyncio.run_coroutine_threadsafe(self._shut(), self._loop).result()

    async def _open(self) -> None:
        self._server = await asyncio.start_server(
            self._serve, "127.0.0.1", self.port, ssl=self._tls
        )

    async def _shut(self) -> None:
        if self._server is not None:
            self._server.close()
        for writer in self._writers:
            writer.transport.abort()
        self._server = None

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError):
            behind, to_behind = await asyncio.open_connection("127.0.0.1", self._target)
            self._writers |= {writer, to_behind}
            await asyncio.gather(_pump(reader, to_behind), _pump(behind, writer))
            self._writers -= {writer, to_behind}


async def _pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with contextlib.suppress(OSError):
        while piece := await reader.read(65536):
            writer.write(piece)
            await writer.drain()
    writer.transport.abort() if writer.is_closing() else writer.close()
