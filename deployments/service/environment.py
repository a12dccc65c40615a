"""The environment of the service's children and the flow runs: made, not inherited.

Prefect reads settings from variables and from files in its working directory (`.env`,
`prefect.toml`, `pyproject.toml`), which take precedence over those in its home. A setting meant
for another Prefect would put our deployments and migrations into its database, so we pass none.
"""

from __future__ import annotations

import os
import shutil
import sysconfig
from collections.abc import Iterable
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

from requests.utils import DEFAULT_CA_BUNDLE_PATH

from basics.atomic_write import write_atomically
from deployments.service import ui_files
from deployments.service.prefect_server import PrefectServer
from deployments.service.settings_view import copy_of
from flows.context.context import AppContext
from flows.context.planned import SERVICE_ID
from flows.settings.load import (
    CONFIG_VARIABLE,
    FOLDER_VARIABLE,
    OFFSET_VARIABLE,
    ORIGIN_VARIABLE,
    SERVICE_VARIABLE,
    SettingsError,
    variables_named,
)
from flows.settings.model import PREFIX, Settings

RUNS_KEPT = timedelta(days=30)  # flow runs in the UI, with their logs and artifacts
PREFECTS = "PREFECT_"
MACHINE = (
    *("PATH", "HOME", "USER", "LOGNAME", "TMPDIR", "TEMP", "TMP"),
    *("LANG", "LANGUAGE", "TZ"),
    *("PYTHONPATH", "PYTHONHOME", "LD_LIBRARY_PATH"),  # where Python finds its libraries
    *("SSL_CERT_FILE", "SSL_CERT_DIR", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "OPENSSL_CONF"),
)
MACHINE_PREFIXES = ("LC_",)
OUR_PREFIXES = (PREFIX, "PG")  # our settings, and those of PostgreSQL's client
PROXIES = ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY")
NEAR = ("127.0.0.1", "localhost", "::1")
_NOWHERE = "http://127.0.0.1:9"  # the discard port: nothing answers there
RUNS = {  # what every flow run is to find, whoever starts its worker
    "PREFECT_LOGGING_EXTRA_LOGGERS": "flows,ofsted,notifications,storage",
    "PREFECT_RESULTS_PERSIST_BY_DEFAULT": "false",
}
PYTHON = {
    "PYTHONUNBUFFERED": "1",
    # Prefect runs hooks of crashed runs by a script in a folder that has a `storage.py`, which
    # Python would otherwise take for our package.
    "PYTHONSAFEPATH": "1",
}


def of_the_worker(context: AppContext, server: PrefectServer) -> dict[str, str]:
    """The environment of the worker and its flow runs: with our settings and their secrets.

    Raises:
        SettingsError: a setting takes a secret from a variable of Prefect's.
    """
    return _machine() | _proxies() | _ours(context) | _client(context.settings, server)


def of_prefects_command(context: AppContext, server: PrefectServer) -> dict[str, str]:
    """The environment of `prefect deploy`: no secret but the login."""
    return _machine() | _proxies() | _client(context.settings, server)


def of_the_server(context: AppContext, server: PrefectServer) -> dict[str, str]:
    """The environment of the server that we start: no secret but the UI's login.

    The server would fetch a catalogue from GitHub that says how runs are started. A proxy address
    where nothing answers keeps it to its own copy.
    """
    nowhere = dict.fromkeys(_either_case(PROXIES), _NOWHERE)
    settings = context.settings
    return _machine() | _proxies() | nowhere | _client(settings, server) | _server(settings, server)


def of_the_website(context: AppContext) -> dict[str, str]:
    """The environment of the website's server, which readers reach: no secret, no proxy."""
    ours = {SERVICE_VARIABLE: service_id(context.settings.data / "prefect")}
    return _machine() | ours | PYTHON


def not_handed_on(settings: Settings) -> tuple[str, ...]:
    """Names of Prefect's variables in our environment that are ignored."""
    ours = {name for name in os.environ if name.upper().startswith(PREFECTS)}
    return tuple(sorted(ours - _prefects_own(settings)))


def service_id(home: Path) -> str:
    """The id of the service on this data folder, which stays through restarts."""
    file = home / SERVICE_ID.name
    if not file.exists():
        home.mkdir(parents=True, exist_ok=True)
        write_atomically(file, uuid4().hex[:12].encode())
    return file.read_text(encoding="utf-8")


def folder(home: Path) -> Path:
    """The working directory of Prefect's processes, in which nobody keeps files."""
    return home / "empty"


def prepare(home: Path) -> None:
    """Create that directory, or empty it; only while none of the processes runs."""
    if folder(home).exists():
        shutil.rmtree(folder(home))
    folder(home).mkdir(parents=True)


def _machine() -> dict[str, str]:
    return _inherited(MACHINE, MACHINE_PREFIXES) | _where_our_code_is()


