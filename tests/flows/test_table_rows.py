"""Rows of tables say what the views say, typed and in order; `latest` never says too much."""

from datetime import UTC, date, datetime

import pytest

from deployments.demo.fake_ofsted import Listed
from ofsted.provider_key import ProviderKey
from storage.tables import rows
from tests.flows import test_predecessors, test_views
from tests.installation import (
    HOME,
    LETTER,
    REPORT_2022,
    TEXT_DOUBTFUL,
    pdf,
)
from website.tables import TABLES

real, cumbria = test_views.real, test_predecessors.cumbria
TYPES = {"text": str, "day": date, "time": datetime, "number": int, "yes_no": bool}
VIEWS = ("judgements", "reports", "improvements")
OF_COUNCILS = (*VIEWS, "latest")  # the tables, but for that of the documents of boroughs
TODAY = date(2025, 7, 29)
EXAMPLE_2026 = HOME / "tests" / "ofsted" / "reports" / "examples" / "ilacs_2026.txt"


def table(installation, name, *urns):
    """The rows of a table by the columns' names."""
    only = [ProviderKey("44", urn) for urn in urns] if urns else None
    with installation.context().database.read() as session:
        found = rows(session, name, only)
    heads = [column.name for column in TABLES[name].columns]
    return [dict(zip(heads, row, strict=True)) for row in found]


def latest(installation, urn="80515"):
    (line,) = table(installation, "latest", urn)
    return line


def as_view(name, line):
    """A row as a view of SQLite has it."""
    kinds = {column.name: column.kind for column in TABLES[name].columns}
    return {head: _plain(value, kinds[head]) for head, value in line.items()}


def _plain(value, kind):
    if value is None or kind in {"text", "number"}:
        return value
    if kind == "time":
        return f"{value.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
    return int(value) if kind == "yes_no" else value.isoformat()


def of_view(installation, name):
    return [
        as_view(name, line) if installation.database else line
        for line in test_views.lines(installation, name)
    ]


def holds_what_the_views_say(installation):
    for name in VIEWS:
        ours = [as_view(name, line) for line in table(installation, name)]
        assert sorted(ours, key=repr) == sorted(of_view(installation, name), key=repr)
        assert [*ours[0]] == [*test_views.lines(installation, name)[0]]


@pytest.mark.both_databases
def test_the_rows_of_real_reports_are_those_of_the_views_and_each_value_is_of_its_kind(real):
    holds_what_the_views_say(real)
    for name in OF_COUNCILS:
        for line in table(real, name):
            for column in TABLES[name].columns:
                value = line[column.name]
                assert value is None or type(value) is TYPES[column.kind], (name, column.name)


@pytest.mark.both_databases
def test_they_are_in_the_order_of_names_then_the_newest_then_the_reports_own(real):
    judged = table(real, "judgements")
    assert [line["authority"] for line in judged] == sorted(line["authority"] for line in judged)
    newest = [line["label"] for line in judged if line["file_id"] == "50283346"]
    (inspection, *_) = [
        each
        for authority in real.ask("history")["authorities"]
        for each in authority["inspections"]
        if each["file_id"] == "50283346"
    ]
    assert newest == [each["label"] for each in inspection["judgements"]]
    days = [line["last_day"] for line in table(real, "reports", "80515")]
    assert days == sorted(days, reverse=True)
    told = [(line["file_id"], line["position"]) for line in table(real, "improvements", "80515")]
    assert told[:3] == [("50283346", 1), ("50283346", 2), ("50283346", 3)]


@pytest.mark.both_databases
def test_some_providers_have_their_rows_and_no_others(real):
    for name in OF_COUNCILS:
        both = table(real, name)
        assert {line["urn"] for line in both} == {"80515", "80564"}
        assert table(real, name, "80515") == [line for line in both if line["urn"] == "80515"]
        assert table(real, name, "99999") == []
    with real.context().database.read() as session:
        assert rows(session, "judgements", [ProviderKey("20", "80515")]) == []


def test_a_table_is_few_statements_however_much_there_is(real):
    for name in OF_COUNCILS:
        with real.context().database.read() as session, real.statements() as asked:
            rows(session, name)
        assert len(asked) <= 5, name


