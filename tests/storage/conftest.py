from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest

from storage import models
from storage.database import Database, open_database
from storage.record import NewEvent, Subscriber, record_event
from tests.databases import Databases, a_database
from tests.installation import utc

NOW = utc("2025-07-29 09:30")


@pytest.fixture(scope="session")
def empty_file(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """A database with all its tables, as a file."""
    path = tmp_path_factory.mktemp("empty") / "db.sqlite"
    open_database(f"sqlite:///{path}").close()
    return path.read_bytes()


@pytest.fixture
def path(tmp_path: Path, empty_file: bytes) -> Path:
    """A database of SQLite, where it lies."""
    path = tmp_path / "db.sqlite"
    path.write_bytes(empty_file)
    return path


@pytest.fixture(scope="session")
def with_tables(databases: Databases) -> str:
    """The address of a database with all its tables, to be copied."""
    address = databases.make()
    if address:
        open_database(address).close()
    return address


@pytest.fixture
def database(databases: Databases, with_tables: str, path: Path) -> Iterator[Database]:
    """A database of one's own, with all its tables."""
    with a_database(databases, with_tables) as address:
        database = open_database(address or f"sqlite:///{path}")
        yield database
        database.close()


@pytest.fixture
def add_delivery(database: Database):
    """Write down an event with a delivery to each of some recipients; gives the deliveries' ids."""

    def add_delivery(
        *names: str,
        type_: str = "report_published",
        audience: str = "readers",
        cause: str = "a",
        at: datetime = NOW,
        report: int | None = None,
    ) -> list[int]:
        recipients = tuple(Subscriber(name, "email", at) for name in names)
        new_event = NewEvent(
            type=type_,
            audience=audience,
            subject=f"report:{report or 0}",
            cause=cause,
            summary="Sutton: a report",
            payload="{}",
            recipients=recipients,
            report_id=report,
        )
        with database.write() as session:
            event = record_event(session, new_event, at)
            assert event is not None
            return [each.id for each in event.deliveries]

    return add_delivery


@pytest.fixture
def delivery(database: Database):
    """A delivery as it stands now."""

    def found(number: int) -> models.Delivery:
        with database.read() as session:
            delivery = session.get_one(models.Delivery, number)
            _ = delivery.attempt_log  # loaded while the session is open
            return delivery

    return found
