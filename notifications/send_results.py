"""The result of one attempt to send; not to be confused with a delivery's state."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

OURS = frozenset({"render", "claim"})  # stages before any other party was involved


SendResultKind = Literal[
    "sent",  # the other side accepted it
    "later",  # not now
    "refused",  # never, for this recipient or this message
    "channel_down",  # the channel: password, certificate, flow deleted, or it refuses us
    "unknown",  # it may have arrived
]


@dataclass(frozen=True, slots=True)
class SendResult:
    """How one attempt ended: the result, the stage, and the other side's answer.

    `words` are at most 300 characters, without control characters and secrets.
    """

    result: SendResultKind
    stage: str
    code: int | None = None
    words: str = ""
    retry_after: float | None = None  # seconds, where the other side gave them
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
