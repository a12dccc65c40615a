"""Sends an email in named steps, so that it is known at which one it failed.

Before the final dot nothing can have been accepted: a failure is `later`. After it, no answer is
`unknown`. RFC 5321 (4.5.3.2.6) asks for the longest wait there, as giving up makes duplicates.
"""

from __future__ import annotations

import contextlib
import re
import smtplib
import socket
import ssl
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from threading import Timer
from typing import NoReturn

from notifications import redaction
from notifications.email.refusals import refuses_us
from notifications.email.server import EmailServer
from notifications.send_results import SendResult, SendResultKind

CONNECT = 10.0  # seconds
REPLY = 30.0
GOODBYE = 5.0
AFTER_DATA = 120.0
LONGEST_REPLIES = 100_000  # bytes of all replies
BEFORE_DOT = 110.0  # all steps up to the final dot

NO_PASSWORDS = "5.7.30"
NO_PASSWORDS_ADVICE = (
    "Microsoft no longer accepts passwords here: use a relay by connector (port 25, no password) "
    "or High Volume Email (smtp.hve.mx.microsoft, port 587)"
)
_WANTS_LOGIN = frozenset({530, 534, 535, 538})
_FULL = frozenset({452, 552})
_MAY_CHANGE = re.compile(r"^[45]\.(7\.\d+|2\.2)\b")  # policy, full mailbox
_DOTS = re.compile(rb"(?m)^\.")


class _LimitedReplies:
    """A server's replies up to a limit; normal ones are a few hundred bytes."""

    def __init__(self, sock: socket.socket) -> None:
        self._file = sock.makefile("rb")
        self._room = LONGEST_REPLIES

    def readline(self, limit: int) -> bytes:
        line = self._file.readline(limit)
        self._room -= len(line)
        if self._room < 0:
            raise smtplib.SMTPServerDisconnected("the server sent an endless reply")
        return line

    def close(self) -> None:
        self._file.close()


@dataclass
class _Ended(Exception):  # noqa: N818 - the end of an attempt, good or bad
    attempt: SendResult


@dataclass
class _Connection:
    """One connection to the server; `stage` is the current step."""

    server: EmailServer
    context: ssl.SSLContext
    stage: str = "connect"
    began: float = field(default_factory=time.monotonic)
    client: smtplib.SMTP = field(init=False)

    def __post_init__(self) -> None:
        self.client = smtplib.SMTP(local_hostname=self.server.helo or None)

    def step(self, stage: str) -> None:
        """Begin a step, with the time that is left as its limit."""
        self.stage = stage
        left = self.began + BEFORE_DOT - time.monotonic()
        if left <= 0:
            raise TimeoutError("the server took too long")
        if self.client.sock:
            self.client.sock.settimeout(min(REPLY, left))

    @contextlib.contextmanager
    def within(self, seconds: float) -> Iterator[None]:
        """Close the connection when the time is over: a slow reply may never end."""
        timer = Timer(seconds, self._hang_up)
        timer.daemon = True
        timer.start()
        try:
            yield
        finally:
            timer.cancel()

    def _hang_up(self) -> None:
        if (sock := self.client.sock) is not None:
            with contextlib.suppress(OSError):
                # TLS's own shutdown would wait for the thread that is reading.
                socket.socket.shutdown(sock, socket.SHUT_RDWR)

    def end(
        self, result: SendResultKind, code: int | None, words: object, *, lasting: bool = True
    ) -> NoReturn:
        said = redaction.words(words)
        if NO_PASSWORDS in said:
            result, said = "channel_down", redaction.words(f"{said[:120]}: {NO_PASSWORDS_ADVICE}")
        raise _Ended(SendResult(result, self.stage, code, said, lasting=lasting))

    def judge(self, code: int, words: bytes) -> None:
        """End the attempt unless the answer is positive."""
        said = redaction.words(words)
        may_change = code in _FULL or bool(_MAY_CHANGE.match(said))
        if 200 <= code < 400:  # noqa: PLR2004 - RFC 5321
            return
        if code in _WANTS_LOGIN or refuses_us(self.stage, code, said):
            self.end("channel_down", code, words)
        if code >= 500 or (self.stage == "RCPT" and code in _FULL):  # noqa: PLR2004 - RFC 5321
            self.end("refused", code, words, lasting=not may_change)
        self.end("later", code, words)


def greet(server: EmailServer, context: ssl.SSLContext) -> SendResult:
    """Connect, encrypt and log in without sending an email; the result `sent` means success."""
    connection = _Connection(server, context)
    try:
        _connect(connection)
        _greet(connection)
        _login(connection)
        connection.step("NOOP")
        code, words = connection.client.noop()
        connection.judge(code, words)
        return SendResult("sent", connection.stage, code, redaction.words(words))
    except _Ended as end:
        return end.attempt
    except (OSError, smtplib.SMTPException) as trouble:  # TLS's own are OSErrors
        return SendResult("later", connection.stage, None, _say(trouble))
    finally:
        _quit(connection)


