"""A check names the recipients of welcomes, asks a person, and says what was sent to whom."""

from __future__ import annotations

import os
import pty
import re
import select
import subprocess
import sys
import time
from contextlib import contextmanager

import pytest

from tests.installation import ELSEWHERE, HOME, REPORT_2025, forget

QUESTION = "Send messages after this check? [y/N]: "
ON_IT = (  # the terminal becomes that of the command, so that Ctrl-C means it
    "import os, sys; os.open(os.ttyname(0), os.O_RDWR); "
    "os.execv(sys.executable, [sys.executable, *sys.argv[1:]])"
)


class Terminal:
    """A command on a terminal of its own: what it shows, and what a person types."""

    def __init__(self, master: int, process: subprocess.Popen[bytes]) -> None:
        self.master, self.process = master, process
        self.shown = ""

    def until(self, words: str) -> None:
        """Wait until it shows this."""
        end = time.monotonic() + 60
        while words not in self.shown:
            assert time.monotonic() < end, self.shown
            assert self._more(), self.shown

    def type(self, keys: str) -> None:
        os.write(self.master, keys.encode())

    def answer(self, keys: str) -> None:
        """Type until the question is done with: a key may come before it is listened to."""
        while "\n" not in self.shown.partition(QUESTION)[2]:
            self.type(keys)
            until = time.monotonic() + 3
            while time.monotonic() < until and "\n" not in self.shown.partition(QUESTION)[2]:
                assert self._more(), self.shown

    def ended(self) -> int:
        """Its exit code, after all it had to show."""
        while self._more():
            pass
        return self.process.wait(60)

    def _more(self) -> bool:
        if not select.select([self.master], [], [], 1)[0]:
            return self.process.poll() is None
        try:
            found = os.read(self.master, 4096)
        except OSError:  # it has closed its side
            return False
        self.shown += found.decode().replace("\r\n", "\n")
        return bool(found)


@contextmanager
def at_a_terminal(installation, *command):
    master, slave = pty.openpty()
    with subprocess.Popen(
        [
            sys.executable,
            "-c",
            ON_IT,
            "-m",
            "deployments.cli.main",
            "--config",
            str(installation.config),
            *command,
        ],
        cwd=HOME,
        env=os.environ | installation.environment,
        stdin=slave,
        stdout=slave,
        stderr=slave,
        start_new_session=True,
    ) as process:
        os.close(slave)
        try:
            yield Terminal(master, process)
        finally:
            process.kill()
            os.close(master)


def subjects(installation):
    return {name: installation.subjects(name) for name in ("scrutiny", "it")}


def test_a_person_is_asked_by_name_before_first_messages_and_yes_sends_them(new_installation):
    with at_a_terminal(new_installation, "check") as terminal:
        terminal.until(QUESTION)
        assert (
            "will go to 3 new recipients:\n  scrutiny (email)\n  channel (Teams)\n  it (email)"
            in (terminal.shown)
        )
        assert new_installation.email.messages == []
        terminal.type("y\n")
        assert terminal.ended() == 0
    assert (
        "sent to scrutiny: Ofsted Watch: you are subscribed to reports on Sutton\n"
        in terminal.shown
    )
    assert re.findall(r"^sent to (\w+)", terminal.shown, re.MULTILINE) == [
        "scrutiny", "channel", "it",
    ]  # fmt: skip
    assert [len(each) for each in subjects(new_installation).values()] == [1, 1]
    with at_a_terminal(new_installation, "check") as terminal:
        assert terminal.ended() == 0
    assert "?" not in terminal.shown
    assert "no messages were due" in terminal.shown


