"""One holder at a time, whoever asks, and a dead one holds nothing."""

import signal
import subprocess
import sys
import threading
import time
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import psutil
import pytest
from sqlalchemy import text, update

from deployments.service.processes import kill_all
from storage import leases
from storage.database import open_database
from storage.leases import BusyError, LeaseLostError, holder_of, leased
from storage.liveness import this_process
from storage.models import Lease
from tests.installation import HOME
from tests.locks import cut, lock_files
from tests.parts import needs_namespaces

pytestmark = pytest.mark.both_databases

NAME = "provider 44:80515"
IMPATIENT = {"sqlite": "?timeout=0.2", "postgresql": "?options=-c%20lock_timeout%3D200ms"}
HOLDING = """
import os, subprocess, sys, time
from storage.database import open_database
from storage.leases import BusyError, LeaseLostError, leased
database = open_database(sys.argv[1])
with leased(database, sys.argv[2]) as hold:
    {then}
    print("held", flush=True)
    sys.stdin.read()
"""
NO_CHILD = "pass"
A_PROGRAM = "subprocess.Popen(['sleep', '60'])"
A_FORK = "os.fork() or time.sleep(60)"


@contextmanager
def another_process(database, then=NO_CHILD, *, name=NAME, under=()):
    """One that holds the lease until it is asked to end."""
    with subprocess.Popen(
        [*under, sys.executable, "-c", HOLDING.format(then=then), database.address, name],
        cwd=HOME,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "held\n"
        family = psutil.Process(process.pid).children(recursive=True)
        try:
            yield process
        finally:
            process.kill()
            kill_all(family)


def holder(database, name=NAME):
    with database.read() as session:
        return holder_of(session, name)


def is_busy(database):
    """Whether it cannot be had now."""
    with database.write() as session:
        found = leases.take(session, NAME)
        session.rollback()
    return found is None


def is_had(database):
    """Whether somebody else can have it, and write under it."""
    with leased(database, NAME) as hold, database.write() as session:
        hold.check(session)
    return True


def is_free_soon(database):
    """Whether nobody holds it: PostgreSQL sees the end of a connection in its own time."""
    deadline = time.monotonic() + 10
    while holder(database) is not None and time.monotonic() < deadline:
        time.sleep(0.05)
    return holder(database) is None


def kill(process):
    process.kill()
    process.wait(10)
    time.sleep(0.1)  # see `is_free_soon`


def test_a_second_one_finds_it_busy(database):
    with (
        leased(database, NAME),
        pytest.raises(BusyError, match="80515 is busy"),
        leased(database, NAME),
    ):
        pytest.fail("two hold it")


def test_two_things_are_leased_apart(database):
    with leased(database, NAME), leased(database, "provider 80516"):
        assert holder(database) == holder(database, "provider 80516") is not None


def test_it_is_free_again_at_the_end_also_of_a_failure(database):
    with pytest.raises(RuntimeError), leased(database, NAME):
        raise RuntimeError
    assert holder(database) is None


def test_whoever_waits_gets_it_when_it_is_given_back(database):
    order = []

    def first():
        with leased(database, NAME):
            order.append("first")
            started.set()
            time.sleep(0.3)
            order.append("first ends")

    started = threading.Event()
    thread = threading.Thread(target=first)
    thread.start()
    started.wait(5)
    with leased(database, NAME, wait=10):
        order.append("second")
    thread.join()
    assert order == ["first", "first ends", "second"]


def test_threads_of_one_process_have_it_one_after_the_other(database):
    inside, most = [], []

    def one():
        for _ in range(5):
            with leased(database, NAME, wait=30):
                inside.append(1)
                most.append(len(inside))
                time.sleep(0.01)
                inside.pop()

    threads = [threading.Thread(target=one) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert most == [1] * 20
    assert holder(database) is None


@pytest.mark.parametrize("then", [NO_CHILD, A_PROGRAM, A_FORK])
def test_another_process_keeps_it_until_it_is_killed_whatever_it_has_started(database, then):
    with another_process(database, then) as other:
        assert is_busy(database)
        assert holder(database) is not None
        kill(other)
        assert holder(database) is None
        assert is_had(database)


def test_the_end_of_a_child_that_was_forked_ends_nothing_of_its_parent(database):
    with another_process(database, "os.fork() or os._exit(0); os.wait()"):
        assert is_busy(database)


def test_one_that_is_stopped_keeps_it_however_long_it_sleeps(database):
    with another_process(database) as other:
        other.send_signal(signal.SIGSTOP)
        with database.write() as session:
            session.execute(update(Lease).values(since=datetime.now(UTC) - timedelta(days=400)))
        assert is_busy(database)
        other.send_signal(signal.SIGCONT)
        assert is_busy(database)


@pytest.mark.system
def test_a_machine_of_the_same_name_that_sees_none_of_our_processes_takes_nothing(database):
    """As a container does: another's process number means nothing there."""
    under = needs_namespaces("--pid", "--fork", "--uts", "--mount-proc")
    with another_process(database, under=under) as other:
        assert is_busy(database)
        kill(psutil.Process(other.pid).children()[0])
        assert is_had(database)


def test_one_that_ends_by_itself_leaves_nothing_behind(database):
    with another_process(database) as other:
        other.communicate(timeout=20)
        assert other.returncode == 0
    assert holder(database) is None
    assert lock_files(database) == []


@pytest.mark.parametrize("databases", ["sqlite"], indirect=True)
def test_what_dead_ones_left_is_cleared_away_and_what_is_held_is_not(database):
    with another_process(database) as dead:
        kill(dead)
    with another_process(database, name="provider 80516"), leased(database, NAME):
        living = {holder(database), holder(database, "provider 80516")}
        assert {each.rpartition("-")[2] for each in lock_files(database)} == living


def test_a_lost_lease_refuses_to_write(database):
    with leased(database, NAME) as hold:
        with database.write() as session:
            session.execute(update(Lease).values(holder="f" * 32))
        with pytest.raises(LeaseLostError, match="80515 was lost"), database.write() as session:
            hold.check(session)
    with database.read() as session:
        assert session.get(Lease, NAME).holder == "f" * 32  # and leaves the other's lease alone


def test_one_whose_lock_is_cut_writes_nothing_more_and_begins_anew_under_another_name(database):
    with leased(database, NAME) as hold, leased(database, "provider 80516") as other_hold:
        cut(database)
        assert holder(database) is None
        for each in (hold, other_hold):
            with pytest.raises(LeaseLostError, match="was lost"), database.write() as session:
                each.check(session)
        with leased(database, NAME) as again, database.write() as session:
            again.check(session)
            assert again.holder != hold.holder
            with pytest.raises(LeaseLostError):
                hold.check(session)
    assert holder(database) is None


def test_one_that_is_held_for_long_is_taken_again_after_its_lock_was_cut(database):
    with leased(database, NAME) as hold:
        before = hold.holder
        for _ in range(2):
            with database.write() as session:
                hold.renew(session)
        assert hold.holder == before
        cut(database)
        with database.write() as session:
            hold.renew(session)
        assert holder(database) == hold.holder != before
        assert is_busy(database)
    assert holder(database) is None


def test_one_that_is_held_for_long_is_not_taken_again_from_who_has_it_now(database):
    with leased(database, NAME) as hold:
        cut(database)
        with (
            another_process(database),
            pytest.raises(LeaseLostError, match="another process has"),
            database.write() as session,
        ):
            hold.renew(session)


@contextmanager
def _nothing_can_be_written(database):
    """Another program writes and does not end, as on a disk that is full nothing can be."""
    locking = open_database(database.address.partition("?")[0])
    with locking.write() as session:
        session.execute(text("SELECT 1"))
        yield


def _impatient(database):
    return open_database(database.address + IMPATIENT[database.backend])


def test_what_could_not_be_given_back_is_free_for_others_at_once(database):
    ours = _impatient(database)
    hold = leased(ours, NAME)
    hold.__enter__()
    with _nothing_can_be_written(database):
        hold.__exit__(None, None, None)
        assert is_free_soon(database)
    with another_process(database):
        assert is_busy(ours)


def test_what_could_not_be_given_back_beside_another_is_ours_to_take_and_gone_with_that(database):
    ours = _impatient(database)
    with leased(ours, "service") as service:
        for end in (lambda: None, lambda: _renew(ours, service)):
            hold = leased(ours, NAME)
            hold.__enter__()
            with _nothing_can_be_written(database):
                hold.__exit__(None, None, None)
            with leased(ours, "provider 80516"):
                end()
            assert holder(database) is None
            assert is_had(ours)
        with leased(ours, NAME), ours.write() as session:
            service.check(session)


def _renew(database, hold):
    with database.write() as session:
        hold.renew(session)


def test_what_was_not_committed_was_not_taken(database):
    def breaks_off():
        with database.write() as session:
            assert leases.take(session, NAME)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        breaks_off()
    assert this_process(database.engine).held == {}
    assert is_had(database)


def test_who_only_asks_makes_no_lock(database):
    assert holder(database) is None
    with database.write() as session:
        since = datetime.now(UTC)
        session.add(Lease(name=NAME, holder="0" * 32, since=since))  # of one long dead
    with database.read() as session:
        assert holder_of(session, NAME) is None
        assert leases.held(session, "provider ") == {}
    assert this_process(database.engine).name == ""
    assert lock_files(database) == []


def test_two_who_ask_at_once_see_the_same_of_a_dead_one(database):
    with database.write() as session:
        session.add(Lease(name=NAME, holder="0" * 32, since=datetime.now(UTC)))
    with database.read() as one, database.read() as two:
        assert [holder_of(each, NAME) for each in (one, two, one)] == [None] * 3