def _where_our_code_is() -> dict[str, str]:
    """Let them import the same code as we do, also from a checkout that is not installed."""
    ours = str(Path(__file__).parents[2])
    if ours in {sysconfig.get_path("purelib"), sysconfig.get_path("platlib")}:
        return {}
    more = os.environ.get("PYTHONPATH")
    return {"PYTHONPATH": os.pathsep.join([ours, more] if more else [ours])}


def _proxies() -> dict[str, str]:
    """The proxies of our environment, but none for Prefect itself."""
    direct = os.environ.get("no_proxy") or os.environ.get("NO_PROXY")
    without = ",".join([direct, *NEAR] if direct else NEAR)
    return _inherited(_either_case(PROXIES)) | dict.fromkeys(_either_case(["NO_PROXY"]), without)


def _ours(context: AppContext) -> dict[str, str]:
    settings, named = context.settings, variables_named(context.settings)
    for name in named - _prefects_own(settings):
        if name.upper().startswith(PREFECTS):
            raise SettingsError(
                f"{settings.file or 'settings'}: {name} is one of Prefect's own variables, "
                "which flow runs do not receive; use a variable of another name for the secret"
            )
    made = {
        CONFIG_VARIABLE: str(copy_of(settings)),
        ORIGIN_VARIABLE: str(settings.file or ""),
        PREFIX + "DATA_DIR": str(settings.data),
        FOLDER_VARIABLE: str(settings.base),
        OFFSET_VARIABLE: str(context.clock.offset.total_seconds()) if context.clock.offset else "",
    }
    return _inherited(named, OUR_PREFIXES) | made


def _client(settings: Settings, server: PrefectServer) -> dict[str, str]:
    """What Prefect's client needs, which is in the worker, its flow runs and Prefect's command."""
    home = settings.data / "prefect"
    return {
        **({"PREFECT_API_AUTH_STRING": server.login} if server.login else {}),
        **({"PREFECT_API_KEY": server.key} if server.key else {}),
        **_trusted(home, server.ca_file),
        SERVICE_VARIABLE: service_id(home),
        "PREFECT_HOME": str(home),
        "PREFECT_PROFILES_PATH": str(home / "profiles.toml"),
        "PREFECT_API_URL": server.api_url,
        "PREFECT_WORKER_QUERY_SECONDS": "5",  # default 10; a person may be waiting for a check
        "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
        "DO_NOT_TRACK": "1",
        "PREFECT_SERVER_EPHEMERAL_ENABLED": "false",
        **RUNS,
        **PYTHON,
    }


def _server(settings: Settings, server: PrefectServer) -> dict[str, str]:
    """What the server that we start needs beside it."""
    public = settings.ui.url or server.ui
    return {
        **({"PREFECT_SERVER_API_AUTH_STRING": server.login} if server.login else {}),
        "PREFECT_SERVER_UI_API_URL": f"{public}/api",
        "PREFECT_SERVER_UI_SHOW_PROMOTIONAL_CONTENT": "false",
        "PREFECT_SERVER_UI_V2_ENABLED": "false",
        "PREFECT_SERVER_UI_STATIC_DIRECTORY": str(ui_files.folder(settings.data / "prefect")),
        "PREFECT_SERVER_API_CORS_ALLOWED_ORIGINS": public,
        "PREFECT_SERVER_API_CSRF_PROTECTION_ENABLED": "true",
        "PREFECT_SERVER_SERVICES_DB_VACUUM_ENABLED": "events,flow_runs,orphans",
        "PREFECT_SERVER_SERVICES_DB_VACUUM_RETENTION_PERIOD": f"{RUNS_KEPT.total_seconds():.0f}",
    }


def _trusted(home: Path, ca_file: Path | None) -> dict[str, str]:
    """A file of all certificate authorities: Prefect's client takes one in place of the usual."""
    if ca_file is None:
        return {}
    usual = Path(os.environ.get("SSL_CERT_FILE") or DEFAULT_CA_BUNDLE_PATH)
    every = home / "authorities.pem"
    every.parent.mkdir(parents=True, exist_ok=True)
    write_atomically(every, usual.read_bytes() + b"\n" + ca_file.read_bytes())
    return {"PREFECT_API_SSL_CERT_FILE": str(every)}


def _prefects_own(settings: Settings) -> set[str]:
    """Variables of Prefect's that hold our login to it, which flow runs do receive."""
    return {settings.prefect.api_key_env, settings.prefect.auth_env}


def _inherited(names: Iterable[str], prefixes: tuple[str, ...] = ()) -> dict[str, str]:
    """The variables of our environment with these names or prefixes."""
    chosen = frozenset(names)
    return {
        name: value
        for name, value in os.environ.items()
        if name in chosen or name.upper().startswith(prefixes)
    }


def _either_case(names: Iterable[str]) -> list[str]:
    return [cased for name in names for cased in (name, name.lower())]