def deliver(
    server: EmailServer, context: ssl.SSLContext, *, mail_from: str, rcpt_to: str, content: bytes
) -> SendResult:
    """Send one email to one mailbox. Every failure of the server is a result, not an exception."""
    connection = _Connection(server, context)
    try:
        with connection.within(BEFORE_DOT):
            _connect(connection)
            _greet(connection)
            _login(connection)
            _hand_over(connection, mail_from, rcpt_to, content)
        with connection.within(AFTER_DATA):
            return _finish(connection)
    except _Ended as end:
        return end.attempt
    except ssl.SSLError as trouble:
        return SendResult("channel_down", connection.stage, None, redaction.words(trouble))
    except (OSError, smtplib.SMTPException) as trouble:
        may_have_it = connection.stage == "end of data"
        return SendResult(
            "unknown" if may_have_it else "later", connection.stage, None, _say(trouble)
        )
    finally:
        _quit(connection)


def _connect(connection: _Connection) -> None:
    where = (connection.server.server, connection.server.port)
    connection.client.sock = socket.create_connection(where, CONNECT)
    connection.client.file = _LimitedReplies(connection.client.sock)
    if connection.server.security == "tls":
        _encrypt(connection)
    connection.step("banner")
    code, words = connection.client.getreply()
    if code != 220:  # noqa: PLR2004 - ready
        connection.judge(code, words)
        connection.end("later", code, words)  # neither ready nor refused


def _encrypt(connection: _Connection) -> None:
    """Encrypt, and discard what the server said before, as RFC 3207 asks."""
    connection.step("TLS")
    client = connection.client
    assert client.sock is not None  # noqa: S101 - for the type checker
    client.sock = connection.context.wrap_socket(
        client.sock, server_hostname=connection.server.server
    )
    client.file = _LimitedReplies(client.sock)
    client.helo_resp = client.ehlo_resp = None
    client.esmtp_features = {}
    client.does_esmtp = False


def _greet(connection: _Connection) -> None:
    _hello(connection)
    if connection.server.security != "starttls":
        return
    connection.step("STARTTLS")
    if not connection.client.has_extn("starttls"):
        connection.end("channel_down", None, "the server offers no STARTTLS")
    code, words = connection.client.docmd("STARTTLS")
    if code != 220:  # noqa: PLR2004 - ready
        connection.end("later" if code < 500 else "channel_down", code, words)  # noqa: PLR2004
    _encrypt(connection)
    _hello(connection)


def _hello(connection: _Connection) -> None:
    connection.step("EHLO")
    code, words = connection.client.ehlo()
    if code >= 500:  # noqa: PLR2004 - a server of before 1995, or one that will not connection
        code, words = connection.client.helo()
    if code != 250:  # noqa: PLR2004 - done
        connection.judge(code, words)
        connection.end("later", code, words)


def _login(connection: _Connection) -> None:
    if not connection.server.username:
        return
    connection.step("AUTH")
    try:
        connection.client.login(connection.server.username, connection.server.password)
    except smtplib.SMTPAuthenticationError as no:
        later = no.smtp_code < 500  # noqa: PLR2004 - RFC 4954
        connection.end("later" if later else "channel_down", no.smtp_code, no.smtp_error)
    except smtplib.SMTPServerDisconnected:
        raise
    except smtplib.SMTPException as no:
        connection.end("channel_down", None, no)
    except UnicodeEncodeError:  # its text holds the password
        connection.end(
            "channel_down", None, "the user name or password contains letters outside ASCII"
        )


def _hand_over(connection: _Connection, mail_from: str, rcpt_to: str, content: bytes) -> None:
    """All up to the final dot."""
    client = connection.client
    connection.step("MAIL")
    size = [f"size={len(content)}"] if client.has_extn("size") else []
    connection.judge(*client.mail(mail_from, size))
    connection.step("RCPT")
    connection.judge(*client.rcpt(rcpt_to))
    connection.step("DATA")
    connection.judge(*client.docmd("DATA"))
    client.send(_DOTS.sub(b"..", content))


def _finish(connection: _Connection) -> SendResult:
    client = connection.client
    connection.stage = "end of data"
    assert client.sock is not None  # noqa: S101 - for the type checker
    client.sock.settimeout(AFTER_DATA)
    client.send(b".\r\n")
    code, words = client.getreply()
    connection.judge(code, words)
    return SendResult("sent", connection.stage, code, redaction.words(words))


def _quit(connection: _Connection) -> None:
    """End the session; a failure here no longer matters."""
    with contextlib.suppress(OSError, smtplib.SMTPException):
        if connection.client.sock:
            connection.client.sock.settimeout(GOODBYE)
            with connection.within(GOODBYE):
                connection.client.quit()
    connection.client.close()


def _say(trouble: Exception) -> str:
    return redaction.words(str(trouble) or type(trouble).__name__)
