"""Apprise, as far as we use it: one plugin for one address. Imported only when needed."""

from __future__ import annotations

import json
import re
from typing import Any

from apprise import Apprise, AppriseAsset, NotifyFormat, OverflowMode

from notifications import redaction, text
from notifications.message import Message
from notifications.results import SendResult

# a service that leads elsewhere is not followed there
ASSET = AppriseAsset(
    app_id="Ofsted Watch", app_desc="Ofsted Watch", app_url="", http_redirects=False
)
LONGEST = 30_000  # characters, where a service takes more
_EVERYBODY = re.compile(r"(?i)@(?=(everyone|here|channel|room|all)\b)")


def load(address: str) -> Any | None:
    """The plugin of an Apprise address; None where it does not load. Nothing is sent."""
    redaction.quieten()
    with redaction.silence("apprise"):  # what it cannot load, it prints whole
        return Apprise.instantiate(address, asset=ASSET, suppress_exceptions=True)


def parse_names(protocol: str | tuple[str, ...] | list[str] | None) -> frozenset[str]:
    """Apprise writes a plugin's schemas as one name, several, or none."""
    if isinstance(protocol, str):
        return frozenset({protocol})
    return frozenset(protocol or ())


def render(message: Message, address: str) -> bytes:
    """Title and text as JSON, cut to what the service takes, the links kept at the end."""
    plugin = load(address)
    room = min(plugin.body_maxlen, LONGEST) if plugin else LONGEST
    title = message.subject
    if plugin and not plugin.title_maxlen:  # Apprise puts the title into the body
        room -= len(title) + 2
    body = _cut(_harmless(text.render(message)), message, room)
    return json.dumps({"title": _harmless(title), "body": body}, ensure_ascii=False).encode()


def send(address: str, content: bytes) -> SendResult:
    """Hand a rendered notice to the service. Why it failed, Apprise does not say."""
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
    """Without what chat services take for a mention or a tag."""
    return _EVERYBODY.sub("", body.replace("<", "\N{SINGLE LEFT-POINTING ANGLE QUOTATION MARK}"))


def _cut(body: str, message: Message, room: int) -> str:
    if len(body) <= room:
        return body
    end = "\n...\n" + "\n".join(link.url for link in message.links[:1])
    head = body[: max(0, room - len(end))]
    return head.rpartition("\n")[0] + end if "\n" in head else head + end
