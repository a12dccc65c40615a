"""Which Prefect server is used: the one that `up` starts, or one that somebody else runs."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from deployments.service.bind_address import within_reach
from deployments.service.prefect_api import PATIENCE, Api, PrefectError
from flows.context.context import AppContext, prefect_key, prefect_login, ui_login
from flows.context.installation import installation_id
from flows.settings.model import Settings

# Older servers refuse what the `prefect deploy` of our version says of schedules (`replaces`), and
# our client refuses a server of another major version.
OLDEST, NEXT_MAJOR = (3, 6, 17), (4,)
CLOUD_UI = "https://app.prefect.cloud"


@dataclass(frozen=True, slots=True)
class PrefectServer:
    """A Prefect server, and how we log in to it.

    Attributes:
        api_url: the address of its API.
        ui: the address of its UI, for links.
        login: `user:password`; empty: none.
        key: of Prefect Cloud; empty: none.
        ca_file: certificate authorities to trust in addition to the usual ones.
        installation: whose deployments there are ours; empty: all are.
        is_own: whether `up` starts it; else somebody else runs it.
    """

    api_url: str
    ui: str
    login: str = field(default="", repr=False)
    key: str = field(default="", repr=False)
    ca_file: Path | None = None
    installation: str = ""
    is_own: bool = True

    def api(self, patience: float = PATIENCE) -> Api:
        """Its API.

        Args:
            patience: for how many seconds to repeat a request while the server is too busy.
        """
        return Api(self.api_url, self.login, patience, self.key, self.ca_file, self.installation)


def own_server(settings: Settings, host: str, port: int) -> PrefectServer:
    """The server that `up` starts.

    Raises:
        SettingsError: its login is missing.
    """
    ui = f"http://{within_reach(host)}:{port}"
    return PrefectServer(f"{ui}/api", ui, ui_login(settings))


def existing_server(context: AppContext) -> PrefectServer | None:
    """The server that the settings name; None: `up` starts its own.

    Raises:
        SettingsError: its login is missing.
    """
    settings = context.settings
    url = settings.prefect.api_url
    if not url:
        return None
    return PrefectServer(
        api_url=url,
        ui=settings.ui.url or ui_of(url),
        login=prefect_login(settings),
        key=prefect_key(settings),
        ca_file=settings.authority_file,
        installation=installation_id(context.database),
        is_own=False,
    )


def server_of(api_url: str, ui: str, context: AppContext) -> PrefectServer:
    """The server that a running service uses.

    Args:
        api_url: the address of its API, as the service wrote it down.
        ui: the same of its UI.
        context: by the settings as they are now.
    """
    existing = existing_server(context)
    if existing and existing.api_url == api_url:
        return existing
    return PrefectServer(api_url, ui, ui_login(context.settings))


@dataclass(frozen=True, slots=True)
class ServerState:
    """A Prefect server that somebody else runs, as it answers now.

    Attributes:
        api_url: the address of its API.
        version: empty: Prefect Cloud, or it cannot be used.
        wrong: why it cannot be used, and after a semicolon what to do; empty: it can.
    """

    api_url: str
    version: str = ""
    wrong: str = ""

    def in_words(self) -> str:
        """`http://127.0.0.1:4200/api, version 3.9.1`; nothing of what is wrong."""
        return f"{self.api_url}, version {self.version}" if self.version else self.api_url


def ask_existing_server(context: AppContext) -> ServerState | None:
    """The state of the server that the settings name; None: they name none."""
    server = existing_server(context)
    if server is None:
        return None
    try:
        return ServerState(server.api_url, version=supported_version(server.api()))
    except PrefectError as error:
        return ServerState(server.api_url, wrong=str(error))


def ui_of(api_url: str) -> str:
    """Where Prefect serves its UI, by the address of the API, unless it is set up otherwise."""
    parts = urlsplit(api_url)
    cloud = re.fullmatch(r"/api/accounts/([^/]+)/workspaces/([^/]+)", parts.path)
    if cloud:
        return f"{CLOUD_UI}/account/{cloud[1]}/workspace/{cloud[2]}"
    if not parts.path.endswith("/api"):
        return f"{parts.scheme}://{parts.netloc}"
    return api_url.removesuffix("/api")


def supported_version(api: Api) -> str:
    """The version of a server that we can use; empty: Prefect Cloud, which has none.

    Raises:
        PrefectError: it is too old or too new, refuses our login, is no Prefect server, or does
            not answer.
    """
    version = api.version()
    number = tuple(map(int, re.findall(r"\d+", version)[:3]))
    if number and not OLDEST <= number < NEXT_MAJOR:
        oldest = ".".join(map(str, OLDEST))
        raise PrefectError(
            f"the Prefect server at {api.address} is version {version}; Ofsted Watch needs "
            f"{oldest} or newer, and below {NEXT_MAJOR[0]}; upgrade it, or leave out "
            "api_url under [prefect] to use the server that comes with Ofsted Watch"
        )
    return version
