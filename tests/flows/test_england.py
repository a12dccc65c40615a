"""A fake England: what a round of many authorities costs, and what an interruption loses."""

from __future__ import annotations

import pytest

from deployments.service.check_lines import CheckLines
from flows.alerting import sending
from flows.checking.one_check import CheckRequest
from flows.pipeline import run_round
from flows.presenting.problems import known_now
from flows.upkeep.overdue import notice_overdue
from tests import england


@pytest.fixture
def fill(new_installation):
    """Watch the first so many authorities of a fake England."""

    def fill(size: int, reports: int = 1):
        new_installation.fake_ofsted.providers.clear()
        shown = england.fill(new_installation.fake_ofsted, size, reports)
        new_installation.settings["watch"] = [
            {"urn": each.urn, "name": each.name} for each in shown
        ]
        return shown

    return fill


def files_asked(installation) -> list[str]:
    return [each.path for each in installation.fake_ofsted.requests if "/file/" in each.path]


def test_a_first_round_that_is_interrupted_is_taken_up_where_it_was(fill, new_installation):
    fill(12, reports=2)
    seen = []

    def interrupt(result):
        seen.append(result.urn)
        if len(seen) == 5:
            raise KeyboardInterrupt

    context = new_installation.context()
    with pytest.raises(KeyboardInterrupt):
        run_round(context, context.settings.watch, CheckRequest(), on_check=interrupt)
    results = [each.result for each in new_installation.round().checks]
    assert results == ["unchanged"] * 5 + ["first"] * 7
    assert len(files_asked(new_installation)) == 24  # no file is fetched twice
    assert {each.type for each in new_installation.events} == {"welcome"}


def statements_of_a_quiet_round(installation) -> int:
    installation.later(minutes=15)
    with installation.statements() as sent:
        assert {each.result for each in installation.round().checks} == {"unchanged"}
    return len(sent)


def test_what_a_quiet_round_asks_of_the_database_grows_with_its_pages_alone(fill, new_installation):
    figures = {}
    for size in (1, 11, 21):
        fill(size)
        new_installation.round()
        figures[size] = statements_of_a_quiet_round(new_installation)
    assert figures[21] - figures[11] <= 12 * 10 + 1  # a group of pages more asks for their states
    assert figures[11] - figures[1] <= 12 * 10 + 1


@pytest.mark.parametrize("conditional", [True, False], ids=["not modified", "the same bytes"])
def test_a_page_of_known_bytes_is_not_parsed(fill, new_installation, monkeypatch, conditional):
    fill(2)
    new_installation.round()
    new_installation.later(minutes=15)
    new_installation.fake_ofsted.conditional = conditional
    monkeypatch.setattr("ofsted.site.pages.read_listing", None)  # to call it would be an error
    results = new_installation.round().checks
    assert [each.result for each in results] == ["unchanged", "unchanged"]
    assert [each.message for each in results] == ["1 report listed, nothing new"] * 2


def test_a_page_of_known_bytes_is_read_again_after_a_day(fill, new_installation):
    fill(1)
    new_installation.round()
    new_installation.later(hours=25)
    (before,) = new_installation.sql("SELECT seen_at FROM listing")
    assert [each.result for each in new_installation.round().checks] == ["unchanged"]
    (after,) = new_installation.sql("SELECT seen_at FROM listing")
    assert after > before


def test_the_idle_service_asks_no_more_for_eleven_authorities_than_for_one(fill, new_installation):
    def asked() -> int:
        context = new_installation.context()
        lines = CheckLines(context)
        with new_installation.statements() as sent:
            assert [*lines.new(context)] == []
            assert not sending.is_due(context)
            notice_overdue(context, context.clock.now(), lambda: "")
            with context.database.read() as session:
                known_now(session, context)
        return len(sent)

    fill(1)
    new_installation.round()
    of_one = asked()
    fill(11)
    new_installation.round()
    assert asked() <= of_one


def test_files_are_read_while_the_next_ones_are_fetched(fill, new_installation):
    (authority,) = fill(1)
    new_installation.round()
    new_installation.later(minutes=15)
    new = [england.publish(new_installation.fake_ofsted, authority, 0)]
    new.append(england.report(authority, 0, -2))
    new_installation.fake_ofsted.publish(authority.urn, new[1])
    names = []

    def step(kind, do, *, about="", tags=()):
        names.append(kind)
        return do()

    context = new_installation.context()
    run_round(context, context.settings.watch, CheckRequest(), step)
    assert names[:7] == ["check page", "download", "download", "read", "read", "record", "record"]
