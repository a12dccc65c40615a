"""What a look does when the page, a file or the report is not as it should be."""

from dataclasses import replace
from datetime import date

import pytest

from deployments.standin_faults import dead_file, drip, status
from tests.town import (
    ELSEWHERE,
    PAGE,
    REPORT_2022,
    REPORT_2025,
    TEXT_2021,
    TEXT_DOUBTFUL,
    TEXT_INADEQUATE,
    again,
    pdf,
)

FILE = "/v1/file/50283346"


def test_the_first_look_is_history_and_welcomes_each_once(new_town):
    new_town.list(REPORT_2025, REPORT_2022)
    first = new_town.look()
    assert (first.outcome, first.listed) == ("first", 2)
    assert new_town.news == ["welcome"] * 3
    new_town.look()
    assert new_town.news == ["welcome"] * 3
    assert len(new_town.subjects("scrutiny")) == len(new_town.cards) == 1


def test_a_page_that_fails_changes_nothing_and_is_told_after_two_looks_and_an_hour(town):
    town.standin.misbehave("*", status(503, "Service Unavailable"))
    failed = town.look()
    assert (failed.outcome, failed.state) == ("failed", "failing")
    town.later(minutes=30)
    town.look()
    assert town.news == []
    town.later(minutes=31)
    town.look()
    assert town.news == ["look_failed"]
    assert town.hearers_of("look_failed") == ["it"]
    town.standin.behave()
    town.later(minutes=15)
    assert town.look().outcome == "unchanged"
    assert town.news == ["look_failed", "look_recovered"]
    assert [each["listed"] for each in town.reports] == [True]


def test_another_providers_page_is_strange_and_changes_nothing(town):
    town.standin.providers["80515"].subheading = "URN: 80429"
    looked = town.look()
    assert (looked.outcome, looked.state) == ("strange", "strange")
    assert town.cli("look", "--plain").exit_code == 1
    assert len(town.reports) == 1


@pytest.mark.parametrize("number", [200, 404])
def test_a_dead_file_is_told_after_an_hour_and_read_when_it_lives(town, number):
    town.publish(REPORT_2025)
    town.standin.misbehave(FILE, dead_file(number))
    looked = town.look()
    assert (looked.outcome, looked.newly_failed, looked.is_well) == ("changed", 1, False)
    assert town.news == []
    town.later(minutes=61)
    again_looked = town.look()
    assert again_looked.newly_failed == 0
    assert town.news == ["file_dead", "report_published"]
    assert town.news_of("report_published")["found"]["status"] == "missing"
    assert town.hearers_of("file_dead") == ["it"]
    town.standin.behave()
    town.later(minutes=15)
    town.look()
    assert town.news == ["file_dead", "report_published", "report_read"]
    assert town.news_of("report_read")["found"]["judgements"][0]["printed"] == "Good"


def test_a_dead_link_of_history_is_never_news(new_town):
    new_town.standin.misbehave("/v1/file/50176759", dead_file(404))
    assert new_town.look().outcome == "first"
    new_town.later(hours=2)
    new_town.look()
    new_town.standin.behave()
    new_town.later(hours=2)
    new_town.look()
    assert set(new_town.news) == {"welcome"}
    assert new_town.inspections[0]["status"] == "read"


def test_a_doubtful_report_is_told_with_its_doubt_and_no_comparison(town):
    town.publish(replace(REPORT_2025, data=pdf(TEXT_DOUBTFUL)))
    town.look()
    assert town.news == ["report_published", "report_doubtful"]
    news = town.news_of("report_published")
    assert (news["found"]["status"], news["rows"]) == ("doubtful", [])
    assert town.subjects("scrutiny") == ["Sutton: new inspection report, not yet read"]
    assert town.inspections[0]["comparison"] is None


@pytest.mark.parametrize("data", [b"", b"<html>no</html>", b"%PDF-1.7\nnothing\n%%EOF\n"])
def test_a_file_that_is_no_pdf_gives_no_document_and_no_grade(town, data):
    town.publish(replace(REPORT_2025, data=data))
    town.look()
    town.later(minutes=61)
    town.look()
    assert town.news == ["file_dead", "report_published"]
    assert town.inspections[0]["judgements"] == []
    assert town.inspections[0]["status"] == "missing"


def test_a_row_that_links_elsewhere_is_told_and_not_fetched(town):
    town.publish(ELSEWHERE)
    town.look()
    assert town.news == ["report_published"]
    assert town.news_of("report_published")["found"]["status"] == "elsewhere"
    assert [seen.path for seen in town.standin.requests if "file" in seen.path] == []


def test_a_file_issued_again_with_the_same_facts_is_for_operators_alone(town):
    town.change("50176759", data=again(pdf(TEXT_2021)))
    town.later(days=8)
    town.look()
    assert town.news == ["documents_restamped"]
    assert len(town.reports[0]["versions"]) == 2


