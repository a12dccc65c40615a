"""The doctor names what is wrong and what to do, sends nothing, and shows no secret."""

import os
import shutil
import signal
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner

from deployments.cli.main import main
from deployments.doctor import machine
from deployments.doctor.findings import note, ok
from deployments.service.client import PREFECT_SERVER, WORKER, Child, Running, write_service
from flows.alerting.sending import service_starts
from flows.context.planned import record_alive
from flows.settings import load
from ofsted.reports import sandbox
from ofsted.reports.wall import Walls
from tests.installation import Installation
from tests.sinks import closed_port

SUBJECTS = {
    "settings", "versions", "parser", "sandbox", "disk", "clock", "database", "audit", "archive",
    "email", "recipient scrutiny", "recipient channel", "recipient it", "checks", "service",
    "website",
}  # fmt: skip


def findings(installation: Installation, state: str = "") -> dict[str, str]:
    """What was found, by subject; of one state alone if it is given."""
    return {
        each["subject"]: each["found"]
        for each in installation.ask("doctor")["findings"]
        if state in {"", each["state"]}
    }


def said_by(installation: Installation, *command: str) -> tuple[int, str]:
    """The exit code, and what was printed as one line."""
    answer = installation.cli(*command)
    return answer.exit_code, " ".join((answer.stdout + answer.stderr).split())


def documents(installation: Installation) -> list[Path]:
    return sorted((installation.folder / "data" / "archive").rglob("*.pdf"))


@pytest.mark.both_databases
def test_a_sound_installation_has_nothing_wrong_and_nothing_is_sent(announced):
    code, said = said_by(announced, "doctor")
    assert code == 0, said
    assert "wrong" not in said
    assert set(findings(announced)) == SUBJECTS
    assert (
        announced.email.messages,
        announced.cards,
        announced.event_types,
        announced.fake_ofsted.requests,
    ) == ([], [], [], [])


def test_every_line_that_is_wrong_says_what_to_do(announced):
    documents(announced)[0].unlink()
    found = announced.ask("doctor")["findings"]
    assert all(set(each) == {"subject", "state", "found", "to_do"} for each in found)
    assert all(each["to_do"] for each in found if each["state"] == "wrong")
    assert "what to do: restore them from a backup" in said_by(announced, "doctor")[1]


def test_a_document_that_is_gone_or_changed_is_named(announced):
    gone, changed = documents(announced)
    gone.unlink()
    changed.write_bytes(changed.read_bytes() + b" ")
    code, said = said_by(announced, "doctor")
    assert code == 1
    assert f"1 document missing: {gone.stem}" in said
    assert f"1 document damaged: {changed}" in said


def test_which_walls_stand_around_the_process_that_reads_is_said(installation, monkeypatch):
    def said():
        return [each for each in machine.examine(settings) if each.subject == "sandbox"]

    settings = load.load(str(installation.config))
    stands = Walls(("Landlock ABI 7", "resource limits", "seccomp"), ())
    monkeypatch.setattr(sandbox, "walls", lambda: stands)
    assert said() == [
        ok(
            "sandbox",
            "the process that reads reports has no access to files, the network or processes "
            "(Landlock ABI 7, resource limits, seccomp)",
        )
    ]
    missing = Walls((), ("seccomp: libseccomp.so.2 is not installed; install it",))
    monkeypatch.setattr(sandbox, "walls", lambda: missing)
    reads = "the process that reads reports is confined by nothing"
    assert said() == [
        note("sandbox", f"{reads}; seccomp: libseccomp.so.2 is not installed", "install it")
    ]


def test_a_discrepancy_is_wrong(announced):
    announced.has_discrepancies = True
    announced.sql("UPDATE report SET listed = false")
    assert findings(announced, "wrong")["audit"].startswith("2 discrepancies (")


def test_a_file_that_is_no_database_is_wrong(tmp_path):
    config = tmp_path / "ofsted-watch.toml"
    config.write_text('data_dir = "data"')
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "ofsted-watch.sqlite").write_bytes(b"no database" * 500)
    answer = CliRunner().invoke(main, ["--config", str(config), "doctor"])
    assert answer.exit_code == 1
    assert "file is not a database" in " ".join(answer.stdout.split())


def test_an_email_server_that_does_not_let_us_in_is_wrong(installation):
    installation.settings["email"] |= {"username": "watch", "password": "hunter-2"}
    installation.email.answers["EHLO"] = "250-sink.test\r\n250 AUTH PLAIN LOGIN"
    installation.email.answers["AUTH"] = "535 5.7.8 authentication failed"
    said = findings(installation, "wrong")["email"]
    assert "AUTH: 535 5.7.8 authentication failed" in said
    assert "hunter-2" not in said
    with closed_port() as port:
        installation.settings["email"]["port"] = port
        assert "connect: " in findings(installation, "wrong")["email"]
    assert installation.email.messages == []


def test_a_webhook_whose_host_is_not_found_is_wrong_and_its_signature_is_not_shown(installation):
    installation.settings["recipients"][1]["teams"] = (
        "https://nowhere.invalid/workflows?sig=hunter-2"
    )
    code, said = said_by(installation, "doctor")
    assert code == 1
    assert "recipient channel: host nowhere.invalid not found" in said
    assert "hunter-2" not in said


