"""The website as the flows write it: what it shows, and when it is written."""

import json
import re
from dataclasses import replace

import pytest
from lxml import html

from deployments.demo.fake_ofsted_faults import status
from flows.publishing import over_time
from flows.publishing.website import publish_changes
from flows.upkeep.nightly import nightly
from flows.upkeep.reparse_archive import reread
from storage import rounds
from storage.data_state import data_states
from tests.flows.older_parser import lay_down_announced
from tests.installation import (
    ELSEWHERE,
    REPORT_2022,
    REPORT_2025,
    TEXT_DOUBTFUL,
    TEXT_INADEQUATE,
    pdf,
)


def folder(installation):
    return installation.folder / "data" / "website"


def text(installation, page):
    """What a page says, in one line."""
    tree = html.fromstring((folder(installation) / page).read_bytes())
    return " ".join(tree.find("body").text_content().split())


def cells(installation, page, number=0):
    """The rows of a table of a page."""
    tree = html.fromstring((folder(installation) / page).read_bytes())
    table = tree.findall(".//table")[number]
    return [
        [" ".join(" ".join(cell.itertext()).split()) for cell in row] for row in table.iter("tr")
    ]


def written(installation):
    """When each file was last written, by its path."""
    return {
        path.relative_to(folder(installation)).as_posix(): path.stat().st_mtime_ns
        for path in folder(installation).rglob("*")
        if path.is_file() and path.name != ".written.json"
    }


def changed(installation, before):
    now = written(installation)
    return {path for path in now if now[path] != before.get(path)}


@pytest.mark.both_databases
def test_one_authority_makes_a_site_of_its_own(announced):
    announced.check()
    assert sorted(written(announced)) == [
        "404.html",
        "about.html",
        "changes-2022.html",
        "changes.html",
        "feed.xml",
        "index.html",
        "site.css",
        "site.js",
        "sutton/feed.xml",
        "sutton/index.html",
        "sutton/report-50176759.html",
        "sutton/report-50283346.html",
        "tables/improvements.csv",
        "tables/judgements.csv",
        "tables/latest.csv",
        "tables/ofsted-watch.json",
        "tables/ofsted-watch.xlsx",
        "tables/reports.csv",
    ]
    assert "London Borough of Sutton" in text(announced, "index.html")
    assert text(announced, "index.html") == text(announced, "sutton/index.html")


def test_an_authoritys_page_has_its_judgements_over_time_with_what_may_be_compared(announced):
    announced.check()
    [head, *rows] = cells(announced, "index.html", 1)
    assert head == ["Judgement", "December 2021", "June 2025"]
    assert rows[0] == ["Impact of leaders on social work practice", "Outstanding", "Good"]
    assert rows[2] == ["Children in care", "graded together with care leavers", "Good"]
    page = text(announced, "index.html")
    assert "June 2025 is compared with December 2021: Children in care: judged together" in page
    assert "What needs to improve, in Ofsted's words" in page


def test_a_reports_page_has_the_table_before_and_after_the_evidence_and_what_was_sent(announced):
    announced.check()
    page = "sutton/report-50283346.html"
    assert cells(announced, page)[1] == [
        *("Impact of leaders on social work practice", "Outstanding", "Good", "lowered"),
    ]
    said = text(announced, page)
    [sha256] = announced.sql("SELECT sha256 FROM document ORDER BY first_seen DESC LIMIT 1")[0]
    assert sha256 in said
    assert "(table and headings, page 1)" in said
    assert "10:30 on 29 July 2025 Ofsted published a new inspection report" in said
    assert "published before we began to check" in text(announced, "sutton/report-50176759.html")


def test_what_changed_is_listed_by_month(announced):
    announced.check()
    assert "What changed in 2025" in text(announced, "changes.html")
    assert "Lowered: leaders' impact, from Outstanding to Good" in text(announced, "changes.html")
    assert "February 2022" in text(announced, "changes-2022.html")


def test_several_authorities_have_a_table_of_all_with_the_newest_reports_first(announced):
    announced.fake_ofsted.provider("80476", "Kent County Council", reports=[ELSEWHERE])
    announced.settings["watch"] = [{"authority": "Kent"}, {"authority": "Sutton"}]
    announced.round()
    rows = cells(announced, "index.html")
    assert [row[0] for row in rows] == ["Council", "Sutton", "Kent"]
    assert rows[1][1:5] == ["London", "29 July 2025", "June 2025", "Good"]
    assert rows[1][-1] == "1 lowered"
    assert rows[2][4] == "none yet"


