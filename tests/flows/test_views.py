"""The views say what `history` says, to any tool that speaks SQL."""

import sqlite3
from contextlib import closing
from datetime import date, datetime

import psycopg
import pytest

from deployments.demo.fake_ofsted import Listed
from flows.upkeep.seeds import import_seeds, packaged
from ofsted.reports.model import PARSER
from storage import models
from tests.installation import REPORT_2022, TEXT_DOUBTFUL, pdf
from tests.truth import corpus

REPORTS = """authority urn dfe_code ons_code region published first_day last_day kind framework
title status outcome theme lead_inspector priority_actions improvements listed baseline file_id
link sha256 first_seen parser_version"""
JUDGEMENTS = """authority urn dfe_code ons_code region published first_day last_day kind framework
title status key label grade printed page previous_grade previous_last_day relation direction
file_id link sha256 first_seen parser_version previous_authority previous_urn"""
IMPROVEMENTS = """authority urn published last_day kind title item_kind position body text page
file_id link"""
VIEWS = {"reports": REPORTS, "judgements": JUDGEMENTS, "improvements": IMPROVEMENTS}
TITLES = {
    "sif": "Children's services inspection",
    "ilacs": "Children's services inspection",
    "focused_visit": "Children's services focused visit",
    "jtai": "Joint area child protection inspection",
    "area_send": "Area SEND full inspection",
}
NAMES = {"80515": "London Borough of Sutton", "80564": "Stoke-on-Trent City Council"}
FILES = {  # the newest first
    "50283346": "2025-07-29_80515_sutton_ilacs",
    "50227080": "2023-09-01_80515_sutton_jtai",
    "50176759": "2022-02-01_80515_sutton_ilacs",
    "50004359": "2018-07-19_80515_sutton_focused_visit",
    "2760992": "2017-02-13_80515_sutton_sif",
    "3": "2024-04-03_80564_stoke-on-trent_area_send",
    "2": "2022-11-25_80564_stoke-on-trent_ilacs",
    "1": "2015-08-12_80564_stoke-on-trent_sif",
}


def lines(installation, view):
    """A view as a tool reads it that knows nothing of ours."""
    return asked(installation, f"SELECT * FROM {view}")  # noqa: S608 - one of our three


def asked(installation, question):
    """The answer to a question in SQL, to such a tool."""
    if installation.database:
        with psycopg.connect(installation.database) as connection:
            return read(connection.execute(question))
    with closing(
        sqlite3.connect(installation.folder / "data" / "ofsted-watch.sqlite")
    ) as connection:
        return read(connection.execute(question))


def read(cursor):
    names = [column[0] for column in cursor.description]
    return [dict(zip(names, row, strict=True)) for row in cursor]


def day(value):
    """A day, as JSON has it, from a database that knows days and from one that does not."""
    return value.isoformat() if isinstance(value, date) else value


@pytest.fixture
def real(tmp_path, snapshots, real_reports):
    """Two authorities' real reports, read from their pages, and the two seeds."""
    assert real_reports == corpus()
    with snapshots.installation(tmp_path, read_real_reports) as installation:
        installation.settings["watch"] = [{"urn": urn} for urn in NAMES]
        yield installation


def read_real_reports(installation):
    for urn, name in NAMES.items():
        installation.fake_ofsted.provider(urn, name, reports=[*listed(urn, corpus() / "pdf")])
    installation.settings["watch"] = [{"urn": urn} for urn in NAMES]
    import_seeds(packaged(), installation.context())
    assert [each.result for each in installation.round().checks] == ["first", "first"]


def listed(urn, folder):
    for file_id, name in FILES.items():
        published, whose, _, kind = name.split("_", 3)
        if whose == urn:
            data = (folder / f"{name}.pdf").read_bytes()
            yield Listed(TITLES[kind], date.fromisoformat(published), file_id, data=data)


def inspections(installation):
    """What `history` says of all."""
    authorities = installation.ask("history")["authorities"]
    found = [(each, one) for each in authorities for one in each["inspections"]]
    assert len(found) == len(FILES)
    return found


def test_the_columns_are_those_that_are_promised_in_their_order(installation):
    for view, columns in VIEWS.items():
        (line, *_) = lines(installation, view)
        assert list(line) == columns.split()


def test_reports_says_of_each_inspection_what_history_says(real):
    shown = {line["file_id"]: line for line in lines(real, "reports")}
    kept = {each["file_id"]: each for each in real.reports}
    assert len(shown) == len(FILES)
    for provider, each in inspections(real):
        line = shown[each["file_id"]]
        same = ("kind", "framework", "status", "outcome", "title", "link")
        assert {name: line[name] for name in same} == {name: each[name] for name in same}
        for name in ("first_day", "last_day", "published"):
            assert day(line[name]) == each[name]
        assert (line["urn"], bool(line["listed"]), bool(line["baseline"])) == (
            *(provider["urn"], True),
            True,
        )
        (ours,) = [one for one in kept[each["file_id"]]["versions"] if one["source"] == "ofsted"]
        assert (line["sha256"], line["parser_version"]) == (ours["sha256"], PARSER)


