"""Writes Prefect's artifacts when `up` starts, and gives their address.

Prefect's menu has no entry for artifacts, so `up` and `status` print the address.
"""

from __future__ import annotations

from deployments.service.prefect_api import Api
from flows.context.context import AppContext, named
from flows.presenting import artifacts


def address(ui: str) -> str:
    """The address of the list of artifacts.

    Args:
        ui: the address of Prefect's UI.
    """
    return f"{ui}/artifacts"


def write(api: Api, context: AppContext) -> None:
    """Write the artifacts that are missing or have changed.

    Raises:
        PrefectError: Prefect's server did not take one.
    """
    for each in artifacts.everything(named(context)):
        newest = api.artifact(each.key)
        if newest is None or newest["data"] != each.markdown:
            api.write_artifact(each.key, each.markdown, each.description)
