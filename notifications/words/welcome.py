"""The first message to a recipient: what is watched, how things stand, when the next look is."""

from __future__ import annotations

from collections.abc import Iterator

from notifications.message import Frame, Message, Passage, Table
from notifications.news import Watched, Welcome
from notifications.when import digest_time
from notifications.words.closing import licence, links, ours, why
from notifications.words.labels import in_subject, mark
from notifications.words.passages import passage, titled
from notifications.words.plain import days, listed, moment, place_in_words, plain, several
from notifications.words.subjects import OURS, subject
from notifications.words.tables import alone

_READERS = {
    "all": ("You will hear when a new report is published, with what changed in its judgements."),
    "changed": (
        "You will hear when a new report changes a judgement, or may do so and could not be read."
    ),
    "declined": (
        "You will hear when a new report lowers a judgement, finds anything inadequate or asks "
        "for priority action, or may do so and could not be read."
    ),
}
_OPERATORS = (
    "You will hear when something needs attention: a page that cannot be seen, a report that "
    "cannot be read, a message that does not arrive."
)
_FALLS = (
    "A judgement that falls, and a report that cannot be read for sure, are told at once all the "
    "same."
)

TABLES = 3  # authorities whose judgements are shown in full


def message(news: Welcome, frame: Frame) -> Message:
    """What a recipient may expect from now on."""
    places = [plain(one.provider.place, 60) for one in news.watched]
    places += [plain(one.place, 60) for one in news.unseen]
    count = several(len(places), "authority", "authorities")
    few = len(news.watched) <= TABLES
    return Message(
        subject=subject(OURS, f"watching {listed(places)}", f"watching {count}"),
        headline=f"Ofsted watch now watches Ofsted's reports on {_what(news, count)} for you.",
        kind=news.type,
        paragraphs=tuple(filter(None, _paragraphs(news, few=few))),
        tables=tuple(table for one in news.watched for table in _table(one)) if few else (),
        passages=_passages(news, few=few),
        links=links(news.watched[0].provider) if len(places) == 1 and news.watched else ours(frame),
        evidence="Read by a program. The reports are what counts.",
        licence=licence(),
        why=why(frame),
        test=frame.test,
    )


def _what(news: Welcome, count: str) -> str:
    providers = [*(one.provider for one in news.watched), *news.unseen]
    names = [place_in_words(one.name) for one in providers]
    return listed(names) if len(names) <= TABLES else count


def _paragraphs(news: Welcome, *, few: bool) -> tuple[str, ...]:
    unseen = listed([place_in_words(one.name) for one in news.unseen[:10]])
    rest = f" and {len(news.unseen) - 10} more" if len(news.unseen) > 10 else ""  # noqa: PLR2004
    return (
        " ".join(_promises(news)),
        *(_standing(one) for one in news.watched if few),
        f"Not seen yet: {unseen}{rest}. The look at it is tried again." if unseen else "",
    )


def _promises(news: Welcome) -> Iterator[str]:
    """What is told, when, and what silence means."""
    if news.to != "operators":
        yield _READERS[news.hears]
    if news.to != "readers":
        yield _OPERATORS
    digest = digest_time(news.when)
    if digest:
        yield f"It is summed up for you {digest}, also when nothing happened."
        if news.to != "operators":
            yield _FALLS
    else:
        line = ", but for a line after 30 days" if news.sign_of_life else ""
        yield f"Otherwise there is silence{line}."
    if news.next_look:
        yield f"The next look is at {moment(news.next_look)}."


def _standing(one: Watched) -> str:
    where = plain(one.provider.place, 60)
    count = several(one.reports, "report") if one.reports else "no report"
    listed_now = f"{where}: Ofsted's page lists {count}."
    if one.newest is None or one.found is None:
        return listed_now
    held = days(one.found.first_day, one.found.last_day)
    inspected = f", inspected {held}" if held else ""
    read = "" if one.found.status == "read" else " It is not yet read, so no grade is given here."
    return f"{listed_now} The newest with judgements: {titled(one.newest)}{inspected}.{read}"


def _table(one: Watched) -> tuple[Table, ...]:
    if one.found is None or one.found.status != "read":
        return ()
    place = plain(one.provider.place, 60)
    return tuple(
        Table(
            caption=f"{place}: {table.caption[:1].lower()}{table.caption[1:]}",
            rows=table.rows,
            compared=False,
            head=table.head,
        )
        for table in alone(one.found)
    )


def _passages(news: Welcome, *, few: bool) -> tuple[Passage, ...]:
    if few:
        return ()
    return passage("The newest judgements", [_line(one) for one in news.watched], most=200)


def _line(one: Watched) -> str:
    place = plain(one.provider.place, 60)
    found = one.found
    if found is None or found.status != "read" or not found.judgements:
        return f"{place}: none known yet"
    held = days(found.first_day, found.last_day)
    grades = [
        f"{in_subject(each.key, each.label)} {shown.words}"
        for each in found.judgements
        if (shown := mark(each.grade, each.printed))
    ]
    return f"{place}{f' ({held})' if held else ''}: {'; '.join(grades)}"