def test_reports_gives_codes_inspectors_and_counts(real):
    shown = {line["file_id"]: line for line in lines(real, "reports")}
    newest = shown["50283346"]
    codes = ("authority", "urn", "dfe_code", "ons_code", "region")
    assert [newest[name] for name in codes] == ["Sutton", "80515", "319", "E09000029", "London"]
    assert [shown["1"][name] for name in codes][0::4] == ["Stoke-on-Trent", "West Midlands"]
    assert newest["lead_inspector"] == "Gareth Dakin"
    assert (newest["priority_actions"], newest["improvements"]) == (0, 3)
    assert shown["50004359"]["theme"]
    assert shown["3"]["outcome"]


def test_judgements_says_of_each_grade_what_history_says(real):
    shown = lines(real, "judgements")
    found = 0
    for _, each in inspections(real):
        compared = {row["key"]: row for row in (each["comparison"] or {"rows": ()})["rows"]}
        mine = [line for line in shown if line["file_id"] == each["file_id"]]
        given = ("key", "label", "printed", "grade", "page")
        assert [{name: line[name] for name in given} for line in mine] == each["judgements"]
        for line in mine:
            row = compared.get(line["key"], {})
            assert line["previous_grade"] == row.get("before")
            assert line["relation"] == row.get("relation")
            assert line["direction"] == row.get("direction")
            its_own = (line["authority"], line["urn"]) if row else (None, None)
            assert (line["previous_authority"], line["previous_urn"]) == its_own
        found += len(mine)
    assert found == len(shown) > len(FILES)
    days = {line["file_id"]: day(line["previous_last_day"]) for line in shown if line["relation"]}
    assert days.keys() == {"50283346", "50176759", "2"}
    assert days["50283346"] == "2021-12-10"


def test_improvements_says_what_must_improve_in_the_reports_words(real):
    told = [line for line in lines(real, "improvements") if line["file_id"] == "50283346"]
    kept = {each["file_id"]: each for each in lines(real, "reports")}
    assert [line["position"] for line in sorted(told, key=lambda line: line["position"])] == [
        1,
        2,
        3,
    ]
    assert len(told) == kept["50283346"]["improvements"]
    assert {line["item_kind"] for line in told} == {"improvement"}
    assert all(line["text"] and line["page"] for line in told)


def test_days_are_days_and_times_are_utc(installation):
    (line,) = lines(installation, "reports")
    if installation.database:
        assert line["published"] == date(2022, 2, 1)
        assert isinstance(line["first_seen"], datetime)
    else:
        assert (line["published"], line["first_seen"]) == ("2022-02-01", "2025-07-28T09:00:00Z")


def test_a_report_read_with_doubt_shows_no_grade_and_says_why(installation):
    installation.publish(Listed(published=date(2025, 7, 28), file_id="1", data=pdf(TEXT_DOUBTFUL)))
    installation.publish(
        Listed("A letter about a visit", date(2025, 7, 28), "2", data=b"no pdf at all")
    )
    installation.check()
    doubtful = [line for line in lines(installation, "judgements") if line["file_id"] == "1"]
    assert {line["status"] for line in doubtful} == {"doubtful"}
    assert {(line["grade"], line["printed"], line["relation"]) for line in doubtful} == {
        (None, None, None)
    }
    counted = {line["file_id"]: line for line in lines(installation, "reports")}
    assert (counted["1"]["status"], counted["1"]["improvements"]) == ("doubtful", None)
    assert (counted["2"]["status"], counted["2"]["sha256"]) == ("missing", None)
    assert {line["file_id"] for line in lines(installation, "improvements")} == {"50176759"}


def test_an_older_report_that_goes_is_compared_with_no_more(announced):
    assert {line["previous_grade"] for line in lines(announced, "judgements")} == {
        *("good", "outstanding"),
        None,
    }
    newest, _ = announced.inspections
    assert newest["comparison"]["with"] == REPORT_2022.file_id
    announced.list(*announced.fake_ofsted.providers["80515"].reports[:1])
    announced.checks(4, hours=12)
    assert announced.event_types == ["report_withdrawn"]
    assert {line["previous_grade"] for line in lines(announced, "judgements")} == {None}
    assert announced.inspections[0]["comparison"] is None


def test_the_views_are_read_while_a_writer_works(installation):
    with installation.context().database.write() as session:
        session.get_one(models.Report, 1).title = "not yet written"
        session.flush()
        assert [line["title"] for line in lines(installation, "reports")] == [REPORT_2022.title]
