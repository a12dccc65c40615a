"""The email server of the settings."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

Security = Literal["starttls", "tls", "none"]


@dataclass(frozen=True, slots=True)
class EmailServer:
    """Where mail is handed over. `sender` may carry a name: `Ofsted Watch <a@b>`.

    `tls` is encrypted from the first byte; `none` never is. Without a user name
    nobody logs in. `helo` is the name that we give in EHLO; empty: this machine's full name.
    """

    server: str
    port: int
    security: Security
    username: str = ""
    password: str = field(default="", repr=False)
    sender: str = ""
    helo: str = ""
