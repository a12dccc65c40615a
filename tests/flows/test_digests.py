"""What can wait is summed up at each one's time; what cannot is told at once and named there."""

from dataclasses import replace
from datetime import date

from flows.deliver import is_due
from flows.reread import reread
from tests.flows.older_reader import lay_down_told
from tests.town import (
    ELSEWHERE,
    JOINT_2023,
    OPERATORS,
    REPORT_2025,
    TEXT_2026,
    forget,
    pdf,
)

RAISED = replace(REPORT_2025, published=date(2026, 7, 21), file_id="9", data=pdf(TEXT_2026))
VISIT = replace(ELSEWHERE, title="Children's services focused visit")


def _reader(name, **fields):
    return {"name": name, "email": f"{name}@example.gov.uk", **fields}


WEEKLY = _reader("weekly", when="weekly monday 08:00")
DAILY = _reader("daily", when="daily 08:00")


def _heard_by(town, *recipients):
    """These are told from now on; they are welcomed."""
    town.settings["recipients"] = [*recipients]
    town.later(minutes=1)
    town.look()
    forget(town)


def _text(mail):
    return mail.get_body(("plain",)).get_content()


def _flat(mail):
    return " ".join(_text(mail).split())


def test_a_digest_is_made_at_its_time_from_what_happened_since_the_last(town):
    _heard_by(town, WEEKLY, OPERATORS)
    town.at("2025-07-29 09:30")
    town.publish(VISIT)
    town.publish(replace(VISIT, link="https://www.gov.uk/government/another"))
    town.look()
    town.at("2025-08-04 06:59")  # 07:59 in London
    town.look()
    assert town.mails_to("weekly") == []
    town.at("2025-08-04 07:00")
    town.look()
    (digest,) = town.mails_to("weekly")
    assert digest["Subject"] == "Sutton: 2 new reports since 28 July 2025"
    assert "https://www.gov.uk/government/letter" in _text(digest)
    assert "https://www.gov.uk/government/another" in _text(digest)
    town.looks(3, minutes=15)
    assert len(town.mails_to("weekly")) == 1
    assert town.subjects("it") == []


def test_nothing_new_is_said_in_a_line_with_how_often_it_was_looked_and_when_last(town):
    _heard_by(town, WEEKLY)
    town.looks(3, hours=1)
    town.at("2025-08-04 07:10")
    town.look()
    (digest,) = town.mails_to("weekly")
    assert digest["Subject"] == "Ofsted watch: nothing to tell since 28 July 2025"
    assert "Ofsted watch has looked 4 times." in _flat(digest)
    assert "The page was last seen whole at 08:10 on 4 August 2025." in _flat(digest)


def test_each_of_many_reports_can_be_reached_from_a_digest(town):
    _heard_by(town, WEEKLY)
    links = [f"https://www.gov.uk/government/{number}" for number in range(7)]
    for link in links:
        town.publish(replace(VISIT, link=link))
    town.look()
    town.at("2025-08-04 07:10")
    town.look()
    (digest,) = town.mails_to("weekly")
    for kind in ("plain", "html"):
        body = digest.get_body((kind,)).get_content()
        assert all(link in body for link in links)


def test_nothing_to_tell_is_not_said_as_if_nothing_had_happened(town):
    """Others may have heard of what operators, and whoever hears less, are not told."""
    declined = _reader("declined", hears="declined", when="daily 08:00")
    _heard_by(town, _reader("reader"), declined, {**OPERATORS, "when": "daily 08:00"})
    town.publish(VISIT)
    town.look()
    assert len(town.mails_to("reader")) == 1
    town.at("2025-07-29 07:10")
    town.look()
    for name in ("declined", "it"):
        (digest,) = town.mails_to(name)
        nothing = (
            "There was nothing to tell you of the London Borough of Sutton since 28 July 2025."
        )
        assert nothing in _flat(digest)


