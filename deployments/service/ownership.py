"""What is ours on a Prefect server that others use too."""

from __future__ import annotations

from collections.abc import Collection

from deployments.service.prefect_api import Api, PrefectError, owner_of

POOL_TYPE = "process"
ELSEWHERE = "give Ofsted Watch a Prefect server or workspace of its own"


def refuse_what_is_others(api: Api, names: Collection[str], pool_name: str) -> None:
    """Refuse to take over deployments of others, or to take runs of theirs.

    Prefect knows a deployment by its name and its flow's, so two installations on one server would
    overwrite each other's. A worker takes every run of its work pool, with our secrets at hand.

    Args:
        api: of that server.
        names: of our deployments.
        pool_name: of the work pool in the settings.

    Raises:
        PrefectError: one of them is others', and what a person can do.
    """
    found = {name: api.anyones_deployment(name) for name in names}
    for name, deployment in found.items():
        if deployment and owner_of(deployment) != api.installation:
            raise PrefectError(
                f"the deployment {name} on the Prefect server at {api.address} belongs to another "
                f"installation or flow; {ELSEWHERE}, or delete that deployment there if it is "
                "no longer needed"
            )
    pool = api.pool(pool_name)
    if pool and pool["type"] != POOL_TYPE:
        raise PrefectError(
            f"the work pool {pool_name} on the Prefect server at {api.address} is of the type "
            f"{pool['type']}, not {POOL_TYPE}; choose another `work_pool` under [prefect]"
        )
    ours = {each["id"] for each in found.values() if each}
    theirs = [each["name"] for each in api.deployments_of(pool_name) if each["id"] not in ours]
    if theirs:
        raise PrefectError(
            f"the work pool {pool_name} on the Prefect server at {api.address} also has the "
            f"deployment {theirs[0]}, whose runs our worker would take; "
            "choose another `work_pool` under [prefect]"
        )
