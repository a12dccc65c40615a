"""An hourly digest: one message for all that an hour brought, nothing when it brought nothing."""

import json
from dataclasses import replace

import pytest

from flows.alerting.sending import is_due
from ofsted.authorities import authorities
from tests.flows.test_digests import DAILY, VISIT, _flat, _reader, _received_by, _text
from tests.installation import OPERATORS, REPORT_2025

HOURLY = _reader("hourly", frequency="hourly")
LOWERED = "Sutton: leaders' impact lowered, Outstanding to Good; overall Good"
EARLIER = replace(VISIT, link="https://www.gov.uk/government/earlier")
ANOTHER = replace(VISIT, link="https://www.gov.uk/government/another")


def _due(installation):
    return is_due(installation.context())


@pytest.mark.both_databases
def test_it_is_made_at_the_full_hour_from_what_the_hour_brought_the_lowered_first(installation):
    _received_by(installation, HOURLY, OPERATORS)
    installation.at("2025-07-29 09:15")
    installation.publish(VISIT)
    installation.check()
    installation.at("2025-07-29 09:45")
    installation.publish(REPORT_2025)
    installation.check()
    installation.at("2025-07-29 09:59")
    assert not _due(installation)
    installation.send()
    assert installation.emails_to("hourly") == []
    installation.at("2025-07-29 10:00")
    assert _due(installation)  # `up` asks so every half a minute
    installation.send()
    assert not _due(installation)
    (digest,) = installation.emails_to("hourly")
    assert digest["Subject"] == "Sutton: 2 new reports, 1 with a judgement lowered, since 10:00"
    text = _text(digest)
    assert text.index("Judgements lowered:") < text.index("Other reports:")
    assert "Outstanding -> Good (lowered)" in _flat(digest)
    assert installation.discrepancies == []


def test_with_one_event_it_reads_like_the_immediate_alert(installation):
    _received_by(installation, HOURLY, _reader("reader"))
    installation.at("2025-07-29 09:30")
    installation.publish(REPORT_2025)
    installation.check()
    installation.at("2025-07-29 10:00")
    installation.send()
    (alert,), (digest,) = installation.emails_to("reader"), installation.emails_to("hourly")
    assert digest["Subject"] == alert["Subject"] == LOWERED
    facts = _text(alert).partition("Report (PDF)")[0]
    assert _text(digest).startswith(facts)


def test_nothing_is_sent_for_hours_that_brought_nothing_but_a_quiet_notice_after_thirty_days(
    installation,
):
    _received_by(installation, HOURLY)
    installation.checks(9, hours=3)
    assert installation.emails_to("hourly") == []
    assert not _due(installation)
    installation.checks(10, days=3)
    (notice,) = installation.subjects("hourly")
    assert notice.startswith("Ofsted Watch: no alerts since 28 July 2025, still monitoring")


def test_after_quiet_hours_an_event_waits_for_the_end_of_its_hour(installation):
    """It does not go at once because the last digest is long ago."""
    _received_by(installation, HOURLY)
    installation.at("2025-07-30 09:20")
    installation.publish(VISIT)
    installation.check()
    assert installation.emails_to("hourly") == []
    installation.at("2025-07-30 10:00")
    installation.send()
    assert len(installation.emails_to("hourly")) == 1


def test_what_is_found_after_the_full_hour_stands_in_the_next_however_late_this_one_is(
    installation,
):
    _received_by(installation, HOURLY)
    installation.at("2025-07-29 09:50")
    installation.publish(VISIT)
    installation.check()
    installation.at("2025-07-29 10:04")
    installation.publish(ANOTHER)
    installation.check()  # without Prefect the next check makes it
    (first,) = installation.emails_to("hourly")
    assert VISIT.link in _text(first)
    assert ANOTHER.link not in _text(first)
    installation.at("2025-07-29 10:59")
    installation.send()
    assert len(installation.emails_to("hourly")) == 1
    installation.at("2025-07-29 11:00")
    installation.send()
    _, second = installation.emails_to("hourly")
    assert ANOTHER.link in _text(second)
    assert "We have checked the page" in _flat(second)


def test_hours_that_were_missed_are_one_message_on_return(installation):
    _received_by(installation, HOURLY)
    for moment, report in (("08:10", VISIT), ("08:50", ANOTHER)):
        installation.at(f"2025-07-29 {moment}")
        installation.publish(report)
        installation.check()
    installation.at("2025-07-30 12:20")  # the service was off
    installation.send()
    installation.later(hours=3)
    installation.send()
    (digest,) = installation.emails_to("hourly")
    assert digest["Subject"] == "Sutton: 2 new reports since 09:00 on 29 July 2025"


def test_an_hour_that_the_clock_shows_twice_loses_and_doubles_nothing(installation):
    _received_by(installation, HOURLY | {"quiet_notice": False})
    links = [f"https://www.gov.uk/government/{number}" for number in range(3)]
    hours = ("00:30", "01:30", "02:30")  # 01:30 twice, and then 02:30, on the clock
    for link, moment in zip(links, hours, strict=True):
        installation.at(f"2025-10-26 {moment}")
        installation.publish(replace(VISIT, link=link))
        installation.check()
    installation.at("2025-10-26 03:00")
    installation.send()
    sent = [_text(each) for each in installation.emails_to("hourly")]
    assert [[link in text for link in links] for text in sent] == [
        [True, False, False],
        [False, True, False],
        [False, False, True],
    ]


def test_operators_may_have_everything_of_an_hour_in_one_message(installation):
    _received_by(installation, OPERATORS | {"frequency": "hourly"})
    installation.publish(replace(REPORT_2025, data=None))
    installation.at("2025-07-28 10:01")
    installation.check()
    installation.at("2025-07-28 11:05")
    installation.check()
    assert installation.emails_to("it") == []
    installation.at("2025-07-28 12:00")
    installation.send()
    (digest,) = installation.emails_to("it")
    assert "What to do:" in _text(digest)


