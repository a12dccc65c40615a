"""No secret setting is found in anything that is written, whatever goes wrong."""

from __future__ import annotations

import logging
import os
import socket
import stat

import pytest
from sqlalchemy import text

from deployments.demo.fake_ofsted_faults import status
from flows.settings import load
from tests.installation import REPORT_2025, Installation
from tests.security import canary
from tests.sinks import Answer, EmailSink, WebhookSink

COMMANDS = [
    ("status",),
    ("status", "--json"),
    ("messages", "--json"),
    ("messages",),
    ("events", "--json"),
    ("reports", "--json"),
    ("history",),
    ("send",),
    ("test-alert", "--all"),
    ("test-alert", "--dry-run"),
    ("audit",),
    ("doctor",),
]
WITH_PASSWORD = 'database = "postgresql://watch:a@example.org/watch"'
WRONG = [  # settings that cannot be, each with the word in it
    '[recipients]\nname = "a"\nteams = "{0}"',
    'recipients = "{0}"',
    'mail = "{0}"',
    'email = "{0}"',
    '[email]\npassword = "{0}"\nserver = "a"\nsender = "a@example.org"\nport = "b"',
    '[email]\nserver = "a"\nsender = "a@example.org"\npassword = ["{0}"]',
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
    how, new_installation, monkeypatch, caplog, capfd
):
    caplog.set_level(logging.INFO)
    installation = new_installation
    users = {"watch": canary.PASSWORD}
    with EmailSink(users=users, security="starttls") as email, WebhookSink() as phone:
        installation.settings["email"] |= {"port": email.port, "security": "starttls"}
        for name, value in canary.plant(installation, how, phone.port).items():
            monkeypatch.setenv(name, value)
        installation.check()
        assert email.messages
        assert installation.teams.posts
        said = [_everything(installation)]
        email.users.clear()  # now the password is wrong
        echo = f"no such thing as {installation.teams.url} {installation.settings['recipients']}"
        installation.teams.default = phone.default = Answer(404, echo)
        installation.publish(REPORT_2025)
        installation.later(hours=1)
        installation.check()
        _break_an_event(installation)
        installation.later(days=2)
        installation.send()
        installation.fake_ofsted.misbehave("*", status(503, "no"))
        installation.check()
        said.append(_everything(installation))
    said += [_everything(installation), caplog.text, *capfd.readouterr()]  # and nobody answers
    assert "the message could not be created" in caplog.text
    assert [canary.found_in(words) for words in said if canary.found_in(words)] == []
    assert canary.files_with_it(installation.folder) == []


def _everything(installation: Installation) -> str:
    """What every command says."""
    results = [installation.cli(*words) for words in COMMANDS]
    return "\n".join(result.output + str(result.exception or "") for result in results)


def _break_an_event(installation: Installation) -> None:
    """What was to be said cannot be read any more: an exception with its trace."""
    with installation.context().database.write() as session:
        session.execute(text("UPDATE delivery SET content = NULL WHERE state = 'pending'"))
        session.execute(text('UPDATE event SET payload = \'{"type": "nothing"}\''))


@pytest.mark.parametrize(
    ("wrong", "code"), [*((each, 2) for each in WRONG), *((each, 1) for each in NOT_THERE)]
)
def test_settings_that_cannot_be_used_are_refused_without_their_secret(
    tmp_path, wrong, code, monkeypatch
):
    from click.testing import CliRunner

    from deployments.cli.main import main

    monkeypatch.chdir(tmp_path)
    file = tmp_path / "ofsted-watch.toml"
    file.write_text(wrong.format(canary.WORD), encoding="utf-8")
    for command in (("status",), ("check", "--no-prefect"), ("migrate",)):
        result = CliRunner().invoke(main, ["--config", str(file), *command])
        assert result.exit_code == code, (command, result.output, result.exception)
        assert canary.found_in(result.output + repr(result.exception)) == []
        assert result.output.count("ofsted-watch: ") == 1


def test_no_secret_stands_on_a_command_line_or_in_the_words_for_settings(new_installation):
    canary.plant(new_installation, "value", 9)
    context = new_installation.context()
    assert canary.found_in(repr(context)) == []
    assert canary.found_in(str(context.settings)) == []
    from deployments.service.supervisor import Service

    service = Service(context, "127.0.0.1", 4200)
    words = [
        *service.own.managed.command,
        *service.worker.command,
        repr((service.api, service.server)),
    ]
    assert canary.found_in(" ".join(words)) == []


def test_a_service_open_to_others_without_a_login_is_refused(new_installation):
    for host in ("0.0.0.0", "::", "192.0.2.1", "watch.example.gov.uk"):
        refused = new_installation.cli("up", "--host", host)
        assert refused.exit_code == 2
        assert "set `auth_file` in [ui]" in refused.output


def test_a_port_that_another_program_has_does_not_get_the_login(new_installation):
    canary.plant(new_installation, "value", 9)
    alerted: list[bytes] = []
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        up = new_installation.start("up", "--port", str(port))
        other.settimeout(60)
        connection, _ = other.accept()
        with connection:
            alerted.append(connection.recv(1000))
        _, said = up.communicate(timeout=60)
    assert alerted == [b""]
    assert up.returncode == 1
    assert f"another program is using http://127.0.0.1:{port}" in said
    assert canary.found_in(said) == []


def test_the_data_folder_is_for_its_owner_alone(new_installation):
    before = os.umask(0o022)
    try:
        new_installation.check()
    finally:
        os.umask(before)
    assert stat.S_IMODE((new_installation.folder / "data").stat().st_mode) == 0o700


def test_settings_that_hold_any_secret_are_to_be_read_by_their_owner_alone(tmp_path, monkeypatch):
    file = tmp_path / "ofsted-watch.toml"
    for secret in ('[ui]\nauth = "a:b"', 'heartbeat = "https://example.org/a"', WITH_PASSWORD):
        file.write_text(secret, encoding="utf-8")
        file.chmod(0o644)
        (warning, *_) = load.warnings(load.load(str(file)))
        assert "contains secrets and other users can read it" in warning
