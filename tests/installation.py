"""An installation to try everything in: Sutton's page on a fake site, an email server, a webhook,
and a data folder of our own. Time stands where a test puts it.

    installation.at("2025-07-29 09:30")
    installation.publish(REPORT_2025)
    installation.check()
    assert installation.event_types == ["report_published"]
"""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from email.message import EmailMessage
from functools import cache
from importlib.resources import files
from pathlib import Path
from time import monotonic
from typing import Any

import pytest
import trustme
from click.testing import CliRunner, Result
from sqlalchemy import text

from deployments.cli import json_api
from deployments.cli.inspections import histories
from deployments.cli.main import main
from deployments.demo.fake_ofsted import FakeOfsted, Listed
from deployments.demo.pdfs import tagged_pdf
from flows.alerting.sending import SendTotals, send_due
from flows.checking.one_check import CheckRequest, CheckResult
from flows.context.context import AppContext, open_context
from flows.pipeline import RoundResult, run_round
from flows.settings import load
from flows.settings.clock import Clock
from flows.upkeep.audit import find_discrepancies
from storage import queries, report_queries
from storage.database import Database
from tests.databases import Databases, a_database
from tests.sinks import EmailSink, WebhookSink
from tests.stale import stale
from tests.statements import statements

HOME = Path(__file__).parents[1]
PAGE = "/provider/44/80515"
CLI = ("-m", "deployments.cli.main")

TEXT_2021 = files("seeds").joinpath("sutton-2021-ilacs.txt").read_text(encoding="utf-8")
TEXT_2025 = files("seeds").joinpath("sutton-2025-ilacs.txt").read_text(encoding="utf-8")
# The body's heading gives another grade than the table.
TEXT_DOUBTFUL = TEXT_2025.replace("families: good", "families: inadequate")
# Both witnesses agree on another grade.
TEXT_INADEQUATE = TEXT_DOUBTFUL.replace("Good", "Inadequate", 1)
TEXT_2026 = TEXT_2021.replace("6 to 10 December 2021", "8 to 12 June 2026")
LETTER = "Dear Director\n\nThis is a letter about a visit.\n\nYours sincerely\n"


@cache
def pdf(text: str) -> bytes:
    """A tagged PDF of a text, made once a run."""
    return tagged_pdf(text)


def again(data: bytes) -> bytes:
    """Other bytes, the same report."""
    return data + b"% issued again\n%%EOF\n"


REPORT_2022 = Listed(published=date(2022, 2, 1), file_id="50176759", data=pdf(TEXT_2021))
REPORT_2025 = Listed(published=date(2025, 7, 29), file_id="50283346", data=pdf(TEXT_2025))
JOINT_2023 = Listed("Joint area child protection inspection", date(2023, 9, 1), "50227080")
ELSEWHERE = Listed(
    "Area SEND full inspection", date(2025, 7, 28), link="https://www.gov.uk/government/letter"
)

SCRUTINY = {"name": "scrutiny", "email": "scrutiny@example.gov.uk"}
OPERATORS = {"name": "it", "email": "it@example.gov.uk", "audience": "operators"}


def utc(moment: str) -> datetime:
    """`2025-07-29 09:30` in UTC."""
    return datetime.fromisoformat(moment).replace(tzinfo=UTC)


def toml(values: dict[str, Any]) -> str:
    """A settings file: plain values, tables, lists of tables."""
    lines = [f"{key} = {json.dumps(value)}" for key, value in _plain(values)]
    for key, value in values.items():
        if isinstance(value, dict):
            lines += [f"\n[{key}]", toml(value)]
        elif _is_tables(value):
            lines += [line for one in value for line in (f"\n[[{key}]]", toml(one))]
    return "\n".join(lines) + "\n"


