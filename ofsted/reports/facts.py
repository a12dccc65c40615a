"""What a framework's module read in a document, before it becomes a `Reading`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from ofsted.reports.model import Doubt, Improvement, Inspector, Judgement, Kind, Status


@dataclass(frozen=True, slots=True)
class DocumentFacts:
    """The facts of one document; the fields are those of `Reading`.

    `missing`: a part that such a report must have is not there (a judgement table, an
    outcome), so the document counts as unread.
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
        """`unread` where a necessary part is missing, else `doubtful` or `read`, by the doubts."""
        if self.missing:
            return "unread"
        return "doubtful" if self.doubts else "read"
