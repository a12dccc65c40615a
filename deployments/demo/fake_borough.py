"""A borough for the fake Ofsted site: schools, nurseries, childminders, children's homes and more.

Numbers as of a London borough in 2026 (area contract, section 8); names are made up. Among them are
a nursery with the URN of a school, providers whose names are withheld, and some without a report.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import NamedTuple

from deployments.demo.fake_ofsted import FakeOfsted, Listed
from deployments.demo.fake_ofsted_pages import Variant

SUTTON = "319"
REGISTERED = Listed("Registered", inspected=date(2015, 4, 1), variant="event")
NONE_YET = 9  # of the last figures of their numbers, that of providers without a report
TWIN = "100001"  # the URN of a school and of a nursery


class Kind(NamedTuple):
    """One kind of provider: how many there are, and how the site shows them."""

    code: int
    number: int
    category: str
    name: str
    first_urn: int
    prefix: str = ""  # of the URN
    title: str = "Full inspection"  # of the newest document
    variant: Variant = "V1"
    is_withheld: bool = False


KINDS = (
    Kind(21, 48, "Primary", "Primary School", 100_000, title="School inspection"),
    Kind(23, 16, "Secondary", "High School", 101_000, title="School inspection"),
    Kind(25, 5, "Special School", "Special School", 102_000, title="School inspection"),
    Kind(27, 4, "Independent School", "Preparatory School", 103_000, title="Inspection"),
    Kind(31, 1, "General further education college", "College", 130_000),
    Kind(16, 92, "Childcare on non-domestic premises", "Nursery", int(TWIN)),
    Kind(17, 57, "Childminder", "Childminder", 2_500_000),
    Kind(17, 200, "Childminder", "", 400_000, "EY", is_withheld=True),
    Kind(2, 9, "Children's Home", "", 23_666, "SC0", variant="V1a", is_withheld=True),
    Kind(99, 8, "Supported accommodation", "Living", 2_742_000, variant="V1a"),  # code made up
)


def fake_borough(
    fake_ofsted: FakeOfsted,
    newest: date,
    *,
    area: str = SUTTON,
    local_authority: str = "Sutton",
    data: bytes | None = None,
) -> None:
    """Show 440 providers of a borough; with the authority, whose page is not made here, 441.

    Args:
        fake_ofsted: where.
        newest: the day of the newest document; the others lie two days apart, kinds mixed.
        area: code of the authority, as the search has it.
        local_authority: its name, as the pages have it.
        data: the file of every document; None: files that are not there.
    """
    total = sum(kind.number for kind in KINDS)
    places = ((kind, which) for kind in KINDS for which in range(kind.number))
    for number, (kind, which) in enumerate(places):
        published = newest - timedelta(days=2 * (7 * number % total))
        row = Listed(
            kind.title,
            published,
            str(50_000_000 + number),
            inspected=published - timedelta(days=40),
            data=data,
            variant=kind.variant,
            file_type="PDF",
        )
        fake_ofsted.provider(
            f"{kind.prefix}{kind.first_urn + which}",
            f"{kind.name} {number + 1}",
            code=kind.code,
            reports=[REGISTERED] if number % 10 == NONE_YET else [row, REGISTERED],
            area=area,
            category=kind.category,
            kind=kind.category,
            local_authority=local_authority,
            is_withheld=kind.is_withheld,
        )
