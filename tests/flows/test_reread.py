"""A better parser: what follows from what it finds, for whom, and never twice."""

import json
import os
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import select

from flows.upkeep.reparse_archive import reread, reread_when_due
from ofsted.reports.model import PARSER
from storage import models
from tests.flows.older_parser import lay_down, lay_down_announced
from tests.installation import REPORT_2025, TEXT_DOUBTFUL, Installation, pdf
from tests.locks import cut

DOUBTFUL = {
    "status": "doubtful",
    "doubts": [
        {"what": "the judgement table and the headings in the report disagree", "lines": ["Good"]}
    ],
}


def publish_doubtful(installation: Installation) -> None:
    """Announced as doubtful on its day, by an earlier parser that could not be certain."""
    installation.at("2025-07-29 09:30")
    installation.publish(replace(REPORT_2025, data=pdf(TEXT_DOUBTFUL)))
    installation.check()


def readings(installation: Installation) -> list[tuple[str, str, str]]:
    with installation.context().database.read() as session:
        rows = session.scalars(select(models.Reading).order_by(models.Reading.id))
        return [(row.sha256, row.parser, row.status) for row in rows]


def test_what_this_version_has_read_is_not_read_again(announced):
    found = reread(announced.context())
    assert (found.documents, found.changes, found.lost) == (0, (), ())
    assert reread_when_due(announced.context()) is None
    assert announced.event_types == []


@pytest.mark.both_databases
def test_what_a_better_parser_finds_in_history_is_announced_to_operators_alone_and_once(announced):
    lay_down(announced, "50176759", inspectors=[], title="Inspection of Sutton")
    found = reread(announced.context())
    assert found.documents == 2
    assert reread(announced.context()).documents == 0
    assert announced.event_types == ["reread"]
    (changed,) = announced.event_of("reread")["changed"]
    assert (changed["report"]["file_id"], changed["announced"]) == ("50176759", False)
    assert [each["what"] for each in changed["differences"]] == [
        "title in the report",
        "lead inspectors",
    ]
    announced.later(minutes=1)
    announced.send()
    assert len(announced.emails_to("it")) == 1
    assert announced.emails_to("scrutiny") == announced.cards == []


def test_one_rereading_is_one_message_whatever_it_changes(announced):
    lay_down(announced, "50176759", inspectors=[])
    lay_down(announced, "50283346", theme="something else")
    reread(announced.context())
    assert announced.event_types == ["reread"]
    changed = announced.event_of("reread")["changed"]
    assert [each["report"]["file_id"] for each in changed] == ["50176759", "50283346"]


def test_a_parser_that_finds_the_same_makes_no_event(announced):
    lay_down(announced, "50283346")
    assert reread(announced.context()).documents == 2
    assert announced.event_types == []
    assert [parser for _, parser, _ in readings(announced)] == ["0", "0", PARSER, PARSER]


def test_the_first_check_after_an_upgrade_reads_again_before_it_checks(announced):
    """Otherwise the weekly fetch would take a better reading for a replaced report."""
    lay_down(announced, "50283346", inspectors=[])
    announced.checks(2, days=9)
    assert announced.event_types == ["reread"]
    assert len(announced.emails_to("it")) == 1
    assert announced.emails_to("scrutiny") == []


def test_what_was_announced_as_doubtful_and_is_read_now_is_announced_once_with_its_comparison(
    installation,
):
    installation.at("2025-07-29 09:30")
    installation.publish(REPORT_2025)
    installation.check()
    lay_down(installation, "50283346", **DOUBTFUL)
    with installation.context().database.write() as session:
        for report in session.scalars(select(models.Report).where(~models.Report.baseline)):
            report.announced_status = "doubtful"
    installation.later(days=50)
    found = reread(installation.context())
    assert [each.read_at_last for each in found.changes] == [True]
    assert installation.event_types == ["report_published", "report_read", "reread"]
    event = installation.event_of("report_read")
    assert event["rows"][0]["direction"] == "lowered"
    assert installation.recipients_of("report_read") == ["scrutiny", "channel"]
    reread(installation.context())
    installation.checks(2, days=8)
    assert installation.event_types == ["report_published", "report_read", "reread"]
    assert installation.subjects("scrutiny")[-1].startswith(
        "Sutton: now read, leaders' impact lowered"
    )


def test_readers_are_not_alerted_again_to_a_report_announced_long_ago(installation):
    installation.at("2025-07-29 09:30")
    installation.publish(REPORT_2025)
    installation.check()
    lay_down(installation, "50283346", **DOUBTFUL)
    with installation.context().database.write() as session:
        for report in session.scalars(select(models.Report)):
            report.announced_status = "doubtful"
    installation.later(days=61)
    reread(installation.context())
    assert installation.event_types == ["report_published", "reread"]


def test_what_was_read_and_is_doubtful_now_is_announced_to_operators(installation):
    publish_doubtful(installation)
    lay_down(installation, "50283346", status="read", doubts=[])
    reread(installation.context())
    assert installation.event_types == ["report_published", "report_doubtful", "reread"]
    (changed,) = installation.event_of("reread")["changed"]
    assert changed["differences"][0] == {"what": "reading status", "was": "read", "now": "doubtful"}
    assert installation.inspections[0]["status"] == "doubtful"


