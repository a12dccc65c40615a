"""A check that the service makes is shown as it goes, and waited for while it makes progress."""

from __future__ import annotations

import json
import threading
import time
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import psutil
import pytest

from deployments.cli import render
from deployments.demo.fake_ofsted_faults import drip
from deployments.service import client
from deployments.service.client import FollowedRun, Running, write_service
from flows.checking.one_check import CheckRequest
from flows.pipeline import run_round
from tests.installation import PAGE, REPORT_2025

RUN = "11111111-2222-3333-4444-555555555555"
CAMDEN = "80456"


class Prefect(ThreadingHTTPServer):
    """As much of Prefect's server as is asked of a run, and a worker that makes it."""

    daemon_threads = True

    def __init__(self, installation, makes):
        super().__init__(("127.0.0.1", 0), _Handler)
        self.installation, self.makes = installation, makes
        self.state = ("SCHEDULED", "Scheduled")
        self.is_down = False

    def start(self):
        threading.Thread(target=self._work, daemon=True).start()

    def _work(self):
        self.state = ("RUNNING", "Running")
        self.makes(self.installation, self)
        self.state = ("COMPLETED", "Completed")


class _Handler(BaseHTTPRequestHandler):
    server: Prefect

    def do_GET(self):
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        path = self.path.partition("?")[0].removeprefix("/api")
        state = dict(zip(("state_type", "state_name"), self.server.state, strict=True))
        state["name"] = "Nothing new"
        answers = {"/csrf-token": {"token": "a token"}, f"/flow_runs/{RUN}": state}
        self.send_response(500 if self.server.is_down else 200)
        self.end_headers()
        self.wfile.write(json.dumps(answers.get(path, {"id": RUN})).encode())
        if path.endswith("create_flow_run"):
            self.server.start()

    do_POST = do_GET  # noqa: N815 - the name that the library asks for

    def log_message(self, *_):
        pass


@contextmanager
def a_service(installation, makes):
    """It is up, and makes a run so."""
    with Prefect(installation, makes) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        me, address = psutil.Process(), f"http://127.0.0.1:{server.server_port}"
        service = Running(me.pid, me.create_time(), address, f"{address}/api")
        context = installation.context()
        write_service(context.settings, service)
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()


def checks(installation, prefect):
    """What a worker does."""
    context = installation.context()
    run_round(context, context.settings.watch, CheckRequest(run=RUN))


@pytest.fixture
def two(installation):
    """Two authorities; the second one's page comes slowly."""
    installation.settings["watch"] = [
        {"urn": 80515},
        {"urn": int(CAMDEN), "name": "Camden"},
    ]
    installation.fake_ofsted.provider(CAMDEN, "London Borough of Camden", reports=[REPORT_2025])
    return installation


def test_each_authority_is_shown_as_it_ends_and_what_was_sent_at_the_end(two, monkeypatch):
    two.fake_ofsted.misbehave(f"/provider/44/{CAMDEN}", drip(piece=500, pause=0.3), times=1)
    shown: list[tuple[str, float]] = []
    line = render.check
    monkeypatch.setattr(
        render,
        "check",
        lambda checked, names: (
            shown.append((checked.urn, time.monotonic())),
            line(checked, names),
        ),
    )
    two.publish(REPORT_2025)
    with a_service(two, checks):
        said = two.cli("check")
    assert said.exit_code == 0, said.output
    assert [urn for urn, _ in shown] == ["80515", CAMDEN]
    assert shown[1][1] - shown[0][1] > 1
    assert "1 new report" in said.stdout.splitlines()[0]
    assert "sent to scrutiny: Sutton: leaders' impact lowered" in said.stdout
    assert f"/runs/flow-run/{RUN}" in said.stderr
    assert "flow run Completed: Nothing new" in said.stderr


def test_what_the_service_sent_is_in_the_json_too(installation):
    installation.publish(REPORT_2025)
    with a_service(installation, checks):
        answer = installation.ask("check")
    assert [each["result"] for each in answer["sent"]] == ["sent", "sent"]
    assert [each["result"] for each in answer["authorities"]] == ["changed"]


def test_a_run_that_gets_on_is_waited_for_longer_than_one_that_does_not(two, monkeypatch):
    monkeypatch.setattr(client, "WITHOUT_PROGRESS", 2.0)

    def goes_on(installation, _prefect):
        for _ in range(5):
            time.sleep(1.0)
            checks(installation, _prefect)

    began = time.monotonic()
    with a_service(two, goes_on):
        said = two.cli("check")
    assert time.monotonic() - began > 4
    assert "no progress" not in said.stderr
    assert "flow run Completed: Nothing new" in said.stderr


def test_one_that_stands_still_is_given_up_and_what_is_left_is_checked_here(two, monkeypatch):
    monkeypatch.setattr(client, "WITHOUT_PROGRESS", 2.0)
    ended = threading.Event()

    def stands_still(installation, _prefect):
        context = installation.context()
        run_round(context, context.settings.watch[:1], CheckRequest(run=RUN))
        ended.wait(30)

    with a_service(two, stands_still):
        said = two.cli("check", "--json")
        ended.set()
    assert "note: the flow run made no progress" in said.stderr
    assert [each["urn"] for each in json.loads(said.stdout)["authorities"]] == ["80515", CAMDEN]
    assert len([seen for seen in two.fake_ofsted.requests if seen.path == PAGE]) == 1


def test_a_server_that_is_away_for_a_while_is_waited_for(installation, monkeypatch):
    def goes_away(installation, prefect):
        prefect.is_down = True
        checks(installation, prefect)
        time.sleep(2)
        prefect.is_down = False

    monkeypatch.setattr(client, "PATIENCE_WITH_A_BUSY_SERVER", 0.2)
    with a_service(installation, goes_away):
        said = installation.cli("check")
    assert said.exit_code == 0
    assert said.stdout.count("1 report listed, nothing new") == 1
    assert "flow run Completed: Nothing new" in said.stderr


def test_a_service_that_ends_meanwhile_leaves_the_rest_to_us(installation, monkeypatch):
    monkeypatch.setattr(client, "PATIENCE_WITH_A_BUSY_SERVER", 0.2)

    def ends(_installation, prefect):
        prefect.is_down = True
        monkeypatch.setattr(Running, "is_alive", lambda _self: False)
        time.sleep(5)

    with a_service(installation, ends):
        said = installation.cli("check")
    assert "note: the service stopped; checking without the service" in said.stderr
    assert "1 report listed, nothing new" in said.stdout


def test_no_send_is_done_here_and_the_service_is_named_as_the_sender(installation):
    installation.publish(REPORT_2025)
    with a_service(installation, checks) as prefect:
        said = installation.cli("check", "--no-send")
        assert prefect.state[0] == "SCHEDULED"
    assert "this check sent no messages; the running service sends what is due" in (said.stdout)
    assert installation.emails_to("scrutiny") == []


def test_an_authority_that_the_run_left_out_is_busy(two):
    def leaves_one_out(installation, _prefect):
        context = installation.context()
        run_round(context, context.settings.watch[:1], CheckRequest(run=RUN))

    with a_service(two, leaves_one_out):
        said = two.cli("check", "--json")
    assert said.exit_code == 1
    outcomes = [each["result"] for each in json.loads(said.stdout)["authorities"]]
    assert outcomes == ["unchanged", "busy"]


def test_a_run_of_some_authorities_is_asked_for_those(two):
    with a_service(two, checks) as prefect:
        run = FollowedRun(
            client.running_service(two.context().settings), two.context(), ["80515"], print
        )
        run.follow()
    assert run.is_done
    assert prefect.state[0] == "COMPLETED"
