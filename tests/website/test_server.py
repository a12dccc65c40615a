"""The website as readers get it: the folder's pages, and nothing else of the machine."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.website_served import FILES, connected, get, heard, parsed, replace, say, served, written

HOST = "Host: 127.0.0.1"
POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
ALWAYS = {
    "content-security-policy": POLICY,
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=()",
    "cache-control": "no-cache",
}
SECRET = "not for readers"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The website, with a secret beside it, and links that lead to it."""
    home = tmp_path_factory.mktemp("website")
    folder = written(home / "site")
    (home / "secret.html").write_text(SECRET)
    (home / "site-2").mkdir()
    (home / "site-2" / "index.html").write_text(SECRET)
    (folder / "link.html").symlink_to(home / "secret.html")
    (folder / "linked").symlink_to(home / "site-2")
    (folder / "inner.html").symlink_to(".hidden")
    os.mkfifo(folder / "pipe.html")
    return folder


@pytest.fixture(scope="module")
def port(folder: Path) -> Iterator[int]:
    with served(folder) as port:
        yield port


@pytest.mark.parametrize(
    ("path", "file"),
    [
        ("/", "index.html"),
        ("/index.html", "index.html"),
        ("/about.html?from=alert", "about.html"),
        ("/sutton/", "sutton/index.html"),
        ("/sutton/report-50283346.html", "sutton/report-50283346.html"),
        ("/%73utton/", "sutton/index.html"),
    ],
)
def test_pages_come_as_they_are(port, path, file):
    answer = get(port, path)
    assert answer.status == 200
    assert answer.body.decode() == FILES[file]
    assert int(answer.headers["content-length"]) == len(answer.body)


@pytest.mark.parametrize(
    ("path", "media_type"),
    [
        ("/", "text/html; charset=utf-8"),
        ("/feed.xml", "application/atom+xml; charset=utf-8"),
        ("/style.css", "text/css; charset=utf-8"),
        ("/table.js", "text/javascript; charset=utf-8"),
        ("/sutton/strip.svg", "image/svg+xml"),
        ("/tables/judgements.csv", "text/csv; charset=utf-8"),
        (
            "/tables/judgements.xlsx",
            "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        ),
        ("/tables/latest.json", "application/json"),
        ("/tables/other.bin", "application/octet-stream"),
    ],
)
def test_media_types_are_ours_and_not_the_machines(port, path, media_type):
    assert get(port, path).headers["content-type"] == media_type


ASTRAY = [
    *("/../secret.html", "/sutton/../../secret.html", "/sutton/../index.html", "/./index.html"),
    *("/%2e%2e/secret.html", "/..%2fsecret.html", "/%2e%2e%2fsecret.html", "/sutton/%2e%2e/"),
    *("/%252e%252e/secret.html", "/..%252fsecret.html", "/%c0%ae%c0%ae/secret.html"),
    *("/..\\secret.html", "/..%5csecret.html", "/sutton%5cindex.html", "/....//secret.html"),
    *("//etc/passwd", "/%2fetc/passwd", "///", "/sutton//index.html", "//sutton/"),
    *("/etc/passwd", "/C:/Windows/win.ini", "/C:%5cWindows%5cwin.ini", "/file:///etc/passwd"),
    *("/index.html%00.css", "/%00", "/index.html%0a", "/index.html%0d%0aX-Evil:1", "/sutton/%20"),
    *("/..;/secret.html", "/~root/", "/*", "/%ff", "/%", "/%zz", "/index.html.", "/INDEX.HTML/.."),
    *("/.hidden", "/.git/config", "/.git/", "/sutton/.index.html.part", "/%2ehidden", "/."),
    *("/link.html", "/linked/", "/linked", "/linked/index.html", "/inner.html", "/pipe.html"),
    *("/site-2/", "/../site-2/index.html", "/../site/index.html", "/index.html/", "/about.html/x"),
    *("/tables/", "/tables", "/nowhere", "/nowhere/", "/sutton/report-1.html"),
    *("http://127.0.0.1/index.html", "index.html", "?", "*"),
]  # fmt: skip


@pytest.mark.parametrize("path", ASTRAY)
def test_nothing_else_is_there(port, path):
    """What leads out of the folder, is hidden, is a link, or lists a folder."""
    answer = get(port, path)
    assert answer.status == 404
    assert b"Page not found" in answer.body
    for secret in (SECRET, "secret", "root:", "Traceback", "judgements.csv"):
        assert secret.encode() not in answer.body
    assert "location" not in answer.headers


@pytest.mark.parametrize(
    "path",
    ["/" + "a" * 300, "/" + "a" * 60_000, "/a" * 30_000, "/sutton/" * 8_000, "/" + "%2e" * 20_000],
)
def test_a_path_of_any_length_is_no_page(port, path):
    assert get(port, path).status == 404


@pytest.mark.parametrize(
    "words",
    [
        b"GET / HTTP/1.1\r\n\r\n",  # without Host
        b"GET /\xff HTTP/1.1\r\nHost: a\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n",
        b"GET /  HTTP/1.1\r\n\0\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03 to a port that speaks no TLS\r\n\r\n",
    ],
)
def test_what_is_no_request_is_refused_with_the_same_headers(port, words):
    answer = say(port, words)
    assert answer.status == 400
    assert answer.headers.items() >= ALWAYS.items()
    assert "server" not in answer.headers


@pytest.mark.parametrize("begun", [b"GET /", b"GET / HTTP/1.1\r\nHost: a\r\nX: ", b""])
def test_a_request_without_end_is_given_up(port, begun):
    with connected(port) as connection:
        try:
            connection.sendall(begun + b"a" * 1_000_000)
            assert parsed(heard(connection)).status == 400
        except ConnectionError:
            pass  # it was given up before all of it was sent


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "FOO"])
@pytest.mark.parametrize("path", ["/", "/.hidden", "/nowhere"])
def test_it_can_only_be_read(port, method, path):
    answer = get(port, path, "Content-Length: 0", method=method)
    assert (answer.status, answer.headers["allow"]) == (405, "GET, HEAD")
    assert answer.headers.items() >= ALWAYS.items()


