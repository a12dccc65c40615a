"""What the commands print, at 80 columns, with long real names and titles."""

import os
import pty
import re
import subprocess
import sys
from dataclasses import replace

import pytest

from tests.installation import HOME, JOINT_2023, REPORT_2025, TEXT_DOUBTFUL, pdf

NAME = "Bournemouth, Christchurch and Poole Council"
LINK = f"https://www.gov.uk/{'x' * 90}"
TITLES = (
    "Joint targeted area inspection of the multi-agency response to serious youth violence",
    "Inspection of services for children in need of help and protection, and Board review",
)
SHOWN = ("status", "history", "reports", "events", "messages")
ESCAPE = re.compile(r"\x1b\[[0-9;]*m")


@pytest.fixture
def old_installation(announced):
    """With long names, a report elsewhere, one with doubt, and a recipient who is not there."""
    announced.settings["watch"] = [{"urn": 80515, "name": NAME}]
    announced.settings["recipients"] += [
        {"name": "chair of the children and families scrutiny panel", "email": "a@example.gov.uk"}
    ]
    announced.fake_ofsted.providers["80515"].name = NAME
    announced.publish(
        replace(JOINT_2023, title=TITLES[0], file_id=None, link=f"https://www.gov.uk/{'x' * 90}")
    )
    doubtful = replace(REPORT_2025, title=TITLES[1], file_id="50290000", data=pdf(TEXT_DOUBTFUL))
    announced.publish(doubtful)
    announced.email.answers["RCPT"] = (
        "550 5.1.1 the recipient's address was rejected: no such user here"
    )
    announced.check()
    return announced


def words(text):
    return set(re.findall(r"[A-Za-z][a-z]+", text))


def test_nothing_but_an_address_is_wider_than_80_columns_and_no_word_is_broken(
    old_installation, monkeypatch
):
    monkeypatch.setenv("COLUMNS", "80")
    whole = words(" ".join((NAME, *TITLES)))
    for command in SHOWN:
        shown = old_installation.cli(command).stdout
        for line in shown.splitlines():
            assert len(line) <= 80 or "https://" in line or "/" in line, (command, line)
        assert "\u2026" not in shown, command
        assert "\x1b" not in shown
        if command in {"reports", "history"}:
            assert whole - {"Council"} <= words(shown) | words(NAME), command


def test_every_value_of_the_answer_is_there_at_80_columns(old_installation, monkeypatch):
    monkeypatch.setenv("COLUMNS", "80")
    events = old_installation.ask("events")["events"]
    shown = " ".join(old_installation.cli("events").stdout.split())
    assert all(each["type"] in shown for each in events)
    for each in old_installation.ask("messages")["messages"]:
        assert each["state"] in old_installation.cli("messages").stdout
    assert "no such user here" in " ".join(old_installation.cli("messages").stdout.split())


GRID = """\
London Borough of Sutton (80515)

                               December 2021                   June 2025
Impact of leaders on social    Outstanding                     Good
work practice
Children who need help and     Good                            Good
protection
Children in care               graded together with care       Good
                               leavers
Care leavers                   graded together with children   Good
                               in care
Overall effectiveness          Good                            Good
Children in care and care      Good                            graded separately
leavers

29 Jul 2025 Children's services inspection, inspected 16 Jun 2025 to 20 Jun 2025
  compared with the report of 1 Feb 2022:
  Impact of leaders on social work practice: Good (was Outstanding; lowered)
  Children who need help and protection: Good (was Good; unchanged)
  Children in care: Good (was Good; unchanged; judged together with care leavers
    before)
  Care leavers: Good (was Good; unchanged; judged together with children in care
    before)
  Overall effectiveness: Good (was Good; unchanged)

1 Feb 2022 Children's services inspection, inspected 6 Dec 2021 to 10 Dec 2021
  Impact of leaders on social work practice: Outstanding
  Children who need help and protection: Good
  Children in care and care leavers: Good
  Overall effectiveness: Good
"""


def test_history_draws_judgements_through_time(announced, monkeypatch):
    monkeypatch.setenv("COLUMNS", "80")
    assert [
        line.rstrip() for line in announced.cli("history").stdout.splitlines()
    ] == GRID.splitlines()


def test_history_draws_as_many_inspections_side_by_side_as_fit(announced, monkeypatch):
    monkeypatch.setenv("COLUMNS", "40")
    grid = announced.cli("history").stdout
    assert "June 2025" in grid
    assert all(len(line) <= 40 for line in grid.splitlines()[:30])


def on_a_terminal(installation, *command, **environment):
    """What is printed where stdout is a terminal of 80 columns."""
    ours, theirs = pty.openpty()
    started = subprocess.Popen(
        [
            sys.executable,
            "-m",
            "deployments.cli.main",
            "--config",
            str(installation.config),
            *command,
        ],
        cwd=HOME,
        env={
            **os.environ,
            **installation.environment,
            "COLUMNS": "80",
            "TERM": "xterm",
            **environment,
        },
        stdout=theirs,
        stderr=subprocess.DEVNULL,
    )
    os.close(theirs)
    printed = b""
    while True:
        try:
            part = os.read(ours, 4096)
        except OSError:
            break
        if not part:
            break
        printed += part
    started.wait()
    os.close(ours)
    return printed.decode()


def test_colour_is_for_terminals_and_no_color_is_obeyed(announced):
    assert ESCAPE.search(on_a_terminal(announced, "events"))
    assert not ESCAPE.search(on_a_terminal(announced, "events", NO_COLOR="1"))
    assert not ESCAPE.search(announced.cli("events").stdout)
