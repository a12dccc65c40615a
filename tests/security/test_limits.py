"""Nothing that others send is kept without end: not bodies, not headers, not replies."""

import gzip
import socket
import threading
import time
import tracemalloc
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

import pytest

from deployments.demo.fake_ofsted_faults import Reply, page_of
from flows.pipeline import call_heartbeat
from notifications import redaction
from notifications.email import smtp
from notifications.email.server import EmailServer
from notifications.teams import post as teams
from notifications.tls import tls_context
from ofsted.errors import SiteError, UnexpectedResponse, Unreachable
from ofsted.site import Site
from ofsted.site.client import ROBOTS_LIMIT

MEGABYTE = 1_000_000
PAGE = "/provider/44/80515"
HEAD = b"HTTP/1.1 %s\r\nContent-Type: text/html\r\n%s\r\n"
Talk = Callable[[socket.socket], None]


@contextmanager
def speaking(talk: Talk) -> Iterator[int]:
    """A server that says to everyone the same, whatever it is asked; gives its port."""

    def answer(connection: socket.socket) -> None:
        with connection:
            try:
                talk(connection)
            except OSError:
                return

    def listen() -> None:
        while True:
            try:
                connection, _ = server.accept()
            except OSError:
                return
            threading.Thread(target=answer, args=(connection,), daemon=True).start()

    with socket.create_server(("127.0.0.1", 0)) as server:
        threading.Thread(target=listen, daemon=True).start()
        yield server.getsockname()[1]
        server.shutdown(socket.SHUT_RDWR)


def endless(status: bytes, headers: bytes = b"") -> Talk:
    """An answer whose body never ends."""

    def talk(connection: socket.socket) -> None:
        connection.recv(65536)
        connection.sendall(HEAD % (status, headers))
        while True:
            connection.sendall(b"x" * 65536)

    return talk


def dripping(start: bytes, drop: bytes = b"a", pause: float = 0.05) -> Talk:
    """An answer of which a byte comes now and then."""

    def talk(connection: socket.socket) -> None:
        connection.sendall(start)
        while True:
            time.sleep(pause)
            connection.sendall(drop)

    return talk


def site(port: int, **limits) -> Site:
    base = f"http://127.0.0.1:{port}"
    return Site(reports=base, files=base, gap=0, allow_private=True, **limits)


@pytest.fixture
def frugal() -> Iterator[None]:
    """The test needs little memory."""
    tracemalloc.start()
    yield
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert most < 40 * MEGABYTE


def checked_at(port: int, **limits) -> SiteError:
    with site(port, **limits) as ours, pytest.raises(SiteError) as failure:
        ours.listing(80515)
    return failure.value


@pytest.mark.usefixtures("frugal")
@pytest.mark.parametrize("status", [b"200 OK", b"404 Not Found", b"403 Forbidden"])
def test_a_page_without_end_is_given_up_while_it_comes(status):
    with speaking(endless(status)) as port:
        checked_at(port, timeout=5)


@pytest.mark.usefixtures("frugal")
def test_the_body_of_a_redirect_is_not_read(tmp_path):
    """requests reads it whole, even when it should follow nothing."""
    began = time.monotonic()
    with speaking(endless(b"302 Found", b"Location: https://evil.example/\r\n")) as port:
        assert "not followed" in str(checked_at(port, timeout=30))
        with site(port) as ours, pytest.raises(SiteError, match="not followed"):
            ours.download("1", tmp_path / "report.pdf")
    assert time.monotonic() - began < 10


@pytest.mark.usefixtures("frugal")
def test_a_file_without_end_is_given_up_while_it_comes_and_leaves_nothing(tmp_path):
    with (
        speaking(endless(b"200 OK")) as port,
        site(port, file_limit=2 * MEGABYTE) as ours,
        pytest.raises(UnexpectedResponse, match="more than 2,000,000 bytes"),
    ):
        ours.download("1", tmp_path / "report.pdf")
    assert not (tmp_path / "report.pdf").exists()


@pytest.mark.parametrize("start", [b"", b"HTTP/1.1 200 OK\r\nX: ", b"HTTP/1.1 200 OK\r\n"])
def test_headers_that_drip_end_in_time(tmp_path, start):
    drop = b"X-A: b\r\n" if start.endswith(b"OK\r\n") else b"a"
    with speaking(dripping(start, drop)) as port, site(port, timeout=0.5) as ours:
        began = time.monotonic()
        with pytest.raises(Unreachable):
            ours.download("1", tmp_path / "report.pdf")
    assert time.monotonic() - began < 8


