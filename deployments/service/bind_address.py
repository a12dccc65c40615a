"""Where the UI listens: at an address of ours, and open to others only with a login."""

from __future__ import annotations

import contextlib
import socket
from urllib.parse import urlsplit

from deployments.service.prefect_api import PrefectError
from notifications.addresses import loopback


class BindAddressError(Exception):
    """The UI would be open to others without a login."""


def refuse_open_address(host: str, login: str) -> None:
    """Whoever reaches Prefect without a login can run programs as the service's user.

    Raises:
        OpenDoorError: others than this machine would reach it so.
    """
    if not login and not loopback(host):
        raise BindAddressError(
            f"--host {host} would let other machines control this service without a login; "
            "set `auth_file` in [ui], or omit --host and use a proxy that asks for a login"
        )


def refuse_taken_address(ui: str) -> None:
    """Another Prefect's flow runs would be ours, and ours its; others would get the login.

    Raises:
        PrefectError: somebody answers there.
    """
    parts = urlsplit(ui)
    with (
        contextlib.suppress(OSError),
        socket.create_connection((parts.hostname, parts.port), timeout=2),
    ):
        raise PrefectError(f"another program is using {ui}; choose another --port")


def within_reach(host: str) -> str:
    """The host as this machine's own address has it."""
    if host in {"0.0.0.0", "::"}:  # noqa: S104 - what was asked for, not what we ask for
        return "127.0.0.1"
    return f"[{host}]" if ":" in host else host
