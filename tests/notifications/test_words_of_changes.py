"""Alerts about changes: replaced, corrected, read again, of a new framework."""

from __future__ import annotations

import dataclasses

import pytest

from notifications.events import (
    ChangedReading,
    Correction,
    Difference,
    FrameworkSuspected,
    ReportReplaced,
    Reread,
)
from notifications.words import of_events
from notifications.words.labels import short_label
from tests.notifications.samples import (
    DOUBTFUL,
    EARLIER,
    FOUND_2025,
    LABELS,
    NEW_FRAMEWORK,
    REPORT_2025,
    ROWS,
    SUTTON,
    published,
)
from tests.notifications.test_words import CONTEXT, flat


def test_a_replaced_report_says_what_differs():
    event = ReportReplaced(
        provider=SUTTON,
        report=REPORT_2025,
        found=FOUND_2025,
        previous=EARLIER,
        rows=ROWS,
        differences=(Difference(what="Care leavers", was="Outstanding", now=None),),
    )
    assert "What differs: - Care leavers: was Outstanding, now not given" in flat(event)
    assert "The new file differs in content from the previous one." in flat(event)


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        (["leaders"], "leaders' impact is Good, was Inadequate; overall Good"),
        (["overall"], "overall is Good, was Inadequate"),
        (["leaders", "in_care"], "its grades differ; overall Good"),
    ],
)
def test_a_replaced_report_names_its_other_grade_and_not_what_it_is_compared_with(changed, said):
    event = ReportReplaced(
        provider=SUTTON,
        report=REPORT_2025,
        found=FOUND_2025,
        previous=EARLIER,
        rows=ROWS,
        differences=tuple(
            Difference(what=short_label(LABELS[key]), was="Inadequate", now="Good")
            for key in changed
        ),
    )
    assert of_events.summary(event) == f"Sutton: report replaced, {said}"


def correction(*said: Difference, **changes) -> Correction:
    values = {"provider": SUTTON, "report": REPORT_2025, "found": FOUND_2025, **changes}
    return Correction(said=said, **values)


LEADERS = Difference(
    what="Impact of leaders on social work practice", was="Outstanding", now="Good"
)
OVERALL = Difference(what="Overall effectiveness", was="Inadequate", now="Good")


@pytest.mark.parametrize(
    ("event", "subject"),
    [
        (correction(LEADERS), "correction: leaders' impact is Good, not Outstanding; overall Good"),
        (correction(OVERALL), "correction: overall is Good, not Inadequate"),
        (correction(LEADERS, OVERALL), "correction to 2 grades; overall Good"),
        (correction(LEADERS, found=DOUBTFUL), "correction to inspection report, not yet read"),
    ],
)
def test_a_correction_says_first_what_is_right_and_what_was_announced(event, subject):
    assert of_events.summary(event) == f"Sutton: {subject}"


def test_a_correction_says_what_was_announced_and_what_is_right():
    announced = flat(correction(LEADERS))
    assert "We reported an incorrect grade for the inspection report" in announced
    assert "practice: we reported Outstanding; the report gives Good" in announced
    unsure = flat(correction(dataclasses.replace(LEADERS, now=None), found=DOUBTFUL))
    assert unsure.startswith("We are withdrawing our earlier summary of the inspection report")
    assert "practice: we reported Outstanding; we cannot confirm what the report gives" in unsure


def test_a_framework_that_is_not_known_is_shown_as_printed_without_a_grades_colour():
    made = of_events.message(published(found=NEW_FRAMEWORK, rows=()), CONTEXT)
    assert made.subject == "Sutton: new inspection report, new framework, not comparable"
    (table,) = made.tables
    shown = [(one.label, one.now.words, one.now.tone) for one in table.rows]
    assert shown == [
        ("The strength of families", "Strong", "other"),
        ("The reach of early help", "Developing", "other"),
        ("Overall effectiveness", "Good", "other"),
    ]
    assert made.sections == ()  # that each label is unknown is said by the table


def test_one_unknown_label_is_no_new_framework():
    one = dataclasses.replace(NEW_FRAMEWORK, judgements=NEW_FRAMEWORK.judgements[1:])
    made = of_events.message(published(found=one, rows=()), CONTEXT)
    assert made.subject == "Sutton: new inspection report, not yet read"
    assert made.tables == ()


def test_readers_do_not_get_advice_on_what_to_add_to_the_parser():
    event = published(found=dataclasses.replace(NEW_FRAMEWORK, judgements=()), rows=())
    assert "nearest known" not in flat(event)
    assert 'Unknown label: "The strength of families: Strong"' in flat(event)


def test_operators_are_notified_which_known_label_an_unknown_one_is_nearest_to():
    event = FrameworkSuspected(first_at=SUTTON, first=REPORT_2025, found=NEW_FRAMEWORK)
    assert "the nearest known is 'Overall effectiveness'" in flat(event)


def test_a_rereading_names_the_command_that_corrects_and_quotes_what_stands_in_it():
    link = "https://example.gov.uk/letter?a=1&b=$(reboot)"
    reports = (REPORT_2025, dataclasses.replace(REPORT_2025, file_id=None, link=link))
    changed = tuple(
        ChangedReading(provider=SUTTON, report=report, differences=(OVERALL,), announced=True)
        for report in reports
    )
    announced = flat(Reread(parser="2", documents=2, changed=changed))
    assert "- ofsted-watch correct 50283346 --confirm" in announced
    assert f"- ofsted-watch correct '{link}' --confirm" in announced


def test_a_rereading_of_a_large_archive_shows_its_first_differences_and_counts_the_rest():
    changed = tuple(
        ChangedReading(provider=SUTTON, report=REPORT_2025, differences=(OVERALL,) * 5)
        for _ in range(30)
    )
    made = of_events.message(Reread(parser="2", documents=900, changed=changed), CONTEXT)
    assert len(made.tables[0].rows) == 40
    assert "Not shown: 110 more differences." in made.paragraphs
