"""Commands killed with SIGKILL, and what must hold afterwards.

At a step of their own: a call by which a process changes anything outside itself: it writes,
flushes, renames, connects, sends. strace counts them in an undisturbed run and kills another run
before its n-th, so that kills fall on the whole of the work and each can be repeated. And at a
moment of the clock, one or two processes at once, several times in a row.
"""

from __future__ import annotations

import itertools
import random
import re
import signal
import subprocess
import time
from collections import Counter
from collections.abc import Container, Iterable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from pathlib import Path

from tests.installation import Installation, Snapshots
from tests.parts import program
from tests.works import (
    WORKS,
    Outcome,
    Work,
    an_installation_for,
    finish,
    marked_sent,
    messages,
    outcome,
)

STEPS = "write,pwrite64,fsync,fdatasync,rename,unlink,mkdir,chmod,ftruncate,connect,sendto"
CALL = re.compile(r"(?P<call>(?P<name>\w+)\(.*)")
PLACES = {
    "answer": r"\(1<",
    "archive": r"/data/archive",
    "outbox": r"/data/outbox",
    "database": r"/data/ofsted-watch\.sqlite|/data>|/data\"",
    "feed": r"/data/",
    "reader": r"<pipe:",
}
FLUSHES = {"fsync", "fdatasync"}
ON_DISK = frozenset({"pwrite64", "fsync", "fdatasync", "mkdir"})
MOST_IN_A_ROW = 4


@dataclass(frozen=True)
class Step:
    """One call of a process, and the how-many-eth of its name it is."""

    name: str
    number: int
    short_name: str
    call: str = field(default="", repr=False)


@dataclass(frozen=True)
class Done:
    """A command that has ended."""

    code: int
    stderr: str
    steps: tuple[Step, ...]


@dataclass(frozen=True)
class Undisturbed:
    """How a work goes when nothing happens to it."""

    steps: tuple[Step, ...]
    result: Outcome


@dataclass
class Kills:
    """Kills works, and holds what comes of them against an undisturbed run."""

    snapshots: Snapshots
    folder: Path
    fell: Counter[str] = field(default_factory=Counter)
    second_copies: int = 0
    _undisturbed: dict[str, Undisturbed] = field(default_factory=dict)
    _seconds: dict[str, float] = field(default_factory=dict)
    _numbers: Iterator[int] = field(default_factory=itertools.count)

    def kill(self, seed: int) -> None:
        """One kill at a step. Which work and which step it meets is the seed's choice."""
        self._disturb(seed, "signal=KILL:when={}", codes={-signal.SIGKILL})

    def kill_before_each_commit(self, name: str, *, after: str, until: str) -> None:
        """A kill before each thing the database has for good, between two places of a work."""
        steps = self._known(name).steps
        last = max(at for at, step in enumerate(steps) if step.short_name == after)
        rest = itertools.takewhile(lambda step: step.short_name != until, steps[last:])
        for step in rest:
            if step.short_name == "database" and step.name in FLUSHES:
                self._meet(name, step, "signal=KILL:when={}", codes={-signal.SIGKILL})

    def fill_disk(self, seed: int) -> None:
        """The disk is full for ten calls, as many as a person takes to notice."""
        self._disturb(seed, "error=ENOSPC:when={}..{}", codes={0, 1, 2}, among=ON_DISK)

    def kill_in_a_row(self, seed: int) -> None:
        """Some kills at moments of the clock, of one process or of two that run at once."""
        name = _name(seed)
        chance = random.Random(seed)  # noqa: S311  # to be repeated
        lasts = self._lasts(name)
        killed = 0
        with self._installation(name) as installation:
            for _ in range(chance.randint(1, MOST_IN_A_ROW)):
                share = chance.uniform(0.2, 1.0)
                processes = [WORKS[name].start(installation) for _ in range(chance.choice((1, 2)))]
                time.sleep(share * lasts * len(processes))
                under_way = sum(_kill(process) for process in processes)
                tenth = round(share, 1)
                self.fell[f"{name}: {len(processes)} at once, at {tenth:.0%}"] += under_way
                killed += under_way
                installation.later(minutes=1)
            self._hold(
                f"{name}: {killed} kills, seed {seed}", installation, name, range(killed + 1)
            )

    def _disturb(
        self, seed: int, fault: str, *, codes: set[int], among: frozenset[str] = frozenset()
    ) -> None:
        name = _name(seed)
        chance = random.Random(seed)  # noqa: S311  # to be repeated
        step = _choose(self._known(name).steps, chance, among)
        self._meet(name, step, fault, codes=codes)

    def _meet(self, name: str, step: Step, fault: str, *, codes: set[int]) -> None:
        where = f"{name}: {step.short_name}"
        says = f"{where}, before {step.name} {step.number}"
        with self._installation(name) as installation:
            sent_before = marked_sent(installation)
            met = f"{step.name}:{fault.format(step.number, step.number + 9)}"
            done = trace(installation, WORKS[name], fault=met)
            assert done.code in codes, f"{says}: {done}"
            assert "Traceback" not in done.stderr, f"{says}: {done}"
            unmarked = len(messages(installation)) - marked_sent(installation) + sent_before
            assert unmarked in {0, 1}, f"{says}: {unmarked} were accepted and not marked"
            # a mark that was written and not flushed is there for some readers and not for others
            is_half = step.short_name == "database" and step.name in FLUSHES
            self._hold(says, installation, name, {unmarked, 1} if is_half else {unmarked})
        self.fell[where] += 1

    def _hold(
        self, says: str, installation: Installation, name: str, copies: Container[int]
    ) -> None:
        """Go on to the end; all is as if nothing had happened, but for so many second copies."""
        finish(installation, WORKS[name])
        expected, found, alerted = (
            self._known(name).result,
            outcome(installation),
            messages(installation),
        )
        differences = expected.differences(found)
        assert not differences, "\n".join([says, *differences])
        assert len(set(alerted)) == len(expected.alerted), f"{says}: a second copy has other bytes"
        second = len(alerted) - len(expected.alerted)
        assert second in copies, f"{says}: {second} second copies"
        self.second_copies += second

    def _known(self, name: str) -> Undisturbed:
        """The steps of a work and what comes of it, undisturbed."""
        if name not in self._undisturbed:
            work = WORKS[name]
            with self._installation(name) as installation:
                done = trace(installation, work)
                assert done.code in work.ends, done
                finish(installation, work)
                found = outcome(installation)
            self._undisturbed[name] = Undisturbed(done.steps, found)
        return self._undisturbed[name]

    def _lasts(self, name: str) -> float:
        """How many seconds a work takes, undisturbed."""
        if name not in self._seconds:
            with self._installation(name) as installation:
                began = time.monotonic()
                WORKS[name].start(installation).communicate(timeout=120)
                self._seconds[name] = time.monotonic() - began
                finish(installation, WORKS[name])
        return self._seconds[name]

    def _installation(self, name: str) -> AbstractContextManager[Installation]:
        folder = self.folder / str(next(self._numbers))
        folder.mkdir()
        return an_installation_for(WORKS[name], self.snapshots, folder)


