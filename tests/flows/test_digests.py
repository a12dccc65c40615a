"""What can wait is in a digest at its time; what cannot is sent immediately and named there."""

from dataclasses import replace
from datetime import date

import pytest

from flows.alerting.sending import is_due
from flows.upkeep.reparse_archive import reread
from tests.flows.older_parser import lay_down_announced
from tests.installation import ELSEWHERE, JOINT_2023, OPERATORS, REPORT_2025, TEXT_2026, forget, pdf

RAISED = replace(REPORT_2025, published=date(2026, 7, 21), file_id="9", data=pdf(TEXT_2026))
VISIT = replace(ELSEWHERE, title="Children's services focused visit")


def _reader(name, **fields):
    return {"name": name, "email": f"{name}@example.gov.uk", **fields}


WEEKLY = _reader("weekly", frequency="weekly monday 08:00")
DAILY = _reader("daily", frequency="daily 08:00")


def _received_by(installation, *recipients):
    """These get alerts from now on; they are welcomed."""
    installation.settings["recipients"] = [*recipients]
    installation.later(minutes=1)
    installation.check()
    forget(installation)


def _text(email):
    return email.get_body(("plain",)).get_content()


def _flat(email):
    return " ".join(_text(email).split())


@pytest.mark.both_databases
def test_a_digest_is_made_at_its_time_from_what_happened_since_the_last(installation):
    _received_by(installation, WEEKLY, OPERATORS)
    installation.at("2025-07-29 09:30")
    installation.publish(VISIT)
    installation.publish(replace(VISIT, link="https://www.gov.uk/government/another"))
    installation.check()
    installation.at("2025-08-04 06:59")  # 07:59 in London
    installation.check()
    assert installation.emails_to("weekly") == []
    installation.at("2025-08-04 07:00")
    installation.check()
    (digest,) = installation.emails_to("weekly")
    assert digest["Subject"] == "Sutton: 2 new reports since 28 July 2025"
    assert "https://www.gov.uk/government/letter" in _text(digest)
    assert "https://www.gov.uk/government/another" in _text(digest)
    installation.checks(3, minutes=15)
    assert len(installation.emails_to("weekly")) == 1
    assert installation.subjects("it") == []


def test_nothing_new_is_said_in_a_line_with_how_often_it_was_checked_and_when_last(installation):
    _received_by(installation, WEEKLY)
    installation.checks(3, hours=1)
    installation.at("2025-08-04 07:10")
    installation.check()
    (digest,) = installation.emails_to("weekly")
    assert digest["Subject"] == "Ofsted Watch: no alerts since 28 July 2025"
    assert "We have checked the page 4 times since" in _flat(digest)
    assert "Last successful check: 08:10 on 4 August 2025." in _flat(digest)


def test_each_of_many_reports_can_be_reached_from_a_digest(installation):
    _received_by(installation, WEEKLY)
    links = [f"https://www.gov.uk/government/{number}" for number in range(7)]
    for link in links:
        installation.publish(replace(VISIT, link=link))
    installation.check()
    installation.at("2025-08-04 07:10")
    installation.check()
    (digest,) = installation.emails_to("weekly")
    for kind in ("plain", "html"):
        body = digest.get_body((kind,)).get_content()
        assert all(link in body for link in links)


def test_nothing_to_announce_is_not_said_as_if_nothing_had_happened(installation):
    """Operators, and recipients who chose less, are not sent what others may have got."""
    declined = _reader("concerns", alert_on="concerns", frequency="daily 08:00")
    _received_by(
        installation, _reader("reader"), declined, {**OPERATORS, "frequency": "daily 08:00"}
    )
    installation.publish(VISIT)
    installation.check()
    assert len(installation.emails_to("reader")) == 1
    installation.at("2025-07-29 07:10")
    installation.check()
    for name in ("concerns", "it"):
        (digest,) = installation.emails_to(name)
        nothing = "No alerts about the London Borough of Sutton since 28 July 2025."
        assert nothing in _flat(digest)


