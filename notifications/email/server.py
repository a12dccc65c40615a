"""The email server of the settings."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

Security = Literal["starttls", "tls", "none"]


@dataclass(frozen=True, slots=True)
class EmailServer:
    """The server that takes our email. `sender` may have a name: `Ofsted Watch <a@b>`.

    `tls` encrypts from the first byte; `none` never does. Without a user name there is no
    login. `helo` is the name that we give in EHLO; empty: this machine's full name.
    """

    server: str
    port: int
    security: Security
    username: str = ""
    password: str = field(default="", repr=False)
    sender: str = ""
    helo: str = ""