def test_looks_at_several_pages_are_not_taken_for_looks_at_each(town):
    town.standin.provider("80489", "London Borough of Brent", reports=[REPORT_2025])
    town.settings["watch"] = [{"urn": 80515, "name": "Sutton"}, {"urn": 80489, "name": "Brent"}]
    _heard_by(town, DAILY)
    town.at("2025-07-29 07:10")
    town.round()
    (digest,) = town.mails_to("daily")
    assert "Ofsted watch has looked 2 times at 2 pages in all." in _flat(digest)


def test_reports_of_one_day_are_told_apart_by_their_titles(town):
    _heard_by(town, WEEKLY)
    town.at("2025-07-29 09:30")
    titles = ("Letter on early years", "Letter on safeguarding")
    for title in titles:
        town.publish(
            replace(VISIT, title=title, link=f"https://www.gov.uk/{title[10:].split()[0]}")
        )
    town.look()
    town.at("2025-08-04 07:10")
    town.look()
    (digest,) = town.mails_to("weekly")
    for title in titles:
        assert f"Sutton: {title}, 28 July 2025" in _text(digest)
        assert f'Its title on Ofsted\'s page is "{title}"' in _flat(digest)


def test_what_falls_is_told_at_once_and_named_in_the_digest(town):
    _heard_by(town, WEEKLY, DAILY)
    town.at("2025-07-29 09:30")
    town.publish(REPORT_2025)
    town.look()
    lowered = "Sutton: leaders' impact lowered, Outstanding to Good; overall Good"
    assert town.subjects("weekly") == [lowered]
    town.at("2025-08-04 07:10")
    town.look()
    _, digest = town.mails_to("weekly")
    assert digest["Subject"] == "Sutton: nothing more to tell since 28 July 2025"
    assert f"- {lowered} (29 July 2025)" in _flat(digest)


def test_what_fell_and_never_arrived_stands_whole_in_the_digest(town):
    _heard_by(town, WEEKLY)
    town.at("2025-07-29 09:30")
    town.publish(REPORT_2025)
    town.mail.answers["RCPT"] = "550 5.1.1 no such user"
    town.look()
    town.mail.answers.clear()
    town.at("2025-08-04 07:10")
    town.look()
    (digest,) = town.mails_to("weekly")
    assert digest["Subject"] == "Sutton: leaders' impact lowered, Outstanding to Good; overall Good"
    assert "Already sent" not in _text(digest)


def _told_wrongly(town):
    """The weekly reader is owed a raised report by an earlier reader's grade; it is read again."""
    town.at("2026-07-20 09:30")
    _heard_by(town, _reader("reader"), WEEKLY)
    town.at("2026-07-22 09:30")
    town.publish(RAISED)
    town.look()
    assert town.mails_to("weekly") == []
    lay_down_told(town, "9", help_and_protection="Outstanding")
    reread(town.tools())


def test_a_grade_that_a_better_reader_finds_wrong_before_the_digest_is_not_told_in_it(told):
    _told_wrongly(told)
    told.at("2026-07-27 07:10")
    told.look()
    (digest,) = told.mails_to("weekly")
    assert "Children who need help and protection: Good -> Good (unchanged)" in _flat(digest)


def test_what_was_corrected_before_the_digest_is_not_told_wrongly_in_it(told):
    _told_wrongly(told)
    assert told.cli("correct", "9", "--confirm").exit_code == 0
    told.at("2026-07-27 07:10")
    told.look()
    correction, digest = told.mails_to("weekly")
    assert correction["Subject"].startswith("Sutton: correction: ")
    assert "Children who need help and protection: Good -> Good (unchanged)" in _flat(digest)
    assert f"- {correction['Subject']}" in _flat(digest)  # as already sent


