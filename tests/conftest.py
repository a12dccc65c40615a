"""What tests of several packages stand on."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from flows.settings.model import PREFIX
from tests.databases import Databases, Sqlite, a_database, postgres
from tests.installation import Installation, Snapshots, an_installation, announce_2025, first_check
from tests.truth import corpus, corpus_is_required

MEMORY = Path("/dev/shm")  # noqa: S108 - a file system, not a file of ours
ROOM = 2_000_000_000  # bytes


def pytest_configure() -> None:
    """Tests write to memory where there is room: they need not wait for a disk."""
    if MEMORY.is_dir() and shutil.disk_usage(MEMORY).free > ROOM:
        os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", str(MEMORY))


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Files that take longest are begun first, so that no process ends long after the other."""
    long = {item.path for item in items if item.get_closest_marker("long")}
    items.sort(key=lambda item: item.path not in long)


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


@pytest.fixture(
    scope="session", params=["sqlite", pytest.param("postgresql", marks=pytest.mark.system)]
)
def databases(request: pytest.FixtureRequest) -> Databases:
    """Both kinds that we run on, one after the other."""
    if request.param == "sqlite":
        return Sqlite()
    server: Databases = request.getfixturevalue("postgresql")
    return server


@pytest.fixture
def new_installation(tmp_path: Path, databases: Databases) -> Iterator[Installation]:
    """Sutton lists its report of February 2022; nobody has looked. 28 July 2025, 09:00."""
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
    """Data folders of towns in which something has happened, each made once a run."""
    if databases.name not in taken:
        taken[databases.name] = Snapshots(tmp_path_factory.mktemp("towns"), databases)
    return taken[databases.name]


@pytest.fixture
def installation(tmp_path: Path, snapshots: Snapshots) -> Iterator[Installation]:
    """The same after a first look: that report is history, everyone is welcomed."""
    with snapshots.installation(tmp_path, first_check) as installation:
        yield installation


@pytest.fixture
def announced(tmp_path: Path, snapshots: Snapshots) -> Iterator[Installation]:
    """And after the report of July 2025 was told, on its day."""
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
