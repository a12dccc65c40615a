"""Events put into words: sober ones, Ofsted's where it is Ofsted that speaks."""

from __future__ import annotations

from dataclasses import replace

from notifications.events import (
    AboutReport,
    Digest,
    Event,
    QuietNotice,
    ReportReturned,
    ReportWithdrawn,
    Welcome,
)
from notifications.message import Message, MessageContext
from notifications.words import about_report, digest, operators, quiet_notice, readers, welcome
from notifications.words.plain import cut
from notifications.words.subjects import LIMIT

__all__ = ["MessageContext", "message", "summary"]

TEST = "Test: "


def message(event: Event, message_context: MessageContext) -> Message:
    """The message that a piece of news makes for one recipient."""
    said = _said(event, message_context)
    return replace(said, subject=cut(TEST + said.subject, LIMIT)) if message_context.test else said


def summary(event: Event) -> str:
    """The subject, one line; the same for all recipients."""
    return _said(event, MessageContext("")).subject


def _said(event: Event, message_context: MessageContext) -> Message:
    match event:
        case AboutReport():
            return about_report.message(event, message_context)
        case ReportWithdrawn() | ReportReturned():
            return readers.message(event, message_context)
        case Welcome():
            return welcome.message(event, message_context)
        case Digest():
            return digest.message(event, message_context, _said)
        case QuietNotice():
            return quiet_notice.message(event, message_context)
        case _:
            return operators.message(event, message_context)
