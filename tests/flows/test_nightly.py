"""At night the search page is asked and old things are cleared away; nobody hears of it."""

import os
from dataclasses import replace
from datetime import date

import yaml
from cronsim import CronSim

from deployments.demo.fake_ofsted_faults import status
from flows.upkeep.nightly import nightly
from tests.installation import HOME, REPORT_2025, utc


def _search_page(installation):
    (provider,) = installation.ask("status")["providers"]
    return provider["search_page"]


def test_the_search_page_is_compared_with_our_list_and_agrees(announced):
    assert _search_page(announced) is None
    night = nightly(announced.context())
    assert night.is_well
    assert "search page: agrees with our list" in night.in_words()
    found = _search_page(announced)
    assert (found["latest"], found["ours"]) == ("2025-07-29", "2025-07-29")


def test_where_it_names_a_newer_report_status_shows_it_and_nobody_is_alerted_that(announced):
    announced.publish(replace(REPORT_2025, published=date(2025, 7, 30), file_id="9"))
    assert (
        "differs from our list: London Borough of Sutton" in nightly(announced.context()).in_words()
    )
    answer = announced.cli("status")
    assert answer.exit_code == 0
    said = " ".join(answer.stdout.split())
    assert "newest report of 29 Jul 2025 on its page, of 30 Jul 2025 by the search page" in said
    assert announced.event == []


def test_a_search_page_that_does_not_answer_leaves_what_was_known_and_stops_no_other_step(
    announced,
):
    nightly(announced.context())
    before = _search_page(announced)
    announced.fake_ofsted.misbehave("/search", status(404))
    night = nightly(announced.context())
    assert night.is_well
    assert "search page: not seen" in night.in_words()
    assert "tidying: 0 looks" in night.in_words()
    assert _search_page(announced) == before


def test_a_step_that_breaks_off_holds_back_no_other(announced):
    announced.sql("ALTER TABLE page_check RENAME COLUMN ended_at TO elsewhere")
    night = nightly(announced.context())
    assert not night.is_well
    assert night.headline.startswith("tidying: broke off (")
    assert "search page: agrees" in night.in_words()


def test_checks_that_found_nothing_go_after_ninety_days_and_all_else_stays(announced):
    announced.checks(3, hours=1)
    before = (announced.reports, announced.deliveries, len(announced.events))
    announced.later(days=91)
    announced.check()
    assert "tidying: 3 looks" in nightly(announced.context()).in_words()
    left = [outcome for (outcome,) in announced.sql("SELECT result FROM page_check ORDER BY id")]
    assert left == ["first", "changed", "unchanged"]
    assert (announced.reports, announced.deliveries, len(announced.events)) == before


def test_a_download_that_was_killed_is_cleared_away_a_day_later_and_one_under_way_is_not(announced):
    incoming = announced.folder / "data" / "archive" / "arriving"
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
    assert (
        nightly(announced.context())
        .done["tidying"]
        .words.endswith("2 unfinished files cleared away")
    )
    assert ([path.exists() for path in old], new.exists()) == ([False, False], True)
    assert (data / "feed.xml").exists()


def test_it_runs_at_an_hour_that_every_night_has_once():
    declared = yaml.safe_load((HOME / "deployments" / "prefect.yaml").read_text(encoding="utf-8"))
    (night,) = [each for each in declared["deployments"] if each["name"] == "nightly"]
    (schedule,) = night["schedules"]
    assert schedule["timezone"] == "Europe/London"
    assert not 1 <= next(CronSim(schedule["cron"], utc("2026-03-28 12:00"))).hour <= 2
