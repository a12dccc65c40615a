"""The part of Prefect's REST API that we use, over loopback, without importing Prefect."""

from __future__ import annotations

import contextlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from time import monotonic, sleep
from typing import Any
from uuid import uuid4

import requests

SECONDS = 15  # for one request
PATIENCE = 5.0  # seconds to repeat a request while the server is too busy
AGAIN_AFTER = 0.5  # seconds between two of them
PASSING = (requests.codes.too_many_requests, requests.codes.service_unavailable)
UNDER_WAY = ("PENDING", "RUNNING", "CANCELLING")
FINAL = ("COMPLETED", "FAILED", "CRASHED", "CANCELLED")
Json = dict[str, Any]


class PrefectError(Exception):
    """Prefect's server did not do what it was asked."""


@dataclass(frozen=True)
class Api:
    """One Prefect server.

    Args:
        address: of the API, such as `http://127.0.0.1:4200/api`.
        login: `user:password`; empty: it needs none.
        patience: for how many seconds to repeat a request while the server is too busy.
    """

    address: str
    login: str = field(default="", repr=False)
    patience: float = PATIENCE

    def is_healthy(self) -> bool:
        """Whether it answers."""
        try:
            return self._once("GET", "/health").ok
        except requests.RequestException:
            return False

    def deployment(self, name: str) -> Json | None:
        """A deployment by its name (its flow has the same); None: there is none."""
        answer = self._ask("GET", f"/deployments/name/{name}/{name}")
        return answer if isinstance(answer, dict) else None

    def change_deployment(self, deployment_id: str, **fields: Any) -> None:
        """Change a deployment."""
        self._ask("PATCH", f"/deployments/{deployment_id}", json=fields)

    def change_schedule(self, deployment_id: str, schedule_id: str, *, active: bool) -> None:
        """Switch one of its schedules on or off."""
        path = f"/deployments/{deployment_id}/schedules/{schedule_id}"
        self._ask("PATCH", path, json={"active": active})

    def start(
        self,
        name: str,
        parameters: Json | None = None,
        *,
        key: str = "",
        labels: Mapping[str, str] | None = None,
    ) -> str:
        """Start a run of a deployment now; gives the run's id.

        Args:
            name: of the deployment.
            parameters: of its flow.
            key: starts with the same key are one run.
            labels: of the run; the UI's forms do not show them.
        """
        deployment = self.deployment(name)
        if deployment is None:
            raise PrefectError(f"there is no deployment {name!r}; restart the service")
        body = {
            "parameters": parameters or {},
            "idempotency_key": key or str(uuid4()),
            "labels": {**(labels or {})},
        }
        run = self._ask("POST", f"/deployments/{deployment['id']}/create_flow_run", json=body)
        return str(run["id"])

    def run(self, run_id: str) -> Json:
        """A flow run."""
        found: Json = self._ask("GET", f"/flow_runs/{run_id}")
        return found

    def flow_name(self, run: Json) -> str:
        """The name of a run's flow."""
        found = self._ask("GET", f"/flows/{run['flow_id']}")
        return str(found["name"]) if found else "unknown"

    def artifacts(self) -> dict[str, Json]:
        """The newest artifact of each key; its page is that of its `latest_id`."""
        found: list[Json] = self._ask("POST", "/artifacts/latest/filter", json={})
        return {each["key"]: each for each in found}

    def artifact(self, key: str) -> Json | None:
        """The newest artifact of a key; None: there is none."""
        found: Json | None = self._ask("GET", f"/artifacts/{key}/latest")
        return found

    def write_artifact(self, key: str, markdown: str, description: str) -> None:
        """Write an artifact in Markdown that belongs to no run."""
        body = {"key": key, "type": "markdown", "data": markdown, "description": description}
        self._ask("POST", "/artifacts/", json=body)

    def runs(self, *, states: tuple[str, ...], deployment: str | None = None) -> list[Json]:
        """Flow runs in these state types, at most 200, the latest scheduled time first."""
        body: Json = {
            "flow_runs": {"state": {"type": {"any_": list(states)}}},
            "sort": "EXPECTED_START_TIME_DESC",
            "limit": 200,
        }
        if deployment is not None:
            body["deployments"] = {"name": {"any_": [deployment]}}
        found: list[Json] = self._ask("POST", "/flow_runs/filter", json=body)
        return found

    def next_planned(self, deployment: str) -> datetime | None:
        """When the next run planned by Prefect's scheduler begins; None: none is planned."""
        body: Json = {
            "deployments": {"name": {"any_": [deployment]}},
            "flow_runs": {
                "state": {"type": {"any_": ["SCHEDULED"]}},
                "expected_start_time": {"after_": datetime.now(UTC).isoformat()},
            },
            "sort": "EXPECTED_START_TIME_ASC",
            "limit": 50,
        }
        found: list[Json] = self._ask("POST", "/flow_runs/filter", json=body)
        planned = (each["expected_start_time"] for each in found if each["auto_scheduled"])
        return next((datetime.fromisoformat(each) for each in planned), None)

    def end_run(self, run_id: str, state: str, message: str) -> None:
        """Force a run into a final state, with Prefect's own name for the state."""
        body = {"state": {"type": state, "message": message}, "force": True}
        self._ask("POST", f"/flow_runs/{run_id}/set_state", json=body)

    def _ask(self, method: str, path: str, **more: Any) -> Any:
        try:
            headers = {} if method == "GET" else self._token()
            answer = self._request(method, path, headers=headers, **more)
        except requests.RequestException as error:
            raise PrefectError(f"Prefect's server did not answer: {type(error).__name__}") from None
        if answer.status_code == requests.codes.not_found and method == "GET":
            return None
        if not answer.ok:
            raise PrefectError(f"{method} {path}: {answer.status_code} {answer.text[:300]}")
        return answer.json() if answer.content else None

    def _token(self) -> dict[str, str]:
        """The CSRF headers for a change, which prove that no page of another site sent it."""
        client = str(uuid4())
        answer = self._request("GET", "/csrf-token", params={"client": client})
        if not answer.ok:
            raise PrefectError(f"GET /csrf-token: {answer.status_code} {answer.text[:300]}")
        return {"Prefect-Csrf-Client": client, "Prefect-Csrf-Token": answer.json()["token"]}

    def _request(self, method: str, path: str, **more: Any) -> requests.Response:
        """The answer; the request is repeated while the server is too busy to accept it."""
        until = monotonic() + self.patience
        while monotonic() < until:
            with contextlib.suppress(requests.Timeout):
                answer = self._once(method, path, **more)
                if answer.status_code not in PASSING:
                    return answer
            sleep(AGAIN_AFTER)
        return self._once(method, path, **more)

    def _once(self, method: str, path: str, **more: Any) -> requests.Response:
        """Send one request, without a proxy, as it stays on this machine."""
        user, _, password = self.login.partition(":")
        login = (user, password) if self.login else None
        with requests.Session() as session:
            session.trust_env = False
            return session.request(method, self.address + path, auth=login, timeout=SECONDS, **more)