def test_what_is_odd_but_works_is_a_note(installation):
    installation.settings["recipients"] = [{"name": "channel", "teams": installation.teams.url}]
    installation.settings["recipients"][0]["quiet_notice"] = False
    line = [sys.executable, "-m", "deployments.cli.main", "--config"]
    config = installation.folder / "open.toml"
    shutil.copy(installation.config, config)
    config.chmod(0o644)
    said = subprocess.run(
        [*line, str(config), "doctor"],
        env=os.environ | installation.environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert said.returncode == 0, said.stdout
    for words in (
        "other users can read it",
        "nobody will be notified of problems",
        "no quiet notices",
    ):
        assert words in " ".join(said.stdout.split())


def test_an_authority_file_that_is_none_is_wrong(installation):
    installation.settings["ca_file"] = str(installation.config)
    found = findings(installation, "wrong")
    assert "contains no certificate" in found["settings"]
    assert set(found) == {"settings", "email"}


def test_a_service_that_ran_and_does_not_run_is_wrong(installation):
    context = installation.context()
    service_starts(context)
    with context.database.write() as session:
        record_alive(session, context.settings, context.clock.now())
    installation.later(days=5)
    said = findings(installation, "wrong")["service"]
    assert "the service is not running, so no checks are made" in said


@pytest.mark.both_databases
def test_a_clock_that_was_ahead_is_wrong(installation):
    installation.at("2025-07-01 09:00")
    assert "is dated in the future" in findings(installation, "wrong")["checks"]


@pytest.fixture
def process():
    """A process that lives until the test ends."""
    with subprocess.Popen(["sleep", "60"]) as started:
        yield started
        started.kill()


def test_a_service_that_died_or_lacks_a_child_is_wrong(installation, process):
    import psutil

    me, other = psutil.Process(), psutil.Process(process.pid)
    settings = load.load(str(installation.config))
    names = (PREFECT_SERVER, WORKER)
    children = tuple(Child(name, other.pid, other.create_time()) for name in names)
    service = Running(
        me.pid, me.create_time(), "http://127.0.0.1:9", "http://127.0.0.1:9/api", children
    )
    write_service(settings, service)
    found = installation.ask("doctor")["findings"]
    said = [each["found"] for each in found if each["subject"] == "service"]
    assert said[0].startswith("running, pid ")
    assert said[1] == "the Prefect server and the worker are running"
    unreachable = "the Prefect server at http://127.0.0.1:9/api did not answer: "
    assert said[2].startswith(unreachable)
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    assert "the worker is not running" in str(installation.ask("doctor"))
    write_service(settings, replace(service, started=0.0))
    assert "it stopped unexpectedly" in findings(installation, "wrong")["service"]


def test_settings_that_cannot_be_understood_stop_it_like_every_command(tmp_path):
    file = tmp_path / "bad.toml"
    file.write_text("nonsense = 1")
    answer = CliRunner().invoke(main, ["--config", str(file), "doctor"])
    assert answer.exit_code == 2
    assert "nonsense: unknown field" in answer.stderr


def test_no_secret_is_shown(installation, monkeypatch):
    canaries = {"password": "canary-one", "sig": "canary-two", "token": "canarythree"}
    monkeypatch.setenv("MAIL_PASSWORD", canaries["password"])
    installation.settings["email"] |= {
        "username": "watch",
        "password_env": "MAIL_PASSWORD",
    }
    installation.settings["recipients"] += [
        {"name": "other", "teams": f"{installation.teams.url}&sig={canaries['sig']}"},
        {"name": "chat", "apprise": f"jsons://127.0.0.1/{canaries['token']}"},
    ]
    for command in (["doctor", "--json"], ["doctor", "--live"]):
        _, said = said_by(installation, *command)
        assert "recipient chat" in said
        assert not [each for each in canaries.values() if each in said]


def test_checks_in_the_hours_in_which_the_clocks_change_are_noted(announced):
    announced.settings["schedule"] = {"checks": ["30 1 * * sun"]}
    assert "between 01:00 and 02:59" in findings(announced, "note")["checks"]
    announced.settings["schedule"] = {"checks": ["59 0 * * *", "0 3 * * *"]}
    assert "checks" not in findings(announced, "note")


def test_a_round_that_does_not_fit_between_two_checks_is_noted(announced):
    announced.settings["watch"] = [{"region": "London"}]
    announced.settings["schedule"] = {"checks": ["*/15 7-19 * * mon-fri", "10 5,21 * * *"]}

    def found(gap):
        announced.settings["ofsted"]["gap"] = gap
        return {each["found"]: each["state"] for each in announced.ask("doctor")["findings"]}

    takes = (
        "a round of 33 pages takes at least {}, at a request every {} s; rounds are 15 min apart"
    )
    assert found(1)[takes.format("33 s", 1)] == "ok"
    slow = found(30)
    assert slow[takes.format("16 min 30 s", 30)] == "note"
    assert slow["32 pages, such as Barking and Dagenham: none yet"] == "note"