def bomb(packed: bytes, coding: str):
    return lambda _: Reply(
        packed, headers={"Content-Encoding": coding, "Content-Type": "text/html"}
    )


def deflated(size: int) -> bytes:
    packer = zlib.compressobj(9)
    parts = [packer.compress(bytes(MEGABYTE)) for _ in range(size // MEGABYTE)]
    return b"".join([*parts, packer.flush()])


BOMBS = {
    "gzip": gzip.compress(bytes(100 * MEGABYTE)),
    "deflate": deflated(100 * MEGABYTE),
    "gzip, gzip": gzip.compress(gzip.compress(bytes(100 * MEGABYTE))),
    ", ".join(["gzip"] * 50): b"x",
}


@pytest.mark.parametrize("coding", BOMBS, ids=lambda coding: coding[:12])
def test_what_is_packed_is_measured_unpacked_while_it_comes(installation, frugal, tmp_path, coding):
    installation.fake_ofsted.misbehave("*", bomb(BOMBS[coding], coding))
    with site(int(installation.base.rpartition(":")[2])) as ours:
        with pytest.raises(SiteError):
            ours.listing(80515)
        with pytest.raises(SiteError):
            ours.download("50283346", tmp_path / "report.pdf")
    assert not (tmp_path / "report.pdf").exists()


@pytest.mark.parametrize(
    "reply",
    [
        Reply(b"User-agent: *\nDisallow: /\n" * 100_000),
        Reply(gzip.compress(b"#" * 100 * MEGABYTE), headers={"Content-Encoding": "gzip"}),
        Reply(status=302, headers={"Location": "/robots.txt"}),
        Reply(b"\xff\x00\x1b" * 1000),
        Reply(b"User-agent: " + b"a" * ROBOTS_LIMIT),
    ],
    ids=["long", "bomb", "circle", "bytes", "line"],
)
def test_robots_without_measure_hold_up_no_check(installation, frugal, reply):
    """What is too long is as none: what was known last stands."""
    with installation.context().database.write() as session:
        from storage import models

        for host in session.query(models.HttpHost):
            host.robots_until = host.robots = None
    installation.fake_ofsted.misbehave("/robots.txt", lambda _: reply)
    assert installation.check().result == "unchanged"


@pytest.mark.usefixtures("frugal")
@pytest.mark.parametrize(
    ("status", "outcome"),
    [
        (b"202 Accepted", "channel_down"),  # a web page
        (b"302 Found", "channel_down"),
        (b"404 Not Found", "channel_down"),
        (b"500 Oh", "later"),
    ],
)
def test_an_answer_of_a_webhook_without_end_is_not_read_to_its_end(status, outcome):
    headers = b"Location: http://127.0.0.1:1/\r\n"
    with speaking(endless(status, headers)) as port:
        attempt = teams.post(f"http://127.0.0.1:{port}/?sig=a", b"{}", None, allow_private=True)
    assert attempt.result == outcome
    assert len(attempt.words) <= 300


def test_an_answer_of_a_webhook_that_drips_ends_in_time(monkeypatch):
    monkeypatch.setattr(teams, "TIMEOUT", (1.0, 0.5))
    with speaking(dripping(b"HTTP/1.1 200 OK\r\nX: ")) as port:
        attempt = teams.post(f"http://127.0.0.1:{port}/?sig=a", b"{}", None, allow_private=True)
    assert attempt.result == "unknown"


@pytest.mark.parametrize("status", [b"200 OK", b"302 Found", b"500 Oh"])
def test_an_answer_to_the_heartbeat_without_end_is_not_read(installation, frugal, status):
    checked = installation.check()
    with speaking(endless(status, b"Location: http://127.0.0.1:1/\r\n")) as port:
        installation.settings["heartbeat"] = f"http://127.0.0.1:{port}/"
        began = time.monotonic()
        call_heartbeat(installation.context(), [checked])
    assert time.monotonic() - began < 5


def mailed(port: int):
    server = EmailServer("127.0.0.1", port, "none", sender="a@example.org")
    return smtp.deliver(
        server,
        tls_context(None),
        mail_from="a@example.org",
        rcpt_to="b@example.org",
        content=b"x\r\n",
    )


@pytest.mark.usefixtures("frugal")
@pytest.mark.parametrize("line", [b"220-more\r\n" * 1000, b"2" * 10_000])
def test_an_email_server_that_does_not_end_what_it_says_is_left(line):
    def talk(connection: socket.socket) -> None:
        while True:
            connection.sendall(line)

    with speaking(talk) as port:
        assert mailed(port).result == "later"


def test_an_email_server_whose_reply_drips_is_left_in_time(monkeypatch):
    monkeypatch.setattr(smtp, "BEFORE_DOT", 0.5)
    with speaking(dripping(b"220-")) as port:
        began = time.monotonic()
        assert mailed(port).result == "later"
    assert time.monotonic() - began < 5


def test_an_email_server_that_drips_after_the_final_dot_may_have_the_email(monkeypatch):
    monkeypatch.setattr(smtp, "AFTER_DATA", 0.5)
    monkeypatch.setattr(smtp, "GOODBYE", 0.5)

    def talk(connection: socket.socket) -> None:
        connection.sendall(b"220 here\r\n")
        with connection.makefile("rb") as said:
            for line in said:
                if line == b".\r\n":
                    dripping(b"250-")(connection)
                answers = {b"DATA": b"354 go on\r\n", b"x\r\n": b""}
                connection.sendall(answers.get(line[:4], b"250 fine\r\n"))

    with speaking(talk) as port:
        began = time.monotonic()
        assert mailed(port).result == "unknown"
    assert time.monotonic() - began < 5


def test_a_page_nested_without_end_is_strange_and_not_a_crash(installation):
    deep = b"<html><body>" + b"<ul><li class='timeline__day'>" * 40_000 + b"</body></html>"
    installation.fake_ofsted.misbehave(PAGE, lambda _: page_of(deep))
    assert installation.check().result in {"unrecognised", "unreachable"}


def test_entities_of_a_page_do_not_multiply(installation):
    lol = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 12))
    bomb = f'<!DOCTYPE html [<!ENTITY l0 "lol">{lol}<!ENTITY f SYSTEM "file:///etc/passwd">]>'
    page = f"{bomb}<html><title>&l11;</title><body>&l11;&f;</body></html>"
    installation.fake_ofsted.misbehave(PAGE, lambda _: page_of(page.encode()))
    checked = installation.check()
    assert checked.result == "unrecognised"
    assert "root:" not in checked.message


