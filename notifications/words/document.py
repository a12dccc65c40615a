"""The message about a document that is listed in a borough and was not read."""

from __future__ import annotations

from notifications.events import DocumentListed
from notifications.message import Message, MessageContext
from notifications.words.footer import licence, links, unfit_address, why
from notifications.words.plain import plain
from notifications.words.sections import titled
from notifications.words.subjects import subject


def message(event: DocumentListed, message_context: MessageContext) -> Message:
    """The message about one document."""
    where = " and ".join(plain(area.short_name, 60) for area in event.areas)
    name, title = plain(event.provider.name, 200), plain(event.report.title, 100)
    return Message(
        subject=subject(where, f"{name}, {title[:1].lower()}{title[1:]}", name),
        headline=f"Ofsted's page for {name} lists {titled(event.report)}.",
        kind=event.type,
        paragraphs=tuple(filter(None, (unfit_address(event.report),))),
        links=links(event.provider, event.report),
        licence=licence(),
        why=why(message_context),
        test=message_context.test,
    )
