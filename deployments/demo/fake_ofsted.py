"""A fake of Ofsted's two hosts on this machine, for the demo, the tests and trying by hand.

    fake_ofsted = FakeOfsted()
    sutton = fake_ofsted.provider("80515", "London Borough of Sutton")
    with fake_ofsted.running() as base:     # reports = files = base
        fake_ofsted.publish("80515", Listed(published=..., file_id="50283346", data=pdf))
        fake_ofsted.misbehave(sutton.path, status(503))

By hand, `python -m deployments.demo.fake_ofsted --folder DIR --port N` shows what the folder's
`index.csv` names (columns as in `seeds/index.csv`), and reads it again for each request.
"""

from __future__ import annotations

import csv
import hashlib
import socket
import ssl
import struct
import sys
import time
from argparse import ArgumentParser
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib.resources import files
from pathlib import Path
from threading import Lock, Thread
from urllib.parse import parse_qsl, urlsplit

from deployments.demo.fake_ofsted_faults import Fault, Reply, dead_file, not_found, page_of
from deployments.demo.fake_ofsted_pages import (
    REAL_FILES,
    Key,
    Listed,
    ProviderPage,
    Providers,
    notice,
    provider_page,
    search_page,
)

__all__ = ["FakeOfsted", "Listed", "ProviderPage", "SeenRequest", "folder"]

EVERYWHERE = "*"
_RESET = struct.pack("ii", 1, 0)  # linger for no time: close sends a reset


@dataclass(frozen=True, slots=True)
class SeenRequest:
    """One request that came in."""

    path: str  # without the query
    target: str  # with it
    headers: dict[str, str]
    at: float  # on the monotonic clock


class FakeOfsted:
    """Both hosts in one; may run on several ports at once, to be two hosts.

    Args:
        files: base of the links to files as the pages print them. The real one by default, as on
            the real pages: a client finds the file by its id on whatever it takes for files host.
        robots: robots.txt; None: there is none.
        conditional: send an ETag, and answer "not modified".
    """

    def __init__(
        self, files: str = REAL_FILES, robots: str | None = None, *, conditional: bool = True
    ) -> None:
        self.files = files
        self.robots = robots
        self.conditional = conditional
        self.before_each: Callable[[], None] = lambda: None
        self.requests: list[SeenRequest] = []
        self.providers = Providers()
        self._faults: dict[str, tuple[Fault, int | None]] = {}
        self._guard = Lock()

    def provider(
        self,
        urn: str,
        name: str,
        *,
        code: int = 44,
        reports: Sequence[Listed] = (),
        **shown: object,
    ) -> ProviderPage:
        """Show a provider from now on; the reports newest first, more as `ProviderPage` has it."""
        page = ProviderPage(urn, name, code, list(reports), **shown)  # type: ignore[arg-type] # its named fields
        self.providers[page.key] = page
        return page

    def crowd(self, number: int) -> None:
        """Fill up to so many providers, for the search page."""
        for count in range(len(self.providers), number):
            row = Listed(published=date(2024, 1, 1), file_id=str(90_000_000 + count))
            self.provider(str(70_000 + count), f"Borough of Number {count}", reports=[row])

    def publish(self, urn: Key, report: Listed) -> None:
        """A new row at the top."""
        self.providers[urn].reports.insert(0, report)

    def close(self, urn: Key) -> None:
        """The provider leaves the search for open ones; its page stays."""
        self.providers[urn].is_open = False

    def withhold(self, urn: Key) -> None:
        """The provider is a bare URN from now on, in the search and on its page."""
        self.providers[urn].is_withheld = True

    def ignore_area(self, times: int | None = None) -> None:
        """Answer the search with all of England, so many times; None: until `behave`."""
        query = {"sort": "date", "order": "desc", "rows": "100"}
        self.misbehave("/search", lambda _: self._well("/search", query), times)

    def withdraw(self, urn: Key, file_id: str) -> None:
        """A row goes; its file stays where it was only if another row has it."""
        page = self.providers[urn]
        page.reports = [row for row in page.reports if row.file_id != file_id]

    def change(self, urn: Key, file_id: str, /, **fields: object) -> None:
        """Edit a row or its file: `published=`, `title=`, `data=`, `file_id=`..."""
        page = self.providers[urn]
        page.reports = [
            replace(row, **fields) if row.file_id == file_id else row  # type: ignore[arg-type] # named fields of the row
            for row in page.reports
        ]

    def misbehave(self, path: str, how: Fault, times: int | None = None) -> None:
        """Answer a path (`*`: every path) badly, so many times; None: until `behave`."""
        with self._guard:
            self._faults[path] = (how, times)

    def behave(self) -> None:
        """Answer normally again."""
        with self._guard:
            self._faults.clear()

    @contextmanager
    def running(self, port: int = 0, tls: ssl.SSLContext | None = None) -> Iterator[str]:
        """Serve on loopback; gives the base address. Port 0: any that is free."""
        server = _Server(("127.0.0.1", port), _handler(self))
        if tls is not None:
            server.socket = tls.wrap_socket(server.socket, server_side=True)
        thread = Thread(target=server.serve_forever, args=(0.02,), daemon=True)
        thread.start()
        try:
            yield f"{'https' if tls else 'http'}://127.0.0.1:{server.server_address[1]}"
        finally:
            server.shutdown()
            server.server_close()
            thread.join()

    def answer(self, target: str, headers: dict[str, str]) -> Reply:
        """What to send for a GET; records the request."""
        parts = urlsplit(target)
        self.requests.append(SeenRequest(parts.path, target, headers, time.monotonic()))
        self.before_each()
        reply = self._well(parts.path, dict(parse_qsl(parts.query, keep_blank_values=True)))
        fault = self._fault(parts.path)
        reply = fault(reply) if fault else reply
        if self.conditional and reply.status == HTTPStatus.OK and not fault:
            tag = f'"{hashlib.sha256(reply.body).hexdigest()[:16]}"'
            reply = reply.named("ETag", tag)
            if headers.get("If-None-Match") == tag:
                return Reply(status=HTTPStatus.NOT_MODIFIED, headers={"ETag": tag})
        return reply

    def _fault(self, path: str) -> Fault | None:
        with self._guard:
            key = path if path in self._faults else EVERYWHERE
            how, times = self._faults.get(key, (None, None))
            if times is not None:
                self._faults[key] = (self._faults[key][0], times - 1)
                if times <= 1:
                    del self._faults[key]
            return how

    def _well(self, path: str, query: dict[str, str]) -> Reply:
        """The answer without a fault."""
        page = next((one for one in self.providers.values() if one.path == path), None)
        if page:
            return page_of(provider_page(page, self.files))
        if path == "/search":
            return page_of(search_page(list(self.providers.values()), query))
        if path.startswith("/v1/file/"):
            return self._file(path.rpartition("/")[2])
        if path == "/robots.txt" and self.robots is not None:
            return Reply(self.robots.encode(), headers={"Content-Type": "text/plain"})
        if path == "/":
            return page_of(notice("A fake Ofsted site", "Try /search."))
        return not_found(Reply())

    def _file(self, file_id: str) -> Reply:
        rows = (row for page in self.providers.values() for row in page.reports)
        row = next((row for row in rows if row.file_id == file_id and row.data), None)
        if row is None or row.data is None:
            return dead_file()(Reply())
        return Reply(row.data, headers={"Content-Type": row.media_type})


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False

    def handle_error(self, request: object, client_address: object) -> None:
        """Ignore a client that hangs up early; report anything else."""
        if not isinstance(sys.exception(), OSError):
            super().handle_error(request, client_address)  # type: ignore[arg-type] # typeshed asks for a socket


