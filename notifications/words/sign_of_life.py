"""A line where nothing happened for long, so that silence is not doubted."""

from __future__ import annotations

from notifications.message import Frame, Message
from notifications.news import SignOfLife
from notifications.words.closing import licence, links, ours, why
from notifications.words.plain import day_of
from notifications.words.subjects import OURS, subject
from notifications.words.watching import in_short, names, state


def message(news: SignOfLife, frame: Frame) -> Message:
    """Nothing to tell since a day, how well the pages are seen, and when it goes on."""
    since = day_of(news.since)
    where = in_short([one.provider.place for one in news.seen])
    return Message(
        subject=subject(
            OURS,
            f"nothing to tell since {since}, still watching {where}",
            f"nothing to tell since {since}",
        ),
        headline=f"There was nothing to tell you since {since}. Ofsted watch still watches "
        f"Ofsted's reports on {names(news.seen)}.",
        kind=news.type,
        paragraphs=(state(news),),
        links=links(news.seen[0].provider) if len(news.seen) == 1 else ours(frame),
        licence=licence(),
        why=why(frame),
        test=frame.test,
    )
