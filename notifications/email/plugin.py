"""Email as an Apprise plugin of ours, which sends exactly the bytes that were stored.

Apprise's own plugin misdelivers addresses with an apostrophe, makes a Message-ID afresh at
each attempt, and does not say why an email failed.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from apprise.plugins.base import NotifyBase

from notifications import redaction
from notifications.addresses import mailbox
from notifications.apprise_channel import ASSET
from notifications.email.server import EmailServer
from notifications.email.smtp import deliver
from notifications.send_results import SendResult
from notifications.tls import tls_context


class Email(NotifyBase):  # type: ignore[no-untyped-call]  # Apprise is typed in part
    """One email to one mailbox, for one `notify`, which leaves its `result`.

    Args:
        content: the email, ready to send.
        to: the recipient's address, with or without a name.
        server: the email server, with its sender.
        ca_file: certificate authorities to trust in addition to the usual ones.
    """

    service_name: Any = "Ofsted Watch email"
    secure_protocol: Any = "owemail"
    request_rate_per_sec = 0

    def __init__(self, content: bytes, to: str, server: EmailServer, ca_file: Path | None) -> None:
        super().__init__(asset=ASSET)  # type: ignore[no-untyped-call]
        self.content = content
        self.to = to
        self.server = server
        self.ca_file = ca_file
        self.result = SendResult("later", "not tried")

    def send(self, *_: Any, **__: Any) -> bool:
        """Hand the bytes over; Apprise's title and body are not used."""
        self.result = self._deliver()
        return self.result.result == "sent"

    def _deliver(self) -> SendResult:
        try:
            context = tls_context(self.ca_file)
        except OSError as trouble:
            return SendResult("channel_down", "ca_file", None, redaction.words(trouble))
        return deliver(
            self.server,
            context,
            mail_from=mailbox(self.server.sender).addr_spec,
            rcpt_to=mailbox(self.to).addr_spec,
            content=self.content,
        )
