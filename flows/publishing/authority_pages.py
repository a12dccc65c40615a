"""The pages of one authority: its own, and one for each of its reports."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from flows.alerting.announce import about, provider_of
from flows.comparing.predecessors import predecessor_reports
from flows.comparing.previous import compare_with_previous
from flows.context.context import AppContext
from flows.publishing import over_time
from flows.publishing.report_entries import report_entry
from flows.settings.watched import WatchedAuthority
from notifications import events as ev
from notifications.message import MessageContext
from notifications.words import of_events
from notifications.words.footer import fit
from notifications.words.plain import moment, plain
from ofsted.authorities import authorities
from storage import queries, report_queries
from storage.queries import EventLine
from storage.report_queries import InspectionLine
from storage.report_snapshots import ReportSnapshot, report_snapshots
from website import addresses
from website.pages import Layout, Output, page
from website.values import (
    AuthorityPage,
    Column,
    Link,
    Notice,
    OverTime,
    ReportEntry,
    ReportPage,
    Sent,
    Version,
)

MEGABYTE = 1_000_000
_NOT_ANNOUNCED = {  # whether it is baseline -> why there is no alert about it
    True: "None. The report was published before we began to check Ofsted's page.",
    False: "None yet.",
}
_SOURCES = {"ofsted": "Ofsted's site", "seed": "a copy that came with Ofsted Watch"}


@dataclass(frozen=True, slots=True)
class AuthorityData:
    """All that the pages of one authority are made of."""

    authority: WatchedAuthority
    provider: ev.Provider
    state: queries.ProviderState | None
    inspections: tuple[InspectionLine, ...]  # the newest first
    entries: tuple[tuple[ReportSnapshot, ReportEntry], ...]  # in the same order
    events: Mapping[int, tuple[EventLine, ...]]  # by report, the oldest first
    is_watched: bool = True

    @property
    def links(self) -> tuple[Link, ...]:
        """To the authority's page on Ofsted's site, where its address is safe to follow."""
        page = self.provider.page
        label = f"{plain(self.provider.short_name, 80)} on Ofsted's site"
        return (Link(label, page),) if fit(page) else ()

    @property
    def is_checked(self) -> bool:
        """Whether a check of its page was ever successful."""
        return _is_checked(self.state)


def read_authority(
    session: Session, context: AppContext, authority: WatchedAuthority, *, is_watched: bool = True
) -> AuthorityData:
    """What is known of an authority."""
    key = authority.key
    snapshots = {each.id: each for each in report_snapshots(session, key)}
    before = predecessor_reports(session, key)
    provider = provider_of(context, authority)
    told: dict[int, tuple[EventLine, ...]] = {}
    for event in reversed(queries.events_of_reports(session, key)):
        told[event.report_id or 0] = (*told.get(event.report_id or 0, ()), event)
    inspections = tuple(report_queries.inspections(session, [key]))
    everything = [*snapshots.values()]
    state = queries.provider_state(session, key)
    is_checked = _is_checked(state)
    entries = []
    for inspection in inspections:
        report = snapshots[inspection.report.id]
        compared = compare_with_previous(report, everything, before)
        shown = ev.ReportPublished(**about(provider, report, compared))
        alerts = told.get(report.id, ())
        entry = report_entry(inspection, report, shown, alerts, is_checked=is_checked)
        entries.append((report, entry))
    return AuthorityData(
        authority=authority,
        provider=provider,
        state=state,
        inspections=inspections,
        entries=tuple(entries),
        events=told,
        is_watched=is_watched,
    )


def _is_checked(state: queries.ProviderState | None) -> bool:
    return state is not None and state.last_successful_check is not None


def report_pages(data: AuthorityData, layout: Layout) -> Iterator[Output]:
    """A page for each report, and one that leads there for each address that it had before."""
    for number, (report, entry) in enumerate(data.entries):
        older = data.entries[number + 1 : number + 2]
        newer = data.entries[max(0, number - 1) : number]
        values = ReportPage(
            authority=plain(data.provider.short_name, 80),
            authority_name=plain(data.provider.name, 80),
            authority_page=addresses.authority(data.authority.key),
            links=data.links,
            entry=entry,
            versions=tuple(_versions(report)),
            sent=tuple(map(_sent, data.events.get(report.id, ()))),
            none_sent=_NOT_ANNOUNCED[report.baseline],
            older=_beside(older),
            newer=_beside(newer),
        )
        yield page(entry.page, "report", values, layout)
        for moved in sorted(_former_addresses(report) - {entry.page}):
            yield page(moved, "moved", (entry.page, entry.title), layout)


def _former_addresses(report: ReportSnapshot) -> set[str]:
    """Where its page was while the list named it otherwise: alerts may link there."""
    return {addresses.report_of_row(report.provider_key, row) for row in report.keys}


def authority_page(
    data: AuthorityData, path: str, layout: Layout, now: datetime, *, has_area: bool = False
) -> Output:
    """The page of the authority, at this address.

    Args:
        has_area: there is a page of all other providers in its area too.
    """
    key = data.authority.key
    regions = {each.urn: each.region for each in authorities()}
    latest, since = _latest(data)
    values = AuthorityPage(
        name=plain(data.provider.name, 80),
        short=plain(data.provider.short_name, 80),
        region=regions.get(key.urn, ""),
        page=addresses.authority(key),
        feed=addresses.feed(key),
        links=data.links,
        notices=tuple(_notices_of_page(data)),
        latest=latest,
        since=since,
        checked=_checked(data.state),
        picture=over_time.picture(data.inspections, now.date()),
        tables=_tables(data, latest),
        reports=tuple(entry for _, entry in data.entries),
        area=addresses.area_page(key) if has_area else "",
    )
    return page(path, "authority", values, layout)


def _latest(data: AuthorityData) -> tuple[ReportEntry | None, tuple[Column, ...]]:
    """The newest inspection with grades that Ofsted lists, and what was published since then."""
    listed_ones = [each for each in data.inspections if each.report.listed or not data.is_checked]
    newest = over_time.newest_graded(listed_ones)
    if newest is None:
        return None, ()
    entries = {report.id: entry for report, entry in data.entries}
    later = listed_ones[: listed_ones.index(newest)]
    since = (entries[each.report.id] for each in later)
    return entries[newest.report.id], tuple(Column(each.heading, each.page) for each in since)


def _tables(data: AuthorityData, latest: ReportEntry | None) -> tuple[OverTime, ...]:
    """None where they would only repeat the newest judgements."""
    tables = tuple(over_time.tables(data.inspections))
    shown = [column.page for table in tables for column in table.columns]
    return () if latest and shown == [latest.page] else tables


def _checked(state: queries.ProviderState | None) -> str:
    seen = state.last_successful_check if state else None
    return moment(seen) if seen else ""


def _notices_of_page(data: AuthorityData) -> Iterator[Notice]:
    state = data.state
    if not data.is_watched:
        yield Notice(
            "This council no longer exists.",
            "Its reports are shown as they were when we last checked its page.",
        )
    elif state is None or state.last_successful_check is None:
        yield Notice(
            "Not yet checked.",
            "We have not yet been able to check Ofsted's page, so newer reports may be missing "
            "here.",
        )
    elif state.state in {"unreachable", "unrecognised", "suspect"}:
        yield Notice(
            f"We have not been able to check Ofsted's page since {moment(state.since)}.",
            "A newer report may be missing here. What is shown is as of our last successful "
            f"check, at {moment(state.last_successful_check)}.",
        )


def _versions(report: ReportSnapshot) -> Iterator[Version]:
    for version in reversed(report.versions):
        yield Version(
            sha256=version.sha256,
            size=f"{version.bytes / MEGABYTE:.1f} MB"
            if version.bytes >= MEGABYTE / 10
            else f"{version.bytes:,} bytes",
            first_seen=moment(version.first_seen),
            source=_SOURCES.get(version.source, version.source),
        )


def _sent(event: EventLine) -> Sent:
    message = of_events.message(ev.from_json(event.payload), MessageContext(recipient=""))
    return Sent(at=moment(event.at), headline=message.headline, sections=message.leading)


def _beside(given: Sequence[tuple[ReportSnapshot, ReportEntry]]) -> Column | None:
    if not given:
        return None
    _, entry = given[0]
    return Column(entry.heading, entry.page)
