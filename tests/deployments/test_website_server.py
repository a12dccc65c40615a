"""The website as a child of the service: served as the settings say, whatever comes."""

from __future__ import annotations

import os
import signal
import socket
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from deployments.service import environment, processes
from deployments.service.bind_address import local_address
from deployments.service.website_server import WebsiteServer, _line
from flows.context.context import open_context
from flows.settings import load
from flows.settings.model import Settings, WebsiteSettings
from tests.running_service import free_port, wait_until
from tests.website_served import HOME, get, wait_for, written


@pytest.fixture
def said() -> list[str]:
    return []


@pytest.fixture
def server(tmp_path: Path, said: list[str], monkeypatch) -> Iterator[WebsiteServer]:
    monkeypatch.setattr(processes, "RESTART_AT_MOST", 0.1)  # seconds
    log_file = tmp_path / "logs" / "website.log"
    server = WebsiteServer({"PYTHONPATH": str(HOME)}, tmp_path, log_file, said.append)
    yield server
    server.stop()


def settings(folder: Path, serve: str = "", url: str = "") -> Settings:
    website = WebsiteSettings(folder=folder / "site", serve=serve, url=url)
    return Settings(website=website, folder=folder)


def at(port: int) -> str:
    return f"127.0.0.1:{port}"


def pid(server: WebsiteServer) -> int:
    assert server.managed.process is not None
    return server.managed.process.pid


def test_it_is_served_before_it_is_written_and_started_again_when_it_dies(server, said, tmp_path):
    port = free_port()
    wanted = settings(tmp_path, at(port))
    assert server.keep(wanted)
    wait_for(port)
    assert get(port, "/").status == 503
    written(tmp_path / "site")
    assert get(port, "/sutton/").status == 200
    assert not server.keep(wanted)
    log = (tmp_path / "logs" / "website.log").read_text()
    assert log.startswith(processes.STARTED)
    assert "127.0.0.1" not in log  # nothing about readers
    first = pid(server)
    os.kill(first, signal.SIGKILL)
    wait_until(lambda: server.keep(wanted) and server.managed.is_running(), 10)
    wait_for(port)
    assert get(port, "/sutton/").status == 200
    assert pid(server) != first
    assert said == [f"website for readers: http://127.0.0.1:{port}/"]


def test_what_is_served_follows_the_settings(server, said, tmp_path):
    one, other = free_port(), free_port()
    written(tmp_path / "site")
    written(tmp_path / "moved" / "site").joinpath("index.html").write_text("moved")
    server.keep(settings(tmp_path))
    assert server.managed.process is None
    server.keep(settings(tmp_path, at(one)))
    wait_for(one)
    first = psutil.Process(pid(server))
    server.keep(settings(tmp_path, at(other)))
    wait_for(other)
    assert not first.is_running()
    server.keep(settings(tmp_path / "moved", at(other)))
    wait_for(other)
    assert get(other, "/").body == b"moved"
    last = psutil.Process(pid(server))
    server.keep(settings(tmp_path, url="https://example.gov.uk/ofsted"))
    assert server.managed.process is None
    assert not last.is_running()
    assert said == [
        f"website for readers: {tmp_path / 'site' / 'index.html'}",
        f"website for readers: http://127.0.0.1:{one}/",
        f"website for readers: http://127.0.0.1:{other}/",
        "website for readers: https://example.gov.uk/ofsted/",
    ]


def test_a_port_that_another_program_has_is_said_once_and_taken_when_it_is_free(
    server, said, tmp_path
):
    with socket.create_server(("127.0.0.1", 0)) as other:
        wanted = settings(tmp_path, at(other.getsockname()[1]), "https://example.gov.uk")
        for _ in range(3):
            assert not server.keep(wanted)
        why = "another program is using this address; choose another port in `serve`"
        [line] = said
        assert line == (
            f"the website is not served at {wanted.website.serve}: {why} under [website]. "
            "We will keep trying."
        )
    assert server.keep(wanted)
    served = local_address(wanted.website.serve)
    assert said[1:] == [f"website for readers: https://example.gov.uk/ (served at {served})"]


@pytest.mark.parametrize(
    ("serve", "why"),
    [
        ("192.0.2.1:4280", "this machine does not have this address"),
        ("[2001:db8::1]:4280", "this machine does not"),  # use IPv6, or have this address
        ("no.such.host.invalid:4280", ""),
    ],
)
def test_an_address_that_is_not_this_machines_is_refused_in_a_line(
    server, said, tmp_path, serve, why
):
    server.keep(settings(tmp_path, serve))
    [line] = said
    assert line.startswith(f"the website is not served at {serve}: {why}")
    assert "while attempting" not in line
    assert server.managed.process is None


def test_an_address_that_others_can_reach_is_allowed_and_said(tmp_path):
    open_to_all = settings(tmp_path, "0.0.0.0:4280")
    assert _line(open_to_all, None) == (
        "website for readers: http://127.0.0.1:4280/ (open to other machines)"
    )


@pytest.mark.parametrize(
    ("serve", "reached"),
    [
        ("127.0.0.1:4280", "http://127.0.0.1:4280/"),
        ("localhost:80", "http://localhost:80/"),
        ("[::1]:4280", "http://[::1]:4280/"),
        ("[::]:4280", "http://[::1]:4280/"),
    ],
)
def test_where_it_is_reached_from_this_machine(serve, reached):
    assert local_address(serve) == reached


def test_its_process_gets_no_secret_of_ours_and_no_proxy(tmp_path, monkeypatch):
    for name in ("MAIL_SECRET", "OFSTED_WATCH_CONTACT", "PGPASSWORD", "HTTPS_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "a-secret")
    monkeypatch.setenv("LANG", "as here")
    (tmp_path / "ofsted-watch.toml").write_text(
        '[email]\nserver = "x"\nsender = "w@example.org"\npassword_env = "MAIL_SECRET"'
    )
    made = environment.of_the_website(open_context(load.load(str(tmp_path / "ofsted-watch.toml"))))
    assert "a-secret" not in made.values()
    assert made["LANG"] == "as here"
    assert made[load.SERVICE_VARIABLE]
