"""Each recipient gets what it chose, once; a new one gets nothing old, a removed one nothing."""

from dataclasses import replace
from datetime import date

import pytest

from deployments.demo.fake_ofsted_faults import status
from flows.alerting.sending import send_due
from tests.installation import ELSEWHERE, PAGE, REPORT_2025, SCRUTINY, TEXT_2021, TEXT_2026, pdf


def _reader(name, **fields):
    return {"name": name, "email": f"{name}@example.gov.uk", **fields}


CHOICES = [
    _reader("all"),
    _reader("changes", alert_on="changes"),
    _reader("concerns", alert_on="concerns"),
]


def _hearers(installation):
    installation.settings["recipients"] = CHOICES
    installation.check()
    return installation.recipients_of("report_published")


def test_a_lowered_judgement_reaches_every_choice(installation):
    installation.publish(REPORT_2025)
    assert _hearers(installation) == ["all", "changes", "concerns"]


def test_a_raised_judgement_alone_does_not_reach_who_asked_for_concerns(announced):
    announced.at("2026-07-22 09:30")
    raised = replace(REPORT_2025, published=date(2026, 7, 21), file_id="9", data=pdf(TEXT_2026))
    announced.publish(raised)
    assert _hearers(announced) == ["all", "changes"]


def test_no_change_reaches_only_who_asked_for_all(installation):
    installation.at("2026-07-22 09:30")
    same = TEXT_2021.replace("6 to 10 December 2021", "8 to 12 June 2026")
    installation.publish(replace(REPORT_2025, published=date(2026, 7, 21), data=pdf(same)))
    assert _hearers(installation) == ["all"]


def test_a_link_elsewhere_without_grades_reaches_only_who_asked_for_all(installation):
    installation.publish(replace(ELSEWHERE, title="Children's services focused visit"))
    assert _hearers(installation) == ["all"]


def test_an_unread_graded_report_reaches_every_choice(installation):
    installation.publish(replace(REPORT_2025, data=None))
    installation.settings["recipients"] = CHOICES
    installation.check()
    installation.later(minutes=61)
    assert _hearers(installation) == ["all", "changes", "concerns"]


def test_operators_are_notified_of_faults_and_not_of_reports_and_readers_the_reverse(installation):
    installation.publish(REPORT_2025)
    installation.check()
    installation.fake_ofsted.misbehave(PAGE, status(404))
    installation.check()
    installation.checks(1, hours=2)
    assert installation.recipients_of("report_published") == ["scrutiny", "channel"]
    assert installation.recipients_of("page_check_failed") == ["it"]


def test_each_is_alerted_to_its_authorities_alone(installation):
    installation.settings["watch"] = [
        {"urn": 80515, "code": 44, "name": "London Borough of Sutton"},
        {"urn": 80456, "code": 44, "name": "Camden"},
    ]
    installation.settings["recipients"] = [SCRUTINY, _reader("camden", authorities=[80456])]
    installation.fake_ofsted.provider("80456", "Camden", reports=[])
    installation.publish(REPORT_2025)
    installation.round()
    assert installation.recipients_of("report_published") == ["scrutiny"]


def test_a_recipient_added_later_gets_one_welcome_and_nothing_old(announced):
    announced.settings["recipients"].append(_reader("late"))
    announced.check()
    announced.checks(1, minutes=15)
    assert announced.event_types == ["welcome"]
    (letter,) = announced.emails_to("late")
    text = " ".join(letter.get_body(("plain",)).get_content().split())
    assert "29 July 2025" in text  # where it stands now
    assert announced.emails_to("scrutiny") == []


def test_a_renamed_recipient_is_a_new_one(announced):
    announced.settings["recipients"][0] = {**SCRUTINY, "name": "scrutiny committee"}
    announced.check()
    assert announced.event_types == ["welcome"]


@pytest.mark.both_databases
def test_messages_for_a_removed_recipient_are_cancelled_after_a_day_and_operators_notified(
    installation,
):
    installation.email.answers["RCPT"] = "451 4.7.1 try later"
    installation.publish(REPORT_2025)
    installation.check()
    installation.email.answers.clear()
    installation.settings["recipients"] = installation.settings["recipients"][1:]
    installation.check()
    installation.checks(1, hours=23)
    assert installation.event_types == ["report_published"]
    installation.checks(1, hours=2)
    assert installation.event_types == ["report_published", "recipient_removed"]
    event = installation.event_of("recipient_removed")
    assert (event["recipient"], event["pending"]) == ("scrutiny", 1)
    (pending,) = [each for each in installation.deliveries if each["state"] == "cancelled"]
    assert pending["error"] == "the recipient was removed from the settings"
    installation.checks(1, minutes=15)
    assert installation.emails_to("scrutiny") == []
    assert len(installation.event_types) == 2


def test_what_waits_for_a_recipient_is_not_cancelled_by_who_knows_older_settings(installation):
    old = installation.context()
    installation.settings["recipients"].append(_reader("late"))
    installation.email.answers["RCPT"] = "451 4.7.1 try later"
    installation.publish(REPORT_2025)
    installation.check()
    installation.email.answers.clear()
    send_due(old)  # such as a service that has not seen the file yet
    installation.checks(1, minutes=15)
    assert [each for each in installation.deliveries if each["state"] == "cancelled"] == []
    assert len(installation.emails_to("late")) == 2  # the welcome and the report
    old.database.close()


def test_a_removed_recipient_without_messages_leaves_in_silence(announced):
    announced.settings["recipients"] = announced.settings["recipients"][1:]
    announced.check()
    assert announced.event_types == []


def test_without_recipients_alerts_lie_in_the_outbox_and_it_leaves_without_notice(new_installation):
    recipients, new_installation.settings["recipients"] = (
        new_installation.settings["recipients"],
        [],
    )
    new_installation.check()
    new_installation.publish(REPORT_2025)
    new_installation.check()
    outbox = new_installation.folder / "data" / "outbox"
    assert sorted(path.suffix for path in outbox.iterdir()) == [".eml", ".eml", ".json", ".json"]
    (owner,) = new_installation.ask("status")["recipients"]
    assert (owner["via"], owner["audience"]) == ("outbox", "both")

    new_installation.settings["recipients"] = recipients
    new_installation.check()
    assert new_installation.event_types == ["welcome", "report_published", *["welcome"] * 3]


def test_the_outbox_gets_both_audiences(new_installation):
    new_installation.settings["recipients"] = []
    new_installation.check()
    new_installation.publish(replace(REPORT_2025, data=None))
    new_installation.check()
    new_installation.checks(1, minutes=61)
    assert new_installation.recipients_of("file_unavailable") == ["outbox"]
    assert new_installation.recipients_of("report_published") == ["outbox"]