def _handler(fake_ofsted: FakeOfsted) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True  # else a body waits 40 ms for the answer to its headers

        def do_GET(self) -> None:
            reply = fake_ofsted.answer(self.path, dict(self.headers.items()))
            length = len(reply.body) if reply.announced is None else reply.announced
            self.send_response(reply.status)
            for name, value in reply.headers.items():
                self.send_header(name, value)
            if length >= 0 and reply.status != HTTPStatus.NOT_MODIFIED:
                self.send_header("Content-Length", str(length))
            if length != len(reply.body):
                self.send_header("Connection", "close")
                self.close_connection = True
            self.end_headers()
            self._send(reply)

        def _send(self, reply: Reply) -> None:
            body = reply.body[: reply.reset_after]
            for start in range(0, len(body), reply.piece):
                self.wfile.write(body[start : start + reply.piece])
                self.wfile.flush()
                time.sleep(reply.pause)
            if reply.reset_after is not None:
                self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
                self.connection.close()
                self.close_connection = True

        def log_message(self, *_: object) -> None:
            """Requests are recorded, not printed."""

    return Handler


def folder(fake_ofsted: FakeOfsted, where: Path) -> None:
    """Show what a folder's `index.csv` names; texts become PDFs."""
    with (where / "index.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    for row in sorted(rows, key=lambda row: row["published"]):
        page = fake_ofsted.providers.get(row["urn"]) or fake_ofsted.provider(
            row["urn"], row["provider"]
        )
        if any(listed.file_id == row["file_id"] for listed in page.reports):
            continue
        inspected = row.get("inspected_first")
        listed = Listed(
            title=row["title"],
            published=date.fromisoformat(row["published"]),
            file_id=row["file_id"],
            inspected=date.fromisoformat(inspected) if inspected else None,
            data=_pdf(where / row["file"]),
        )
        fake_ofsted.publish(row["urn"], listed)


def _pdf(path: Path) -> bytes:
    if path.suffix != ".txt":
        return path.read_bytes()
    from deployments.demo.pdfs import tagged_pdf

    return tagged_pdf(path.read_text("utf-8"))


def main() -> None:
    """Serve a folder until Ctrl-C; each request is printed."""
    arguments = ArgumentParser(description="A fake Ofsted site on this machine.")
    arguments.add_argument("--folder", type=Path, default=Path(str(files("seeds"))))
    arguments.add_argument("--port", type=int, default=8044)
    asked = arguments.parse_args()
    fake_ofsted = FakeOfsted()
    fake_ofsted.before_each = lambda: folder(fake_ofsted, asked.folder)
    with fake_ofsted.running(asked.port) as base:
        fake_ofsted.files = base
        sys.stdout.write(f"reports and files: {base}; try {base}/search\n")
        try:
            while True:
                time.sleep(0.5)
                while fake_ofsted.requests:
                    seen = fake_ofsted.requests.pop(0)
                    sys.stdout.write(f"{datetime.now(UTC):%H:%M:%S} {seen.target}\n")
        except KeyboardInterrupt:
            return


if __name__ == "__main__":
    main()