@pytest.mark.parametrize("answer", ["n\n", "\n", "\x04", "\x03"], ids=["n", "enter", "^D", "^C"])
def test_no_sends_nothing_and_loses_nothing(new_installation, answer):
    with at_a_terminal(new_installation, "check") as terminal:
        terminal.until(QUESTION)
        terminal.answer(answer)
        assert terminal.ended() == 0, terminal.shown
    assert "1 report found" in terminal.shown
    assert "no messages were sent; nothing is lost" in terminal.shown
    assert (new_installation.email.messages, new_installation.teams.posts) == ([], [])
    with at_a_terminal(
        new_installation, "check"
    ) as terminal:  # asked again, since nothing went out
        terminal.until(QUESTION)
        terminal.type("n\n")
        assert terminal.ended() == 0
    assert new_installation.email.messages == []
    new_installation.later(minutes=1)
    assert new_installation.cli("send").exit_code == 0
    assert [len(each) for each in subjects(new_installation).values()] == [1, 1]
    assert len(new_installation.cards) == 1


def test_yes_answers_before_it_is_asked(new_installation):
    with at_a_terminal(new_installation, "check", "--yes") as terminal:
        assert terminal.ended() == 0
    assert "?" not in terminal.shown
    assert "  scrutiny (email)\n" in terminal.shown
    assert [len(each) for each in subjects(new_installation).values()] == [1, 1]


def test_without_a_terminal_they_are_sent_and_it_is_said(new_installation):
    checked = new_installation.cli("check")
    assert "note: sending without asking, as this is not a terminal" in checked.stderr
    assert "  channel (Teams)\n" in checked.stderr
    assert (
        "sent to channel: Ofsted Watch: you are subscribed to reports on Sutton\n" in checked.stdout
    )
    assert new_installation.cli("check").stderr == ""


def test_no_send_sends_nothing_and_the_next_sending_does(new_installation):
    checked = new_installation.cli("check", "--no-send")
    assert checked.exit_code == 0
    assert "no messages were sent; nothing is lost" in checked.stdout
    assert new_installation.email.messages == []
    new_installation.later(minutes=1)
    new_installation.send()
    forget(new_installation)
    new_installation.publish(REPORT_2025)
    assert new_installation.ask("check", "--no-send")["sent"] == []
    assert (new_installation.email.messages, new_installation.event_types) == (
        [],
        ["report_published"],
    )
    event = new_installation.events[-1].id
    assert new_installation.ask("check", "--no-prefect")["sent"] == [
        {"recipient": name, "event": event, "result": "sent"} for name in ("scrutiny", "channel")
    ]


def test_only_those_who_get_one_are_named(installation):
    """Everybody had theirs; one is added, and one of an authority that is not checked."""
    installation.settings["watch"] = [{"urn": 80515}, {"urn": 80456}]
    installation.settings["recipients"] += [
        {"name": "new", "email": "new@example.gov.uk", "authorities": [80515]},
        {"name": "camden", "email": "camden@example.gov.uk", "authorities": [80456]},
    ]
    said = installation.cli("check", "--no-prefect", "--authority", "80515").stderr
    assert "will go to 1 new recipient:\n  new (email)\n" in said
    assert "camden" not in said


@pytest.mark.parametrize(
    ("answer", "result", "words"),
    [
        ("451 4.3.0 later", "later", "will be retried"),
        ("550 5.1.1 no such user", "refused", "refused"),
    ],
)
def test_what_was_not_sent_is_said_with_why(installation, answer, result, words):
    installation.email.answers["RCPT"] = answer
    installation.publish(REPORT_2025)
    said = installation.cli("check", "--no-prefect")
    assert f"overall Good: {words} ({answer.partition(' ')[2]})\n" in said.stdout
    installation.later(minutes=5)
    installation.publish(ELSEWHERE)
    sent = installation.ask("check", "--no-prefect")["sent"]
    assert {"channel", "scrutiny"} <= {each["recipient"] for each in sent}
    assert {result, "sent"} == {each["result"] for each in sent}


def test_a_channel_that_is_down_is_called_so(installation):
    installation.settings["email"] |= {"username": "watch", "password": "wrong"}
    installation.email.answers["EHLO"] = "250-sink.test\r\n250 AUTH PLAIN LOGIN"
    installation.email.answers["AUTH"] = "535 5.7.8 authentication failed"
    installation.publish(REPORT_2025)
    sent = installation.ask("check", "--no-prefect")["sent"]
    assert {each["recipient"]: each["result"] for each in sent}["scrutiny"] == "channel_down"
