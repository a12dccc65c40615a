"""Commands killed with SIGKILL at a step of their own, and what must hold afterwards.

A step is a call by which a process changes anything outside itself: it writes, flushes, renames,
connects, sends. strace counts them in an undisturbed run and kills another run before its n-th,
so that kills fall on the whole of the work and each can be repeated.
"""

from __future__ import annotations

import itertools
import os
import random
import re
import shutil
import signal
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from sqlalchemy import inspect

from flows.look import Ask, look
from storage import queries
from storage.database import Database
from tests.town import ELSEWHERE, REPORT_2025, Snapshots, Town, settle

STEPS = "write,pwrite64,fsync,fdatasync,rename,unlink,mkdir,connect,sendto"
CALL = re.compile(r"(?P<pid>\d+) +(?P<call>(?P<name>\w+)\(.*)")
PLACES = {
    "answer": r"\(1<",
    "archive": r"/data/archive",
    "database": r"/data/ofsted-watch\.sqlite|/data>|/data\"",
    "reader": r"<pipe:",
}
ON_DISK = frozenset({"pwrite64", "fsync", "fdatasync", "mkdir"})
TIMES = {"at", "first_seen", "due_at", "sent_at"}
NUMBERS = {"id", "event", "message_id", "attempts", "error"}  # a repeat may have others


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


@dataclass(frozen=True)
class Step:
    """One call of a process, and the how-many-eth of its name it is."""

    name: str
    number: int
    place: str


@dataclass(frozen=True)
class Done:
    """A command that has ended."""

    code: int
    stderr: str
    steps: tuple[Step, ...]


@dataclass(frozen=True)
class Work:
    """A command, and the town it is given in."""

    command: tuple[str, ...]
    before: Callable[[Town], None]
    then: Callable[[Town], None]


WORKS = {
    "migrate": Work(("migrate",), _nothing, _seeds_and_a_newer_report),
    "import-seeds": Work(("import-seeds",), _nothing, _seeds_and_a_newer_report),
    "first look": Work(("look", "--plain"), _nothing, _seeds_and_a_newer_report),
    "look": Work(("look", "--plain"), settle, _two_reports),
    "deliver": Work(("deliver",), settle, _two_reports_recorded),
}


@dataclass(frozen=True)
class Outcome:
    """What is known and what was heard, but for what may differ from run to run."""

    answers: dict[str, Any]
    archive: list[str]
    heard: list[tuple[str, str]]  # recipient and subject, of each message once


@dataclass
class Kills:
    """Kills works, and holds what comes of them against an undisturbed run."""

    snapshots: Snapshots
    folder: Path
    fell: Counter[str] = field(default_factory=Counter)
    second_copies: int = 0
    _undisturbed: dict[str, tuple[tuple[Step, ...], Outcome]] = field(default_factory=dict)
    _numbers: Iterator[int] = field(default_factory=itertools.count)

    def kill(self, seed: int) -> None:
        """One kill. Which work and which step it meets is the seed's choice."""
        self._disturb(seed, "signal=KILL:when={}", codes={-signal.SIGKILL})

    def fill_disk(self, seed: int) -> None:
        """The disk is full for ten calls, as many as a person takes to notice."""
        self._disturb(seed, "error=ENOSPC:when={}..{}", codes={0, 1}, among=ON_DISK)

    def _disturb(
        self, seed: int, fault: str, *, codes: set[int], among: frozenset[str] = frozenset()
    ) -> None:
        name = [*WORKS][seed % len(WORKS)]
        steps, expected = self._known(name)
        step = _choose(steps, random.Random(seed), among)  # noqa: S311  # to be repeated
        where = f"{name}: {step.place}"
        says = f"seed {seed} met {where}, before {step.name} {step.number}"
        with self._town(name) as town:
            sent_before = _marked_sent(town)
            last = step.number + 9
            done = trace(
                town, *WORKS[name].command, fault=f"{step.name}:{fault.format(step.number, last)}"
            )
            assert done.code in codes, f"{says}: {done}"
            assert "Traceback" not in done.stderr, f"{says}: {done}"
            unmarked = len(_messages(town)) - _marked_sent(town) + sent_before
            _finish(town, name)
            messages, found = _messages(town), outcome(town)
        assert unmarked in {0, 1}, f"{says}: {unmarked} were accepted and not marked"
        assert found == expected, says
        assert len(messages) == len(expected.heard) + unmarked, f"{says}: a copy too many or few"
        assert len(set(messages)) == len(expected.heard), f"{says}: a second copy has other bytes"
        self.fell[where] += 1
        self.second_copies += unmarked

    def _known(self, name: str) -> tuple[tuple[Step, ...], Outcome]:
        """The steps of a work and what comes of it, undisturbed."""
        if name not in self._undisturbed:
            with self._town(name) as town:
                done = trace(town, *WORKS[name].command)
                assert done.code == 0, done
                _finish(town, name)
                self._undisturbed[name] = done.steps, outcome(town)
        return self._undisturbed[name]

    def _town(self, name: str) -> AbstractContextManager[Town]:
        folder = self.folder / str(next(self._numbers))
        folder.mkdir()
        return _a_town_for(WORKS[name], self.snapshots, folder)


