"""Councils that were split or merged: the first report shows those before, and compares nothing.

What is said of the councils here is invented, but for the report that is named as real.
"""

import re
from dataclasses import replace
from datetime import date

import pytest

from deployments.demo.fake_ofsted import Listed
from flows.presenting import artifacts
from flows.upkeep.reparse_archive import reread
from flows.upkeep.seeds import Seed, import_seeds
from tests.flows.older_parser import lay_down_announced
from tests.flows.test_views import lines
from tests.installation import (
    TEXT_2021,
    TEXT_2025,
    TEXT_2026,
    TEXT_DOUBTFUL,
    TEXT_INADEQUATE,
    forget,
    pdf,
)

FURNESS, BCP, CUMBRIA, POOLE, BOURNEMOUTH = "2733698", "2532287", "80991", "80992", "80993"
NORTH, WEST, COUNTY = "2637539", "2637548", "80994"
NAMES = {
    FURNESS: "Westmorland and Furness Council",
    BCP: "Bournemouth, Christchurch & Poole",
    CUMBRIA: "Cumbria County Council",
    POOLE: "Borough of Poole",
    BOURNEMOUTH: "Bournemouth",
    NORTH: "North Northamptonshire",
    WEST: "West Northamptonshire",
    COUNTY: "Northamptonshire County Council",
}
FIRST = date(2025, 7, 29)
JOINT = Listed(  # no page is believed without a row
    "Joint area child protection inspection",
    date(2024, 7, 28),
    link="https://www.gov.uk/government/letter",
)
LABELS = ("leaders", "help_and_protection", "in_care", "care_leavers", "overall")


def named(urn, text):
    """A council's name in place of Sutton's."""
    return re.sub(r"London\s+Borough\s+of\s+Sutton|Sutton", NAMES[urn], text)


def report(urn, text, published, file_id):
    return Listed(published=published, file_id=file_id, data=pdf(named(urn, text)))


def of_before(urn, text=TEXT_2021, file_id="1"):
    return report(urn, text, date(2022, 2, 1), file_id)


def watch(installation, *urns):
    installation.settings["watch"] = [{"urn": urn} for urn in urns]
    for urn in urns:
        if urn not in installation.fake_ofsted.providers:
            installation.fake_ofsted.provider(urn, NAMES[urn], reports=[JOINT])


def begin(installation, reports, successor):
    """The first checks, with what the pages of those before list."""
    watch(installation, *reports, successor)
    for urn, listed in reports.items():
        installation.fake_ofsted.providers[urn].reports = [*listed]
    choices = (
        {"name": name, "email": f"{name}@example.gov.uk"} for name in ("changes", "concerns")
    )
    installation.settings["recipients"] += [
        each | {"alert_on": each["name"], "quiet_notice": False} for each in choices
    ]
    assert {each.result for each in installation.round().checks} == {"first"}
    forget(installation)
    installation.at("2025-07-29 09:30")


def publish(installation, urn, text=TEXT_2025, published=FIRST, file_id="50283346"):
    installation.fake_ofsted.publish(urn, report(urn, text, published, file_id))
    installation.round()


@pytest.fixture
def cumbria(new_installation):
    begin(new_installation, {CUMBRIA: [of_before(CUMBRIA)]}, FURNESS)
    return new_installation


def history(installation, urn):
    (found,) = installation.ask("history", "--authority", urn)["authorities"]
    return [each for each in found["inspections"] if each["file_id"]]


def text_to(installation, name="scrutiny"):
    (message,) = installation.emails_to(name)
    return " ".join(message.get_body(("plain",)).get_content().split())


@pytest.mark.both_databases
def test_a_first_report_shows_the_predecessors_grades_by_name_and_nothing_is_lowered(cumbria):
    publish(cumbria, FURNESS)
    event = cumbria.event_of("report_published")
    assert (event["rows"], event["previous"], event["not_compared"]) == ([], None, None)
    (before,) = event["predecessors"]
    assert (before["urn"], before["name"]) == (CUMBRIA, "Cumbria County Council")
    assert [each["grade"] for each in before["found"]["judgements"]] == [
        *("outstanding", "good", "good", "good")
    ]
    assert cumbria.subjects("scrutiny") == [
        "Westmorland and Furness: first graded inspection; overall Good"
    ]
    said = text_to(cumbria)
    assert (
        "This is the first report of this kind on Westmorland and Furness. Its predecessor, "
        "Cumbria County Council, was last inspected 6 to 10 December 2021 (published 1 February "
        "2022). Its grades are shown for information and are not compared."
    ) in said
    assert "Cumbria County Council, December 2021 (not compared)" in said
    assert "lowered" not in said
    assert "There is no earlier inspection" not in said
    (card,) = cumbria.cards
    assert "Cumbria County Council, December 2021 (not compared)" in str(card)