def _name(seed: int) -> str:
    return [*WORKS][seed % len(WORKS)]


def _kill(process: subprocess.Popen[str]) -> bool:
    """Whether it was still under way."""
    process.kill()
    process.communicate()
    return process.returncode == -signal.SIGKILL


def _choose(steps: Iterable[Step], chance: random.Random, among: frozenset[str]) -> Step:
    """Any stretch of steps at one place, and any step in it; of these names, if any are given."""
    wanted = [step for step in steps if not among or step.name in among]
    stretches = [[*group] for _, group in itertools.groupby(wanted, lambda step: step.short_name)]
    return chance.choice(chance.choice(stretches))


def trace(installation: Installation, work: Work, *, fault: str = "") -> Done:
    """A command under strace, which can also make it meet a fault."""
    strace = program("strace", package="strace", undone="NOTHING WAS KILLED")
    log = installation.folder / "steps"
    how = ("-e", f"inject={fault}") if fault else ()
    authority = (strace, "-qq", "-yy", "-e", "signal=none", "-e", f"trace={STEPS}")
    process = work.start(installation, under=(*authority, *how, "-o", str(log)))
    _, stderr = process.communicate(timeout=120)
    return Done(process.returncode, stderr, tuple(_steps(installation, log.read_text())))


def _steps(installation: Installation, log: str) -> Iterator[Step]:
    """Those of the process itself, not of what it starts."""
    counted: Counter[str] = Counter()
    for call in filter(None, map(CALL.match, log.splitlines())):
        counted[call["name"]] += 1
        place = _place(installation, call["call"])
        yield Step(call["name"], counted[call["name"]], place, call["call"])


def _place(installation: Installation, call: str) -> str:
    """What a call is about, in a word."""
    ports = {
        "ofsted": installation.base.rpartition(":")[2],
        "email": installation.email.port,
        "webhook": installation.teams.port,
        "database": installation.database.rpartition(":")[2].partition("/")[0] or "none",
    }
    for place, port in ports.items():
        if f":{port}]" in call or f"htons({port})" in call:
            return place
    return next((place for place, sign in PLACES.items() if re.search(sign, call)), "other")
