"""Documents reach those who chose their type of provider, and the authority they are with."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest

from notifications.events import FileUnavailable, PageCheckFailed
from notifications.recipients import EVERY_TYPE, Recipient, recipients_of
from tests.notifications.boroughs import MERTON, area_of
from tests.notifications.samples import AT, LISTED, SUTTON, SUTTON_2025

CHOICES = ("all", "changes", "concerns")


def _reader(name: str, **more: Any) -> Recipient:
    return Recipient(name, "email", f"{name}@example.gov.uk", **more)


def test_who_chose_nothing_gets_reports_of_authorities_alone():
    one = _reader("r")
    assert recipients_of(SUTTON_2025, (one,)) == (one,)
    assert recipients_of(LISTED, (one,)) == ()


@pytest.mark.parametrize(
    ("chosen", "alerted"),
    [
        ({"authorities"}, {"authorities"}),
        ({"schools"}, {"schools"}),
        ({"authorities", "schools"}, {"authorities", "schools"}),
        ({"nurseries", "children's homes"}, {"nurseries", "children's homes"}),
        (EVERY_TYPE, set(EVERY_TYPE)),
    ],
)
def test_each_gets_documents_of_the_types_of_provider_that_it_chose(chosen, alerted):
    one = _reader("r", provider_types=frozenset(chosen))
    events = {name: dataclasses.replace(LISTED, provider_type=name) for name in EVERY_TYPE}
    events |= {"authorities": SUTTON_2025}
    assert {name for name, event in events.items() if recipients_of(event, (one,))} == alerted


def test_documents_go_by_the_authority_in_whose_area_their_provider_is():
    chosen = {"provider_types": frozenset({"nurseries"})}
    here = _reader("here", authorities=frozenset({SUTTON.urn}), **chosen)
    there = _reader("there", authorities=frozenset({MERTON.urn}), **chosen)
    in_both = dataclasses.replace(LISTED, areas=(MERTON, SUTTON))
    assert recipients_of(LISTED, (here, there)) == (here,)
    assert recipients_of(in_both, (here, there)) == (here, there)


@pytest.mark.parametrize(
    ("grade", "expected"),
    [
        (None, ["all", "changes"]),
        ("Good", ["all", "changes"]),
        ("Requires Improvement", ["all", "changes"]),
        ("Inadequate", ["all", "changes", "concerns"]),
        ("Urgent improvement", ["all", "changes", "concerns"]),
        ("Not met (with actions)", ["all", "changes", "concerns"]),
        ("Serious or widespread weaknesses", ["all", "changes", "concerns"]),
        (
            "There are serious or widespread weaknesses leading to significant concerns",
            ["all", "changes", "concerns"],
        ),
        ("Safeguarding standards not met", ["all", "changes", "concerns"]),
    ],
)
def test_of_documents_concerns_are_those_with_the_lowest_grade_and_changes_are_all(grade, expected):
    chosen = frozenset({"nurseries"})
    people = [_reader(each, alert_on=each, provider_types=chosen) for each in CHOICES]
    event = dataclasses.replace(LISTED, grade=grade)
    assert [one.name for one in recipients_of(event, people)] == expected


def test_operators_of_an_authority_get_what_goes_wrong_with_a_document_in_its_area():
    here, there = (
        _reader(each.short_name, audience="operators", authorities=frozenset({each.urn}))
        for each in (SUTTON, MERTON)
    )
    event = FileUnavailable(
        provider=LISTED.provider, report=LISTED.report, failure="404", since=AT, areas=LISTED.areas
    )
    assert recipients_of(event, (here, there)) == (here,)


def test_operators_get_their_messages_whatever_types_of_provider_they_chose():
    event = PageCheckFailed(
        provider=area_of(SUTTON),
        state="unreachable",
        failure="no answer",
        since=AT,
        last_successful_check=None,
    )
    one = _reader("o", audience="operators", provider_types=frozenset({"schools"}))
    assert recipients_of(event, (one,)) == (one,)
    assert recipients_of(LISTED, (one,)) == ()
