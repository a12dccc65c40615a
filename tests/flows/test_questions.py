"""Each question that docs/tables.md asks in SQL is answered, on SQLite and on PostgreSQL."""

import re
from pathlib import Path

import pytest

from tests.flows import test_views

pytestmark = pytest.mark.both_databases

real = test_views.real
PAGE = (Path(__file__).parents[2] / "docs" / "tables.md").read_text()
QUESTIONS = re.findall(r"```sql\n(.*?);\n```", PAGE, re.DOTALL)


@pytest.fixture
def answers(real):
    files, fell, told, newest, ages, frameworks = (
        test_views.asked(real, question) for question in QUESTIONS
    )
    assert files == []  # no area is watched here
    return {"fell": fell, "told": told, "newest": newest, "ages": ages, "frameworks": frameworks}


def test_all_are_answered_as_the_reports_say(answers):
    (fell,) = answers["fell"]
    assert (fell["authority"], fell["previous_grade"], fell["grade"]) == (
        "Sutton",
        "outstanding",
        "good",
    )
    assert answers["told"]
    assert all("care leaver" in line["text"].lower() for line in answers["told"])
    assert {line["authority"] for line in answers["newest"]} == {"Sutton"}  # alone in London
    assert {(line["key"], line["grade"]) for line in answers["newest"]} >= {
        ("overall", "good"),
        ("in_care", "good"),
    }
    assert len(answers["newest"]) == 5
    assert [
        (line["authority"], test_views.day(line["last_inspected"]), line["inspections"])
        for line in answers["ages"]
    ] == [("Stoke-on-Trent", "2022-10-14", 2), ("Sutton", "2025-06-20", 3)]
    assert ("2025", "ilacs_2023", 1) in {
        (line["year"], line["framework"], line["reports"]) for line in answers["frameworks"]
    }
