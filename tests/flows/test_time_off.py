"""Nights in which the clock changes, and days in which nothing ran."""

from datetime import UTC, timedelta
from itertools import takewhile
from zoneinfo import ZoneInfo

import pytest
from cronsim import CronSim

from flows.deliver import service_starts
from flows.watchfulness import notice_overdue
from tests.town import REPORT_2025, utc

LONDON = ZoneInfo("Europe/London")
EVERY_QUARTER = "*/15 * * * *"


def _scheduled(begin, end):
    """What a schedule by London's clock names from one time to another."""
    times = CronSim(EVERY_QUARTER, utc(begin).astimezone(LONDON))
    return takewhile(lambda each: each <= utc(end), (each.astimezone(UTC) for each in times))


@pytest.mark.parametrize("night", ["2025-10-26", "2026-03-29"])
def test_a_night_in_which_the_clock_changes_has_each_look_once_and_its_news_once(town, night):
    town.settings["schedule"] = {"looks": [EVERY_QUARTER]}
    times = [*_scheduled(f"{night} 00:00", f"{night} 03:00")]
    assert times == [utc(f"{night} 00:00") + n * timedelta(minutes=15) for n in range(1, 13)]
    outcomes = []
    for number, town.now in enumerate(times):
        if number == 5:
            town.publish(REPORT_2025)
            town.mail.answers["CONNECT"] = "421 4.3.2 not now"
        outcomes.append(town.look(scheduled=town.now).outcome)
        town.mail.answers.clear()
        assert not notice_overdue(town.tools(), times[0], lambda: "")
    assert outcomes == ["unchanged"] * 5 + ["changed"] + ["unchanged"] * 6
    assert town.news == ["report_listed_late"]
    assert len(town.mails_to("scrutiny")) == len(town.cards) == 1


def test_after_eight_days_off_what_waited_is_tried_three_times_before_it_is_given_up(town):
    town.at("2025-07-29 09:30")
    town.mail.answers["CONNECT"] = "421 4.3.2 not now"
    town.publish(REPORT_2025)
    for _ in range(4):
        town.look()
        town.later(hours=4)
    town.later(days=8)
    service_starts(town.tools())
    for _ in range(2):
        town.look()
        assert _owed_to_scrutiny(town) == "waiting"
        town.later(hours=15)
    town.mail.answers.clear()
    town.look()
    assert _owed_to_scrutiny(town) == "sent"
    assert town.news == ["report_published", "channel_down", "channel_up"]
    assert len(town.mails_to("scrutiny")) == len(town.cards) == 1


def _owed_to_scrutiny(town):
    (owed,) = [
        each["state"]
        for each in town.deliveries
        if each["event"] > town.settled and each["recipient"] == "scrutiny"
    ]
    return owed
