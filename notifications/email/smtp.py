"""Email handed over in named steps, since only then is it known where it failed.

Before the final dot nothing can have been accepted: a failure is `later`. After it, silence
is `unknown`. RFC 5321 asks for most patience there, as an early hang-up makes duplicates.
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
from notifications.email.refusals import speaks_of_us
from notifications.email.server import EmailServer
from notifications.results import Result, SendResult

CONNECT = 10.0  # seconds
REPLY = 30.0
GOODBYE = 5.0
AFTER_DATA = 120.0
LONGEST_TALK = 100_000  # bytes that a server may say
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


class _Reader:
    """A server's replies, as long as they may be: a good server says a few hundred bytes."""

    def __init__(self, sock: socket.socket) -> None:
        self._file = sock.makefile("rb")
        self._room = LONGEST_TALK

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
class _Talk:
    """One connection; `stage` is what is being done."""

    server: EmailServer
    context: ssl.SSLContext
    stage: str = "connect"
    began: float = field(default_factory=time.monotonic)
    client: smtplib.SMTP = field(init=False)

    def __post_init__(self) -> None:
        self.client = smtplib.SMTP(local_hostname=self.server.helo or None)

    def step(self, stage: str) -> None:
        """Begin a step with the time that is left for it."""
        self.stage = stage
        left = self.began + BEFORE_DOT - time.monotonic()
        if left <= 0:
            raise TimeoutError("the server took too long")
        if self.client.sock:
            self.client.sock.settimeout(min(REPLY, left))

    @contextlib.contextmanager
    def within(self, seconds: float) -> Iterator[None]:
        """Hang up when the time is over: a reply may drip and never end."""
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
                socket.socket.shutdown(sock, socket.SHUT_RDWR)  # below TLS, in use elsewhere

    def end(
        self, outcome: Result, code: int | None, words: object, *, lasting: bool = True
    ) -> NoReturn:
        said = redaction.words(words)
        if NO_PASSWORDS in said:
            outcome, said = "channel_down", redaction.words(f"{said[:120]}: {NO_PASSWORDS_ADVICE}")
        raise _Ended(SendResult(outcome, self.stage, code, said, lasting=lasting))

    def judge(self, code: int, words: bytes) -> None:
        """End the attempt unless the answer is good."""
        said = redaction.words(words)
        may_change = code in _FULL or bool(_MAY_CHANGE.match(said))
        if 200 <= code < 400:  # noqa: PLR2004 - RFC 5321
            return
        if code in _WANTS_LOGIN or speaks_of_us(self.stage, code, said):
            self.end("channel_down", code, words)
        if code >= 500 or (self.stage == "RCPT" and code in _FULL):  # noqa: PLR2004 - RFC 5321
            self.end("refused", code, words, lasting=not may_change)
        self.end("later", code, words)


def greet(server: EmailServer, context: ssl.SSLContext) -> SendResult:
    """Connect, encrypt and log in as for a mail, and send none; `sent` says that all is well."""
    talk = _Talk(server, context)
    try:
        _connect(talk)
        _greet(talk)
        _login(talk)
        talk.step("NOOP")
        code, words = talk.client.noop()
        talk.judge(code, words)
        return SendResult("sent", talk.stage, code, redaction.words(words))
    except _Ended as end:
        return end.attempt
    except (OSError, smtplib.SMTPException) as trouble:  # TLS's own are OSErrors
        return SendResult("later", talk.stage, None, _say(trouble))
    finally:
        _leave(talk)


def deliver(
    server: EmailServer, context: ssl.SSLContext, *, mail_from: str, rcpt_to: str, content: bytes
) -> SendResult:
    """Hand one mail for one mailbox to the server. Never raises for what a server does."""
    talk = _Talk(server, context)
    try:
        with talk.within(BEFORE_DOT):
            _connect(talk)
            _greet(talk)
            _login(talk)
            _hand_over(talk, mail_from, rcpt_to, content)
        with talk.within(AFTER_DATA):
            return _finish(talk)
    except _Ended as end:
        return end.attempt
    except ssl.SSLError as trouble:
        return SendResult("channel_down", talk.stage, None, redaction.words(trouble))
    except (OSError, smtplib.SMTPException) as trouble:
        may_have_it = talk.stage == "end of data"
        return SendResult("unknown" if may_have_it else "later", talk.stage, None, _say(trouble))
    finally:
        _leave(talk)


