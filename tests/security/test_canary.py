"""No secret setting is found in anything that is written, whatever goes wrong."""

from __future__ import annotations

import logging
import os
import socket
import stat

import pytest
from sqlalchemy import text

from deployments.standin_faults import status
from flows import configuration
from tests.security import canary
from tests.sinks import Answer, MailSink, WebhookSink
from tests.town import REPORT_2025, Town

COMMANDS = [
    ("status",),
    ("status", "--json"),
    ("deliveries", "--json"),
    ("deliveries",),
    ("events", "--json"),
    ("reports", "--json"),
    ("history",),
    ("deliver",),
    ("test-alert", "--all"),
    ("test-alert", "--dry-run"),
    ("check",),
    ("doctor",),
]
WITH_PASSWORD = 'database = "postgresql://watch:a@example.org/watch"'
WRONG = [  # settings that cannot be, each with the word in it
    '[recipients]\nname = "a"\nteams = "{0}"',
    'recipients = "{0}"',
    'mail = "{0}"',
    '[mail]\npassword = "{0}"\nserver = "a"\nsender = "a@example.org"\nport = "b"',
    '[mail]\nserver = "a"\nsender = "a@example.org"\npassword = ["{0}"]',
    '[[recipients]]\nname = "a"\nteams = "http://{0}"',
    '[[recipients]]\nname = "a"\nteams = "https://example.org/{0}"',
    '[[recipients]]\nname = "a"\nteams = "https://x.webhook.office.com/{0}"',
    '[[recipients]]\nname = "a"\napprise = "{0}"',
    '[[recipients]]\nname = "a"\napprise = "nothing://{0}"',
    '[[recipients]]\nname = "a"\napprise = "mailto://{0}:{0}@example.org"',
    '[[recipients]]\nname = "a"\napprise = "slack://{0}"',
    '[[recipients]]\nname = "a"\nteams = "{0}"\napprise = "{0}"',
    'heartbeat = "{0}"',
    'heartbeat = ["{0}"]',
    'ui = "{0}"',
    '[ui]\nauth = "{0}"',
    '[ui]\nauth = "{0}:"',
    '[ui]\nauth = "{0}:\\u00e9"',
    '[ui]\nauth_file = "secret-nowhere"\nauth = "{0}"',
    '[ui]\nauthh = "{0}"',
    'database = "{0}"',
    'database = "postgresql://watch:a@{0}@127.0.0.1:9/none"',
    'database = "postgresql://watch:a/{0}@127.0.0.1:port/none"',
    'database = "mysql://watch:{0}@127.0.0.1:9/none"',
    'database = ["{0}"]',
]
NOT_THERE = [  # settings that can be, of a server that does not answer
    'database = "postgresql://watch:{0}@127.0.0.1:9/none"',
    'database = "postgresql://127.0.0.1:9/none?user=watch&password={0}"',
]


@pytest.mark.parametrize(
    "how",
    ["value", *(pytest.param(how, marks=pytest.mark.system) for how in ("env", "file"))],
)
def test_no_secret_is_written_when_all_goes_well_and_when_nothing_does(
    how, new_town, monkeypatch, caplog, capfd
):
    caplog.set_level(logging.INFO)
    town = new_town
    users = {"watch": canary.PASSWORD}
    with MailSink(users=users, security="starttls") as mail, WebhookSink() as phone:
        town.settings["mail"] |= {"port": mail.port, "security": "starttls"}
        for name, value in canary.plant(town, how, phone.port).items():
            monkeypatch.setenv(name, value)
        town.look()
        assert mail.messages
        assert town.teams.posts
        said = [_everything(town)]
        mail.users.clear()  # now the password is wrong
        echo = f"no such thing as {town.teams.url} {town.settings['recipients']}"
        town.teams.default = phone.default = Answer(404, echo)
        town.publish(REPORT_2025)
        town.later(hours=1)
        town.look()
        _break_an_event(town)
        town.later(days=2)
        town.deliver()
        town.standin.misbehave("*", status(503, "no"))
        town.look()
        said.append(_everything(town))
    said += [_everything(town), caplog.text, *capfd.readouterr()]  # and nobody answers
    assert "the message could not be made" in caplog.text
    assert [canary.found_in(words) for words in said if canary.found_in(words)] == []
    assert canary.files_with_it(town.folder) == []


