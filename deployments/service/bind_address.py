"""Where the UI listens: open to other machines only with a login, and on a free port."""

from __future__ import annotations

import contextlib
import socket
from urllib.parse import urlsplit

from deployments.service.prefect_api import PrefectError
from notifications.addresses import loopback


class BindAddressError(Exception):
    """The UI would be open to others without a login."""


def refuse_open_address(host: str, login: str) -> None:
    """Refuse an address that other machines could reach without a login.

    Anyone who reaches Prefect can run programs as the service's user.

    Raises:
        BindAddressError: other machines could reach it without a login.
    """
    if not login and not loopback(host):
        raise BindAddressError(
            f"--host {host} would let other machines control this service without a login; "
            "set `auth_file` in [ui], or omit --host and use a proxy that asks for a login"
        )


def refuse_taken_address(ui: str) -> None:
    """Refuse an address that another program uses.

    If that were another Prefect, our runs and its runs would be mixed, and it would get our login.

    Raises:
        PrefectError: another program answers there.
    """
    parts = urlsplit(ui)
    with (
        contextlib.suppress(OSError),
        socket.create_connection((parts.hostname, parts.port), timeout=2),
    ):
        raise PrefectError(f"another program is using {ui}; choose another --port")


def within_reach(host: str) -> str:
    """The host as this machine itself can call it."""
    # What was asked for, not what we ask for. A server on `::` listens to IPv6 alone.
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104
    return f"[{host}]" if ":" in host else host
