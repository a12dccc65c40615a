"""Each command does one thing, says it on stdout, and ends with 0, 1 or 2."""

import json
import os
import re
import shutil
import sqlite3
import stat
import subprocess
import sys
from dataclasses import replace
from datetime import date, timedelta

import click
import pytest
import yaml
from click.testing import CliRunner

from deployments.cli.main import main
from deployments.demo.fake_ofsted_faults import status
from storage.database import newest_version
from tests.installation import (
    ELSEWHERE,
    HOME,
    LETTER,
    PAGE,
    REPORT_2025,
    TEXT_2025,
    TEXT_DOUBTFUL,
    pdf,
)


def _commands(group=main, path=()):
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        yield (*path, name), command
        if isinstance(command, click.Group):
            yield from _commands(command, (*path, name))


COMMANDS = dict(_commands())


def test_the_commands_are_those_that_were_promised():
    promised = "status reports history events messages check send read init test-alert doctor"
    promised += " export import-seeds up preview accept correct audit reread migrate authorities"
    promised += " website backup restore register documents"
    assert set(promised.split()) == {path[0] for path in COMMANDS}
    assert {("messages", "retry"), ("messages", "cancel")} <= set(COMMANDS)


@pytest.mark.parametrize("path", COMMANDS, ids=" ".join)
def test_every_command_and_option_says_what_it_is_for(path):
    command = COMMANDS[path]
    assert command.help
    answer = CliRunner().invoke(main, [*path, "--help"])
    assert answer.exit_code == 0
    assert command.help.splitlines()[0][:40] in answer.stdout


def test_the_help_groups_every_command_and_cuts_no_summary():
    said = CliRunner().invoke(main, ["--help"], env={"COLUMNS": "80"}).stdout
    headings = re.findall(r"^([A-Z][a-z ]+):$", said, re.MULTILINE)
    assert headings == ["Options", "See", "Do now", "Set up", "Put right", "Maintain"]
    listed = re.findall(r"^  ([a-z-]+)  ", said.partition("\nSee:")[2], re.MULTILINE)
    assert sorted(listed) == sorted(main.list_commands(click.Context(main)))
    for path in [(), ("messages",)]:
        assert "..." not in CliRunner().invoke(main, [*path, "--help"]).stdout.split("\n\n", 1)[1]


@pytest.mark.parametrize("command", ["status", "reports", "history", "events", "messages", "check"])
def test_whatever_shows_something_gives_one_json_document(installation, command):
    answer = installation.cli(command, "--json")
    assert isinstance(json.loads(answer.stdout), dict)


def test_a_check_prints_a_line_an_authority_and_a_line_a_new_report(installation):
    installation.publish(REPORT_2025)
    answer = installation.cli("check", "--no-prefect")
    assert answer.exit_code == 0
    assert answer.stdout == (
        "London Borough of Sutton (80515): 2 reports listed, "
        "1 new report: children's services inspection\n"
        "  new: Children's services inspection, published 29 Jul 2025: read\n"
        "sent to scrutiny: Sutton: leaders' impact lowered, Outstanding to Good; overall Good\n"
        "sent to channel: Sutton: leaders' impact lowered, Outstanding to Good; overall Good\n"
    )


def test_a_check_of_one_authority_leaves_the_others(installation):
    installation.settings["watch"] = [
        {"urn": 80515, "name": "Sutton"},
        {"urn": 80456, "name": "Camden"},
    ]
    checked = installation.ask("check", "--no-prefect", "--authority", "80515")["authorities"]
    assert [each["urn"] for each in checked] == ["80515"]
    said = installation.cli("check", "--no-prefect", "--authority", "80999")
    assert said.exit_code == 2
    assert (
        said.stderr
        == "ofsted-watch: 80999 is not watched; watched: Sutton (80515), Camden (80456)\n"
    )


def test_a_check_ends_with_1_when_a_page_is_not_well_or_a_file_newly_failed(installation):
    installation.publish(replace(REPORT_2025, data=None))
    codes = [installation.cli("check", "--no-prefect").exit_code for _ in range(2)]
    installation.fake_ofsted.misbehave(PAGE, status(404))
    codes.append(installation.cli("check", "--no-prefect").exit_code)
    assert codes == [1, 0, 1]


def test_a_failed_check_in_json(installation):
    installation.fake_ofsted.misbehave(PAGE, status(404))
    (checked,) = installation.ask("check", "--no-prefect")["authorities"]
    message = checked.pop("summary")
    assert checked == {
        "code": "44",
        "urn": "80515",
        "state": "unreachable",
        "result": "unreachable",
        "listed": None,
        "new": [],
    }
    assert "404" in message


def test_send_says_what_became_of_it(installation):
    answer = installation.cli("send")
    assert (answer.exit_code, answer.stdout) == (0, "nothing due\n")
    installation.email.answers["RCPT"] = "451 later"
    installation.publish(REPORT_2025)
    installation.check()
    installation.later(minutes=2)
    installation.email.answers["RCPT"] = "550 5.1.1 no such user"
    answer = installation.cli("send", "--json")
    assert answer.exit_code == 1
    assert json.loads(answer.stdout)["results"]["refused"] >= 1