def test_a_request_for_a_websocket_gets_the_page(port):
    answer = get(port, "/", "Upgrade: websocket", "Connection: Upgrade")
    assert answer.status == 200


@pytest.mark.parametrize(
    ("path", "status"), [("/", 200), ("/sutton", 301), ("/nowhere", 404), ("/.hidden", 404)]
)
def test_every_answer_closes_the_page_to_all_that_is_not_its_own(port, path, status):
    for method in ("GET", "HEAD"):
        answer = get(port, path, method=method)
        assert answer.status == status
        assert answer.headers.items() >= ALWAYS.items()
        assert "server" not in answer.headers
        assert "date" in answer.headers


def test_a_head_is_the_answer_without_its_body(port):
    whole, head = get(port, "/sutton/"), get(port, "/sutton/", method="HEAD")
    assert head.body == b""
    assert {**head.headers, "date": ""} == {**whole.headers, "date": ""}


@pytest.mark.parametrize(
    "headers",
    [(), ("Host: evil.example",), (HOST, "X-Forwarded-Host: evil.example", "Forwarded: host=evil")],
)
def test_a_folder_without_its_slash_leads_on_relatively_whatever_host_is_named(port, headers):
    answer = get(port, "/sutton", *headers)
    assert (answer.status, answer.headers["location"]) == (301, "sutton/")
    assert b"evil" not in answer.body + repr(answer.headers).encode()


def test_what_a_reader_has_is_not_sent_again(port):
    tag = get(port, "/").headers["etag"]
    for known in (tag, f"W/{tag}", f'"other", {tag}', "*"):
        answer = get(port, "/", f"If-None-Match: {known}")
        assert (answer.status, answer.body) == (304, b"")
        assert answer.headers.items() >= {**ALWAYS, "etag": tag}.items()
    assert get(port, "/", 'If-None-Match: "other"', "If-None-Match: ").status == 200
    assert get(port, "/about.html", f"If-None-Match: {tag}").status == 200
    assert get(port, "/nowhere", "If-None-Match: *").status == 404


def test_a_state_of_the_same_size_and_second_is_another(port, folder):
    page, moment = folder / "same.html", 1_750_000_000
    replace(page, b"good")
    os.utime(page, (moment, moment))
    first = get(port, "/same.html")
    replace(page, b"poor")
    os.utime(page, (moment, moment))
    date = "If-Modified-Since: Wed, 21 Jan 2099 00:00:00 GMT"
    assert get(port, "/same.html", date).body == b"poor"
    again = get(port, "/same.html", f"If-None-Match: {first.headers['etag']}", date)
    assert (again.status, again.body) == (200, b"poor")
    page.unlink()


@pytest.mark.parametrize("asked", ["bytes=0-3", "bytes=-1", "bytes=9999-", "bytes=0-1,3-4", "x"])
def test_a_range_is_answered_with_the_whole(port, asked):
    answer = get(port, "/about.html", f"Range: {asked}")
    assert (answer.status, answer.body.decode()) == (200, FILES["about.html"])


def test_a_page_that_is_replaced_while_it_is_sent_comes_whole_in_one_of_its_states(port, folder):
    page, states, tags = folder / "busy.html", {}, {}
    for number in range(9):
        states[b"%d" % number * (20_000 + 9_000 * number)] = number
    done = threading.Event()
    replace(page, next(iter(states)))

    def write():
        while not done.is_set():
            for content in states:
                replace(page, content)

    writer = threading.Thread(target=write)
    writer.start()
    try:
        until = time.monotonic() + 1.5
        while time.monotonic() < until:
            answer = get(port, "/busy.html")
            assert answer.body in states
            assert tags.setdefault(answer.headers["etag"], answer.body) == answer.body
    finally:
        done.set()
        writer.join()
        page.unlink()
    assert len(tags) > 20


