"""What the fake Ofsted site shows, written from what is publicly known of the real one.

Templates: `templates/site/`. Words are ours; structure, classes and dates are as on the real pages
of 2018 to November 2026.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from typing import Literal
from urllib.parse import urlencode

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape

from ofsted.text import MONTHS

Variant = Literal["V1", "V1a", "V1b", "V2", "event", "plain"]
Banner = Literal["", "maintenance", "consultation", "effectiveness"]
REAL_FILES = "https://files.ofsted.gov.uk"
ROWS_DEFAULT, ROWS_CAP = 10, 100
ORDERS = (
    ("Relevance", "relevancy", "desc"),
    ("Latest report", "date", "desc"),
    ("A to Z", "az", "asc"),
)


@dataclass(frozen=True, slots=True)
class Listed:
    """One row of a provider's list, and the file behind it.

    `V1` is an authority's row; `V1a`, `V1b`, `V2` are other providers'; `event` is a status such as
    Opened; `plain` is a row without a report's link.
    """

    title: str = "Children's services inspection"
    published: date | None = None
    file_id: str | None = None
    inspected: date | None = None
    data: bytes | None = None  # None: a file that is not there
    variant: Variant = "V1"
    file_type: str = "pdf"  # or "PDF": both occur
    marked: date | None = None  # the day beside the link, where it is another than in it
    grade: str | None = None
    link: str | None = None  # to another host
    media_type: str = "application/pdf"


@dataclass(slots=True)
class ProviderPage:
    """One provider's page; change it as you like, the next request shows it."""

    urn: str
    name: str
    code: int = 44
    reports: list[Listed] = field(default_factory=list)  # newest first, as shown
    subheading: str | None = None  # None: `URN: <urn>`; empty: absent
    canonical: str | None = None  # None: the generic one
    banner: Banner = ""
    latest_block: bool = False  # the newest row also above the list
    graded: bool = False  # with a school's rating blocks
    area: str = ""  # code of the local authority that the search by area finds it under
    category: str = "Local authority children's services"  # on the search page, like the rating
    rating: str = ""
    is_withheld: bool = False  # the search page shows its URN for a name

    @property
    def path(self) -> str:
        """Where it is shown."""
        return f"/provider/{self.code}/{self.urn}"

    @property
    def newest(self) -> date | None:
        """What the search page calls its latest report."""
        return max((row.published for row in self.reports if row.published), default=None)


def provider_page(page: ProviderPage, files: str) -> bytes:
    """A provider's page.

    Args:
        page: what it shows.
        files: base of the links to files, as printed.
    """
    return _render(
        "provider.html",
        name=page.name,
        canonical=page.canonical,
        banner=page.banner,
        subheading=f"URN: {page.urn}" if page.subheading is None else page.subheading,
        latest_block=page.latest_block,
        graded=page.graded,
        listed=[_Row(row, files) for row in page.reports],
    )


def search_page(providers: Sequence[ProviderPage], query: Mapping[str, str]) -> bytes:
    """A page of results; `start` and `rows` as on the real site, `rows` cut to 100."""
    start = _number(query.get("start"), 0)
    rows = min(_number(query.get("rows"), ROWS_DEFAULT) or ROWS_DEFAULT, ROWS_CAP)
    wanted = query.get("q", "").casefold()
    found = [one for one in providers if wanted in f"{one.name} {one.urn}".casefold()]
    areas = {value for name, value in query.items() if name.startswith("local_authority[")}
    if areas:
        found = [one for one in found if one.area in areas]
    if query.get("sort") == "date":
        found.sort(key=lambda one: one.newest or date.min, reverse=True)
    more = start + rows < len(found)
    kept = {name: value for name, value in query.items() if name not in {"start", "sort", "order"}}
    return _render(
        "search.html",
        name="Search",
        total=len(found),
        found=found[start : start + rows],
        number=start // rows + 1,
        pages=-(-len(found) // rows),
        orders=[
            (words, f"/search?{urlencode({**kept, 'sort': sort, 'order': order})}")
            for words, sort, order in ORDERS
        ],
        alerts=f"/search/subscribe?{urlencode(kept)}",
        onward=f"/search?{urlencode({**query, 'start': start + rows})}" if more else None,
    )


def notice(name: str, text: str) -> bytes:
    """A page of the site that says one thing, such as `Page not found`."""
    return _render("notice.html", name=name, text=text)


@dataclass(frozen=True, slots=True)
class _Row:
    """A listed report with its link, as the templates read it."""

    row: Listed
    files: str

    @property
    def href(self) -> str | None:
        if self.row.file_id is None:
            return self.row.link
        return f"{self.files}/v1/file/{self.row.file_id}"

    def __getattr__(self, name: str) -> object:
        return getattr(self.row, name)


@cache
def _templates() -> Environment:
    environment = Environment(
        loader=PackageLoader("deployments", "demo/templates/site"),
        autoescape=select_autoescape(),
        undefined=StrictUndefined,
    )
    environment.filters["day"] = _day
    environment.globals |= {"canonical": None, "banner": ""}
    return environment


def _render(template: str, **values: object) -> bytes:
    text = _templates().get_template(template).render(values)
    return text.replace("&#39;", "&#039;").encode()  # as the real site writes it


def _day(day: date) -> str:
    """`01 September 2023`, as the site pads it."""
    return f"{day.day:02} {MONTHS[day.month - 1].capitalize()} {day.year}"


def _number(text: str | None, otherwise: int) -> int:
    return int(text) if text and text.isdecimal() else otherwise
