"""An installation that an earlier version filled goes on with this one, as if nothing had happened.

`older/0100.sql.gz` was written by the version whose tables were at 0100: Sutton's baseline, a
report that was announced, one that is in no mailbox yet (the email server answered 451), and a
digest of the next morning. `older/0100.json` has what that version's commands showed of it.
"""

from __future__ import annotations

import gzip
import json
import sqlite3
from collections import Counter
from contextlib import closing
from pathlib import Path

import pytest

from ofsted.reports.model import PARSER
from tests.installation import ELSEWHERE, OPERATORS, REPORT_2022, REPORT_2025, SCRUTINY

OLDER = Path(__file__).parent / "older"
SITE = "http://site.invalid"  # where the fake site was
SUBJECT = "Sutton: new area SEND inspection report, not yet read"
DAILY = {"name": "daily", "email": "daily@example.gov.uk", "frequency": "daily 08:00"}


@pytest.fixture
def older(new_installation):
    """That installation, ten minutes after its last check."""
    new_installation.settings["recipients"] = [SCRUTINY, DAILY, OPERATORS]
    new_installation.list(ELSEWHERE, REPORT_2025, REPORT_2022)
    new_installation.at("2025-07-29 10:10")
    data = new_installation.folder / "data"
    data.mkdir()
    script = gzip.decompress((OLDER / "0100.sql.gz").read_bytes()).decode()
    with closing(sqlite3.connect(data / "ofsted-watch.sqlite")) as database:
        database.executescript(script.replace(SITE, new_installation.base))
        database.execute("UPDATE reading SET parser = ?", (PARSER,))  # its files are not kept
        database.commit()
    return new_installation


def pending(installation):
    """Number, Message-ID and bytes of the message that was not accepted."""
    columns = "id, message_id, content"
    return installation.sql(f"SELECT {columns} FROM delivery WHERE state = 'pending'")  # noqa: S608


def is_within(was, found):
    """Whether all that was shown is shown; keys may have been added."""
    if isinstance(was, dict):
        return all(key in found and is_within(was[key], found[key]) for key in was)
    if isinstance(was, list):
        return len(was) == len(found) and all(map(is_within, was, found))
    return was == found


def test_every_command_shows_what_it_showed(older):
    assert older.cli("migrate").exit_code == 0
    was = json.loads((OLDER / "0100.json").read_text().replace(SITE, older.base))
    assert set(was) == {"history", "reports", "events", "messages"}
    for command, shown in was.items():
        assert is_within(shown, older.ask(command)), command


def test_what_was_pending_is_sent_as_it_was_and_nothing_is_announced_again(older):
    assert older.cli("migrate").exit_code == 0
    [(number, message_id, content)] = pending(older)
    assert content
    checked = older.check()
    assert (checked.result, pending(older)) == ("unchanged", [])
    [sent] = older.email.messages
    assert (sent.message["Message-ID"], sent.content) == (message_id, content)
    assert older.deliveries[number - 1]["state"] == "sent"
    assert older.events[-1].id == 6  # the last of before
    older.at("2025-07-30 07:05")
    older.check()
    assert older.subjects("daily") == [SUBJECT]
    older.checks(3, hours=4)
    copies = Counter((each.message["Message-ID"], *each.rcpt_tos) for each in older.email.messages)
    assert [*copies.values()] == [1, 1]


def test_the_website_is_written_and_the_audit_finds_nothing_missing(older):
    assert older.cli("migrate").exit_code == 0
    older.check()
    assert older.cli("audit").exit_code == 0
    pages = older.folder / "data" / "website"
    assert "June 2025" in (pages / "sutton" / "index.html").read_text(encoding="utf-8")
