"""A morning on which Ofsted publishes many reports at once: for the gallery and the tests.

The authorities are invented, so that nobody reads a grade here that was never given; each has
the URN of a real one, by which it is in that one's region.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from itertools import cycle, islice

from notifications.events import (
    Digest,
    DigestItem,
    Finding,
    PageStanding,
    Period,
    Provider,
    ReportPublished,
)
from notifications.urgency import urgency
from ofsted.authorities import authorities
from tests.notifications import variants as v

AT = datetime(2026, 4, 20, 8, 30, tzinfo=UTC)  # 09:30 in London
_FIRST = ("Alder", "Beck", "Carr", "Dun", "Elms", "Fen", "Gorse", "Hazel", "Iron", "Kettle",
          "Lang", "Marl", "Nether", "Oak", "Penny", "Quarry", "Rush")  # fmt: skip
_SECOND = ("shire", "borough", "moor", "hampton", "combe", "ford", "field", "mouth", "ley")
_URGENT = ("Wyldshire", "Umberford", "Thornley", "Saltcombe")


def _names(number: int) -> list[str]:
    made = (f"{first}{second}" for second in _SECOND for first in _FIRST)
    return [*_URGENT, *islice(made, number - len(_URGENT))]


def providers(number: int) -> list[Provider]:
    """Invented authorities, in as many regions as so many real ones are."""
    step = len(authorities()) / number
    urns = [authorities()[int(place * step)].urn for place in range(number)]
    return [
        dataclasses.replace(v.EXAMPLE, urn=urn, name=f"{name} Council", short_name=name)
        for urn, name in zip(urns, _names(number), strict=True)
    ]


def _urgent() -> list[ReportPublished]:
    unread = Finding(status="unread", kind="ilacs", doubts=(v.Doubt("no table was found"),))
    widespread = v.outcome("widespread_systemic_failings", "inconsistent")
    return [
        v.ilacs("ilacs_2026", "RRGR", "GGGGG", of="ilacs_2023"),
        v.ilacs("ilacs_2026", "IIRI", "RRRRR", of="ilacs_2023"),
        widespread,
        v.alone(unread),
    ]


def _usual() -> Iterator[ReportPublished]:
    visit = Finding(status="read", kind="focused_visit", framework="ilacs_2023", **v.days(v.NEW))
    return cycle(
        (
            v.ilacs("ilacs_2026", "GGGG", "GGGGG", of="ilacs_2023"),
            v.ilacs("ilacs_2026", "OGGG", "GRGGG", of="ilacs_2023"),
            v.alone(visit, "Children's services focused visit"),
            v.outcome("inconsistent", "inconsistent"),
            v.ilacs("ilacs_2026", "GGGG", "RRRRR", of="ilacs_2023"),
            v.alone(v.found(v.reading("ilacs_2026", "GGRG", v.NEW))),
        )
    )


def reports(number: int) -> tuple[ReportPublished, ...]:
    """One report of each of so many authorities; the first four are urgent."""
    events = [*_urgent(), *islice(_usual(), number - len(_URGENT))]
    return tuple(
        dataclasses.replace(
            event,
            provider=provider,
            report=dataclasses.replace(
                v.report(date(2026, 4, 20), str(59_000_000 + place)), title=event.report.title
            ),
        )
        for place, (event, provider) in enumerate(zip(events, providers(number), strict=True))
    )


def digest(period: Period, number: int) -> Digest:
    """So many reports in one digest; of a daily one, the urgent ones were sent already."""
    happened = tuple(
        DigestItem(
            at=AT + timedelta(seconds=place),
            event=event,
            already_sent=period != "hourly" and urgency(event) is not None,
        )
        for place, event in enumerate(reports(number))
    )
    return Digest(
        recipient="scrutiny",
        period=period,
        since=AT.replace(minute=0) if period == "hourly" else AT - timedelta(days=1),
        until=AT + timedelta(minutes=30) if period == "hourly" else None,
        items=happened,
        checks=4 * number,
        standings=tuple(
            PageStanding(provider=each, last_successful_check=AT, is_ok=True)
            for each in providers(number)
        ),
        next_check=AT + timedelta(minutes=45),
    )
