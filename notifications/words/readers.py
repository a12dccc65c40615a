"""News for readers of a report that has gone from the page, or come back to it."""

from __future__ import annotations

from notifications.message import Frame, Message
from notifications.news import ReportReturned, ReportWithdrawn
from notifications.words.closing import licence, links, unfit_address, why
from notifications.words.labels import KINDS, likely_kind
from notifications.words.passages import titled
from notifications.words.plain import moment, place_in_words
from notifications.words.subjects import subject
from ofsted.text import say_day


def message(news: ReportWithdrawn | ReportReturned, frame: Frame) -> Message:
    """A report that was there and is not, or is there again."""
    kind = likely_kind("unknown", news.report.title)
    noun = KINDS[kind].noun
    day = news.report.published
    dated = f", published {say_day(day)}" if day else ""
    verb, said = _withdrawn(news) if isinstance(news, ReportWithdrawn) else _RETURNED
    where = place_in_words(news.provider.name)
    return Message(
        subject=subject(news.provider.place, f"{noun} {verb}{dated}", f"{noun} {verb}"),
        headline=f"Ofsted's page for {where} {said[0]}: {titled(news.report)}.",
        kind=news.type,
        paragraphs=tuple(filter(None, (said[1], unfit_address(news.report)))),
        links=links(news.provider, news.report),
        licence=licence(kind),
        why=why(frame),
        test=frame.test,
    )


_RETURNED = (
    "is back",
    (
        "lists a report again that had gone from it",
        "You were told that it was withdrawn. What it says is in the report.",
    ),
)


def _withdrawn(news: ReportWithdrawn) -> tuple[str, tuple[str, str]]:
    return (
        "withdrawn",
        (
            "no longer lists a report",
            (
                f"It has not been there since {moment(news.gone_since)}. Ofsted gives no reason on "
                "the page, and its link may no longer work. Ofsted watch keeps the file."
            ),
        ),
    )
