"""The JSON on which programs rely: every key, its type, and when it is null."""

import json
import re
from dataclasses import replace
from hashlib import sha256
from importlib.metadata import version

import pytest
from click.testing import CliRunner

from deployments.cli.main import main
from ofsted.reports.model import PARSER
from tests.installation import ELSEWHERE, TEXT_2025, TEXT_DOUBTFUL, again, pdf

TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")
SHA256 = re.compile(r"[0-9a-f]{64}")


@pytest.mark.both_databases
def test_reports(announced):
    announced.publish(replace(ELSEWHERE, title="Area SEND full inspection"))
    announced.change("50283346", data=again(pdf(TEXT_2025)))
    announced.checks(1, days=9)
    first, second, elsewhere = announced.ask("reports")["reports"]
    versions = second.pop("versions")
    assert first["baseline"] is True
    assert second == {
        "urn": "80515",
        "file_id": "50283346",
        "title": "Children's services inspection",
        "published": "2025-07-29",
        "link": "https://files.ofsted.gov.uk/v1/file/50283346",
        "kind": "ilacs",
        "status": "read",
        "listed": True,
        "first_seen": "2025-07-29T09:30:00Z",
        "baseline": False,
    }
    assert [each["source"] for each in versions] == ["ofsted", "ofsted"]
    assert set(versions[0]) == {"sha256", "media_type", "bytes", "first_seen", "source"}
    assert SHA256.fullmatch(versions[0]["sha256"])
    assert versions[0]["bytes"] == len(pdf(TEXT_2025))
    assert versions[0]["media_type"] == "application/pdf"
    assert TIME.fullmatch(versions[1]["first_seen"])
    assert (elsewhere["file_id"], elsewhere["kind"], elsewhere["status"]) == (
        None,
        "unknown",
        "missing",
    )
    assert elsewhere["link"] == "https://www.gov.uk/government/letter"
    assert elsewhere["versions"] == []
    assert len(announced.ask("reports", "--authority", "80515")["reports"]) == 3


@pytest.mark.parametrize("command", ["reports", "history"])
def test_an_authority_that_is_not_watched_is_asked_wrongly(installation, command):
    said = installation.cli(command, "--authority", "80456", "--json")
    assert (said.exit_code, said.stdout) == (2, "")
    assert "80456 is not watched" in said.stderr
    assert said.stderr.endswith("; watched: Sutton (80515)\n")


@pytest.mark.both_databases
def test_history(announced):
    announced.publish(ELSEWHERE)
    announced.check()
    (provider,) = announced.ask("history")["authorities"]
    assert provider["code"] == "44"
    assert (provider["urn"], provider["name"]) == ("80515", "London Borough of Sutton")
    elsewhere, newest, oldest = provider["inspections"]  # by inspection day, else published day
    assert elsewhere == {
        "kind": "unknown",
        "framework": None,
        "first_day": None,
        "last_day": None,
        "status": "missing",
        "judgements": [],
        "outcome": None,
        "title": "Area SEND full inspection",
        "published": "2025-07-28",
        "file_id": None,
        "link": "https://www.gov.uk/government/letter",
        "listed": True,
        "sources": ["ofsted"],
        "comparison": None,
    }
    assert set(newest) == set(elsewhere)
    assert (newest["kind"], newest["framework"], newest["status"]) == (
        "ilacs",
        "ilacs_2023",
        "read",
    )
    assert (newest["first_day"], newest["last_day"]) == ("2025-06-16", "2025-06-20")
    assert newest["judgements"][0] == {
        "key": "leaders",
        "label": "The impact of leaders on social work practice with children and families",
        "printed": "Good",
        "grade": "good",
        "page": 1,
    }
    comparison = newest["comparison"]
    assert set(comparison) == {"with", "with_urn", "with_authority", "with_published", "rows"}
    assert (comparison["with"], comparison["with_published"]) == ("50176759", "2022-02-01")
    whose = ("80515", "London Borough of Sutton")
    assert (comparison["with_urn"], comparison["with_authority"]) == whose
    assert {(row["with_urn"], row["with_authority"]) for row in comparison["rows"]} == {whose}
    assert [row["direction"] for row in comparison["rows"]] == ["lowered", *["unchanged"] * 4]
    assert oldest["comparison"] is None
    assert announced.cli("history", "--authority", "80456").exit_code == 2


@pytest.mark.both_databases
def test_events_and_messages(announced):
    *welcomes, event = announced.ask("events")["events"]
    assert event.pop("id") > 3
    assert "lowered" in event.pop("summary")
    assert event == {
        "at": "2025-07-29T09:30:00Z",
        "type": "report_published",
        "audience": "readers",
        "urn": "80515",
        "file_id": "50283346",
        "recipients": ["scrutiny", "channel"],
        "deliveries": {"sent": 2, "pending": 0, "refused": 0, "expired": 0, "cancelled": 0},
    }
    assert {
        (each["type"], each["audience"], each["urn"], each["file_id"]) for each in welcomes
    } == {("welcome", "both", None, None)}
    email, card = announced.ask("messages")["messages"][-2:]
    assert list(email) == [
        "id", "event", "recipient", "via", "channel", "state", "attempts", "due_at", "sent_at",
        "message_id", "error", "on_hold_since",
    ]  # fmt: skip
    assert (email["recipient"], email["via"], email["state"], email["attempts"]) == (
        "scrutiny",
        "email",
        "sent",
        1,
    )
    assert TIME.fullmatch(email["due_at"])
    assert TIME.fullmatch(email["sent_at"])
    assert email["message_id"].endswith("@example.gov.uk>")
    assert (email["error"], email["channel"], email["on_hold_since"]) == (None, "email", None)
    assert (card["via"], card["channel"]) == ("teams", "teams: channel")


