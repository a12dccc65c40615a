"""A report as its own page and its authority's page show it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from flows.publishing import over_time
from notifications import events as ev
from notifications.message import Link as MessageLink
from notifications.message import Message, MessageContext
from notifications.words import about_report, of_events
from notifications.words.plain import day_of, days, listed, plain, sentence
from notifications.words.sections import improvements
from ofsted.text import say_day
from storage.queries import EventLine
from storage.report_queries import InspectionLine
from storage.report_snapshots import ReportSnapshot
from website.values import Link, Notice, ReportEntry

# In words for those who do not know the abbreviations.
_FRAMEWORKS = {
    "ilacs_2018": "Inspecting local authority children's services (ILACS)",
    "ilacs_2023": (
        "Inspecting local authority children's services (ILACS), with care leavers graded "
        "separately"
    ),
    "ilacs_2026": (
        "Inspecting local authority children's services (ILACS), without a grade for overall "
        "effectiveness"
    ),
    "sif_2013": "Single inspection framework (2013 to 2017)",
    "looked_after_2013": "Services for looked after children (2013)",
}


def report_entry(
    inspection: InspectionLine,
    report: ReportSnapshot,
    event: ev.ReportPublished,
    told: Sequence[EventLine],
    *,
    is_checked: bool,
) -> ReportEntry:
    """What the pages show of a report.

    Args:
        event: the report as an alert would tell of it today.
        told: the alerts about it, the oldest first.
        is_checked: whether a check of the authority's page was ever successful.
    """
    found = event.found
    message: Message = about_report.message(event, MessageContext(recipient=""))
    message = replace(message, paragraphs=tuple(_on_a_page(message.paragraphs)))
    if found.status == "read":
        message = replace(message, sections=improvements(found, whole=True))
        if found.outcome and not event.rows and not event.predecessors:
            message = replace(message, tables=())  # its one row is what the lead says
    lead = about_report.what_it_says(event) if found.status == "read" else ""
    return ReportEntry(
        page=over_time.report_page(inspection),
        title=_title(report),
        heading=_heading(report),
        published=say_day(report.published) if report.published else "",
        facts=tuple(_facts(report, event)),
        links=tuple(Link(one.label, one.url) for one in message.links if _is_report(one, event)),
        lead=sentence(lead),
        notices=tuple(_notices_of_report(report, told, is_checked=is_checked)),
        summary=message,
    )


def _on_a_page(paragraphs: Sequence[str]) -> Iterator[str]:
    """Without what the page's heading says, and what is promised to recipients alone."""
    for paragraph in paragraphs:
        if not paragraph.startswith("Ofsted's page lists it as "):
            yield paragraph.replace(" and let you know.", ".")


def _title(report: ReportSnapshot) -> str:
    return plain(report.title, 200) or "Report without a title"


def _heading(report: ReportSnapshot) -> str:
    day = f", published {say_day(report.published)}" if report.published else ""
    return f"{_title(report)}{day}"


def _facts(report: ReportSnapshot, event: ev.ReportPublished) -> Iterator[tuple[str, str]]:
    reading = report.reading if event.found.status == "read" else None
    if reading is None:  # else a sentence says it
        yield "Inspected", days(event.found.first_day, event.found.last_day)
    else:
        names = [plain(each.name, 80) for each in reading.inspectors]
        yield f"Lead inspector{'s' * (len(names) > 1)}", listed(names)
        yield "Framework", _FRAMEWORKS.get(reading.framework or "", "")


def _is_report(link: MessageLink, event: ev.ReportPublished) -> bool:
    """Whether a link leads to the report, not to the list that it is in."""
    return link.url != event.provider.page


def _notices_of_report(
    report: ReportSnapshot, told: Sequence[EventLine], *, is_checked: bool
) -> Iterator[Notice]:
    for event in reversed(told):
        known = ev.from_json(event.payload)
        if isinstance(known, (ev.Correction, ev.ReportReplaced)):
            said = of_events.message(known, MessageContext(recipient=""))
            items = [item.text for section in said.leading for item in section.items]
            is_withdrawn = known.type == "correction" and known.found.status != "read"
            heading, text = _HEADS["correction in doubt" if is_withdrawn else known.type]
            yield Notice(f"{heading} {day_of(event.at)}.", text, tuple(items))
    if report.gone_since and not report.listed:
        yield Notice(
            "Withdrawn.",
            f"Ofsted's page has not listed this report since {day_of(report.gone_since)}.",
        )
    elif not report.ever_listed and is_checked:
        yield Notice("Not listed by Ofsted.", "We know this report from our stored copy alone.")


_HEADS = {
    "correction": (
        "We corrected this summary on",
        (
            "We had reported an incorrect grade. The error was in our automated reading of the "
            "report, not in Ofsted's report."
        ),
    ),
    "correction in doubt": (
        "We withdrew our earlier summary on",
        "The grades in it were not read reliably. The error was ours, not Ofsted's.",
    ),
    "report_replaced": (
        "Ofsted replaced this report on",
        "The new file differs in content from the previous one.",
    ),
}