def test_a_file_that_says_something_else_is_told_to_readers(town):
    town.publish(REPORT_2025)
    town.look()
    town.change("50283346", data=pdf(TEXT_INADEQUATE))
    town.later(days=8, hours=23)
    town.look()
    assert town.news == ["report_published", "report_replaced"]
    assert town.news_of("report_replaced")["differences"][0]["now"] == "Inadequate"


def test_a_row_is_withdrawn_after_three_good_looks_and_a_day_and_may_return(town):
    town.publish(REPORT_2025)
    town.look()
    town.standin.withdraw("80515", "50283346")
    town.looks(3, hours=1)
    assert town.news == ["report_published"]
    town.looks(1, hours=24)
    assert town.news == ["report_published", "report_withdrawn"]
    town.publish(REPORT_2025)
    town.looks(1, hours=1)
    assert town.news[2:] == ["report_returned"]


def test_the_same_file_under_another_id_is_the_same_report(town):
    town.change("50176759", file_id="50999999")
    town.look()
    assert town.news == ["report_renumbered"]
    assert [each["file_id"] for each in town.reports] == ["50999999"]


def test_an_edited_day_is_for_operators_alone(town):
    town.change("50176759", published=date(2022, 2, 2))
    town.look()
    assert town.news == ["details_edited"]


def test_most_of_a_list_gone_at_once_is_held_but_for_newer_rows(new_town):
    rows = [
        replace(REPORT_2022, title=f"Letter {n}", published=date(2020, 1, n), file_id=str(50 + n))
        for n in range(1, 6)
    ]
    texts = [pdf(f"Letter {n}\n\nDear Director {n}\n") for n in range(1, 6)]
    new_town.list(*(replace(row, data=text) for row, text in zip(rows, texts, strict=True)))
    new_town.look()
    new_town.settled = len(new_town.events)
    new_town.list(REPORT_2025, replace(rows[0], data=texts[0]))
    looked = new_town.look()
    assert (looked.outcome, looked.state) == ("suspect", "suspect")
    assert new_town.news == ["report_published", "listing_suspect"]
    assert sum(each["listed"] for each in new_town.reports) == 6
    assert new_town.cli("accept", "80515").exit_code == 0
    new_town.look()
    assert new_town.news.count("report_withdrawn") == 4


def test_two_looks_at_once_never_overlap(town):
    town.publish(REPORT_2025)
    town.standin.misbehave(PAGE, drip(2000, 0.2), times=1)
    both = [town.start("look", "--plain", "--json") for _ in range(2)]
    assert [each.wait(60) for each in both] == [0, 0]
    assert town.news == ["report_published"]
    assert len(town.mails_to("scrutiny")) == len(town.cards) == 1


def test_a_scheduled_look_is_skipped_where_one_began_since(town):
    scheduled = town.now
    town.later(minutes=1)
    town.look()
    assert town.look(scheduled=scheduled).outcome == "skipped"


def test_seeds_are_history_join_their_reports_and_doubt_other_grades(new_town):
    new_town.settings["import_seeds"] = True
    new_town.list(replace(REPORT_2025, data=pdf(TEXT_INADEQUATE)), REPORT_2022)
    new_town.look()
    assert set(new_town.news) == {"welcome"}
    newest, older = new_town.inspections
    assert (newest["status"], newest["sources"]) == ("doubtful", ["seed", "site"])
    assert (older["status"], older["sources"]) == ("read", ["seed", "site"])


def test_a_recipient_added_later_gets_a_welcome_and_nothing_old(town):
    town.publish(REPORT_2025)
    town.look()
    town.settings["recipients"].append({"name": "new", "email": "new@example.gov.uk"})
    town.look()
    assert town.subjects("new") == ["Ofsted watch: watching Sutton"]


def test_a_choice_is_kept(town):
    town.settings["recipients"] = [
        {"name": "a", "email": "a@example.gov.uk", "hears": "declined"},
        {"name": "b", "email": "b@example.gov.uk", "hears": "changed"},
    ]
    town.publish(ELSEWHERE)
    town.publish(REPORT_2025)
    town.look()
    about = "Sutton: leaders' impact lowered, Outstanding to Good; overall Good"
    assert [about in town.subjects(name) for name in "ab"] == [True, True]


def test_without_recipients_alerts_lie_in_the_outbox(new_town):
    new_town.settings["recipients"] = []
    new_town.look()
    new_town.publish(REPORT_2025)
    new_town.look()
    outbox = new_town.folder / "data" / "outbox"
    assert sorted(path.suffix for path in outbox.iterdir()) == [".eml", ".eml", ".json", ".json"]
