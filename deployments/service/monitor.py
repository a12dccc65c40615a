"""Answers other programs' questions about the service, on an address of its own: `[monitor] serve`.

It runs in a thread of `up`, since `/health/live` must know whether the loop of `up` turns. What is
wrong with the database or Prefect is an answer, never an end.
"""

from __future__ import annotations

import json
import logging
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from deployments.service.bind_address import host_and_port, local_address, refusal
from flows.context.context import AppContext
from storage.database import DatabaseError

if TYPE_CHECKING:
    from starlette.applications import Starlette
    from uvicorn import Server

    from deployments.service.metrics import State

log = logging.getLogger(__name__)

KEPT = 5.0  # seconds for which one look at everything answers every question
STOPPED_WITHIN = 5.0  # seconds
OK, NOT_OK = 200, 503
HEADERS = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}
TEXT, JSON = "text/plain; charset=utf-8", "application/json"
FIGURES = "text/plain; version=0.0.4; charset=utf-8"  # as Prometheus asks for


@dataclass(frozen=True, slots=True)
class Answer:
    """What one question is answered with."""

    status: int
    body: bytes
    media_type: str


class Questions:
    """The answers, each made when it is asked for.

    Args:
        is_live: whether the loop of `up` turns and a worker lives.
        context: the present one, by the settings in use.
    """

    def __init__(self, is_live: Callable[[], bool], context: Callable[[], AppContext]) -> None:
        self._is_live, self._context = is_live, context
        self._guard = threading.Lock()
        self._seen: State | str | None = None
        self._seen_at = 0.0

    def live(self) -> Answer:
        """`/health/live`: whether the service does its work; asks neither database nor Prefect."""
        if self._is_live():
            return Answer(OK, b"live\n", TEXT)
        return Answer(NOT_OK, b"not live: the service's loop stands still, or no worker\n", TEXT)

    def health(self) -> Answer:
        """`/health`: what `status --json` says; 503 while anything needs attention."""
        from deployments.cli import json_api

        found = self._look()
        if isinstance(found, str):
            wrong = {"problems": [{"what": found, "advice": "see the service's log"}]}
            return Answer(NOT_OK, _as_json(wrong), JSON)
        status = NOT_OK if found.overview.problems else OK
        return Answer(status, _as_json(json_api.status(found.overview)), JSON)

    def metrics(self) -> Answer:
        """`/metrics`: the figures."""
        from deployments.service.metrics import exposition

        found = self._look()
        if isinstance(found, str):
            return Answer(NOT_OK, f"# {found}\n".encode(), TEXT)
        return Answer(OK, exposition(found), FIGURES)

    def _look(self) -> State | str:
        """The state of everything, or why it cannot be known.

        Of some seconds ago where somebody has just asked.
        """
        with self._guard:
            if self._seen is None or time.monotonic() - self._seen_at > KEPT:
                self._seen = _look_isolated(self._context())
                self._seen_at = time.monotonic()
            return self._seen


def _look_isolated(context: AppContext) -> State | str:
    try:
        return _look_at(context)
    except DatabaseError as error:
        return str(error)
    except Exception as error:
        log.exception("the state of the service could not be found")
        return f"the state of the service could not be found ({type(error).__name__})"


def _look_at(context: AppContext) -> State:
    from deployments.cli import overview
    from deployments.service import client, planning
    from deployments.service.metrics import State
    from flows.presenting.problems import known_now, problems
    from storage import deliveries

    running = client.running_service(context.settings)
    service = planning.service_state(context)
    with context.database.read() as session:
        known = known_now(session, context)
        pending = deliveries.pending_by_recipient(session)
    wrong = problems(context, service, known)
    found = overview.overview(context, running.ui if running else None, service, known, wrong)
    return State(found, pending, known.late)


def _as_json(found: Mapping[str, object]) -> bytes:
    return json.dumps(found, ensure_ascii=False, indent=1).encode() + b"\n"


class Monitor:
    """Keeps the questions answered where the settings say.

    Args:
        say: is given a line when there is something new to say.
    """

    def __init__(self, questions: Questions, say: Callable[[str], object]) -> None:
        self._questions, self._say = questions, say
        self._serve, self._said = "", ""
        self._server: Server | None = None
        self._thread: threading.Thread | None = None

    def keep(self, serve: str) -> None:
        """Start it, stop it or leave it, as it should be now.

        Args:
            serve: as in the settings, such as `127.0.0.1:4281`; empty: nobody is answered.
        """
        if serve != self._serve or (self._thread and not self._thread.is_alive()):
            self.stop()
        self._serve = serve
        if not serve or self._thread:
            return
        if refused := refusal(serve):
            why, advice = refused
            self._say_once(
                f"your monitoring is not answered at {serve}: {why}; {advice} in `serve` under "
                "[monitor]. We will keep trying."
            )
            return
        self._start(serve)
        self._say_once(f"for your monitoring: {local_address(serve)}health")

    def stop(self) -> None:
        """Stop it, if it runs."""
        if self._server and self._thread:
            self._server.should_exit = True
            self._thread.join(STOPPED_WITHIN)
        self._server = self._thread = None

    def _start(self, serve: str) -> None:
        from uvicorn import Config, Server

        host, port = host_and_port(serve)
        config = Config(
            application(self._questions),
            host=host,
            port=port,
            ws="none",
            loop="asyncio",
            lifespan="off",
            server_header=False,
            access_log=False,
            log_config=None,
            log_level="error",
            limit_concurrency=50,
            timeout_keep_alive=10,
            timeout_graceful_shutdown=1,
        )
        self._server = Server(config)
        self._thread = threading.Thread(target=self._server.run, name="monitor", daemon=True)
        self._thread.start()

    def _say_once(self, line: str) -> None:
        if line != self._said:
            self._said = line
            self._say(line)


def application(questions: Questions) -> Starlette:
    """The three addresses; any other is not found."""
    from starlette.applications import Starlette
    from starlette.requests import Request
    from starlette.responses import Response
    from starlette.routing import Route

    def answered(ask: Callable[[], Answer]) -> Callable[[Request], Response]:
        def endpoint(_request: Request) -> Response:
            answer = ask()
            return Response(answer.body, answer.status, HEADERS, answer.media_type)

        return endpoint

    asked = {
        "/health/live": questions.live,
        "/health": questions.health,
        "/metrics": questions.metrics,
    }
    return Starlette(routes=[Route(path, answered(ask)) for path, ask in asked.items()])