def test_a_wrong_grade_is_never_corrected_by_itself_and_operators_get_the_command(announced):
    lay_down_announced(announced, "50283346", overall="Inadequate")
    announced.checks(1, minutes=15)
    assert announced.event_types == ["reread"]
    assert announced.emails_to("scrutiny") == []
    (email,) = announced.emails_to("it")
    text = email.get_body(("plain",)).get_content()
    assert email["Subject"] == (
        "Ofsted Watch: 1 report read differently now, 1 sent with a different grade"
    )
    assert "- ofsted-watch correct 50283346 --confirm" in text
    assert "Overall effectiveness: Inadequate -> Good" in " ".join(text.split())


def test_a_grade_of_the_inspection_before_that_was_announced_wrongly_is_named_too(announced):
    lay_down_announced(announced, "50176759", leaders="Good")
    found = reread(announced.context())
    assert [(each.report.file_id, each.announced) for each in found.changes] == [
        ("50176759", True),  # to those who were welcomed with it
        ("50283346", True),  # to those who got it compared
    ]


def test_what_was_announced_wrongly_stands_before_what_was_not(announced):
    lay_down_announced(announced, "50283346", overall="Inadequate")
    lay_down(announced, "50176759", theme="something else")
    found = reread(announced.context())
    assert [each.report.file_id for each in found.changes] == ["50283346", "50176759"]


def test_a_dry_run_says_what_differs_and_writes_nothing(announced):
    lay_down_announced(announced, "50283346", overall="Inadequate")
    before = readings(announced)
    shown = announced.cli("reread", "--dry-run")
    assert shown.exit_code == 0
    assert "  Overall effectiveness: Inadequate -> Good\n" in shown.stdout
    assert "ofsted-watch correct 50283346 --confirm" in shown.stdout
    assert shown.stdout.endswith("dry run: nothing was changed\n")
    answer = announced.ask("reread", "--dry-run")
    assert (answer["parser_version"], answer["documents"], answer["dry_run"]) == (PARSER, 2, True)
    (changed,) = answer["changed"]
    assert (changed["file_id"], changed["needs_correction"], changed["status"]) == (
        "50283346",
        True,
        "read",
    )
    assert (readings(announced), announced.event_types) == (before, [])


def test_what_this_version_could_not_read_is_tried_again_when_a_person_asks(announced):
    lay_down(announced, "50283346", status="unread", doubts=[{"what": "died", "lines": []}])
    with announced.context().database.write() as session:
        for row in session.scalars(select(models.Reading)):
            row.parser = PARSER
    assert reread_when_due(announced.context()) is None
    answer = announced.ask("reread")
    assert (answer["documents"], len(answer["changed"])) == (1, 1)
    assert {status for _, _, status in readings(announced)} == {"read"}


@pytest.mark.parametrize("damage", [Path.unlink, lambda file: file.write_bytes(b"%PDF-1.7")])
def test_a_document_that_the_archive_does_not_give_whole_costs_itself_alone(announced, damage):
    lay_down(announced, "50283346", inspectors=[])
    sha256 = announced.reports[0]["versions"][0]["sha256"]
    damage(announced.folder / "data" / "archive" / sha256[:2] / f"{sha256}.pdf")
    run = announced.cli("reread", "--json")
    answer = json.loads(run.stdout)
    assert (run.exit_code, answer["lost"], answer["documents"]) == (1, [sha256], 1)
    assert announced.event_types == ["reread"]
    assert announced.check().is_well


def test_seeds_are_read_again_too(new_installation):
    new_installation.settings["import_seeds"] = True
    new_installation.check()
    lay_down(new_installation, "50283346", inspectors=[])
    found = reread(new_installation.context())
    assert found.documents == len(readings(new_installation)) / 2
    assert [each.report.file_id for each in found.changes] == ["50283346"]


@pytest.mark.both_databases
def test_a_rereading_that_is_killed_has_written_nothing_and_is_done_by_the_next(announced):
    lay_down(announced, "50283346", inspectors=[])
    newest = announced.reports[-1]["versions"][0]["sha256"]
    file = announced.folder / "data" / "archive" / newest[:2] / f"{newest}.pdf"
    content = file.read_bytes()
    file.unlink()
    os.mkfifo(file)  # whoever opens it waits
    running = announced.start("reread")
    with file.open("wb"):  # once it is opened there, the other document has been read
        running.kill()
        running.communicate()
    file.unlink()
    file.write_bytes(content)
    assert [parser for _, parser, _ in readings(announced)] == ["0", "0"]
    assert reread(announced.context()).documents == 2
    assert announced.event_types == ["reread"]


@pytest.mark.both_databases
def test_a_rereading_that_lost_its_lock_says_so_in_a_line_and_has_written_nothing(announced):
    lay_down(announced, "50283346", inspectors=[])
    newest = announced.reports[-1]["versions"][0]["sha256"]
    file = announced.folder / "data" / "archive" / newest[:2] / f"{newest}.pdf"
    content = file.read_bytes()
    file.unlink()
    os.mkfifo(file)  # whoever opens it waits
    running = announced.start("reread")
    with file.open("wb"):
        cut(announced.context().database)
    _, stderr = running.communicate(timeout=60)
    file.unlink()
    file.write_bytes(content)
    assert running.returncode == 1
    assert "ofsted-watch: the lock on reread was lost" in stderr
    assert "Traceback" not in stderr
    assert [parser for _, parser, _ in readings(announced)] == ["0", "0"]
    assert reread(announced.context()).documents == 2
