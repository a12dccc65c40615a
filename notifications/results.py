"""What one attempt to send can end in (not to be mixed up with a delivery's states)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

OURS = frozenset({"render", "claim"})  # stages of an attempt at which nobody was asked yet


Result = Literal[
    "sent",  # the other side accepted it
    "later",  # not now
    "refused",  # never, for this recipient or this message
    "channel_down",  # the channel: password, certificate, flow deleted, or it refuses us
    "unknown",  # it may have arrived
]


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

    @property
    def has_failed(self) -> bool:
        """Whether the other side has not taken it, or not surely."""
        return self.result != "sent"

    def in_words(self) -> str:
        """`sent`, `refused at RCPT TO: 550 no such user`."""
        said = " ".join(filter(None, (str(self.code or ""), self.words)))
        return (
            f"{self.result.replace('_', ' ')} at {self.stage}: {said}"
            if self.has_failed
            else "sent"
        )
