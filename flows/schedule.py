"""When the next look is, by the schedule in the settings."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import islice, pairwise
from zoneinfo import ZoneInfo

from cronsim import CronSim

from flows.settings import Schedule

FAR = 400  # looks ahead, over which the longest gap is sought
CLOCKS_CHANGE = {1, 2}  # hours, in Europe, of which one is skipped or comes twice


def next_look(schedule: Schedule, now: datetime) -> datetime:
    """The next time that any of the schedule's expressions names, in UTC."""
    local = now.astimezone(ZoneInfo(schedule.timezone))
    return min(next(CronSim(cron, local)) for cron in schedule.looks).astimezone(UTC)


def longest_gap(schedule: Schedule, now: datetime) -> timedelta:
    """The longest time between two looks of the schedule, over what it names from now on."""
    local = now.astimezone(ZoneInfo(schedule.timezone))
    times = sorted(
        time.astimezone(UTC)
        for cron in schedule.looks
        for time in islice(CronSim(cron, local), FAR)
    )
    ends = min(max(islice(CronSim(cron, local), FAR)) for cron in schedule.looks)
    within = [time for time in times if time <= ends]
    return max((after - before for before, after in pairwise(within)), default=timedelta(days=7))


def meets_a_clock_change(schedule: Schedule, now: datetime) -> bool:
    """Whether looks are due in the hours in which the clocks change."""
    local = now.astimezone(ZoneInfo(schedule.timezone))
    times = (time for cron in schedule.looks for time in islice(CronSim(cron, local), FAR))
    return any(time.hour in CLOCKS_CHANGE for time in times)