def test_checks_at_several_pages_are_not_taken_for_checks_at_each(installation):
    installation.fake_ofsted.provider("80489", "London Borough of Brent", reports=[REPORT_2025])
    installation.settings["watch"] = [
        {"urn": 80515, "name": "Sutton"},
        {"urn": 80489, "name": "Brent"},
    ]
    _received_by(installation, DAILY)
    installation.at("2025-07-29 07:10")
    installation.round()
    (digest,) = installation.emails_to("daily")
    assert "We have made 2 checks of 2 pages since" in _flat(digest)


def test_reports_of_one_day_are_distinguished_by_their_titles(installation):
    _received_by(installation, WEEKLY)
    installation.at("2025-07-29 09:30")
    titles = ("Letter on early years", "Letter on safeguarding")
    for title in titles:
        installation.publish(
            replace(VISIT, title=title, link=f"https://www.gov.uk/{title[10:].split()[0]}")
        )
    installation.check()
    installation.at("2025-08-04 07:10")
    installation.check()
    (digest,) = installation.emails_to("weekly")
    for title in titles:
        assert f"Sutton: {title}, 28 July 2025" in _text(digest)
        assert f'Ofsted\'s page lists it as "{title}"' in _flat(digest)


def test_what_falls_is_announced_at_once_and_named_in_the_digest(installation):
    _received_by(installation, WEEKLY, DAILY)
    installation.at("2025-07-29 09:30")
    installation.publish(REPORT_2025)
    installation.check()
    lowered = "Sutton: leaders' impact lowered, Outstanding to Good; overall Good"
    assert installation.subjects("weekly") == [lowered]
    installation.at("2025-08-04 07:10")
    installation.check()
    _, digest = installation.emails_to("weekly")
    assert digest["Subject"] == "Sutton: no further alerts since 28 July 2025"
    assert f"- {lowered} (29 July 2025)" in _flat(digest)


def test_what_fell_and_never_arrived_stands_whole_in_the_digest(installation):
    _received_by(installation, WEEKLY)
    installation.at("2025-07-29 09:30")
    installation.publish(REPORT_2025)
    installation.email.answers["RCPT"] = "550 5.1.1 no such user"
    installation.check()
    installation.email.answers.clear()
    installation.at("2025-08-04 07:10")
    installation.check()
    (digest,) = installation.emails_to("weekly")
    assert digest["Subject"] == "Sutton: leaders' impact lowered, Outstanding to Good; overall Good"
    assert "Already sent" not in _text(digest)


def _announced_wrongly(installation):
    """A raised report is pending for a weekly digest, by an earlier parser; it is read again."""
    installation.at("2026-07-20 09:30")
    _received_by(installation, _reader("reader"), WEEKLY)
    installation.at("2026-07-22 09:30")
    installation.publish(RAISED)
    installation.check()
    assert installation.emails_to("weekly") == []
    lay_down_announced(installation, "9", help_and_protection="Outstanding")
    reread(installation.context())


def test_a_grade_that_a_better_parser_finds_wrong_before_the_digest_is_not_announced_in_it(
    announced,
):
    _announced_wrongly(announced)
    announced.at("2026-07-27 07:10")
    announced.check()
    (digest,) = announced.emails_to("weekly")
    assert "Children who need help and protection: Good -> Good (unchanged)" in _flat(digest)


def test_what_was_corrected_before_the_digest_is_not_announced_wrongly_in_it(announced):
    _announced_wrongly(announced)
    assert announced.cli("correct", "9", "--confirm").exit_code == 0
    announced.at("2026-07-27 07:10")
    announced.check()
    correction, digest = announced.emails_to("weekly")
    assert correction["Subject"].startswith("Sutton: correction: ")
    assert "Children who need help and protection: Good -> Good (unchanged)" in _flat(digest)
    assert f"- {correction['Subject']}" in _flat(digest)  # as already sent


