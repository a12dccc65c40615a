"""The text of a message to operators, apart from what all have in common."""

from __future__ import annotations

from dataclasses import dataclass

from notifications import redaction
from notifications.message import Section, Table
from notifications.words.plain import sentence


@dataclass(frozen=True, slots=True, kw_only=True)
class Wording:
    """What happened, and what to do; `subjects` from the fullest to the shortest."""

    subjects: tuple[str, ...]
    headline: str
    paragraphs: tuple[str, ...]
    to_do: str
    tables: tuple[Table, ...] = ()
    sections: tuple[Section, ...] = ()


def reported(by: str, trouble: str) -> str:
    """`What we received: 503 Service unavailable.`; empty if nothing is known. No secrets."""
    return f"{by}: {sentence(redaction.words(trouble))}" if trouble else ""
