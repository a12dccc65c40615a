"""A short confirmation, after a long time without an alert, that monitoring is running."""

from __future__ import annotations

from notifications.events import QuietNotice
from notifications.message import Link, Message, MessageContext
from notifications.words.footer import licence, links, on_website, ui, why
from notifications.words.page_checks import in_short, names, state
from notifications.words.plain import day_of
from notifications.words.subjects import OURS, subject


def message(event: QuietNotice, message_context: MessageContext) -> Message:
    """The message of a quiet notice: since when, how the checks went, the next check."""
    since = day_of(event.since)
    fine = bool(event.checks) and all(
        one.is_ok and one.last_successful_check for one in event.standings
    )
    where = in_short([one.provider.short_name for one in event.standings])
    return Message(
        subject=subject(
            OURS,
            f"no alerts since {since}, still monitoring {where}",
            f"no alerts since {since}",
        ),
        headline=f"We have had no alerts for you about {names(event.standings)} since {since}"
        f"{'; monitoring is working normally' if fine else ''}.",
        kind=event.type,
        paragraphs=(state(event),),
        links=_links(event, message_context),
        licence=licence(),
        why=why(message_context),
        test=message_context.test,
    )


def _links(event: QuietNotice, message_context: MessageContext) -> tuple[Link, ...]:
    if len(event.standings) == 1:
        provider = event.standings[0].provider
        return (*links(provider), *on_website(message_context, provider))
    return (*on_website(message_context), *ui(message_context))