@pytest.mark.both_databases
def test_latest_is_the_newest_inspection_with_what_changed(real):
    line = latest(real)
    assert (line["authority"], line["framework"]) == ("Sutton", "ilacs_2023")
    assert line["last_day"] == date(2025, 6, 20)
    grades = ("overall", "leaders", "help_and_protection", "in_care", "care_leavers")
    assert {line[name] for name in grades} == {"good"}
    assert (line["previous_last_day"], line["raised"], line["lowered"]) == (
        date(2021, 12, 10),
        0,
        1,
    )
    assert (line["status"], line["why_blank"]) == (
        "read",
        "care_and_care_leavers: graded separately",
    )


def test_every_blank_grade_of_latest_has_its_reason(installation):
    line = latest(installation)
    assert line["why_blank"] == (
        "in_care: graded together with care leavers; care_leavers: graded together with children "
        "in care; previous_last_day, raised, lowered: not compared"
    )
    installation.at("2026-07-29 09:30")
    installation.publish(
        Listed(published=date(2026, 7, 29), file_id="9", data=pdf(EXAMPLE_2026.read_text()))
    )
    installation.check()
    line = latest(installation)
    assert (line["overall"], line["care_leavers"], line["raised"]) == (None, "outstanding", 1)
    assert line["why_blank"] == "overall: no longer given; care_and_care_leavers: graded separately"


def test_an_older_inspection_never_stands_in_for_one_in_doubt_or_without_a_file(announced):
    for file_id, data in (("91", pdf(TEXT_DOUBTFUL)), ("92", None)):
        announced.later(days=1)
        announced.publish(Listed(published=announced.now.date(), file_id=file_id, data=data))
        announced.check()
        line = latest(announced)
        grades = {line[name] for name in ("overall", "leaders", "in_care", "care_leavers")}
        assert grades == {None}
        assert (line["status"], line["raised"]) == ("missing" if data is None else "doubtful", None)
        assert line["why_blank"].startswith("grades: not read reliably; ")
        assert line["link"].endswith(file_id)
    assert all(
        line["grade"] is None for line in table(announced, "judgements") if line["file_id"] == "91"
    )
    assert "91" not in {line["file_id"] for line in table(announced, "improvements")}


def test_a_report_that_gives_no_grades_is_not_the_newest_inspection(announced):
    visit = Listed("Children's services focused visit", TODAY, "93", data=pdf(LETTER))
    announced.publish(visit)
    announced.check()
    assert latest(announced)["last_day"] == date(2025, 6, 20)


def test_a_report_that_is_no_longer_listed_is_not_the_newest_inspection(announced):
    announced.list(REPORT_2022)
    announced.check()
    assert latest(announced)["last_day"] == date(2021, 12, 10)
    listed = {line["file_id"]: line["listed"] for line in table(announced, "reports")}
    assert listed == {"50283346": False, "50176759": True}


def test_grades_of_an_authority_before_are_in_judgements_by_its_name_and_not_counted(cumbria):
    successor = test_predecessors.FURNESS
    (line,) = table(cumbria, "latest", successor)
    assert (line["status"], line["link"]) == ("none", None)
    assert line["why_blank"] == "no inspection with grades is listed"
    test_predecessors.publish(cumbria, successor)
    (line,) = table(cumbria, "latest", successor)
    assert (line["status"], line["raised"], line["previous_last_day"]) == ("read", None, None)
    judged = table(cumbria, "judgements", successor)
    assert {each["relation"] for each in judged} == {"predecessor"}
    holds_what_the_views_say(cumbria)


@pytest.mark.both_databases
def test_several_authorities_before_stand_in_one_cell_as_in_the_view(new_installation):
    before = (test_predecessors.BOURNEMOUTH, test_predecessors.POOLE)
    test_predecessors.begin(
        new_installation,
        {
            urn: [test_predecessors.of_before(urn, file_id=str(number))]
            for number, urn in enumerate(before, 1)
        },
        test_predecessors.BCP,
    )
    test_predecessors.publish(new_installation, test_predecessors.BCP)
    judged = table(new_installation, "judgements", test_predecessors.BCP)
    assert any(";" in each["previous_authority"] for each in judged if each["previous_authority"])
    holds_what_the_views_say(new_installation)
