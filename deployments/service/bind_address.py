"""Addresses that are listened on: the UI's only with a login, each on a free port."""

from __future__ import annotations

import contextlib
import errno
import socket
from urllib.parse import urlsplit

from deployments.service.prefect_api import PrefectError
from notifications.addresses import loopback

NO_ADDRESS = {  # why one cannot be had, and what to do
    errno.EADDRINUSE: ("another program is using this address", "choose another port"),
    errno.EADDRNOTAVAIL: ("this machine does not have this address", "give one that it has"),
    errno.EAFNOSUPPORT: ("this machine does not use IPv6", "give an IPv4 address"),
    errno.EACCES: ("this user may not open this port", "choose a port above 1023"),
}


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


def local_address(serve: str) -> str:
    """Where this machine itself reaches what listens there.

    Args:
        serve: as in the settings, such as `127.0.0.1:4280`.
    """
    host, port = host_and_port(serve)
    return f"http://{within_reach(host)}:{port}/"


def refusal(serve: str) -> tuple[str, str] | None:
    """Why this address cannot be listened on, and what to do; None: it can.

    Args:
        serve: as in the settings.
    """
    host, port = host_and_port(serve)
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        socket.create_server((host, port), family=family).close()
    except OSError as error:
        other = (str(error.strerror).partition(" (")[0], "give another address")
        return NO_ADDRESS.get(error.errno or 0, other)
    return None


def host_and_port(serve: str) -> tuple[str, int]:
    """`::1` and 4280 of `[::1]:4280`."""
    host, _, port = serve.rpartition(":")
    return host.strip("[]"), int(port)
