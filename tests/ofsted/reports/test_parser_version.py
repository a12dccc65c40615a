"""What is read out of the same file changes only together with the version of the parser.

By that version an archive is read again after an upgrade. `parser_results.json` has what this
version reads in each example, as hashes; written anew by `python -m tests.parser_results`.
"""

import json

import pytest

from ofsted.reports.model import PARSER
from tests.parser_results import RECORDED, results

ADVICE = (
    "raise PARSER in ofsted/reports/model.py, so that archives are read again, and write the new "
    "results with `python -m tests.parser_results`"
)


@pytest.fixture(scope="module")
def recorded():
    return json.loads(RECORDED.read_text(encoding="utf-8"))


def test_the_results_are_those_of_this_version(recorded):
    assert recorded["parser"] == PARSER, ADVICE


def test_what_is_read_in_an_example_has_not_changed_without_the_version(recorded):
    found = results()
    changed = [name for name, was in recorded["examples"].items() if found.get(name) != was]
    assert changed == [], ADVICE


def test_every_example_is_recorded(recorded):
    assert set(results()) == set(recorded["examples"]), ADVICE
