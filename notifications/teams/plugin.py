"""A Teams workflow as an Apprise plugin of ours, which posts the very card that was stored.

Apprise's own plugin re-assembles the address, follows redirects to a log-in page, and keeps
neither the answer nor Retry-After.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, Self

from apprise.plugins.base import NotifyBase

from notifications import apprise_channel
from notifications.results import Result, SendResult
from notifications.teams.post import post


class Teams(NotifyBase):  # type: ignore[no-untyped-call]  # Apprise is typed in part
    """One card to one webhook; a plugin is used once, by one thread.

    Set before: `address` (whole), `content` (the payload), `ca_file`, `allow_private`.
    After `notify`: `outcome`.
    """

    service_name: Any = "Ofsted watch Teams"
    secure_protocol: Any = "owteams"
    request_rate_per_sec = 0

    address: str = ""
    content: bytes = b""
    ca_file: Path | None = None
    allow_private: bool = False
    result: SendResult = SendResult(Result.LATER, "not tried")

    @classmethod
    def to(cls, address: str) -> Self:
        """A plugin for a webhook, whose address never passes through Apprise's grammar."""
        plugin = cls(asset=apprise_channel.ASSET)
        plugin.address = address
        return plugin

    def send(self, *_: Any, **__: Any) -> bool:
        """Post the card; Apprise's title and body are not used."""
        self.result = post(
            self.address, self.content, self.ca_file, allow_private=self.allow_private
        )
        return self.result.result is Result.SENT


apprise_channel.register(Teams)
