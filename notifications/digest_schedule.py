"""When a recipient is alerted: immediately, or by a digest of each hour, day or week."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import ClassVar, Literal
from zoneinfo import ZoneInfo

IMMEDIATE = "immediate"
HOURLY = "hourly"
CHOICES = '"immediate", "hourly", "daily 08:00" or "weekly monday 08:00"'
DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
WEEK = timedelta(days=7)
_DIGEST = re.compile(
    rf"(?:daily|weekly (?P<day>{'|'.join(DAYS)})) (?P<at>(?:[01][0-9]|2[0-3]):[0-5][0-9])"
)


@dataclass(frozen=True, slots=True)
class FullHour:
    """Each full hour, for what was found before it.

    Its digest holds what cannot wait for others, and there is none for an hour that brought
    nothing.
    """

    period: ClassVar[Literal["hourly"]] = "hourly"
    holds_everything: ClassVar[bool] = True
    only_with_news: ClassVar[bool] = True

    def __str__(self) -> str:
        return "every hour"

    def latest(self, now: datetime, zone: ZoneInfo) -> datetime:
        """The last full hour not after `now`, by the clock of a zone; in UTC.

        An hour that the clock shows twice in autumn is two hours; one that it skips is none.
        """
        shown = now.astimezone(zone)
        into_hour = timedelta(
            minutes=shown.minute, seconds=shown.second, microseconds=shown.microsecond
        )
        return now.astimezone(UTC) - into_hour


@dataclass(frozen=True, slots=True)
class TimeOfDay:
    """A time of each day, or of one day of each week; 0 is Monday.

    What cannot wait is sent apart from its digest, and there is one also if nothing happened.
    """

    holds_everything: ClassVar[bool] = False
    only_with_news: ClassVar[bool] = False

    at: time
    weekday: int | None = None

    def __str__(self) -> str:
        """`every Monday at 08:00`."""
        day = "day" if self.weekday is None else DAYS[self.weekday].capitalize()
        return f"every {day} at {self.at:%H:%M}"

    @property
    def period(self) -> Literal["daily", "weekly"]:
        """`daily`, `weekly`."""
        return "daily" if self.weekday is None else "weekly"

    def latest(self, now: datetime, zone: ZoneInfo) -> datetime:
        """The last such time not after `now`, by the clock of a zone; in UTC."""
        today = now.astimezone(zone).date()
        days = (today - timedelta(days=back) for back in range(WEEK.days + 1))
        times = (
            datetime.combine(day, self.at, zone).astimezone(UTC)
            for day in days
            if self.weekday is None or day.weekday() == self.weekday
        )
        return next(each for each in times if each <= now)


DigestTime = FullHour | TimeOfDay


def digest_time(frequency: str) -> DigestTime | None:
    """The digest time in a recipient's `frequency`; None: immediate.

    Raises:
        ValueError: it is neither `immediate` nor a digest's time.
    """
    if frequency == IMMEDIATE:
        return None
    if frequency == HOURLY:
        return FullHour()
    found = _DIGEST.fullmatch(frequency)
    if found is None:
        raise ValueError(f"{frequency!r} is not a valid frequency")
    day = found["day"]
    return TimeOfDay(time.fromisoformat(found["at"]), DAYS.index(day) if day else None)
