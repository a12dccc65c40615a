"""Whoever starts them, checks of one provider never overlap, and none is lost."""

import os
import signal
import time

import pytest

from deployments.demo.fake_ofsted_faults import drip
from flows.checking.check import check_page
from flows.checking.one_check import CheckRequest
from storage.leases import holder_of
from tests.installation import PAGE, REPORT_2025, utc
from tests.locks import cut

pytestmark = pytest.mark.both_databases
SLOWLY = drip(2000, 0.2)


def _checks(installation):
    return installation.sql("SELECT began_at, ended_at, result FROM page_check ORDER BY id")


def _is_asking(installation):
    """Wait until the page has been asked for."""
    until = time.monotonic() + 20
    while not any(seen.path == PAGE for seen in installation.fake_ofsted.requests):
        assert time.monotonic() < until
        time.sleep(0.02)


def test_two_checks_at_once_from_two_processes_never_overlap(installation):
    installation.at("2025-07-29 09:30")
    installation.publish(REPORT_2025)
    installation.fake_ofsted.misbehave(PAGE, SLOWLY, times=1)
    both = [installation.start("check", "--no-prefect", "--json") for _ in range(2)]
    answers = [process.communicate(timeout=60) for process in both]
    assert [process.returncode for process in both] == [0, 0], answers
    (_, ended, _), (began, _, _) = _checks(installation)[-2:]
    assert ended <= began
    assert installation.event_types == ["report_published"]
    assert len(installation.emails_to("scrutiny")) == len(installation.cards) == 1


def _is_held(database):
    with database.read() as session:
        return holder_of(session, "provider 44:80515") is not None


def test_a_scheduled_check_finds_another_one_busy_at_once_and_a_killed_one_gone(installation):
    installation.publish(REPORT_2025)
    installation.fake_ofsted.misbehave(PAGE, SLOWLY, times=1)
    other = installation.start("check", "--no-prefect")
    _is_asking(installation)
    context = installation.context()
    checked = check_page(
        context.authority("80515"), context, CheckRequest(scheduled=installation.now)
    )
    assert (checked.result, checked.is_well) == ("busy", False)
    assert "provider 44:80515 is busy" in checked.message

    os.kill(other.pid, signal.SIGKILL)
    other.communicate()
    until = time.monotonic() + 5  # PostgreSQL frees a lock when it has read the end of the socket
    while _is_held(context.database) and time.monotonic() < until:
        time.sleep(0.02)
    checked = check_page(
        context.authority("80515"), context, CheckRequest(scheduled=installation.now)
    )
    assert checked.result == "changed"
    assert [outcome for _, _, outcome in _checks(installation)][-2:] == ["unreachable", "changed"]
    assert installation.event_types == ["report_published"]


def test_a_check_that_is_stopped_keeps_its_place_and_goes_on_when_it_is_woken(installation):
    installation.publish(REPORT_2025)
    installation.fake_ofsted.misbehave(PAGE, SLOWLY, times=1)
    slept = installation.start("check", "--no-prefect")
    _is_asking(installation)
    os.kill(slept.pid, signal.SIGSTOP)
    installation.sql("UPDATE lease SET since = '2024-01-01 00:00:00+00:00'")
    installation.later(days=1)
    context = installation.context()
    assert (
        check_page(
            context.authority("80515"), context, CheckRequest(scheduled=installation.now)
        ).result
        == "busy"
    )
    os.kill(slept.pid, signal.SIGCONT)
    _, stderr = slept.communicate(timeout=60)
    assert slept.returncode == 0, stderr
    assert [outcome for _, _, outcome in _checks(installation)][-1] == "changed"
    assert installation.event_types == ["report_published"]
    assert len(installation.emails_to("scrutiny")) == len(installation.cards) == 1


