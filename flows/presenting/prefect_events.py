"""Our events as Prefect events, for automations, such as `ofsted-watch.report-published`."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from flows.context.context import AppContext
from ofsted.provider_key import AREA, AUTHORITY
from ofsted.short_names import slug
from storage import queries
from storage.record import get_state, set_state

STATE = "prefect events up to"  # name in `app_state`: the id of the last event passed on
SERVICE = "ofsted-watch.service"
LISTED = "document_listed"  # type of the event that names the areas of its provider


@dataclass(frozen=True, slots=True)
class PrefectEvent:
    """One of our events, as it is passed on to Prefect."""

    number: int  # our event's id
    id: UUID
    name: str
    occurred: datetime
    resource: str
    labels: dict[str, str]
    related: list[dict[str, str]]  # the areas that a document's provider is in
    payload: dict[str, Any]


def unsent(context: AppContext) -> Iterator[PrefectEvent]:
    """Events that were not passed on yet, the oldest first."""
    with context.database.read() as session:
        last = int(get_state(session, STATE) or 0)
        found = queries.events_after(session, last)
    for event in found:
        payload: dict[str, Any] = json.loads(event.payload)
        resource, labels = _resource(payload)
        yield PrefectEvent(
            number=event.id,
            id=UUID(event.token),
            name=f"ofsted-watch.{event.type.replace('_', '-')}",
            occurred=event.at,
            resource=resource,
            labels=labels,
            related=[*map(_area, payload["areas"])] if event.type == LISTED else [],
            payload=payload | {"summary": event.summary},
        )


def record_sent(context: AppContext, event: PrefectEvent) -> None:
    """Record that this event and all before it were passed on."""
    with context.database.write() as session:
        if event.number > int(get_state(session, STATE) or 0):
            set_state(session, STATE, str(event.number))


def _resource(payload: dict[str, Any]) -> tuple[str, dict[str, str]]:
    """The page it is about, the channel, or the service as a whole; with its name."""
    provider = payload.get("provider")
    if isinstance(provider, dict):
        code, urn = provider.get("code", AUTHORITY), provider["urn"]
        name = _area_name(urn) if code == AREA else f"ofsted.provider.{code}.{urn}"
        return name, {"prefect.resource.name": str(provider["name"])}
    if isinstance(channel := payload.get("channel"), str):
        return f"ofsted-watch.channel.{slug(channel)}", {"prefect.resource.name": channel}
    return SERVICE, {"prefect.resource.name": "Ofsted Watch"}


def _area(authority: dict[str, Any]) -> dict[str, str]:
    """An area as a related resource, by which automations find all that happens there."""
    return {
        "prefect.resource.id": _area_name(authority["urn"]),
        "prefect.resource.role": "area",
        "prefect.resource.name": str(authority["short_name"]),
    }


def _area_name(urn: str) -> str:
    return f"ofsted.area.{urn}"
