"""Writes Prefect's artifacts when `up` starts, and gives their address.

Prefect's menu has no entry for artifacts, so `up` and `status` print the address.
"""

from __future__ import annotations

from datetime import datetime

from deployments.service.prefect_api import Api, Json
from flows.context.context import AppContext, named
from flows.presenting import artifacts
from flows.presenting.artifact import is_old


def address(ui: str) -> str:
    """The address of the list of artifacts.

    Args:
        ui: the address of Prefect's UI.
    """
    return f"{ui}/artifacts"


def write(api: Api, context: AppContext) -> None:
    """Write the artifacts that are missing, have changed or were written long ago.

    Raises:
        PrefectError: Prefect's server did not take one.
    """
    for each in artifacts.everything(named(context)):
        newest = api.artifact(each.key)
        if newest is None or newest["data"] != each.markdown or _is_old(newest):
            if each.is_only:
                api.delete_artifacts(each.key)
            api.write_artifact(each.key, each.markdown, each.description)


def _is_old(newest: Json) -> bool:
    return is_old(datetime.fromisoformat(newest["created"]))