def _connect(talk: _Talk) -> None:
    where = (talk.server.server, talk.server.port)
    talk.client.sock = socket.create_connection(where, CONNECT)
    talk.client.file = _Reader(talk.client.sock)
    if talk.server.security == "tls":
        _encrypt(talk)
    talk.step("banner")
    code, words = talk.client.getreply()
    if code != 220:  # noqa: PLR2004 - ready
        talk.judge(code, words)
        talk.end("later", code, words)  # neither ready nor refused


def _encrypt(talk: _Talk) -> None:
    """All that was said before encryption is forgotten, as RFC 3207 asks."""
    talk.step("TLS")
    client = talk.client
    assert client.sock is not None  # noqa: S101 - for the type checker
    client.sock = talk.context.wrap_socket(client.sock, server_hostname=talk.server.server)
    client.file = _Reader(client.sock)
    client.helo_resp = client.ehlo_resp = None
    client.esmtp_features = {}
    client.does_esmtp = False


def _greet(talk: _Talk) -> None:
    _hello(talk)
    if talk.server.security != "starttls":
        return
    talk.step("STARTTLS")
    if not talk.client.has_extn("starttls"):
        talk.end("channel_down", None, "the server offers no STARTTLS")
    code, words = talk.client.docmd("STARTTLS")
    if code != 220:  # noqa: PLR2004 - ready
        talk.end("later" if code < 500 else "channel_down", code, words)  # noqa: PLR2004
    _encrypt(talk)
    _hello(talk)


def _hello(talk: _Talk) -> None:
    talk.step("EHLO")
    code, words = talk.client.ehlo()
    if code >= 500:  # noqa: PLR2004 - a server of before 1995, or one that will not talk
        code, words = talk.client.helo()
    if code != 250:  # noqa: PLR2004 - done
        talk.judge(code, words)
        talk.end("later", code, words)


def _login(talk: _Talk) -> None:
    if not talk.server.username:
        return
    talk.step("AUTH")
    try:
        talk.client.login(talk.server.username, talk.server.password)
    except smtplib.SMTPAuthenticationError as no:
        later = no.smtp_code < 500  # noqa: PLR2004 - RFC 4954
        talk.end("later" if later else "channel_down", no.smtp_code, no.smtp_error)
    except smtplib.SMTPServerDisconnected:
        raise
    except smtplib.SMTPException as no:
        talk.end("channel_down", None, no)
    except UnicodeEncodeError:  # its text holds the password
        talk.end("channel_down", None, "the user name or password contains letters outside ASCII")


def _hand_over(talk: _Talk, mail_from: str, rcpt_to: str, content: bytes) -> None:
    """All up to the final dot."""
    client = talk.client
    talk.step("MAIL")
    size = [f"size={len(content)}"] if client.has_extn("size") else []
    talk.judge(*client.mail(mail_from, size))
    talk.step("RCPT")
    talk.judge(*client.rcpt(rcpt_to))
    talk.step("DATA")
    talk.judge(*client.docmd("DATA"))
    client.send(_DOTS.sub(b"..", content))


def _finish(talk: _Talk) -> SendResult:
    client = talk.client
    talk.stage = "end of data"
    assert client.sock is not None  # noqa: S101 - for the type checker
    client.sock.settimeout(AFTER_DATA)
    client.send(b".\r\n")
    code, words = client.getreply()
    talk.judge(code, words)
    return SendResult("sent", talk.stage, code, redaction.words(words))


def _leave(talk: _Talk) -> None:
    """What happens here changes nothing any more."""
    with contextlib.suppress(OSError, smtplib.SMTPException):
        if talk.client.sock:
            talk.client.sock.settimeout(GOODBYE)
            with talk.within(GOODBYE):
                talk.client.quit()
    talk.client.close()


def _say(trouble: Exception) -> str:
    return redaction.words(str(trouble) or type(trouble).__name__)