def test_a_digest_that_cannot_be_made_backs_off_and_is_reported_once_and_made_when_it_can(
    installation,
):
    _received_by(installation, WEEKLY, OPERATORS)
    installation.at("2025-07-29 09:30")
    installation.publish(VISIT)
    installation.check()
    installation.sql("UPDATE event SET payload = '!' || payload WHERE type = 'report_published'")
    installation.at("2025-08-04 07:10")
    for _ in range(3):
        installation.send()
        assert not is_due(installation.context())  # it backs off
        installation.later(minutes=20)
        assert is_due(installation.context())
    announced = installation.event_of("delivery_delayed")
    assert (announced["recipient"], announced["subject"]) == ("weekly", "weekly digest")
    assert "could not be created (JSONDecodeError)" in announced["words"]
    assert installation.recipients_of("delivery_delayed") == ["it"]
    assert installation.cli("status").exit_code == 1
    said = " ".join(installation.cli("status").stdout.split())
    assert "the digest for weekly has been failing since" in said
    assert "the digest has been failing since" in " ".join(
        installation.cli("doctor").stdout.split()
    )
    installation.sql(
        "UPDATE event SET payload = substr(payload, 2) WHERE type = 'report_published'"
    )
    installation.later(hours=2)
    installation.send()
    assert installation.subjects("weekly") == ["Sutton: new focused visit letter, not yet read"]
    assert installation.cli("status").exit_code == 0


@pytest.mark.both_databases
def test_a_missed_digest_is_made_once_on_return(installation):
    _received_by(installation, DAILY)
    installation.publish(VISIT)
    installation.check()
    installation.at("2025-08-13 15:00")  # a fortnight off
    installation.checks(2, minutes=15)
    installation.at("2025-08-14 07:00")
    installation.check()
    assert installation.subjects("daily") == [
        "Sutton: new focused visit letter, not yet read",
        "Ofsted Watch: no alerts since 13 August 2025",
    ]


def test_whoever_leaves_digests_gets_one_last_at_once(installation):
    _received_by(installation, WEEKLY)
    installation.at("2025-07-29 09:30")
    installation.publish(VISIT)
    installation.check()
    installation.settings["recipients"] = [WEEKLY | {"frequency": "immediate"}]
    installation.checks(2, minutes=15)
    (last,) = installation.emails_to("weekly")
    assert "This is your final digest; from now on you will receive alerts immediately." in _flat(
        last
    )
    assert "https://www.gov.uk/government/letter" in _text(last)
    installation.at("2025-08-04 07:10")
    installation.publish(replace(VISIT, link="https://www.gov.uk/government/another"))
    installation.check()
    assert len(installation.emails_to("weekly")) == 2


def test_whoever_changes_from_weekly_to_daily_loses_and_repeats_nothing(installation):
    _received_by(installation, WEEKLY)
    installation.at("2025-07-29 09:30")
    installation.publish(VISIT)
    installation.check()
    installation.settings["recipients"] = [WEEKLY | {"frequency": "daily 08:00"}]
    installation.checks(2, minutes=15)
    installation.at("2025-07-30 07:10")
    installation.check()
    assert installation.subjects("weekly") == [
        "Sutton: new focused visit letter, not yet read",
        "Ofsted Watch: no alerts since 29 July 2025",
    ]


def test_one_whose_first_event_was_recorded_and_then_all_was_killed_gets_its_digest_in_time(
    installation,
):
    installation.settings["recipients"] = [_reader("scrutiny", frequency="daily 08:00"), OPERATORS]
    installation.at("2025-07-29 06:30")
    installation.publish(VISIT)
    installation.check()
    installation.sql("DELETE FROM app_state WHERE name LIKE 'digests since %'")
    installation.at("2025-07-29 07:30")
    installation.check()
    assert installation.subjects("scrutiny") == ["Sutton: new focused visit letter, not yet read"]
    assert installation.discrepancies == []


