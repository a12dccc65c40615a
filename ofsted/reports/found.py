"""What a framework's module found in a document, before it becomes a `Reading`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from ofsted.reports.model import Doubt, Improvement, Inspector, Judgement, Kind, Status


@dataclass(frozen=True, slots=True)
class Found:
    """The facts of one document; the fields are those of `Reading`.

    `missing`: what must be there is not (a judgement table, an outcome), so that nothing
    can be said to be read.
    """

    kind: Kind
    framework: str | None = None
    title: str | None = None
    provider: str | None = None
    first_day: date | None = None
    last_day: date | None = None
    inspectors: tuple[Inspector, ...] = ()
    judgements: tuple[Judgement, ...] = ()
    outcome: str | None = None
    theme: str | None = None
    improvements: tuple[Improvement, ...] = ()
    doubts: tuple[Doubt, ...] = ()
    missing: bool = False

    @property
    def status(self) -> Status:
        """`read` without doubts; `unread` where what must be there is missing."""
        if self.missing:
            return "unread"
        return "doubtful" if self.doubts else "read"
