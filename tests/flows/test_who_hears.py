"""Each hears what was chosen, once; who comes later hears nothing old, who goes leaves no debt."""

from dataclasses import replace
from datetime import date

from deployments.standin_faults import status
from flows.deliver import deliver
from tests.town import (
    ELSEWHERE,
    PAGE,
    REPORT_2025,
    SCRUTINY,
    TEXT_2021,
    TEXT_2026,
    pdf,
)


def _reader(name, **fields):
    return {"name": name, "email": f"{name}@example.gov.uk", **fields}


CHOICES = [
    _reader("all"),
    _reader("changed", hears="changed"),
    _reader("declined", hears="declined"),
]


def _hearers(town):
    town.settings["recipients"] = CHOICES
    town.look()
    return town.hearers_of("report_published")


def test_a_lowered_judgement_reaches_every_choice(town):
    town.publish(REPORT_2025)
    assert _hearers(town) == ["all", "changed", "declined"]


def test_a_raised_judgement_alone_does_not_reach_who_hears_of_declines(told):
    told.at("2026-07-22 09:30")
    raised = replace(REPORT_2025, published=date(2026, 7, 21), file_id="9", data=pdf(TEXT_2026))
    told.publish(raised)
    assert _hearers(told) == ["all", "changed"]


def test_no_change_reaches_only_who_hears_all(town):
    town.at("2026-07-22 09:30")
    same = TEXT_2021.replace("6 to 10 December 2021", "8 to 12 June 2026")
    town.publish(replace(REPORT_2025, published=date(2026, 7, 21), data=pdf(same)))
    assert _hearers(town) == ["all"]


def test_a_link_elsewhere_without_grades_reaches_only_who_hears_all(town):
    town.publish(replace(ELSEWHERE, title="Children's services focused visit"))
    assert _hearers(town) == ["all"]


def test_an_unread_graded_report_reaches_every_choice(town):
    town.publish(replace(REPORT_2025, data=None))
    town.settings["recipients"] = CHOICES
    town.look()
    town.later(minutes=61)
    assert _hearers(town) == ["all", "changed", "declined"]


def test_operators_hear_of_faults_and_not_of_reports_and_readers_the_reverse(town):
    town.publish(REPORT_2025)
    town.look()
    town.standin.misbehave(PAGE, status(404))
    town.look()
    town.looks(1, hours=2)
    assert town.hearers_of("report_published") == ["scrutiny", "channel"]
    assert town.hearers_of("look_failed") == ["it"]


def test_each_hears_only_of_its_authorities(town):
    town.settings["watch"] = [
        {"urn": 80515, "code": 44, "name": "London Borough of Sutton"},
        {"urn": 80456, "code": 44, "name": "Camden"},
    ]
    town.settings["recipients"] = [SCRUTINY, _reader("camden", authorities=[80456])]
    town.standin.provider("80456", "Camden", reports=[])
    town.publish(REPORT_2025)
    town.round()
    assert town.hearers_of("report_published") == ["scrutiny"]


def test_a_recipient_added_later_gets_one_welcome_and_nothing_old(told):
    told.settings["recipients"].append(_reader("late"))
    told.look()
    told.looks(1, minutes=15)
    assert told.news == ["welcome"]
    (letter,) = told.mails_to("late")
    text = " ".join(letter.get_body(("plain",)).get_content().split())
    assert "29 July 2025" in text  # where it stands now
    assert told.mails_to("scrutiny") == []


def test_a_renamed_recipient_is_a_new_one(told):
    told.settings["recipients"][0] = {**SCRUTINY, "name": "scrutiny committee"}
    told.look()
    assert told.news == ["welcome"]


def test_a_removed_recipients_debt_is_settled_after_a_day_and_operators_hear(town):
    town.mail.answers["RCPT"] = "451 4.7.1 try later"
    town.publish(REPORT_2025)
    town.look()
    town.mail.answers.clear()
    town.settings["recipients"] = town.settings["recipients"][1:]
    town.look()
    town.looks(1, hours=23)
    assert town.news == ["report_published"]
    town.looks(1, hours=2)
    assert town.news == ["report_published", "recipient_removed"]
    news = town.news_of("recipient_removed")
    assert (news["recipient"], news["waiting"]) == ("scrutiny", 1)
    (owed,) = [each for each in town.deliveries if each["state"] == "settled"]
    assert owed["error"] == "the recipient was removed from the settings"
    town.looks(1, minutes=15)
    assert town.mails_to("scrutiny") == []
    assert len(town.news) == 2


def test_what_waits_for_a_recipient_is_not_cancelled_by_who_knows_older_settings(town):
    old = town.tools()
    town.settings["recipients"].append(_reader("late"))
    town.mail.answers["RCPT"] = "451 4.7.1 try later"
    town.publish(REPORT_2025)
    town.look()
    town.mail.answers.clear()
    deliver(old)  # such as a service that has not seen the file yet
    town.looks(1, minutes=15)
    assert [each for each in town.deliveries if each["state"] == "settled"] == []
    assert len(town.mails_to("late")) == 2  # the welcome and the report
    old.database.close()


def test_a_removed_recipient_without_debt_leaves_in_silence(told):
    told.settings["recipients"] = told.settings["recipients"][1:]
    told.look()
    assert told.news == []


def test_without_recipients_alerts_lie_in_the_outbox_and_it_leaves_without_notice(new_town):
    recipients, new_town.settings["recipients"] = new_town.settings["recipients"], []
    new_town.look()
    new_town.publish(REPORT_2025)
    new_town.look()
    outbox = new_town.folder / "data" / "outbox"
    assert sorted(path.suffix for path in outbox.iterdir()) == [".eml", ".eml", ".json", ".json"]
    (owner,) = new_town.ask("status")["recipients"]
    assert (owner["channel"], owner["audience"]) == ("outbox", "both")

    new_town.settings["recipients"] = recipients
    new_town.look()
    assert new_town.news == ["welcome", "report_published", *["welcome"] * 3]


def test_the_outbox_hears_both_audiences(new_town):
    new_town.settings["recipients"] = []
    new_town.look()
    new_town.publish(replace(REPORT_2025, data=None))
    new_town.look()
    new_town.looks(1, minutes=61)
    assert new_town.hearers_of("file_dead") == ["outbox"]
    assert new_town.hearers_of("report_published") == ["outbox"]
