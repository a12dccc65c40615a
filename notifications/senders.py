"""Channel clients: each renders a message once, and sends what it rendered.

The bytes that `render` returns are stored before sending and passed to `send` unchanged on every
repeat, also after an upgrade.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Protocol

from notifications import redaction
from notifications.addresses import BadRecipient, Flaw, mailbox
from notifications.email.server import EmailServer
from notifications.events import Event
from notifications.message import MessageContext
from notifications.recipients import Recipient, channel_key
from notifications.send_results import SendResult
from notifications.words import of_events

__all__ = ["ChannelClient", "EmailServer", "Envelope", "channel_client", "message_id"]

NO_DOMAIN = "ofsted-watch.invalid"
OUTBOX_SENDER = "Ofsted Watch <ofsted-watch@localhost>"
OUTBOX_TO = "Outbox <outbox@localhost>"
_LONGEST_ID = 59


@dataclass(frozen=True, slots=True)
class Envelope:
    """What is fixed with a delivery at its first attempt.

    `token` identifies the event; `follows` is the Message-ID of the first email about the same
    report to the same recipient.
    """

    token: str
    message_id: str
    at: datetime
    follows: str | None = None


class ChannelClient(Protocol):
    """Sends messages to one recipient.

    `name` is the channel's, shared by all that fails together (`channel_key`). `domain` is that
    of the Message-IDs.
    """

    @property
    def name(self) -> str: ...

    @property
    def domain(self) -> str: ...

    def render(self, event: Event, envelope: Envelope) -> bytes:
        """The bytes to send, which are stored before the first attempt."""

    def send(self, content: bytes) -> SendResult:
        """Make one attempt to send rendered bytes, within 4 minutes. Failures are results."""


def message_id(token: str, recipient: str, domain: str) -> str:
    """`<token.hash@domain>`, under 60 characters, one for each event and recipient."""
    digest = hashlib.sha256(f"{token}\0{recipient}".encode()).hexdigest()
    room = _LONGEST_ID - len("<@>")
    whole = f"{token}.{digest[:8]}@{domain}"
    if len(whole) <= room + 1 and token.isascii() and token.replace("-", "").isalnum():
        return f"<{whole}>"
    local = digest[:16]
    return f"<{local}@{domain[-(room - len(local)) :].lstrip('.-')}>"


def channel_client(
    recipient: Recipient,
    *,
    email: EmailServer | None,
    message_context: MessageContext,
    ca_file: Path | None,
    allow_private: bool = False,
) -> ChannelClient:
    """The client for a recipient. Nothing is sent, and Apprise is not imported yet.

    Args:
        recipient: who gets the messages.
        email: the email server; needed for recipients by email.
        message_context: what every message to them says of this installation.
        ca_file: certificate authorities to trust in addition to the usual ones.
        allow_private: post webhooks to private addresses too.

    Raises:
        BadRecipient: it is reached by email, and there is no email server or no valid sender.
    """
    redaction.quieten()
    match recipient.via:
        case "email":
            return _EmailClient(recipient, _server(recipient, email), message_context, ca_file)
        case "teams":
            return _TeamsClient(recipient, message_context, ca_file, allow_private)
        case "apprise":
            return _AppriseClient(recipient, message_context)
        case "outbox":
            return _OutboxClient(recipient, message_context)


def _server(recipient: Recipient, email: EmailServer | None) -> EmailServer:
    if email is None:
        raise BadRecipient(
            recipient.name,
            "it has an email address, but no email server is set",
            "add [email] to the settings",
        )
    try:
        mailbox(email.sender)
    except Flaw:
        raise BadRecipient(
            recipient.name, "the sender in [email] is not an email address", "correct `sender`"
        ) from None
    return email


@dataclass(frozen=True, slots=True)
class _EmailClient:
    recipient: Recipient
    server: EmailServer = field(repr=False)
    message_context: MessageContext
    ca_file: Path | None

    @property
    def name(self) -> str:
        return channel_key(self.recipient)

    @property
    def domain(self) -> str:
        return mailbox(self.server.sender).domain

    def render(self, event: Event, envelope: Envelope) -> bytes:
        from notifications import email

        return email.render(
            of_events.message(event, self.message_context),
            sender=self.server.sender,
            to=self.recipient.address,
            message_id=envelope.message_id,
            date=envelope.at,
            follows=envelope.follows,
        )

    def send(self, content: bytes) -> SendResult:
        from notifications.email.plugin import Email

        plugin = Email(content, self.recipient.address, self.server, self.ca_file)
        plugin.notify(body="email")
        return plugin.result


@dataclass(frozen=True, slots=True)
class _TeamsClient:
    recipient: Recipient
    message_context: MessageContext
    ca_file: Path | None
    allow_private: bool
    domain: str = NO_DOMAIN

    @property
    def name(self) -> str:
        return channel_key(self.recipient)

    def render(self, event: Event, envelope: Envelope) -> bytes:  # noqa: ARG002 - a card has no id
        from notifications.teams import cards

        return cards.as_bytes(of_events.message(event, self.message_context))

    def send(self, content: bytes) -> SendResult:
        from notifications.teams.plugin import Teams

        plugin = Teams(
            content, self.recipient.address, self.ca_file, allow_private=self.allow_private
        )
        plugin.notify(body="card")
        return plugin.result


@dataclass(frozen=True, slots=True)
class _AppriseClient:
    recipient: Recipient
    message_context: MessageContext
    domain: str = NO_DOMAIN

    @property
    def name(self) -> str:
        return channel_key(self.recipient)

    def render(self, event: Event, envelope: Envelope) -> bytes:  # noqa: ARG002 - a notice has no id
        from notifications import apprise_channel

        return apprise_channel.render(
            of_events.message(event, self.message_context), self.recipient.address
        )

    def send(self, content: bytes) -> SendResult:
        from notifications import apprise_channel

        return apprise_channel.send(self.recipient.address, content)


@dataclass(frozen=True, slots=True)
class _OutboxClient:
    recipient: Recipient
    message_context: MessageContext
    domain: str = NO_DOMAIN

    @property
    def name(self) -> str:
        return channel_key(self.recipient)

    def render(self, event: Event, envelope: Envelope) -> bytes:
        from notifications import email, outbox, teams

        message = of_events.message(event, self.message_context)
        letter = email.render(
            message,
            sender=OUTBOX_SENDER,
            to=OUTBOX_TO,
            message_id=envelope.message_id,
            date=envelope.at,
            follows=envelope.follows,
        )
        return outbox.render(envelope.token, envelope.at, letter, teams.payload(message))

    def send(self, content: bytes) -> SendResult:
        from notifications import outbox

        return outbox.write(Path(self.recipient.address), content)