LINK = '<a class="publication-link" href="https://files.ofsted.gov.uk/v1/file/{}">T, pdf - x</a>'
LONG = {
    "rows in rows": "<ul><li class='timeline__day'>" * 2000 + LINK.format(1),
    "links in links": f"<span>{LINK.format(1)[:-4]}" * 2000,
    "links in one row": "".join(LINK.format(number) for number in range(500)),
    "too many rows": "".join(f"<li>{LINK.format(number)}</li>" for number in range(9000)),
    "blanks": LINK.format(1).replace("x", " - " * 200_000),
    "commas": LINK.format(1).replace("x", ",pdf " * 200_000),
    "digits": f"{LINK.format(1)}<time>{'1' * 500_000}</time>",
    "comments": LINK.format(1) + "<!--" * 200_000,
    "classes": f"<li class='{'timeline__day ' * 100_000}'>{LINK.format(1)}</li>",
}


@pytest.mark.parametrize("shape", LONG)
def test_a_page_made_to_be_read_for_ever_is_read_or_refused_soon(installation, shape):
    page = installation.fake_ofsted.answer(PAGE, {}).body.decode()
    heading, _, rest = page.partition("</h1>")
    installation.fake_ofsted.misbehave(
        PAGE, lambda _: page_of(f"{heading}</h1>{LONG[shape]}{rest}".encode())
    )
    began = time.process_time()
    with site(int(installation.base.rpartition(":")[2])) as ours, suppress(SiteError):
        ours.listing(80515)
    assert time.process_time() - began < 15


@pytest.mark.parametrize(
    "said", ["a." * 50_000, "sig=" * 25_000, "https://" * 12_000, "=" * 99_999]
)
def test_what_a_server_says_at_length_is_masked_soon(said):
    began = time.process_time()
    assert len(redaction.words(said)) <= 300
    assert time.process_time() - began < 1