def _plain(values: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    return (
        (key, value)
        for key, value in values.items()
        if not isinstance(value, dict) and not _is_tables(value)
    )


def _is_tables(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and isinstance(value[0], dict)


@dataclass
class Installation:
    """Everything around one installation, and the installation."""

    folder: Path
    fake_ofsted: FakeOfsted
    base: str
    email: EmailSink
    teams: WebhookSink
    now: datetime = field(default_factory=lambda: utc("2025-07-28 09:00"))
    settings: dict[str, Any] = field(default_factory=dict)
    last_event_before: int = 0  # the last event before the test began
    database: str = ""  # its address; empty: SQLite in the data folder
    has_discrepancies: bool = False  # a test that makes some on purpose says so
    _opened: dict[str, Database] = field(default_factory=dict)  # by address

    def __post_init__(self) -> None:
        self.settings = {
            "data_dir": "data",
            "database": self.database,
            "import_seeds": False,
            "allow_private": True,
            "ca_file": str(self.email.ca_file),
            "ofsted": {"reports": self.base, "files": self.base, "gap": 0},
            "email": {
                "server": self.email.server,
                "port": self.email.port,
                "security": "none",
                "sender": "Ofsted Watch <ofsted-watch@example.gov.uk>",
            },
            "recipients": [
                each | {"quiet_notice": False}  # tests let months pass
                for each in (SCRUTINY, {"name": "channel", "teams": self.teams.url}, OPERATORS)
            ],
        }

    @property
    def config(self) -> Path:
        """The settings file, written as the settings are now."""
        path = self.folder / "ofsted-watch.toml"
        path.write_text(toml(self.settings), encoding="utf-8")
        path.chmod(0o600)
        return path

    def context(self) -> AppContext:
        """Everything opened anew, as a command does, with the present that was set.

        What SQLAlchemy has put into SQL once is not put so again: the database is the first one.
        """
        context = open_context(load.load(str(self.config)))
        database = self._opened.setdefault(context.database.address, context.database)
        if database is not context.database:
            context.database.close()
        return replace(context, database=database, clock=Clock.set_to(self.now))

    def at(self, moment: str) -> None:
        """It is this time now."""
        self.now = utc(moment)

    def later(self, **time: float) -> None:
        """So much later."""
        self.now += timedelta(**time)

    def publish(self, report: Listed) -> None:
        """A new row at the top of Sutton's page."""
        self.fake_ofsted.publish("80515", report)

    def list(self, *reports: Listed) -> None:
        """Sutton's page shows these, the newest first."""
        self.fake_ofsted.providers["80515"].reports = [*reports]

    def change(self, file_id: str, /, **fields: object) -> None:
        """Edit a row or its file."""
        self.fake_ofsted.change("80515", file_id, **fields)

    def check(self, *, scheduled: datetime | None = None) -> CheckResult:
        """A check of Sutton, sending included."""
        return self.round(scheduled=scheduled).checks[0]

    def round(self, *, scheduled: datetime | None = None) -> RoundResult:
        """A check of everyone, sending included."""
        context = self.context()
        return run_round(context, context.settings.watch, CheckRequest(scheduled=scheduled))

    def checks(self, number: int, **apart: float) -> CheckResult:
        """Some checks, each so much later than the one before."""
        for _ in range(number):
            self.later(**apart)
            checked = self.check()
        return checked

    def send(self) -> SendTotals:
        """Send what is due."""
        return send_due(self.context())

    @property
    def events(self) -> list[queries.EventLine]:
        """What people were or will be alerted to since the test began, in order."""
        with self.context().database.read() as session:
            return [each for each in queries.events(session) if each.id > self.last_event_before]

    @property
    def event_types(self) -> list[str]:
        """The types of those events."""
        return [each.type for each in self.events]

    def event_of(self, type_: str) -> dict[str, Any]:
        """The one event of this type, as kept."""
        (found,) = [each for each in self.events if each.type == type_]
        return dict(json.loads(found.payload))

    def recipients_of(self, type_: str) -> list[str]:
        """Who gets the one event of this type."""
        (found,) = [each for each in self.events if each.type == type_]
        return list(json.loads(found.recipients))

    def emails_to(self, name: str) -> list[EmailMessage]:
        """What the email server took for a mailbox since the test began."""
        address = f"{name}@example.gov.uk"
        return [each.message for each in self.email.messages if address in each.rcpt_tos]

    def subjects(self, name: str) -> list[str]:
        """The subjects of those."""
        return [message["Subject"] for message in self.emails_to(name)]

    @property
    def discrepancies(self) -> list[str]:
        """What the audit finds now, in words."""
        context = self.context()
        with context.database.read() as session:
            return [discrepancy.words for discrepancy in find_discrepancies(session, context)]

    @property
    def stale(self) -> list[str]:
        """Reports of which a row says another thing than follows from their documents."""
        with self.context().database.read() as session:
            return stale(session)

    @property
    def cards(self) -> list[dict[str, Any]]:
        """The cards that the webhook took."""
        return [post.json["attachments"][0]["content"] for post in self.teams.posts]

    @property
    def reports(self) -> list[dict[str, Any]]:
        """`reports --json`."""
        with self.context().database.read() as session:
            return list(json_api.reports(report_queries.report_lines(session))["reports"])

    @property
    def channels_down(self) -> list[str]:
        """Which channels `status --json` calls down."""
        return [each["name"] for each in self.ask("status")["channels"] if each["state"] == "down"]

    @property
    def inspections(self) -> list[dict[str, Any]]:
        """`history --json`, of Sutton."""
        return list(json_api.history(histories(self.context()))["authorities"][0]["inspections"])

    @property
    def deliveries(self) -> list[dict[str, Any]]:
        """`messages --json`."""
        context = self.context()
        with context.database.read() as session:
            found = queries.deliveries(session)
        return list(json_api.messages(found, context.recipients)["messages"])

    @property
    def environment(self) -> dict[str, str]:
        """What a command is started with: the present that was set."""
        return {load.CLOCK_VARIABLE: self.now.isoformat()}

    def sql(self, statement: str) -> list[tuple[Any, ...]]:
        """What the database answers to a statement; written at once."""
        with self.context().database.write() as session:
            answer = session.connection().execute(text(statement))
            return [tuple(row) for row in answer] if answer.returns_rows else []

    def statements(self) -> AbstractContextManager[list[str]]:
        """What a block of the test sends to the database, and all that it starts in here."""
        return statements()

    def cli(self, *command: str) -> Result:
        """A command, in this process. Its clock ran on, so it is later afterwards: what it made
        due is due to whatever comes next.
        """
        line = ["--config", str(self.config), *command]
        began = monotonic()
        result = CliRunner().invoke(main, line, env=self.environment, catch_exceptions=False)
        self.later(seconds=monotonic() - began)
        return result

    def ask(self, *command: str) -> Any:
        """What a command answers with `--json`."""
        return json.loads(self.cli(*command, "--json").stdout)

    def start(
        self,
        *command: str,
        under: Sequence[str] = (),
        program: Sequence[str] = CLI,
        stdin: int | None = None,
    ) -> subprocess.Popen[str]:
        """A command, in a process of its own; `under` another program, such as strace."""
        return subprocess.Popen(
            [*under, sys.executable, *program, "--config", str(self.config), *command],
            cwd=HOME,
            env=os.environ | {load.OFFSET_VARIABLE: str(self._offset)},
            stdin=stdin,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    @property
    def _offset(self) -> float:
        """Two processes that start at different moments have one present by it."""
        return (self.now - datetime.now(UTC)).total_seconds()

    def close(self) -> None:
        """Give everything back."""
        for database in self._opened.values():
            database.close()
        self._opened.clear()


@contextmanager
def a_machine_that_trusts_few() -> Iterator[None]:
    """The machine's own authorities are one, none of ours: all of them take long to load."""
    with pytest.MonkeyPatch.context() as patch:
        for variable in ("SSL_CERT_FILE", "REQUESTS_CA_BUNDLE"):
            patch.setenv(variable, str(_stranger()))
        yield


@cache
def _stranger() -> Path:
    path = Path(tempfile.mkdtemp(prefix="stranger-")) / "ca.pem"
    trustme.CA().cert_pem.write_to_path(str(path))
    return path


@cache
def _fake_port() -> int:
    """One for all installations of a process: by another address of the site, each page of a
    snapshot's website would be written anew at its next check.
    """
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def _port() -> int:
    """That one; or any, while another installation has it."""
    with socket.socket() as tried:
        tried.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            tried.bind(("127.0.0.1", _fake_port()))
        except OSError:
            return 0
    return _fake_port()


@contextmanager
def an_installation(
    folder: Path, reports: Sequence[Listed] = (REPORT_2022,), *, database: str = ""
) -> Iterator[Installation]:
    """An installation in which nothing was checked yet."""
    fake_ofsted = FakeOfsted()
    fake_ofsted.provider("80515", "London Borough of Sutton", reports=[*reports])
    with ExitStack() as stack:
        stack.enter_context(a_machine_that_trusts_few())
        base = stack.enter_context(fake_ofsted.running(_port()))
        email, teams = stack.enter_context(EmailSink()), stack.enter_context(WebhookSink())
        installation = Installation(folder, fake_ofsted, base, email, teams, database=database)
        stack.callback(installation.close)
        yield installation
        assert (
            installation.has_discrepancies or installation.discrepancies == []
        )  # see `Installation.has_discrepancies`
        assert installation.stale == []


def first_check(installation: Installation) -> None:
    """The first check, and its welcomes."""
    installation.check()
    forget(installation)


def forget(installation: Installation) -> None:
    """What was announced up to now is not the test's business."""
    installation.last_event_before = (
        max((each.id for each in installation.events), default=0) or installation.last_event_before
    )
    installation.email.messages.clear()
    installation.teams.posts.clear()
    installation.fake_ofsted.requests.clear()


def announce_2025(installation: Installation) -> None:
    """The first check, and the report of July 2025 on its day."""
    first_check(installation)
    installation.at("2025-07-29 09:30")
    installation.publish(REPORT_2025)
    installation.check()
    forget(installation)


@dataclass
class Snapshots:
    """Data folders and databases of installations in which something has happened, made once."""

    folder: Path
    databases: Databases
    _taken: dict[Callable[[Installation], None], Installation] = field(default_factory=dict)

    @contextmanager
    def installation(
        self, folder: Path, happened: Callable[[Installation], None]
    ) -> Iterator[Installation]:
        """An installation of one's own in which this has happened."""
        before = self._taken.get(happened) or self._make(happened)
        if (before.folder / "data").exists():
            shutil.copytree(before.folder / "data", folder / "data")
        reports = before.fake_ofsted.providers["80515"].reports
        with (
            a_database(self.databases, before.database) as database,
            an_installation(folder, reports, database=database) as installation,
        ):
            installation.now, installation.last_event_before = before.now, before.last_event_before
            yield installation

    def _make(self, happened: Callable[[Installation], None]) -> Installation:
        folder = self.folder / str(len(self._taken))
        folder.mkdir()
        with an_installation(folder, database=self.databases.make()) as installation:
            happened(installation)
        self._taken[happened] = installation
        return installation
