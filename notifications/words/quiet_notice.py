"""A line where nothing happened for long, so that silence is not doubted."""

from __future__ import annotations

from notifications.events import QuietNotice
from notifications.message import Message, MessageContext
from notifications.words.footer import licence, links, ours, why
from notifications.words.page_checks import in_short, names, state
from notifications.words.plain import day_of
from notifications.words.subjects import OURS, subject


def message(event: QuietNotice, message_context: MessageContext) -> Message:
    """Nothing to tell since a day, how well the pages are seen, and when it goes on."""
    since = day_of(event.since)
    where = in_short([one.provider.short_name for one in event.standings])
    return Message(
        subject=subject(
            OURS,
            f"nothing to tell since {since}, still watching {where}",
            f"nothing to tell since {since}",
        ),
        headline=f"There was nothing to tell you since {since}. Ofsted watch still watches "
        f"Ofsted's reports on {names(event.standings)}.",
        kind=event.type,
        paragraphs=(state(event),),
        links=links(event.standings[0].provider)
        if len(event.standings) == 1
        else ours(message_context),
        licence=licence(),
        why=why(message_context),
        test=message_context.test,
    )
