"""A better reader: what follows from what it finds, for whom, and never twice."""

import json
import os
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import select

from flows.reread import reread, reread_when_due
from ofsted.reports.read import PARSER
from storage import models
from tests.flows.older_reader import lay_down, lay_down_told
from tests.locks import cut
from tests.town import REPORT_2025, TEXT_DOUBTFUL, Town, pdf

DOUBTFUL = {
    "status": "doubtful",
    "doubts": [{"what": "the judgement table and the body disagree", "lines": ["Good"]}],
}


def publish_doubtful(town: Town) -> None:
    """Told as doubtful on its day, by an earlier reader that could not tell."""
    town.at("2025-07-29 09:30")
    town.publish(replace(REPORT_2025, data=pdf(TEXT_DOUBTFUL)))
    town.look()


def readings(town: Town) -> list[tuple[str, str, str]]:
    with town.tools().database.read() as session:
        rows = session.scalars(select(models.Reading).order_by(models.Reading.id))
        return [(row.sha256, row.parser, row.status) for row in rows]


def test_what_this_version_has_read_is_not_read_again(told):
    found = reread(told.tools())
    assert (found.documents, found.changes, found.lost) == (0, (), ())
    assert reread_when_due(told.tools()) is None
    assert told.news == []


def test_what_a_better_reader_finds_in_history_is_told_to_operators_alone_and_once(told):
    lay_down(told, "50176759", inspectors=[], title="Inspection of Sutton")
    found = reread(told.tools())
    assert found.documents == 2
    assert reread(told.tools()).documents == 0
    assert told.news == ["reread"]
    (changed,) = told.news_of("reread")["changed"]
    assert (changed["report"]["file_id"], changed["told"]) == ("50176759", False)
    assert [each["what"] for each in changed["differences"]] == [
        "title inside",
        "lead inspectors",
    ]
    told.later(minutes=1)
    told.deliver()
    assert len(told.mails_to("it")) == 1
    assert told.mails_to("scrutiny") == told.cards == []


def test_one_rereading_is_one_message_whatever_it_changes(told):
    lay_down(told, "50176759", inspectors=[])
    lay_down(told, "50283346", theme="something else")
    reread(told.tools())
    assert told.news == ["reread"]
    changed = told.news_of("reread")["changed"]
    assert [each["report"]["file_id"] for each in changed] == ["50176759", "50283346"]


def test_a_reader_that_finds_the_same_is_no_news(told):
    lay_down(told, "50283346")
    assert reread(told.tools()).documents == 2
    assert told.news == []
    assert [parser for _, parser, _ in readings(told)] == ["0", "0", PARSER, PARSER]


def test_the_first_look_after_an_upgrade_reads_again_before_it_looks(told):
    """Otherwise the weekly fetch would take a better reading for a replaced report."""
    lay_down(told, "50283346", inspectors=[])
    told.looks(2, days=9)
    assert told.news == ["reread"]
    assert len(told.mails_to("it")) == 1
    assert told.mails_to("scrutiny") == []


def test_what_was_told_as_doubtful_and_is_read_now_is_told_once_with_its_comparison(town):
    town.at("2025-07-29 09:30")
    town.publish(REPORT_2025)
    town.look()
    lay_down(town, "50283346", **DOUBTFUL)
    with town.tools().database.write() as session:
        for report in session.scalars(select(models.Report).where(~models.Report.history)):
            report.told_status = "doubtful"
    town.later(days=50)
    found = reread(town.tools())
    assert [each.read_at_last for each in found.changes] == [True]
    assert town.news == ["report_published", "report_read", "reread"]
    news = town.news_of("report_read")
    assert news["rows"][0]["direction"] == "lowered"
    assert town.hearers_of("report_read") == ["scrutiny", "channel"]
    reread(town.tools())
    town.looks(2, days=8)
    assert town.news == ["report_published", "report_read", "reread"]
    assert town.subjects("scrutiny")[-1].startswith("Sutton: now read, leaders' impact lowered")


def test_a_report_that_was_told_long_ago_is_no_news_for_readers(town):
    town.at("2025-07-29 09:30")
    town.publish(REPORT_2025)
    town.look()
    lay_down(town, "50283346", **DOUBTFUL)
    with town.tools().database.write() as session:
        for report in session.scalars(select(models.Report)):
            report.told_status = "doubtful"
    town.later(days=61)
    reread(town.tools())
    assert town.news == ["report_published", "reread"]


def test_what_was_read_and_is_doubtful_now_is_told_to_operators(town):
    publish_doubtful(town)
    lay_down(town, "50283346", status="read", doubts=[])
    reread(town.tools())
    assert town.news == ["report_published", "report_doubtful", "reread"]
    (changed,) = town.news_of("reread")["changed"]
    assert changed["differences"][0] == {"what": "reading", "was": "read", "now": "doubtful"}
    assert town.inspections[0]["status"] == "doubtful"


