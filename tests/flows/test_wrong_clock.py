"""A clock that was wrong once and is right again holds nothing back, and is shown."""

import time
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import update

from flows.alerting.sending import is_due
from flows.upkeep.overdue import notice_overdue
from storage import models
from tests.installation import OPERATORS, REPORT_2025, SCRUTINY


@pytest.fixture
def ahead(installation):
    """A check three days ahead, at which the report of July 2025 was found and nothing sent."""
    installation.at("2025-07-29 09:30")
    installation.later(days=3)
    installation.email.answers["CONNECT"] = "421 4.3.2 not now"
    installation.teams.answers = []
    installation.publish(REPORT_2025)
    installation.check()
    installation.email.answers.clear()
    installation.later(days=-3)
    return installation


def _emails(installation):
    return [each["state"] for each in installation.deliveries if each["recipient"] == "scrutiny"][
        -1
    ]


@pytest.mark.both_databases
def test_what_waits_goes_out_at_once_and_the_false_times_are_shown_until_then(ahead):
    said = ahead.cli("status")
    assert said.exit_code == 1
    words = " ".join(said.stdout.split())
    assert "the last successful check of a page is in the future (" in words
    assert "an event waiting to be sent is in the future" in words
    assert "is in the future" in ahead.cli("doctor").stdout
    assert is_due(ahead.context())
    ahead.send()
    assert _emails(ahead) == "sent"
    ahead.later(minutes=15)
    ahead.check()
    assert ahead.cli("status").exit_code == 0
    assert ahead.ask("status")["problems"] == []


def test_a_scheduled_check_is_not_skipped_for_one_that_began_in_the_future(ahead):
    assert ahead.check(scheduled=ahead.now).result != "skipped"


def test_a_silence_after_it_is_noticed_in_its_time(ahead):
    assert not notice_overdue(ahead.context(), ahead.now, lambda: "")
    ahead.later(hours=48)
    assert notice_overdue(ahead.context(), ahead.now - timedelta(hours=48), lambda: "paused")


def test_a_channel_that_broke_by_it_is_probed_and_reported_up_in_its_time(installation):
    installation.at("2025-08-01 09:30")
    installation.email.answers["RCPT"] = "504 5.5.2 <box>: Helo command rejected: need a full name"
    installation.publish(REPORT_2025)
    installation.check()
    assert installation.event_types[-1] == "channel_down"
    installation.email.answers.clear()
    installation.at("2025-07-29 09:31")
    installation.send()
    assert installation.event_types[-1] == "channel_up"
    assert _emails(installation) == "sent"


def test_a_digest_comes_at_its_own_time(installation):
    installation.settings["recipients"] = [SCRUTINY | {"frequency": "daily 08:00"}, OPERATORS]
    installation.check()
    installation.at("2025-08-01 09:00")
    installation.check()  # made by the wrong clock
    installation.at("2025-07-29 05:00")
    installation.email.messages.clear()
    installation.check()
    installation.at("2025-07-29 07:10")
    installation.check()
    assert installation.subjects("scrutiny") == ["Ofsted Watch: no alerts since 29 July 2025"]


def test_a_page_that_failed_by_it_is_announced_in_its_time(installation):
    installation.settings["ofsted"]["reports"] = "https://127.0.0.1:9"
    installation.at("2025-08-01 09:00")
    installation.check()
    installation.at("2025-07-29 09:00")
    installation.checks(6, minutes=15)
    assert "page_check_failed" in installation.event_types


@pytest.mark.both_databases
def test_the_site_is_asked_at_once_where_the_clock_was_hours_ahead_at_the_last_request(
    installation,
):
    assert installation.check().result == "unchanged"
    later = datetime.now(UTC) + timedelta(hours=3)
    with installation.context().database.write() as session:
        slots = update(models.HttpHost).where(models.HttpHost.name.endswith(" slot"))
        assert session.execute(slots.values(not_before=later)).rowcount
    began = time.monotonic()
    assert installation.checks(1, minutes=15).result == "unchanged"
    assert time.monotonic() - began < 30
