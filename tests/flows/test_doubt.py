"""A doubtful or unreadable report is told with its doubt, never with an invented grade."""

from dataclasses import replace
from datetime import date

from tests.town import (
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


def test_readers_hear_the_doubt_and_operators_too(town):
    town.at("2025-07-29 09:30")
    town.publish(replace(REPORT_2025, data=pdf(TEXT_DOUBTFUL)))
    looked = town.look()

    assert looked.new[0].status == "doubtful"
    assert sorted(town.news) == ["report_doubtful", "report_published"]
    news = town.news_of("report_published")
    assert (news["found"]["status"], news["rows"]) == ("doubtful", [])
    (doubt,) = news["found"]["doubts"]
    assert doubt["what"] == "the judgement table and the body disagree"
    assert len(doubt["lines"]) == 2
    (letter,) = town.mails_to("scrutiny")
    assert "Good" not in letter["Subject"]
    text = " ".join(letter.get_body(("plain",)).get_content().split())
    assert "the judgement table and the body disagree" in text.casefold()
    assert len(town.mails_to("it")) == len(town.cards) == 1


def test_nothing_is_compared_with_a_doubtful_one_and_no_older_one_stands_in(town):
    town.at("2026-07-22 09:30")
    town.publish(replace(REPORT_2025, data=pdf(TEXT_DOUBTFUL)))
    town.look()
    town.publish(
        replace(REPORT_2025, published=date(2026, 7, 21), file_id="9", data=pdf(TEXT_2026))
    )
    town.look()
    news = next(each for each in town.events if each.file_id == "9").news
    assert '"rows": []' in news
    assert "the report before it of 29 July 2025 is read with doubt" in news
    assert town.inspections[0]["comparison"] is None


def test_a_report_without_its_table_is_unread_and_told_with_title_date_and_link(town):
    town.at("2025-07-29 09:30")
    town.publish(replace(REPORT_2025, data=pdf(NO_TABLE)))
    town.look()
    assert sorted(town.news) == ["report_published", "report_unread"]
    news = town.news_of("report_published")
    assert news["report"]["published"] == "2025-07-29"
    assert news["found"]["judgements"] == []
    assert len(town.mails_to("scrutiny")) == len(town.mails_to("it")) == 1


def test_a_report_that_names_another_authority_is_told_without_its_grades(town):
    town.at("2025-07-29 09:30")
    other = TEXT_2025.replace("Sutton", "Merton")
    town.publish(replace(REPORT_2025, data=pdf(other)))
    town.look()
    assert sorted(town.news) == ["report_doubtful", "report_published"]
    (doubt,) = town.news_of("report_published")["found"]["doubts"]
    assert doubt["what"] == "it names another authority than the page that lists it: Merton"
    (letter,) = town.mails_to("scrutiny")
    assert "Merton" in letter.get_body(("plain",)).get_content()
    assert "Good" not in letter["Subject"]
    assert town.inspections[0]["status"] == "doubtful"


def test_a_letter_under_the_title_of_an_inspection_is_a_failure_to_read(town):
    town.at("2025-07-29 09:30")
    town.publish(replace(REPORT_2025, data=pdf(LETTER)))
    town.look()
    assert sorted(town.news) == ["report_published", "report_unread"]
    (doubt,) = town.news_of("report_unread")["found"]["doubts"]
    assert doubt["what"] == "what is in the file is not what the page's title says"
    assert town.cli("status").exit_code == 1


def test_a_report_under_the_title_of_another_kind_is_told_without_its_grades(town):
    town.at("2025-07-29 09:30")
    town.publish(replace(REPORT_2025, title="Area SEND full inspection"))
    town.look()
    assert sorted(town.news) == ["report_doubtful", "report_published"]
    assert town.news_of("report_published")["rows"] == []


def test_a_doubtful_report_that_is_replaced_by_a_clear_one_is_told_once(town):
    town.at("2025-07-29 09:30")
    town.publish(replace(REPORT_2025, data=pdf(TEXT_DOUBTFUL)))
    town.look()
    town.later(days=9)
    town.change("50283346", data=pdf(TEXT_2025))
    town.look()
    assert town.news == ["report_published", "report_doubtful", "report_replaced"]
    assert next(row["direction"] for row in town.news_of("report_replaced")["rows"]) == "lowered"
    assert len(town.mails_to("scrutiny")) == 2


def test_the_history_shows_a_doubtful_report_without_a_comparison(town):
    town.at("2025-07-29 09:30")
    town.publish(replace(REPORT_2025, data=pdf(TEXT_DOUBTFUL)))
    town.look()
    newest = town.inspections[0]
    assert (newest["status"], newest["comparison"]) == ("doubtful", None)
    assert town.ask("status")["providers"][0]["doubtful"] == 1


def test_a_pdf_that_differs_from_its_seed_in_a_grade_is_doubtful(new_town):
    new_town.settings["import_seeds"] = True
    other = TEXT_2021.replace("families: outstanding", "families: good", 1)
    other = other.replace("\tOutstanding", "\tGood", 1)
    assert other.count("utstanding") < TEXT_2021.count("utstanding") - 1
    new_town.list(replace(REPORT_2022, data=pdf(other)))
    new_town.look()
    older = new_town.inspections[-1]
    assert (older["file_id"], older["status"], older["sources"]) == (
        "50176759",
        "doubtful",
        ["seed", "site"],
    )
    assert next(each["grade"] for each in older["judgements"]) == "good"  # the PDF's stands
    assert new_town.inspections[0]["comparison"] is None


def test_several_unknown_labels_are_a_suspected_framework_told_once_for_all_reports_of_it(town):
    town.at("2026-07-22 09:30")
    first = replace(REPORT_2025, published=date(2026, 7, 21), data=pdf(NEW_LABELS))
    town.publish(first)
    town.look()
    assert sorted(town.news) == ["framework_suspected", "report_published"]
    later = NEW_LABELS.replace("8 to 12 June 2026", "7 to 11 September 2026")
    town.at("2026-10-30 09:30")
    town.publish(replace(first, published=date(2026, 10, 29), file_id="50290000", data=pdf(later)))
    town.look()
    assert sorted(town.news) == ["framework_suspected", "report_published", "report_published"]
    assert len(town.mails_to("it")) == 1
    assert (
        town.subjects("scrutiny")
        == ["Sutton: new inspection report, new framework, not comparable"] * 2
    )
    told = town.mails_to("scrutiny")[0].get_body(("plain",)).get_content()
    assert "The strength of families:" in told
    assert "Outstanding" in told
    assert "->" not in told
    assert town.inspections[0]["comparison"] is None
