"""Our requests to Prefect's server, when it is too busy, slow or not there."""

import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from deployments.service.prefect_api import Api, PrefectError
from tests.sinks import closed_port

BUSY = 503
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
        self.end_headers()
        self.wfile.write(json.dumps(ANSWERS[path]).encode())

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
