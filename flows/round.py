"""A round: a look at each authority in turn, then sending what is owed."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from dataclasses import dataclass

import requests

from flows.deliver import Delivered, deliver
from flows.look import Ask, Looked, look
from flows.seeding import import_when_due
from flows.settings import Watch
from flows.tools import Tools

log = logging.getLogger(__name__)

HEARTBEAT_SECONDS = 10


@dataclass(frozen=True, slots=True)
class Round:
    """What a round came to."""

    looked: tuple[Looked, ...]
    delivered: Delivered

    @property
    def is_well(self) -> bool:
        """Whether nothing is wrong that this round can know."""
        return all(each.is_well for each in self.looked)


def go_round(
    tools: Tools,
    watches: Iterable[Watch],
    ask: Ask,
    *,
    on_look: Callable[[Looked], None] = lambda _looked: None,
) -> Round:
    """Look at each authority in turn, in this process, and send what is due.

    Args:
        on_look: called after each look, for progress.
    """
    import_when_due(tools)
    looked = []
    for watch in watches:
        looked.append(look(watch, tools, ask))
        call_heartbeat(tools, looked[-1])
        on_look(looked[-1])
    return Round(tuple(looked), deliver(tools))


def call_heartbeat(tools: Tools, looked: Looked) -> None:
    """After a good look, call the address by which others notice our silence."""
    address = tools.settings.heartbeat
    if not address or looked.state != "well" or looked.outcome in {"busy", "skipped"}:
        return
    authority = tools.settings.authority_file
    try:
        answer = requests.get(
            address, timeout=HEARTBEAT_SECONDS, verify=str(authority) if authority else True
        )
        answer.raise_for_status()
    except requests.RequestException as error:
        log.warning("the heartbeat was not heard: %s", type(error).__name__)
