"""What one attempt to send can end in (not to be mixed up with a delivery's states)."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

OURS = frozenset({"render", "claim"})  # stages of an attempt at which nobody was asked yet


class Result(StrEnum):
    """How an attempt ended."""

    SENT = "sent"  # the other side accepted it
    LATER = "later"  # not now
    REFUSED = "refused"  # never, for this recipient or this message
    BROKEN = "channel_down"  # the channel: password, certificate, flow deleted, or it refuses us
    UNKNOWN = "unknown"  # it may have arrived


@dataclass(frozen=True, slots=True)
class SendResult:
    """One attempt's end: at which stage, and what the other side said.

    `words` are cut to 300 characters, without control characters and secrets.
    """

    result: Result
    stage: str
    code: int | None = None
    words: str = ""
    retry_after: float | None = None  # seconds, where the other side named them
    lasting: bool = True  # refused: False where a filter or full mailbox may yet change (24 h)
