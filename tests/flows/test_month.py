"""A whole month for four recipients, whose mailboxes then hold what was promised and no more."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from notifications.words.plain import LONDON
from ofsted.text import say_day
from tests.town import ELSEWHERE, REPORT_2025, TEXT_2026, forget, pdf

pytestmark = pytest.mark.system  # it takes half a minute

VISIT = replace(ELSEWHERE, title="Children's services focused visit")
DEAD = replace(REPORT_2025, published=date(2025, 8, 7), file_id="9", data=None)

FELL = "Sutton: leaders' impact lowered, Outstanding to Good; overall Good"
LETTER = "Sutton: new focused visit letter, not yet read"
NOT_READ = "Sutton: new inspection report, not yet read"
READ = "Sutton: now read, 1 judgement raised, 1 new; overall Good"
GONE = "Sutton: focused visit letter withdrawn, published 28 July 2025"


def _days(town, until, *, at=("07:05", "14:00")):
    """Look twice a day, a little after eight in London first, up to a day."""
    day = town.now.date() + timedelta(days=1)
    while day <= until:
        for time in at:
            town.now = datetime.fromisoformat(f"{day} {time}").replace(tzinfo=UTC)
            town.look()
        day += timedelta(days=1)


def _month(town):
    town.later(minutes=1)
    town.look()
    forget(town)
    town.at("2025-07-29 09:30")
    town.publish(REPORT_2025)
    town.look()
    _days(town, date(2025, 8, 4))
    town.publish(VISIT)
    _days(town, date(2025, 8, 6))
    town.publish(DEAD)
    _days(town, date(2025, 8, 7))
    town.change("9", data=pdf(TEXT_2026))
    _days(town, date(2025, 8, 13))
    town.list(*(each for each in town.standin.providers["80515"].reports if each != VISIT))
    town.later(hours=1)
    town.look()
    _days(town, date(2025, 8, 28))


def _mailbox(town, name):
    """`Fri 8 Aug`, subject: as they came."""
    mails = town.mails_to(name)
    dated = [datetime.strptime(mail["Date"], "%a, %d %b %Y %H:%M:%S %z") for mail in mails]
    return [
        (f"{at.astimezone(LONDON):%d %b}", mail["Subject"])
        for at, mail in zip(dated, mails, strict=True)
    ]


def test_after_a_month_each_mailbox_holds_what_was_promised_and_no_more(town):
    def reader(name, **fields):
        return {"name": name, "email": f"{name}@example.gov.uk", **fields}

    town.settings["recipients"] = [
        reader("all"),
        reader("changed", hears="changed"),
        reader("daily", when="daily 08:00"),
        reader("weekly", hears="declined", when="weekly monday 08:00"),
    ]
    _month(town)
    heard = [
        ("29 Jul", FELL),
        ("05 Aug", LETTER),
        ("07 Aug", NOT_READ),
        ("08 Aug", READ),
        ("15 Aug", GONE),
    ]
    assert _mailbox(town, "all") == heard
    assert _mailbox(town, "changed") == [heard[0], *heard[2:4]]
    assert _mailbox(town, "weekly") == [
        ("29 Jul", FELL),
        ("04 Aug", "Sutton: nothing more to tell since 28 July 2025"),
        ("07 Aug", NOT_READ),
        ("11 Aug", READ),
        ("18 Aug", "Ofsted watch: nothing to tell since 11 August 2025"),
        ("25 Aug", "Ofsted watch: nothing to tell since 18 August 2025"),
    ]
    assert _mailbox(town, "daily") == [*_daily()]


def _daily():
    """One each day, of what happened since the day before; what could not wait stands apart."""
    yield "29 Jul", FELL
    digests = {"05 Aug": LETTER, "08 Aug": READ, "15 Aug": GONE}
    for number in range(31):
        day = date(2025, 7, 29) + timedelta(days=number)
        before = say_day(day - timedelta(days=1))
        nothing = f"Ofsted watch: nothing to tell since {before}"
        if day == date(2025, 7, 29):
            nothing = f"Sutton: nothing more to tell since {before}"
        yield f"{day:%d %b}", digests.get(f"{day:%d %b}", nothing)
        if day == date(2025, 8, 7):
            yield "07 Aug", NOT_READ