def test_from_immediate_to_hourly_to_daily_and_back_nothing_is_lost_or_repeated(installation):
    _received_by(installation, HOURLY | {"frequency": "immediate"})
    links = [f"https://www.gov.uk/government/{number}" for number in range(4)]
    for hour, (frequency, link) in enumerate(
        zip(("hourly", "daily 08:00", "hourly", "immediate"), links, strict=True), 9
    ):
        installation.settings["recipients"] = [HOURLY | {"frequency": frequency}]
        installation.at(f"2025-07-29 {hour:02}:10")
        installation.send()
        installation.at(f"2025-07-29 {hour:02}:20")
        installation.publish(replace(VISIT, link=link))
        installation.check()
    installation.at("2025-07-30 09:00")
    installation.send()
    sent = " ".join(map(_text, installation.emails_to("hourly"))).split()
    assert [sent.count(link) for link in links] == [1] * 4
    assert any(
        "This is your final digest" in _flat(each) for each in installation.emails_to("hourly")
    )


def test_one_that_was_removed_with_an_hour_open_is_announced_to_operators(installation):
    _received_by(installation, HOURLY, OPERATORS)
    installation.publish(VISIT)
    installation.check()
    installation.settings["recipients"] = [OPERATORS]
    installation.later(minutes=15)
    installation.check()
    installation.later(hours=25)
    installation.check()
    assert installation.event_of("recipient_removed")["pending"] == 1


def test_one_that_cannot_be_made_is_reported_and_holds_back_no_other_recipient(installation):
    _received_by(installation, HOURLY, _reader("reader"), OPERATORS)
    installation.publish(VISIT)
    installation.check()
    installation.sql("UPDATE event SET payload = '!' || payload WHERE type = 'report_published'")
    installation.at("2025-07-28 10:00")
    installation.send()
    assert not _due(installation)  # it backs off
    assert installation.event_of("delivery_delayed")["subject"] == "hourly digest"
    installation.sql(
        "UPDATE event SET payload = substr(payload, 2) WHERE type = 'report_published'"
    )
    installation.later(hours=2)
    installation.send()
    assert len(installation.emails_to("hourly")) == 1


def test_an_event_that_a_wrong_clock_dated_ahead_is_not_held_back(installation):
    _received_by(installation, HOURLY)
    installation.publish(VISIT)
    installation.check()
    installation.sql("UPDATE event SET at = '2031-01-01 00:00:00' WHERE type = 'report_published'")
    installation.at("2025-07-28 10:00")
    installation.send()
    assert len(installation.emails_to("hourly")) == 1


def test_thirty_reports_of_a_morning_in_each_form(installation):
    """One is lowered and comes first; each of the others is one line, under its region."""
    others = [each for each in authorities() if each.urn != "80515"][::5][:29]
    for each in others:
        installation.fake_ofsted.provider(each.urn, each.name, reports=[EARLIER])
    installation.settings["watch"] = [
        {"urn": 80515, "name": "Sutton"},
        *({"urn": int(each.urn), "name": each.name} for each in others),
    ]
    card = {"name": "card", "teams": installation.teams.url, "frequency": "hourly"}
    _received_by(installation, HOURLY, DAILY, _reader("reader"), card)
    installation.at("2025-07-28 10:30")
    links = [f"https://www.gov.uk/government/{number:02}" for number in range(29)]
    for each, link in zip(others, links, strict=True):
        installation.fake_ofsted.publish(each.urn, replace(VISIT, link=link))
    installation.publish(REPORT_2025)
    installation.round()
    assert len(installation.emails_to("reader")) == 30
    assert installation.subjects("daily") == [LOWERED]
    assert (installation.emails_to("hourly"), installation.cards) == ([], [])
    installation.at("2025-07-28 11:00")
    installation.send()
    (hourly,), (posted,) = installation.emails_to("hourly"), installation.cards
    assert hourly["Subject"] == (
        "30 authorities: 30 new reports, 1 with a judgement lowered, since 11:00"
    )
    installation.at("2025-07-29 07:00")
    installation.send()
    _, daily = installation.emails_to("daily")
    assert daily["Subject"] == "29 authorities: 29 new reports since 28 July 2025"
    regions = sorted({each.region for each in others})
    for digest in (_text(hourly), _text(daily), json.dumps(posted)):
        assert all(link in digest for link in links)
        places = [digest.index(f"{name}") for name in regions]
        assert places == sorted(places)
    assert f"Already sent to you: - {LOWERED} (28 July 2025)" in _flat(daily)
    assert _text(hourly).index("Judgements lowered:") < _text(hourly).index(regions[0])
    feed = (installation.folder / "data" / "website" / "feed.xml").read_text(encoding="utf-8")
    assert feed.count("<entry>") == 30


def test_the_commands_show_an_hourly_recipient_and_its_digest(installation):
    _received_by(installation, HOURLY)
    installation.publish(VISIT)
    installation.publish(ANOTHER)
    installation.check()
    installation.at("2025-07-28 10:00")
    installation.send()
    status = installation.ask("status")
    assert [each["frequency"] for each in status["recipients"]] == ["hourly"]
    digest = next(each for each in installation.events if each.type == "digest")
    shown = installation.ask("messages")["messages"]
    assert [each["state"] for each in shown if each["event"] == digest.id] == ["sent"]
    assert "2 new reports" in installation.cli("preview", str(digest.id)).stdout
    tried = installation.cli("test-alert", "hourly", "--dry-run")
    assert (tried.exit_code, "Test: " in tried.stdout) == (0, True)
