"""A digest: what happened since the last one, the facts of each report, what was already sent.

With one event the digest is its message; with none, one line says so.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

from notifications import message as m
from notifications.events import AboutReport, Digest, DigestItem, Happened
from notifications.message import Footnote, Link, Message, MessageContext, Table
from notifications.words.footer import LICENCE_OF_ALL, SEE_REPORTS, licence, links, ours, why
from notifications.words.page_checks import in_short, names, state
from notifications.words.plain import cut, day_of, plain, several
from notifications.words.sections import section
from notifications.words.subjects import OURS, subject
from ofsted.text import say_day

Say = Callable[[Happened, MessageContext], Message]

ITEMS = 40
TABLES = 6  # reports whose judgements are shown in full
BUTTONS = 5  # as many as a card shows at once, beside that of the page
LABEL = 80  # letters of a link
# beginnings of the paragraphs that an event's line in the digest includes
KEPT_IN_LINE = ("What to do: ", "Ofsted's page lists it as ")


@dataclass(frozen=True, slots=True)
class _ItemMessage:
    """One event, and its own message."""

    item: DigestItem
    message: Message

    @property
    def short_name(self) -> str:
        """The authority it is about; empty where it is about our service."""
        provider = getattr(self.item.event, "provider", None)
        return plain(provider.short_name, 60) if provider else ""

    @property
    def day(self) -> str:
        return day_of(self.item.at)

    @property
    def line(self) -> str:
        """The headline, what to do, and the title that tells it from similar events."""
        more = (one for one in self.message.paragraphs if one.startswith(KEPT_IN_LINE))
        return " ".join((self.message.headline, *more))


def message(event: Digest, message_context: MessageContext, say: Say) -> Message:
    """The message of a digest; `say` gives the message of one event."""
    said = [
        _ItemMessage(announced, say(announced.event, message_context)) for announced in event.items
    ]
    fresh = [one for one in said if not one.item.already_sent]
    already_sent = [one for one in said if one.item.already_sent]
    made = (
        _one(event, fresh[0])
        if len(fresh) == 1
        else _several(event, fresh, already_sent, message_context)
    )
    items = [f"{one.message.subject} ({one.day})" for one in already_sent]
    checked = section("Checks", [state(event)] if fresh else [])
    return replace(
        made,
        kind=event.type,
        sections=(*made.sections, *section("Already sent to you", items, ITEMS), *checked),
    )


def _one(event: Digest, only: _ItemMessage) -> Message:
    return replace(only.message, paragraphs=(*only.message.paragraphs, *_last(event)))


def _several(
    event: Digest,
    fresh: Sequence[_ItemMessage],
    already_sent: Sequence[_ItemMessage],
    message_context: MessageContext,
) -> Message:
    since = day_of(event.since)
    nothing = "no further alerts" if already_sent else "no alerts"
    count = _counted(fresh) if fresh else nothing
    tables, footnotes = _tables(fresh)
    return Message(
        subject=subject(_about(fresh or already_sent), f"{count} since {since}"),
        headline=_headline(event, fresh, already_sent),
        kind=event.type,
        paragraphs=(*_last(event), *([] if fresh else [state(event)])),
        leading=section(f"Since {since}", _items(fresh), ITEMS),
        tables=tables,
        footnotes=footnotes,
        links=_links(event, fresh, message_context),
        evidence=SEE_REPORTS * bool(fresh),
        licence=_licence([*fresh, *already_sent]),
        why=why(message_context),
        test=message_context.test,
    )


def _counted(fresh: Sequence[_ItemMessage]) -> str:
    """`2 new reports`, `3 alerts`."""
    new = all(one.item.event.type == "report_published" for one in fresh)
    return several(len(fresh), "new report" if new else "alert")


def _about(said: Sequence[_ItemMessage]) -> str:
    """The authorities that the subject line names, or the service."""
    about = list(dict.fromkeys(one.short_name for one in said))
    return in_short(about) if about and all(about) else OURS


def _headline(
    event: Digest, fresh: Sequence[_ItemMessage], already_sent: Sequence[_ItemMessage]
) -> str:
    since = day_of(event.since)
    if fresh:
        about = _about(fresh)
        where = f" on {about}" if about != OURS else ""
        return f"{_counted(fresh).capitalize()}{where} since {since}."
    if already_sent:
        return f"No alerts since {since}, apart from those you have already received."
    return f"No alerts about {names(event.standings)} since {since}."


def _last(event: Digest) -> tuple[str, ...]:
    said = ("This is your final digest; from now on you will receive alerts immediately.",)
    return said if event.period == "last" else ()


def _tables(fresh: Iterable[_ItemMessage]) -> tuple[tuple[Table, ...], tuple[Footnote, ...]]:
    """The tables of the first reports, named by place, their footnotes numbered through."""
    shown = [one for one in fresh if one.message.tables][:TABLES]
    texts = list(dict.fromkeys(note.text for one in shown for note in one.message.footnotes))
    marks = {text: f"*{number}" for number, text in enumerate(texts, 1)}
    tables = [_placed(one, table, marks) for one in shown for table in one.message.tables]
    return tuple(tables), tuple(Footnote(mark, text) for text, mark in marks.items())


def _placed(said: _ItemMessage, table: Table, marks: dict[str, str]) -> Table:
    texts = {note.mark: note.text for note in said.message.footnotes}
    caption = f"{said.short_name}: {table.caption[:1].lower()}{table.caption[1:]}"
    rows = tuple(_marked(row, texts, marks) for row in table.rows)
    return replace(table, caption=caption if said.short_name else table.caption, rows=rows)


def _marked(row: m.TableLine, texts: dict[str, str], marks: dict[str, str]) -> m.TableLine:
    return replace(row, note=marks[texts[row.note]]) if row.note in texts else row


def _items(fresh: Sequence[_ItemMessage]) -> list[str]:
    """A line for each event, with the report's address where there is no button for it."""
    bare = [one for one in fresh if _link(one)][BUTTONS:]
    return [f"{one.line} {one.message.links[0].url}" if one in bare else one.line for one in fresh]


def _link(said: _ItemMessage) -> Link | None:
    """To the report that it is about."""
    event = said.item.event
    if not isinstance(event, AboutReport) or not said.message.links:
        return None
    return replace(said.message.links[0], label=cut(f"{said.short_name}: {_title(event)}", LABEL))


def _links(
    event: Digest, fresh: Sequence[_ItemMessage], message_context: MessageContext
) -> tuple[Link, ...]:
    reports = [link for one in fresh if (link := _link(one))]
    end = links(event.standings[0].provider) if len(event.standings) == 1 else ours(message_context)
    return (*reports[:BUTTONS], *end)


def _title(event: AboutReport) -> str:
    day = event.report.published
    title = plain(event.report.title, 60)
    return f"{title}, {say_day(day)}" if day else title


def _licence(said: Sequence[_ItemMessage]) -> str:
    given = {one.message.licence for one in said}
    return given.pop() if len(given) == 1 else LICENCE_OF_ALL if given else licence()
