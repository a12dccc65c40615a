"""Every real report of the shared corpus, compared with the truth tables."""

import re
from collections import Counter
from pathlib import Path

import pytest

from ofsted.reports import pdf
from ofsted.reports.read import read
from tests.accuracy import kinds_of, score
from tests.truth import SLIPS

pytestmark = pytest.mark.long(40)

KINDS = {
    "ilacs",
    "sif",
    "looked_after_2013",
    "lscb_review",
    "focused_visit",
    "jtai",
    "area_send",
    "unknown",
}
SILENT = {("2023-11-28_80458_darlington_focused_visit.pdf", "first day"): "prints 2022 for 2023"}


PAGE = Path(__file__).parents[3] / "docs" / "reading.md"


@pytest.fixture(scope="module")
def marked(real_reports):
    kinds = kinds_of(real_reports)
    return {name: (kinds[name], found) for name, found in score(real_reports).items()}


def test_no_fact_of_a_real_report_is_wrong(marked):
    wrong = [
        (name, mark)
        for name, (_, found) in marked.items()
        for mark in found
        if mark.verdict == "wrong"
    ]
    assert wrong == []


def test_none_is_missing_but_where_a_careful_person_doubts(marked):
    silent = {
        (name, mark.field)
        for name, (_, found) in marked.items()
        for mark in found
        if mark.verdict == "abstained"
    }
    assert silent == set(SILENT)


def test_of_the_improvements_99_in_100_are_right(marked):
    verdicts = Counter(
        mark.verdict
        for _, found in marked.values()
        for mark in found
        if mark.field in ("improvement", "priority action")
    )
    assert verdicts["right"] >= 0.99 * verdicts.total()


@pytest.mark.system
def test_without_their_tags_nothing_is_wrong_either(real_reports, monkeypatch):
    monkeypatch.setattr(pdf, "_TAGGED_SHARE", 9)  # none has nine times its text in tags
    found = [mark for every in score(real_reports).values() for mark in every]
    assert [mark for mark in found if mark.verdict == "wrong"] == []
    judged = [mark.verdict for mark in found if mark.field == "judgement"]
    assert judged.count("right") >= 0.9 * len(judged)


def test_every_kind_was_there(marked):
    assert {kind for kind, _ in marked.values()} == KINDS


def test_where_the_tables_slip_the_pages_were_counted(real_reports):
    counts = {name: len(read(real_reports / "pdf" / name).improvements) for name in SLIPS}
    assert list(counts.values()) == [25 + 7, 20 + 9]


def test_the_page_on_reading_shows_what_is_measured(marked):
    measured = Counter(
        (mark.field, kind)
        for kind, found in marked.values()
        for mark in found
        if mark.verdict == "right"
    )
    lines = re.findall(r"^\| (.+?) *\|$", PAGE.read_text(), re.MULTILINE)
    table = [[cell.strip() for cell in line.split("|")] for line in lines]
    (begin,) = (number for number, cells in enumerate(table) if cells[0] == "right")
    kinds = [kind.strip("`") for kind in table[begin][1:]]
    shown = {
        (cells[0], kind): int(count)
        for cells in table[begin + 1 : begin + 1 + len({field for field, _ in measured})]
        for kind, count in zip(kinds, cells[1:], strict=True)
        if count
    }
    assert shown == measured


def test_the_page_on_reading_names_where_the_tables_slip():
    said = " ".join(PAGE.read_text().split())
    assert all(slip in said for slip in SLIPS.values())