def test_a_wrong_grade_is_never_corrected_by_itself_and_operators_get_the_command(told):
    lay_down_told(told, "50283346", overall="Inadequate")
    told.looks(1, minutes=15)
    assert told.news == ["reread"]
    assert told.mails_to("scrutiny") == []
    (mail,) = told.mails_to("it")
    text = mail.get_body(("plain",)).get_content()
    assert mail["Subject"] == (
        "Ofsted watch: 1 report read differently now, 1 told with another grade"
    )
    assert "- ofsted-watch correct 50283346 --confirm" in text
    assert "Overall effectiveness: Inadequate -> Good" in " ".join(text.split())


def test_a_grade_of_the_inspection_before_that_was_told_wrongly_is_named_too(told):
    lay_down_told(told, "50176759", leaders="Good")
    found = reread(told.tools())
    assert [(each.report.file_id, each.told) for each in found.changes] == [
        ("50176759", True),  # to those who were welcomed with it
        ("50283346", True),  # to those who heard it compared
    ]


def test_what_was_told_wrongly_stands_before_what_was_not(told):
    lay_down_told(told, "50283346", overall="Inadequate")
    lay_down(told, "50176759", theme="something else")
    found = reread(told.tools())
    assert [each.report.file_id for each in found.changes] == ["50283346", "50176759"]


def test_a_dry_run_says_what_differs_and_writes_nothing(told):
    lay_down_told(told, "50283346", overall="Inadequate")
    before = readings(told)
    shown = told.cli("reread", "--dry-run")
    assert shown.exit_code == 0
    assert "  Overall effectiveness: Inadequate -> Good\n" in shown.stdout
    assert "ofsted-watch correct 50283346 --confirm" in shown.stdout
    assert shown.stdout.endswith("nothing was written\n")
    answer = told.ask("reread", "--dry-run")
    assert (answer["parser"], answer["documents"], answer["dry_run"]) == (PARSER, 2, True)
    (changed,) = answer["changed"]
    assert (changed["file_id"], changed["told"], changed["status"]) == ("50283346", True, "read")
    assert (readings(told), told.news) == (before, [])


def test_what_this_version_could_not_read_is_tried_again_when_a_person_asks(told):
    lay_down(told, "50283346", status="unread", doubts=[{"what": "died", "lines": []}])
    with told.tools().database.write() as session:
        for row in session.scalars(select(models.Reading)):
            row.parser = PARSER
    assert reread_when_due(told.tools()) is None
    answer = told.ask("reread")
    assert (answer["documents"], len(answer["changed"])) == (1, 1)
    assert {status for _, _, status in readings(told)} == {"read"}


@pytest.mark.parametrize("damage", [Path.unlink, lambda file: file.write_bytes(b"%PDF-1.7")])
def test_a_document_that_the_archive_does_not_give_whole_costs_itself_alone(told, damage):
    lay_down(told, "50283346", inspectors=[])
    sha256 = told.reports[0]["versions"][0]["sha256"]
    damage(told.folder / "data" / "archive" / sha256[:2] / f"{sha256}.pdf")
    run = told.cli("reread", "--json")
    answer = json.loads(run.stdout)
    assert (run.exit_code, answer["lost"], answer["documents"]) == (1, [sha256], 1)
    assert told.news == ["reread"]
    assert told.look().is_well


def test_seeds_are_read_again_too(new_town):
    new_town.settings["import_seeds"] = True
    new_town.look()
    lay_down(new_town, "50283346", inspectors=[])
    found = reread(new_town.tools())
    assert found.documents == len(readings(new_town)) / 2
    assert [each.report.file_id for each in found.changes] == ["50283346"]


def test_a_rereading_that_is_killed_has_written_nothing_and_is_done_by_the_next(told):
    lay_down(told, "50283346", inspectors=[])
    newest = told.reports[-1]["versions"][0]["sha256"]
    file = told.folder / "data" / "archive" / newest[:2] / f"{newest}.pdf"
    content = file.read_bytes()
    file.unlink()
    os.mkfifo(file)  # whoever opens it waits
    running = told.start("reread")
    with file.open("wb"):  # once it is opened there, the other document has been read
        running.kill()
        running.communicate()
    file.unlink()
    file.write_bytes(content)
    assert [parser for _, parser, _ in readings(told)] == ["0", "0"]
    assert reread(told.tools()).documents == 2
    assert told.news == ["reread"]


def test_a_rereading_that_lost_its_lock_says_so_in_a_line_and_has_written_nothing(told):
    lay_down(told, "50283346", inspectors=[])
    newest = told.reports[-1]["versions"][0]["sha256"]
    file = told.folder / "data" / "archive" / newest[:2] / f"{newest}.pdf"
    content = file.read_bytes()
    file.unlink()
    os.mkfifo(file)  # whoever opens it waits
    running = told.start("reread")
    with file.open("wb"):
        cut(told.tools().database)
    _, stderr = running.communicate(timeout=60)
    file.unlink()
    file.write_bytes(content)
    assert running.returncode == 1
    assert "ofsted-watch: the lock on reread was lost" in stderr
    assert "Traceback" not in stderr
    assert [parser for _, parser, _ in readings(told)] == ["0", "0"]
    assert reread(told.tools()).documents == 2
