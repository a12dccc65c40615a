"""The pages of one authority: its own, and one for each of its reports."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy.orm import Session

from flows.alerting.announce import about, provider_of
from flows.comparing.predecessors import predecessor_reports
from flows.comparing.previous import compare_with_previous
from flows.context.context import AppContext
from flows.publishing import over_time
from flows.settings.watched import WatchedAuthority
from notifications import events as ev
from notifications.message import Message, MessageContext
from notifications.words import about_report, of_events
from notifications.words.footer import fit
from notifications.words.labels import SHORT_FRAMEWORKS
from notifications.words.plain import day_of, days, listed, moment, plain, sentence
from notifications.words.sections import improvements
from ofsted.authorities import authorities
from ofsted.text import say_day
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
    ReportEntry,
    ReportPage,
    Sent,
    Version,
)

MEGABYTE = 1_000_000
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
    is_checked = state is not None and state.last_successful_check is not None
    entries = []
    for inspection in inspections:
        report = snapshots[inspection.report.id]
        compared = compare_with_previous(report, everything, before)
        shown = ev.ReportPublished(**about(provider, report, compared))
        alerts = told.get(report.id, ())
        entry = _entry(inspection, report, shown, alerts, is_checked=is_checked)
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


def report_pages(data: AuthorityData, layout: Layout) -> Iterator[Output]:
    """A page for each report, and one that leads there for each address that it had before."""
    for number, (report, entry) in enumerate(data.entries):
        older = data.entries[number + 1 : number + 2]
        newer = data.entries[max(0, number - 1) : number]
        values = ReportPage(
            authority=plain(data.provider.short_name, 80),
            authority_name=plain(data.provider.name, 80),
            authority_page=addresses.authority(data.authority.key),
            entry=entry,
            versions=tuple(_versions(report)),
            sent=tuple(map(_sent, data.events.get(report.id, ()))),
            older=_beside(older),
            newer=_beside(newer),
        )
        yield page(entry.page, "report", values, layout)
        for moved in sorted(_former_addresses(report) - {entry.page}):
            yield page(moved, "moved", (entry.page, entry.title), layout)


def _former_addresses(report: ReportSnapshot) -> set[str]:
    """Where its page was while the list gave it another number: alerts may link there."""
    numbers = (key.removeprefix("file:") for key in report.keys if key.startswith("file:"))
    key, title, day = report.provider_key, report.title, report.published
    return {addresses.report(key, number, None, title, day) for number in numbers}


def authority_page(data: AuthorityData, path: str, layout: Layout, now: datetime) -> Output:
    """The page of the authority, at this address."""
    key = data.authority.key
    regions = {each.urn: each.region for each in authorities()}
    links = [Link("Ofsted's page", data.provider.page)] if fit(data.provider.page) else []
    values = AuthorityPage(
        name=plain(data.provider.name, 80),
        short=plain(data.provider.short_name, 80),
        region=regions.get(key.urn, ""),
        page=addresses.authority(key),
        feed=addresses.feed(key),
        links=tuple(links),
        notices=tuple(_notices_of_page(data)),
        picture=over_time.picture(data.inspections, now.date()),
        tables=tuple(over_time.tables(data.inspections)),
        reports=tuple(entry for _, entry in data.entries),
    )
    return page(path, "authority", values, layout)


def _notices_of_page(data: AuthorityData) -> Iterator[Notice]:
    state = data.state
    if not data.is_watched:
        yield Notice(
            "This council no longer exists.",
            "Its reports are shown as they were when we last checked its page.",
        )
    elif state is None or state.last_successful_check is None:
        yield Notice("Not yet checked.", "We have not yet been able to check Ofsted's page.")
    elif state.state in {"unreachable", "unrecognised", "suspect"}:
        yield Notice(
            f"We have not been able to check Ofsted's page since {moment(state.since)}.",
            "A newer report may be missing here. What is shown is as of our last successful "
            f"check, at {moment(state.last_successful_check)}.",
        )


def _entry(
    inspection: InspectionLine,
    report: ReportSnapshot,
    event: ev.ReportPublished,
    told: Sequence[EventLine],
    *,
    is_checked: bool,
) -> ReportEntry:
    found = event.found
    message: Message = about_report.message(event, MessageContext(recipient=""))
    if found.status == "read":
        message = replace(message, sections=improvements(found, whole=True))
    lead = about_report.what_it_says(event) if found.status == "read" else ""
    return ReportEntry(
        page=over_time.report_page(inspection),
        title=_title(report),
        heading=_heading(report),
        facts=tuple((name, value) for name, value in _facts(report, event) if value),
        lead=sentence(lead),
        notices=tuple(_notices_of_report(report, told, is_checked=is_checked)),
        summary=message,
    )


def _title(report: ReportSnapshot) -> str:
    return plain(report.title, 200) or "Report without a title"


def _heading(report: ReportSnapshot) -> str:
    day = f", {say_day(report.published)}" if report.published else ""
    return f"{_title(report)}{day}"


def _facts(report: ReportSnapshot, event: ev.ReportPublished) -> Iterator[tuple[str, str]]:
    reading = report.reading if event.found.status == "read" else None
    yield "Published", say_day(report.published) if report.published else ""
    if reading is None:  # else a sentence says it
        yield "Inspected", days(event.found.first_day, event.found.last_day)
    if reading:
        yield "Lead inspector", listed([plain(each.name, 80) for each in reading.inspectors])
        yield "Framework", SHORT_FRAMEWORKS.get(reading.framework or "", "")


def _notices_of_report(
    report: ReportSnapshot, told: Sequence[EventLine], *, is_checked: bool
) -> Iterator[Notice]:
    for event in reversed(told):
        known = ev.from_json(event.payload)
        if isinstance(known, (ev.Correction, ev.ReportReplaced)):
            said = of_events.message(known, MessageContext(recipient=""))
            items = [item.text for section in said.leading for item in section.items]
            yield Notice(f"{_HEADS[known.type]} {day_of(event.at)}.", said.headline, tuple(items))
    if report.gone_since and not report.listed:
        yield Notice(
            "Withdrawn.",
            f"Ofsted's page has not listed this report since {day_of(report.gone_since)}.",
        )
    elif not report.ever_listed and is_checked:
        yield Notice("Not listed by Ofsted.", "We know this report from our stored copy alone.")


_HEADS = {"correction": "We corrected this on", "report_replaced": "Replaced by Ofsted on"}


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
