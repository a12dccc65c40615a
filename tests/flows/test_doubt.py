"""A doubtful or unreadable report is told with its doubt, never with an invented grade."""

from dataclasses import replace
from datetime import date

from tests.town import (
    REPORT_2022,
    REPORT_2025,
    TEXT_2021,
    TEXT_2025,
    TEXT_2026,
    TEXT_DOUBTFUL,
    pdf,
)

HEAD, REST = TEXT_2025.split("Judgement Grade")
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
