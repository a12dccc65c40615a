"""Real servers on loopback that keep what they are sent: mail by SMTP, webhooks by HTTPS.

Both can be made to fail: `answers` maps a stage (mail) or lists the next answers (webhook).
"""

from __future__ import annotations

import asyncio
import contextlib
import email
import json
import ssl
import tempfile
import threading
import time
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from email import policy
from email.message import EmailMessage
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Literal, Self

import trustme
from aiosmtpd.smtp import SMTP, AuthResult, LoginPassword

DROP = "drop"  # the connection is cut without an answer
HANG = "hang"  # nothing comes any more, the connection stays
STAGES = ("EHLO", "HELO", "STARTTLS", "AUTH", "MAIL", "RCPT", "DATA", "QUIT")


@cache
def authority() -> trustme.CA:
    """A certificate authority of this test run; nobody else trusts it."""
    return trustme.CA()


@cache
def ca_file() -> Path:
    """Its certificate, as `ca_file` in the settings wants it."""
    path = Path(tempfile.mkdtemp(prefix="sinks-")) / "ca.pem"
    authority().cert_pem.write_to_path(str(path))
    return path


@cache
def tls_context() -> ssl.SSLContext:
    """What a server on 127.0.0.1 presents."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority().issue_cert("127.0.0.1", "localhost").configure_cert(context)
    return context


@dataclass(frozen=True)
class Mailed:
    """One message with its envelope, as the server accepted it."""

    mail_from: str
    rcpt_tos: tuple[str, ...]
    content: bytes
    encrypted: bool
    login: str | None

    @property
    def message(self) -> EmailMessage:
        return email.message_from_bytes(self.content, policy=policy.default)  # type: ignore[return-value]


class EmailSink:
    """An SMTP server.

    Args:
        security: none, starttls or tls (from the first byte), with `ca_file`'s authority.
        users: who may log in; given, a login is required.

    `answers` maps a stage (CONNECT, EHLO, HELO, STARTTLS, AUTH, MAIL, RCPT, DATA, END for what
    follows the final dot, QUIT) to an answer (`"550 5.1.1 no such user"`), DROP or HANG;
    `RCPT a@example.org` is the answer for one mailbox.
    A message whose END is DROP or HANG is kept: the server has it and does not say so.
    """

    def __init__(
        self,
        *,
        security: Literal["none", "starttls", "tls"] = "none",
        users: dict[str, str] | None = None,
    ) -> None:
        self.security = security
        self.users = users
        self.messages: list[Mailed] = []
        self.answers: dict[str, str] = {}
        self.hellos: list[str] = []  # the names given in EHLO or HELO
        self.on_message: Callable[[], None] = lambda: (
            None
        )  # once it has a message, before it says so
        self.transports: set[Any] = set()
        self.server = "127.0.0.1"
        self.port = 0
        self.ca_file = ca_file()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        asyncio.run_coroutine_threadsafe(self._listen(), self._loop).result(10)
        return self

    def __exit__(self, *_: object) -> None:
        asyncio.run_coroutine_threadsafe(self._close(), self._loop).result(10)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)
        self._loop.close()

    async def _listen(self) -> None:
        self._server = await self._loop.create_server(
            lambda: _Smtp(self),
            self.server,
            0,
            ssl=tls_context() if self.security == "tls" else None,
        )
        self.port = self._server.sockets[0].getsockname()[1]

    async def _close(self) -> None:
        self._server.close()
        for transport in self.transports:
            transport.abort()
        rest = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
        for task in rest:
            task.cancel()
        await asyncio.gather(*rest, return_exceptions=True)
        await asyncio.sleep(0.01)  # for the transports to close

    def authenticate(
        self, _server: SMTP, _session: object, _envelope: object, _how: str, who: Any
    ) -> AuthResult:
        assert isinstance(who, LoginPassword)
        name, password = who.login.decode(), who.password.decode()
        good = (self.users or {}).get(name) == password
        return AuthResult(success=good, handled=False, auth_data=who)


class _Keeper:
    def __init__(self, sink: EmailSink) -> None:
        self.sink = sink

    async def handle_DATA(self, server: _Smtp, session: Any, envelope: Any) -> str:  # noqa: N802 - aiosmtpd's name
        answer = self.sink.answers.get("END", "250 2.0.0 kept")
        if answer in {DROP, HANG} or answer.startswith("2"):
            self.sink.messages.append(
                Mailed(
                    envelope.mail_from,
                    tuple(envelope.rcpt_tos),
                    envelope.original_content,
                    session.ssl is not None or self.sink.security == "tls",
                    session.auth_data and session.auth_data.login.decode(),
                )
            )
            await asyncio.to_thread(self.sink.on_message)  # others are served meanwhile
        return await server.misbehave(answer) or answer


class _Smtp(SMTP):
    """aiosmtpd's server with a fault to order at each stage."""

    def __init__(self, sink: EmailSink) -> None:
        self.sink = sink
        login = {"authenticator": sink.authenticate, "auth_required": True} if sink.users else {}
        with warnings.catch_warnings():  # aiosmtpd does not see TLS from the first byte
            warnings.simplefilter("ignore")
            self._set_up(sink, login)

    def _set_up(self, sink: EmailSink, login: dict[str, Any]) -> None:
        super().__init__(
            _Keeper(sink),
            hostname="sink.test",
            loop=sink._loop,
            tls_context=tls_context() if sink.security == "starttls" else None,
            require_starttls=sink.security == "starttls",
            auth_require_tls=sink.security == "starttls",
            **login,
        )

    def connection_made(self, transport: Any) -> None:
        self.sink.transports.add(transport)
        super().connection_made(transport)

    def connection_lost(self, error: Exception | None) -> None:
        self.sink.transports.discard(self.transport)
        super().connection_lost(error)

    async def misbehave(self, answer: str) -> str:
        if answer == DROP:
            self.transport.abort()
        if answer in {DROP, HANG}:
            await asyncio.sleep(3600)
        return ""

    async def push(self, status: Any) -> None:
        if isinstance(status, str) and status.startswith("220 sink.test"):
            status = self.sink.answers.get("CONNECT", status)
            await self.misbehave(status)
        await super().push(status)