def test_what_is_printed_moves_no_cursor(installation):
    installation.publish(replace(ELSEWHERE, title="Evil \x1b[2J\u202e report"))
    answer = installation.cli("check", "--no-prefect")
    assert "\x1b" not in answer.stdout
    assert "\u202e" not in answer.stdout
    assert "Evil" in installation.cli("reports").stdout


def test_tables_are_for_people(announced):
    for command, words in {
        "reports": "50283346",
        "history": "lowered",
        "events": "overall Good",
        "messages": "channel",
        "status": "channel",
    }.items():
        answer = announced.cli(command)
        assert words in answer.stdout
        assert "\x1b" not in answer.stdout


def test_an_unknown_seed_or_file_is_asked_wrongly(tmp_path):
    good = tmp_path / "good.pdf"
    good.write_bytes(pdf(TEXT_2025))
    answer = CliRunner().invoke(main, ["read", str(tmp_path / "none.pdf"), str(good)])
    assert answer.exit_code == 2
    assert answer.stderr == f"ofsted-watch: {tmp_path}/none.pdf: No such file or directory\n"
    assert answer.stdout.startswith(f"{good}: read, ilacs\n")


@pytest.mark.parametrize("port", ["-1", "99999", "http"])
def test_a_port_that_none_can_be_is_asked_wrongly(new_installation, port):
    answer = new_installation.cli("up", "--port", port)
    assert answer.exit_code == 2
    assert "Invalid value for '--port'" in answer.stderr


def test_read_prints_what_is_in_a_report(tmp_path):
    good, odd = tmp_path / "good.pdf", tmp_path / "odd.pdf"
    good.write_bytes(pdf(TEXT_DOUBTFUL))
    odd.write_bytes(pdf(LETTER))
    answer = CliRunner().invoke(main, ["read", str(good), str(odd)])
    assert answer.exit_code == 1
    assert "Overall effectiveness: Good (page 1)" in answer.stdout
    assert "doubt: the judgement table and the headings in the report disagree" in answer.stdout


def test_init_writes_what_only_its_owner_reads_and_never_over_another(tmp_path):
    file = tmp_path / "mine.toml"
    answer = CliRunner().invoke(main, ["init", str(file)])
    assert (answer.exit_code, stat.S_IMODE(file.stat().st_mode)) == (0, 0o600)
    file.write_text("# mine")
    answer = CliRunner().invoke(main, ["init", str(file)])
    assert (answer.exit_code, file.read_text()) == (2, "# mine")
    assert answer.stderr.endswith("mine.toml already exists; edit it, or give another name\n")
    answer = CliRunner().invoke(main, ["init", str(tmp_path / "no" / "folder.toml")])
    assert answer.exit_code == 2


@pytest.mark.both_databases
def test_events_can_be_asked_for_by_day_and_audience(announced):
    announced.change("50283346", published=date(2025, 7, 30))
    announced.checks(1, days=2)
    since = announced.ask("events", "--since", "2025-07-31")["events"]
    assert [each["type"] for each in since] == ["details_edited"]
    assert announced.ask("events", "--since", "2025-08-01")["events"] == []
    operators = {
        each["type"] for each in announced.ask("events", "--audience", "operators")["events"]
    }
    assert operators == {"welcome", "details_edited"}


@pytest.mark.both_databases
@pytest.mark.parametrize(
    ("at", "day"),
    [
        ("2025-07-29 22:59", "2025-07-29"),  # 23:59 in London
        ("2025-07-29 23:30", "2025-07-30"),  # half past midnight
        ("2025-12-09 23:59", "2025-12-09"),
        ("2025-12-10 00:01", "2025-12-10"),
    ],
)
def test_a_day_begins_at_midnight_in_london(installation, at, day):
    installation.at(at)
    installation.publish(replace(REPORT_2025, published=date.fromisoformat(day)))
    installation.check()
    after = (date.fromisoformat(day) + timedelta(days=1)).isoformat()
    found = [installation.ask("events", "--since", each)["events"] for each in (day, after)]
    assert [[each["type"] for each in events] for events in found] == [["report_published"], []]
    shown = installation.cli("events", "--since", day).stdout
    assert f"{date.fromisoformat(day):%d %b %Y} ".removeprefix("0") in shown


def test_events_name_the_recipients(announced):
    shown = " ".join(announced.cli("events", "--audience", "readers").stdout.split())
    assert "scrutiny" in shown
    assert "channel" in shown
    (operators,) = [
        each["recipients"]
        for each in announced.ask("events")["events"]
        if each["summary"].startswith("Ofsted Watch") and each["recipients"] == ["it"]
    ]
    assert operators == ["it"]


def test_reports_before_any_is_known_says_so(new_installation):
    new_installation.context()
    answer = new_installation.cli("reports")
    assert answer.exit_code == 0
    assert answer.stdout.startswith("no reports known yet")
    assert new_installation.ask("reports") == {"reports": []}


