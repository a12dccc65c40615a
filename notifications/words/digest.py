"""A digest: what happened since the last one, the facts of each report, what was already sent.

With one event the digest is its message; with none, one line says so. A few events have a sentence
each and their tables. Of many, each report is one line with its link, and what could not wait for a
daily digest comes first, with its tables. Documents that are only listed come after the reports.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

from notifications import message as m
from notifications.events import Digest, DocumentListed, Happened
from notifications.message import Footnote, Link, ListItem, Message, MessageContext, Table
from notifications.urgency import Urgency
from notifications.words.digest_documents import NOT_READ
from notifications.words.digest_documents import lists as document_lists
from notifications.words.digest_lists import ItemMessage, lists, reports_of
from notifications.words.digest_summary import headline, since, subject_line
from notifications.words.footer import (
    SEE_REPORTS,
    licence,
    links,
    on_areas,
    on_website,
    site,
    ui,
    what_changed,
    why,
)
from notifications.words.page_checks import state
from notifications.words.sections import section
from ofsted.licence import LICENCE_OF_ALL
from ofsted.provider_key import AREA

Say = Callable[[Happened, MessageContext], Message]

ITEMS = 40  # lines of what was already sent
LINES = 160  # of reports and documents together
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
        key=lambda one: (
            one.document is not None,
            one.urgency or len(Urgency) + 1,
            one.short_name,
        ),
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
    reports = reports_of(fresh)
    documents = [(one.document, one.message) for one in fresh if one.document]
    is_long = len(reports) > FEW
    shown = [one for one in reports if one.urgency or not is_long]
    end = _end(event, message_context)
    linked = [] if is_long else [link for one in reports if (link := one.link)]
    buttons = linked[: BUTTONS - len(end)]
    first, rest = lists(
        reports,
        "Authorities" if documents else f"Since {since(event)}",
        is_long=is_long,
        dated=event.period != "hourly",
        linked=buttons,
    )
    tables, footnotes = _tables(shown, most=_most_tables(len(fresh)))
    return Message(
        subject=subject_line(event, fresh, already_sent),
        headline=headline(event, fresh, already_sent),
        kind=event.type,
        paragraphs=(
            *_last(event),
            *([] if fresh else [state(event)]),
            *([NOT_READ] if documents else []),
        ),
        leading=first if is_long else (*first, *rest),
        tables=tables,
        footnotes=footnotes,
        sections=(*(rest if is_long else ()), *document_lists(documents, LINES - len(reports))),
        links=(*buttons, *end),
        evidence=SEE_REPORTS * bool(reports),
        licence=_licence([*fresh, *already_sent]),
        why=why(message_context),
        test=message_context.test,
    )


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
    pages = [one.provider for one in event.standings]
    areas = on_areas(message_context, [each for each in pages if each.code == AREA])
    authorities = [each for each in pages if each.code != AREA]
    has_reports = any(_is_about_report(one.event) for one in event.items)
    news = what_changed(message_context) if has_reports else ()
    if len(authorities) == 1:
        here = links(authorities[0])
        return (*here, *(news or on_website(message_context, authorities[0])), *areas)
    if len(pages) == 1:
        return (*links(pages[0]), *areas)
    here = site(pages[0]) if pages else ()
    ours = news or areas or on_website(message_context)
    return (*here, *ours, *ui(message_context))


def _is_about_report(event: Happened) -> bool:
    return event.audience == "readers" and not isinstance(event, DocumentListed)


def _licence(said: Sequence[ItemMessage]) -> str:
    given = {one.message.licence for one in said}
    return given.pop() if len(given) == 1 else LICENCE_OF_ALL if given else licence()
