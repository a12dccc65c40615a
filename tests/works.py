"""Commands that may be killed, each in an installation of its own, and how it stands at the end."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from datetime import date
from difflib import ndiff
from pathlib import Path
from subprocess import Popen
from tempfile import TemporaryDirectory
from typing import Any
from xml.etree import ElementTree as ET

from sqlalchemy import inspect

from deployments.demo.fake_borough import SUTTON
from deployments.demo.fake_ofsted import Listed
from flows.checking.check import check_page
from flows.checking.one_check import CheckRequest
from storage import queries
from storage.database import Database
from tests.flows.older_parser import lay_down, lay_down_announced
from tests.installation import (
    CLI,
    ELSEWHERE,
    REPORT_2022,
    REPORT_2025,
    SCRUTINY,
    TEXT_2026,
    TEXT_INADEQUATE,
    Installation,
    Snapshots,
    again,
    announce_2025,
    first_check,
    pdf,
)

NIGHTLY = """
import sys
from flows.context.context import open_context
from flows.settings import load
from flows.upkeep.nightly import nightly
sys.exit(not nightly(open_context(load.load(sys.argv[2]))).is_well)
"""
TIMES = {"at", "first_seen", "due_at", "sent_at", "since", "last_successful_check"}
NUMBERS = {"id", "event", "message_id", "attempts", "error"}  # a repeat may have others
ADDRESSES = {"database"}
ANSWERS = ("history", "reports", "documents", "events", "messages", "status")
TITLE = "{http://www.w3.org/2005/Atom}title"


def _nothing(_installation: Installation) -> None:
    """Nothing has been checked yet."""


def _seeds_and_a_newer_report(installation: Installation) -> None:
    installation.settings["import_seeds"] = True
    installation.publish(REPORT_2025)


def _two_reports(installation: Installation) -> None:
    installation.at("2025-07-29 09:30")
    installation.publish(ELSEWHERE)
    installation.publish(REPORT_2025)


def _two_reports_recorded(installation: Installation) -> None:
    _two_reports(installation)
    context = installation.context()
    check_page(context.authority("80515"), context, CheckRequest())
    installation.close()


def _two_reports_to_the_outbox(installation: Installation) -> None:
    """Messages are files while no recipients are set."""
    installation.settings["recipients"] = []
    _two_reports(installation)


def _a_digest_is_due(installation: Installation) -> None:
    """One recipient gets once a day what the others got immediately."""
    others = [each for each in installation.settings["recipients"] if each["name"] != "scrutiny"]
    installation.settings["recipients"] = [SCRUTINY | {"frequency": "daily 08:00"}, *others]
    assert installation.cli("send").exit_code == 0  # digests begin
    _two_reports_recorded(installation)
    installation.later(days=1)


def _many_changes(installation: Installation) -> None:
    """Nine days later: a report edited and issued again, one under a new id, two new ones."""
    installation.later(days=9)
    edited = replace(REPORT_2022, title="Inspection", data=again(REPORT_2022.data or b""))
    renumbered = replace(REPORT_2025, file_id="50290000")
    new = replace(
        REPORT_2025, published=installation.now.date(), file_id="50300000", data=pdf(TEXT_2026)
    )
    installation.list(new, ELSEWHERE, renumbered, edited)


def _all_issued_again(installation: Installation) -> None:
    installation.later(days=9)
    installation.list(
        *(replace(each, data=again(each.data or b"")) for each in (REPORT_2025, REPORT_2022))
    )


def _replaced(installation: Installation) -> None:
    installation.later(days=9)
    installation.change("50283346", data=pdf(TEXT_INADEQUATE))


def _a_borough_with_news(installation: Installation) -> None:
    """Three documents of two other providers, after a first check of the borough."""
    site = installation.fake_ofsted
    site.providers["80515"].area = SUTTON
    for urn in ("100001", "100002"):
        old = Listed("Inspection", date(2025, 6, 1), f"50{urn}")
        site.provider(urn, f"Oak School {urn}", code=21, reports=[old], area=SUTTON)
    installation.settings["watch"] = [{"area": "Sutton"}]
    scrutiny, *others = installation.settings["recipients"]
    installation.settings["recipients"] = [scrutiny | {"provider_types": ["all"]}, *others]
    assert installation.round().is_well
    installation.later(hours=1)
    new = (("100001", "Inspection report"), ("100002", "Letter"), ("100002", "Monitoring visit"))
    for number, (urn, title) in enumerate(new):
        document = Listed(title, date(2025, 7, 28), f"5030000{number}", data=pdf(title))
        site.publish(urn, document)


def _read_by_an_older_parser(installation: Installation) -> None:
    lay_down(installation, "50176759", inspectors=[])


def _announced_wrongly(installation: Installation) -> None:
    lay_down_announced(installation, "50283346", leaders="Outstanding")
    assert installation.cli("reread").exit_code == 0


def _a_discrepancy(installation: Installation) -> None:
    """Nobody was alerted to a report on the page."""
    installation.has_discrepancies = True
    installation.sql("DELETE FROM attempt WHERE delivery_id IN (4, 5)")
    installation.sql("DELETE FROM delivery WHERE event_id = 4")
    installation.sql("DELETE FROM event WHERE id = 4")


def _left_overs(installation: Installation) -> None:
    installation.later(days=100)
    (installation.folder / "data" / "website" / "feed.xml").unlink()


@dataclass(frozen=True)
class Work:
    """A command, and the installation it is given in."""

    command: tuple[str, ...]
    before: Callable[[Installation], None]
    then: Callable[[Installation], None]
    program: tuple[str, ...] = CLI
    ends: frozenset[int] = frozenset({0})  # as it may, undisturbed; also given a second time

    def start(self, installation: Installation, under: tuple[str, ...] = ()) -> Popen[str]:
        """In a process of its own; `under` another program."""
        return installation.start(*self.command, under=under, program=self.program)

    def run(self, installation: Installation) -> tuple[int, str]:
        """Undisturbed: how it ends, and what it says."""
        if self.program == CLI:
            done = installation.cli(*self.command)
            return done.exit_code, done.output
        process = self.start(installation)
        said, trouble = process.communicate(timeout=120)
        return process.returncode, said + trouble


CHECK = ("check", "--no-prefect")
WORKS = {
    "migrate": Work(("migrate",), _nothing, _seeds_and_a_newer_report),
    "import-seeds": Work(("import-seeds",), _nothing, _seeds_and_a_newer_report),
    "first check": Work(CHECK, _nothing, _seeds_and_a_newer_report),
    "check": Work(CHECK, first_check, _two_reports),
    "send": Work(("send",), first_check, _two_reports_recorded),
    "send a digest": Work(("send",), first_check, _a_digest_is_due),
    "check of many changes": Work(CHECK, announce_2025, _many_changes),
    "check of files reissued": Work(CHECK, announce_2025, _all_issued_again),
    "check of a report replaced": Work(CHECK, announce_2025, _replaced),
    "check, to the outbox": Work(CHECK, first_check, _two_reports_to_the_outbox),
    "reread": Work(("reread",), announce_2025, _read_by_an_older_parser),
    "correct": Work(
        ("correct", "50283346", "--confirm"),
        announce_2025,
        _announced_wrongly,
        ends=frozenset({0, 2}),
    ),
    "audit": Work(("audit",), announce_2025, _a_discrepancy, ends=frozenset({1})),
    "nightly": Work((), announce_2025, _left_overs, program=("-c", NIGHTLY)),
    "check of a borough": Work(CHECK, first_check, _a_borough_with_news),
}


@dataclass(frozen=True)
class Outcome:
    """What is known and what was sent, but for what may differ from run to run."""

    answers: dict[str, Any]
    files: list[str]
    feed: list[str]
    alerted: list[tuple[str, str]]  # recipient and subject, of each message once

    def differences(self, other: Outcome) -> list[str]:
        """A line for each that is not the same in another."""
        ours, others = (json.dumps(asdict(each), indent=1).splitlines() for each in (self, other))
        return [line for line in ndiff(ours, others) if line[0] in "+-"]


@contextmanager
def an_installation_for(work: Work, snapshots: Snapshots, folder: Path) -> Iterator[Installation]:
    """One of its own, away when the block ends."""
    with snapshots.installation(folder, work.before) as installation:
        work.then(installation)
        installation.close()  # SQLite's locks are lost where a file that is open is copied
        installation.email.messages.clear()
        installation.teams.posts.clear()
        yield installation
    shutil.rmtree(folder)


def finish(installation: Installation, work: Work) -> None:
    """The same command undisturbed, then a check, until nothing is pending."""
    for each in (work, Work(CHECK, work.before, work.then, ends=work.ends | {0})):
        installation.later(minutes=1)
        code, said = each.run(installation)
        assert code in each.ends, said


def outcome(installation: Installation) -> Outcome:
    """How it stands."""
    return Outcome(
        answers={name: _in_any_order(_steady(installation.ask(name))) for name in ANSWERS},
        files=sorted(path.name for path in _files(installation)),
        feed=[each.text or "" for each in ET.parse(_feed(installation)).iter(TITLE)],  # noqa: S314  # our own
        alerted=sorted({(to, subject) for to, subject, _ in messages(installation)}),
    )


def _feed(installation: Installation) -> Path:
    return _data(installation) / "website" / "feed.xml"


def _data(installation: Installation) -> Path:
    return installation.folder / "data"


def _files(installation: Installation) -> Iterator[Path]:
    """Documents, and messages written as files: their names are chance, their endings are not."""
    yield from (_data(installation) / "archive").glob("??/*")
    for path in (_data(installation) / "outbox").glob("[!.]*"):
        yield Path(path.suffix)


def _steady(answer: Any) -> Any:
    if isinstance(answer, dict):
        varies = TIMES | NUMBERS | ADDRESSES
        return {key: _steady(value) for key, value in answer.items() if key not in varies}
    return [_steady(each) for each in answer] if isinstance(answer, list) else answer


def _in_any_order(answer: Any) -> Any:
    """Welcomes may come before other events or after them."""
    return {
        name: sorted(each, key=repr) if isinstance(each, list) else each
        for name, each in answer.items()
    }


def messages(installation: Installation) -> list[tuple[str, str, bytes]]:
    """All that was accepted: to whom, its subject, its bytes."""
    emails = [
        (each.rcpt_tos[0], each.message["Subject"], each.content)
        for each in installation.email.messages
    ]
    whole = [post for post in installation.teams.posts if post.is_whole]
    return emails + [("channel", _first_words(post.json), post.body) for post in whole]


def _first_words(post: Any) -> str:
    return str(post["attachments"][0]["content"]["body"][0])


def marked_sent(installation: Installation) -> int:
    """How many messages the database says were sent; asked of a copy, where it is a file."""
    with TemporaryDirectory() as folder:
        address = installation.database
        if not address:
            for file in _data(installation).glob("ofsted-watch.sqlite*"):
                shutil.copy(file, folder)
            address = f"sqlite:///{folder}/ofsted-watch.sqlite"
        database = Database(address)
        try:
            if not inspect(database.engine).has_table("delivery"):
                return 0
            with database.read() as session:
                sent = [each for each in queries.deliveries(session) if each.state == "sent"]
                return sum(each.via != "outbox" for each in sent)
        finally:
            database.close()