def test_without_settings_every_command_says_so(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    answer = CliRunner().invoke(main, ["import-seeds", "--json"])
    assert answer.exit_code == 0
    assert len(json.loads(answer.stdout)["seeds"]) == 2
    assert answer.stderr.splitlines() == [
        "note: no settings file found: checking Sutton; run `ofsted-watch init` to write one",
        f"note: no recipients are set: alerts are written to {tmp_path}/data/outbox",
    ]


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ("nonsense = 1", "nonsense: unknown field"),
        ('database = "nonsense"', "not a valid address"),
        ('database = "sqlite:////proc/no/db"', "cannot be created"),
        ('data_dir = "/proc/nowhere"', "cannot be created"),
        ('[[recipients]]\nname = "a"\nteams = "http://"', "recipient 'a'"),
    ],
)
def test_no_traceback_for_settings_that_cannot_be(tmp_path, settings, words):
    file = tmp_path / "bad.toml"
    file.write_text(settings)
    for command in (["status"], ["check", "--no-prefect"], ["send"], ["migrate"]):
        answer = CliRunner().invoke(main, ["--config", str(file), *command])
        assert answer.exit_code == 2, (command, answer)
        makes = command[0] in {"check", "migrate"}
        assert words in answer.stderr or (
            not makes and "there is no ofsted-watch database" in answer.stderr
        )
        (said,) = [line for line in answer.stderr.splitlines() if not line.startswith("note:")]
        assert said.startswith("ofsted-watch: ")


def test_a_file_that_is_no_database_ends_with_2(tmp_path):
    config = tmp_path / "ofsted-watch.toml"
    config.write_text('data_dir = "data"')
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "ofsted-watch.sqlite").write_bytes(b"no database" * 500)
    answer = CliRunner().invoke(main, ["--config", str(config), "status"])
    assert answer.exit_code == 2
    assert "file is not a database" in answer.stderr


def test_a_database_of_an_earlier_version_stops_until_it_is_migrated(tmp_path):
    """A later version of this program, with one migration more, finds today's database."""
    later, data = tmp_path / "later", tmp_path / "data"
    for room in ("ofsted", "storage", "notifications", "flows", "deployments", "seeds"):
        shutil.copytree(HOME / room, later / room, ignore=shutil.ignore_patterns("__pycache__"))
    now = newest_version()
    more = f"{int(now) + 1:04}"
    (later / "storage" / "migrations" / "versions" / f"{more}_more.py").write_text(
        f'revision = "{more}"\ndown_revision = "{now}"\n\n\ndef upgrade():\n    pass\n'
    )
    environment = os.environ | {"OFSTED_WATCH_DATA_DIR": str(data), "PYTHONPATH": str(later)}

    def ask(*command, where=later):
        line = [sys.executable, "-m", "deployments.cli.main", *command]
        return subprocess.run(
            line, cwd=where, env=environment, capture_output=True, text=True, check=False
        )

    environment["PYTHONPATH"] = str(HOME)
    assert ask("migrate", where=HOME).returncode == 0
    environment["PYTHONPATH"] = str(later)
    stopped = ask("reports")
    assert stopped.returncode == 2
    assert stopped.stderr.splitlines()[-1].endswith(
        f"is at version {now}, but this program needs {more}; run `ofsted-watch migrate`"
    )
    migrated = ask("migrate")
    assert (migrated.returncode, migrated.stdout.split()[-1]) == (0, more)
    with sqlite3.connect(data / "ofsted-watch.sqlite") as database:
        assert database.execute("SELECT version_num FROM alembic_version").fetchone() == (more,)


def test_stopped_while_it_is_still_loading_it_says_so_in_a_word(tmp_path):
    (tmp_path / "click.py").write_text("raise KeyboardInterrupt\n")
    stopped = subprocess.run(
        [sys.executable, "-c", "from deployments.cli.start import main; main()"],
        env=os.environ | {"PYTHONPATH": f"{tmp_path}:{HOME}"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (stopped.returncode, stopped.stderr) == (1, "Aborted!\n")


def test_history_shows_no_outcome_of_a_report_that_is_in_doubt(announced):
    example = (HOME / "tests/ofsted/reports/examples/area_send_2023.txt").read_text()
    announced.publish(
        replace(REPORT_2025, title="Area SEND full inspection", file_id="7", data=pdf(example))
    )
    announced.check()
    [inspection] = [each for each in announced.inspections if each["kind"] == "area_send"]
    assert inspection["status"] == "doubtful"  # it names another authority than its page
    assert inspection["outcome"].replace("_", " ") not in announced.cli("history").stdout


def test_register_without_a_server_says_what_is_missing(installation):
    said = installation.cli("register")
    assert said.exit_code == 2
    assert "the settings name no Prefect server; give api_url under [prefect]" in said.stderr


def test_register_writes_what_prefects_own_command_needs_and_no_secret(installation, tmp_path):
    file = tmp_path / "prefect.yaml"
    assert installation.cli("register", "--write", str(file)).exit_code == 0
    text = file.read_text()
    written = yaml.safe_load(text)
    assert [each["work_pool"]["name"] for each in written["deployments"]] == ["ofsted-watch"] * 5
    assert "&" not in text  # every value is written out
