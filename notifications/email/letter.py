"""A message as the bytes of an email: text and HTML, both quoted-printable, RFC 5322 and 3834."""

from __future__ import annotations

import hashlib
from datetime import datetime
from email.header import Header
from email.message import EmailMessage
from email.policy import SMTP, EmailPolicy
from email.utils import format_datetime
from typing import Any

from notifications import html, text
from notifications.addresses import mailbox
from notifications.message import Message

_BODY = SMTP.clone(max_line_length=76)  # RFC 2045 of quoted-printable
_PLAIN = SMTP.clone(max_line_length=200)  # an id that was folded would be encoded, and broken
_WORD_LINE = 74  # so that an encoded word has 75 characters at most and its line 76 (RFC 2047)


class _Written(EmailPolicy):
    """Headers in ASCII as they are, others in encoded words.

    The words are made by `Header`: the folding of policies loses blanks between two of them.
    """

    def fold_binary(self, name: str, value: Any) -> bytes:
        if str(value).isascii():
            return _PLAIN.fold_binary(name, value)
        text, end = str(value), ""
        if addresses := getattr(value, "addresses", ()):
            text, end = addresses[0].display_name, f"\r\n <{addresses[0].addr_spec}>"
        words = Header(text, "utf-8", _WORD_LINE, name).encode(linesep="\r\n")
        return f"{name}: {words}{end}\r\n".encode("ascii")


_WRITTEN = _Written(linesep="\r\n")


def render(
    message: Message,
    *,
    sender: str,
    to: str,
    message_id: str,
    date: datetime,
    follows: str | None = None,
) -> bytes:
    """One email to one mailbox, ready to send; the same values give the same bytes.

    Args:
        message: what it says.
        sender: address, with or without a name.
        to: one address, used unchanged.
        message_id: `<...@...>`, under 60 characters.
        date: of the first attempt, with its zone.
        follows: Message-ID of the first email about the same report to the same mailbox.
    """
    letter = EmailMessage(policy=_BODY)
    for name, value in _headers(sender, message_id, date, follows).items():
        letter[name] = value
    letter["To"] = mailbox(to)
    letter["Subject"] = message.subject
    letter.set_content(text.render(message), cte="quoted-printable")
    letter.add_alternative(html.render(message), subtype="html", cte="quoted-printable")
    letter.set_boundary(f"=_{hashlib.sha256(message_id.encode()).hexdigest()[:32]}")
    return letter.as_bytes(policy=_WRITTEN)


def _headers(
    sender: str, message_id: str, date: datetime, follows: str | None
) -> dict[str, object]:
    address = mailbox(sender)
    thread = {"In-Reply-To": follows, "References": follows} if follows else {}
    return {
        "From": address,
        "Date": format_datetime(date),
        "Message-ID": message_id,
        **thread,
        "List-Id": f"Ofsted Watch <ofsted-watch.{address.domain}>",
        "Auto-Submitted": "auto-generated",
        "X-Auto-Response-Suppress": "All",
    }
