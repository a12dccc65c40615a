"""One holder at a time, whoever asks, and a dead one holds nothing."""

import os
import signal
import socket
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta

import psutil
import pytest
from sqlalchemy import delete, update

from storage.leases import BusyError, LeaseLostError, is_alive, leased
from storage.models import Lease
from tests.town import HOME

HOLDING = """
import sys, time
from storage.database import open_database
from storage.leases import leased
with leased(open_database(sys.argv[1]), "provider 80515"):
    print("held", flush=True)
    time.sleep(60)
"""


@pytest.fixture
def holder(database):
    """Another process that holds the lease."""
    with subprocess.Popen(
        [sys.executable, "-c", HOLDING, database.address],
        cwd=HOME,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "held\n"
        yield process
        process.kill()


def _held(database):
    with database.read() as session:
        return session.get(Lease, "provider 80515")


def test_a_second_one_finds_it_busy(database):
    with (
        leased(database, "provider 80515"),
        pytest.raises(BusyError, match="80515 is busy"),
        leased(database, "provider 80515"),
    ):
        pytest.fail("two hold it")


def test_two_things_are_leased_apart(database):
    with leased(database, "provider 80515"), leased(database, "provider 80516"):
        assert _held(database) is not None


def test_it_is_free_again_at_the_end_also_of_a_failure(database):
    with pytest.raises(RuntimeError), leased(database, "provider 80515"):
        raise RuntimeError
    assert _held(database) is None


def test_whoever_waits_gets_it_when_it_is_given_back(database):
    import threading

    order = []

    def first():
        with leased(database, "provider 80515"):
            order.append("first")
            started.set()
            time.sleep(0.3)
            order.append("first ends")

    started = threading.Event()
    thread = threading.Thread(target=first)
    thread.start()
    started.wait(5)
    with leased(database, "provider 80515", wait=10):
        order.append("second")
    thread.join()
    assert order == ["first", "first ends", "second"]


def test_another_process_keeps_it_until_it_is_killed(database, holder):
    with pytest.raises(BusyError), leased(database, "provider 80515"):
        pytest.fail("two hold it")
    os.kill(holder.pid, signal.SIGKILL)
    psutil.Process(holder.pid).wait(10)
    with leased(database, "provider 80515") as hold, database.write() as session:
        hold.check(session)
        assert _held(database).pid == os.getpid()


def test_a_process_with_the_number_of_a_dead_one_does_not_hold_its_lease(database):
    with leased(database, "provider 80515"):
        with database.write() as session:
            session.execute(update(Lease).values(started=Lease.started - 1000))
        with leased(database, "provider 80515") as taken, database.write() as session:
            taken.check(session)


def test_a_lease_of_another_machine_is_taken_only_when_it_has_run_out(database):
    def elsewhere(until):
        with database.write() as session:
            session.execute(delete(Lease))
            lease = {"holder": "x", "machine": "elsewhere", "pid": 1, "started": 0.0}
            session.add(Lease(name="provider 80515", until=until, **lease))

    elsewhere(datetime.now(UTC) + timedelta(seconds=30))
    with pytest.raises(BusyError), leased(database, "provider 80515"):
        pytest.fail("two hold it")
    elsewhere(datetime.now(UTC) - timedelta(seconds=1))
    with leased(database, "provider 80515"):
        assert _held(database).machine == socket.gethostname()


def test_a_lost_lease_refuses_to_write(database):
    with leased(database, "provider 80515") as hold:
        with database.write() as session:
            session.execute(update(Lease).values(holder="somebody else"))
        with pytest.raises(LeaseLostError, match="taken over"), database.write() as session:
            hold.check(session)
    assert _held(database).holder == "somebody else"  # and leaves the other's lease alone


def test_a_check_renews_it(database):
    with leased(database, "provider 80515") as hold:
        with database.write() as session:
            session.execute(update(Lease).values(until=datetime.now(UTC)))
        with database.write() as session:
            hold.check(session)
        left = _held(database).until - datetime.now(UTC)
    assert timedelta(seconds=55) < left <= timedelta(seconds=60)


def test_a_process_is_known_by_number_and_start():
    me = psutil.Process()
    assert is_alive(me.pid, me.create_time())
    assert not is_alive(me.pid, me.create_time() - 100)
    assert not is_alive(2**22 + 1, me.create_time())
