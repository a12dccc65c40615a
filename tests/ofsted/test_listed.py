"""The page says whose report it is and of what kind; a file that says otherwise is doubted."""

import csv
from pathlib import Path

import pytest

from ofsted.authorities import named_other
from ofsted.listed import as_listed
from ofsted.reports.model import Doubt, Reading
from tests.truth import truths

SUTTON, MERTON = "80515", "80510"
TITLE = "Children\u2019s services inspection"


def reading(**fields) -> Reading:
    facts = {"kind": "ilacs", "status": "read", "provider": "Sutton", **fields}
    return Reading(sha256="0" * 64, parser_version="1", **facts)


@pytest.mark.parametrize(
    ("printed", "urn"),
    [
        ("the London Borough of Sutton", SUTTON),
        ("Hammersmith & Fulham", "80497"),
        ("the Royal Borough of Windsor and Maidenhead", "80546"),
        ("Southend-on-Sea city council", "80559"),
        ("Bristol City of", "80441"),
        ("Hull City Council", "80477"),
        ("Kingston-upon-Hull", "80477"),
        ("St Helens Metropolitan Borough Council", "80560"),
        ("County of Herefordshire", "80474"),
        ("County Durham", "80465"),
        ("the City of London Corporation", "80450"),
        ("Metropolitan Borough of Barnsley Council", "80426"),
        ("Bedford", "80428"),
        ("Isle of Wight Council", "80419"),
        ("Surrey Local Area Partnership", "80567"),
        ("Surrey Safeguarding Children Board", "80567"),
        ("Nottingham City", "80533"),
        ("BCP Council", "2532287"),
    ],
)
def test_an_authority_is_known_by_any_of_its_names(printed, urn):
    assert named_other(printed, urn) is None
    assert named_other(printed, MERTON)


@pytest.mark.parametrize(
    "printed",
    [
        "Bradford Children and Families Trust",  # stands for a council
        "Achieving for Children",
        "Northamptonshire",  # no more: its reports are on two successors' pages
        "Cumbria County Council",
        "Kingston upon Thames and Richmond upon Thames",
        "",
    ],
)
def test_a_name_that_is_no_single_authority_of_today_raises_no_doubt(printed):
    assert named_other(printed, "80449") is None


@pytest.mark.parametrize(
    ("printed", "urn"), [("Leicester City Council", "80483"), ("Derby", "80460")]
)
def test_a_city_is_not_its_county(printed, urn):
    assert named_other(printed, urn)


def test_a_page_that_is_not_in_the_table_of_authorities_raises_no_doubt():
    assert named_other("Sutton", "70001") is None


def test_another_authoritys_name_makes_a_reading_doubtful_with_the_line():
    found = as_listed(reading(), MERTON, TITLE)
    what = "it names another authority than the page that lists it: Sutton"
    assert (found.status, found.doubts) == ("doubtful", (Doubt(what, ("Sutton",)),))


@pytest.mark.parametrize("kind", ["ilacs", "sif", "looked_after_2013", "lscb_review"])
def test_four_kinds_have_stood_under_the_same_title(kind):
    for title in (TITLE, "Children's services inspection,  PDF"):
        assert as_listed(reading(kind=kind), SUTTON, title).status == "read"


@pytest.mark.parametrize(
    ("kind", "title"),
    [
        ("focused_visit", TITLE),
        ("ilacs", "Children's services focused visit"),
        ("area_send", "Joint area child protection inspection"),
        ("jtai", "Area SEND full inspection"),
    ],
)
def test_a_title_that_contradicts_the_file_makes_a_reading_doubtful(kind, title):
    found = as_listed(reading(kind=kind, title="What the file says"), SUTTON, title)
    assert found.status == "doubtful"
    assert found.doubts[-1].lines == (title, "What the file says")


@pytest.mark.parametrize(
    ("kind", "title", "status"),
    [
        ("monitoring_visit", "Children's services inspection: monitoring visit", "read"),
        ("monitoring_visit", "Children's services focused visit", "read"),
        ("unknown", "Area SEND full inspection - monitoring inspection", "read"),
        ("ilacs", "Children's services inspection: monitoring visit", "doubtful"),
        ("focused_visit", "Monitoring visit", "doubtful"),
        ("area_send", "Area SEND monitoring inspection", "doubtful"),
    ],
)
def test_a_title_of_monitoring_promises_monitoring_whatever_else_it_names(kind, title, status):
    assert as_listed(reading(kind=kind), SUTTON, title).status == status


def test_a_file_of_a_kind_not_read_under_the_title_of_one_that_is_is_a_failure_to_read():
    letter = reading(kind="letter", status="unread", provider=None)
    assert letter.unread_by_kind
    assert not as_listed(letter, SUTTON, TITLE).unread_by_kind
    assert as_listed(letter, SUTTON, "Monitoring visit").unread_by_kind


def test_a_file_that_could_not_be_opened_keeps_its_own_doubts():
    broken = reading(
        kind="unknown", status="unread", provider=None, doubts=(Doubt("channel_down"),)
    )
    assert as_listed(broken, SUTTON, TITLE) == broken


def test_real_reports_are_doubted_on_another_authoritys_page_and_never_on_their_own(real_reports):
    rows = [row for name in ("csc", "joint", "focused") for row in _index(real_reports, name)]
    printed = {truth.path.name: truth for truth in truths(real_reports) if truth.provider}
    found = [(row, printed[row["file"]]) for row in rows if row["file"] in printed]
    assert len(found) > 130
    for row, truth in found:
        facts = reading(kind=truth.kind, provider=truth.provider)
        assert as_listed(facts, row["urn"], row["title"]) == facts, row["file"]
        elsewhere = MERTON if row["urn"] != MERTON else SUTTON
        assert as_listed(facts, elsewhere, row["title"]).status == "doubtful", row["file"]


def _index(place: Path, name: str) -> list[dict[str, str]]:
    with (place / f"{name}_index.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
