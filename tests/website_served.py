"""A website's folder made by hand, served as `up` serves it, and asked by plain sockets."""

from __future__ import annotations

import contextlib
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.running_service import free_port

HOME = Path(__file__).parents[1]
FILES = {
    "index.html": "<!doctype html><title>All</title>",
    "about.html": "<!doctype html><title>About</title>",
    "feed.xml": '<feed xmlns="http://www.w3.org/2005/Atom"/>',
    "style.css": "body { color: black }",
    "table.js": "'use strict'",
    "sutton/index.html": "<!doctype html><title>Sutton</title>",
    "sutton/report-50283346.html": "<!doctype html><title>Report</title>",
    "sutton/strip.svg": '<svg xmlns="http://www.w3.org/2000/svg"/>',
    "tables/judgements.csv": "\ufeffauthority,grade\r\nSutton,good\r\n",
    "tables/judgements.xlsx": "PK",
    "tables/latest.json": "[]",
    "tables/other.bin": "\0",
    ".hidden": "secret",
    ".git/config": "secret",
    "sutton/.index.html.part": "secret",
}


@dataclass(frozen=True)
class Answer:
    status: int
    headers: dict[str, str]  # names in lower case
    body: bytes


def written(folder: Path) -> Path:
    """The website in this folder."""
    for name, text in FILES.items():
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8", newline="")
    return folder


@contextlib.contextmanager
def served(folder: Path, set_first: str = "") -> Iterator[int]:
    """Serve it; gives the port.

    Args:
        set_first: what is done in that process before, such as `server.PATIENCE = 1`.
    """
    port = free_port()
    start = (
        f"from website import server\n{set_first}\nserver.main('127.0.0.1', '{port}', r'{folder}')"
    )
    with subprocess.Popen([sys.executable, "-c", start], cwd=HOME, stderr=subprocess.PIPE) as child:
        try:
            wait_for(port)
            yield port
        finally:
            child.terminate()
            _, said = child.communicate(timeout=10)
    assert said.decode() == ""


def wait_for(port: int) -> None:
    until = time.monotonic() + 20
    while time.monotonic() < until:
        with contextlib.suppress(OSError), connected(port):
            return
        time.sleep(0.02)
    raise AssertionError("nobody listens")


def connected(port: int) -> socket.socket:
    return socket.create_connection(("127.0.0.1", port), timeout=10)


def get(port: int, path: str, *headers: str, method: str = "GET") -> Answer:
    """One request, word for word, and its answer."""
    lines = [f"{method} {path} HTTP/1.1", *headers, "Connection: close", "", ""]
    if not any(each.startswith("Host:") for each in headers):
        lines.insert(1, f"Host: 127.0.0.1:{port}")
    return say(port, "\r\n".join(lines).encode("utf-8"))


def say(port: int, words: bytes) -> Answer:
    """Say this and hear the answer to its end."""
    with connected(port) as connection:
        connection.sendall(words)
        return parsed(heard(connection))


def heard(connection: socket.socket) -> bytes:
    return b"".join(iter(lambda: connection.recv(65536), b""))


def parsed(answer: bytes) -> Answer:
    head, _, body = answer.partition(b"\r\n\r\n")
    first, *lines = head.decode("latin-1").split("\r\n")
    headers = {name.lower(): value for name, value in (line.split(": ", 1) for line in lines)}
    return Answer(int(first.split()[1]), headers, body)


def replace(file: Path, content: bytes) -> None:
    """As the website is written: beside it, then renamed."""
    part = file.with_name(f".{file.name}.part")
    part.write_bytes(content)
    os.replace(part, file)  # noqa: PTH105 - on purpose in one call
