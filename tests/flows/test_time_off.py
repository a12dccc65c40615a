"""Nights in which the clock changes, and days in which nothing ran."""

from dataclasses import replace
from datetime import UTC, date, timedelta
from itertools import takewhile
from zoneinfo import ZoneInfo

import pytest
from cronsim import CronSim

from flows.alerting.sending import service_starts
from flows.upkeep.overdue import notice_overdue
from tests.installation import (
    ELSEWHERE,
    REPORT_2025,
    forget,
    utc,
)

LONDON = ZoneInfo("Europe/London")
EVERY_QUARTER = "*/15 * * * *"


def _scheduled(begin, end):
    """What a schedule by London's clock names from one time to another."""
    times = CronSim(EVERY_QUARTER, utc(begin).astimezone(LONDON))
    return takewhile(lambda each: each <= utc(end), (each.astimezone(UTC) for each in times))


@pytest.mark.parametrize("night", ["2025-10-26", "2026-03-29"])
def test_a_night_in_which_the_clock_changes_has_each_check_once_and_each_alert_once(
    installation, night
):
    installation.settings["schedule"] = {"checks": [EVERY_QUARTER]}
    times = [*_scheduled(f"{night} 00:00", f"{night} 03:00")]
    assert times == [utc(f"{night} 00:00") + n * timedelta(minutes=15) for n in range(1, 13)]
    outcomes = []
    for number, installation.now in enumerate(times):
        if number == 5:
            installation.publish(REPORT_2025)
            installation.email.answers["CONNECT"] = "421 4.3.2 not now"
        outcomes.append(installation.check(scheduled=installation.now).result)
        installation.email.answers.clear()
        assert not notice_overdue(installation.context(), times[0], lambda: "")
    assert outcomes == ["unchanged"] * 5 + ["changed"] + ["unchanged"] * 6
    assert installation.event_types == ["report_listed_late"]
    assert len(installation.emails_to("scrutiny")) == len(installation.cards) == 1


@pytest.mark.both_databases
def test_after_eight_days_off_what_waited_is_tried_three_times_before_it_is_given_up(installation):
    installation.at("2025-07-29 09:30")
    installation.email.answers["CONNECT"] = "421 4.3.2 not now"
    installation.publish(REPORT_2025)
    for _ in range(4):
        installation.check()
        installation.later(hours=4)
    installation.later(days=8)
    service_starts(installation.context())
    for _ in range(2):
        installation.check()
        assert _due_to_scrutiny(installation) == "pending"
        installation.later(hours=15)
    installation.email.answers.clear()
    installation.check()
    assert _due_to_scrutiny(installation) == "sent"
    assert installation.event_types == ["report_published", "channel_down", "channel_up"]
    assert len(installation.emails_to("scrutiny")) == len(installation.cards) == 1


def test_after_a_week_off_one_check_and_one_digest_each_bring_all_that_happened(installation):
    for name, frequency in (("daily", "daily 08:00"), ("weekly", "weekly monday 08:00")):
        reader = {"name": name, "email": f"{name}@example.gov.uk", "frequency": frequency}
        installation.settings["recipients"].append(reader)
    installation.at("2025-07-29 09:30")
    installation.check()
    installation.email.answers["CONNECT"] = "421 4.3.2 not now"
    installation.publish(ELSEWHERE)
    installation.check()
    forget(installation)
    installation.later(days=7, hours=2)
    installation.email.answers.clear()
    installation.publish(replace(REPORT_2025, published=date(2025, 8, 4)))
    service_starts(installation.context())
    checked = installation.check(scheduled=installation.now)
    missed = [installation.now - timedelta(days=days) for days in (6, 3, 1)]
    again = [installation.check(scheduled=each).result for each in missed]
    assert (checked.result, again) == ("changed", ["skipped"] * 3)
    installation.checks(2, hours=1)
    assert installation.event_types == ["report_published", "digest", "digest"]
    before, meanwhile = "Sutton: new area SEND", "Sutton: leaders' impact lowered"
    for name in ("scrutiny", "daily", "weekly"):
        first, second = sorted(installation.subjects(name), reverse=True)
        assert (first.startswith(before), second.startswith(meanwhile)) == (True, True)


def _due_to_scrutiny(installation):
    (pending,) = [
        each["state"]
        for each in installation.deliveries
        if each["event"] > installation.last_event_before and each["recipient"] == "scrutiny"
    ]
    return pending
