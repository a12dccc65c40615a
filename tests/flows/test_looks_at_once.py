"""Whoever starts them, looks at one provider never overlap, and none is lost."""

import os
import signal
import time

import pytest

from deployments.standin_faults import drip
from flows.look import Ask, look
from tests.locks import cut
from tests.town import PAGE, REPORT_2025, utc

SLOWLY = drip(2000, 0.2)


def _looks(town):
    return town.sql("SELECT began_at, ended_at, outcome FROM look ORDER BY id")


def _is_asking(town):
    """Wait until the page has been asked for."""
    until = time.monotonic() + 20
    while not any(seen.path == PAGE for seen in town.standin.requests):
        assert time.monotonic() < until
        time.sleep(0.02)


def test_two_looks_at_once_from_two_processes_never_overlap(town):
    town.at("2025-07-29 09:30")
    town.publish(REPORT_2025)
    town.standin.misbehave(PAGE, SLOWLY, times=1)
    both = [town.start("look", "--plain", "--json") for _ in range(2)]
    answers = [process.communicate(timeout=60) for process in both]
    assert [process.returncode for process in both] == [0, 0], answers
    (_, ended, _), (began, _, _) = _looks(town)[-2:]
    assert ended <= began
    assert town.news == ["report_published"]
    assert len(town.mails_to("scrutiny")) == len(town.cards) == 1


def test_a_scheduled_look_finds_another_one_busy_at_once_and_a_killed_one_gone(town):
    town.publish(REPORT_2025)
    town.standin.misbehave(PAGE, SLOWLY, times=1)
    other = town.start("look", "--plain")
    _is_asking(town)
    tools = town.tools()
    looked = look(tools.watch("80515"), tools, Ask(scheduled=town.now))
    assert (looked.outcome, looked.is_well) == ("busy", False)
    assert "provider 80515 is busy" in looked.message

    os.kill(other.pid, signal.SIGKILL)
    other.communicate()
    looked = look(tools.watch("80515"), tools, Ask(scheduled=town.now))
    assert looked.outcome == "changed"
    assert [outcome for _, _, outcome in _looks(town)][-2:] == ["failed", "changed"]
    assert town.news == ["report_published"]


def test_a_look_that_is_stopped_keeps_its_place_and_goes_on_when_it_is_woken(town):
    town.publish(REPORT_2025)
    town.standin.misbehave(PAGE, SLOWLY, times=1)
    slept = town.start("look", "--plain")
    _is_asking(town)
    os.kill(slept.pid, signal.SIGSTOP)
    town.sql("UPDATE lease SET since = '2024-01-01 00:00:00+00:00'")
    town.later(days=1)
    tools = town.tools()
    assert look(tools.watch("80515"), tools, Ask(scheduled=town.now)).outcome == "busy"
    os.kill(slept.pid, signal.SIGCONT)
    _, stderr = slept.communicate(timeout=60)
    assert slept.returncode == 0, stderr
    assert [outcome for _, _, outcome in _looks(town)][-1] == "changed"
    assert town.news == ["report_published"]
    assert len(town.mails_to("scrutiny")) == len(town.cards) == 1


def test_a_look_that_slept_while_another_took_its_place_writes_nothing_more(town):
    """As on a machine that was suspended, and whose connection the database gave up."""
    town.publish(REPORT_2025)
    town.standin.misbehave(PAGE, SLOWLY, times=1)
    slept = town.start("look", "--plain")
    _is_asking(town)
    os.kill(slept.pid, signal.SIGSTOP)
    cut(town.tools().database)
    town.look()
    os.kill(slept.pid, signal.SIGCONT)
    stdout, stderr = slept.communicate(timeout=60)
    assert slept.returncode == 1, stderr
    assert "the lock on provider 80515 was lost" in stdout
    assert [outcome for _, _, outcome in _looks(town)][-2:] == ["failed", "changed"]
    assert town.news == ["report_published"]
    assert len(town.mails_to("scrutiny")) == len(town.cards) == 1


def test_a_look_that_breaks_off_does_not_end_the_one_that_took_its_place(town, monkeypatch):
    """Its own end belongs to it alone, and is written only while it is its turn."""
    town.publish(REPORT_2025)
    others = []

    def breaks_off(*_args, **_named):
        cut(tools.database)
        town.standin.misbehave(PAGE, SLOWLY, times=1)
        others.append(town.start("look", "--plain"))
        _is_asking(town)
        raise RuntimeError("broken")

    tools = town.tools()
    monkeypatch.setattr(tools.site, "listing", breaks_off)
    looked = look(tools.watch("80515"), tools, Ask())
    assert looked.outcome == "busy"
    assert [outcome for _, _, outcome in _looks(town)][-2:] == ["failed", None]
    (other,) = others
    _, stderr = other.communicate(timeout=60)
    assert other.returncode == 0, stderr
    assert [outcome for _, _, outcome in _looks(town)][-2:] == ["failed", "changed"]
    assert town.news == ["report_published"]


def test_a_look_that_breaks_off_ends_as_failed_by_its_own_name(town, monkeypatch):
    def breaks_off(*_args, **_named):
        raise RuntimeError("broken")

    tools = town.tools()
    monkeypatch.setattr(tools.site, "listing", breaks_off)
    looked = look(tools.watch("80515"), tools, Ask())
    assert (looked.outcome, looked.is_well) == ("failed", False)
    _, ended, outcome = _looks(town)[-1]
    assert (ended is not None, outcome) == (True, "failed")
    assert town.look().outcome == "unchanged"


@pytest.mark.parametrize(
    ("scheduled", "outcome"),
    [("2025-07-28 09:00", "skipped"), ("2025-07-28 09:14", "skipped"), (None, "unchanged")],
)
def test_a_scheduled_look_is_skipped_where_one_began_since_and_a_persons_never(
    town, scheduled, outcome
):
    town.later(minutes=15)
    town.look()  # at 09:15
    looked = town.look(scheduled=utc(scheduled) if scheduled else None)
    assert (looked.outcome, looked.is_well) == (outcome, True)


def test_late_runs_of_two_days_become_one_look(town):
    town.later(days=2)
    before = len(_looks(town))
    outcomes = [
        town.look(scheduled=utc(f"2025-07-{day} {hour}:10")).outcome
        for day in (28, 29)
        for hour in ("12", "21")
    ]
    assert outcomes == ["unchanged", "skipped", "skipped", "skipped"]
    assert len(_looks(town)) == before + 1


def test_a_look_killed_before_it_told_is_told_by_the_next(town):
    """Killed while it fetches the file: nothing half-written is believed."""
    town.publish(REPORT_2025)
    town.standin.misbehave("/v1/file/50283346", drip(2000, 0.2), times=1)
    killed = town.start("look", "--plain")
    until = time.monotonic() + 20
    while not any(seen.path.endswith("50283346") for seen in town.standin.requests):
        assert time.monotonic() < until
        time.sleep(0.02)
    os.kill(killed.pid, signal.SIGKILL)
    killed.communicate()
    assert town.news == []
    assert len(town.reports) == 1
    assert town.look().outcome == "changed"
    assert town.news == ["report_published"]
    assert len(town.mails_to("scrutiny")) == 1
