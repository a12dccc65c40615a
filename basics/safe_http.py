"""Connections by HTTP that reach only public addresses, and whose answers begin in time.

The address is checked twice: as the name resolves, before anything is asked, and as the
connection stands, since a name may resolve otherwise a moment later. Behind a proxy the proxy
resolves and connects.
"""

from __future__ import annotations

import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from pathlib import Path
from threading import Event, Timer
from typing import Any, ClassVar

import requests
from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.response import HTTPResponse

_IPV4_AT_THE_END = (IPv6Network("64:ff9b::/96"), IPv6Network("::/96"))  # NAT64; of old


class PrivateAddressError(Exception):
    """A host that is on this machine or a private network; nothing was asked there."""

    def __init__(self, address: str) -> None:
        super().__init__(address)
        self.address = address


@dataclass(frozen=True, slots=True)
class _Limits:
    allow_private: bool
    seconds: float


def session(
    ca_file: Path | None = None, *, allow_private: bool = False, seconds: float = 60.0
) -> requests.Session:
    """A session whose connections keep these limits, and which follows no redirect.

    Using it may raise `PrivateAddressError` beside what requests raises.

    Args:
        ca_file: PEM file of certificate authorities to trust beside the usual ones.
        allow_private: reach private addresses too.
        seconds: for status and headers of an answer, however slowly they drip.

    Raises:
        OSError: `ca_file` cannot be read, or holds no certificate.
    """
    made = _Session()
    adapter = _Adapter(_context(ca_file), _Limits(allow_private, seconds))
    made.mount("https://", adapter)
    made.mount("http://", adapter)
    return made


def is_public(address: str) -> bool:
    """Whether an IP address is one of the whole internet, also when it is wrapped in IPv6."""
    found = ip_address(address.partition("%")[0])
    inner = _wrapped(found) if isinstance(found, IPv6Address) else None
    there = inner or found
    return there.is_global and not there.is_multicast


def _wrapped(address: IPv6Address) -> IPv4Address | None:
    if any(address in network for network in _IPV4_AT_THE_END):
        return IPv4Address(int(address) & 0xFFFF_FFFF)
    return address.ipv4_mapped or address.sixtofour


def _context(ca_file: Path | None) -> ssl.SSLContext | None:
    if ca_file is None:
        return None
    context = ssl.create_default_context()
    context.load_verify_locations(cafile=ca_file)
    return context


class _Session(requests.Session):
    """Even when told not to follow, requests reads the whole body of a redirect, without end."""

    def get_redirect_target(self, resp: requests.Response) -> None:
        """No answer leads anywhere."""
        del resp


class _Adapter(HTTPAdapter):
    """requests adds the usual authorities to the same context."""

    def __init__(self, context: ssl.SSLContext | None, limits: _Limits) -> None:
        self._trust: dict[str, Any] = {} if context is None else {"ssl_context": context}
        self._limits = limits
        super().__init__()

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        super().init_poolmanager(*args, **{**kwargs, **self._trust})
        self.poolmanager.pool_classes_by_scheme = _pools(self._limits)

    def proxy_manager_for(self, proxy: str, **kwargs: Any) -> Any:
        return super().proxy_manager_for(proxy, **{**kwargs, **self._trust})


def _pools(limits: _Limits) -> dict[str, type[HTTPConnectionPool]]:
    of_ours = {"limits": limits}
    plain = {"ConnectionCls": type("Plain", (_Plain,), of_ours)}
    secure = {"ConnectionCls": type("Secure", (_Secure,), of_ours)}
    return {
        "http": type("PlainPool", (HTTPConnectionPool,), plain),
        "https": type("SecurePool", (HTTPSConnectionPool,), secure),
    }


class _Plain(HTTPConnection):
    limits: ClassVar[_Limits]

    def _new_conn(self) -> socket.socket:
        if self.limits.allow_private:
            return super()._new_conn()
        _refuse_private(_resolved(self.host, self.port))
        connected = super()._new_conn()
        try:
            _refuse_private([connected.getpeername()[0]])
        except BaseException:
            connected.close()
            raise
        return connected

    def getresponse(self) -> HTTPResponse:  # type: ignore[override]  # urllib3's own
        with _ending_after(self.limits.seconds, self.sock):
            return super().getresponse()


class _Secure(_Plain, HTTPSConnection):
    pass


def _resolved(host: str, port: int) -> list[str]:
    """Empty where the name is not known: connecting says so."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        return []
    return [str(where[0]) for *_, where in found]


def _refuse_private(addresses: list[str]) -> None:
    for address in addresses:
        if not is_public(address):
            raise PrivateAddressError(address)


@contextmanager
def _ending_after(seconds: float, connected: socket.socket | None) -> Iterator[None]:
    """Hang up when the time is over; whoever waits then sees a time-out."""
    over = Event()

    def hang_up() -> None:
        over.set()
        if connected is not None:
            with suppress(OSError):  # it has ended by itself
                socket.socket.shutdown(connected, socket.SHUT_RDWR)  # below TLS, in use elsewhere

    timer = Timer(seconds, hang_up)
    timer.daemon = True
    timer.start()
    try:
        yield
    except Exception:
        if not over.is_set():
            raise
    finally:
        timer.cancel()
    if over.is_set():  # headers that were cut may pass for whole ones
        raise TimeoutError("the response did not begin in time")
