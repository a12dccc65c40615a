"""The Prefect server of the service: started anew once it has grown large."""

from __future__ import annotations

import logging
import sys
import threading

from deployments.service import environment, own_server
from deployments.service.own_server import OwnServer
from deployments.service.prefect_server import PrefectServer
from tests.running_service import free_port

SERVER = """\
import sys
from http.server import BaseHTTPRequestHandler, HTTPServer

class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()

kept = bytearray(60_000_000)
HTTPServer(("127.0.0.1", int(sys.argv[-1])), Handler).serve_forever()
"""


def test_it_is_started_anew_when_it_has_grown_large_and_answers_then(
    installation, monkeypatch, caplog
):
    caplog.set_level(logging.INFO)
    monkeypatch.setattr(own_server, "PREFECT", [sys.executable, "-c", SERVER])
    port, stopping, starts = free_port(), threading.Event(), []
    ui = f"http://127.0.0.1:{port}"
    environment.prepare(installation.folder / "data" / "prefect")
    server = OwnServer(
        PrefectServer(f"{ui}/api", ui),
        installation.context(),
        "127.0.0.1",
        port,
        lambda: starts.append(server.managed.process.pid),
    )
    server.start(stopping)
    try:
        server.restart_if_large(stopping)
        assert len(starts) == 1
        monkeypatch.setattr(own_server, "MOST_MEMORY", 50_000_000)
        server.restart_if_large(stopping)
        first, second = starts
        assert first != second == server.managed.process.pid
        assert "starting it anew" in caplog.text
        assert server.managed.listens(port)
    finally:
        server.stop()
