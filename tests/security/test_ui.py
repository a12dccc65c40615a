"""The Prefect UI with its login, as people and browsers meet it; what the service shows to whom.

All of it on one service, since most of it only reads.
"""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psutil
import pytest
import requests

from deployments.demo import demo
from deployments.service.prefect_api import Api
from deployments.service.settings_view import copy_of
from flows.settings import load
from tests import tour
from tests.browser import Browser, chromium
from tests.installation import HOME, REPORT_2025, Installation, an_installation
from tests.parts import program
from tests.running_service import wait_until
from tests.security import canary
from tests.security.words import FOREIGN, MARK, hostile
from tests.sinks import WebhookSink

pytestmark = [pytest.mark.system, pytest.mark.long(220)]

TRACED = "trace=connect,sendto,sendmmsg"
LOGIN = tuple(canary.LOGIN.split(":"))
PAGES = (
    *("dashboard", "runs", "flows", "deployments", "work-pools", "blocks", "blocks/catalog"),
    *("variables", "automations", "events", "concurrency-limits", "artifacts", "settings"),
)
KNOWN = ("favicon", "ico/undefined.svg", "WebGL")  # what Prefect's own pages lack


@dataclass
class Service:
    """A service that is up with a login, every secret planted, behind a proxy that is dead."""

    installation: Installation
    port: int
    environment: dict[str, str]
    calls: Path  # what strace saw
    lines: set[str] = field(default_factory=set)  # command lines of its processes

    @property
    def base(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def api(self) -> Api:
        return Api(f"{self.base}/api", canary.LOGIN)

    def command(self, *words: str) -> list[str]:
        return [
            *(sys.executable, "-m", "deployments.cli.main"),
            *("--config", str(self.installation.config), *words),
        ]

    def note_processes(self, pid: int) -> None:
        for process in psutil.Process(pid).children(recursive=True):
            try:
                self.lines.add(" ".join(process.cmdline()))
            except psutil.Error:
                continue


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    folder = tmp_path_factory.mktemp("ui")
    with (
        pytest.MonkeyPatch.context() as patch,
        an_installation(folder) as installation,
        WebhookSink() as phone,
    ):
        secrets = canary.plant(installation, "env", phone.port)
        for name, value in secrets.items():
            patch.setenv(name, value)
        demo.show_borough(installation.fake_ofsted)
        installation.settings["watch"] = [{"area": "Sutton"}]
        installation.settings["email"]["username"] = ""
        installation.settings["schedule"] = {"checks": ["0 4 1 1 *"]}
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        calls = tmp_path_factory.mktemp("seen") / "calls"
        environment = os.environ | secrets
        environment[load.CLOCK_VARIABLE] = "2025-07-29T09:30:00Z"
        ours = Service(installation, port, environment, calls)
        yield from _running(ours)


def _running(ours: Service) -> Iterator[Service]:
    strace = program("strace", package="strace", undone="NOBODY SAW WHOM THE SERVICE CALLS")
    traced = [strace, "-f", "--seccomp-bpf", "-qq", "-e", TRACED, "-o", str(ours.calls)]
    with (ours.installation.folder / "said").open("wb") as said:
        up = subprocess.Popen(
            [*traced, *ours.command("up", "--port", str(ours.port))],
            cwd=HOME,
            env=ours.environment,
            stdout=said,
            stderr=said,
        )
        try:
            wait_until(lambda: up.poll() is not None or ours.api.is_healthy())
            wait_until(lambda: ours.note_processes(up.pid) or _checked(ours))
            yield ours
            ours.note_processes(up.pid)
        finally:
            _stop(ours, up)


def _checked(ours: Service) -> bool:
    return bool(ours.api.runs(states=("COMPLETED", "FAILED"), deployment="check-for-reports"))


def _stop(ours: Service, up: subprocess.Popen[bytes]) -> None:
    """strace hands no signal on: the service itself is asked."""
    for process in psutil.Process(up.pid).children():
        process.send_signal(signal.SIGTERM)
    up.wait(60)


def test_without_the_login_nothing_is_answered(service):
    for method, path in (
        ("GET", "/admin/settings"),
        ("GET", "/deployments/name/watch/watch"),
        ("GET", "/csrf-token?client=a"),
        ("POST", "/flow_runs/filter"),
        ("POST", "/logs/filter"),
        ("POST", "/deployments/filter"),
    ):
        for login in (None, ("check-for-reports", "wrong"), ("", "")):
            answer = requests.request(method, f"{service.base}/api{path}", auth=login, timeout=10)
            assert answer.status_code == (401 if method == "GET" else 403), path
    assert requests.get(f"{service.base}/api/admin/settings", auth=LOGIN, timeout=10).ok


def test_with_the_login_checks_are_run_by_the_worker(service):
    checked = subprocess.run(
        service.command("check"),
        cwd=HOME,
        env=service.environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert "the service is running; it makes this check" in checked.stderr
    assert re.search(r"flow run Completed: .* Nothing new \(http", checked.stderr)
    assert "1 report listed, nothing new" in checked.stdout
    assert canary.found_in(checked.stdout + checked.stderr) == []


def test_a_page_of_another_site_can_start_nothing(service):
    deployment = service.api.deployment("check-for-reports")
    address = f"{service.base}/api/deployments/{deployment['id']}/create_flow_run"
    before = len(service.api.runs(states=("SCHEDULED", "PENDING", "RUNNING", "COMPLETED")))
    for headers in (
        {"Content-Type": "text/plain"},
        {"Content-Type": "application/x-www-form-urlencoded"},
        {"Content-Type": "application/json", "Prefect-Csrf-Token": "a"},
        {"Prefect-Csrf-Token": "a", "Prefect-Csrf-Client": "b"},
    ):
        origin = {"Origin": f"https://{FOREIGN}"}
        answer = requests.post(address, data="{}", headers=origin | headers, auth=LOGIN, timeout=10)
        assert answer.status_code == 403, headers
        assert FOREIGN not in answer.headers.get("Access-Control-Allow-Origin", "")
    asked = {"Origin": f"https://{FOREIGN}", "Access-Control-Request-Method": "POST"}
    assert requests.options(address, headers=asked, timeout=10).status_code == 400
    after = len(service.api.runs(states=("SCHEDULED", "PENDING", "RUNNING", "COMPLETED")))
    assert after == before


@pytest.fixture(scope="module")
def browser(service: Service) -> Iterator[Browser]:
    """It has the login, and the newest run found the report of July 2025 and two documents."""
    service.installation.publish(REPORT_2025)
    demo.publish_in_borough(service.installation.fake_ofsted)
    subprocess.run(
        service.command("check"), cwd=HOME, env=service.environment, check=True, timeout=120
    )
    with chromium() as browser:
        browser.open(f"{service.base}/")
        browser.driver.execute_script(
            "localStorage.setItem('prefect-password', arguments[0])", _basic()
        )
        browser.open(f"{service.base}/dashboard")
        browser.said()  # that it had no login
        yield browser


def _hosts(asked):
    return {urlsplit(each).netloc for each in asked}


@pytest.mark.parametrize("stop", tour.STOPS, ids=lambda stop: stop.name)
def test_a_stop_of_the_tour_shows_what_it_must_and_asks_no_other_host(service, browser, stop):
    tour.visit(browser, service.base, stop, canary.LOGIN)
    assert _hosts(browser.asked()) == {urlsplit(service.base).netloc}
    assert [each for each in browser.said() if not any(known in each for known in KNOWN)] == []


def test_of_pages_that_name_providers_no_older_version_stays(service, browser):
    """They were written when the service started, and again when the documents were found."""
    for key in ("sutton-area", "news"):
        kept = service.api._ask(
            "POST", "/artifacts/filter", json={"artifacts": {"key": {"any_": [key]}}}
        )
        assert ["Example Primary School" in each["data"] for each in kept] == [True]


def test_the_ui_that_asks_its_makers_is_not_there(service, browser):
    browser.open(f"{service.base}/v2/dashboard", width=tour.WIDTH)
    time.sleep(2)
    assert _hosts(browser.asked()) == {urlsplit(service.base).netloc}
    assert "/v2" not in browser.driver.current_url
    assert "Switch to V2" not in browser.text()


@pytest.mark.parametrize("page", PAGES)
def test_no_page_of_the_ui_asks_another_host(service, browser, page):
    browser.open(f"{service.base}/{page}", width=tour.WIDTH)
    time.sleep(2)  # what it asks after it is drawn
    assert _hosts(browser.asked()) == {urlsplit(service.base).netloc}


def test_the_ui_shows_hostile_words_as_words(service, browser):
    """Markdown and tables of artifacts in a browser: no script, no foreign address, no link."""
    service.installation.publish(hostile("50290000", published=date(2025, 7, 29)))
    subprocess.run(
        service.command("check"), cwd=HOME, env=service.environment, check=True, timeout=120
    )
    artifacts = service.api._ask("POST", "/artifacts/latest/filter", json={})
    assert {each["type"] for each in artifacts} >= {"markdown"}
    shown = ""
    for each in artifacts:
        browser.open(f"{service.base}/artifacts/artifact/{each['latest_id']}")
        wait_until(lambda key=each["key"]: key in _text(browser), 60)
        time.sleep(1)  # for what is drawn after it
        _is_harmless(browser, service)
        shown += _text(browser)
    for place in ("dashboard", "runs", "deployments", "artifacts"):
        browser.open(f"{service.base}/{place}")
        time.sleep(2)
        _is_harmless(browser, service)
    assert f"<img src=https://{FOREIGN}/i.png" in shown  # as words


def _basic() -> str:
    import base64

    return base64.b64encode(canary.LOGIN.encode()).decode()


def _text(browser: Any) -> str:
    return str(browser.driver.execute_script("return document.body.innerText"))


def _is_harmless(browser: Any, service: Service) -> None:
    assert MARK not in browser.driver.title
    asked = [each for each in browser.asked() if f"127.0.0.1:{service.port}" not in each]
    assert asked == []
    links = browser.driver.execute_script(
        "return Array.from(document.querySelectorAll('a[href], img[src]'))"
        ".map(one => one.getAttribute('href') || one.getAttribute('src'))"
    )
    assert [link for link in links if FOREIGN in link or link.startswith("javascript")] == []


def test_the_service_talks_to_nobody_but_itself_and_those_that_are_set(service):
    """Every connection of the server, the worker and each run, by the kernel's own word."""
    seen = service.calls.read_text(errors="replace")
    ports = re.findall(r"inet_addr\(\"([^\"]+)\"\)|inet_pton\(AF_INET6, \"([^\"]+)\"", seen)
    hosts = {four or six for four, six in ports}
    assert hosts <= {"127.0.0.1", "::1", "::ffff:127.0.0.1"}
    assert hosts
    settings = requests.get(f"{service.base}/api/admin/settings", auth=LOGIN, timeout=10).json()
    assert settings["server"]["analytics_enabled"] is False
    assert settings["server"]["ui"]["v2_enabled"] is False


def test_no_secret_is_in_what_the_service_wrote_or_started(service):
    assert len(service.lines) >= 3
    assert [line for line in service.lines if canary.found_in(line)] == []
    found = [Path(each) for each in canary.files_with_it(service.installation.folder)]
    # The settings themselves hold it, and so does the copy that flow runs read.
    settings = load.load(str(service.installation.config))
    assert found == [copy_of(settings)]
    assert found[0].stat().st_mode & 0o077 == 0
