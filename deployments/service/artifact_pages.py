"""Prefect's artifacts as `up` writes them when it starts, and where they are.

Prefect's menu has no line for them, so that their address is to be said.
"""

from __future__ import annotations

from deployments.service.prefect_api import Api
from flows.context.context import AppContext, named
from flows.presenting import artifacts


def address(ui: str) -> str:
    """Where all of them are listed.

    Args:
        ui: the address of Prefect's UI.
    """
    return f"{ui}/artifacts"


def write(api: Api, context: AppContext) -> None:
    """Write those that are missing or say something else than before.

    Raises:
        PrefectError: Prefect's server did not take one.
    """
    for each in artifacts.everything(named(context)):
        newest = api.artifact(each.key)
        if newest is None or newest["data"] != each.markdown:
            api.write_artifact(each.key, each.markdown, each.description)