def test_a_round_without_news_writes_nothing(announced):
    announced.check()
    before = written(announced)
    announced.checks(3, minutes=15)
    assert changed(announced, before) == set()


def test_a_new_report_changes_its_own_authoritys_pages_and_those_that_list_it_alone(announced):
    announced.fake_ofsted.provider("80476", "Kent County Council", reports=[ELSEWHERE])
    announced.settings["watch"] = [{"authority": "Kent"}, {"authority": "Sutton"}]
    announced.list(REPORT_2022)
    announced.round()
    announced.later(hours=1)
    announced.round()
    before = written(announced)
    announced.later(hours=1)
    announced.publish(replace(ELSEWHERE, link="https://www.gov.uk/another", title="A letter"))
    announced.round()
    pages = {path for path in changed(announced, before) if path.endswith(".html")}
    new = [path for path in pages if path not in before]
    assert len(new) == 1
    assert not [path for path in pages if path.startswith("kent/")]
    assert {"sutton/index.html", "changes.html", "index.html"} <= pages
    assert "about.html" not in pages


def test_another_version_that_words_things_differently_writes_the_pages_of_all(
    announced, monkeypatch
):
    announced.fake_ofsted.provider("80476", "Kent County Council", reports=[ELSEWHERE])
    announced.settings["watch"] = [{"authority": "Kent"}, {"authority": "Sutton"}]
    announced.round()
    monkeypatch.setattr("flows.publishing.website.user_agent", lambda: "ofsted-watch/99")
    monkeypatch.setattr(over_time, "ROWS", (("leaders", "In other words"), *over_time.ROWS[1:]))
    announced.later(minutes=15)
    announced.round()
    assert "In other words" in text(announced, "sutton/index.html")


def test_each_night_every_page_is_written_anew_and_says_when(announced):
    announced.check()
    before = written(announced)
    announced.later(days=1)
    night = nightly(announced.context())
    assert night.is_well
    assert changed(announced, before) >= {path for path in before if path.endswith(".html")}
    assert "written at 10:30 on 30 July 2025" in text(announced, "about.html")


def test_a_page_is_there_before_the_alert_that_links_to_it_is_sent(installation):
    installation.settings["website"] = {"url": "https://example.gov.uk/ofsted"}
    installation.at("2025-07-29 09:30")
    installation.publish(REPORT_2025)
    there = []
    page = folder(installation) / "sutton" / "report-50283346.html"
    installation.email.on_message = lambda: there.append(page.exists())
    installation.check()
    assert "report-50283346.html" in installation.emails_to("scrutiny")[0].as_string()
    assert there
    assert all(there)


def test_a_report_in_doubt_shows_the_doubt_and_no_grade(installation):
    installation.publish(replace(REPORT_2025, data=pdf(TEXT_DOUBTFUL)))
    installation.check()
    page = text(installation, "sutton/report-50283346.html")
    assert "We could not read the grades reliably" in page
    assert not re.search(r"Outstanding|Inadequate", page.partition("Why it could not")[0])
    [head, *rows] = cells(installation, "index.html")
    at = head.index(next(each for each in head if each.startswith("June 2025")))
    assert {row[at] for row in rows} == {"not read reliably"}
    assert "could not read this report reliably" in text(installation, "changes.html")


def test_a_withdrawn_report_says_so_on_every_page_that_shows_it(announced):
    announced.list(REPORT_2022)
    announced.checks(4, hours=12)
    since = "Withdrawn. Ofsted's page has not listed this report since"
    assert since in text(announced, "sutton/report-50283346.html")
    assert since in text(announced, "index.html")
    assert "Sutton: inspection report published 29 July 2025 withdrawn" in text(
        announced, "changes.html"
    )


def test_a_correction_stands_beside_what_was_wrong_and_among_the_changes(announced):
    lay_down_announced(announced, "50283346", leaders="Outstanding")
    reread(announced.context())
    announced.cli("correct", "50283346", "--confirm")
    said = "Impact of leaders on social work practice: we reported"
    for page in ("sutton/report-50283346.html", "index.html"):
        assert said in text(announced, page)
        assert "We corrected this summary on 29 July 2025." in text(announced, page)
    assert "Sutton: correction to the inspection report" in text(announced, "changes.html")


def test_a_replaced_file_says_what_differs_and_both_versions_are_listed(announced):
    announced.later(days=8)
    announced.change(
        "50283346", data=pdf(TEXT_INADEQUATE.replace("6 to 10 December 2021", "16 to 20 June 2025"))
    )
    announced.check()
    page = text(announced, "sutton/report-50283346.html")
    assert "Ofsted replaced this report on 6 August 2025." in page
    assert page.count("SHA-256 checksum") == 2