def test_it_concerns_nobody_as_a_fall(cumbria):
    publish(cumbria, FURNESS)
    assert cumbria.recipients_of("report_published") == ["scrutiny", "channel", "changes"]
    assert cumbria.emails_to("concerns") == []


def test_it_concerns_by_its_own_grades(cumbria):
    publish(cumbria, FURNESS, TEXT_INADEQUATE)
    assert "concerns" in cumbria.recipients_of("report_published")
    assert "lowered" not in text_to(cumbria, "concerns")


def test_a_digest_is_not_sent_ahead_for_another_councils_better_grades(cumbria):
    cumbria.settings["recipients"][0]["frequency"] = "daily 08:00"
    publish(cumbria, FURNESS)
    assert cumbria.emails_to("scrutiny") == []
    cumbria.at("2025-07-30 08:01")
    cumbria.round()
    assert "lowered" not in text_to(cumbria)


@pytest.mark.both_databases
def test_history_and_the_views_give_the_relation_and_whose_it_is(cumbria):
    publish(cumbria, FURNESS)
    (inspection,) = history(cumbria, FURNESS)
    comparison = inspection["comparison"]
    whose = {"with_urn": CUMBRIA, "with_authority": "Cumbria County Council"}
    assert comparison.items() >= {"with": "1", "with_published": "2022-02-01", **whose}.items()
    rows = {row["key"]: row for row in comparison["rows"]}
    assert rows["leaders"].items() >= whose.items()
    assert {(row["relation"], row["direction"]) for row in rows.values()} == {("predecessor", None)}
    assert (rows["leaders"]["grade"], rows["leaders"]["before"]) == ("good", "outstanding")

    shown = {line["key"]: line for line in lines(cumbria, "judgements") if line["urn"] == FURNESS}
    assert tuple(shown) == LABELS
    leaders = shown["leaders"]
    assert (leaders["previous_authority"], leaders["previous_urn"]) == (
        "Cumbria County Council",
        CUMBRIA,
    )
    assert (leaders["relation"], leaders["direction"]) == ("predecessor", None)
    assert (leaders["previous_grade"], str(leaders["previous_last_day"])) == (
        "outstanding",
        "2021-12-10",
    )


def test_history_in_words_and_the_grid_name_the_predecessor(cumbria):
    publish(cumbria, FURNESS)
    said = cumbria.cli("history", "--authority", FURNESS).stdout
    assert "before it, Cumbria County Council (report of 1 Feb 2022; not compared):" in said
    assert "Cumbria," in said
    assert "lowered" not in said
    context = cumbria.context()
    watched = context.authority(FURNESS)
    (grid,) = artifacts.judgements(context, watched)
    (head,) = [line for line in grid.markdown.splitlines() if line.startswith("| Judgement")]
    assert head == "| Judgement | Cumbria, December 2021 | June 2025 |"
    widths = {line.count("|") for line in grid.markdown.splitlines() if line.startswith("|")}
    assert widths == {4}
    assert "published 1 February 2022" in grid.markdown