def test_a_digest_that_cannot_be_made_backs_off_and_is_reported_once_and_made_when_it_can(town):
    _heard_by(town, WEEKLY, OPERATORS)
    town.at("2025-07-29 09:30")
    town.publish(VISIT)
    town.look()
    town.sql("UPDATE event SET news = '!' || news WHERE type = 'report_published'")
    town.at("2025-08-04 07:10")
    for _ in range(3):
        town.deliver()
        assert not is_due(town.tools())  # it backs off
        town.later(minutes=20)
        assert is_due(town.tools())
    told = town.news_of("delivery_delayed")
    assert (told["recipient"], told["subject"]) == ("weekly", "weekly digest")
    assert "could not be made (JSONDecodeError)" in told["words"]
    assert town.hearers_of("delivery_delayed") == ["it"]
    assert town.cli("status").exit_code == 1
    said = " ".join(town.cli("status").stdout.split())
    assert "the digest for weekly could not be made since" in said
    assert "could not be made since" in town.cli("doctor").stdout
    town.sql("UPDATE event SET news = substr(news, 2) WHERE type = 'report_published'")
    town.later(hours=2)
    town.deliver()
    assert town.subjects("weekly") == ["Sutton: new focused visit letter, not yet read"]
    assert town.cli("status").exit_code == 0


def test_a_missed_digest_is_made_once_on_return(town):
    _heard_by(town, DAILY)
    town.publish(VISIT)
    town.look()
    town.at("2025-08-13 15:00")  # a fortnight off
    town.looks(2, minutes=15)
    town.at("2025-08-14 07:00")
    town.look()
    assert town.subjects("daily") == [
        "Sutton: new focused visit letter, not yet read",
        "Ofsted watch: nothing to tell since 13 August 2025",
    ]


def test_whoever_leaves_digests_gets_one_last_at_once(town):
    _heard_by(town, WEEKLY)
    town.at("2025-07-29 09:30")
    town.publish(VISIT)
    town.look()
    town.settings["recipients"] = [WEEKLY | {"when": "at once"}]
    town.looks(2, minutes=15)
    (last,) = town.mails_to("weekly")
    assert "This is your last digest; from now on you hear at once." in _flat(last)
    assert "https://www.gov.uk/government/letter" in _text(last)
    town.at("2025-08-04 07:10")
    town.publish(replace(VISIT, link="https://www.gov.uk/government/another"))
    town.look()
    assert len(town.mails_to("weekly")) == 2


def test_whoever_changes_from_weekly_to_daily_loses_and_repeats_nothing(town):
    _heard_by(town, WEEKLY)
    town.at("2025-07-29 09:30")
    town.publish(VISIT)
    town.look()
    town.settings["recipients"] = [WEEKLY | {"when": "daily 08:00"}]
    town.looks(2, minutes=15)
    town.at("2025-07-30 07:10")
    town.look()
    assert town.subjects("weekly") == [
        "Sutton: new focused visit letter, not yet read",
        "Ofsted watch: nothing to tell since 29 July 2025",
    ]


def test_one_whose_first_event_was_recorded_and_then_all_was_killed_gets_its_digest_in_time(town):
    town.settings["recipients"] = [_reader("scrutiny", when="daily 08:00"), OPERATORS]
    town.at("2025-07-29 06:30")
    town.publish(VISIT)
    town.look()
    town.sql("DELETE FROM note WHERE name LIKE 'digests since %'")
    town.at("2025-07-29 07:30")
    town.look()
    assert town.subjects("scrutiny") == ["Sutton: new focused visit letter, not yet read"]
    assert town.holes == []


def test_one_removed_with_a_digest_open_is_told_to_operators_and_put_back_hears_nothing_old(town):
    _heard_by(town, WEEKLY, OPERATORS)
    town.at("2025-07-29 09:30")
    town.publish(VISIT)
    town.look()
    town.settings["recipients"] = [OPERATORS]
    town.later(minutes=15)
    town.look()
    town.later(hours=25)
    town.look()
    assert town.news_of("recipient_removed")["waiting"] == 1
    town.settings["recipients"] = [WEEKLY, OPERATORS]
    town.at("2025-08-04 06:00")
    town.look()
    town.at("2025-08-04 07:10")
    town.look()
    assert town.subjects("weekly") == ["Ofsted watch: nothing to tell since 4 August 2025"]


