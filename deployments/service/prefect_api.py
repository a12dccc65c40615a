"""The part of Prefect's REST API that we use, without importing Prefect."""

from __future__ import annotations

import ssl
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from time import monotonic, sleep
from typing import Any
from urllib.parse import quote, urlsplit
from uuid import uuid4

import requests
from requests.auth import AuthBase, HTTPBasicAuth

from basics.safe_http import root_cause, said_of, session
from flows.settings.load import INSTALLATION_VARIABLE
from notifications.addresses import loopback

SECONDS = 15  # for one request
CONNECT_SECONDS = 5  # of those, for its connection; a firewall may swallow it
PATIENCE = 5.0  # seconds to repeat a request while the server is too busy
AGAIN_AFTER = 0.5  # seconds between two of them
PASSING = (requests.codes.too_many_requests, requests.codes.service_unavailable)
AWAY = (*PASSING, requests.codes.bad_gateway, requests.codes.gateway_timeout)  # a proxy's too
NO_CSRF = (requests.codes.unprocessable_entity, requests.codes.not_found)  # no token is needed
CLOUD = "api.prefect.cloud"
UNDER_WAY = ("PENDING", "RUNNING", "CANCELLING")
FINAL = ("COMPLETED", "FAILED", "CRASHED", "CANCELLED")
Json = dict[str, Any]


class PrefectError(Exception):
    """Prefect's server did not do what it was asked."""


class PrefectAwayError(PrefectError):
    """Prefect's server gives no answer, or is too busy for one; it may later."""


class _Bearer(AuthBase):
    """The API key of Prefect Cloud."""

    def __init__(self, key: str) -> None:
        self._key = key

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        """The request with the key."""
        request.headers["Authorization"] = f"Bearer {self._key}"
        return request


