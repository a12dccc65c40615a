"""A digest: what happened since the last one, the facts of each report, what was already sent.

With one event the digest is its message; with none, one line says so. A few events have a sentence
each and their tables. Of many, each report is one line with its link, and what could not wait for a
daily digest comes first, with its tables.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

from notifications import message as m
from notifications.events import Digest, Happened
from notifications.message import Footnote, Link, ListItem, Message, MessageContext, Table
from notifications.urgency import Urgency
from notifications.words.digest_lists import URGENT, ItemMessage, lists
from notifications.words.footer import (
    SEE_REPORTS,
    licence,
    links,
    on_website,
    site,
    ui,
    what_changed,
    why,
)
from notifications.words.page_checks import in_short, names, state
from notifications.words.plain import LONDON, day_of, listed, moment, several
from notifications.words.sections import section
from notifications.words.subjects import OURS, subject
from ofsted.licence import LICENCE_OF_ALL

Say = Callable[[Happened, MessageContext], Message]

ITEMS = 40  # lines of what was already sent
FEW = 6  # events with a sentence each
# events in the digest -> reports whose judgements are shown in full: Gmail clips at 102 KB, of
# which a line takes 0.4 and a table 6
TABLES = ((60, 8), (160, 4))
BUTTONS = 6  # as many as a card shows at once


def message(event: Digest, message_context: MessageContext, say: Say) -> Message:
    """The message of a digest; `say` gives the message of one event."""
    said = [
        ItemMessage(announced, say(announced.event, message_context)) for announced in event.items
    ]
    fresh = sorted(
        (one for one in said if not one.item.already_sent),
        key=lambda one: (one.urgency or len(Urgency) + 1, one.short_name),
    )
    already_sent = [one for one in said if one.item.already_sent]
    made = (
        _one(event, fresh[0])
        if len(fresh) == 1
        else _several(event, fresh, already_sent, message_context)
    )
    items = [
        ListItem(f"{one.message.subject} ({one.day})", name=one.short_name) for one in already_sent
    ]
    checked = section("Checks", [state(event)] if fresh else [])
    return replace(
        made,
        kind=event.type,
        sections=(*made.sections, *section("Already sent to you", items, ITEMS), *checked),
    )


def _one(event: Digest, only: ItemMessage) -> Message:
    return replace(only.message, paragraphs=(*only.message.paragraphs, *_last(event)))


def _several(
    event: Digest,
    fresh: Sequence[ItemMessage],
    already_sent: Sequence[ItemMessage],
    message_context: MessageContext,
) -> Message:
    is_long = len(fresh) > FEW
    shown = [one for one in fresh if one.urgency or not is_long]
    end = _end(event, message_context)
    reports = [] if is_long else [link for one in fresh if (link := one.link)]
    buttons = reports[: BUTTONS - len(end)]
    first, rest = lists(
        fresh,
        f"Since {_since(event)}",
        is_long=is_long,
        dated=event.period != "hourly",
        linked=buttons,
    )
    tables, footnotes = _tables(shown, most=_most_tables(len(fresh)))
    return Message(
        subject=_subject(event, fresh, already_sent),
        headline=_headline(event, fresh, already_sent),
        kind=event.type,
        paragraphs=(*_last(event), *([] if fresh else [state(event)])),
        leading=first if is_long else (*first, *rest),
        tables=tables,
        footnotes=footnotes,
        sections=rest if is_long else (),
        links=(*buttons, *end),
        evidence=SEE_REPORTS * bool(fresh),
        licence=_licence([*fresh, *already_sent]),
        why=why(message_context),
        test=message_context.test,
    )


def _subject(
    event: Digest, fresh: Sequence[ItemMessage], already_sent: Sequence[ItemMessage]
) -> str:
    since = _since(event)
    if not fresh:
        nothing = "no further alerts" if already_sent else "no alerts"
        return subject(_about(already_sent), f"{nothing} since {since}")
    count = _counted(fresh)
    first = [f"{count}, {part}" for part in _urgent(fresh)[:1]]
    choices = (*(f"{one}, since {since}" for one in first), *first, f"{count} since {since}")
    return subject(_about(fresh), *choices)


def _counted(fresh: Sequence[ItemMessage]) -> str:
    """`2 new reports`, `3 alerts`."""
    new = all(one.item.event.type == "report_published" for one in fresh)
    return several(len(fresh), "new report" if new else "alert")


def _urgent(fresh: Sequence[ItemMessage]) -> list[str]:
    """`3 with a judgement lowered`, `1 could not be read reliably`, the most urgent first."""
    counts = Counter(one.urgency for one in fresh)
    return [f"{counts[each]} {URGENT[each].clause}" for each in Urgency if counts[each]]


def _about(said: Sequence[ItemMessage]) -> str:
    """The authorities that the subject line names, or the service."""
    about = list(dict.fromkeys(one.short_name for one in said))
    return in_short(about) if about and all(about) else OURS


def _since(event: Digest) -> str:
    """`28 July 2025`; of an hourly digest `10:00`, with the day where it was another."""
    if event.period != "hourly":
        return day_of(event.since)
    same_day = day_of(event.since) == day_of(event.until or event.since)
    return f"{event.since.astimezone(LONDON):%H:%M}" if same_day else moment(event.since)


def _headline(
    event: Digest, fresh: Sequence[ItemMessage], already_sent: Sequence[ItemMessage]
) -> str:
    since = moment(event.since) if event.period == "hourly" else day_of(event.since)
    if fresh:
        about = _about(fresh)
        where = f" on {about}" if about != OURS else ""
        raised = sum(one.is_raised for one in fresh)
        parts = [*_urgent(fresh), *([f"{raised} with a judgement raised"] if raised else [])]
        parted = f": {listed(parts)}" if parts else ""
        return f"{_counted(fresh).capitalize()}{where} since {since}{parted}."
    if already_sent:
        return f"No alerts since {since}, apart from those you have already received."
    return f"No alerts about {names(event.standings)} since {since}."


def _last(event: Digest) -> tuple[str, ...]:
    said = ("This is your final digest; from now on you will receive alerts immediately.",)
    return said if event.period == "last" else ()


def _most_tables(events: int) -> int:
    return next((tables for most, tables in TABLES if events <= most), 0)


def _tables(
    shown: Iterable[ItemMessage], most: int
) -> tuple[tuple[Table, ...], tuple[Footnote, ...]]:
    """The tables of the first reports, named by place, their footnotes numbered through."""
    first = [one for one in shown if one.message.tables][:most]
    texts = list(dict.fromkeys(note.text for one in first for note in one.message.footnotes))
    marks = {text: f"*{number}" for number, text in enumerate(texts, 1)}
    tables = [_placed(one, table, marks) for one in first for table in one.message.tables]
    return tuple(tables), tuple(Footnote(mark, text) for text, mark in marks.items())


def _placed(said: ItemMessage, table: Table, marks: dict[str, str]) -> Table:
    texts = {note.mark: note.text for note in said.message.footnotes}
    caption = f"{said.short_name}: {table.caption[:1].lower()}{table.caption[1:]}"
    rows = tuple(_marked(row, texts, marks) for row in table.rows)
    return replace(table, caption=caption if said.short_name else table.caption, rows=rows)


def _marked(row: m.TableLine, texts: dict[str, str], marks: dict[str, str]) -> m.TableLine:
    return replace(row, note=marks[texts[row.note]]) if row.note in texts else row


def _end(event: Digest, message_context: MessageContext) -> tuple[Link, ...]:
    """The authority's page; of several, Ofsted's site; and what our website has of them."""
    providers = [one.provider for one in event.standings]
    has_reports = any(one.event.audience == "readers" for one in event.items)
    news = what_changed(message_context) if has_reports else ()
    if len(providers) == 1:
        return (*links(providers[0]), *(news or on_website(message_context, providers[0])))
    here = site(providers[0]) if providers else ()
    return (*here, *(news or on_website(message_context)), *ui(message_context))


def _licence(said: Sequence[ItemMessage]) -> str:
    given = {one.message.licence for one in said}
    return given.pop() if len(given) == 1 else LICENCE_OF_ALL if given else licence()
