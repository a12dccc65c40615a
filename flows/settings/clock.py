"""The present, which a rehearsal may set to another day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta


@dataclass(frozen=True, slots=True)
class Clock:
    """Real time, moved by an offset that is nought but for demo, tests and rehearsals."""

    offset: timedelta = timedelta()

    def now(self) -> datetime:
        """The present in UTC."""
        return datetime.now(UTC) + self.offset

    @classmethod
    def set_to(cls, moment: datetime) -> Clock:
        """A clock that shows `moment` now and runs on from there."""
        return cls(moment - datetime.now(UTC))
