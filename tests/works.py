"""Commands that may be killed, each in a town of its own, and how it stands when all is done."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from difflib import ndiff
from pathlib import Path
from subprocess import Popen
from tempfile import TemporaryDirectory
from typing import Any
from xml.etree import ElementTree as ET

from sqlalchemy import inspect

from flows.look import Ask, look
from storage import queries
from storage.database import Database
from tests.flows.older_reader import lay_down, lay_down_told
from tests.town import (
    CLI,
    ELSEWHERE,
    REPORT_2022,
    REPORT_2025,
    SCRUTINY,
    TEXT_2026,
    TEXT_INADEQUATE,
    Snapshots,
    Town,
    again,
    pdf,
    settle,
    tell,
)

NIGHT = """
import sys
from flows import configuration, tools
from flows.nightly import nightly
sys.exit(not nightly(tools.open_tools(configuration.load(sys.argv[2]))).is_well)
"""
AGES = {"last_good_look_age"}
TIMES = AGES | {"at", "first_seen", "due_at", "sent_at", "since", "last_good_look"}
NUMBERS = {"id", "event", "message_id", "attempts", "error"}  # a repeat may have others
PLACES = {"database"}
ANSWERS = ("history", "reports", "events", "deliveries", "status")
TITLE = "{http://www.w3.org/2005/Atom}title"


def _nothing(_town: Town) -> None:
    """Nobody has looked yet."""


def _seeds_and_a_newer_report(town: Town) -> None:
    town.settings["import_seeds"] = True
    town.publish(REPORT_2025)


def _two_reports(town: Town) -> None:
    town.at("2025-07-29 09:30")
    town.publish(ELSEWHERE)
    town.publish(REPORT_2025)


def _two_reports_recorded(town: Town) -> None:
    _two_reports(town)
    tools = town.tools()
    look(tools.watch("80515"), tools, Ask())
    town.close()


def _two_reports_to_the_outbox(town: Town) -> None:
    """Messages are files while nobody is set to hear them."""
    town.settings["recipients"] = []
    _two_reports(town)


def _a_digest_is_due(town: Town) -> None:
    """One recipient hears once a day of what the others heard at once."""
    at_once = [each for each in town.settings["recipients"] if each["name"] != "scrutiny"]
    town.settings["recipients"] = [SCRUTINY | {"when": "daily 08:00"}, *at_once]
    assert town.cli("deliver").exit_code == 0  # digests begin
    _two_reports_recorded(town)
    town.later(days=1)


def _much_at_once(town: Town) -> None:
    """Nine days later: a report edited and issued again, one under a new id, two new ones."""
    town.later(days=9)
    edited = replace(REPORT_2022, title="Inspection", data=again(REPORT_2022.data or b""))
    renumbered = replace(REPORT_2025, file_id="50290000")
    new = replace(REPORT_2025, published=town.now.date(), file_id="50300000", data=pdf(TEXT_2026))
    town.list(new, ELSEWHERE, renumbered, edited)


def _all_issued_again(town: Town) -> None:
    town.later(days=9)
    town.list(*(replace(each, data=again(each.data or b"")) for each in (REPORT_2025, REPORT_2022)))


def _replaced(town: Town) -> None:
    town.later(days=9)
    town.change("50283346", data=pdf(TEXT_INADEQUATE))


def _read_by_an_older_reader(town: Town) -> None:
    lay_down(town, "50176759", inspectors=[])


def _told_wrongly(town: Town) -> None:
    lay_down_told(town, "50283346", leaders="Outstanding")
    assert town.cli("reread").exit_code == 0


def _a_hole(town: Town) -> None:
    """Somebody was to hear and is owed nothing."""
    town.has_holes = True
    town.sql("DELETE FROM attempt WHERE delivery_id = 5")
    town.sql("DELETE FROM delivery WHERE id = 5")


def _left_overs(town: Town) -> None:
    town.later(days=100)
    (town.folder / "data" / "feed.xml").unlink()


@dataclass(frozen=True)
class Work:
    """A command, and the town it is given in."""

    command: tuple[str, ...]
    before: Callable[[Town], None]
    then: Callable[[Town], None]
    program: tuple[str, ...] = CLI
    ends: frozenset[int] = frozenset({0})  # as it may, undisturbed; also given a second time

    def start(self, town: Town, under: tuple[str, ...] = ()) -> Popen[str]:
        """In a process of its own; `under` another program."""
        return town.start(*self.command, under=under, program=self.program)

    def run(self, town: Town) -> tuple[int, str]:
        """Undisturbed: how it ends, and what it says."""
        if self.program == CLI:
            done = town.cli(*self.command)
            return done.exit_code, done.output
        process = self.start(town)
        said, trouble = process.communicate(timeout=120)
        return process.returncode, said + trouble


LOOK = ("look", "--plain")
WORKS = {
    "migrate": Work(("migrate",), _nothing, _seeds_and_a_newer_report),
    "import-seeds": Work(("import-seeds",), _nothing, _seeds_and_a_newer_report),
    "first look": Work(LOOK, _nothing, _seeds_and_a_newer_report),
    "look": Work(LOOK, settle, _two_reports),
    "deliver": Work(("deliver",), settle, _two_reports_recorded),
    "deliver a digest": Work(("deliver",), settle, _a_digest_is_due),
    "look at much": Work(LOOK, tell, _much_at_once),
    "look at files issued again": Work(LOOK, tell, _all_issued_again),
    "look at a report replaced": Work(LOOK, tell, _replaced),
    "look, to the outbox": Work(LOOK, settle, _two_reports_to_the_outbox),
    "reread": Work(("reread",), tell, _read_by_an_older_reader),
    "correct": Work(
        ("correct", "50283346", "--confirm"), tell, _told_wrongly, ends=frozenset({0, 2})
    ),
    "check": Work(("check",), tell, _a_hole, ends=frozenset({1})),
    "night": Work((), tell, _left_overs, program=("-c", NIGHT)),
}


@dataclass(frozen=True)
class Outcome:
    """What is known and what was heard, but for what may differ from run to run."""

    answers: dict[str, Any]
    files: list[str]
    feed: list[str]
    heard: list[tuple[str, str]]  # recipient and subject, of each message once

    def differences(self, other: Outcome) -> list[str]:
        """A line for each that is not the same in another."""
        ours, others = (json.dumps(asdict(each), indent=1).splitlines() for each in (self, other))
        return [line for line in ndiff(ours, others) if line[0] in "+-"]


@contextmanager
def a_town_for(work: Work, snapshots: Snapshots, folder: Path) -> Iterator[Town]:
    """One of its own, away when the block ends."""
    with snapshots.town(folder, work.before) as town:
        work.then(town)
        town.close()  # SQLite's locks are lost where a file that is open is copied
        town.mail.messages.clear()
        town.teams.posts.clear()
        yield town
    shutil.rmtree(folder)


def finish(town: Town, work: Work) -> None:
    """The same command undisturbed, then a look, until nothing is owed."""
    for each in (work, Work(LOOK, work.before, work.then, ends=work.ends | {0})):
        town.later(minutes=1)
        code, said = each.run(town)
        assert code in each.ends, said


def outcome(town: Town) -> Outcome:
    """How it stands."""
    return Outcome(
        answers={name: _in_any_order(_steady(town.ask(name))) for name in ANSWERS},
        files=sorted(path.name for path in _kept(town)),
        feed=[each.text or "" for each in ET.parse(_data(town) / "feed.xml").iter(TITLE)],  # noqa: S314  # our own
        heard=sorted({(to, subject) for to, subject, _ in messages(town)}),
    )


def _data(town: Town) -> Path:
    return town.folder / "data"


def _kept(town: Town) -> Iterator[Path]:
    """Documents, and messages written as files: their names are chance, their endings are not."""
    yield from (_data(town) / "archive").glob("??/*")
    for path in (_data(town) / "outbox").glob("[!.]*"):
        yield Path(path.suffix)


def _steady(answer: Any) -> Any:
    if isinstance(answer, dict):
        varies = TIMES | NUMBERS | PLACES
        return {key: _steady(value) for key, value in answer.items() if key not in varies}
    return [_steady(each) for each in answer] if isinstance(answer, list) else answer


def _in_any_order(answer: Any) -> Any:
    """Welcomes may come before news or after it."""
    return {
        name: sorted(each, key=repr) if isinstance(each, list) else each
        for name, each in answer.items()
    }


def messages(town: Town) -> list[tuple[str, str, bytes]]:
    """All that was accepted: to whom, its subject, its bytes."""
    mails = [
        (each.rcpt_tos[0], each.message["Subject"], each.content) for each in town.mail.messages
    ]
    whole = [post for post in town.teams.posts if post.is_whole]
    return mails + [("channel", _first_words(post.json), post.body) for post in whole]


def _first_words(post: Any) -> str:
    return str(post["attachments"][0]["content"]["body"][0])


def marked_sent(town: Town) -> int:
    """How many messages the database says were sent; asked of a copy, where it is a file."""
    with TemporaryDirectory() as folder:
        address = town.database
        if not address:
            for file in _data(town).glob("ofsted-watch.sqlite*"):
                shutil.copy(file, folder)
            address = f"sqlite:///{folder}/ofsted-watch.sqlite"
        database = Database(address)
        try:
            if not inspect(database.engine).has_table("delivery"):
                return 0
            with database.read() as session:
                sent = [each for each in queries.deliveries(session) if each.state == "sent"]
                return sum(each.channel != "outbox" for each in sent)
        finally:
            database.close()
