"""Seeds are baseline: imported once, without alerts, joined to what the site lists."""

import csv
import hashlib
from dataclasses import replace
from pathlib import Path

import pytest

from flows.upkeep import seeds
from tests.installation import (
    HOME,
    REPORT_2022,
    REPORT_2025,
    TEXT_2025,
    TEXT_INADEQUATE,
    first_check,
    pdf,
)

SEED_2025 = HOME / "seeds" / "sutton-2025-ilacs.txt"


@pytest.fixture
def seeded(new_installation):
    """Seeds are wanted, as by default."""
    new_installation.settings["import_seeds"] = True
    return new_installation


@pytest.mark.both_databases
def test_they_are_taken_in_before_the_first_check_and_join_their_reports(seeded):
    seeded.list(REPORT_2025, REPORT_2022)
    assert seeded.check().result == "first"
    assert set(seeded.event_types) == {"welcome"}
    found = [(each["file_id"], each["sources"], each["status"]) for each in seeded.inspections]
    assert found == [
        ("50283346", ["ofsted", "seed"], "read"),
        ("50176759", ["ofsted", "seed"], "read"),
    ]
    assert all(each["baseline"] and each["listed"] for each in seeded.reports)
    types = [each["media_type"] for each in seeded.reports[0]["versions"]]
    assert types == ["text/plain; charset=utf-8", "application/pdf"]


def test_a_seed_that_is_not_listed_is_known_and_not_listed(seeded):
    seeded.check()
    newest = seeded.inspections[0]
    assert (newest["file_id"], newest["listed"], newest["sources"]) == ("50283346", False, ["seed"])
    assert newest["comparison"]["with"] == "50176759"
    assert seeded.check().result == "unchanged"


def test_a_report_known_from_a_seed_is_announced_when_it_is_published(seeded):
    first_check(seeded)
    seeded.at("2025-07-29 09:30")
    seeded.publish(REPORT_2025)
    checked = seeded.check()
    assert [announced.id for announced in checked.new] == ["50283346"]
    assert seeded.event_types == ["report_published"]
    assert seeded.reports[-1]["baseline"] is False


def test_a_second_import_changes_nothing(seeded):
    seeded.list(REPORT_2025, REPORT_2022)
    first_check(seeded)
    before = seeded.reports
    said = seeded.cli("import-seeds")
    assert said.stdout.splitlines() == [
        "sutton-2021-ilacs.txt: already imported (read)",
        "sutton-2025-ilacs.txt: already imported (read)",
    ]
    assert seeded.reports == before
    assert seeded.event_types == []


@pytest.mark.both_databases
def test_a_seed_imported_later_joins_the_report_by_its_file_id(announced):
    answer = announced.ask("import-seeds", str(SEED_2025))
    assert answer["seeds"] == [
        {
            "name": "sutton-2025-ilacs.txt",
            "urn": "80515",
            "file_id": "50283346",
            "status": "read",
            "result": "joined",
        }
    ]
    assert announced.inspections[0]["sources"] == ["ofsted", "seed"]
    assert announced.reports[-1]["baseline"] is False
    assert announced.checks(1, minutes=5).result == "unchanged"
    assert announced.event_types == []


@pytest.mark.both_databases
def test_a_seed_without_an_id_joins_by_its_inspection_days(announced):
    folder = announced.folder / "mine"
    folder.mkdir()
    text = TEXT_2025.replace("Gareth Dakin", "Gareth  Dakin")
    (folder / "copied.txt").write_text(text, encoding="utf-8")
    row = {
        "file": "copied.txt",
        "urn": "80515",
        "title": "Children's services inspection",
        "published": "2025-07-29",
        "file_id": "",
        "sha256": hashlib.sha256(text.encode()).hexdigest(),
    }
    with (folder / "index.csv").open("w", newline="") as index:
        rows = csv.DictWriter(index, row)
        rows.writeheader()
        rows.writerow(row)
    (joined,) = announced.ask("import-seeds", str(folder / "copied.txt"))["seeds"]
    assert (joined["result"], joined["file_id"]) == ("joined", None)
    assert len(announced.reports) == 2


def test_a_listed_report_joins_a_seed_without_an_id_by_its_days(new_installation):
    context = new_installation.context()
    (seed,) = [each for each in seeds.packaged() if each.file_id == "50283346"]
    seeds.import_seeds([replace(seed, file_id=None)], context)
    new_installation.list(REPORT_2025)
    new_installation.check()
    (report,) = new_installation.reports
    assert (report["file_id"], len(report["versions"])) == ("50283346", 2)


def test_a_seed_and_a_pdf_that_differ_in_a_grade_are_doubtful(seeded):
    seeded.list(replace(REPORT_2025, data=pdf(TEXT_INADEQUATE)), REPORT_2022)
    seeded.check()
    newest, older = seeded.inspections
    assert (newest["status"], newest["comparison"], older["status"]) == ("doubtful", None, "read")
    assert newest["judgements"][0]["grade"] == "inadequate"  # the PDF's stands


def test_a_file_that_no_index_knows_is_asked_wrongly(new_installation):
    stranger = new_installation.folder / "stranger.txt"
    stranger.write_text("Inspection of somewhere", encoding="utf-8")
    for file, words in ((stranger, "add a line with its sha256"), (Path("/no"), "No such file")):
        said = new_installation.cli("import-seeds", str(file))
        assert said.exit_code == 2
        assert words in said.stderr


def test_an_authority_without_seeds_imports_none(seeded):
    seeded.settings["watch"] = [{"urn": 80456, "code": 44, "name": "Camden"}]
    seeded.fake_ofsted.provider("80456", "Camden", reports=[REPORT_2025])
    seeded.check()
    assert [each["urn"] for each in seeded.reports] == ["80456"]
