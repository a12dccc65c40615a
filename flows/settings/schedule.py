"""When checks are due by the settings. What Prefect has planned: `flows.context.planned`."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import islice, pairwise
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from cronsim import CronSim, CronSimError

from flows.settings.model import ScheduleSettings

FAR = 400  # how many coming checks are searched for hours in which clocks change
CLOCKS_CHANGE = {1, 2}  # hours, in Europe, of which one is skipped or repeated


def last_due(schedule: ScheduleSettings, now: datetime) -> datetime | None:
    """The newest time, up to now, that any of the schedule's expressions names, in UTC.

    None: the schedule is empty.
    """
    # The cron library searches strictly before a time; a check due at this very moment counts.
    local = (now + timedelta(microseconds=1)).astimezone(ZoneInfo(schedule.timezone))
    times = (next(CronSim(cron, local, reverse=True)) for cron in schedule.checks)
    return max((time.astimezone(UTC) for time in times), default=None)


def newest_due_by(cron: str, timezone: str, until: datetime) -> datetime | None:
    """The newest time, up to a moment, that one expression names.

    None: it is not known for certain: we cannot read the expression, or the time lies in the hours
    in which clocks change, which not every program counts alike.
    """
    try:
        due = last_due(ScheduleSettings(checks=(cron,), timezone=timezone), until)
    except (CronSimError, ZoneInfoNotFoundError):
        return None
    local = due.astimezone(ZoneInfo(timezone)) if due else None
    return None if local is None or local.hour in CLOCKS_CHANGE else due


def least_apart(schedule: ScheduleSettings, now: datetime) -> timedelta | None:
    """The shortest time between two checks that the schedule asks for; None: it asks for none."""
    local = now.astimezone(ZoneInfo(schedule.timezone))
    each = [[*islice(CronSim(cron, local), FAR)] for cron in schedule.checks]
    if not each:
        return None
    until = min(times[-1] for times in each)  # beyond it some are not known
    coming = sorted({time.astimezone(UTC) for times in each for time in times if time <= until})
    return min((after - before for before, after in pairwise(coming)), default=None)


def meets_a_clock_change(schedule: ScheduleSettings, now: datetime) -> bool:
    """Whether checks are due in the hours in which the clocks change."""
    local = now.astimezone(ZoneInfo(schedule.timezone))
    times = (time for cron in schedule.checks for time in islice(CronSim(cron, local), FAR))
    return any(time.hour in CLOCKS_CHANGE for time in times)
