"""`make demo`: July 2025 again. Sutton's report is published, found, read, compared, sent out.

The two reports are real: they are the packaged seeds, shown as PDFs by a fake of Ofsted's site on
this machine. The other providers in the borough are made up. Each check is a flow run on the
worker, as in the real service.
"""

from __future__ import annotations

import argparse
import contextlib
import ctypes
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import textwrap
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from types import FrameType
from typing import Any

import psutil

import seeds
from deployments.demo.fake_ofsted import FakeOfsted
from deployments.demo.fake_ofsted_pages import Listed
from deployments.demo.pdfs import tagged_pdf
from deployments.service.processes import kill_all
from flows.settings.load import CLOCK_VARIABLE, CONFIG_VARIABLE

FOLDER = Path("demo-data")
MARK = ".made-by-the-demo"  # only a folder with it is ever emptied
MORNING = datetime(2025, 7, 29, 8, 20, tzinfo=UTC)  # the day the report came out, 09:20 in London
PATIENCE = 240.0  # seconds for each step
STOPPING = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)
ADOPTS_ORPHANS = 36  # PR_SET_CHILD_SUBREAPER: what a child leaves behind becomes a child of ours
ENDS_WITHIN, ASKED_AGAIN = 60.0, 5.0  # seconds
SUTTON = "80515"
AREA = "319"  # Sutton's code in the site's search
SCHOOL, NURSERY, HOME = "100000", "EY400000", "SC023666"
BOROUGH = {  # by URN: type code, kind and name; made up, and one without a name
    SCHOOL: (21, "Primary", "Example Primary School"),
    NURSERY: (16, "Childcare on non-domestic premises", "Example Nursery"),
    HOME: (2, "Children's Home", ""),
}
OLDER, NEWER = "sutton-2021-ilacs.txt", "sutton-2025-ilacs.txt"
SETTINGS = """\
data_dir = "data"
import_seeds = false
allow_private = true

[[watch]]
area = "Sutton"

[ofsted]
reports = "{base}"
files = "{base}"
gap = 0.2

[website]
serve = "{website}"
"""


class DemoError(Exception):
    """A step failed or took too long; says which, and where to look."""


class StoppedError(SystemExit):
    """SIGTERM, Ctrl-C or a closed terminal: everything that was started is ended first."""