@dataclass(frozen=True)
class Api:
    """One Prefect server.

    Args:
        address: of the API, such as `http://127.0.0.1:4200/api`.
        login: `user:password`; empty: it needs none.
        patience: for how many seconds to repeat a request while the server is too busy.
        key: of Prefect Cloud, in place of a login.
        ca_file: certificate authorities to trust in addition to the usual ones.
        installation: whose deployments there are ours; empty: all are.
    """

    address: str
    login: str = field(default="", repr=False)
    patience: float = PATIENCE
    key: str = field(default="", repr=False)
    ca_file: Path | None = None
    installation: str = ""

    @property
    def is_cloud(self) -> bool:
        """Whether it is Prefect Cloud."""
        return urlsplit(self.address).hostname == CLOUD

    def version(self) -> str:
        """The version of the server; empty: Prefect Cloud, which has none."""
        if self.is_cloud:
            self._ask("POST", "/deployments/count", json={})  # refuses a wrong key
            return ""
        found = self._ask("GET", "/admin/version")
        if not isinstance(found, str):
            raise self._not_prefect("no version")
        return found

    def is_healthy(self) -> bool:
        """Whether it answers."""
        try:
            return self._once("GET", "/health").ok
        except OSError:
            return False

    def deployment(self, name: str) -> Json | None:
        """A deployment of ours by its name (its flow has the same); None: there is none."""
        found = self.anyones_deployment(name)
        is_ours = found and self.installation in {"", owner_of(found)}
        return found if is_ours else None

    def anyones_deployment(self, name: str) -> Json | None:
        """The same, also if it belongs to another installation or flow."""
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

    def delete_artifacts(self, key: str) -> None:
        """Delete all versions of an artifact."""
        every = {"artifacts": {"key": {"any_": [key]}}}
        while found := self._ask("POST", "/artifacts/filter", json=every):
            for each in found:
                self._ask("DELETE", f"/artifacts/{each['id']}")

    def write_artifact(self, key: str, markdown: str, description: str) -> None:
        """Write an artifact in Markdown that belongs to no run."""
        body = {"key": key, "type": "markdown", "data": markdown, "description": description}
        self._ask("POST", "/artifacts/", json=body)

    def runs(
        self, *, states: tuple[str, ...], deployment: str | None = None, pool: str | None = None
    ) -> list[Json]:
        """Flow runs in these state types, at most 200, the latest scheduled time first.

        Args:
            states: their types.
            deployment: only those of this deployment.
            pool: only those of this work pool.
        """
        body: Json = {
            "flow_runs": {"state": {"type": {"any_": list(states)}}},
            "sort": "EXPECTED_START_TIME_DESC",
            "limit": 200,
        }
        if deployment is not None:
            body |= _of_deployment(deployment)
        if pool is not None:
            body["work_pools"] = {"name": {"any_": [pool]}}
        found: list[Json] = self._ask("POST", "/flow_runs/filter", json=body)
        return found

    def planned(self, deployment: str) -> dict[datetime, bool]:
        """When the next runs planned by Prefect's scheduler begin, in order, at most 200.

        Each with whether it is to be made; False: a person has cancelled it.
        """
        body: Json = {
            **_of_deployment(deployment),
            "flow_runs": {
                "state": {"type": {"any_": ["SCHEDULED", "CANCELLED"]}},
                "expected_start_time": {"after_": datetime.now(UTC).isoformat()},
            },
            "sort": "EXPECTED_START_TIME_ASC",
            "limit": 200,
        }
        found: list[Json] = self._ask("POST", "/flow_runs/filter", json=body)
        planned: dict[datetime, bool] = {}
        for each in found:
            if each["auto_scheduled"]:
                begins = datetime.fromisoformat(each["expected_start_time"])
                planned[begins] = planned.get(begins, False) or each["state_type"] == "SCHEDULED"
        return planned

    def pool(self, name: str) -> Json | None:
        """A work pool; None: there is none."""
        found: Json | None = self._ask("GET", f"/work_pools/{quote(name)}")
        return found

    def workers(self, pool: str) -> list[Json]:
        """The workers of a work pool, also those that have ended, at most 200."""
        path = f"/work_pools/{quote(pool)}/workers/filter"
        found: list[Json] = self._ask("POST", path, json={"limit": 200})
        return found

    def deployments_of(self, pool: str) -> list[Json]:
        """The deployments whose runs go to a work pool, at most 200."""
        body = {"work_pools": {"name": {"any_": [pool]}}, "limit": 200}
        found: list[Json] = self._ask("POST", "/deployments/filter", json=body)
        return found

    def end_run(self, run_id: str, state: str, message: str) -> None:
        """Force a run into a final state, with Prefect's own name for the state."""
        body = {"state": {"type": state, "message": message}, "force": True}
        self._ask("POST", f"/flow_runs/{run_id}/set_state", json=body)

    def _ask(self, method: str, path: str, **more: Any) -> Any:
        headers = {} if method == "GET" else self._token()
        answer = self._request(method, path, headers=headers, **more)
        if answer.status_code == requests.codes.not_found and method == "GET":
            return None
        self._refuse_failure(method, path, answer)
        return self._json(answer) if answer.content else None

    def _token(self) -> dict[str, str]:
        """The CSRF headers for a change, which prove that no page of another site sent it."""
        client = str(uuid4())
        answer = self._request("GET", "/csrf-token", params={"client": client})
        if answer.status_code in NO_CSRF:
            return {}
        self._refuse_failure("GET", "/csrf-token", answer)
        return {
            "Prefect-Csrf-Client": client,
            "Prefect-Csrf-Token": self._json(answer).get("token", ""),
        }

    def _refuse_failure(self, method: str, path: str, answer: requests.Response) -> None:
        if answer.is_redirect:
            where = urlsplit(answer.headers["Location"]).netloc or "a page of its own"
            raise self._not_prefect(f"a redirect to {where}")
        if answer.status_code == requests.codes.unauthorized:
            raise PrefectError(
                f"the Prefect server at {self.address} does not accept our login (401); "
                "correct the login or API key that the settings name"
            )
        if not answer.ok:
            kind = PrefectAwayError if answer.status_code in AWAY else PrefectError
            said = f"{answer.status_code} {answer.text[:300]}"
            raise kind(f"the Prefect server at {self.address} failed: {method} {path}: {said}")

    def _json(self, answer: requests.Response) -> Any:
        try:
            return answer.json()
        except ValueError:
            raise self._not_prefect("no JSON") from None

    def _not_prefect(self, came: str) -> PrefectError:
        return PrefectError(
            f"no Prefect server answers at {self.address} ({came}); "
            "give the address of its API, which usually ends in /api"
        )

    def _request(self, method: str, path: str, **more: Any) -> requests.Response:
        """The answer; the request is repeated while the server is too busy to accept it."""
        until = monotonic() + self.patience
        while True:
            try:
                answer = self._once(method, path, **more)
            except OSError as error:  # those of requests, and a `ca_file` that cannot be read
                if not isinstance(error, requests.Timeout) or monotonic() >= until:
                    raise self._no_answer(error) from None
            else:
                if answer.status_code not in PASSING or monotonic() >= until:
                    return answer
            sleep(AGAIN_AFTER)

    def _no_answer(self, error: OSError) -> PrefectError:
        if isinstance(root_cause(error), ssl.SSLCertVerificationError):
            return PrefectError(
                f"no trusted connection to the Prefect server at {self.address} "
                f"({said_of(error)}); set `ca_file` to the certificate authority of your network"
            )
        why = "no answer in time" if isinstance(error, requests.Timeout) else said_of(error)
        return PrefectAwayError(f"the Prefect server at {self.address} did not answer: {why}")

    def _once(self, method: str, path: str, **more: Any) -> requests.Response:
        """Send one request; to this machine itself without a proxy."""
        with session(self.ca_file, allow_private=True, seconds=SECONDS) as ours:
            ours.trust_env = not loopback(urlsplit(self.address).hostname or "")
            return ours.request(
                method,
                self.address + path,
                auth=self._auth(),
                timeout=(CONNECT_SECONDS, SECONDS),
                allow_redirects=False,
                **more,
            )

    def _auth(self) -> AuthBase | None:
        if self.key:
            return _Bearer(self.key)
        user, _, password = self.login.partition(":")
        return HTTPBasicAuth(user, password) if self.login else None


def owner_of(deployment: Json) -> str | None:
    """The id of the installation that a deployment belongs to; None: of none."""
    variables = deployment.get("job_variables") or {}
    found = (variables.get("env") or {}).get(INSTALLATION_VARIABLE)
    return str(found) if found else None


def _of_deployment(name: str) -> Json:
    """A filter for one deployment; its flow has the same name, and others may have either."""
    named = {"name": {"any_": [name]}}
    return {"deployments": named, "flows": named}