def test_one_removed_with_a_digest_open_is_announced_to_operators_and_put_back_gets_nothing_old(
    installation,
):
    _received_by(installation, WEEKLY, OPERATORS)
    installation.at("2025-07-29 09:30")
    installation.publish(VISIT)
    installation.check()
    installation.settings["recipients"] = [OPERATORS]
    installation.later(minutes=15)
    installation.check()
    installation.later(hours=25)
    installation.check()
    assert installation.event_of("recipient_removed")["pending"] == 1
    installation.settings["recipients"] = [WEEKLY, OPERATORS]
    installation.at("2025-08-04 06:00")
    installation.check()
    installation.at("2025-08-04 07:10")
    installation.check()
    assert installation.subjects("weekly") == ["Ofsted Watch: no alerts since 4 August 2025"]


def test_no_digest_comes_before_the_welcome(new_installation):
    new_installation.settings["recipients"] = [DAILY]
    new_installation.at("2025-07-28 06:00")
    new_installation.send()
    new_installation.at("2025-07-28 07:30")
    new_installation.send()
    assert new_installation.emails_to("daily") == []
    new_installation.check()
    welcome, digest = new_installation.subjects("daily")
    assert welcome.startswith("Ofsted Watch: you are subscribed to reports on Sutton")
    assert digest == "Ofsted Watch: no alerts since 28 July 2025"


def test_a_digest_of_many_authorities_is_of_those_its_recipient_gets(installation):
    installation.fake_ofsted.provider("80544", "Exampleshire County Council", reports=[JOINT_2023])
    installation.settings["watch"] = [
        {"urn": 80515, "name": "London Borough of Sutton"},
        {"urn": 80544, "name": "Exampleshire County Council"},
    ]
    _received_by(installation, WEEKLY | {"authorities": [80544]}, DAILY)
    installation.at("2025-07-29 09:30")
    installation.publish(VISIT)
    installation.check()
    installation.at("2025-08-04 07:10")
    installation.round()
    assert installation.subjects("weekly") == ["Ofsted Watch: no alerts since 28 July 2025"]
    assert "Exampleshire County Council" in _flat(installation.emails_to("weekly")[0])
    assert "Sutton" not in _text(installation.emails_to("weekly")[0])


def test_operators_may_be_notified_by_digest_too(installation):
    _received_by(installation, OPERATORS | {"frequency": "daily 08:00"})
    installation.publish(replace(REPORT_2025, data=None))
    installation.checks(3, hours=1)
    assert sorted(installation.event_types) == ["file_unavailable", "report_published"]
    assert installation.emails_to("it") == []
    installation.at("2025-07-29 07:30")
    installation.check()
    (digest,) = installation.emails_to("it")
    assert "What to do:" in _text(digest)


def test_a_digest_is_due_to_be_made_though_nothing_waits(installation):
    _received_by(installation, DAILY)
    assert not is_due(installation.context())
    installation.at("2025-07-29 07:00")
    assert is_due(installation.context())
    installation.send()
    assert not is_due(installation.context())


def test_a_quiet_notice_comes_after_thirty_days_without_a_message_and_not_before(installation):
    silent = _reader("silent", quiet_notice=False)
    _received_by(installation, _reader("reader"), silent, WEEKLY, OPERATORS)
    installation.checks(11, hours=64)
    assert installation.emails_to("reader") == []
    installation.checks(1, hours=17)
    (sign,) = installation.emails_to("reader")
    assert sign["Subject"] == "Ofsted Watch: no alerts since 28 July 2025, still monitoring Sutton"
    assert "We have checked the page 12 times since" in _flat(sign)
    assert len(installation.emails_to("it")) == 1
    assert installation.emails_to("silent") == []
    assert all("no alerts" in subject for subject in installation.subjects("weekly"))
    installation.checks(5, days=2)
    assert len(installation.emails_to("reader")) == 1
