"""What Prefect has planned, and that it plans no longer while what it planned still comes."""

from datetime import UTC, datetime, timedelta

import pytest

from deployments.service import planning
from flows.presenting.problems import service_problems
from flows.settings.schedule import newest_due_by
from tests.installation import utc

MINUTE = timedelta(minutes=1)


class Prefect:
    """Deployments that run each minute, and how far ahead their runs are planned."""

    def __init__(self, minutes, *, cron="* * * * *", paused=False):
        schedule = {"cron": cron, "timezone": "UTC"}
        self.minutes, self.paused, self.schedules = minutes, paused, [{"active": True}]
        self.schedules[0]["schedule"] = schedule

    def deployment(self, _name):
        return {"paused": self.paused, "schedules": self.schedules}

    def planned(self, _name):
        begun = datetime.now(UTC).replace(second=0, microsecond=0)
        return {begun + (1 + number) * MINUTE: True for number in range(self.minutes)}


def said(installation, prefect):
    context = installation.context()
    since = context.clock.now() - timedelta(days=1)
    planned = planning.ask(prefect, context, since, None)
    service = planning.ServiceState(is_up=True, planned=planned, started=since)
    return [each.what for each in service_problems(context.settings, service)]


@pytest.mark.parametrize(
    ("prefect", "problem"),
    [
        (Prefect(60), None),
        (Prefect(50), None),  # it has ten minutes to plan on
        (Prefect(40), "Prefect has stopped planning checks: there is no run for"),
        (Prefect(0), "Prefect has no run planned for checks"),
        (Prefect(0, paused=True), "checks paused since"),
        (Prefect(1, cron="0 0 29 2 *"), None),  # nothing more is asked for soon
        (Prefect(1, cron="every minute"), None),  # a person's, which we cannot read
    ],
)
def test_planning_that_has_stopped_is_a_problem_while_planned_runs_still_come(
    installation, prefect, problem
):
    found = said(installation, prefect)
    if problem is None:
        assert found == []
    else:
        assert found[0].startswith(problem)


def test_a_schedule_that_is_switched_off_asks_for_nothing(installation):
    prefect = Prefect(60)
    off = {"active": False, "schedule": {"cron": "*/7 * * * *", "timezone": "UTC"}}
    prefect.schedules.append(off)
    prefect.planned = lambda _name: {datetime.now(UTC) + 5 * MINUTE: True}
    prefect.schedules[0] = {"active": True, "schedule": {"interval": 600}}
    assert said(installation, prefect) == []


def test_runs_that_a_person_has_cancelled_are_no_sign_of_planning_that_has_stopped(installation):
    prefect = Prefect(60)
    all_of_them = prefect.planned("")
    prefect.planned = lambda _name: dict.fromkeys(all_of_them, False)
    assert said(installation, prefect)[0].startswith("Prefect has no run planned for checks")
    prefect.planned = lambda _name: {each: each != max(all_of_them) for each in all_of_them}
    assert said(installation, prefect) == []


@pytest.mark.parametrize(
    ("until", "due"),
    [
        ("2025-10-25 11:20", "2025-10-25 11:15"),
        ("2025-10-26 00:20", None),  # 01:15 in London, an hour before the clocks change
        ("2025-10-26 02:20", None),
        ("2025-10-26 03:20", "2025-10-26 03:15"),
    ],
)
def test_what_is_due_in_the_hours_in_which_clocks_change_is_not_judged(until, due):
    found = newest_due_by("*/15 * * * *", "Europe/London", utc(until))
    assert found == (utc(due) if due else None)
