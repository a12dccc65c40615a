"""Every real report of the shared corpus, held against the truth tables."""

from collections import Counter

import pytest

from ofsted.reports import pdf
from ofsted.reports.read import read
from tests.accuracy import marks
from tests.truth import SLIPS, truths

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
DOUBTED = {"2023-11-28_80458_darlington_focused_visit.pdf": "prints 2022 for 2023"}


@pytest.fixture(scope="module")
def marked(real_reports):
    return {
        truth.path.name: (truth.kind, list(marks(read(truth.path), truth)))
        for truth in truths(real_reports)
    }


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
        name
        for name, (_, found) in marked.items()
        if any(mark.verdict == "abstained" for mark in found)
    }
    assert silent == set(DOUBTED)


def test_of_the_improvements_99_in_100_are_right(marked):
    verdicts = Counter(
        mark.verdict
        for _, found in marked.values()
        for mark in found
        if mark.field in ("improvement", "priority action")
    )
    assert verdicts["right"] >= 0.99 * verdicts.total()


@pytest.mark.slow
def test_without_their_tags_no_grade_is_wrong_either(real_reports, monkeypatch):
    monkeypatch.setattr(pdf, "_TAGGED_SHARE", 9)  # none has nine times its text in tags
    graded = [truth for truth in truths(real_reports) if truth.judgements]
    verdicts = Counter(
        mark.verdict
        for truth in graded
        for mark in marks(read(truth.path), truth)
        if mark.field == "judgement"
    )
    assert verdicts["wrong"] == 0
    assert verdicts["right"] >= 0.9 * verdicts.total()


def test_every_kind_was_there(marked):
    assert {kind for kind, _ in marked.values()} == KINDS


def test_where_the_tables_slip_the_pages_were_counted(real_reports):
    counts = {name: len(read(real_reports / "pdf" / name).improvements) for name in SLIPS}
    assert list(counts.values()) == [25 + 7, 20 + 9]