@contextmanager
def _a_town_for(work: Work, snapshots: Snapshots, folder: Path) -> Iterator[Town]:
    with snapshots.town(folder, work.before) as town:
        work.then(town)
        yield town
    shutil.rmtree(folder)


def _choose(steps: Iterable[Step], chance: random.Random, among: frozenset[str]) -> Step:
    """Any stretch of steps at one place, and any step in it; of these names, if any are given."""
    wanted = [step for step in steps if not among or step.name in among]
    stretches = [[*group] for _, group in itertools.groupby(wanted, lambda step: step.place)]
    return chance.choice(chance.choice(stretches))


def trace(town: Town, *command: str, fault: str = "") -> Done:
    """A command under strace, which may be told to have it meet a fault."""
    _strace_or_skip()
    log = town.folder / "steps"
    # the first is quicker, and lets no fault in
    how = ("-e", f"inject={fault}") if fault else ("--seccomp-bpf",)
    watch = ("strace", "-f", "-qq", "-yy", "-e", "signal=none", "-e", f"trace={STEPS}")
    process = town.start(*command, under=(*watch, *how, "-o", str(log)))
    _, stderr = process.communicate(timeout=120)
    return Done(process.returncode, stderr, tuple(_steps(town, log.read_text())))


def _strace_or_skip() -> None:
    if shutil.which("strace") is None and os.environ.get("CI"):
        pytest.fail("strace (Debian package strace) is missing")
    if shutil.which("strace") is None:
        pytest.skip("NOTHING WAS KILLED: the Debian package strace is missing")


def _steps(town: Town, log: str) -> Iterator[Step]:
    """Those of the process itself, not of what it starts."""
    calls = [found for line in log.splitlines() if (found := CALL.match(line))]
    counted: Counter[str] = Counter()
    for call in calls:
        if call["pid"] == calls[0]["pid"]:
            counted[call["name"]] += 1
            yield Step(call["name"], counted[call["name"]], _place(town, call["call"]))


def _place(town: Town, call: str) -> str:
    """What a call is about, in a word."""
    ports = {
        "site": town.base.rpartition(":")[2],
        "mail": town.mail.port,
        "webhook": town.teams.port,
        "database": town.database.rpartition(":")[2].partition("/")[0] or "none",
    }
    for place, port in ports.items():
        if f":{port}]" in call or f"htons({port})" in call:
            return place
    return next((place for place, sign in PLACES.items() if re.search(sign, call)), "other")


def _finish(town: Town, name: str) -> None:
    """The same command undisturbed, then a look, until nothing is owed."""
    for command in (WORKS[name].command, ("look", "--plain")):
        town.later(minutes=1)
        done = town.cli(*command)
        assert done.exit_code == 0, (done.stdout, done.stderr)


def outcome(town: Town) -> Outcome:
    """How it stands."""
    archive = town.folder / "data" / "archive"
    return Outcome(
        answers={
            name: _steady(town.ask(name)) for name in ("history", "reports", "events", "deliveries")
        },
        archive=sorted(path.name for path in archive.glob("??/*")),
        heard=sorted({(to, subject) for to, subject, _ in _messages(town)}),
    )


def _steady(answer: Any) -> Any:
    if isinstance(answer, dict):
        varies = TIMES | NUMBERS
        return {key: _steady(value) for key, value in answer.items() if key not in varies}
    return [_steady(each) for each in answer] if isinstance(answer, list) else answer


def _messages(town: Town) -> list[tuple[str, str, bytes]]:
    """All that was accepted: to whom, its subject, its bytes."""
    mails = [
        (each.rcpt_tos[0], each.message["Subject"], each.content) for each in town.mail.messages
    ]
    cards = [("channel", _first_words(post.json), post.body) for post in town.teams.posts]
    return mails + cards


def _first_words(post: Any) -> str:
    return str(post["attachments"][0]["content"]["body"][0])


def _marked_sent(town: Town) -> int:
    """How many deliveries the database says were sent; asked of a copy, where it is a file."""
    with TemporaryDirectory() as folder:
        address = town.database
        if not address:
            data = town.folder / "data"
            for file in data.glob("ofsted-watch.sqlite*"):
                shutil.copy(file, folder)
            address = f"sqlite:///{folder}/ofsted-watch.sqlite"
        database = Database(address)
        try:
            if not inspect(database.engine).has_table("delivery"):
                return 0
            with database.read() as session:
                return queries.deliveries_by_state(session).get("sent", 0)
        finally:
            database.close()
