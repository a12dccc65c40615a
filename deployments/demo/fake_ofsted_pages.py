"""What the fake Ofsted site shows, written from what is publicly known of the real one.

Templates: `templates/site/`. Words are ours; structure, classes and dates are as on the real pages
of 2018 to November 2026.
"""

from __future__ import annotations

from collections import UserDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from typing import Any, Literal
from urllib.parse import urlencode

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape

from ofsted.provider_key import ProviderKey
from ofsted.text import MONTHS

Variant = Literal["V1", "V1a", "V1b", "V2", "event", "registered", "plain"]
Banner = Literal["", "maintenance", "consultation", "effectiveness"]
Key = ProviderKey | str  # of a provider; its URN where that tells it from the others
REAL_REPORTS = "https://reports.ofsted.gov.uk"
REAL_FILES = "https://files.ofsted.gov.uk"
ROWS_DEFAULT, ROWS_CAP = 10, 100
AUTHORITY = 44
OPEN, AUTHORITIES = "1", "12"  # a status and a type, as the search numbers them
WITHHELD = "We can't publish the name and address of this provider."
ADDRESS = "1 High Street, Anytown, AB1 2CD"
BANDS = (
    "Exceptional",
    "Strong standard",
    "Expected standard",
    "Needs attention",
    "Urgent improvement",
    "Insufficient evidence",
)
ORDERS = (
    ("Relevance", "relevancy", "desc"),
    ("Latest report", "date", "desc"),
    ("A to Z", "az", "asc"),
)


@dataclass(frozen=True, slots=True)
class Listed:
    """One row of a provider's list, and the file behind it.

    `V1` is an authority's row, and a school's; `V1a` a children's home's; `V1b` a conversion letter
    without a day; `V2` that of a school with a report card; `event` is a status such as Opened, and
    `registered` as a children's home has it; `plain` is a row without a report's link.
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


@dataclass(frozen=True, slots=True)
class Card:
    """A report card above the list, as nurseries have had since November 2025.

    Attributes:
        inspected: the day in its heading.
        areas: the band of each area, by the area's name.
        safeguarding: met or not met.
        band: the band that stands alone in a heading, as on the one page that is known.
        is_escaped: the scale is in the page as text: `&lt;div class=...`.
    """

    inspected: date
    areas: Mapping[str, str]
    safeguarding: Literal["met", "not met"] = "met"
    band: str = "Expected standard"
    is_escaped: bool = True


@dataclass(slots=True)
class ProviderPage:
    """One provider's page; change it as you like, the next request shows it."""

    urn: str
    name: str
    code: int = 44
    reports: list[Listed] = field(default_factory=list)  # newest first, as shown
    subheading: str | None = None  # None: `URN: <urn>`; empty: absent
    canonical: str | None = None  # None: an authority's is generic, any other's its own address
    banner: Banner = ""
    latest_block: bool = False  # the newest row also above the list
    graded: bool = False  # with a school's rating blocks
    judgements: Mapping[str, str] = field(default_factory=dict)  # of a school without an overall
    card: Card | None = None
    kind: str = ""  # "Type:" of the details below the list; empty: no details
    local_authority: str = ""  # "Local authority:" there
    trust: str | None = None  # text of the link to its trust; None: no link
    area: str = ""  # code of the local authority that the search by area finds it under
    category: str = "Local authority children's services"  # on the search page, like the rating
    rating: str = ""
    latest: date | None = None  # "Latest report" on the search page; None: that of the newest row
    is_withheld: bool = False  # Ofsted shows its URN for a name
    is_open: bool = True

    @property
    def key(self) -> ProviderKey:
        """Its type and its URN."""
        return ProviderKey(str(self.code), self.urn)

    @property
    def path(self) -> str:
        """Where it is shown."""
        return f"/provider/{self.code}/{self.urn}"

    @property
    def newest(self) -> date | None:
        """What the search page calls its latest report."""
        published = (row.published for row in self.reports if row.published)
        return self.latest or max(published, default=None)


class Providers(UserDict[Key, ProviderPage]):
    """What is shown, by type and URN; the URN alone finds the first that was shown with it."""

    def __getitem__(self, key: Key) -> ProviderPage:
        return super().__getitem__(self._whole(key))

    def __delitem__(self, key: Key) -> None:
        super().__delitem__(self._whole(key))

    def __contains__(self, key: object) -> bool:
        return self._whole(key) in self.data

    def _whole(self, key: Any) -> Any:
        if key in self.data:
            return key
        return next((whole for whole in self.data if key == whole[1]), key)


def provider_page(page: ProviderPage, files: str) -> bytes:
    """A provider's page.

    Args:
        page: what it shows.
        files: base of the links to files, as printed.
    """
    shown = "" if page.is_withheld else f"URN: {page.urn}"
    own = None if page.code == AUTHORITY else f"{REAL_REPORTS}{page.path}"
    return _render(
        "provider.html",
        page=page,
        name=f"URN: {page.urn}" if page.is_withheld else page.name,
        address=WITHHELD if page.is_withheld else ADDRESS,
        canonical=own if page.canonical is None else page.canonical,
        banner=page.banner,
        subheading=shown if page.subheading is None else page.subheading,
        listed=[_Row(row, files) for row in page.reports],
        bands=BANDS,
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
    if query.get("level_2_types[]") == AUTHORITIES:
        found = [one for one in found if one.code == AUTHORITY]
    if query.get("status[0]") == OPEN:
        found = [one for one in found if one.is_open]
    if query.get("sort") == "date":
        found.sort(key=lambda one: one.newest or date.min, reverse=True)
    more = start + rows < len(found)
    kept = {name: value for name, value in query.items() if name not in {"start", "sort", "order"}}
    return _render(
        "search.html",
        name="Search",
        total=len(found),
        found=found[start : start + rows],
        address=ADDRESS,
        withheld=WITHHELD,
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
