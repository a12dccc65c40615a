"""The present time, which rehearsals and tests can set to another day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta


@dataclass(frozen=True, slots=True)
class Clock:
    """Real time plus an offset, which is zero except in the demo, tests and rehearsals."""

    offset: timedelta = timedelta()

    def now(self) -> datetime:
        """The present in UTC."""
        return datetime.now(UTC) + self.offset

    @classmethod
    def set_to(cls, moment: datetime) -> Clock:
        """A clock that shows `moment` now and runs on from there."""
        return cls(moment - datetime.now(UTC))