def test_while_a_page_cannot_be_checked_its_authority_says_since_when(announced):
    announced.check()
    announced.fake_ofsted.misbehave("/provider/44/80515", status(503))
    announced.checks(3, hours=1)
    assert "We have not been able to check Ofsted's page since" in text(announced, "index.html")
    announced.fake_ofsted.behave()
    announced.checks(1, hours=1)
    assert "have not been able" not in text(announced, "index.html")


def test_a_folder_that_is_a_file_costs_one_line_and_no_alert_and_status_says_so(installation):
    place = installation.folder / "a file"
    place.write_text("mine")
    installation.settings["website"] = {"folder": str(place)}
    installation.at("2025-07-29 09:30")
    installation.publish(REPORT_2025)
    assert installation.check().is_well
    assert len(installation.emails_to("scrutiny")) == 1
    answer = installation.cli("status")
    assert "the website is out of date since 10:30 on 29 July 2025" in answer.output
    assert answer.exit_code == 1
    place.unlink()
    installation.checks(1, minutes=15)
    assert (place / "index.html").exists()
    assert "the website" not in installation.cli("status").output


def test_the_command_writes_what_has_changed_and_all_of_it_on_demand(announced):
    announced.check()
    assert announced.cli("website").stdout.startswith("up to date: ")
    assert announced.ask("website", "--all")["files"] == 18
    (folder(announced) / "about.html").unlink()
    answer = announced.cli("website", "--all")
    assert answer.stdout == f"18 files written: {folder(announced) / 'index.html'}\n"


def test_a_folder_that_cannot_be_written_is_one_line_of_the_command(announced):
    place = announced.folder / "a file"
    place.write_text("mine")
    announced.settings["website"] = {"folder": str(place)}
    command = announced.start("website")
    _, said = command.communicate(timeout=60)
    assert command.returncode == 1
    assert said.count("\n") == 1
    assert said.startswith(f"the website could not be written to {place}: ")


def test_without_a_database_the_command_makes_nothing(new_installation):
    answer = new_installation.cli("website")
    assert answer.exit_code == 2
    assert not (new_installation.folder / "data").exists()


def test_a_council_that_is_no_longer_watched_has_no_pages_any_more(announced):
    announced.fake_ofsted.provider("80476", "Kent County Council", reports=[ELSEWHERE])
    announced.settings["watch"] = [{"authority": "Kent"}, {"authority": "Sutton"}]
    announced.round()
    assert (folder(announced) / "kent" / "index.html").exists()
    announced.settings["watch"] = [{"authority": "Sutton"}]
    announced.later(minutes=15)
    announced.round()
    assert not (folder(announced) / "kent").exists()
    assert "London Borough of Sutton" in text(announced, "index.html")


@pytest.mark.both_databases
def test_the_state_of_one_providers_data_changes_with_what_happens_to_it(announced):
    def state():
        with announced.context().database.read() as session:
            return {str(key): value for key, value in data_states(session).items()}

    announced.check()
    before = state()
    announced.checks(1, hours=1)
    assert state() == before
    announced.list(REPORT_2022)
    announced.checks(1, hours=1)
    gone = state()
    assert gone != before
    announced.checks(4, hours=12)
    assert state() != gone


def test_two_at_once_write_one_after_the_other_and_the_site_is_whole(announced):
    announced.check()
    both = [announced.start("website", "--all") for _ in range(2)]
    assert [(each.communicate(timeout=60)[1], each.returncode) for each in both] == [("", 0)] * 2
    state = json.loads((folder(announced) / ".written.json").read_text())
    assert sorted(state["files"]) == sorted(written(announced))


@pytest.mark.both_databases
def test_what_another_machine_found_is_written_here_too(announced):
    """Its folder is its own; a round of this machine that is under way writes it itself."""
    announced.check()
    context = announced.context()
    elsewhere = announced.folder / "other machine"
    website = replace(context.settings.website, folder=elsewhere)
    there = replace(context, settings=replace(context.settings, website=website))
    with context.database.write() as session:
        ours = rounds.begin(session, rounds.RoundOwner(1, 0.0, None, "here"), announced.now)
    publish_changes(there, "here")
    assert not elsewhere.exists()
    with context.database.write() as session:
        rounds.end(session, ours, announced.now)
    publish_changes(there, "here")
    assert (elsewhere / "sutton" / "report-50283346.html").exists()
    assert (elsewhere / "tables" / "judgements.csv").exists()
    shown = written(announced)
    publish_changes(context, "first")
    assert written(announced) == shown