def test_no_digest_comes_before_the_welcome(new_town):
    new_town.settings["recipients"] = [DAILY]
    new_town.at("2025-07-28 06:00")
    new_town.deliver()
    new_town.at("2025-07-28 07:30")
    new_town.deliver()
    assert new_town.mails_to("daily") == []
    new_town.look()
    welcome, digest = new_town.subjects("daily")
    assert welcome.startswith("Ofsted watch: watching Sutton")
    assert digest == "Ofsted watch: nothing to tell since 28 July 2025"


def test_a_digest_of_many_authorities_is_of_those_its_recipient_hears(town):
    town.standin.provider("80544", "Exampleshire County Council", reports=[JOINT_2023])
    town.settings["watch"] = [
        {"urn": 80515, "name": "London Borough of Sutton"},
        {"urn": 80544, "name": "Exampleshire County Council"},
    ]
    _heard_by(town, WEEKLY | {"authorities": [80544]}, DAILY)
    town.at("2025-07-29 09:30")
    town.publish(VISIT)
    town.look()
    town.at("2025-08-04 07:10")
    town.round()
    assert town.subjects("weekly") == ["Ofsted watch: nothing to tell since 28 July 2025"]
    assert "Exampleshire County Council" in _flat(town.mails_to("weekly")[0])
    assert "Sutton" not in _text(town.mails_to("weekly")[0])


def test_operators_may_hear_by_digest_too(town):
    _heard_by(town, OPERATORS | {"when": "daily 08:00"})
    town.publish(replace(REPORT_2025, data=None))
    town.looks(3, hours=1)
    assert sorted(town.news) == ["file_dead", "report_published"]
    assert town.mails_to("it") == []
    town.at("2025-07-29 07:30")
    town.look()
    (digest,) = town.mails_to("it")
    assert "What to do:" in _text(digest)


def test_a_digest_is_due_to_be_made_though_nothing_waits(town):
    _heard_by(town, DAILY)
    assert not is_due(town.tools())
    town.at("2025-07-29 07:00")
    assert is_due(town.tools())
    town.deliver()
    assert not is_due(town.tools())


def test_the_check_finds_what_stands_in_no_digest(town):
    _heard_by(town, WEEKLY)
    town.at("2025-07-29 09:30")
    town.publish(VISIT)
    town.look()
    assert town.holes == []
    town.at("2025-08-04 07:10")
    town.look()
    assert town.holes == []
    town.sql("UPDATE digest_entry SET digest_id = NULL")
    town.at("2025-08-04 09:30")
    (hole,) = town.holes
    assert "stands in no digest to weekly" in hole
    town.sql("DELETE FROM digest_entry")
    (hole,) = town.holes
    assert "is not owed to weekly, who hears it" in hole
    town.has_holes = True


def test_a_sign_of_life_comes_after_thirty_days_without_a_message_and_not_before(town):
    silent = _reader("silent", sign_of_life=False)
    _heard_by(town, _reader("reader"), silent, WEEKLY, OPERATORS)
    town.looks(59, hours=12)
    assert town.mails_to("reader") == []
    town.looks(1, hours=13)
    (sign,) = town.mails_to("reader")
    assert (
        sign["Subject"] == "Ofsted watch: nothing to tell since 28 July 2025, still watching Sutton"
    )
    assert "Ofsted watch has looked 60 times." in _flat(sign)
    assert len(town.mails_to("it")) == 1
    assert town.mails_to("silent") == []
    assert all("nothing to tell" in subject for subject in town.subjects("weekly"))
    town.looks(10, days=1)
    assert len(town.mails_to("reader")) == 1
