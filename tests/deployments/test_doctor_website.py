"""What the doctor finds of the website: its folder, its address, and the server."""

from __future__ import annotations

import os
import socket
from pathlib import Path

import psutil
import pytest

from deployments.doctor.website import examine
from deployments.service.client import WEBSITE_SERVER, Child, Running, write_service
from flows.context.context import open_context
from flows.settings import load
from tests.running_service import free_port
from tests.website_served import served, written


def found(home: Path, **website: str) -> list[tuple[str, str]]:
    """State and words, by the fields of `[website]`; what is wrong says what to do."""
    file = home / "ofsted-watch.toml"
    lines = [f'{name} = "{value}"' for name, value in website.items()]
    file.write_text("\n".join(["[website]", *lines]))
    context = open_context(load.load(str(file)))
    try:
        findings = list(examine(context))
    finally:
        context.database.close()
    assert all(each.subject == "website" for each in findings)
    assert all(each.to_do for each in findings if each.state == "wrong")
    return [(each.state, each.found) for each in findings]


def test_where_it_is_and_when_it_was_written(tmp_path):
    folder = tmp_path / "data" / "website"
    assert found(tmp_path) == [("note", f"not written yet, to {folder}")]
    assert not folder.exists()
    written(folder)
    for number, name in enumerate(("index.html", "sutton/index.html")):
        os.utime(folder / name, (1_753_776_000 + 3600 * number,) * 2)
    assert found(tmp_path) == [("ok", f"last written Tue 29 July 2025 10:00, to {folder}")]


@pytest.mark.parametrize("place", ["taken", "taken/website"])
def test_a_folder_that_cannot_be_written_to_is_wrong(tmp_path, place):
    (tmp_path / "taken").write_text("a file")
    words = f"{tmp_path / 'taken'} is not a folder that can be written to"
    assert found(tmp_path, folder=place) == [("wrong", words)]


@pytest.mark.parametrize(
    ("url", "is_noted"),
    [
        ("http://watch.example.gov.uk", True),
        ("http://192.0.2.1:4280", True),
        ("https://watch.example.gov.uk", False),
        ("http://127.0.0.1:4280", False),
        ("http://[::1]:4280", False),
        ("http://localhost:4280", False),
    ],
)
def test_an_address_without_encryption_is_noted(tmp_path, url, is_noted):
    said = [words for _, words in found(tmp_path, url=url)][1:]
    assert said == ([f"readers reach it without encryption: {url}"] if is_noted else [])


def test_an_address_that_is_not_to_be_had_is_wrong(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as other:
        serve = f"127.0.0.1:{other.getsockname()[1]}"
        words = f"cannot be served at {serve}: another program is using this address"
        assert found(tmp_path, serve=serve)[-1] == ("wrong", words)
    words = f"not served at {serve}: the service is not running"
    assert found(tmp_path, serve=serve)[-1] == ("note", words)


def test_the_server_of_a_running_service_is_asked(tmp_path):
    """A service as its file tells of it: its process and its child's are this one."""
    me = psutil.Process()
    found(tmp_path)
    settings = load.load(str(tmp_path / "ofsted-watch.toml"))
    free = f"127.0.0.1:{free_port()}"

    def running(*children: Child) -> None:
        write_service(settings, Running(me.pid, me.create_time(), "", "", children))

    running()
    words = f"not served at {free}; the service is starting it"
    assert found(tmp_path, serve=free)[-1] == ("wrong", words)
    running(Child(WEBSITE_SERVER, me.pid, me.create_time()))
    words = f"its server does not answer at http://{free}/"
    assert found(tmp_path, serve=free)[-1] == ("wrong", words)
    with served(tmp_path / "not-written") as port:
        words = f"served at http://127.0.0.1:{port}/"
        assert found(tmp_path, serve=f"127.0.0.1:{port}")[-1] == ("ok", words)
