"""A fake England of any size: real authorities' names and numbers, made-up reports as PDF.

Each authority lists so many inspections, three years apart, the newest first; texts are Sutton's
with another name and other days. All that is in them is made up: no grade is an authority's own.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, timedelta
from functools import cache

import seeds
from deployments.demo.fake_ofsted import FakeOfsted
from deployments.demo.fake_ofsted_pages import Listed
from deployments.demo.pdfs import tagged_pdf
from ofsted.authorities import Authority, authorities

MONDAY = date(2025, 6, 2)  # of the newest inspection of all
_LEADERS = re.compile(r"(impact of leaders on social work practice[^:]*?: )good", re.IGNORECASE)
GRADES = ("Outstanding", "Good", "Requires improvement to be good", "Inadequate")


def fill(fake_ofsted: FakeOfsted, size: int, reports: int = 2) -> Sequence[Authority]:
    """Show the first so many authorities, each with so many reports; gives them."""
    shown = authorities()[:size]
    for number, authority in enumerate(shown):
        rows = [report(authority, number, age) for age in range(reports)]
        fake_ofsted.provider(authority.urn, authority.name, reports=rows)
    return shown


def publish(fake_ofsted: FakeOfsted, authority: Authority, number: int) -> Listed:
    """A new inspection at the top of an authority's list, its grades by the number."""
    row = report(authority, number, -1)
    fake_ofsted.publish(authority.urn, row)
    return row


def report(authority: Authority, number: int, age: int) -> Listed:
    """An inspection `age` inspections before the newest; the number spreads days and grades."""
    first_day = MONDAY - timedelta(weeks=156 * age + number % 40)
    published = first_day + timedelta(weeks=6)
    grade = GRADES[(number + age) % len(GRADES)]
    file_id = str(60_000_000 + 100 * int(authority.urn) + age + 1)
    data = _pdf(authority.name, first_day, grade)
    return Listed(published=published, file_id=file_id, data=data)


@cache
def _pdf(name: str, first_day: date, grade: str) -> bytes:
    last_day = first_day + timedelta(days=4)
    text = seeds.folder().joinpath("sutton-2025-ilacs.txt").read_text(encoding="utf-8")
    days = f"{_day(first_day)} to {_day(last_day)}"
    text = text.replace("16 June to 20 June 2025", days)
    text = text.replace("London Borough of \nSutton", name).replace(
        "London Borough of Sutton", name
    )
    text = text.replace("Sutton", name).replace("Good", grade, 1)  # the first is of leaders
    return tagged_pdf(_LEADERS.sub(rf"\g<1>{grade.lower()}", text, count=1))


def _day(day: date) -> str:
    return f"{day.day} {day:%B %Y}"