def test_a_pending_message_has_no_time_of_sending_and_says_why(installation):
    installation.email.answers["MAIL"] = "451 4.7.1 try later"
    installation.publish(replace(ELSEWHERE, title="A letter"))
    installation.check()
    pending = next(each for each in installation.ask("messages")["messages"] if not each["sent_at"])
    assert (pending["state"], pending["attempts"], pending["sent_at"]) == ("pending", 1, None)
    assert "try later" in pending["error"]


def test_check(installation):
    installation.publish(ELSEWHERE)
    answer = installation.ask("check", "--no-prefect")
    (checked,) = answer["authorities"]
    event = installation.events[-1].id
    assert answer["sent"] == [
        {"recipient": name, "event": event, "result": "sent"} for name in ("scrutiny", "channel")
    ]
    assert answer["still_checking"] is False
    assert checked == {
        "code": "44",
        "urn": "80515",
        "state": "ok",
        "result": "changed",
        "listed": 2,
        "new": ["https://www.gov.uk/government/letter"],  # known by its link
        "summary": "2 reports listed, 1 new report: Area SEND full inspection",
    }


@pytest.mark.both_databases
def test_status(announced):
    announced.publish(replace(ELSEWHERE, link="https://files.ofsted.gov.uk/v1/file/1", file_id="1"))
    announced.change("50283346", data=pdf(TEXT_DOUBTFUL))
    announced.checks(1, days=9)
    answer = announced.ask("status")
    assert list(answer) == [
        "version", "parser_version", "database", "authorities", "areas", "messages", "channels",
        "recipients", "service", "problems",
    ]  # fmt: skip
    assert (answer["version"], answer["parser_version"]) == (version("ofsted-watch"), PARSER)
    assert answer["database"].startswith(("sqlite:///", "postgresql+psycopg://"))
    (provider,) = answer["authorities"]
    assert provider == {
        "code": "44",
        "urn": "80515",
        "name": "London Borough of Sutton",
        "state": "ok",
        "since": "2025-07-28T09:00:00Z",
        "last_successful_check": "2025-08-07T09:30:00Z",
        "next_check": None,  # no service has planned one
        "reports": 3,
        "unread": 1,
        "doubtful": 1,
    }
    assert answer["messages"] == {"pending": 0, "delayed": 0, "refused": 0, "expired": 0}
    assert answer["channels"] == [
        {"name": name, "state": "ok", "since": None, "why": None}
        for name in ("email", "teams: channel")
    ]
    assert answer["recipients"][0] == {
        "name": "scrutiny",
        "via": "email",
        "audience": "readers",
        "alert_on": "all",
        "frequency": "immediate",
        "provider_types": ["authorities"],
    }
    assert answer["service"] == {
        "up": False,
        "ui": None,
        "prefect": "own",
        "next_planned": None,
        "paused_since": None,
    }
    assert answer["problems"] == [
        {"what": "Sutton: a report could not be read: Area SEND full inspection", "advice": ""}
    ]


def test_status_of_what_was_never_checked(new_installation):
    new_installation.context()
    answer = new_installation.ask("status")
    (provider,) = answer["authorities"]
    assert (provider["state"], provider["since"], provider["last_successful_check"]) == (
        "new",
        None,
        None,
    )
    assert provider["next_check"] is None
    assert new_installation.cli("status").exit_code == 0


def test_read_is_a_line_a_file_and_ends_with_1_for_one_that_is_not_read(tmp_path):
    good, bad = tmp_path / "good.pdf", tmp_path / "bad.pdf"
    good.write_bytes(pdf(TEXT_2025))
    bad.write_bytes(b"<html>Report not found</html>")
    answer = CliRunner().invoke(main, ["read", "--json", str(good), str(bad)])
    assert answer.exit_code == 1
    read, unread = map(json.loads, answer.stdout.splitlines())
    assert list(read) == [
        "file", "sha256", "parser_version", "status", "kind", "framework", "title", "provider",
        "first_day", "last_day", "inspectors", "judgements", "outcome", "theme", "improvements",
        "doubts",
    ]  # fmt: skip
    assert set(unread) == set(read)
    assert (read["file"], read["sha256"]) == (str(good), sha256(pdf(TEXT_2025)).hexdigest())
    assert (read["status"], read["kind"], read["framework"]) == ("read", "ilacs", "ilacs_2023")
    assert (read["first_day"], read["last_day"]) == ("2025-06-16", "2025-06-20")
    assert read["inspectors"][0]["name"] == "Gareth Dakin"
    assert {each["kind"] for each in read["improvements"]} == {"improvement"}
    assert set(read["improvements"][0]) == {"kind", "body", "text", "page"}
    assert (unread["status"], unread["judgements"], unread["first_day"]) == ("unread", [], None)
    assert set(unread["doubts"][0]) == {"what", "lines"}


@pytest.mark.both_databases
@pytest.mark.parametrize("command", ["reports", "history", "events", "messages"])
def test_nothing_known_is_an_empty_list(new_installation, command):
    new_installation.context()
    (found,) = new_installation.ask(command).values()
    assert found == [] or [each["inspections"] for each in found] == [[]]
