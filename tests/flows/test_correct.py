"""A grade that was told and proves wrong: a person corrects it, once, to whom it concerns."""

import pytest

from flows.reread import reread
from ofsted.reports.read import PARSER
from tests.flows.older_reader import lay_down, lay_down_told
from tests.town import TEXT_2021, Town, pdf

LINE = "ofsted-watch correct 50283346 --confirm"


def told_wrongly(town: Town, **grades: str) -> None:
    """Readers were told these grades by an earlier reader; this version finds the right ones."""
    lay_down_told(town, "50283346", **(grades or {"leaders": "Outstanding"}))
    reread(town.tools())
    town.later(minutes=5)
    town.deliver()
    town.mail.messages.clear()
    town.teams.posts.clear()


def test_without_confirm_it_is_shown_and_nothing_is_sent(told):
    told_wrongly(told)
    shown = told.cli("correct", "50283346")
    assert shown.exit_code == 0
    assert "Subject: Sutton: correction: leaders' impact is Good, not Outstanding" in shown.stdout
    assert "practice: told as Outstanding; the report gives Good" in " ".join(shown.stdout.split())
    assert shown.stdout.endswith(
        f"nothing was sent; it would go to: scrutiny, channel\nto send it: {LINE}\n"
    )
    assert told.news == ["reread"]


def test_with_confirm_it_goes_to_all_whom_the_first_event_named_and_once(told):
    told_wrongly(told)
    told.later(minutes=5)
    sent = told.cli("correct", "50283346", "--confirm")
    assert sent.exit_code == 0
    assert told.news == ["reread", "correction"]
    assert told.hearers_of("correction") == ["scrutiny", "channel"]
    (mail,) = told.mails_to("scrutiny")
    assert mail["Subject"] == (
        "Sutton: correction: leaders' impact is Good, not Outstanding; overall Good"
    )
    assert mail["In-Reply-To"]  # it follows the message that was wrong
    assert len(told.cards) == 1
    assert told.mails_to("it") == []
    assert mail["Subject"] in (told.folder / "data" / "feed.xml").read_text(encoding="utf-8")
    again = told.cli("correct", "50283346", "--confirm")
    assert again.exit_code == 2
    assert again.stderr == (
        "ofsted-watch: 50283346: readers were told no grade but those that it is read with now\n"
    )
    assert told.news == ["reread", "correction"]


def test_it_is_told_to_whom_the_first_named_whatever_they_chose_and_to_whose_choice_it_meets(told):
    """Told as lowered, it is not; one who chose to hear of what is lowered heard the first."""
    worse = {"name": "worse", "email": "worse@example.gov.uk", "hears": "declined"}
    told.settings["recipients"] = [*told.settings["recipients"], worse]
    told_wrongly(told, overall="Inadequate", leaders="Outstanding")
    answer = told.ask("correct", "50283346")
    assert answer["hearers"] == ["scrutiny", "channel", "worse"]
    assert [(each["was"], each["now"]) for each in answer["said"]] == [
        ("Outstanding", "Good"),
        ("Inadequate", "Good"),
    ]
    assert answer["event"] is None
    assert "correction" not in told.news


def test_a_grade_of_the_inspection_before_is_corrected_where_it_was_compared(told):
    lay_down_told(told, "50176759", leaders="Good")
    reread(told.tools())
    told.later(minutes=5)
    told.cli("correct", "50283346", "--confirm")
    (said,) = told.news_of("correction")["said"]
    assert said == {
        "what": "Impact of leaders on social work practice, before",
        "was": "Good",
        "now": "Outstanding",
    }
    assert told.news_of("correction")["rows"][0]["direction"] == "lowered"


def test_what_a_welcome_showed_wrongly_is_corrected_for_those_welcomed(town):
    lay_down_told(town, "50176759", overall="Inadequate")
    reread(town.tools())
    town.later(minutes=5)
    assert town.cli("correct", "50176759", "--confirm").exit_code == 0
    assert town.hearers_of("correction") == ["scrutiny", "channel"]
    assert town.cli("correct", "50176759", "--confirm").exit_code == 2


def test_a_grade_that_cannot_be_said_for_certain_any_more_is_taken_back(told):
    doubt = {"what": "the judgement table and the body disagree", "lines": ["Good"]}
    lay_down(told, "50283346", status="doubtful", doubts=[doubt])
    told.cli("correct", "50283346", "--confirm")
    news = told.news_of("correction")
    assert (news["found"]["status"], news["rows"], len(news["said"])) == ("doubtful", [], 5)
    assert {each["now"] for each in news["said"]} == {None}
    (mail,) = told.mails_to("scrutiny")
    assert mail["Subject"] == "Sutton: correction to inspection report, not yet read"
    reread(told.tools())  # and once it is certain, it is told again
    assert told.news == ["correction", "report_read", "reread"]


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        (["50283346"], "50283346: readers were told no grade but those that it is read with now"),
        (["50176759"], "50176759: readers were told no grade but those that it is read with now"),
        (["1"], "no report is known by '1'; `ofsted-watch reports` shows all"),
        (["50283346", "--urn", "80510"], "no report is known by '50283346'"),
    ],
)
def test_where_nothing_wrong_was_told_it_says_so_in_one_line(told, asked, said):
    done = told.cli("correct", *asked, "--confirm")
    assert done.exit_code == 2
    assert done.stderr.startswith(f"ofsted-watch: {said}")
    assert len(done.stderr.splitlines()) == 1
    assert told.news == []


def test_a_replacement_by_ofsted_is_no_mistake_of_ours(told):
    """What was told of the inspection before was right when it was told."""
    other = TEXT_2021.replace("families: outstanding", "families: good", 1)
    told.change("50176759", data=pdf(other.replace("\tOutstanding", "\tGood", 1)))
    told.looks(1, days=9)
    assert "report_replaced" in told.news
    assert told.inspections[0]["comparison"]["rows"][0]["direction"] == "unchanged"
    assert told.cli("correct", "50283346").exit_code == 2


def test_what_was_told_can_be_previewed(told):
    told_wrongly(told)
    told.cli("correct", "50283346", "--confirm")
    shown = [told.cli("preview", str(event.id)).stdout for event in told.events]
    assert shown[0].startswith(f"Version {PARSER} of the reader has read the archive again")
    assert shown[1].startswith("Ofsted watch told a wrong grade of the inspection report")
