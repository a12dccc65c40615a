"""What Prefect's server, its worker and the flow runs are started with."""

from __future__ import annotations

import os
from pathlib import Path
from uuid import uuid4

from deployments.settings_view import copy_of
from flows.configuration import (
    CONFIG_VARIABLE,
    OFFSET_VARIABLE,
    ORIGIN_VARIABLE,
    SERVICE_VARIABLE,
)
from flows.settings import PREFIX
from flows.tools import Tools, ui_login

_NOWHERE = "http://127.0.0.1:9"  # discard: nobody answers
_LOGINS = ("PREFECT_SERVER_API_AUTH_STRING", "PREFECT_API_AUTH_STRING")


def environment(tools: Tools, ui: str) -> dict[str, str]:
    """What the server, the worker and the flow runs are told; of our secrets, the UI's login."""
    settings, home = tools.settings, tools.settings.data / "prefect"
    public = settings.public_url or ui
    return {
        **_inherited(),
        **_login(ui_login(settings)),
        CONFIG_VARIABLE: str(copy_of(settings)),
        ORIGIN_VARIABLE: str(settings.file or ""),
        SERVICE_VARIABLE: service_id(home),
        PREFIX + "DATA_DIR": str(settings.data),
        OFFSET_VARIABLE: str(tools.clock.offset.total_seconds()) if tools.clock.offset else "",
        "PREFECT_HOME": str(home),
        "PREFECT_PROFILES_PATH": str(home / "profiles.toml"),
        "PREFECT_API_URL": f"{ui}/api",
        "PREFECT_SERVER_UI_API_URL": f"{public}/api",
        "PREFECT_SERVER_API_CORS_ALLOWED_ORIGINS": public,
        "PREFECT_SERVER_API_CSRF_PROTECTION_ENABLED": "true",
        "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
        "DO_NOT_TRACK": "1",
        "PREFECT_SERVER_EPHEMERAL_ENABLED": "false",
        "PREFECT_SERVER_UI_SHOW_PROMOTIONAL_CONTENT": "false",
        "PREFECT_SERVER_UI_V2_ENABLED": "false",
        "PREFECT_SERVER_SERVICES_DB_VACUUM_ENABLED": "events,flow_runs,orphans",
        "PREFECT_LOGGING_EXTRA_LOGGERS": "flows,ofsted,notifications,storage",
        "PREFECT_RESULTS_PERSIST_BY_DEFAULT": "false",
        "PYTHONUNBUFFERED": "1",
    } | _quieter()


def service_id(home: Path) -> str:
    """What names the service on this data folder to itself, through restarts."""
    file = home / "service-id"
    if not file.exists():
        home.mkdir(parents=True, exist_ok=True)
        file.write_text(uuid4().hex[:12], encoding="utf-8")
    return file.read_text(encoding="utf-8")


def of_the_server(environment: dict[str, str]) -> dict[str, str]:
    """The same for Prefect's server, which is to ask nobody on its own.

    It would fetch a catalogue from GitHub, which says how runs are started; a proxy that is not
    there keeps it to the copy that it brings along.
    """
    ways = ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY")
    return environment | dict.fromkeys([*ways, *map(str.lower, ways)], _NOWHERE)


def _inherited() -> dict[str, str]:
    """Our own environment; what talks to Prefect goes by no proxy, and the login is ours to set."""
    near = ["127.0.0.1", "localhost", "::1"]
    direct = os.environ.get("no_proxy") or os.environ.get("NO_PROXY")
    kept = {name: value for name, value in os.environ.items() if name not in _LOGINS}
    without = ",".join([direct, *near] if direct else near)
    return kept | {"NO_PROXY": without, "no_proxy": without}


def _login(login: str) -> dict[str, str]:
    return dict.fromkeys(_LOGINS, login) if login else {}


def _quieter() -> dict[str, str]:
    """Loops of Prefect's server that need not turn every five seconds for one small service."""
    loops = (
        "LATE_RUNS",
        "PAUSE_EXPIRATIONS",
        "SCHEDULER_RECENT_DEPLOYMENTS",
        "CLEANUP_RECONCILER",
        "FOREMAN",
        "CANCELLATION_CLEANUP",
    )
    names = {f"PREFECT_SERVER_SERVICES_{name}_LOOP_SECONDS": "60" for name in loops}
    return names | {
        "PREFECT_SERVER_SERVICES_REPOSSESSOR_LOOP_SECONDS": "30",
        "PREFECT_SERVER_EVENTS_PROACTIVE_GRANULARITY": "PT30S",
    }
