"""A wrong grade that readers were sent: a person corrects it, once, for those it concerns."""

import pytest

from flows.upkeep.reparse_archive import reread
from ofsted.reports.model import PARSER
from tests.flows.older_parser import lay_down, lay_down_announced
from tests.installation import TEXT_2021, Installation, pdf

LINE = "ofsted-watch correct 50283346 --confirm"


def announced_wrongly(installation: Installation, **grades: str) -> None:
    """Readers were sent these grades by an earlier parser; this version finds the right ones."""
    lay_down_announced(installation, "50283346", **(grades or {"leaders": "Outstanding"}))
    reread(installation.context())
    installation.later(minutes=5)
    installation.send()
    installation.email.messages.clear()
    installation.teams.posts.clear()


def test_without_confirm_it_is_shown_and_nothing_is_sent(announced):
    announced_wrongly(announced)
    shown = announced.cli("correct", "50283346")
    assert shown.exit_code == 0
    assert "Subject: Sutton: correction: leaders' impact is Good, not Outstanding" in shown.stdout
    assert "practice: we reported Outstanding; the report gives Good" in " ".join(
        shown.stdout.split()
    )
    assert shown.stdout.endswith(
        f"not sent; it would go to: scrutiny, channel\nto send it: {LINE}\n"
    )
    assert announced.event_types == ["reread"]


@pytest.mark.both_databases
def test_with_confirm_it_goes_to_all_whom_the_first_event_named_and_once(announced):
    announced_wrongly(announced)
    announced.later(minutes=5)
    sent = announced.cli("correct", "50283346", "--confirm")
    assert sent.exit_code == 0
    assert announced.event_types == ["reread", "correction"]
    assert announced.recipients_of("correction") == ["scrutiny", "channel"]
    (email,) = announced.emails_to("scrutiny")
    assert email["Subject"] == (
        "Sutton: correction: leaders' impact is Good, not Outstanding; overall Good"
    )
    assert email["In-Reply-To"]  # it follows the message that was wrong
    assert len(announced.cards) == 1
    assert announced.emails_to("it") == []
    assert email["Subject"] in (announced.folder / "data" / "website" / "feed.xml").read_text(
        encoding="utf-8"
    )
    again = announced.cli("correct", "50283346", "--confirm")
    assert again.exit_code == 2
    assert again.stderr == (
        "ofsted-watch: 50283346: nothing to correct: "
        "readers have already been sent the current grades\n"
    )
    assert announced.event_types == ["reread", "correction"]


def test_it_is_announced_to_whom_the_first_named_whatever_they_chose_and_to_whose_choice_it_meets(
    announced,
):
    """Announced as lowered, it is not; the recipient of lowered grades got the first alert."""
    worse = {"name": "worse", "email": "worse@example.gov.uk", "alert_on": "concerns"}
    announced.settings["recipients"] = [*announced.settings["recipients"], worse]
    announced_wrongly(announced, overall="Inadequate", leaders="Outstanding")
    answer = announced.ask("correct", "50283346")
    assert answer["recipients"] == ["scrutiny", "channel", "worse"]
    assert [(each["was"], each["now"]) for each in answer["said"]] == [
        ("Outstanding", "Good"),
        ("Inadequate", "Good"),
    ]
    assert answer["event"] is None
    assert "correction" not in announced.event_types


def test_a_grade_of_the_inspection_before_is_corrected_where_it_was_compared(announced):
    lay_down_announced(announced, "50176759", leaders="Good")
    reread(announced.context())
    announced.later(minutes=5)
    announced.cli("correct", "50283346", "--confirm")
    (said,) = announced.event_of("correction")["said"]
    assert said == {
        "what": "Impact of leaders on social work practice, before",
        "was": "Good",
        "now": "Outstanding",
    }
    assert announced.event_of("correction")["rows"][0]["direction"] == "lowered"


def test_what_a_welcome_showed_wrongly_is_corrected_for_those_welcomed(installation):
    lay_down_announced(installation, "50176759", overall="Inadequate")
    reread(installation.context())
    installation.later(minutes=5)
    assert installation.cli("correct", "50176759", "--confirm").exit_code == 0
    assert installation.recipients_of("correction") == ["scrutiny", "channel"]
    assert installation.cli("correct", "50176759", "--confirm").exit_code == 2


def test_a_grade_that_cannot_be_said_for_certain_any_more_is_taken_back(announced):
    doubt = {
        "what": "the judgement table and the headings in the report disagree",
        "lines": ["Good"],
    }
    lay_down(announced, "50283346", status="doubtful", doubts=[doubt])
    announced.cli("correct", "50283346", "--confirm")
    event = announced.event_of("correction")
    assert (event["found"]["status"], event["rows"], len(event["said"])) == ("doubtful", [], 5)
    assert {each["now"] for each in event["said"]} == {None}
    (email,) = announced.emails_to("scrutiny")
    assert email["Subject"] == "Sutton: correction to inspection report, not yet read"
    reread(announced.context())  # and once it is certain, it is announced again
    assert announced.event_types == ["correction", "report_read", "reread"]


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        (
            ["50283346"],
            "50283346: nothing to correct: readers have already been sent the current grades",
        ),
        (
            ["50176759"],
            "50176759: nothing to correct: readers have already been sent the current grades",
        ),
        (["1"], "no report has the file id or link '1'; `ofsted-watch reports` lists them all"),
        (["50283346", "--authority", "80510"], "80510 is not watched; watched: Sutton (80515)"),
    ],
)
def test_where_nothing_wrong_was_announced_it_says_so_in_one_line(announced, asked, said):
    done = announced.cli("correct", *asked, "--confirm")
    assert done.exit_code == 2
    assert done.stderr.startswith(f"ofsted-watch: {said}")
    assert len(done.stderr.splitlines()) == 1
    assert announced.event_types == []


def test_a_replacement_by_ofsted_is_no_mistake_of_ours(announced):
    """What was sent about the previous inspection was right at that time."""
    other = TEXT_2021.replace("families: outstanding", "families: good", 1)
    announced.change("50176759", data=pdf(other.replace("\tOutstanding", "\tGood", 1)))
    announced.checks(1, days=9)
    assert "report_replaced" in announced.event_types
    assert announced.inspections[0]["comparison"]["rows"][0]["direction"] == "unchanged"
    assert announced.cli("correct", "50283346").exit_code == 2


@pytest.mark.both_databases
def test_what_was_announced_can_be_previewed(announced):
    announced_wrongly(announced)
    announced.cli("correct", "50283346", "--confirm")
    shown = [announced.cli("preview", str(event.id)).stdout for event in announced.events]
    assert shown[0].startswith(f"Version {PARSER} of the parser has read the archive again")
    assert shown[1].startswith("We reported an incorrect grade for the inspection report")
