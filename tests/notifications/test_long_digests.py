"""A digest of many reports: readable, the urgent first, and within what each medium takes."""

import dataclasses
import json
from functools import partial
from itertools import cycle, islice

import pytest

from notifications import feed, html, markdown, text
from notifications.events import DigestItem, ReportWithdrawn
from notifications.message import Link, ListItem, MessageContext, Section
from notifications.recipients import Recipient, is_immediate
from notifications.teams.cards import LIMIT, as_bytes, card
from notifications.urgency import Urgency, urgency
from notifications.words import of_events
from tests.notifications import mornings
from tests.notifications.samples import AT, FOUND_2025, SUTTON, every
from tests.notifications.variants import EXAMPLE, variants

CONTEXT = MessageContext("scrutiny", contact="ofsted-watch@example.gov.uk")
CLIPPED = 102_000  # bytes of HTML after which Gmail shows no more
REGIONS = ["East Midlands", "East of England", "London", "North East", "North West", "South East",
           "South West", "West Midlands", "Yorkshire and the Humber"]  # fmt: skip


def said(digest):
    return of_events.message(digest, CONTEXT)


def only_urgent(number):
    """So many reports, all of them urgent: the worst that can come."""
    whole = mornings.digest("hourly", number)
    urgent = [one.event for one in whole.items[:4]]
    items = tuple(
        DigestItem(at=one.at, event=dataclasses.replace(event, provider=one.event.provider))
        for one, event in zip(whole.items, islice(cycle(urgent), number), strict=True)
    )
    return dataclasses.replace(whole, items=items)


def of(digest, *events):
    return dataclasses.replace(digest, items=tuple(DigestItem(at=AT, event=e) for e in events))


def headings(message):
    return [section.heading for section in (*message.leading, *message.sections)]


@pytest.mark.parametrize("number", [5, 7, 30, 153])
@pytest.mark.parametrize(
    "made",
    [*(partial(mornings.digest, period) for period in ("hourly", "daily", "weekly")), only_urgent],
    ids=["hourly", "daily", "weekly", "all of it urgent"],
)
def test_it_fits_a_card_and_an_email_and_names_authorities(made, number):
    digest = made(number)
    message = said(digest)
    posted = as_bytes(message)
    assert len(message.subject) <= 78
    assert len(posted) < LIMIT
    assert len(html.render(message).encode()) < CLIPPED
    for rendered in (html.render(message), text.render(message), posted.decode()):
        assert [one for one in digest.items if one.event.provider.short_name not in rendered] == []


def test_the_lowered_come_first_then_inadequate_then_uncertain_then_regions_by_the_alphabet():
    message = said(mornings.digest("hourly", 153))
    assert headings(message) == [
        "Judgements lowered",
        "Inadequate, or widespread and systemic failings",
        "Could not be read reliably",
        *REGIONS,
        "Checks",
    ]
    assert [table.caption.partition(":")[0] for table in message.tables] == [
        "Umberford",
        "Wyldshire",
        "Thornley",
    ]
    assert message.headline == (
        "153 new reports on 153 authorities since 09:00 on 20 April 2026: 2 with a judgement "
        "lowered, 1 inadequate or with widespread failings, 1 not read reliably and 50 with a "
        "judgement raised."
    )


def test_what_was_sent_already_is_not_repeated_above():
    message = said(mornings.digest("daily", 30))
    assert message.subject == "26 authorities: 26 new reports since 19 April 2026"
    assert "Judgements lowered" not in headings(message)
    (already,) = (one for one in message.sections if one.heading == "Already sent to you")
    assert [one.name for one in already.items] == ["Wyldshire", "Umberford", "Thornley",
                                                   "Saltcombe"]  # fmt: skip


def test_reports_of_one_region_have_no_heading_of_it():
    digest = mornings.digest("daily", 30)
    events = [dataclasses.replace(each.event, provider=SUTTON) for each in digest.items[4:16]]
    assert headings(said(of(digest, *events))) == ["Since 19 April 2026", "Checks"]


def test_a_provider_in_no_region_is_under_other_and_last():
    digest = mornings.digest("daily", 30)
    elsewhere = dataclasses.replace(digest.items[4].event, provider=EXAMPLE)
    events = (elsewhere, *(each.event for each in digest.items[5:9]))
    assert headings(said(of(digest, *events)))[-2:] == ["Other", "Checks"]


def test_a_few_reports_are_grouped_too_each_with_its_judgements():
    digest = mornings.digest("daily", 30)
    message = said(of(digest, *(each.event for each in digest.items[4:10])))
    shown = [one for one in headings(message) if one in REGIONS]
    assert shown == sorted(shown)
    assert len(shown) > 1
    assert len(message.tables) == 5  # one is a letter without grades