@dataclass
class Demo:
    """The demo: its folder, its fake site, and its steps."""

    folder: Path
    fake_ofsted: FakeOfsted
    base: str
    began: float = field(default_factory=time.monotonic)

    def play(self, *, stay: bool) -> None:
        """Play all steps in order."""
        website = f"127.0.0.1:{free_port()}"
        self.write_settings(website)
        say("We start with one known report: Sutton, published on 1 February 2022.")
        print(self.command("import-seeds", str(seeds.folder().joinpath(OLDER))))
        say("The service starts and makes its first check. What it finds is the baseline:")
        with self.service() as ui:
            self.wait_for_events(1)
            print(self.command("reports"))
            self.show_event(
                1, "No alerts are sent about old reports; the only message is a welcome:"
            )
            say("29 July 2025: Ofsted publishes a new report on Sutton. The next check finds it:")
            self.fake_ofsted.publish(SUTTON, listed(NEWER))
            print(self.command("check"))
            self.wait_for_events(2)
            self.show_event(2, "The alert that readers receive:")
            self.show_files(2)
            say("Sutton's judgements over time:")
            print(self.command("history"))
            say("The same as a website for readers, with spreadsheets and a feed:")
            print(f"  {self.folder / 'data' / 'website' / 'index.html'}")
            say("The whole borough is watched too. Two providers there, made up, have a document:")
            publish_in_borough(self.fake_ofsted)
            print(self.command("check"))
            self.wait_for_events(3)
            self.show_event(3, "The alert about one of them, whose name Ofsted withholds:")
            say("Importing our own copy of that report adds to it, and sends no second alert:")
            print(self.command("import-seeds", str(seeds.folder().joinpath(NEWER))))
            print(self.command("events"))
            took = time.monotonic() - self.began
            say(f"Done in {took:.0f} seconds. All files are in {self.folder}/.")
            if stay:
                say(f"Still running: the Prefect UI at {ui}, the website at http://{website}/")
                print("Ctrl-C stops both.", flush=True)
                with contextlib.suppress(StoppedError):
                    signal.pause()

    def write_settings(self, website: str) -> None:
        """Settings that check the fake site, send only to the outbox and serve the website."""
        settings = SETTINGS.format(base=self.base, website=website)
        (self.folder / "ofsted-watch.toml").write_text(settings)

    def environment(self) -> dict[str, str]:
        """The environment, with the clock set to July 2025 and running on."""
        present = MORNING + timedelta(seconds=time.monotonic() - self.began)
        return {
            **os.environ,
            CONFIG_VARIABLE: str((self.folder / "ofsted-watch.toml").absolute()),
            CLOCK_VARIABLE: present.isoformat(),
        }

    def command(self, *words: str) -> str:
        """An `ofsted-watch` command's answer."""
        print(f"$ ofsted-watch {' '.join(word.split('/')[-1] for word in words)}", flush=True)
        done = subprocess.run(
            [sys.executable, "-m", "deployments.cli.main", *words],
            env=self.environment(),
            capture_output=True,
            text=True,
            check=False,
            timeout=PATIENCE,
        )
        if done.returncode:
            raise DemoError(f"`ofsted-watch {words[0]}` failed: {done.stderr.strip()}")
        return done.stdout

    def answer(self, *words: str) -> dict[str, Any]:
        """The answer as JSON; nothing is printed."""
        with contextlib.redirect_stdout(None):
            found: dict[str, Any] = json.loads(self.command(*words, "--json"))
        return found

    @contextlib.contextmanager
    def service(self) -> Iterator[str]:
        """`ofsted-watch up`, ended at the end; gives the UI's address."""
        port = free_port()
        up = subprocess.Popen(
            [sys.executable, "-m", "deployments.cli.main", "up", "--port", str(port)],
            env=self.environment(),
            start_new_session=True,  # Ctrl-C reaches the demo alone, which ends it in order
        )
        try:
            yield f"http://127.0.0.1:{port}"
        finally:
            up.terminate()
            up.wait()

    def wait_for_events(self, number: int) -> None:
        """Wait until so many events were delivered."""
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until:
            events = self.answer("events")["events"]
            if len(events) >= number and events[number - 1]["deliveries"]["sent"]:
                return
            time.sleep(1)
        raise DemoError(f"event {number} was not sent in time; see {self.folder}/data/logs")

    def show_event(self, event: int, words: str) -> None:
        """Print a message as people get it."""
        say(words)
        text = self.answer("preview", str(event))["text"]
        print(textwrap.indent(text, "    | ", lambda _line: True), flush=True)

    def show_files(self, event: int) -> None:
        """Where the files of the email and the card are."""
        files = self.answer("preview", str(event), "--out", str(self.folder / "preview"))["files"]
        say("The messages as sent:")
        for path in sorted((self.folder / "data" / "outbox").iterdir()):
            print(f"  {path}")
        say("The same alert as HTML, text, email and Teams card:")
        for file in files:
            print(f"  {file}")


def show_sutton(fake_ofsted: FakeOfsted) -> None:
    """Show Sutton with its older report, and the other providers there."""
    fake_ofsted.provider(SUTTON, "London Borough of Sutton", reports=[listed(OLDER)])
    show_borough(fake_ofsted)


