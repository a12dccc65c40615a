"""A digest: what happened since the last one, the facts of each report, and what went apart.

Where one thing happened, the digest is its message. Where nothing did, one line says so.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

from notifications import message as m
from notifications.message import Footnote, Frame, Link, Message, Table
from notifications.news import AboutReport, Digest, Happened, Told
from notifications.words.closing import LICENCE_OF_ALL, licence, links, ours, why
from notifications.words.passages import passage
from notifications.words.plain import cut, day_of, plain, several
from notifications.words.subjects import OURS, subject
from notifications.words.watching import in_short, names, state
from ofsted.text import say_day

Say = Callable[[Happened, Frame], Message]

ITEMS = 40
TABLES = 6  # reports whose judgements are shown in full
BUTTONS = 5  # as many as a card shows at once, beside that of the page
LABEL = 80  # letters of a link
TELLING = ("What to do: ", "Its title ")  # beginnings of what a line of several keeps


@dataclass(frozen=True, slots=True)
class _Said:
    """One thing that happened, and its own message."""

    told: Told
    message: Message

    @property
    def place(self) -> str:
        """The authority it is about; empty where it is about our service."""
        provider = getattr(self.told.news, "provider", None)
        return plain(provider.place, 60) if provider else ""

    @property
    def day(self) -> str:
        return day_of(self.told.at)

    @property
    def item(self) -> str:
        """What happened in a sentence, what is to be done, and what tells it from the next."""
        telling = (one for one in self.message.paragraphs if one.startswith(TELLING))
        return " ".join((self.message.headline, *telling))


def message(news: Digest, frame: Frame, say: Say) -> Message:
    """What happened, or that nothing did; `say` makes the message of one thing alone."""
    said = [_Said(told, say(told.news, frame)) for told in news.told]
    fresh = [one for one in said if not one.told.apart]
    apart = [one for one in said if one.told.apart]
    made = _one(news, fresh[0]) if len(fresh) == 1 else _several(news, fresh, apart, frame)
    items = [f"{one.message.subject} ({one.day})" for one in apart]
    looked = passage("How the page was seen", [state(news)] if fresh else [])
    return replace(
        made,
        kind=news.type,
        passages=(*made.passages, *passage("Already sent to you at once", items, ITEMS), *looked),
    )


def _one(news: Digest, only: _Said) -> Message:
    return replace(only.message, paragraphs=(*only.message.paragraphs, *_last(news)))


def _several(news: Digest, fresh: Sequence[_Said], apart: Sequence[_Said], frame: Frame) -> Message:
    since = day_of(news.since)
    nothing = "nothing more to tell" if apart else "nothing to tell"
    count = _counted(fresh) if fresh else nothing
    tables, footnotes = _tables(fresh)
    return Message(
        subject=subject(_about(fresh or apart), f"{count} since {since}"),
        headline=_headline(news, fresh, apart),
        kind=news.type,
        paragraphs=(*_last(news), *([] if fresh else [state(news)])),
        leading=passage(f"Since {since}", _items(fresh), ITEMS),
        tables=tables,
        footnotes=footnotes,
        links=_links(news, fresh, frame),
        evidence="Read by a program. The reports are what counts." * bool(fresh),
        licence=_licence([*fresh, *apart]),
        why=why(frame),
        test=frame.test,
    )


def _counted(fresh: Sequence[_Said]) -> str:
    """`2 new reports`, `3 messages`."""
    new = all(one.told.news.type == "report_published" for one in fresh)
    return several(len(fresh), "new report" if new else "message")


def _about(said: Sequence[_Said]) -> str:
    """Whom the subject line names."""
    about = list(dict.fromkeys(one.place for one in said))
    return in_short(about) if about and all(about) else OURS


def _headline(news: Digest, fresh: Sequence[_Said], apart: Sequence[_Said]) -> str:
    since = day_of(news.since)
    if fresh:
        about = _about(fresh)
        where = f" on {about}" if about != OURS else ""
        return f"{_counted(fresh).capitalize()}{where} since {since}."
    if apart:
        return f"There was nothing to tell you since {since} but what was sent to you at once."
    return f"There was nothing to tell you of {names(news.seen)} since {since}."


def _last(news: Digest) -> tuple[str, ...]:
    said = ("This is your last digest; from now on you hear at once.",)
    return said if news.period == "last" else ()


def _tables(fresh: Iterable[_Said]) -> tuple[tuple[Table, ...], tuple[Footnote, ...]]:
    """The tables of the first reports, named by place, their footnotes numbered through."""
    shown = [one for one in fresh if one.message.tables][:TABLES]
    texts = list(dict.fromkeys(note.text for one in shown for note in one.message.footnotes))
    marks = {text: f"*{number}" for number, text in enumerate(texts, 1)}
    tables = [_placed(one, table, marks) for one in shown for table in one.message.tables]
    return tuple(tables), tuple(Footnote(mark, text) for text, mark in marks.items())


def _placed(said: _Said, table: Table, marks: dict[str, str]) -> Table:
    texts = {note.mark: note.text for note in said.message.footnotes}
    caption = f"{said.place}: {table.caption[:1].lower()}{table.caption[1:]}"
    rows = tuple(_marked(row, texts, marks) for row in table.rows)
    return replace(table, caption=caption if said.place else table.caption, rows=rows)


def _marked(row: m.Row, texts: dict[str, str], marks: dict[str, str]) -> m.Row:
    return replace(row, note=marks[texts[row.note]]) if row.note in texts else row


def _items(fresh: Sequence[_Said]) -> list[str]:
    """What happened, with the address of each report for which there is no button."""
    bare = [one for one in fresh if _link(one)][BUTTONS:]
    return [f"{one.item} {one.message.links[0].url}" if one in bare else one.item for one in fresh]


def _link(said: _Said) -> Link | None:
    """To the report that it is about."""
    news = said.told.news
    if not isinstance(news, AboutReport) or not said.message.links:
        return None
    return replace(said.message.links[0], label=cut(f"{said.place}: {_title(news)}", LABEL))


def _links(news: Digest, fresh: Sequence[_Said], frame: Frame) -> tuple[Link, ...]:
    reports = [link for one in fresh if (link := _link(one))]
    end = links(news.seen[0].provider) if len(news.seen) == 1 else ours(frame)
    return (*reports[:BUTTONS], *end)


def _title(news: AboutReport) -> str:
    day = news.report.published
    title = plain(news.report.title, 60)
    return f"{title}, {say_day(day)}" if day else title


def _licence(said: Sequence[_Said]) -> str:
    given = {one.message.licence for one in said}
    return given.pop() if len(given) == 1 else LICENCE_OF_ALL if given else licence()
