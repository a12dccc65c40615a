"""What a polite visitor remembers outlives the process."""

import threading
from datetime import UTC, datetime, timedelta

from ofsted.site.manners import RememberedPage, Robots
from storage.database import open_database
from storage.manners import KeptManners
from tests.storage.conftest import NOW

HOST = "reports.ofsted.gov.uk"


def test_nothing_is_remembered_of_a_host_never_asked(database):
    manners = KeptManners(database)
    assert manners.not_before(HOST) is None
    assert manners.robots(HOST) is None
    assert manners.page("https://reports.ofsted.gov.uk/provider/44/80515") is None


def test_another_process_remembers_it_too(database):
    page = RememberedPage('"tag"', "Tue, 29 Jul 2025 09:30:00 GMT", b"<html>", NOW)
    robots = Robots("User-agent: *\nDisallow: /search", NOW)
    manners = KeptManners(database)
    manners.hold(HOST, NOW)
    manners.keep_robots(HOST, robots)
    manners.keep_page("https://x", page)
    other = open_database(database.address)
    again = KeptManners(other)
    assert (again.not_before(HOST), again.robots(HOST), again.page("https://x")) == (
        NOW,
        robots,
        page,
    )
    other.close()


def test_an_earlier_time_never_shortens_a_later_one(database):
    manners = KeptManners(database)
    manners.hold(HOST, NOW + timedelta(hours=1))
    manners.hold(HOST, NOW)
    assert manners.not_before(HOST) == NOW + timedelta(hours=1)


def test_a_time_that_a_wrong_clock_wrote_is_not_waited_for(database):
    manners = KeptManners(database)
    now, false = datetime.now(UTC), datetime.now(UTC) + timedelta(days=3)
    manners.hold(HOST, false)
    assert manners.not_before(HOST) is None
    manners.hold(HOST, now + timedelta(minutes=2))
    assert manners.not_before(HOST) == now + timedelta(minutes=2)
    manners.keep_robots(HOST, Robots("User-agent: *", false))
    assert manners.robots(HOST).text == "User-agent: *"
    assert manners.robots(HOST).until <= datetime.now(UTC)
    manners.keep_page("https://x", RememberedPage('"tag"', None, b"<html>", false))
    assert manners.page("https://x") is None


def test_a_robots_text_with_nul_is_kept_as_a_database_takes_it(database):
    manners = KeptManners(database)
    manners.keep_robots(HOST, Robots("User-agent: *\x00", NOW))
    assert manners.robots(HOST).text == "User-agent: *"


def test_one_asks_at_a_time_and_another_host_is_another_turn(database):
    manners, inside, most = KeptManners(database), [], []

    def ask():
        with manners.turn(HOST):
            inside.append(1)
            most.append(len(inside))
            inside.pop()

    threads = [threading.Thread(target=ask) for _ in range(3)]
    for thread in threads:
        thread.start()
    with manners.turn("files.ofsted.gov.uk"):
        pass
    for thread in threads:
        thread.join()
    assert most == [1, 1, 1]
