"""Fixtures for the tests of several packages."""

from __future__ import annotations

import os
import shutil
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from flows.settings.model import PREFIX
from storage import database
from tests.databases import Databases, Sqlite, a_database, kin, postgres
from tests.installation import (
    Installation,
    Snapshots,
    a_machine_that_trusts_few,
    an_installation,
    announce_2025,
    first_check,
)
from tests.truth import corpus, corpus_is_required

MEMORY = Path("/dev/shm")  # noqa: S108 - a file system, not a file of ours
ROOM = 2_000_000_000  # bytes
MOST_CORES = 7  # to be used: each process may have a PostgreSQL and a Prefect of its own


def pytest_configure() -> None:
    """Tests write to memory where there is room, and find Ctrl-C as a terminal leaves it.

    A shell that starts a job in the background has it ignore SIGINT, and so would every program
    that a test starts and then interrupts.
    """
    signal.signal(signal.SIGINT, signal.default_int_handler)
    if MEMORY.is_dir() and shutil.disk_usage(MEMORY).free > ROOM:
        os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", str(MEMORY))


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers() -> int:
    """Two more than the cores: tests also wait, for a schedule, a browser or another process."""
    return min(os.cpu_count() or 1, MOST_CORES) + 2


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The longest files are begun first, so that no process ends long after the others."""
    long: dict[Path, int] = {}
    for item in items:
        if marked := item.get_closest_marker("long"):
            long[item.path] = marked.args[0]
    items.sort(key=lambda item: -long.get(item.path, 0))


def pytest_addoption(parser: pytest.Parser) -> None:
    """`--postgresql`: every test, not only those that are marked so; `make soak` gives it."""
    parser.addoption("--postgresql", action="store_true", help="every test on PostgreSQL too")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """On which databases a test is tried: SQLite, and PostgreSQL where that could differ."""
    named = [each.args[0] for each in metafunc.definition.iter_markers("parametrize")]
    if "databases" not in metafunc.fixturenames or any("databases" in each for each in named):
        return
    kinds: list[object] = ["sqlite"]
    is_marked = metafunc.definition.get_closest_marker("both_databases") is not None
    if is_marked or metafunc.config.getoption("postgresql"):
        kinds.append(pytest.param("postgresql", marks=pytest.mark.system))
    metafunc.parametrize("databases", kinds, indirect=True, scope="session")


@pytest.fixture(scope="session", autouse=True)
def few_authorities() -> Iterator[None]:
    """Loading all that the machine trusts takes longer than most tests."""
    with a_machine_that_trusts_few():
        yield


@pytest.fixture(scope="session", autouse=True)
def put_into_sql_once() -> Iterator[None]:
    """Each test has a database of its own; our statements are the same SQL for all of a kind."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(database, "create_engine", kin())
        yield


@pytest.fixture(autouse=True)
def nothing_set(monkeypatch: pytest.MonkeyPatch) -> None:
    """No settings of whoever runs the tests."""
    for variable in os.environ:
        if variable.startswith(PREFIX) and variable != "OFSTED_WATCH_CORPUS":
            monkeypatch.delenv(variable)


@pytest.fixture(scope="session")
def postgresql() -> Iterator[Databases]:
    """One server a run, however often tests change from one kind to the other."""
    with postgres() as server:
        yield server


@pytest.fixture(scope="session")
def databases(request: pytest.FixtureRequest) -> Databases:
    """The kinds that we run on, one after the other: see `pytest_generate_tests`."""
    if request.param == "sqlite":
        return Sqlite()
    server: Databases = request.getfixturevalue("postgresql")
    return server


@pytest.fixture
def new_installation(tmp_path: Path, databases: Databases) -> Iterator[Installation]:
    """Sutton lists its report of February 2022; no check was made yet. 28 July 2025, 09:00."""
    with (
        a_database(databases) as database,
        an_installation(tmp_path, database=database) as installation,
    ):
        yield installation


@pytest.fixture(scope="session")
def taken() -> dict[str, Snapshots]:
    """What was made of each kind of database."""
    return {}


@pytest.fixture(scope="session")
def snapshots(
    tmp_path_factory: pytest.TempPathFactory, databases: Databases, taken: dict[str, Snapshots]
) -> Snapshots:
    """Data folders of installations in which something has happened, each made once a run."""
    if databases.name not in taken:
        taken[databases.name] = Snapshots(tmp_path_factory.mktemp("installations"), databases)
    return taken[databases.name]


@pytest.fixture
def installation(tmp_path: Path, snapshots: Snapshots) -> Iterator[Installation]:
    """The same after a first check: that report is baseline, everyone is welcomed."""
    with snapshots.installation(tmp_path, first_check) as installation:
        yield installation


@pytest.fixture
def announced(tmp_path: Path, snapshots: Snapshots) -> Iterator[Installation]:
    """And after the report of July 2025 was announced, on its day."""
    with snapshots.installation(tmp_path, announce_2025) as installation:
        yield installation


@pytest.fixture(scope="session")
def real_reports() -> Path:
    """The folder of real reports, of the shared corpus."""
    place = corpus()
    if place is None and corpus_is_required():
        pytest.fail("../shared is here and ../shared/corpus is not: real reports go unread")
    if place is None:
        pytest.skip("NO REAL REPORTS WERE READ: ../shared/corpus is not here (OFSTED_WATCH_CORPUS)")
    return place
