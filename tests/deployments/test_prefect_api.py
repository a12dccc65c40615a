"""Our requests to Prefect's server: when it is too busy, slow, not there, or something else."""

import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
import requests

from deployments.service.prefect_api import Api, PrefectAwayError, PrefectError
from deployments.service.prefect_server import supported_version, ui_of
from tests.sinks import closed_port

BUSY = 503
REDIRECTS = (302, 307)
ANSWERS = {
    "/api/csrf-token": {"token": "a token"},
    "/api/deployments/name/check-for-reports/check-for-reports": {"id": "7"},
    "/api/deployments/7/create_flow_run": {"id": "the run"},
    "/api/flow_runs/filter": [],
}


class Prefect(ThreadingHTTPServer):
    """A server that is `busy` with its next so many answers, and keeps what it was sent."""

    daemon_threads = True
    busy = 0
    status = BUSY
    version = "3.9.1"

    def __init__(self):
        super().__init__(("127.0.0.1", 0), _Handler)
        self.asked: list[tuple[str, dict]] = []


class _Handler(BaseHTTPRequestHandler):
    server: Prefect

    def do_GET(self):
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        path = self.path.partition("?")[0]
        self.server.asked.append((path, json.loads(body or b"{}")))
        self.server.busy -= 1
        self.send_response(self.server.status if self.server.busy >= 0 else 200)
        if self.server.status in REDIRECTS:
            self.send_header("Location", "https://login.example.org/?next=prefect")
        self.end_headers()
        known = {**ANSWERS, "/api/admin/version": self.server.version}
        page = b"<!doctype html><title>Log in</title>"
        self.wfile.write(json.dumps(known[path]).encode() if path in known else page)

    do_POST = do_GET  # noqa: N815 - the name that the library asks for

    def log_message(self, *_):
        pass


@pytest.fixture
def prefect():
    with Prefect() as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def api(prefect, patience=5.0):
    return Api(f"http://127.0.0.1:{prefect.server_port}/api", patience=patience)


def keys(prefect):
    """Of the runs that were asked for."""
    asked = [body for path, body in prefect.asked if path.endswith("create_flow_run")]
    return [body["idempotency_key"] for body in asked]


@pytest.mark.parametrize("status", [429, 503])
def test_a_server_that_is_busy_for_a_moment_is_asked_again(prefect, status):
    prefect.busy, prefect.status = 2, status
    assert api(prefect).start("check-for-reports") == "the run"
    assert prefect.busy < 0


def test_one_that_stays_busy_is_given_up_in_time(prefect):
    prefect.busy = 1000
    began = time.monotonic()
    with pytest.raises(PrefectError, match="503"):
        api(prefect, patience=0.7).start("check-for-reports")
    assert time.monotonic() - began < 5


def test_what_does_not_pass_is_not_asked_again(prefect):
    prefect.busy, prefect.status = 1, 409
    with pytest.raises(PrefectError, match="409"):
        api(prefect).start("check-for-reports")
    assert len(prefect.asked) == 1
    with closed_port() as port, pytest.raises(PrefectError, match="did not answer"):
        Api(f"http://127.0.0.1:{port}/api").start("check-for-reports")


def test_a_start_repeated_is_the_same_run_and_two_starts_are_two(prefect):
    first = api(prefect, patience=0)
    first.start("check-for-reports", key="ours")
    first.start("check-for-reports", key="ours")
    first.start("check-for-reports")
    first.start("check-for-reports")
    assert keys(prefect)[:2] == ["ours", "ours"]
    assert len(set(keys(prefect))) == 3


def test_runs_are_asked_for_by_when_they_were_due_since_a_late_one_has_no_start(prefect):
    assert api(prefect).runs(states=("SCHEDULED",), deployment="check-for-reports") == []
    (body,) = [body for path, body in prefect.asked if path.endswith("filter")]
    assert body["sort"] == "EXPECTED_START_TIME_DESC"


def test_a_server_without_csrf_protection_is_asked_without_a_token(prefect):
    prefect.busy, prefect.status = 1, 422  # what Prefect answers then to whoever asks for one
    assert api(prefect).runs(states=("SCHEDULED",)) == []


@pytest.mark.parametrize(
    ("status", "path", "words"),
    [
        (401, "/api", "does not accept our login (401); correct the login or API key"),
        (302, "/api", "(a redirect to login.example.org); give the address of its API"),
        (404, "/api", "(no version); give the address of its API, which usually ends in /api"),
        (200, "/ui", "(no JSON); give the address of its API"),
        (502, "/api", "failed: GET /admin/version: 502"),
    ],
)
def test_whatever_is_no_server_for_us_is_said_in_one_line_with_what_to_do(
    prefect, status, path, words
):
    prefect.busy, prefect.status = 1, status
    asked = Api(f"http://127.0.0.1:{prefect.server_port}{path}", "ada:s3cret", patience=0)
    with pytest.raises(PrefectError) as refused:
        supported_version(asked)
    assert asked.address in str(refused.value)
    assert words in str(refused.value)
    assert "s3cret" not in str(refused.value)
    assert isinstance(refused.value, PrefectAwayError) == (status == 502)


@pytest.mark.parametrize("version", ["2.20.9", "3.4.25", "3.6.16", "4.0.0"])
def test_a_server_of_a_version_that_does_not_work_is_refused_with_the_oldest_that_does(
    prefect, version
):
    prefect.version = version
    with pytest.raises(PrefectError, match=rf"is version {version}; .* needs 3\.6\.17 or newer"):
        supported_version(api(prefect))


@pytest.mark.parametrize("version", ["3.6.17", "3.7.0", "3.9.1+5.g1234567", "3.10.0rc1"])
def test_any_other_is_used(prefect, version):
    prefect.version = version
    assert supported_version(api(prefect)) == version


@pytest.mark.parametrize(
    ("address", "ui"),
    [
        ("https://prefect.example/api", "https://prefect.example"),
        ("https://example.org/tools/prefect/api", "https://example.org/tools/prefect"),
        ("https://example.org/prefect-of-it", "https://example.org"),
        (
            "https://api.prefect.cloud/api/accounts/a-1/workspaces/w-2",
            "https://app.prefect.cloud/account/a-1/workspace/w-2",
        ),
    ],
)
def test_where_people_reach_the_ui_follows_from_the_address_of_the_api(address, ui):
    assert ui_of(address) == ui


def test_prefect_cloud_is_given_the_key_and_a_login_is_given_to_no_other():
    assert Api("https://api.prefect.cloud/api/accounts/a/workspaces/b").is_cloud
    assert not Api("https://prefect.example/api").is_cloud
    request = requests.Request("GET", "https://prefect.example")
    keyed = Api("https://prefect.example/api", key="a-key")._auth()(request.prepare())
    assert keyed.headers["Authorization"] == "Bearer a-key"
