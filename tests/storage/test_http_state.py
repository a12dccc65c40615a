"""What a polite visitor remembers outlives the process."""

import threading
from datetime import UTC, datetime, timedelta

import pytest

from ofsted.site.politeness import RememberedPage, Robots
from storage.database import open_database
from storage.http_state import HttpState
from tests.storage.conftest import NOW

pytestmark = pytest.mark.both_databases

HOST = "reports.ofsted.gov.uk"


def test_nothing_is_remembered_of_a_host_never_asked(database):
    politeness = HttpState(database)
    assert politeness.not_before(HOST) is None
    assert politeness.robots(HOST) is None
    assert politeness.page("https://reports.ofsted.gov.uk/provider/44/80515") is None


def test_another_process_remembers_it_too(database):
    page = RememberedPage('"tag"', "Tue, 29 Jul 2025 09:30:00 GMT", b"<html>", NOW)
    robots = Robots("User-agent: *\nDisallow: /search", NOW)
    politeness = HttpState(database)
    politeness.hold(HOST, NOW)
    politeness.save_robots(HOST, robots)
    politeness.save_page("https://x", page)
    other = open_database(database.address)
    again = HttpState(other)
    assert (again.not_before(HOST), again.robots(HOST), again.page("https://x")) == (
        NOW,
        robots,
        page,
    )
    other.close()


def test_an_earlier_time_never_shortens_a_later_one(database):
    politeness = HttpState(database)
    politeness.hold(HOST, NOW + timedelta(hours=1))
    politeness.hold(HOST, NOW)
    assert politeness.not_before(HOST) == NOW + timedelta(hours=1)


def test_a_time_that_a_wrong_clock_wrote_is_not_waited_for(database):
    politeness = HttpState(database)
    now, false = datetime.now(UTC), datetime.now(UTC) + timedelta(days=3)
    politeness.hold(HOST, false)
    assert politeness.not_before(HOST) is None
    politeness.hold(HOST, now + timedelta(minutes=2))
    assert politeness.not_before(HOST) == now + timedelta(minutes=2)
    politeness.save_robots(HOST, Robots("User-agent: *", false))
    assert politeness.robots(HOST).text == "User-agent: *"
    assert politeness.robots(HOST).until <= datetime.now(UTC)
    politeness.save_page("https://x", RememberedPage('"tag"', None, b"<html>", false))
    assert politeness.page("https://x") is None


def test_a_robots_text_with_nul_is_kept_as_a_database_takes_it(database):
    politeness = HttpState(database)
    politeness.save_robots(HOST, Robots("User-agent: *\x00", NOW))
    assert politeness.robots(HOST).text == "User-agent: *"


def test_one_asks_at_a_time_and_another_host_is_another_turn(database):
    politeness, inside, most = HttpState(database), [], []

    def ask():
        with politeness.turn(HOST):
            inside.append(1)
            most.append(len(inside))
            inside.pop()

    threads = [threading.Thread(target=ask) for _ in range(3)]
    for thread in threads:
        thread.start()
    with politeness.turn("files.ofsted.gov.uk"):
        pass
    for thread in threads:
        thread.join()
    assert most == [1, 1, 1]
