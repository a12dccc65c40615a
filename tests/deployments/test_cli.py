"""Commands: exit codes, one line for what is wrong, and the shapes that programs hold on to."""

import json

import pytest
from click.testing import CliRunner

from deployments.cli import main
from tests.town import REPORT_2025

WRONG = {
    "dat_dir = 'x'": "dat_dir: unknown field; did you mean 'data_dir'?",
    "[site]\ngap = 'fast'": "site.gap: input should be a valid number",
    "[schedule]\nlooks = ['often']": "schedule.looks.0: 'often' is not a cron expression",
    "x = = 1": "is not TOML",
    "[[recipients]]\nname = 'a'": "exactly one of email, teams, apprise",
    "[[recipients]]\nname = 'a'\nemail = 'a@b.uk'": "there is no [mail]",
    "[[recipients]]\nname = 'a'\napprise = 'nosuch://x'": "recipient",
    "[[recipients]]\nname = 'a'\nteams_env = 'NOT_SET'": "NOT_SET is not set",
    "[[recipients]]\nname='a'\napprise='jsons://h/p'\nwhen='daily 08:00'": "later version",
}


@pytest.mark.parametrize("text", WRONG)
def test_settings_that_cannot_be_understood_end_with_2_and_one_line(tmp_path, text):
    file = tmp_path / "ofsted-watch.toml"
    file.write_text(text)
    answer = CliRunner().invoke(main, ["--config", str(file), "status"])
    assert answer.exit_code == 2
    [line] = [line for line in answer.stderr.splitlines() if not line.startswith("note:")]
    assert WRONG[text] in line
    assert answer.stdout == ""


def test_a_rehearsals_clock_needs_allow_private(tmp_path, monkeypatch):
    monkeypatch.setenv("OFSTED_WATCH_CLOCK", "2025-07-29T09:00:00Z")
    monkeypatch.setenv("OFSTED_WATCH_DATA_DIR", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    answer = CliRunner().invoke(main, ["status"])
    assert answer.exit_code == 2
    assert "allow_private" in answer.stderr


def test_init_writes_settings_that_work_and_never_over_others(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert CliRunner().invoke(main, ["init"]).exit_code == 0
    before = (tmp_path / "ofsted-watch.toml").read_text()
    assert CliRunner().invoke(main, ["init"]).exit_code == 2
    assert (tmp_path / "ofsted-watch.toml").read_text() == before
    assert CliRunner().invoke(main, ["reports"]).exit_code == 0


def test_look_reports_and_history_have_the_promised_keys(town):
    town.publish(REPORT_2025)
    [looked] = town.ask("look", "--plain")["providers"]
    assert list(looked) == ["urn", "state", "outcome", "listed", "new", "message"]
    assert looked["new"] == ["50283346"]
    report = town.ask("reports")["reports"][-1]
    assert list(report) == [
        "urn", "file_id", "title", "published", "link", "kind", "status", "listed",
        "first_seen", "history", "versions",
    ]  # fmt: skip
    assert list(report["versions"][0]) == ["sha256", "media_type", "bytes", "first_seen", "source"]
    [provider] = town.ask("history")["providers"]
    inspection = provider["inspections"][0]
    assert inspection["published"] == "2025-07-29"
    assert inspection["comparison"]["rows"][0] == {
        "key": "leaders",
        "label": "The impact of leaders on social work practice with children and families",
        "grade": "good",
        "before": "outstanding",
        "relation": "same",
        "direction": "lowered",
    }


def test_events_deliveries_and_status_have_the_promised_keys(town):
    town.publish(REPORT_2025)
    town.look()
    event = town.ask("events")["events"][-1]
    assert list(event) == [
        "id", "at", "type", "audience", "urn", "file_id", "summary", "deliveries",
    ]  # fmt: skip
    assert event["deliveries"] == {
        "sent": 2, "waiting": 0, "refused": 0, "expired": 0, "settled": 0,
    }  # fmt: skip
    delivery = town.ask("deliveries")["deliveries"][-1]
    assert list(delivery) == [
        "id", "event", "recipient", "channel", "state", "attempts", "due_at", "sent_at",
        "message_id", "error",
    ]  # fmt: skip
    status = town.ask("status")
    assert status["providers"][0]["state"] == "well"
    assert status["service"] == {"up": False, "ui": None}
    assert town.cli("status").exit_code == 0


def test_read_gives_a_line_a_file_and_ends_with_1_for_one_that_is_not_read(tmp_path):
    good, bad = tmp_path / "good.pdf", tmp_path / "bad.pdf"
    good.write_bytes(REPORT_2025.data)
    bad.write_bytes(b"<html>Report not found</html>")
    answer = CliRunner().invoke(main, ["read", "--json", str(good), str(bad)])
    assert answer.exit_code == 1
    first, second = map(json.loads, answer.stdout.splitlines())
    assert (first["status"], first["kind"], first["framework"]) == ("read", "ilacs", "ilacs_2023")
    assert (second["status"], second["judgements"]) == ("unread", [])
    assert second["doubts"]


def test_a_test_alert_is_marked_and_makes_no_event(town):
    town.publish(REPORT_2025)
    town.look()
    events = len(town.events)
    assert "This is a test" in town.cli("test-alert", "scrutiny", "--dry-run").stdout
    assert town.cli("test-alert", "scrutiny").exit_code == 0
    assert len(town.mails_to("scrutiny")) == 2
    assert len(town.events) == events
