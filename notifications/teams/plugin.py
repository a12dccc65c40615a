"""A Teams workflow as an Apprise plugin of ours, which posts exactly the card that was stored.

Apprise's own plugin re-assembles the address, follows redirects to a log-in page, and keeps
neither the answer nor Retry-After.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from apprise.plugins.base import NotifyBase

from notifications.apprise_channel import ASSET
from notifications.send_results import SendResult
from notifications.teams.post import post


class Teams(NotifyBase):  # type: ignore[no-untyped-call]  # Apprise is typed in part
    """One card to one webhook, for one `notify`, which leaves its `result`.

    Args:
        content: the payload, ready to post.
        address: the webhook's, unchanged.
        ca_file: certificate authorities to trust in addition to the usual ones.
        allow_private: post to private addresses too.
    """

    service_name: Any = "Ofsted Watch Teams"
    secure_protocol: Any = "owteams"
    request_rate_per_sec = 0

    def __init__(
        self, content: bytes, address: str, ca_file: Path | None, *, allow_private: bool
    ) -> None:
        super().__init__(asset=ASSET)  # type: ignore[no-untyped-call]
        self.content = content
        self.address = address
        self.ca_file = ca_file
        self.allow_private = allow_private
        self.result = SendResult("later", "not tried")

    def send(self, *_: Any, **__: Any) -> bool:
        """Post the card; Apprise's title and body are not used."""
        self.result = post(
            self.address, self.content, self.ca_file, allow_private=self.allow_private
        )
        return self.result.result == "sent"
