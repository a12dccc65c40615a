"""A whole month for four recipients, whose mailboxes then hold what was promised and no more."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from notifications.words.plain import LONDON
from ofsted.text import say_day
from tests.installation import ELSEWHERE, REPORT_2025, TEXT_2026, forget, pdf

pytestmark = [pytest.mark.system, pytest.mark.long(40)]

VISIT = replace(ELSEWHERE, title="Children's services focused visit")
DEAD = replace(REPORT_2025, published=date(2025, 8, 7), file_id="9", data=None)

FELL = "Sutton: leaders' impact lowered, Outstanding to Good; overall Good"
LETTER = "Sutton: new focused visit letter, not yet read"
NOT_READ = "Sutton: new inspection report, not yet read"
READ = "Sutton: now read, 1 judgement raised, 1 new; overall Good"
GONE = "Sutton: focused visit letter withdrawn, published 28 July 2025"


def _days(installation, until, *, at=("07:05", "14:00")):
    """Check twice a day, a little after eight in London first, up to a day."""
    day = installation.now.date() + timedelta(days=1)
    while day <= until:
        for time in at:
            installation.now = datetime.fromisoformat(f"{day} {time}").replace(tzinfo=UTC)
            installation.check()
        day += timedelta(days=1)


def _month(installation):
    installation.later(minutes=1)
    installation.check()
    forget(installation)
    installation.at("2025-07-29 09:30")
    installation.publish(REPORT_2025)
    installation.check()
    _days(installation, date(2025, 8, 4))
    installation.publish(VISIT)
    _days(installation, date(2025, 8, 6))
    installation.publish(DEAD)
    _days(installation, date(2025, 8, 7))
    installation.change("9", data=pdf(TEXT_2026))
    _days(installation, date(2025, 8, 13))
    installation.list(
        *(each for each in installation.fake_ofsted.providers["80515"].reports if each != VISIT)
    )
    installation.later(hours=1)
    installation.check()
    _days(installation, date(2025, 8, 28))


def _mailbox(installation, name):
    """`Fri 8 Aug`, subject: as they came."""
    emails = installation.emails_to(name)
    dated = [datetime.strptime(email["Date"], "%a, %d %b %Y %H:%M:%S %z") for email in emails]
    return [
        (f"{at.astimezone(LONDON):%d %b}", email["Subject"])
        for at, email in zip(dated, emails, strict=True)
    ]


def test_after_a_month_each_mailbox_holds_what_was_promised_and_no_more(installation):
    def reader(name, **fields):
        return {"name": name, "email": f"{name}@example.gov.uk", **fields}

    installation.settings["recipients"] = [
        reader("all"),
        reader("changes", alert_on="changes"),
        reader("daily", frequency="daily 08:00"),
        reader("weekly", alert_on="concerns", frequency="weekly monday 08:00"),
    ]
    _month(installation)
    alerted = [
        ("29 Jul", FELL),
        ("05 Aug", LETTER),
        ("07 Aug", NOT_READ),
        ("08 Aug", READ),
        ("15 Aug", GONE),
    ]
    assert _mailbox(installation, "all") == alerted
    assert _mailbox(installation, "changes") == [alerted[0], *alerted[2:4]]
    assert _mailbox(installation, "weekly") == [
        ("29 Jul", FELL),
        ("04 Aug", "Sutton: no further alerts since 28 July 2025"),
        ("07 Aug", NOT_READ),
        ("11 Aug", READ),
        ("18 Aug", "Ofsted Watch: no alerts since 11 August 2025"),
        ("25 Aug", "Ofsted Watch: no alerts since 18 August 2025"),
    ]
    assert _mailbox(installation, "daily") == [*_daily()]


def _daily():
    """One each day, of what happened since the day before; what could not wait stands apart."""
    yield "29 Jul", FELL
    digests = {"05 Aug": LETTER, "08 Aug": READ, "15 Aug": GONE}
    for number in range(31):
        day = date(2025, 7, 29) + timedelta(days=number)
        before = say_day(day - timedelta(days=1))
        nothing = f"Ofsted Watch: no alerts since {before}"
        if day == date(2025, 7, 29):
            nothing = f"Sutton: no further alerts since {before}"
        yield f"{day:%d %b}", digests.get(f"{day:%d %b}", nothing)
        if day == date(2025, 8, 7):
            yield "07 Aug", NOT_READ
