"""What `register` does: declares the deployments on a server that somebody else runs."""

from __future__ import annotations

import tempfile
from pathlib import Path

from basics.atomic_write import write_atomically
from deployments.service import environment
from deployments.service import register as registration
from deployments.service.ownership import POOL_TYPE
from deployments.service.prefect_server import existing_server, supported_version
from flows.context.context import AppContext
from flows.context.installation import installation_id

HEAD = """\
# The deployments of Ofsted Watch, written by `ofsted-watch register --write`. No secret is in it.
# Use the `prefect` that Ofsted Watch is installed with, and set PREFECT_API_URL:
#   prefect work-pool create {pool} --type {type}
#   prefect deploy --all --prefect-file {file}
"""


class NoServerError(Exception):
    """The settings name no Prefect server."""


def register(context: AppContext) -> str:
    """Register them; gives what was done.

    Raises:
        NoServerError: the settings name no server.
        PrefectError: the server does not answer, or cannot be used.
    """
    server = existing_server(context)
    if server is None:
        raise NoServerError(
            "the settings name no Prefect server: give api_url under [prefect]; the server that "
            "`ofsted-watch up` starts gets the deployments by itself"
        )
    supported_version(server.api())
    with tempfile.TemporaryDirectory(prefix="ofsted-watch-") as empty:
        command = environment.of_prefects_command(context, server)
        is_new = registration.register(server, context, command, Path(empty))
    done = "registered" if is_new else "already registered, nothing changed"
    return f"{server.api_url}: {done}: {', '.join(registration.NAMES)}"


def write(context: AppContext, file: Path) -> str:
    """Write them to a file; gives what was done."""
    pool = context.settings.prefect.work_pool
    head = HEAD.format(pool=pool, type=POOL_TYPE, file=file)
    text = head + registration.declaration(context.settings, installation_id(context.database))
    write_atomically(file, text.encode())
    return f"wrote {file}; its first lines say how to use it"
