"""`documents` lists what Ofsted lists in a whole area, for people and for programs."""

from dataclasses import replace
from datetime import date

import pytest

from tests.borough import NURSERY, VISIT, publish_all, watch_borough


@pytest.fixture
def borough(installation):
    """Sutton's borough, with a new document on each of four pages."""
    watch_borough(installation)
    publish_all(installation)
    return installation


def found(installation, *options):
    return installation.ask("documents", *options)["documents"]


def test_every_key_is_there_the_newest_first(borough):
    assert [each["published"] for each in found(borough)] == ["2025-07-28"] * 4 + ["2023-03-01"] * 4
    [home] = [each for each in found(borough) if each["file_id"] == VISIT.file_id]
    assert len(home.pop("sha256")) == 64
    assert home == {
        "authority": "Sutton",
        "dfe_code": "319",
        "provider_type": "children's homes",
        "kind": "Children's Home",
        "code": "2",
        "urn": "SC123456",
        "name": "Children's Home, name withheld by Ofsted (URN SC123456)",
        "name_withheld": True,
        "title": "Monitoring visit",
        "published": "2025-07-28",
        "inspected": None,
        "grade": None,
        "lowest_grade": False,
        "file_id": "50290103",
        "link": "https://files.ofsted.gov.uk/v1/file/50290103",
        "listed": True,
        "first_seen": "2025-07-28T12:30:00Z",
        "baseline": False,
    }


def test_a_type_a_day_and_an_area_choose(borough):
    [new, old] = found(borough, "--type", "nurseries")
    assert (new["grade"], new["lowest_grade"], new["name_withheld"]) == ("Inadequate", True, False)
    assert (old["baseline"], old["grade"]) == (True, None)
    assert len(found(borough, "--since", "2025-07-28")) == 4
    assert found(borough, "--since", "2025-07-29", "--authority", "Sutton") == []
    said = borough.cli("documents", "--authority", "Leeds")
    assert (said.exit_code, said.stdout) == (2, "")
    assert "Leeds is not watched" in said.stderr


def test_people_see_what_is_marked_withheld_from_before_and_no_longer_listed(borough):
    site = borough.fake_ofsted
    site.withdraw(NURSERY, "50290102")
    site.publish(NURSERY, replace(VISIT, published=date(2025, 7, 29), file_id="2"))
    borough.later(days=1)
    borough.round()
    said = borough.cli("documents").stdout
    first, *_ = [line for line in said.splitlines() if line.startswith("29 Jul 2025")]
    assert "Little Acorns" in first
    words = " ".join(said.split())
    assert words.count("no longer listed") == 1
    assert words.count("baseline") == 4
    assert "lowest grade" in words
    assert "none listed" in words


def test_without_an_area_it_says_how_to_watch_one(installation):
    answer = installation.cli("documents")
    assert (answer.exit_code, answer.stdout) == (0, "no documents known yet\n")
    assert 'write area = "Sutton" under [[watch]]' in answer.stderr
    assert found(installation) == []
