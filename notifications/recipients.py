"""Who is told: recipients, how they are checked, and who hears a piece of news."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

Channel = Literal["mail", "teams", "apprise", "outbox"]
Hears = Literal["all", "changed", "declined"]


@dataclass(frozen=True, slots=True)
class Recipient:
    """A name with an address and a choice of what to hear. The name is its identity."""

    name: str
    channel: Channel
    address: str = field(repr=False)  # mailbox, webhook, Apprise address, or the outbox's folder
    audience: Literal["readers", "operators", "both"] = "readers"
    hears: Hears = "all"
    when: str = "at once"
    authorities: frozenset[str] = frozenset()  # URNs; empty: all that are watched
    sign_of_life: bool = True