def _with_faults(stage: str) -> Any:
    plain = getattr(SMTP, f"smtp_{stage}")

    async def command(self: _Smtp, arg: str) -> None:
        if stage in {"EHLO", "HELO"}:
            self.sink.hellos.append(arg)
        answers = self.sink.answers
        of_one = (each for each in answers if each.startswith(f"{stage} ") and each[5:] in arg)
        answer = answers.get(next(of_one, stage))
        if answer is None:
            await plain(self, arg)
            return
        await self.misbehave(answer)
        await self.push(answer)

    return command


for _stage in STAGES:
    setattr(_Smtp, f"smtp_{_stage}", _with_faults(_stage))


@dataclass(frozen=True)
class Answer:
    """What the webhook says next. `body` may be DROP or HANG instead."""

    status: int = 202
    body: str = ""
    headers: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Post:
    """One POST as it came."""

    path: str
    headers: dict[str, str]
    body: bytes
    at: float = 0.0  # on the monotonic clock

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def is_whole(self) -> bool:
        """Whether all of it came before whoever sent it was gone."""
        return len(self.body) == int(self.headers.get("Content-Length", 0))


class WebhookSink:
    """An HTTPS server that keeps what is posted and gives `answers` in turn, then `default`."""

    def __init__(self, default: Answer | None = None, *, to_get: Answer | None = None) -> None:
        self.default = default or Answer()
        self.to_get = to_get or Answer(200, "<html>log in</html>")
        self.gets = 0
        self.answers: list[Answer] = []
        self.posts: list[Post] = []
        self.ca_file = ca_file()
        self._done = threading.Event()

    def __enter__(self) -> Self:
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self._server.daemon_threads = True
        self._server.socket = tls_context().wrap_socket(
            self._server.socket, server_side=True, do_handshake_on_connect=False
        )
        self.port = self._server.server_address[1]
        self.url = (
            f"https://127.0.0.1:{self.port}/workflows/flow/invoke?sp=%2Ftriggers&sig=s3cr3t-Sig"
        )
        self._thread = threading.Thread(
            target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True
        )
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._done.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(10)


def _handler(sink: WebhookSink) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            length = int(self.headers.get("Content-Length", 0))
            body = self.rfile.read(length)
            sink.posts.append(Post(self.path, dict(self.headers), body, time.monotonic()))
            answer = sink.answers.pop(0) if sink.answers else sink.default
            if answer.body == HANG:
                sink._done.wait(30)
            if answer.body in {DROP, HANG}:
                self.close_connection = True
                return
            self._say(answer)

        def do_GET(self) -> None:
            sink.gets += 1
            self._say(sink.to_get)

        def _say(self, answer: Answer) -> None:
            body = answer.body.encode()
            self.send_response(answer.status)
            for name, value in answer.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def handle(self) -> None:
            with contextlib.suppress(OSError):
                super().handle()

        def finish(self) -> None:
            with contextlib.suppress(OSError):
                super().finish()

        def log_message(self, *_: object) -> None:
            pass

    return Handler


@contextlib.contextmanager
def closed_port() -> Iterator[int]:
    """A port of 127.0.0.1 at which nobody answers."""
    import socket

    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        yield held.getsockname()[1]
