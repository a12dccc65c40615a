"""At night old records are deleted; nobody is notified of it."""

import os

import pytest
import yaml
from cronsim import CronSim

from flows.upkeep.nightly import nightly
from tests.installation import HOME, utc


def test_a_step_that_breaks_off_holds_back_no_other(announced):
    announced.sql("ALTER TABLE page_check RENAME COLUMN ended_at TO elsewhere")
    night = nightly(announced.context())
    assert not night.is_well
    assert night.headline.startswith("clean-up: failed (")
    assert "files written" in night.in_words()


@pytest.mark.both_databases
def test_checks_that_found_nothing_go_after_ninety_days_and_all_else_stays(announced):
    announced.checks(3, hours=1)
    before = (announced.reports, announced.deliveries, len(announced.events))
    announced.later(days=91)
    announced.check()
    assert "clean-up: deleted: 3 old checks" in nightly(announced.context()).in_words()
    left = [outcome for (outcome,) in announced.sql("SELECT result FROM page_check ORDER BY id")]
    assert left == ["first", "changed", "unchanged"]
    assert (announced.reports, announced.deliveries, len(announced.events)) == before


def test_a_download_that_was_killed_is_cleared_away_a_day_later_and_one_under_way_is_not(announced):
    incoming = announced.folder / "data" / "archive" / "incoming"
    old, new = incoming / "old", incoming / "new"
    for path in (old, new):
        path.write_bytes(b"%PDF-")
    os.utime(old, (0, 0))
    nightly(announced.context())
    assert (old.exists(), new.exists()) == (False, True)
    documents = list((announced.folder / "data" / "archive").rglob("*.pdf"))
    assert len(documents) == 2


def test_what_a_kill_left_of_the_feed_and_of_the_outbox_is_cleared_away_a_day_later(announced):
    data = announced.folder / "data"
    (data / "outbox").mkdir()
    old = [data / ".feed1.part", data / "outbox" / ".mail1.part"]
    new = data / ".feed2.part"
    for path in (*old, new):
        path.write_bytes(b"half")
    for path in old:
        os.utime(path, (0, 0))
    assert nightly(announced.context()).done["clean-up"].words.endswith("2 unfinished files")
    assert ([path.exists() for path in old], new.exists()) == ([False, False], True)
    assert (data / "website" / "feed.xml").exists()


def test_it_runs_at_an_hour_that_every_night_has_once():
    declared = yaml.safe_load((HOME / "deployments" / "prefect.yaml").read_text(encoding="utf-8"))
    (night,) = [each for each in declared["deployments"] if each["name"] == "nightly-maintenance"]
    (schedule,) = night["schedules"]
    assert schedule["timezone"] == "Europe/London"
    assert not 1 <= next(CronSim(schedule["cron"], utc("2026-03-28 12:00"))).hour <= 2
