"""The pages about all authorities: the newest judgements of each, what changed, and about."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby

from sqlalchemy.orm import Session

from flows.comparing.history_table import cell
from flows.context.context import AppContext
from flows.publishing import change_lines
from flows.publishing.over_time import as_cell, newest_graded
from flows.settings.model import Settings
from notifications.words.plain import listed, month, plain, several
from ofsted.authorities import authorities
from ofsted.licence import LICENCE_OF_ALL
from ofsted.provider_key import ProviderKey
from ofsted.short_names import short_name
from ofsted.text import say_day, uncapital
from storage import queries
from storage.report_queries import InspectionLine
from storage.tables import DOCUMENTS
from website import addresses
from website.pages import Layout, Output, page
from website.tables import TABLES
from website.values import (
    AboutPage,
    AuthoritiesPage,
    AuthorityLine,
    Cell,
    ChangeLine,
    ChangesPage,
    Download,
    Month,
    Notice,
)

MOST_NAMES = 20  # in one sentence
NEWS = ("correction", "report_replaced", "report_withdrawn", "report_returned")
HEADS = (  # of the table of all: what each column shows, by the keys that it may be given under
    ("Overall", ("overall",)),
    ("Leaders", ("leaders", "leadership")),
    ("Help and protection", ("help_and_protection",)),
    ("Children in care", ("in_care", "care_and_care_leavers", "looked_after")),
    ("Care leavers", ("care_leavers", "care_and_care_leavers")),
)


@dataclass(frozen=True, slots=True)
class Overview:
    """What the pages about all authorities are made of: of watched ones, the newest first."""

    names: Mapping[ProviderKey, str]
    inspections: Sequence[InspectionLine]
    events: Sequence[queries.EventLine]  # of the types in `NEWS`
    states: Mapping[ProviderKey, queries.ProviderState]


def authorities_page(context: AppContext, overview: Overview, layout: Layout) -> Output:
    """The table of all authorities, those with the newest reports first."""
    of_each: defaultdict[ProviderKey, list[InspectionLine]] = defaultdict(list)
    for each in overview.inspections:
        of_each[each.report.provider_key].append(each)
    regions = {each.urn: each.region for each in authorities()}
    lines = [
        _line(key, name, regions.get(key.urn, ""), of_each[key])
        for key, name in overview.names.items()
    ]
    lines.sort(key=lambda line: line.name)
    lines.sort(key=lambda line: line.published_on, reverse=True)
    values = AuthoritiesPage(
        heads=tuple(head for head, _ in HEADS),
        lines=tuple(lines),
        regions=tuple(sorted({line.region for line in lines} - {""})),
        notices=tuple(_unseen(overview)),
        areas=_areas(context),
    )
    return page(addresses.INDEX, "authorities", values, layout)


def _line(
    key: ProviderKey, name: str, region: str, inspections: Sequence[InspectionLine]
) -> AuthorityLine:
    listed_ones = [each for each in inspections if each.report.listed]
    newest = newest_graded(listed_ones)
    published = max((each.published for each in listed_ones if each.published), default=None)
    inspected = newest.last_day or newest.published if newest else None
    return AuthorityLine(
        name=plain(short_name(name), 80),
        region=region,
        page=addresses.authority(key),
        inspected=month(inspected) if inspected else "",
        inspected_on=str(inspected or ""),
        cells=tuple(_newest_cell(newest, keys) for _, keys in HEADS),
        published=say_day(published) if published else "",
        published_on=str(published or ""),
        changes=_moves(newest) if newest else "",
    )


def _newest_cell(newest: InspectionLine | None, keys: Sequence[str]) -> Cell:
    if newest is None:
        return Cell("none yet")
    given = {one.key for one in newest.judgements}
    key = next((key for key in keys if key in given), keys[0])
    return as_cell(cell(newest, key))


def _moves(newest: InspectionLine) -> str:
    lines = [line for one in newest.compared for line in one.lines]
    counted = [(sum(line.direction == way for line in lines), way) for way in ("lowered", "raised")]
    said = [f"{count} {way}" for count, way in counted if count]
    if said:
        return ", ".join(said)
    return "none" if any(line.direction for line in lines) else "not compared"


def _unseen(overview: Overview) -> Iterator[Notice]:
    """Councils whose pages cannot be checked now, so that something may be missing here."""
    bad = {"unreachable", "unrecognised", "suspect"}
    names = [
        plain(short_name(name), 80)
        for key, name in overview.names.items()
        if (state := overview.states.get(key)) and state.state in bad
    ]
    new = sum(
        1
        for key in overview.names
        if (state := overview.states.get(key)) is None or state.last_successful_check is None
    )
    if names:
        shown = sorted(names)[:MOST_NAMES]
        rest = [f"{len(names) - MOST_NAMES} more"] if len(names) > MOST_NAMES else []
        text = f"Newer reports may be missing for {listed([*shown, *rest])}."
        yield Notice("We cannot check some pages at the moment.", text)
    if new:
        pages = several(new, "page has", "pages have")
        yield Notice("The first check is not complete.", f"{pages} not yet been checked.")


def changes_pages(overview: Overview, layout: Layout, now: datetime) -> Iterator[Output]:
    """A page a year; the newest year is at the address that never changes."""
    dated = sorted(
        change_lines.dated(overview.names, overview.inspections, overview.events),
        key=lambda one: one[0],
        reverse=True,
    )
    found = {year: [*given] for year, given in groupby(dated, key=lambda one: one[0].year)} or {
        now.year: []
    }
    newest = max(found)
    years = tuple(
        (str(year), addresses.CHANGES if year == newest else f"changes-{year}.html")
        for year in found
    )
    for year, to in years:
        months = tuple(
            _month(first, [line for _, line in given])
            for first, given in groupby(found[int(year)], key=lambda one: one[0].replace(day=1))
        )
        yield page(to, "changes", ChangesPage(year=year, months=months, years=years), layout)


def _month(first: date, lines: Sequence[ChangeLine]) -> Month:
    lowered, raised = (
        sum(len(getattr(line, way)) for line in lines) for way in ("lowered", "raised")
    )
    return Month(
        name=month(first),
        lines=tuple(lines),
        lowered=lowered,
        raised=raised,
        summary=_in_words(lowered, raised),
    )


def _in_words(lowered: int, raised: int) -> str:
    """`1 judgement lowered, 2 raised`; empty where there was neither."""
    moved = [f"{count} {way}" for count, way in ((lowered, "lowered"), (raised, "raised")) if count]
    first, space, rest = ", ".join(moved).partition(" ")
    return f"{several(int(first), 'judgement')}{space}{rest}." if moved else ""


def tables(settings: Settings) -> list[str]:
    """The tables that the site has: that of documents only where a whole area is watched."""
    return [name for name in TABLES if name != DOCUMENTS or settings.areas]


def about_page(context: AppContext, names: Mapping[ProviderKey, str], layout: Layout) -> Output:
    """How the reports are read, and the downloads."""
    short = [plain(short_name(name), 80) for name in names.values()]
    one = f"the page of {short[0]}" if len(short) == 1 else f"the pages of {len(short)} councils"
    downloads = [
        Download(
            name=name.capitalize(),
            what=uncapital(plain(TABLES[name].explained)).rstrip("."),
            files=(("CSV", f"tables/{name}.csv"),),
        )
        for name in tables(context.settings)
    ]
    all_tables = Download(
        name="All tables",
        what="every table in one file, with an explanation of the columns",
        files=(("Excel", "tables/ofsted-watch.xlsx"), ("JSON", "tables/ofsted-watch.json")),
    )
    values = AboutPage(
        watched=one,
        contact=plain(context.settings.contact.removeprefix("mailto:"), 200),
        downloads=(*downloads, all_tables),
        licence=LICENCE_OF_ALL,
        areas=_areas(context),
    )
    return page(addresses.ABOUT, "about", values, layout)


def _areas(context: AppContext) -> tuple[tuple[str, str], ...]:
    """The councils whose whole area is watched, each with that page."""
    return tuple(
        (plain(area.short_name, 80), addresses.area_page(area.authority.key))
        for area in context.settings.areas
    )


def read_overview(session: Session, names: Mapping[ProviderKey, str]) -> Overview:
    """What is known of these authorities."""
    from storage import report_queries

    return Overview(
        names=names,
        inspections=report_queries.inspections(session, [*names]),
        events=queries.events(session, types=NEWS),
        states=queries.provider_states(session),
    )
