"""A doubtful or unreadable report is announced with its doubt, never with an invented grade."""

from dataclasses import replace
from datetime import date

import pytest

from tests.installation import (
    LETTER,
    REPORT_2022,
    REPORT_2025,
    TEXT_2021,
    TEXT_2025,
    TEXT_2026,
    TEXT_DOUBTFUL,
    pdf,
)

HEAD, REST = TEXT_2025.split("Judgement Grade")
NEW_LABELS = TEXT_2026.replace(
    "The impact of leaders on social work practice with children and families\t",
    "The strength of families\t",
).replace(
    "The experiences and progress of children who need help and protection\t",
    "The reach of early help\t",
)
NO_TABLE = f"{HEAD}Judgement Grade\n\nSee the letter.\n\n{REST.partition('effectiveness Good')[2]}"


@pytest.mark.both_databases
def test_readers_are_alerted_to_the_doubt_and_operators_too(installation):
    installation.at("2025-07-29 09:30")
    installation.publish(replace(REPORT_2025, data=pdf(TEXT_DOUBTFUL)))
    checked = installation.check()

    assert checked.new[0].status == "doubtful"
    assert sorted(installation.event_types) == ["report_doubtful", "report_published"]
    event = installation.event_of("report_published")
    assert (event["found"]["status"], event["rows"]) == ("doubtful", [])
    (doubt,) = event["found"]["doubts"]
    assert doubt["what"] == "the judgement table and the headings in the report disagree"
    assert len(doubt["lines"]) == 2
    (letter,) = installation.emails_to("scrutiny")
    assert "Good" not in letter["Subject"]
    text = " ".join(letter.get_body(("plain",)).get_content().split())
    assert "the judgement table and the headings in the report disagree" in text.casefold()
    assert len(installation.emails_to("it")) == len(installation.cards) == 1


def test_nothing_is_compared_with_a_doubtful_one_and_no_older_one_stands_in(installation):
    installation.at("2026-07-22 09:30")
    installation.publish(replace(REPORT_2025, data=pdf(TEXT_DOUBTFUL)))
    installation.check()
    installation.publish(
        replace(REPORT_2025, published=date(2026, 7, 21), file_id="9", data=pdf(TEXT_2026))
    )
    installation.check()
    event = next(each for each in installation.events if each.file_id == "9").payload
    assert '"rows": []' in event
    assert "the previous report, published 29 July 2025, could not be read reliably" in event
    assert installation.inspections[0]["comparison"] is None


def test_a_report_without_its_table_is_unread_and_announced_with_title_date_and_link(installation):
    installation.at("2025-07-29 09:30")
    installation.publish(replace(REPORT_2025, data=pdf(NO_TABLE)))
    installation.check()
    assert sorted(installation.event_types) == ["report_published", "report_unread"]
    event = installation.event_of("report_published")
    assert event["report"]["published"] == "2025-07-29"
    assert event["found"]["judgements"] == []
    assert len(installation.emails_to("scrutiny")) == len(installation.emails_to("it")) == 1


def test_a_report_that_names_another_authority_is_announced_without_its_grades(installation):
    installation.at("2025-07-29 09:30")
    other = TEXT_2025.replace("Sutton", "Merton")
    installation.publish(replace(REPORT_2025, data=pdf(other)))
    installation.check()
    assert sorted(installation.event_types) == ["report_doubtful", "report_published"]
    (doubt,) = installation.event_of("report_published")["found"]["doubts"]
    assert doubt["what"] == "it names another authority than the page that lists it: Merton"
    (letter,) = installation.emails_to("scrutiny")
    assert "Merton" in letter.get_body(("plain",)).get_content()
    assert "Good" not in letter["Subject"]
    assert installation.inspections[0]["status"] == "doubtful"


def test_a_letter_under_the_title_of_an_inspection_is_a_failure_to_read(installation):
    installation.at("2025-07-29 09:30")
    installation.publish(replace(REPORT_2025, data=pdf(LETTER)))
    installation.check()
    assert sorted(installation.event_types) == ["report_published", "report_unread"]
    (doubt,) = installation.event_of("report_unread")["found"]["doubts"]
    assert doubt["what"] == "what is in the file is not what the page's title says"
    assert installation.cli("status").exit_code == 1


def test_a_report_under_the_title_of_another_kind_is_announced_without_its_grades(installation):
    installation.at("2025-07-29 09:30")
    installation.publish(replace(REPORT_2025, title="Area SEND full inspection"))
    installation.check()
    assert sorted(installation.event_types) == ["report_doubtful", "report_published"]
    assert installation.event_of("report_published")["rows"] == []


def test_a_doubtful_report_that_is_replaced_by_a_clear_one_is_announced_once(installation):
    installation.at("2025-07-29 09:30")
    installation.publish(replace(REPORT_2025, data=pdf(TEXT_DOUBTFUL)))
    installation.check()
    installation.later(days=9)
    installation.change("50283346", data=pdf(TEXT_2025))
    installation.check()
    assert installation.event_types == ["report_published", "report_doubtful", "report_replaced"]
    assert (
        next(row["direction"] for row in installation.event_of("report_replaced")["rows"])
        == "lowered"
    )
    assert len(installation.emails_to("scrutiny")) == 2


def test_the_history_shows_a_doubtful_report_without_a_comparison(installation):
    installation.at("2025-07-29 09:30")
    installation.publish(replace(REPORT_2025, data=pdf(TEXT_DOUBTFUL)))
    installation.check()
    newest = installation.inspections[0]
    assert (newest["status"], newest["comparison"]) == ("doubtful", None)
    assert installation.ask("status")["authorities"][0]["doubtful"] == 1


def test_a_pdf_that_differs_from_its_seed_in_a_grade_is_doubtful(new_installation):
    new_installation.settings["import_seeds"] = True
    other = TEXT_2021.replace("families: outstanding", "families: good", 1)
    other = other.replace("\tOutstanding", "\tGood", 1)
    assert other.count("utstanding") < TEXT_2021.count("utstanding") - 1
    new_installation.list(replace(REPORT_2022, data=pdf(other)))
    new_installation.check()
    older = new_installation.inspections[-1]
    assert (older["file_id"], older["status"], older["sources"]) == (
        "50176759",
        "doubtful",
        ["ofsted", "seed"],
    )
    assert next(each["grade"] for each in older["judgements"]) == "good"  # the PDF's stands
    assert new_installation.inspections[0]["comparison"] is None


def test_several_unknown_labels_are_a_suspected_framework_announced_once_for_all_reports_of_it(
    installation,
):
    installation.at("2026-07-22 09:30")
    first = replace(REPORT_2025, published=date(2026, 7, 21), data=pdf(NEW_LABELS))
    installation.publish(first)
    installation.check()
    assert sorted(installation.event_types) == ["framework_suspected", "report_published"]
    later = NEW_LABELS.replace("8 to 12 June 2026", "7 to 11 September 2026")
    installation.at("2026-10-30 09:30")
    installation.publish(
        replace(first, published=date(2026, 10, 29), file_id="50290000", data=pdf(later))
    )
    installation.check()
    assert sorted(installation.event_types) == [
        "framework_suspected",
        "report_published",
        "report_published",
    ]
    assert len(installation.emails_to("it")) == 1
    assert (
        installation.subjects("scrutiny")
        == ["Sutton: new inspection report, new framework, not comparable"] * 2
    )
    announced = installation.emails_to("scrutiny")[0].get_body(("plain",)).get_content()
    assert "The strength of families:" in announced
    assert "Outstanding" in announced
    assert "->" not in announced
    assert installation.inspections[0]["comparison"] is None
