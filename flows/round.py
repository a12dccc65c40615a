"""A round: a look at each authority in turn, then sending what is owed."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from dataclasses import dataclass

import requests

from flows.deliver import Delivered, deliver
from flows.holes import Checked, check
from flows.look import Ask, Looked, look
from flows.reread import reread_when_due
from flows.seeding import import_when_due
from flows.settings import Watch
from flows.tools import Tools
from ofsted.connections import PrivateAddressError, session

log = logging.getLogger(__name__)

HEARTBEAT_SECONDS = 10
GOOD = {"unchanged", "changed", "first"}  # outcomes of a look that saw the whole list


@dataclass(frozen=True, slots=True)
class Round:
    """What a round came to."""

    looked: tuple[Looked, ...]
    delivered: Delivered
    checked: Checked | None = None

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
    reread_when_due(tools)
    looked = []
    for watch in watches:
        looked.append(look(watch, tools, ask))
        call_heartbeat(tools, looked[-1])
        on_look(looked[-1])
    delivered = deliver(tools)
    return Round(tuple(looked), delivered, check_after(tools, looked))


def check_after(tools: Tools, looked: Iterable[Looked]) -> Checked | None:
    """The check, after a good look, and sending what it tells; None: no look was good."""
    if not any(each.outcome in GOOD for each in looked):
        return None
    try:
        checked = check(tools)
    except Exception:  # it stands beside the looks and breaks none
        log.exception("the check broke off")
        return None
    if checked.told:
        deliver(tools)
    return checked


def call_heartbeat(tools: Tools, looked: Looked) -> None:
    """After a good look, call the address by which others notice our silence."""
    address = tools.settings.heartbeat
    if not address or looked.state != "well" or looked.outcome in {"busy", "skipped"}:
        return
    try:
        _call(address, tools)
    except PrivateAddressError:
        log.warning("the heartbeat was not heard: its address is private (`allow_private`)")
    except (requests.RequestException, OSError) as error:
        log.warning("the heartbeat was not heard: %s", type(error).__name__)


def _call(address: str, tools: Tools) -> None:
    """Nothing of the answer but its status is read, and no redirect is followed."""
    settings = tools.settings
    with (
        session(
            settings.authority_file,
            allow_private=settings.allow_private,
            seconds=HEARTBEAT_SECONDS,
        ) as ours,
        ours.get(address, timeout=HEARTBEAT_SECONDS, allow_redirects=False, stream=True) as answer,
    ):
        if not 200 <= answer.status_code < 300:  # noqa: PLR2004 - RFC 9110
            raise requests.HTTPError(f"answer {answer.status_code}")
