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
from flows.publishing.over_time import as_cell, report_page
from notifications import events as ev
from notifications.message import MessageContext
from notifications.words import of_events
from notifications.words.labels import KINDS, badge, in_subject, likely_kind
from notifications.words.plain import LONDON, listed, month, plain, sentence, several
from ofsted.authorities import authorities
from ofsted.licence import LICENCE_OF_ALL
from ofsted.provider_key import ProviderKey
from ofsted.short_names import short_name
from ofsted.text import say_day
from storage import queries
from storage.report_queries import ComparedLine, InspectionLine
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

NEWS = ("correction", "report_replaced", "report_withdrawn", "report_returned")
HEADS = (  # of the table of all: what each column shows, by the keys that it may be given under
    ("Overall", ("overall",)),
    ("Leaders", ("leaders", "leadership")),
    ("Help and protection", ("help_and_protection",)),
    ("Children in care", ("in_care", "care_and_care_leavers", "looked_after")),
    ("Care leavers", ("care_leavers", "care_and_care_leavers")),
)
_CHILDRENS_SERVICES = {"ilacs", "sif"}


@dataclass(frozen=True, slots=True)
class Overview:
    """What the pages about all authorities are made of: of watched ones, the newest first."""

    names: Mapping[ProviderKey, str]
    inspections: Sequence[InspectionLine]
    events: Sequence[queries.EventLine]  # of the types in `NEWS`
    states: Mapping[ProviderKey, queries.ProviderState]


def authorities_page(overview: Overview, layout: Layout) -> Output:
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
    )
    return page(addresses.INDEX, "authorities", values, layout)


def _line(
    key: ProviderKey, name: str, region: str, inspections: Sequence[InspectionLine]
) -> AuthorityLine:
    listed_ones = [each for each in inspections if each.report.listed]
    graded = [
        each
        for each in listed_ones
        if each.report.kind in _CHILDRENS_SERVICES and (each.judgements or each.status != "read")
    ]
    newest = graded[0] if graded else None
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
        short_name(name)
        for key, name in overview.names.items()
        if (state := overview.states.get(key)) and state.state in bad
    ]
    new = sum(
        1
        for key in overview.names
        if (state := overview.states.get(key)) is None or state.last_successful_check is None
    )
    if names:
        text = f"A newer report may be missing here: {listed(sorted(names)[:20])}"
        more = f" and {len(names) - 20} more" if len(names) > 20 else ""  # noqa: PLR2004
        yield Notice("We cannot check some pages at the moment.", f"{text}{more}.")
    if new:
        pages = several(new, "page has", "pages have")
        yield Notice("The first check is not complete.", f"{pages} not yet been checked.")


def changes_pages(overview: Overview, layout: Layout, now: datetime) -> Iterator[Output]:
    """A page a year; the newest year is at the address that never changes."""
    dated = sorted(_dated(overview), key=lambda one: one[0], reverse=True)
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
    return Month(
        name=month(first),
        lines=tuple(lines),
        lowered=sum(len(line.lowered) for line in lines),
        raised=sum(len(line.raised) for line in lines),
    )


def _dated(overview: Overview) -> Iterator[tuple[date, ChangeLine]]:
    pages = {each.report.id: report_page(each) for each in overview.inspections}
    for each in overview.inspections:
        seen = None if each.report.baseline else each.report.first_seen.astimezone(LONDON).date()
        if day := each.published or seen:
            yield day, _change(each, overview.names, day)
    for event in overview.events:
        known = ev.from_json(event.payload)
        if event.provider and event.provider in overview.names and event.report_id in pages:
            said = of_events.message(known, MessageContext(recipient=""))
            day = event.at.astimezone(LONDON).date()
            yield (
                day,
                ChangeLine(
                    day=say_day(day),
                    authority=plain(short_name(overview.names[event.provider]), 80),
                    page=pages[event.report_id],
                    title=_OF_EVENT[known.type],
                    said=said.headline,
                ),
            )


_OF_EVENT = {
    "correction": "correction",
    "report_replaced": "report replaced",
    "report_withdrawn": "report withdrawn",
    "report_returned": "report listed again",
}


def _change(inspection: InspectionLine, names: Mapping[ProviderKey, str], day: date) -> ChangeLine:
    report = inspection.report
    lines = [line for one in inspection.compared for line in one.lines]
    kind = likely_kind(report.kind, report.title)  # type: ignore[arg-type] # as it was read
    moved = {
        way: tuple(_move(line) for line in lines if line.direction == way)
        for way in ("lowered", "raised")
    }
    new = tuple(_named(line) for line in lines if line.relation == "new")
    return ChangeLine(
        day=say_day(day),
        authority=plain(short_name(names[report.provider_key]), 80),
        page=report_page(inspection),
        title=KINDS[kind].noun,
        lowered=moved["lowered"],
        raised=moved["raised"],
        new=new,
        said=_said(inspection, lines),
    )


def _said(inspection: InspectionLine, lines: Sequence[ComparedLine]) -> str:
    """What there is to say beside what was raised or lowered."""
    if inspection.status == "missing":
        return "We have no file of this report."
    if inspection.status != "read":
        return "We could not read this report reliably, so no grades are shown."
    unchanged = sum(line.direction == "unchanged" for line in lines)
    if unchanged:
        return f"{several(unchanged, 'judgement')} unchanged."
    if inspection.judgements and not any(line.direction for line in lines):
        given = [
            f"{in_subject(one.key, one.label)} {shown.words}"
            for one in inspection.judgements
            if (shown := badge(one.grade, one.printed))
        ]
        return f"Not compared with an earlier inspection. {sentence('; '.join(given))}"
    if inspection.report.outcome and (shown := badge(inspection.report.outcome, None)):
        return f"{shown.words}."
    return "" if lines else "This kind of report gives no grades."


def _move(line: ComparedLine) -> str:
    before, now = badge(line.previous_grade, None), badge(line.grade, None)
    return f"{_named(line)}, {before.words if before else ''} to {now.words if now else ''}"


def _named(line: ComparedLine) -> str:
    return in_subject(line.key, line.label)


def about_page(context: AppContext, names: Mapping[ProviderKey, str], layout: Layout) -> Output:
    """How the reports are read, and the downloads."""
    [*short] = map(short_name, names.values())
    one = f"the page of {short[0]}" if len(short) == 1 else f"the pages of {len(short)} councils"
    tables = [
        Download(
            name=name,
            what=plain(table.explained).rstrip("."),
            files=(("CSV", f"tables/{name}.csv"),),
        )
        for name, table in TABLES.items()
    ]
    all_tables = Download(
        name="All tables",
        what="every table in one file, with an explanation of the columns",
        files=(("Excel", "tables/ofsted-watch.xlsx"), ("JSON", "tables/ofsted-watch.json")),
    )
    values = AboutPage(
        watched=one,
        contact=plain(context.settings.contact.removeprefix("mailto:"), 200),
        downloads=(*tables, all_tables),
        licence=LICENCE_OF_ALL,
    )
    return page(addresses.ABOUT, "about", values, layout)


def read_overview(session: Session, names: Mapping[ProviderKey, str]) -> Overview:
    """What is known of these authorities."""
    from storage import report_queries

    return Overview(
        names=names,
        inspections=report_queries.inspections(session, [*names]),
        events=queries.events(session, types=NEWS),
        states=queries.provider_states(session),
    )
