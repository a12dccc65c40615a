"""Every real report of the shared corpus, held against the truth tables."""

from collections import Counter

import pytest

from ofsted.reports.read import read
from tests.accuracy import marks
from tests.truth import SLIPS, truths

READ = ("ilacs", "sif", "unknown")


@pytest.fixture(scope="module")
def marked(real_reports):
    return {
        truth.path.name: (truth.kind, list(marks(read(truth.path), truth)))
        for truth in truths(real_reports)
        if truth.kind in READ
    }


def test_no_fact_of_a_real_report_is_wrong_or_missing(marked):
    not_right = [
        (name, mark)
        for name, (_, found) in marked.items()
        for mark in found
        if mark.verdict != "right" and "improvement" not in mark.field
    ]
    assert not_right == []


def test_of_the_improvements_99_in_100_are_right(marked):
    verdicts = Counter(
        mark.verdict
        for _, found in marked.values()
        for mark in found
        if "improvement" in mark.field
    )
    assert verdicts["right"] >= 0.99 * verdicts.total()


def test_every_kind_was_there(marked):
    assert set(READ) == {kind for kind, _ in marked.values()}


def test_where_the_tables_slip_the_pages_were_counted(real_reports):
    counts = {name: len(read(real_reports / "pdf" / name).improvements) for name in SLIPS}
    assert list(counts.values()) == [25 + 7, 20 + 9]