def _everything(town: Town) -> str:
    """What every command says."""
    results = [town.cli(*words) for words in COMMANDS]
    return "\n".join(result.output + str(result.exception or "") for result in results)


def _break_an_event(town: Town) -> None:
    """What was to be said cannot be read any more: an exception with its trace."""
    with town.tools().database.write() as session:
        session.execute(text("UPDATE delivery SET content = NULL WHERE state = 'waiting'"))
        session.execute(text('UPDATE event SET news = \'{"type": "nothing"}\''))


@pytest.mark.parametrize(
    ("wrong", "code"), [*((each, 2) for each in WRONG), *((each, 1) for each in NOT_THERE)]
)
def test_settings_that_cannot_be_used_are_refused_without_their_secret(
    tmp_path, wrong, code, monkeypatch
):
    from click.testing import CliRunner

    from deployments.cli import main

    monkeypatch.chdir(tmp_path)
    file = tmp_path / "ofsted-watch.toml"
    file.write_text(wrong.format(canary.WORD), encoding="utf-8")
    for command in (("status",), ("look", "--plain"), ("migrate",)):
        result = CliRunner().invoke(main, ["--config", str(file), *command])
        assert result.exit_code == code, (command, result.output, result.exception)
        assert canary.found_in(result.output + repr(result.exception)) == []
        assert result.output.count("ofsted-watch: ") == 1


def test_no_secret_stands_on_a_command_line_or_in_the_words_for_settings(new_town):
    canary.plant(new_town, "value", 9)
    tools = new_town.tools()
    assert canary.found_in(repr(tools)) == []
    assert canary.found_in(str(tools.settings)) == []
    from deployments.service import Service

    service = Service(tools, "127.0.0.1", 4200)
    words = [*service.server.command, *service.worker.command, repr(service.api)]
    assert canary.found_in(" ".join(words)) == []


def test_a_service_open_to_others_without_a_login_is_refused(new_town):
    for host in ("0.0.0.0", "::", "192.0.2.1", "watch.example.gov.uk"):
        refused = new_town.cli("up", "--host", host)
        assert refused.exit_code == 2
        assert "set `auth_file` in [ui]" in refused.output


def test_a_port_that_another_program_has_is_not_told_the_login(new_town):
    canary.plant(new_town, "value", 9)
    heard: list[bytes] = []
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        up = new_town.start("up", "--port", str(port))
        other.settimeout(60)
        connection, _ = other.accept()
        with connection:
            heard.append(connection.recv(1000))
        _, said = up.communicate(timeout=60)
    assert heard == [b""]
    assert up.returncode == 1
    assert f"another program answers at http://127.0.0.1:{port}" in said
    assert canary.found_in(said) == []


def test_the_data_folder_is_for_its_owner_alone(new_town):
    before = os.umask(0o022)
    try:
        new_town.look()
    finally:
        os.umask(before)
    assert stat.S_IMODE((new_town.folder / "data").stat().st_mode) == 0o700


def test_settings_that_hold_any_secret_are_to_be_read_by_their_owner_alone(tmp_path, monkeypatch):
    file = tmp_path / "ofsted-watch.toml"
    for secret in ('[ui]\nauth = "a:b"', 'heartbeat = "https://example.org/a"', WITH_PASSWORD):
        file.write_text(secret, encoding="utf-8")
        file.chmod(0o644)
        (warning, *_) = configuration.warnings(configuration.load(str(file)))
        assert "holds secrets and others can read it" in warning
