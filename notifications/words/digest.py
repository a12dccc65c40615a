"""A digest: what happened since the last one, the facts of each report, and what went apart.

Where one thing happened, the digest is its message. Where nothing did, one line says so.
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
# beginnings of what a line of several keeps
TELLING = ("What to do: ", "Ofsted's page lists it as ")


@dataclass(frozen=True, slots=True)
class _Said:
    """One thing that happened, and its own message."""

    told: DigestItem
    message: Message

    @property
    def short_name(self) -> str:
        """The authority it is about; empty where it is about our service."""
        provider = getattr(self.told.event, "provider", None)
        return plain(provider.short_name, 60) if provider else ""

    @property
    def day(self) -> str:
        return day_of(self.told.at)

    @property
    def item(self) -> str:
        """What happened in a sentence, what is to be done, and what tells it from the next."""
        new_event = (one for one in self.message.paragraphs if one.startswith(TELLING))
        return " ".join((self.message.headline, *new_event))


def message(event: Digest, message_context: MessageContext, say: Say) -> Message:
    """What happened, or that nothing did; `say` makes the message of one thing alone."""
    said = [_Said(announced, say(announced.event, message_context)) for announced in event.items]
    fresh = [one for one in said if not one.told.apart]
    apart = [one for one in said if one.told.apart]
    made = (
        _one(event, fresh[0]) if len(fresh) == 1 else _several(event, fresh, apart, message_context)
    )
    items = [f"{one.message.subject} ({one.day})" for one in apart]
    checked = section("Checks", [state(event)] if fresh else [])
    return replace(
        made,
        kind=event.type,
        sections=(*made.sections, *section("Already sent to you", items, ITEMS), *checked),
    )


def _one(event: Digest, only: _Said) -> Message:
    return replace(only.message, paragraphs=(*only.message.paragraphs, *_last(event)))


def _several(
    event: Digest, fresh: Sequence[_Said], apart: Sequence[_Said], message_context: MessageContext
) -> Message:
    since = day_of(event.since)
    nothing = "no further alerts" if apart else "no alerts"
    count = _counted(fresh) if fresh else nothing
    tables, footnotes = _tables(fresh)
    return Message(
        subject=subject(_about(fresh or apart), f"{count} since {since}"),
        headline=_headline(event, fresh, apart),
        kind=event.type,
        paragraphs=(*_last(event), *([] if fresh else [state(event)])),
        leading=section(f"Since {since}", _items(fresh), ITEMS),
        tables=tables,
        footnotes=footnotes,
        links=_links(event, fresh, message_context),
        evidence=SEE_REPORTS * bool(fresh),
        licence=_licence([*fresh, *apart]),
        why=why(message_context),
        test=message_context.test,
    )


def _counted(fresh: Sequence[_Said]) -> str:
    """`2 new reports`, `3 alerts`."""
    new = all(one.told.event.type == "report_published" for one in fresh)
    return several(len(fresh), "new report" if new else "alert")


def _about(said: Sequence[_Said]) -> str:
    """Whom the subject line names."""
    about = list(dict.fromkeys(one.short_name for one in said))
    return in_short(about) if about and all(about) else OURS


def _headline(event: Digest, fresh: Sequence[_Said], apart: Sequence[_Said]) -> str:
    since = day_of(event.since)
    if fresh:
        about = _about(fresh)
        where = f" on {about}" if about != OURS else ""
        return f"{_counted(fresh).capitalize()}{where} since {since}."
    if apart:
        return f"No alerts since {since}, apart from those you have already received."
    return f"No alerts about {names(event.standings)} since {since}."


def _last(event: Digest) -> tuple[str, ...]:
    said = ("This is your final digest; from now on you will receive alerts immediately.",)
    return said if event.period == "last" else ()


def _tables(fresh: Iterable[_Said]) -> tuple[tuple[Table, ...], tuple[Footnote, ...]]:
    """The tables of the first reports, named by place, their footnotes numbered through."""
    shown = [one for one in fresh if one.message.tables][:TABLES]
    texts = list(dict.fromkeys(note.text for one in shown for note in one.message.footnotes))
    marks = {text: f"*{number}" for number, text in enumerate(texts, 1)}
    tables = [_placed(one, table, marks) for one in shown for table in one.message.tables]
    return tuple(tables), tuple(Footnote(mark, text) for text, mark in marks.items())


def _placed(said: _Said, table: Table, marks: dict[str, str]) -> Table:
    texts = {note.mark: note.text for note in said.message.footnotes}
    caption = f"{said.short_name}: {table.caption[:1].lower()}{table.caption[1:]}"
    rows = tuple(_marked(row, texts, marks) for row in table.rows)
    return replace(table, caption=caption if said.short_name else table.caption, rows=rows)


def _marked(row: m.TableLine, texts: dict[str, str], marks: dict[str, str]) -> m.TableLine:
    return replace(row, note=marks[texts[row.note]]) if row.note in texts else row


def _items(fresh: Sequence[_Said]) -> list[str]:
    """What happened, with the address of each report for which there is no button."""
    bare = [one for one in fresh if _link(one)][BUTTONS:]
    return [f"{one.item} {one.message.links[0].url}" if one in bare else one.item for one in fresh]


def _link(said: _Said) -> Link | None:
    """To the report that it is about."""
    event = said.told.event
    if not isinstance(event, AboutReport) or not said.message.links:
        return None
    return replace(said.message.links[0], label=cut(f"{said.short_name}: {_title(event)}", LABEL))


def _links(
    event: Digest, fresh: Sequence[_Said], message_context: MessageContext
) -> tuple[Link, ...]:
    reports = [link for one in fresh if (link := _link(one))]
    end = links(event.standings[0].provider) if len(event.standings) == 1 else ours(message_context)
    return (*reports[:BUTTONS], *end)


def _title(event: AboutReport) -> str:
    day = event.report.published
    title = plain(event.report.title, 60)
    return f"{title}, {say_day(day)}" if day else title


def _licence(said: Sequence[_Said]) -> str:
    given = {one.message.licence for one in said}
    return given.pop() if len(given) == 1 else LICENCE_OF_ALL if given else licence()
