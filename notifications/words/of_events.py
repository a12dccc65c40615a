"""Events in words: plain ones, and Ofsted's own where a report is quoted."""

from __future__ import annotations

from dataclasses import replace

from notifications.events import (
    AboutReport,
    Digest,
    DocumentListed,
    Event,
    QuietNotice,
    ReportReturned,
    ReportWithdrawn,
    Welcome,
)
from notifications.message import Message, MessageContext
from notifications.words import (
    about_report,
    digest,
    document,
    operators,
    quiet_notice,
    readers,
    welcome,
)
from notifications.words.plain import cut
from notifications.words.subjects import LIMIT

__all__ = ["MessageContext", "message", "summary"]

TEST = "Test: "


def message(event: Event, message_context: MessageContext) -> Message:
    """The message about an event for one recipient."""
    made = _message(event, message_context)
    return replace(made, subject=cut(TEST + made.subject, LIMIT)) if message_context.test else made


def summary(event: Event) -> str:
    """The subject of an event's message, one line; the same for all recipients."""
    return _message(event, MessageContext("")).subject


def _message(event: Event, message_context: MessageContext) -> Message:  # noqa: PLR0911  # a kind each
    match event:
        case AboutReport():
            return about_report.message(event, message_context)
        case ReportWithdrawn() | ReportReturned():
            return readers.message(event, message_context)
        case DocumentListed():
            return document.message(event, message_context)
        case Welcome():
            return welcome.message(event, message_context)
        case Digest():
            return digest.message(event, message_context, _message)
        case QuietNotice():
            return quiet_notice.message(event, message_context)
        case _:
            return operators.message(event, message_context)
