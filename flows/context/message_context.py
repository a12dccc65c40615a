"""What a message says of its recipient and of this installation, from the settings."""

from __future__ import annotations

from flows.context.website_pages import website_pages
from flows.settings.model import Settings
from notifications.events import Audience
from notifications.message import MessageContext


def message_context(
    settings: Settings, recipient: str = "", *, audience: Audience = "readers", test: bool = False
) -> MessageContext:
    """What messages need to know about a recipient and about this installation.

    Args:
        settings: of this installation.
        recipient: a name; empty where nobody is written to, as in the feed.
        audience: whose messages the recipient gets; only readers are never sent to the Prefect UI.
        test: the message is marked as a test.
    """
    return MessageContext(
        recipient=recipient,
        ui_url="" if audience == "readers" else settings.ui.url,
        contact=settings.contact,
        test=test,
        website=website_pages(settings),
    )