def test_a_page_is_sent_to_its_end_when_it_is_removed_meanwhile(port, folder):
    page, content = folder / "large.html", os.urandom(8_000_000)
    page.write_bytes(content)
    with connected(port) as connection:
        connection.sendall(
            f"GET /large.html HTTP/1.1\r\n{HOST}\r\nConnection: close\r\n\r\n".encode()
        )
        begun = connection.recv(1000)
        page.unlink()
        assert parsed(begun + heard(connection)).body == content


def test_two_hundred_readers_at_once_are_served_beside_some_that_take_nothing(port, folder):
    asked = large(folder)
    slow = [connected(port) for _ in range(20)]
    for number, each in enumerate(slow):
        each.sendall(asked[: 20 if number % 2 else None])
    began = time.monotonic()
    try:
        with ThreadPoolExecutor(200) as pool:
            answers = list(pool.map(lambda _: get(port, "/sutton/"), range(1000)))
    finally:
        for each in slow:
            each.close()
        (folder / "large.html").unlink()
    assert {(each.status, each.body.decode()) for each in answers} == {
        (200, FILES["sutton/index.html"])
    }
    assert time.monotonic() - began < 20


def large(folder):
    """A file that no buffer holds; gives the request for it."""
    with (folder / "large.html").open("wb") as file:
        file.truncate(100_000_000)
    return f"GET /large.html HTTP/1.1\r\n{HOST}\r\n\r\n".encode()


def test_of_more_readers_than_it_can_take_some_are_put_off_and_more_are_cut(tmp_path):
    folder = written(tmp_path / "site")
    with served(folder, "server.CONNECTIONS, server.MOST = 4, 6") as port:
        taken = [connected(port) for _ in range(3)]
        refused = get(port, "/")
        assert refused.status == 503
        assert refused.headers.items() >= ALWAYS.items()
        taken += [connected(port) for _ in range(3)]
        assert is_cut(connected(port), 5)
        for each in taken:
            each.close()
        assert get(port, "/").status == 200


def test_someone_who_sends_or_takes_nothing_is_cut_off_in_time(tmp_path):
    folder = written(tmp_path / "site")
    with served(folder, "server.PATIENCE = 1.0") as port:
        silent, slow, taking = (connected(port) for _ in range(3))
        taking.sendall(large(folder))
        slow.sendall(b"GET / HTTP/1.1\r\n")
        assert is_cut(silent, 5)
        assert is_cut(slow, 5)
        assert 0 < taken_of(taking) < 100_000_000
        assert get(port, "/").status == 200


def taken_of(connection):
    """How many bytes come before the connection is cut; read only when that has happened."""
    time.sleep(0.5)
    taken = 0
    try:
        while part := connection.recv(1_000_000):
            taken += len(part)
    except ConnectionError:
        pass
    return taken


def is_cut(connection, seconds):
    connection.settimeout(seconds)
    try:
        return connection.recv(1) == b""
    except ConnectionError:
        return True
    except TimeoutError:
        return False


def test_nothing_of_who_reads_it_is_written_down(tmp_path):
    """Neither what is asked for well nor what is not: a reader could also fill the disk by it."""
    with served(written(tmp_path / "site")) as port:  # and looks at what it said when it ends
        for path in ("/", "/nowhere", "/../x", "/%00"):
            get(port, path)
            get(port, path, "Upgrade: websocket", "Connection: Upgrade", method="POST")
        say(port, b"no HTTP\r\n\r\n")
        connected(port).close()


def test_before_it_is_written_it_says_so_and_then_it_is_there(tmp_path):
    folder = tmp_path / "later" / "site"
    with served(folder) as port:
        for _ in range(2):
            for path in ("/", "/sutton", "/sutton/", "/nowhere"):
                answer = get(port, path)
                assert (answer.status, answer.headers["retry-after"]) == (503, "60")
                assert b"has not been written yet" in answer.body
                assert answer.headers.items() >= ALWAYS.items()
            folder.mkdir(parents=True, exist_ok=True)
        written(folder)
        assert get(port, "/sutton/").status == 200
        assert get(port, "/nowhere").status == 404
        (folder / "404.html").write_text("our own words")
        missing = get(port, "/nowhere")
        assert (missing.status, missing.body) == (404, b"our own words")
        folder.rename(tmp_path / "gone")
        assert get(port, "/sutton/").status == 503


def test_a_folder_that_is_a_link_is_the_folder_it_leads_to(tmp_path):
    (tmp_path / "current").symlink_to(written(tmp_path / "first"))
    with served(tmp_path / "current") as port:
        assert get(port, "/sutton/").status == 200


def test_an_address_that_cannot_be_had_is_one_line(port, folder):
    line = [sys.executable, "-m", "website.server", "127.0.0.1", str(port), str(folder)]
    said = subprocess.run(line, capture_output=True, text=True, check=False, timeout=20)
    assert said.returncode == 1
    assert said.stderr.startswith(f"127.0.0.1 port {port}: Address already in use")
    assert said.stderr.count("\n") == 1
