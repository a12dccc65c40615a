"""A single request: which hosts are allowed, how long it may take, how much may come back."""

from __future__ import annotations

import ssl
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.client import IncompleteRead
from pathlib import Path

import requests
import urllib3

from basics.safe_http import PrivateAddressError, root_cause, said_of, session
from ofsted.errors import Refused, SiteError, UnexpectedResponse, Unreachable
from ofsted.site.addresses import Addresses, host_of, split

CONNECT_SECONDS = 10.0
READ_SECONDS = 30.0
_CHUNK = 64 * 1024


class Retryable(Exception):  # noqa: N818 -- not yet an error: another try may succeed
    """A failure that another try may overcome.

    Args:
        error: what to raise when no try is left.
        wait: seconds that the site asks us to wait.
    """

    def __init__(self, error: SiteError, wait: float | None = None) -> None:
        super().__init__(error)
        self.error = error
        self.wait = wait


class Answer:
    """A status, headers, and a body that is read within limits.

    Args:
        asked: the address of this request, after any redirects.
        response: as requests gives it, its body not read yet.
        ends_at: time on the monotonic clock by which the whole body must have come.
    """

    def __init__(self, asked: str, response: requests.Response, ends_at: float) -> None:
        self.asked = asked
        self.status: int = response.status_code
        self.headers: Mapping[str, str] = response.headers
        self._raw = response.raw
        self._ends_at = ends_at

    def chunks(self, limit: int) -> Iterator[bytes]:
        """The body, decompressed, as it comes.

        Raises:
            Retryable: the connection broke, or the body ended before its announced length.
            Unreachable: it takes too long.
            UnexpectedResponse: it is longer than `limit` bytes.
        """
        size = 0
        while chunk := self._read():
            size += len(chunk)
            if size > limit:
                raise UnexpectedResponse(
                    self.asked, f"more than {limit:,} bytes", "open it in a browser"
                )
            yield chunk

    def body(self, limit: int) -> bytes:
        """The whole body, decompressed; see `chunks`."""
        return b"".join(self.chunks(limit))

    def beginning(self, limit: int = _CHUNK) -> bytes:
        """The first bytes of the body, as far as they come: only to describe the answer."""
        found = b""
        try:
            for chunk in self.chunks(limit):
                found += chunk
        except (Retryable, SiteError):
            pass
        return found

    def _read(self) -> bytes:
        if time.monotonic() > self._ends_at:
            raise Unreachable(self.asked, "the response took too long", "try again later")
        try:
            chunk: bytes = self._raw.read1(_CHUNK, decode_content=True)
        except urllib3.exceptions.DecodeError as broken:
            raise Retryable(
                UnexpectedResponse(self.asked, "a response that cannot be decompressed")
            ) from broken
        except urllib3.exceptions.HTTPError as broken:
            raise Retryable(self._broken(broken)) from broken
        return chunk

    def _broken(self, trouble: urllib3.exceptions.HTTPError) -> SiteError:
        """A body shorter than announced is an unexpected response; else the network failed."""
        cut = next((arg for arg in trouble.args if isinstance(arg, IncompleteRead)), None)
        if cut is None:
            return Unreachable(
                self.asked,
                f"the connection broke during the response, {said_of(trouble)}",
                "try again later",
            )
        missing = f", {cut.expected:,} bytes short of the announced length" if cut.expected else ""
        return UnexpectedResponse(self.asked, f"an incomplete response{missing}", "try again later")


class Transport:
    """Sends GET requests to the known hosts, through the environment's proxies if it has any.

    Args:
        addresses: the site; requests go to its hosts only.
        agent: the User-Agent.
        timeout: seconds for one complete answer.
        ca_file: PEM file of certificate authorities to trust in addition to the usual ones.
    """

    def __init__(
        self, addresses: Addresses, agent: str, timeout: float, ca_file: Path | None = None
    ) -> None:
        self._addresses = addresses
        self._timeout = timeout
        self._session = session(ca_file, allow_private=addresses.allow_private, seconds=timeout)
        self._session.headers["User-Agent"] = agent

    def close(self) -> None:
        """Close the connections."""
        self._session.close()

    @contextmanager
    def get(self, address: str, headers: Mapping[str, str]) -> Iterator[Answer]:
        """The answer to one request; redirects are not followed.

        Raises:
            Refused: the address is not an allowed one.
            Retryable: no connection, or it broke.
            Unreachable: another failure, such as a certificate that is not trusted.
        """
        self._guard(address)
        ends_at = time.monotonic() + self._timeout
        try:
            response = self._session.get(
                address,
                headers=dict(headers),
                allow_redirects=False,
                stream=True,
                timeout=(CONNECT_SECONDS, min(READ_SECONDS, self._timeout)),
            )
        except PrivateAddressError as private:
            raise Refused(
                address,
                f"private network address {private.address}",
                "set `allow_private` if this is a test site",
            ) from None
        except (requests.RequestException, urllib3.exceptions.HTTPError) as trouble:
            raise _no_answer(address, trouble) from trouble
        try:
            yield Answer(address, response, ends_at)
        finally:
            response.close()

    def _guard(self, address: str) -> None:
        """Refuse unknown hosts, and plain http unless test sites are allowed."""
        parts = split(address)
        if host_of(address) not in self._addresses.hosts:
            raise Refused(address, "not an address on Ofsted's hosts", "not followed")
        if self._addresses.allow_private or parts is None:
            return
        if parts.scheme != "https":
            raise Refused(
                address, "address without https", "set `allow_private` if this is a test site"
            )


def _no_answer(address: str, trouble: Exception) -> Retryable | Unreachable:
    """The error for a failed request; an untrusted certificate is not worth another try."""
    if isinstance(root_cause(trouble), ssl.SSLCertVerificationError):
        return Unreachable(
            address,
            f"no trusted connection, {said_of(trouble)}",
            "check the clock, and set `ca_file` if a proxy inspects connections here",
        )
    error = Unreachable(address, f"no response, {said_of(trouble)}", "try again later")
    passing = (requests.ConnectionError, requests.Timeout, urllib3.exceptions.HTTPError)
    return Retryable(error) if isinstance(trouble, passing) else error