def show_borough(fake_ofsted: FakeOfsted) -> None:
    """Show three other providers in the borough of Sutton, which is there."""
    fake_ofsted.providers[SUTTON].area = AREA
    for urn, (code, kind, name) in BOROUGH.items():
        fake_ofsted.provider(
            urn,
            name,
            code=code,
            reports=[Listed("Full inspection", date(2024, 5, 7), f"5024{code:04}")],
            area=AREA,
            category=kind,
            kind=kind,
            local_authority="Sutton",
            is_withheld=not name,
        )


def publish_in_borough(fake_ofsted: FakeOfsted) -> None:
    """Show a new document of two providers; that of the home is newer, so it is found first."""
    data = tagged_pdf("Inspection report\n\nMade up for this demonstration.\n")
    home = Listed("Full inspection", date(2025, 7, 29), "50290001", data=data, grade="Inadequate")
    school = Listed("School inspection", date(2025, 7, 28), "50290002", data=data)
    fake_ofsted.publish(HOME, home)
    fake_ofsted.publish(SCHOOL, school)


def listed(seed: str) -> Listed:
    """The row of Ofsted's page for a seed, with a PDF made of its text."""
    content = seeds.folder().joinpath(seed).read_text(encoding="utf-8")
    ids = {OLDER: ("50176759", date(2022, 2, 1)), NEWER: ("50283346", date(2025, 7, 29))}
    file_id, published = ids[seed]
    return Listed("Children's services inspection", published, file_id, data=tagged_pdf(content))


def say(words: str) -> None:
    """Print a heading that says what happens now."""
    print(f"\n== {words}", flush=True)


def free_port() -> int:
    """A port that is free now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def fresh_folder(folder: Path) -> Path:
    """An empty folder; one of an earlier demo is emptied, anything else is left alone."""
    if folder.exists() and not (folder / MARK).exists():
        raise DemoError(f"{folder} already exists and was not made by the demo; move it away")
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    (folder / MARK).touch()
    return folder


def stop(number: int, _context: FrameType | None) -> None:
    """The handler of the signals that stop the demo."""
    raise StoppedError(128 + number)


@contextlib.contextmanager
def leaving_nothing() -> Iterator[None]:
    """At the end of the block, however it ends, end every process that it started."""
    with contextlib.suppress(AttributeError):  # Linux alone has it
        ctypes.CDLL(None).prctl(ADOPTS_ORPHANS, 1)
    for each in STOPPING:
        if signal.getsignal(each) is not signal.SIG_IGN:  # as under nohup
            signal.signal(each, stop)
    try:
        yield
    finally:
        for each in STOPPING:  # a second Ctrl-C must not break off the ending
            signal.signal(each, signal.SIG_IGN)
        end_family()


def end_family() -> None:
    """Terminate every process that this one started; kill those left after a minute."""
    us, family = psutil.Process(), set[psutil.Process]()
    until = time.monotonic() + ENDS_WITHIN
    while (children := us.children()) and time.monotonic() < until:
        family |= {*us.children(recursive=True)}
        for child in children:  # again and again: one that only just began may not get it
            with contextlib.suppress(psutil.Error):
                child.terminate()
        psutil.wait_procs(children, timeout=ASKED_AGAIN)
    kill_all({*family, *us.children(recursive=True)})


def main() -> None:
    """Run the demo."""
    parser = argparse.ArgumentParser(description="Replay July 2025 on this machine.")
    parser.add_argument(
        "--stay", action="store_true", help="keep the Prefect UI and the website running at the end"
    )
    parser.add_argument("--folder", type=Path, default=FOLDER, help="folder for all files")
    asked = parser.parse_args()
    try:
        with leaving_nothing():
            play(asked.folder, stay=asked.stay)
    except DemoError as error:
        sys.exit(f"demo: {error}")


def play(folder: Path, *, stay: bool) -> None:
    """Play the demo in an empty folder, with a fake site."""
    fake_ofsted = FakeOfsted()
    show_sutton(fake_ofsted)
    with fake_ofsted.running() as base:
        Demo(fresh_folder(folder), fake_ofsted, base).play(stay=stay)


if __name__ == "__main__":
    main()
