"""When a recipient is alerted, by its `frequency` and the clock of its zone."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from notifications.digest_schedule import digest_time

LONDON = ZoneInfo("Europe/London")


def at(moment):
    return datetime.fromisoformat(moment).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("when", "now", "latest"),
    [
        ("daily 08:00", "2025-07-29 07:00", "2025-07-29 07:00"),  # summer time
        ("daily 08:00", "2025-07-29 06:59", "2025-07-28 07:00"),
        ("daily 08:00", "2025-01-02 08:00", "2025-01-02 08:00"),
        ("weekly monday 08:00", "2025-07-28 07:00", "2025-07-28 07:00"),
        ("weekly monday 08:00", "2025-07-28 06:59", "2025-07-21 07:00"),
        ("weekly sunday 23:59", "2025-08-02 12:00", "2025-07-27 22:59"),
        ("daily 00:00", "2025-07-28 23:30", "2025-07-28 23:00"),  # midnight of the 29th
        ("daily 01:30", "2025-03-30 12:00", "2025-03-30 01:30"),  # an hour that is not there
        ("daily 01:30", "2025-10-26 12:00", "2025-10-26 00:30"),  # one that is there twice
        ("daily 08:00", "2025-10-26 08:00", "2025-10-26 08:00"),
        ("hourly", "2025-07-29 09:00", "2025-07-29 09:00"),
        ("hourly", "2025-07-29 09:59:59.999999", "2025-07-29 09:00"),
        ("hourly", "2025-03-30 01:10", "2025-03-30 01:00"),  # 02:10 on the clock, after 00:59
    ],
)
def test_the_latest_time_of_a_digest_is_by_the_clock_on_the_wall(when, now, latest):
    assert digest_time(when).latest(at(now), LONDON) == at(latest)


def test_an_hour_that_the_clock_shows_twice_is_two_hours():
    moments = [at(f"2025-10-26 {hour:02}:{minute}") for hour in range(4) for minute in (15, 45)]
    found = [digest_time("hourly").latest(each, LONDON) for each in moments]
    assert found == [at(f"2025-10-26 {hour:02}:00") for hour in (0, 0, 1, 1, 2, 2, 3, 3)]


def test_a_full_hour_is_one_on_the_clock_where_that_is_half_an_hour_off():
    kolkata = ZoneInfo("Asia/Kolkata")
    assert digest_time("hourly").latest(at("2025-07-29 09:20"), kolkata) == at("2025-07-29 08:30")


def test_at_once_is_no_time():
    assert digest_time("immediate") is None


@pytest.mark.parametrize(
    "when",
    ["", "hourly 08:00", "Hourly", "daily", "daily 8:00", "daily 24:00", "weekly 08:00",
     "weekly mon 08:00", "monday 08:00", "Daily 08:00", "daily 08:00 "],
)  # fmt: skip
def test_anything_else_is_refused(when):
    with pytest.raises(ValueError, match="not a valid frequency"):
        digest_time(when)


def test_it_is_said_as_people_say_it():
    assert str(digest_time("weekly monday 08:00")) == "every Monday at 08:00"
    assert str(digest_time("daily 16:30")) == "every day at 16:30"
    assert str(digest_time("hourly")) == "every hour"
