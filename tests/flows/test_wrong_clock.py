"""A clock that was wrong once and is right again holds nothing back, and is shown."""

from datetime import timedelta

import pytest

from flows.deliver import is_due
from flows.watchfulness import notice_overdue
from tests.town import OPERATORS, REPORT_2025, SCRUTINY


@pytest.fixture
def ahead(town):
    """A look three days ahead, at which the report of July 2025 was found and nothing sent."""
    town.at("2025-07-29 09:30")
    town.later(days=3)
    town.mail.answers["CONNECT"] = "421 4.3.2 not now"
    town.teams.answers = []
    town.publish(REPORT_2025)
    town.look()
    town.mail.answers.clear()
    town.later(days=-3)
    return town


def _mails(town):
    return [each["state"] for each in town.deliveries if each["recipient"] == "scrutiny"][-1]


def test_what_waits_goes_out_at_once_and_the_false_times_are_shown_until_then(ahead):
    said = ahead.cli("status")
    assert said.exit_code == 1
    words = " ".join(said.stdout.split())
    assert "the last successful check of a page is in the future (" in words
    assert "an event that waits to be sent is in the future" in words
    assert "is in the future" in ahead.cli("doctor").stdout
    assert is_due(ahead.tools())
    ahead.deliver()
    assert _mails(ahead) == "sent"
    ahead.later(minutes=15)
    ahead.look()
    assert ahead.cli("status").exit_code == 0
    assert ahead.ask("status")["future_times"] == []


def test_a_scheduled_look_is_not_skipped_for_one_that_began_in_the_future(ahead):
    assert ahead.look(scheduled=ahead.now).outcome != "skipped"


def test_a_silence_after_it_is_noticed_in_its_time(ahead):
    assert not notice_overdue(ahead.tools(), ahead.now, lambda: "")
    ahead.later(hours=48)
    assert notice_overdue(ahead.tools(), ahead.now - timedelta(hours=48), lambda: "paused")


def test_a_channel_that_broke_by_it_is_probed_and_told_over_in_its_time(town):
    town.at("2025-08-01 09:30")
    town.mail.answers["RCPT"] = "504 5.5.2 <box>: Helo command rejected: need a full name"
    town.publish(REPORT_2025)
    town.look()
    assert town.news[-1] == "channel_down"
    town.mail.answers.clear()
    town.at("2025-07-29 09:31")
    town.deliver()
    assert town.news[-1] == "channel_up"
    assert _mails(town) == "sent"


def test_a_digest_comes_at_its_own_time(town):
    town.settings["recipients"] = [SCRUTINY | {"when": "daily 08:00"}, OPERATORS]
    town.look()
    town.at("2025-08-01 09:00")
    town.look()  # made by the wrong clock
    town.at("2025-07-29 05:00")
    town.mail.messages.clear()
    town.look()
    town.at("2025-07-29 07:10")
    town.look()
    assert town.subjects("scrutiny") == ["Ofsted watch: nothing to tell since 29 July 2025"]


def test_a_page_that_failed_by_it_is_told_in_its_time(town):
    town.settings["site"]["reports"] = "https://127.0.0.1:9"
    town.at("2025-08-01 09:00")
    town.look()
    town.at("2025-07-29 09:00")
    town.looks(6, minutes=15)
    assert "look_failed" in town.news
