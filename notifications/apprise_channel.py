"""Apprise, as far as we use it: one plugin for one address. Imported only when needed."""

from __future__ import annotations

import json
import re
from typing import Any

from apprise import Apprise, AppriseAsset, NotifyFormat, OverflowMode

from notifications import redaction, text
from notifications.message import Message
from notifications.send_results import SendResult

# Redirects are not followed: they could lead to a private address.
ASSET = AppriseAsset(
    app_id="Ofsted Watch", app_desc="Ofsted Watch", app_url="", http_redirects=False
)
LONGEST = 30_000  # characters, even where a service accepts more
_EVERYBODY = re.compile(r"(?i)@(?=(everyone|here|channel|room|all)\b)")


def load(address: str) -> Any | None:
    """The plugin of an Apprise address; None where it does not load. Nothing is sent."""
    redaction.quieten()
    with redaction.silence("apprise"):  # it logs the whole address that it cannot load
        return Apprise.instantiate(address, asset=ASSET, suppress_exceptions=True)


def parse_names(protocol: str | tuple[str, ...] | list[str] | None) -> frozenset[str]:
    """A plugin's schemas, which Apprise gives as one name, several, or none."""
    if isinstance(protocol, str):
        return frozenset({protocol})
    return frozenset(protocol or ())


def render(message: Message, address: str) -> bytes:
    """Title and text as JSON, cut to the service's limit; the first link stays at the end."""
    plugin = load(address)
    room = min(plugin.body_maxlen, LONGEST) if plugin else LONGEST
    title = message.subject
    if plugin and not plugin.title_maxlen:  # Apprise puts the title into the body
        room -= len(title) + 2
    body = _cut(_harmless(text.render(message)), message, room)
    return json.dumps({"title": _harmless(title), "body": body}, ensure_ascii=False).encode()


def send(address: str, content: bytes) -> SendResult:
    """Send a rendered message. Apprise gives no reason for a failure, so it counts as `later`."""
    plugin = load(address)
    if plugin is None:
        return SendResult("channel_down", "load", None, "Apprise cannot use this address")
    try:
        sent = plugin.notify(
            **json.loads(content), body_format=NotifyFormat.TEXT, overflow=OverflowMode.UPSTREAM
        )
    except Exception as trouble:  # noqa: BLE001 - the border of one delivery, by 130 plugins
        return SendResult("later", "notify", None, redaction.words(type(trouble).__name__))
    return SendResult("sent" if sent else "later", "notify")


def _harmless(body: str) -> str:
    """Without mentions and tags, as chat services recognise them."""
    return _EVERYBODY.sub("", body.replace("<", "\N{SINGLE LEFT-POINTING ANGLE QUOTATION MARK}"))


def _cut(body: str, message: Message, room: int) -> str:
    if len(body) <= room:
        return body
    end = "\n...\n" + "\n".join(link.url for link in message.links[:1])
    head = body[: max(0, room - len(end))]
    return head.rpartition("\n")[0] + end if "\n" in head else head + end