@pytest.mark.both_databases
def test_several_predecessors_are_each_named(new_installation):
    poole = of_before(POOLE, TEXT_INADEQUATE.replace("June 2025", "June 2017"), "2")
    begin(
        new_installation, {POOLE: [poole], BOURNEMOUTH: [of_before(BOURNEMOUTH, file_id="3")]}, BCP
    )
    publish(new_installation, BCP)
    names = [each["name"] for each in new_installation.event_of("report_published")["predecessors"]]
    assert names == ["Bournemouth Borough Council", "Borough of Poole"]
    said = text_to(new_installation)
    assert (
        "Its predecessors were last inspected as follows: Bournemouth Borough Council, 6 to 10 "
        "December 2021 (published 1 February 2022); the Borough of Poole, 16 to 20 June 2017"
    ) in said
    assert "Their grades are shown for information and are not compared." in said
    assert said.count("(not compared)") == 2
    assert "concerns" not in new_installation.recipients_of("report_published")

    (inspection,) = history(new_installation, BCP)
    assert inspection["comparison"]["with_urn"] == BOURNEMOUTH
    whose = [row["with_urn"] for row in inspection["comparison"]["rows"] if row["key"] == "leaders"]
    assert whose == [BOURNEMOUTH, POOLE]
    shown = [line for line in lines(new_installation, "judgements") if line["urn"] == BCP]
    assert [line["key"] for line in shown] == [*LABELS]
    assert shown[0]["previous_authority"] == "Bournemouth; Borough of Poole"
    assert shown[0]["previous_urn"] == f"{BOURNEMOUTH}; {POOLE}"
    assert shown[0]["previous_grade"] == "outstanding; inadequate"
    assert (shown[0]["relation"], shown[0]["direction"]) == ("predecessor", None)
    assert str(shown[0]["previous_last_day"]) == "2021-12-10"


def test_of_a_predecessor_read_with_doubt_no_grade_is_shown_and_the_alert_says_why(
    new_installation,
):
    older = of_before(CUMBRIA)
    text = TEXT_DOUBTFUL.replace("June 2025", "June 2022")
    doubtful = report(CUMBRIA, text, date(2025, 1, 20), "4")
    begin(new_installation, {CUMBRIA: [doubtful, older]}, FURNESS)
    publish(new_installation, FURNESS)
    said = text_to(new_installation)
    assert (
        "The last report on its predecessor Cumbria County Council, published 20 January 2025, "
        "could not be read reliably, so its grades are not shown."
    ) in said
    assert "(not compared)" not in said
    assert "Outstanding" not in said
    (inspection,) = history(new_installation, FURNESS)
    assert inspection["comparison"] is None
    assert "concerns" not in new_installation.recipients_of("report_published")


def test_the_second_report_is_compared_with_the_councils_own_first(cumbria):
    publish(cumbria, FURNESS)
    forget(cumbria)
    cumbria.at("2026-07-20 09:30")
    publish(cumbria, FURNESS, TEXT_2026, date(2026, 7, 20), "50320000")
    event = cumbria.event_of("report_published")
    assert event["predecessors"] == []
    assert {row["relation"] for row in event["rows"]} <= {"same", "split", "ended", "new"}
    newest, first = history(cumbria, FURNESS)
    assert newest["comparison"]["with_urn"] == FURNESS
    assert first["comparison"]["with_urn"] == CUMBRIA


def test_an_unread_first_report_of_its_own_leaves_no_room_for_a_predecessor(cumbria):
    publish(cumbria, FURNESS, TEXT_DOUBTFUL)
    assert "Outstanding" not in text_to(cumbria)
    forget(cumbria)
    cumbria.at("2026-07-20 09:30")
    publish(cumbria, FURNESS, TEXT_2026, date(2026, 7, 20), "50320000")
    event = cumbria.event_of("report_published")
    assert (event["predecessors"], event["rows"]) == ([], [])
    assert event["previous_in_doubt"] is True


def test_a_predecessor_that_is_watched_later_is_shown_from_then_on(new_installation):
    begin(new_installation, {}, FURNESS)
    publish(new_installation, FURNESS)
    assert "There is no earlier inspection to compare it with." in text_to(new_installation)
    assert history(new_installation, FURNESS)[0]["comparison"] is None
    watch(new_installation, FURNESS, CUMBRIA)
    new_installation.fake_ofsted.providers[CUMBRIA].reports = [of_before(CUMBRIA)]
    new_installation.round()
    assert history(new_installation, FURNESS)[0]["comparison"]["with_urn"] == CUMBRIA


def test_a_predecessor_that_is_no_longer_watched_is_still_known(cumbria):
    watch(cumbria, FURNESS)
    publish(cumbria, FURNESS)
    assert len(cumbria.event_of("report_published")["predecessors"]) == 1
    assert [each["urn"] for each in cumbria.ask("status")["authorities"]] == [FURNESS]