def test_operators_events_are_not_grouped_by_region():
    fresh = [each for each in every() if each.audience == "operators"][:9]
    assert len(headings(said(of(mornings.digest("hourly", 5), *fresh)))) == 2


def test_reports_with_one_subject_are_told_apart_by_their_titles():
    letter = mornings.reports(30)[6]
    events = [
        dataclasses.replace(letter, report=dataclasses.replace(letter.report, title=title))
        for title in (f"Letter {number}" for number in range(8))
    ]
    (listed,) = said(of(mornings.digest("hourly", 5), *events)).sections[:1]
    assert [one.text for one in listed.items] == [
        f'Carrshire: new focused visit letter ("Letter {number}")' for number in range(8)
    ]


def test_what_has_no_report_to_link_is_a_line_all_the_same():
    gone = ReportWithdrawn(provider=EXAMPLE, report=mornings.reports(5)[0].report, gone_since=AT)
    events = [each.event for each in mornings.digest("hourly", 30).items[4:12]]
    message = said(of(mornings.digest("hourly", 5), gone, *events))
    assert [one.link for section in message.sections for one in section.items
            if one.name == "Exampleshire"] == [None]  # fmt: skip


def test_what_a_list_leaves_out_is_named_or_else_counted():
    names = [ListItem("x", name=name) for name in ("Sutton", "Kent", "Kent")]
    named = Section(heading="London", items=(ListItem("y"), *names)).cut(1)
    assert named.rest == "and 3 more: Sutton, Kent"
    assert Section(heading="Why", items=(ListItem("a"), ListItem("b"))).cut(0).rest == (
        "and 2 more, see the report"
    )


def test_a_line_begins_with_its_link_in_every_form():
    digest = mornings.digest("hourly", 30)
    message = said(digest)
    url = "https://files.ofsted.gov.uk/v1/file/59000001"
    assert f'href="{url}" style="color:#1D4F91">Umberford</a>: 3 judgements' in html.render(message)
    assert f"- [Umberford]({url}): 3 judgements" in markdown.render(message)
    assert f"\N{BULLET} [Umberford]({url}): 3 judgements" in json.dumps(
        card(message), ensure_ascii=False
    )
    assert f"  {url}\n" in text.render(message)
    entry = feed.FeedEntry("tag:1", AT, message)
    written = feed.render(feed.Feed("tag:2", "x", AT, [entry])).decode()
    assert f'&lt;a href="{url}"&gt;Umberford&lt;/a&gt;' in written


def test_what_was_fetched_is_no_label_of_a_link_in_a_card():
    evil = "Evil](https://evil.example) [x"
    item = ListItem(f"{evil}: lowered", Link(evil, "https://files.ofsted.gov.uk/1"), "Evil")
    message = dataclasses.replace(
        said(mornings.digest("hourly", 30)), leading=(Section(heading="x", items=(item,)),)
    )
    said_there = json.dumps(card(message), ensure_ascii=False)
    assert "[Report](https://files.ofsted.gov.uk/1)" in said_there
    assert "](https://evil.example)" not in said_there.replace("\\\\]", "")


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("several lowered to inadequate", Urgency.LOWERED),
        ("area SEND, first", Urgency.INADEQUATE),
        ("doubtful", Urgency.UNCERTAIN),
        ("file missing", Urgency.UNCERTAIN),
        ("one judgement raised", None),
        ("letter without grades", None),
        ("elsewhere", None),
    ],
)
def test_what_cannot_wait_waits_for_an_hourly_digest_alone(name, why):
    event = variants()[name]
    assert urgency(event) is why
    assert not is_immediate(Recipient("a", "email", "a@b.uk", frequency="hourly"), event)
    daily = Recipient("a", "email", "a@b.uk", frequency="daily 08:00")
    assert is_immediate(daily, event) is (why is not None)


def test_a_correction_is_urgent_whatever_it_corrects_to():
    (correction,) = (each for each in every() if each.type == "correction")
    assert urgency(correction) is Urgency.CORRECTED
    assert urgency(dataclasses.replace(correction, found=FOUND_2025, rows=())) is (
        Urgency.CORRECTED
    )


@pytest.mark.parametrize("to", ["readers", "operators"])
def test_a_welcome_says_what_an_hourly_recipient_gets_and_when_it_gets_nothing(to):
    welcome = dataclasses.replace(variants()["welcome, hourly"], to=to, quiet_notice=True)
    (promises, *_) = of_events.message(welcome, CONTEXT).paragraphs
    first = ", lowered judgements first" if to == "readers" else ""
    assert (
        f"At each full hour you will receive one message about everything since the last{first}. "
        "If there is no news we will not contact you, except with a short confirmation after 30 "
        "days that monitoring is still running."
    ) in promises
    assert "alerted immediately" not in promises
