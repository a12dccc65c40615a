"""A look that the service makes is shown as it goes, and waited for as long as it gets on."""

from __future__ import annotations

import json
import threading
import time
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import psutil
import pytest

from deployments import runs, show
from deployments.runs import FollowedRun, Running, write_service
from deployments.standin_faults import drip
from flows.look import Ask
from flows.round import go_round
from tests.town import PAGE, REPORT_2025

RUN = "11111111-2222-3333-4444-555555555555"
CAMDEN = "80456"


class Prefect(ThreadingHTTPServer):
    """As much of Prefect's server as is asked of a run, and a worker that makes it."""

    daemon_threads = True

    def __init__(self, town, makes):
        super().__init__(("127.0.0.1", 0), _Handler)
        self.town, self.makes = town, makes
        self.state = ("SCHEDULED", "Scheduled")
        self.is_down = False

    def start(self):
        threading.Thread(target=self._work, daemon=True).start()

    def _work(self):
        self.state = ("RUNNING", "Running")
        self.makes(self.town, self)
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
def a_service(town, makes):
    """It is up, and makes a run so."""
    with Prefect(town, makes) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        me, address = psutil.Process(), f"http://127.0.0.1:{server.server_port}"
        service = Running(me.pid, me.create_time(), address, f"{address}/api")
        tools = town.tools()
        write_service(tools.settings, service)
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()


def looks(town, prefect):
    """What a worker does."""
    tools = town.tools()
    go_round(tools, tools.settings.watch, Ask(run=RUN))


@pytest.fixture
def two(town):
    """Two authorities; the second one's page comes slowly."""
    town.settings["watch"] = [{"urn": 80515}, {"urn": int(CAMDEN), "name": "Camden"}]
    town.standin.provider(CAMDEN, "London Borough of Camden", reports=[REPORT_2025])
    return town


def test_each_authority_is_shown_as_it_ends_and_what_was_sent_at_the_end(two, monkeypatch):
    two.standin.misbehave(f"/provider/44/{CAMDEN}", drip(piece=500, pause=0.3), times=1)
    shown: list[tuple[str, float]] = []
    line = show.look
    monkeypatch.setattr(
        show, "look", lambda looked: (shown.append((looked.urn, time.monotonic())), line(looked))
    )
    two.publish(REPORT_2025)
    with a_service(two, looks):
        said = two.cli("look")
    assert said.exit_code == 0, said.output
    assert [urn for urn, _ in shown] == ["80515", CAMDEN]
    assert shown[1][1] - shown[0][1] > 1
    assert "1 new report" in said.stdout.splitlines()[0]
    assert "sent to scrutiny: Sutton: leaders' impact lowered" in said.stdout
    assert f"/runs/flow-run/{RUN}" in said.stderr
    assert "flow run Completed: Nothing new" in said.stderr


def test_what_the_service_sent_is_in_the_json_too(town):
    town.publish(REPORT_2025)
    with a_service(town, looks):
        answer = town.ask("look")
    assert [each["result"] for each in answer["sent"]] == ["sent", "sent"]
    assert [each["outcome"] for each in answer["providers"]] == ["changed"]


def test_a_run_that_gets_on_is_waited_for_longer_than_one_that_does_not(two, monkeypatch):
    monkeypatch.setattr(runs, "WITHOUT_PROGRESS", 2.0)

    def goes_on(town, _prefect):
        for _ in range(5):
            time.sleep(1.0)
            looks(town, _prefect)

    began = time.monotonic()
    with a_service(two, goes_on):
        said = two.cli("look")
    assert time.monotonic() - began > 4
    assert "no progress" not in said.stderr
    assert "flow run Completed: Nothing new" in said.stderr


def test_one_that_stands_still_is_given_up_and_what_is_left_is_looked_at_here(two, monkeypatch):
    monkeypatch.setattr(runs, "WITHOUT_PROGRESS", 2.0)
    ended = threading.Event()

    def stands_still(town, _prefect):
        tools = town.tools()
        go_round(tools, tools.settings.watch[:1], Ask(run=RUN))
        ended.wait(30)

    with a_service(two, stands_still):
        said = two.cli("look", "--json")
        ended.set()
    assert "note: the flow run made no progress" in said.stderr
    assert [each["urn"] for each in json.loads(said.stdout)["providers"]] == ["80515", CAMDEN]
    assert len([seen for seen in two.standin.requests if seen.path == PAGE]) == 1


def test_a_server_that_is_away_for_a_while_is_waited_for(town, monkeypatch):
    def goes_away(town, prefect):
        prefect.is_down = True
        looks(town, prefect)
        time.sleep(2)
        prefect.is_down = False

    monkeypatch.setattr(runs, "PATIENCE_WITH_A_BUSY_SERVER", 0.2)
    with a_service(town, goes_away):
        said = town.cli("look")
    assert said.exit_code == 0
    assert said.stdout.count("1 report listed, nothing new") == 1
    assert "flow run Completed: Nothing new" in said.stderr


def test_a_service_that_ends_meanwhile_leaves_the_rest_to_us(town, monkeypatch):
    monkeypatch.setattr(runs, "PATIENCE_WITH_A_BUSY_SERVER", 0.2)

    def ends(_town, prefect):
        prefect.is_down = True
        monkeypatch.setattr(Running, "is_alive", lambda _self: False)
        time.sleep(5)

    with a_service(town, ends):
        said = town.cli("look")
    assert "note: the service ended; checking without it" in said.stderr
    assert "1 report listed, nothing new" in said.stdout


def test_no_send_is_done_here_and_the_service_is_named_as_the_sender(town):
    town.publish(REPORT_2025)
    with a_service(town, looks) as prefect:
        said = town.cli("look", "--no-send")
        assert prefect.state[0] == "SCHEDULED"
    assert "no messages were sent by this check; the running service sends what is due" in (
        said.stdout
    )
    assert town.mails_to("scrutiny") == []


def test_an_authority_that_the_run_left_out_is_busy(two):
    def leaves_one_out(town, _prefect):
        tools = town.tools()
        go_round(tools, tools.settings.watch[:1], Ask(run=RUN))

    with a_service(two, leaves_one_out):
        said = two.cli("look", "--json")
    assert said.exit_code == 1
    outcomes = [each["outcome"] for each in json.loads(said.stdout)["providers"]]
    assert outcomes == ["unchanged", "busy"]


def test_a_run_of_some_authorities_is_asked_for_those(two):
    with a_service(two, looks) as prefect:
        run = FollowedRun(runs.running_service(two.tools().settings), two.tools(), ["80515"], print)
        run.follow()
    assert run.is_done
    assert prefect.state[0] == "COMPLETED"