def test_a_predecessor_whose_report_was_imported_is_known_by_the_name_in_the_index(
    new_installation,
):
    text = named(CUMBRIA, TEXT_2021).encode()
    seed = Seed(
        "cumbria.txt", text, CUMBRIA, "Children's services inspection", date(2022, 2, 1), "1"
    )
    (done,) = import_seeds([replace(seed, provider=NAMES[CUMBRIA])], new_installation.context())
    assert done.result == "imported"
    begin(new_installation, {}, FURNESS)
    publish(new_installation, FURNESS)
    assert "Cumbria County Council, December 2021 (not compared)" in text_to(new_installation)
    assert history(new_installation, FURNESS)[0]["comparison"]["with_urn"] == CUMBRIA
    assert [each["urn"] for each in new_installation.ask("status")["authorities"]] == [FURNESS]


@pytest.mark.both_databases
def test_an_area_send_inspection_shows_the_predecessors_outcome(new_installation, real_reports):
    """North Northamptonshire's real first one; Enfield's of 2023 stands in for the county's."""
    before = area_send(real_reports, "2023-08-02_80494_enfield_area_send", "1")
    begin(new_installation, {COUNTY: [before]}, NORTH)
    row = area_send(real_reports, "2024-03-25_2637539_north-northamptonshire_area_send", "2")
    new_installation.fake_ofsted.publish(NORTH, replace(row, published=FIRST))
    new_installation.round()
    event = new_installation.event_of("report_published")
    assert event["rows"] == []
    assert "Northamptonshire County Council" in text_to(new_installation)
    (inspection,) = history(new_installation, NORTH)
    assert inspection["outcome"] == event["found"]["outcome"] == "widespread_systemic_failings"
    (line,) = inspection["comparison"]["rows"]
    assert (line["key"], line["relation"], line["direction"]) == ("outcome", "predecessor", None)
    assert line["before"] == event["predecessors"][0]["found"]["outcome"] == "inconsistent"


def area_send(folder, name, file_id):
    data = (folder / "pdf" / f"{name}.pdf").read_bytes()
    published = date.fromisoformat(name[:10])
    return Listed("Area SEND full inspection", published, file_id, data=data)


def test_a_real_first_report_stands_beside_its_predecessors(new_installation, real_reports):
    """West Northamptonshire's of 2026, as if it were its first; the county's is invented."""
    begin(new_installation, {COUNTY: [of_before(COUNTY)]}, WEST)
    new_installation.at("2026-07-07 09:30")
    data = (
        real_reports / "pdf" / "2026-07-07_2637548_west-northamptonshire_ilacs.pdf"
    ).read_bytes()
    row = Listed(published=date(2026, 7, 7), file_id="50306547", data=data)
    new_installation.fake_ofsted.publish(WEST, row)
    new_installation.round()
    said = text_to(new_installation)
    assert "Northamptonshire County Council, December 2021 (not compared)" in said
    (inspection,) = history(new_installation, WEST)
    rows = [(row["key"], row["grade"], row["before"]) for row in inspection["comparison"]["rows"]]
    assert rows == [
        ("leaders", "outstanding", "outstanding"),
        ("help_and_protection", "good", "good"),
        ("in_care", "good", "good"),
        ("care_leavers", "good", "good"),
        ("overall", None, "good"),
    ]


def test_a_predecessors_grade_that_was_sent_and_is_wrong_is_corrected(cumbria):
    publish(cumbria, FURNESS)
    lay_down_announced(cumbria, "1", leaders="Good")
    reread(cumbria.context())
    (theirs, ours) = cumbria.event_of("reread")["changed"]
    label = "Impact of leaders on social work practice"
    said = f"Cumbria, before: {label}"
    assert theirs["differences"] == [{"what": label, "was": "Good", "now": "Outstanding"}]
    assert (ours["provider"]["urn"], ours["announced"]) == (FURNESS, True)
    cumbria.email.messages.clear()
    cumbria.later(minutes=5)
    sent = cumbria.cli("correct", "50283346", "--confirm")
    assert sent.exit_code == 0, sent.stderr
    event = cumbria.event_of("correction")
    assert event["said"] == [{"what": said, "was": "Good", "now": "Outstanding"}]
    assert cumbria.recipients_of("correction") == ["scrutiny", "channel", "changes"]
    assert f"- {said}: we reported Good; the report gives Outstanding" in text_to(cumbria)
