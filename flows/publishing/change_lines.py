"""What each report changed, and what became of it, in a line: for the pages about what changed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date

from flows.publishing.over_time import report_page
from notifications import events as ev
from notifications.message import MessageContext
from notifications.words import of_events
from notifications.words.labels import KINDS, badge, in_subject, likely_kind
from notifications.words.plain import LONDON, day_of, plain, sentence, several
from ofsted.provider_key import ProviderKey
from ofsted.short_names import short_name
from ofsted.text import say_day
from storage import queries
from storage.report_queries import ComparedLine, InspectionLine
from website.values import ChangeLine


def dated(
    names: Mapping[ProviderKey, str],
    inspections: Sequence[InspectionLine],
    events: Sequence[queries.EventLine],
) -> Iterator[tuple[date, ChangeLine]]:
    """A line for each report, by the day that it was published, and for what became of one.

    One without such a day has the day on which we first saw it, if it is not baseline.

    Args:
        names: of the authorities, by key.
        inspections: their reports.
        events: of the types in `NEWS`.
    """
    known = {each.report.id: each for each in inspections}
    for each in inspections:
        seen = None if each.report.baseline else each.report.first_seen.astimezone(LONDON).date()
        if day := each.published or seen:
            yield day, _change(each, names, day)
    for event in events:
        if event.provider and event.provider in names and event.report_id in known:
            day = event.at.astimezone(LONDON).date()
            name = names[event.provider]
            yield day, _of_event(event, known[event.report_id], name)


_OF_EVENT = {
    "correction": "correction to the {report}",
    "report_replaced": "{report} replaced",
    "report_withdrawn": "{report} withdrawn",
    "report_returned": "{report} listed again",
}


def _of_event(event: queries.EventLine, inspection: InspectionLine, name: str) -> ChangeLine:
    """What became of a report; what was corrected or replaced, in the words of the alert."""
    known = ev.from_json(event.payload)
    said = of_events.message(known, MessageContext(recipient=""))
    items = [item.text for section in said.leading for item in section.items]
    published = inspection.published
    of = f" published {say_day(published)}" if published else ""
    return ChangeLine(
        day=day_of(event.at),
        authority=plain(short_name(name), 80),
        page=report_page(inspection),
        title=_OF_EVENT[known.type].format(report=f"{_noun(inspection)}{of}"),
        said=" ".join(map(sentence, items)) or said.headline,
    )


def _noun(inspection: InspectionLine) -> str:
    """`inspection report`; its title where its kind is not known."""
    report = inspection.report
    kind = likely_kind(report.kind, report.title)  # type: ignore[arg-type] # as it was read
    return (kind == "unknown" and plain(report.title, 100)) or KINDS[kind].noun


def _change(inspection: InspectionLine, names: Mapping[ProviderKey, str], day: date) -> ChangeLine:
    report = inspection.report
    lines = [line for one in inspection.compared for line in one.lines]
    moved = {
        way: tuple(_move(line) for line in lines if line.direction == way)
        for way in ("lowered", "raised")
    }
    new = tuple(_named(line) for line in lines if line.relation == "new")
    return ChangeLine(
        day=say_day(day),
        authority=plain(short_name(names[report.provider_key]), 80),
        page=report_page(inspection),
        title=_noun(inspection),
        lowered=moved["lowered"],
        raised=moved["raised"],
        new=new,
        said=_said(inspection, lines),
    )


def _said(inspection: InspectionLine, lines: Sequence[ComparedLine]) -> str:
    """What there is to say beside what was raised or lowered."""
    if inspection.status == "missing":
        is_elsewhere = inspection.report.link and not inspection.report.file_id
        return "It is on another website." if is_elsewhere else "We have no file of this report."
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
    return f"{_named(line)}, from {before.words if before else ''} to {now.words if now else ''}"


def _named(line: ComparedLine) -> str:
    return in_subject(line.key, line.label)
