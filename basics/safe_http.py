"""HTTP connections that reach only public addresses, and whose answers begin in time.

The address is checked twice: when the name is resolved, before anything is sent, and on the open
connection, since a name may resolve differently a moment later (DNS rebinding). Behind a proxy,
the proxy resolves and connects, so neither check applies to the address behind it.
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

# IPv6 ranges whose last 32 bits are an IPv4 address: NAT64 (RFC 6052), and RFC 4291's old form.
_EMBEDS_IPV4 = (IPv6Network("64:ff9b::/96"), IPv6Network("::/96"))


class PrivateAddressError(Exception):
    """A host on this machine or a private network; no request was sent to it."""

    def __init__(self, address: str) -> None:
        super().__init__(address)
        self.address = address


@dataclass(frozen=True, slots=True)
class _ConnectionLimits:
    allow_private: bool
    seconds: float


def session(
    ca_file: Path | None = None, *, allow_private: bool = False, seconds: float = 60.0
) -> requests.Session:
    """A session whose connections have these limits, and which follows no redirect.

    Its requests raise `PrivateAddressError` in addition to what requests raises.

    Args:
        ca_file: PEM file of certificate authorities to trust in addition to the usual ones.
        allow_private: reach private addresses too.
        seconds: limit for the status and headers of an answer, however slowly they arrive.

    Raises:
        OSError: `ca_file` cannot be read, or holds no certificate.
    """
    made = _Session()
    adapter = _Adapter(_context(ca_file), _ConnectionLimits(allow_private, seconds))
    made.mount("https://", adapter)
    made.mount("http://", adapter)
    return made


def said_of(trouble: BaseException) -> str:
    """The innermost cause of a request's failure, such as `Connection refused`."""
    root = root_cause(trouble)
    return getattr(root, "strerror", None) or str(root) or type(root).__name__


def root_cause(trouble: BaseException) -> BaseException:
    """The innermost cause of a request's failure, such as an `ssl.SSLCertVerificationError`."""
    seen = [trouble]
    while causes := [cause for cause in _causes(seen[-1]) if cause not in seen]:
        seen.append(causes[0])
    return seen[-1]


def is_public(address: str) -> bool:
    """Whether an IP address is globally reachable; an IPv4 one inside IPv6 is judged as IPv4."""
    found = ip_address(address.partition("%")[0])
    embedded = _embedded(found) if isinstance(found, IPv6Address) else None
    reached = embedded or found
    return reached.is_global and not reached.is_multicast


def _causes(trouble: BaseException) -> list[BaseException]:
    candidates = (trouble.__cause__, getattr(trouble, "reason", None), *trouble.args)
    return [cause for cause in candidates if isinstance(cause, BaseException)]


def _embedded(address: IPv6Address) -> IPv4Address | None:
    if any(address in network for network in _EMBEDS_IPV4):
        return IPv4Address(int(address) & 0xFFFF_FFFF)
    return address.ipv4_mapped or address.sixtofour


def _context(ca_file: Path | None) -> ssl.SSLContext | None:
    if ca_file is None:
        return None
    context = ssl.create_default_context()
    context.load_verify_locations(cafile=ca_file)
    return context


class _Session(requests.Session):
    """Without this, requests reads the whole body of a redirect even if it is not followed."""

    def get_redirect_target(self, resp: requests.Response) -> None:
        """None for every answer."""
        del resp


class _Adapter(HTTPAdapter):
    """Uses pools with our limits; requests adds the usual authorities to the given context."""

    def __init__(self, context: ssl.SSLContext | None, limits: _ConnectionLimits) -> None:
        self._trust: dict[str, Any] = {} if context is None else {"ssl_context": context}
        self._limits = limits
        super().__init__()

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        super().init_poolmanager(*args, **{**kwargs, **self._trust})
        self.poolmanager.pool_classes_by_scheme = _pools(self._limits)

    def proxy_manager_for(self, proxy: str, **kwargs: Any) -> Any:
        return super().proxy_manager_for(proxy, **{**kwargs, **self._trust})


def _pools(limits: _ConnectionLimits) -> dict[str, type[HTTPConnectionPool]]:
    attributes = {"limits": limits}
    plain = {"ConnectionCls": type("Plain", (_Plain,), attributes)}
    secure = {"ConnectionCls": type("Secure", (_Secure,), attributes)}
    return {
        "http": type("PlainPool", (HTTPConnectionPool,), plain),
        "https": type("SecurePool", (HTTPSConnectionPool,), secure),
    }


class _Plain(HTTPConnection):
    limits: ClassVar[_ConnectionLimits]

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
    """The addresses of a name; empty where it does not resolve, as connecting reports that."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        return []
    return [str(address[0]) for *_, address in found]


def _refuse_private(addresses: list[str]) -> None:
    for address in addresses:
        if not is_public(address):
            raise PrivateAddressError(address)


@contextmanager
def _ending_after(seconds: float, connected: socket.socket | None) -> Iterator[None]:
    """Close the connection when the time is over, and raise `TimeoutError` in place of the rest."""
    is_over = Event()

    def hang_up() -> None:
        is_over.set()
        if connected is not None:
            with suppress(OSError):  # already closed
                # TLS's own shutdown would wait for the thread that is reading.
                socket.socket.shutdown(connected, socket.SHUT_RDWR)

    timer = Timer(seconds, hang_up)
    timer.daemon = True
    timer.start()
    try:
        yield
    except Exception:
        if not is_over.is_set():
            raise
    finally:
        timer.cancel()
    if is_over.is_set():  # headers cut off may have been taken as complete
        raise TimeoutError("the response did not begin in time")
