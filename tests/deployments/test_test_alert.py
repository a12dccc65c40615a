"""`test-alert`: to those named or to all, seen before it goes out, also before the first check."""

import json
from email import message_from_bytes, policy

import pytest

from tests.installation import OPERATORS, SCRUTINY

ENDINGS = {".html", ".txt", ".eml", ".json"}
SUBJECT = "Test: Sutton: leaders' impact lowered, Outstanding to Good; overall Good"


@pytest.mark.both_databases
def test_it_is_sent_through_the_real_channel_to_one_and_makes_no_event(announced):
    answer = announced.ask("test-alert", "scrutiny")
    assert [(each["name"], each["result"]) for each in answer["recipients"]] == [
        ("scrutiny", "sent")
    ]
    (letter,) = announced.emails_to("scrutiny")
    assert letter["Subject"] == SUBJECT
    assert (announced.event_types, announced.cards) == ([], [])


def test_it_goes_to_several_once_each_in_whatever_order_they_are_named(announced):
    answer = announced.ask("test-alert", "it", "scrutiny", "it")
    assert [each["name"] for each in answer["recipients"]] == ["scrutiny", "it"]
    assert [len(announced.emails_to(name)) for name in ("scrutiny", "it")] == [1, 1]
    assert announced.cards == []


def test_nobody_named_asks_for_all_and_all_reaches_all(announced):
    said = announced.cli("test-alert")
    assert (said.exit_code, said.stdout) == (2, "")
    assert said.stderr == (
        "ofsted-watch: give a recipient's name, or --all for everyone; "
        "your recipients are: scrutiny, channel, it\n"
    )
    assert announced.cli("test-alert", "--out", str(announced.folder / "out")).exit_code == 2
    assert (announced.email.messages, announced.cards) == ([], [])
    assert announced.cli("test-alert", "--all").exit_code == 0
    assert (len(announced.email.messages), len(announced.cards)) == (2, 1)


@pytest.mark.parametrize("names", [["nobody"], ["scrutiny", "nobody"], ["scrutiny", "--all"]])
def test_one_name_that_is_none_sends_to_nobody(announced, names):
    said = announced.cli("test-alert", *names)
    assert said.exit_code == 2
    assert "nobody" in said.stderr or "--all" in said.stderr
    assert announced.email.messages == []


def test_a_dry_run_shows_subject_and_text_and_sends_nothing(announced):
    said = announced.cli("test-alert", "scrutiny", "--dry-run")
    head, subject, empty, *text = said.stdout.splitlines()
    assert (head, subject, empty) == (
        "scrutiny (email): dry run, not sent",
        f"Subject: {SUBJECT}",
        "",
    )
    assert any("This is a test" in line for line in text)
    (shown,) = announced.ask("test-alert", "scrutiny", "--dry-run")["recipients"]
    assert (shown["subject"], shown["files"]) == (SUBJECT, [])
    assert len(announced.ask("test-alert", "--dry-run")["recipients"]) == 3
    assert (announced.email.messages, announced.cards) == ([], [])


def test_out_writes_every_form_for_everyone_under_names_of_their_own(announced):
    odd = {"name": "../Scrutiny!", "email": "odd@example.gov.uk"}
    announced.settings["recipients"] = [SCRUTINY, odd, OPERATORS, {**OPERATORS, "name": "£££"}]
    out = announced.folder / "not" / "there"
    answer = announced.ask("test-alert", "--all", "--dry-run", "--out", str(out))
    written = [path for each in answer["recipients"] for path in each["files"]]
    assert sorted(written) == sorted(map(str, out.iterdir()))
    assert len({*written}) == 4 * len(ENDINGS)
    assert {path.suffix for path in out.iterdir()} == ENDINGS
    letter = message_from_bytes(
        (out / "test-alert-scrutiny.eml").read_bytes(), policy=policy.default
    )
    assert (letter["Subject"], letter["To"]) == (SUBJECT, "scrutiny@example.gov.uk")
    assert letter["From"] == "Ofsted Watch <ofsted-watch@example.gov.uk>"
    assert "This is a test" in (out / "test-alert-scrutiny.txt").read_text()
    assert "<html" in (out / "test-alert-scrutiny.html").read_text()
    assert "AdaptiveCard" in json.dumps(json.loads((out / "test-alert-scrutiny.json").read_text()))
    assert announced.email.messages == []


def test_out_beside_a_name_writes_and_sends(announced):
    out = announced.folder / "out"
    assert announced.cli("test-alert", "scrutiny", "--out", str(out)).exit_code == 0
    assert len(announced.emails_to("scrutiny")) == 1
    assert {path.suffix for path in out.iterdir()} == ENDINGS


@pytest.mark.parametrize("urn", [80515, 80456])
def test_before_the_first_check_it_is_that_of_a_packaged_report_and_nothing_is_made(
    new_installation, urn
):
    new_installation.settings["watch"] = [{"urn": urn}]
    shown = new_installation.cli("test-alert", "--dry-run")
    assert shown.exit_code == 0
    assert f"Subject: {SUBJECT}\n" in shown.stdout
    assert "no reports known yet; using a report on Sutton" in shown.stderr
    assert new_installation.cli("test-alert", "it").exit_code == 0
    assert [letter["Subject"] for letter in new_installation.emails_to("it")] == [SUBJECT]
    assert not (new_installation.folder / "data").exists()
    new_installation.context()  # an installation that has made no check yet
    assert f"Subject: {SUBJECT}\n" in new_installation.cli("test-alert", "--dry-run").stdout
    assert new_installation.ask("reports") == {"reports": []}
