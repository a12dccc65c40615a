"""Pauses, robots.txt and cached pages outlive the process."""

import threading
from datetime import UTC, datetime, timedelta

import pytest

from ofsted.site.politeness import CachedPage, Robots
from storage.database import open_database
from storage.http_state import HttpState
from tests.storage.conftest import NOW

pytestmark = pytest.mark.both_databases

HOST = "reports.ofsted.gov.uk"


def test_nothing_is_stored_about_a_host_never_called(database):
    state = HttpState(database)
    assert state.not_before(HOST) is None
    assert state.robots(HOST) is None
    assert state.cached_page("https://reports.ofsted.gov.uk/provider/44/80515") is None


def test_another_process_sees_it_too(database):
    page = CachedPage('"tag"', "Tue, 29 Jul 2025 09:30:00 GMT", b"<html>", NOW)
    robots = Robots("User-agent: *\nDisallow: /search", NOW)
    state = HttpState(database)
    state.delay_until(HOST, NOW)
    state.save_robots(HOST, robots)
    state.save_page("https://x", page)
    other = open_database(database.address)
    again = HttpState(other)
    assert (again.not_before(HOST), again.robots(HOST), again.cached_page("https://x")) == (
        NOW,
        robots,
        page,
    )
    other.close()


def test_an_earlier_time_never_shortens_a_later_one(database):
    state = HttpState(database)
    state.delay_until(HOST, NOW + timedelta(hours=1))
    state.delay_until(HOST, NOW)
    assert state.not_before(HOST) == NOW + timedelta(hours=1)


def test_a_time_that_a_wrong_clock_wrote_is_not_waited_for(database):
    state = HttpState(database)
    now, false = datetime.now(UTC), datetime.now(UTC) + timedelta(days=3)
    state.delay_until(HOST, false)
    assert state.not_before(HOST) is None
    state.delay_until(HOST, now + timedelta(minutes=2))
    assert state.not_before(HOST) == now + timedelta(minutes=2)
    state.save_robots(HOST, Robots("User-agent: *", false))
    assert state.robots(HOST).text == "User-agent: *"
    assert state.robots(HOST).until <= datetime.now(UTC)
    state.save_page("https://x", CachedPage('"tag"', None, b"<html>", false))
    assert state.cached_page("https://x") is None


def test_a_gap_that_a_wrong_clock_wrote_is_replaced_by_the_next_request(database):
    state, false = HttpState(database), datetime.now(UTC) + timedelta(hours=3)
    for next_at in (false, NOW):
        with state.host_lock(HOST) as turn:
            turn.next_at = next_at
    with state.host_lock(HOST) as turn:
        assert (turn.not_before, turn.slot) == (None, NOW)


def test_a_robots_text_with_nul_is_stored_without_it(database):
    state = HttpState(database)
    state.save_robots(HOST, Robots("User-agent: *\x00", NOW))
    assert state.robots(HOST).text == "User-agent: *"


def test_one_request_at_a_time_for_a_host_and_each_host_has_its_own_lock(database):
    state, inside, most = HttpState(database), [], []

    def ask():
        with state.host_lock(HOST):
            inside.append(1)
            most.append(len(inside))
            inside.pop()

    threads = [threading.Thread(target=ask) for _ in range(3)]
    for thread in threads:
        thread.start()
    with state.host_lock("files.ofsted.gov.uk"):
        pass
    for thread in threads:
        thread.join()
    assert most == [1, 1, 1]
