"""`doctor --live` asks what nobody knows of the search by area and of other providers' pages."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

import pytest

from deployments.demo.fake_borough import fake_borough
from deployments.demo.fake_ofsted import FakeOfsted, Listed
from deployments.demo.fake_ofsted_faults import edited, status
from deployments.demo.fake_ofsted_pages import Card
from deployments.doctor import live_area, live_others
from deployments.doctor.live import CHECKS, examine_site
from flows.context.context import AppContext, open_context
from flows.settings import load
from tests.installation import REPORT_2022, toml

NEWEST = date(2026, 9, 3)
SCHOOL, SCHOOL_PATH = "100000", "/provider/21/100000"
UNKNOWN = (*live_area.CHECKS, *live_others.CHECKS)
CARD = Card(NEWEST - timedelta(days=40), {"Inclusion": "Strong standard"})


@pytest.fixture(scope="module")
def opened(tmp_path_factory) -> Iterator[tuple[FakeOfsted, AppContext]]:
    fake_ofsted = FakeOfsted(robots="User-agent: *\nDisallow: /search/subscribe\n")
    with fake_ofsted.running() as base:
        file = tmp_path_factory.mktemp("unknown") / "ofsted-watch.toml"
        site = {"reports": base, "files": base, "gap": 0}
        file.write_text(toml({"allow_private": True, "ofsted": site}))
        context = open_context(load.load(str(file)))
        yield fake_ofsted, context
        context.site.close()
        context.database.close()


@pytest.fixture
def fake_ofsted(opened) -> FakeOfsted:
    """A borough, as if nobody had asked yet."""
    fake_ofsted, _ = opened
    fake_ofsted.behave()
    fake_ofsted.providers.clear()
    fake_ofsted.provider("80515", "London Borough of Sutton", reports=[REPORT_2022], area="319")
    fake_borough(fake_ofsted, NEWEST)
    fake_ofsted.requests.clear()
    return fake_ofsted


@pytest.fixture
def unknown(fake_ofsted, opened):
    """What is found, as text, by check."""
    del fake_ofsted
    _, context = opened

    def ask(subject: str, checks=None) -> list[str]:
        asked = examine_site(context, checks or needed_for(subject))
        found = [each for each in asked if each.subject == subject]
        assert {each.state for each in found} <= {"ok", "note"}
        return [each.found for each in found]

    return ask


def needed_for(subject: str) -> Iterator:
    """That check and those that ask for the list and for the pages."""
    for check in UNKNOWN:
        if check.__name__.startswith(("_u1_", "_u8_", f"_{subject.lower()}_")):
            yield check


def requests_for(fake_ofsted: FakeOfsted, beginning: str) -> list[str]:
    paths = [seen.path for seen in fake_ofsted.requests]
    return [path for path in paths if path.startswith(beginning)]


def test_every_question_is_answered_with_fifteen_requests_at_most(fake_ofsted, unknown):
    assert unknown("U1", UNKNOWN) == [
        "441 open providers in the area of London Borough of Sutton (319), newest first"
    ]
    pages = requests_for(fake_ofsted, "/provider/")
    assert len(pages) == len({path.split("/")[2] for path in pages}) == 5
    assert len(requests_for(fake_ofsted, "/search")) == 1 + 1 + 6


@pytest.mark.parametrize(("area", "answer"), [("319", "is in Sutton's"), ("304", "is not in")])
def test_it_says_whether_premises_count(fake_ofsted, unknown, area, answer):
    fake_ofsted.provider("2742517", "Living", code=99, area=area, category="Supported")
    assert [answer in said for said in unknown("U3")] == [True]


def test_it_says_when_that_provider_is_not_found(unknown):
    assert unknown("U3") == ["no answer: the search does not find URN 2742517"]


def test_the_type_codes_behind_the_forms_values_are_named(unknown):
    said = unknown("U5")
    assert len(said) == 6
    assert said[0].startswith("level_1_types=3, level_2_types=[8]: 21 Primary (19), 44 Local auth")


def test_a_report_card_is_described(fake_ofsted, unknown):
    fake_ofsted.providers[SCHOOL].card = CARD
    (said,) = unknown("U6")
    assert said.startswith("report card of 21 Primary: headings ")
    assert 'headings "Inspection report: 25 July 2026", "Expected standard", "Safeg' in said
    assert "Primary School" not in said
    assert said.endswith("areas as text: none; 1 dot; partly escaped")


def test_no_report_card_is_said(unknown):
    assert unknown("U6") == ["no report card on 5 pages"]


def test_titles_and_grades_are_listed(fake_ofsted, unknown):
    row = Listed("Ungraded inspection", NEWEST, "50310061", grade="Good")
    fake_ofsted.publish(SCHOOL, row)
    assert 'titles of 21 Primary: "Ungraded inspection: Good", "School inspection"' in unknown("U7")


def test_a_page_that_the_parser_rejects_is_named(fake_ofsted, unknown):
    fake_ofsted.misbehave(SCHOOL_PATH, edited("publication-link", "report-link"))
    said = unknown("U8")
    assert "the parser rejects a page of 21 Primary: changed layout, 1 links to files" in said[0]
    assert said[1].startswith("rows of ")
    assert len(said) == 5


def test_ten_schools_are_named_for_comparison(unknown):
    (said,) = unknown("U9")
    assert said.count(";") == 9
    assert "100000 3 September 2026" in said


def test_it_says_the_days_of_the_row_and_of_the_first_entry(fake_ofsted, unknown):
    fake_ofsted.providers[SCHOOL].latest = NEWEST + timedelta(days=1)
    said = unknown("U10")
    assert said[0] == (
        '21 Primary: "Latest report" 4 September 2026; '
        'first entry "School inspection", 3 September 2026'
    )
    assert len(said) == 5


def test_refusals_and_robots_txt_are_said(fake_ofsted, unknown):
    fake_ofsted.misbehave(SCHOOL_PATH, status(429))
    refused, robots = unknown("U11", CHECKS)
    assert refused == "1 refusal (403, 429), 0 s between requests"
    assert robots.startswith("robots.txt allows http://127.0.0.1:")


def test_a_page_that_is_forbidden_is_a_refusal(fake_ofsted, unknown):
    fake_ofsted.misbehave(SCHOOL_PATH, status(403))
    assert unknown("U11")[0].startswith("1 refusal (403, 429)")


def test_it_says_how_many_reports_are_of_today(unknown):
    (said,) = unknown("U12")
    assert said.endswith(": 0 rows of today")


def test_a_search_that_ignores_the_area_is_named_and_nothing_more_is_asked_there(
    fake_ofsted, unknown
):
    fake_ofsted.misbehave("/search", edited("local_authority", "x"))
    (said,) = unknown("U1")
    assert "a search in no area, where 319 was asked for" in said
    assert unknown("U5") == unknown("U6") == []
