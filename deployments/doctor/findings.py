"""What doctor finds: a line with its state, what was found, and what to do."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, Literal

State = Literal["ok", "note", "wrong"]


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """One thing that was examined. No secret is ever in it."""

    subject: str  # settings, database ... or A1 to A15, U1 to U12
    state: State
    found: str
    to_do: str = ""

    def as_json(self) -> dict[str, Any]:
        """Its fields."""
        return asdict(self)


def ok(subject: str, found: str) -> Diagnosis:
    """As it should be."""
    return Diagnosis(subject, "ok", found)


def note(subject: str, found: str, to_do: str = "") -> Diagnosis:
    """Worth knowing; nothing is broken."""
    return Diagnosis(subject, "note", found, to_do)


def wrong(subject: str, found: str, to_do: str) -> Diagnosis:
    """Broken, with what puts it right."""
    return Diagnosis(subject, "wrong", found, to_do)