def test_a_check_that_slept_while_another_took_its_place_writes_nothing_more(installation):
    """As on a machine that was suspended, and whose connection the database gave up."""
    installation.publish(REPORT_2025)
    installation.fake_ofsted.misbehave(PAGE, SLOWLY, times=1)
    slept = installation.start("check", "--no-prefect")
    _is_asking(installation)
    os.kill(slept.pid, signal.SIGSTOP)
    cut(installation.context().database)
    installation.check()
    os.kill(slept.pid, signal.SIGCONT)
    stdout, stderr = slept.communicate(timeout=60)
    assert slept.returncode == 1, stderr
    assert "the lock on provider 44:80515 was lost" in stdout
    assert [outcome for _, _, outcome in _checks(installation)][-2:] == ["unreachable", "changed"]
    assert installation.event_types == ["report_published"]
    assert len(installation.emails_to("scrutiny")) == len(installation.cards) == 1


def test_a_check_that_breaks_off_does_not_end_the_one_that_took_its_place(
    installation, monkeypatch
):
    """Its own end belongs to it alone, and is written only while it is its turn."""
    installation.publish(REPORT_2025)
    others = []

    def breaks_off(*_args, **_named):
        cut(context.database)
        installation.fake_ofsted.misbehave(PAGE, SLOWLY, times=1)
        others.append(installation.start("check", "--no-prefect"))
        _is_asking(installation)
        raise RuntimeError("channel_down")

    context = installation.context()
    monkeypatch.setattr(context.site, "listing_if_changed", breaks_off)
    checked = check_page(context.authority("80515"), context, CheckRequest())
    assert checked.result == "busy"
    assert [outcome for _, _, outcome in _checks(installation)][-2:] == ["unreachable", None]
    (other,) = others
    _, stderr = other.communicate(timeout=60)
    assert other.returncode == 0, stderr
    assert [outcome for _, _, outcome in _checks(installation)][-2:] == ["unreachable", "changed"]
    assert installation.event_types == ["report_published"]


def test_a_check_that_breaks_off_ends_as_failed_by_its_own_name(installation, monkeypatch):
    def breaks_off(*_args, **_named):
        raise RuntimeError("channel_down")

    context = installation.context()
    monkeypatch.setattr(context.site, "listing_if_changed", breaks_off)
    checked = check_page(context.authority("80515"), context, CheckRequest())
    assert (checked.result, checked.is_well) == ("unreachable", False)
    _, ended, outcome = _checks(installation)[-1]
    assert (ended is not None, outcome) == (True, "unreachable")
    assert installation.check().result == "unchanged"


@pytest.mark.parametrize(
    ("scheduled", "outcome"),
    [("2025-07-28 09:00", "skipped"), ("2025-07-28 09:14", "skipped"), (None, "unchanged")],
)
def test_a_scheduled_check_is_skipped_where_one_began_since_and_a_persons_never(
    installation, scheduled, outcome
):
    installation.later(minutes=15)
    installation.check()  # at 09:15
    checked = installation.check(scheduled=utc(scheduled) if scheduled else None)
    assert (checked.result, checked.is_well) == (outcome, True)


def test_late_runs_of_two_days_become_one_check(installation):
    installation.later(days=2)
    before = len(_checks(installation))
    outcomes = [
        installation.check(scheduled=utc(f"2025-07-{day} {hour}:10")).result
        for day in (28, 29)
        for hour in ("12", "21")
    ]
    assert outcomes == ["unchanged", "skipped", "skipped", "skipped"]
    assert len(_checks(installation)) == before + 1


def test_a_check_killed_before_it_announced_is_announced_by_the_next(installation):
    """Killed while it fetches the file: nothing half-written is believed."""
    installation.publish(REPORT_2025)
    installation.fake_ofsted.misbehave("/v1/file/50283346", drip(2000, 0.2), times=1)
    killed = installation.start("check", "--no-prefect")
    until = time.monotonic() + 20
    while not any(seen.path.endswith("50283346") for seen in installation.fake_ofsted.requests):
        assert time.monotonic() < until
        time.sleep(0.02)
    os.kill(killed.pid, signal.SIGKILL)
    killed.communicate()
    assert installation.event_types == []
    assert len(installation.reports) == 1
    assert installation.check().result == "changed"
    assert installation.event_types == ["report_published"]
    assert len(installation.emails_to("scrutiny")) == 1
