"""When checks are due by the settings; what is planned, Prefect says: `flows.context.planned`."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import islice
from zoneinfo import ZoneInfo

from cronsim import CronSim

from flows.settings.model import ScheduleSettings

FAR = 400  # checks ahead, among which hours of the clocks' change are sought
CLOCKS_CHANGE = {1, 2}  # hours, in Europe, of which one is skipped or comes twice


def last_due(schedule: ScheduleSettings, now: datetime) -> datetime | None:
    """The newest time, up to now, that any of the schedule's expressions names, in UTC.

    None: the schedule is empty.
    """
    # The cron library looks strictly before: a check that is due this very moment is due.
    local = (now + timedelta(microseconds=1)).astimezone(ZoneInfo(schedule.timezone))
    times = (next(CronSim(cron, local, reverse=True)) for cron in schedule.checks)
    return max((time.astimezone(UTC) for time in times), default=None)


def meets_a_clock_change(schedule: ScheduleSettings, now: datetime) -> bool:
    """Whether checks are due in the hours in which the clocks change."""
    local = now.astimezone(ZoneInfo(schedule.timezone))
    times = (time for cron in schedule.checks for time in islice(CronSim(cron, local), FAR))
    return any(time.hour in CLOCKS_CHANGE for time in times)
