"""After a year of checks a round costs what it did at first, and what is old has gone.

How much a database does is counted in steps of SQLite's own machine: they are the same each time,
on any machine, unlike seconds.
"""

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import event, insert
from sqlalchemy.pool import Pool

from flows.upkeep.nightly import nightly
from storage import models
from tests.installation import utc

pytestmark = pytest.mark.parametrize("databases", ["sqlite"], indirect=True)

CHECKS = 14_000  # of a year, by the default schedule
APART = timedelta(days=365) / CHECKS
EVERY = 10  # steps between two calls of the counter


def steps(do: Callable[[], object]) -> int:
    """How many steps SQLite makes for something."""
    counted = 0

    def count() -> int:
        nonlocal counted
        counted += EVERY
        return 0

    def watch(connection, *_):
        connection.set_progress_handler(count, EVERY)

    event.listen(Pool, "checkout", watch)
    try:
        do()
    finally:
        event.remove(Pool, "checkout", watch)
    return counted


def quiet_round(installation):
    installation.later(minutes=15)
    assert installation.check().result == "unchanged"


def a_year_passes(installation):
    """With all its checks, and of its digests the last ten."""
    installation.later(days=355)
    rows = [
        {
            "code": "44",
            "urn": "80515",
            "result": "unchanged",
            "listed": 1,
            "new": "[]",
            "newly_failed": 0,
            "message": "unchanged: 1 report listed",
            "began_at": installation.now - number * APART,
            "ended_at": installation.now - number * APART,
        }
        for number in range(CHECKS, 0, -1)
    ]
    with installation.context().database.write() as session:
        session.execute(insert(models.PageCheck), rows)
    installation.checks(10, days=1)


@pytest.fixture
def daily(installation):
    installation.settings["recipients"][0]["frequency"] = "daily 08:00"
    installation.at("2025-08-01 09:00")
    quiet_round(installation)
    return installation


def test_after_a_year_a_round_costs_what_it_did_and_old_checks_have_gone(daily):
    asked = (lambda: quiet_round(daily), lambda: daily.cli("status"), lambda: daily.cli("audit"))
    before = [steps(each) for each in asked]
    a_year_passes(daily)
    after = [steps(each) for each in asked]
    assert max(now - was for was, now in zip(before, after, strict=True)) < CHECKS / 2
    assert nightly(daily.context()).is_well
    [(kept, oldest)] = daily.sql(
        "SELECT count(*), min(began_at) FROM page_check WHERE result = 'unchanged'"
    )
    assert kept < CHECKS / 4
    assert utc(oldest) > daily.now - timedelta(days=91)
    assert daily.sql("SELECT count(*) FROM round")[0][0] < 10
