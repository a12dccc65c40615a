"""Mail as an Apprise plugin of ours, which sends the very bytes that were stored.

Apprise's own plugin misdelivers addresses with an apostrophe, makes a Message-ID afresh at
each attempt, and does not say why a mail failed; only its `send` is replaced. No address
travels through an Apprise address: sender and recipient are set on the plugin.
"""

from __future__ import annotations

import ssl
from typing import Any, Self

from apprise.plugins.email.base import NotifyEmail

from notifications import apprise_channel
from notifications.email.server import EmailServer, Security
from notifications.email.smtp import deliver
from notifications.results import Result, SendResult

_MODES: dict[Security, str] = {"starttls": "starttls", "tls": "ssl", "none": "insecure"}
_SECURITIES: dict[str, Security] = {mode: security for security, mode in _MODES.items()}
_NOBODY = "nobody@example.invalid"  # Apprise wants an address of its own grammar


class Email(NotifyEmail):  # type: ignore[no-untyped-call]  # Apprise is typed in part
    """One mail to one mailbox; a plugin is used once, by one thread.

    Set before: `content` (bytes ready to send), `mail_from`, `recipient`, `context`.
    After `notify`: `outcome`.
    """

    service_name = "Ofsted watch mail"
    protocol = "owmail"
    secure_protocol = "owmails"
    attachment_support = False
    request_rate_per_sec = 0

    content: bytes = b""
    mail_from: str = ""
    recipient: str = ""
    helo: str = ""
    context: ssl.SSLContext | None = None
    result: SendResult = SendResult(Result.LATER, "not tried")

    @classmethod
    def to(cls, server: EmailServer) -> Self:
        """A plugin for a server of our settings."""
        plugin = cls(
            host=server.server,
            smtp_host=server.server,
            port=server.port,
            user=server.username or None,
            password=server.password or None,
            secure_mode=_MODES[server.security],
            from_addr=_NOBODY,
            targets=[_NOBODY],
            asset=apprise_channel.ASSET,
        )
        plugin.helo = server.helo
        return plugin

    def send(self, *_: Any, **__: Any) -> bool:
        """Hand the bytes over; Apprise's title and body are not used."""
        self.result = deliver(
            EmailServer(
                server=self.smtp_host,
                port=self.port or 0,
                security=_SECURITIES[self.secure_mode or "starttls"],
                username=self.user or "",
                password=self.password or "",
                helo=self.helo,
            ),
            self.context or ssl.create_default_context(),
            mail_from=self.mail_from,
            rcpt_to=self.recipient,
            content=self.content,
        )
        return self.result.result is Result.SENT


apprise_channel.register(Email)
