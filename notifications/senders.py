"""The ways by which messages leave: each renders once, and sends what it rendered.

What `render` gives is stored before sending and handed to `send` byte for byte on every
repeat, also after an upgrade.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Protocol

from notifications import quiet, words
from notifications.addresses import BadRecipient, Flaw, mailbox
from notifications.mail.server import MailServer
from notifications.message import Frame
from notifications.news import News
from notifications.outcomes import Attempt, Outcome
from notifications.recipients import Recipient, way_name
from notifications.tls import tls_context

__all__ = ["MailServer", "Stamp", "Way", "message_id", "way"]

NO_DOMAIN = "ofsted-watch.invalid"
OUTBOX_SENDER = "Ofsted watch <ofsted-watch@localhost>"
OUTBOX_TO = "Outbox <outbox@localhost>"
_LONGEST_ID = 59


@dataclass(frozen=True, slots=True)
class Stamp:
    """What is fixed with a delivery at its first attempt.

    `token` names the event; `follows` is the Message-ID of the first mail about the same
    report to the same recipient.
    """

    token: str
    message_id: str
    at: datetime
    follows: str | None = None


class Way(Protocol):
    """A way to one recipient.

    `name` is shared by all that breaks together: all mail goes by one server. `domain` is
    that of the Message-IDs of what leaves by it.
    """

    @property
    def name(self) -> str: ...

    @property
    def domain(self) -> str: ...

    def render(self, news: News, stamp: Stamp) -> bytes:
        """What is to be sent, to be stored before the first attempt."""

    def send(self, content: bytes) -> Attempt:
        """One attempt to send what was rendered; within 4 minutes. Never raises for trouble."""


def message_id(token: str, recipient: str, domain: str) -> str:
    """`<token.hash@domain>`, under 60 characters, one for each event and recipient."""
    digest = hashlib.sha256(f"{token}\0{recipient}".encode()).hexdigest()
    room = _LONGEST_ID - len("<@>")
    whole = f"{token}.{digest[:8]}@{domain}"
    if len(whole) <= room + 1 and token.isascii() and token.replace("-", "").isalnum():
        return f"<{whole}>"
    local = digest[:16]
    return f"<{local}@{domain[-(room - len(local)) :].lstrip('.-')}>"


def way(
    recipient: Recipient,
    *,
    mail: MailServer | None,
    frame: Frame,
    ca_file: Path | None,
    allow_private: bool = False,
) -> Way:
    """The way to a recipient. Nothing is sent, and Apprise is not imported yet.

    Args:
        recipient: who is told.
        mail: the mail server, for recipients by mail.
        frame: what surrounds every message to them.
        ca_file: certificate authorities to trust beside the usual ones.
        allow_private: post webhooks to private addresses too.

    Raises:
        BadRecipient: it wants mail, and there is no mail server or no fit sender.
    """
    quiet.hush()
    match recipient.channel:
        case "mail":
            return _Mail(recipient, _server(recipient, mail), frame, ca_file)
        case "teams":
            return _Teams(recipient, frame, ca_file, allow_private)
        case "apprise":
            return _Apprise(recipient, frame)
        case "outbox":
            return _Outbox(recipient, frame)


def _server(recipient: Recipient, mail: MailServer | None) -> MailServer:
    if mail is None:
        raise BadRecipient(
            recipient.name,
            "it wants mail and there is no mail server",
            "add [mail] to the settings",
        )
    try:
        mailbox(mail.sender)
    except Flaw:
        raise BadRecipient(
            recipient.name, "the sender in [mail] is no mail address", "put `sender` right"
        ) from None
    return mail


@dataclass(frozen=True, slots=True)
class _Mail:
    recipient: Recipient
    server: MailServer = field(repr=False)
    frame: Frame
    ca_file: Path | None

    @property
    def name(self) -> str:
        return way_name(self.recipient)

    @property
    def domain(self) -> str:
        return mailbox(self.server.sender).domain

    def render(self, news: News, stamp: Stamp) -> bytes:
        from notifications import mail

        return mail.render(
            words.message(news, self.frame),
            sender=self.server.sender,
            to=self.recipient.address,
            message_id=stamp.message_id,
            date=stamp.at,
            follows=stamp.follows,
        )

    def send(self, content: bytes) -> Attempt:
        from notifications.mail.plugin import Mail

        try:
            context = tls_context(self.ca_file)
        except OSError as trouble:
            return Attempt(Outcome.BROKEN, "ca_file", None, quiet.words(trouble))
        plugin = Mail.to(self.server)
        plugin.content = content
        plugin.context = context
        plugin.mail_from = mailbox(self.server.sender).addr_spec
        plugin.recipient = mailbox(self.recipient.address).addr_spec
        plugin.notify(body="mail")
        return plugin.outcome


@dataclass(frozen=True, slots=True)
class _Teams:
    recipient: Recipient
    frame: Frame
    ca_file: Path | None
    allow_private: bool
    domain: str = NO_DOMAIN

    @property
    def name(self) -> str:
        return way_name(self.recipient)

    def render(self, news: News, stamp: Stamp) -> bytes:  # noqa: ARG002 - a card has no id
        from notifications.teams import cards

        return cards.as_bytes(words.message(news, self.frame))

    def send(self, content: bytes) -> Attempt:
        from notifications.teams.plugin import Teams

        plugin = Teams.to(self.recipient.address)
        plugin.content = content
        plugin.ca_file = self.ca_file
        plugin.allow_private = self.allow_private
        plugin.notify(body="card")
        return plugin.outcome


@dataclass(frozen=True, slots=True)
class _Apprise:
    recipient: Recipient
    frame: Frame
    domain: str = NO_DOMAIN

    @property
    def name(self) -> str:
        return way_name(self.recipient)

    def render(self, news: News, stamp: Stamp) -> bytes:  # noqa: ARG002 - a notice has no id
        from notifications import services

        return services.render(words.message(news, self.frame), self.recipient.address)

    def send(self, content: bytes) -> Attempt:
        from notifications import services

        return services.send(self.recipient.address, content)


@dataclass(frozen=True, slots=True)
class _Outbox:
    recipient: Recipient
    frame: Frame
    domain: str = NO_DOMAIN

    @property
    def name(self) -> str:
        return way_name(self.recipient)

    def render(self, news: News, stamp: Stamp) -> bytes:
        from notifications import mail, outbox, teams

        message = words.message(news, self.frame)
        letter = mail.render(
            message,
            sender=OUTBOX_SENDER,
            to=OUTBOX_TO,
            message_id=stamp.message_id,
            date=stamp.at,
            follows=stamp.follows,
        )
        return outbox.render(stamp.token, stamp.at, letter, teams.payload(message))

    def send(self, content: bytes) -> Attempt:
        from notifications import outbox

        return outbox.write(Path(self.recipient.address), content)
