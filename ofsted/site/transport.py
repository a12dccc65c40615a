"""One request at a time: where it may go, how long it may take, how much may come back."""

from __future__ import annotations

import ssl
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.client import IncompleteRead
from pathlib import Path

import requests
import urllib3

from basics.safe_http import PrivateAddressError, session
from ofsted.errors import Refused, SiteError, UnexpectedResponse, Unreachable
from ofsted.site.addresses import Addresses, host_of, split

CONNECT_SECONDS = 10.0
READ_SECONDS = 30.0
_CHUNK = 64 * 1024


class Retryable(Exception):  # noqa: N818 -- trouble, not yet an error: another try may end it
    """Trouble that another try may end; carries the error to raise when no try is left."""

    def __init__(self, error: SiteError, wait: float | None = None) -> None:
        super().__init__(error)
        self.error = error
        self.wait = wait  # seconds that the site asks for


class Answer:
    """A status, headers, and a body that is read within limits.

    Args:
        asked: the address of this very request.
        response: as requests gives it, its body not read yet.
        ends_at: when the whole body must be there, on the monotonic clock.
    """

    def __init__(self, asked: str, response: requests.Response, ends_at: float) -> None:
        self.asked = asked
        self.status: int = response.status_code
        self.headers: Mapping[str, str] = response.headers
        self._raw = response.raw
        self._ends_at = ends_at

    def chunks(self, limit: int) -> Iterator[bytes]:
        """The body, unpacked, as it comes.

        Raises:
            MayPass: the connection broke, or the body ended before its announced length.
            Unreachable: it takes too long.
            Strange: it is longer than `limit` bytes.
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
        """The whole body, unpacked; see `chunks`."""
        return b"".join(self.chunks(limit))

    def beginning(self, limit: int = _CHUNK) -> bytes:
        """As much of the body as comes easily: for saying what came, never for believing it."""
        kept = b""
        try:
            for chunk in self.chunks(limit):
                kept += chunk
        except (Retryable, SiteError):
            pass
        return kept

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
        """A body that ends early was said wrongly, or cut; any other break is the network's."""
        cut = next((arg for arg in trouble.args if isinstance(arg, IncompleteRead)), None)
        if cut is None:
            return Unreachable(
                self.asked,
                f"the connection broke during the response, {_say(trouble)}",
                "try again later",
            )
        missing = f", {cut.expected:,} bytes short of the announced length" if cut.expected else ""
        return UnexpectedResponse(self.asked, f"an incomplete response{missing}", "try again later")


class Transport:
    """Sends GET requests to the known hosts, through proxies of the environment if there are any.

    Args:
        addresses: the site; only its hosts are asked.
        agent: the User-Agent.
        timeout: seconds for a whole answer.
        ca_file: PEM file of certificate authorities to trust beside the usual ones.
    """

    def __init__(
        self, addresses: Addresses, agent: str, timeout: float, ca_file: Path | None = None
    ) -> None:
        self._addresses = addresses
        self._timeout = timeout
        self._session = session(ca_file, allow_private=addresses.allow_private, seconds=timeout)
        self._session.headers["User-Agent"] = agent

    def close(self) -> None:
        """Let go of the connections."""
        self._session.close()

    @contextmanager
    def get(self, address: str, headers: Mapping[str, str]) -> Iterator[Answer]:
        """The answer to one request; redirects are not followed.

        Raises:
            Refused: the address is not one that may be asked.
            MayPass: no connection, or it broke.
            Unreachable: another failure to ask, such as a certificate that is not trusted.
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
        """Only https, only the known hosts, nothing private: unless stand-ins are allowed."""
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
    """What the network's trouble means: a certificate or a bad address does not pass by itself."""
    if isinstance(_root(trouble), ssl.SSLCertVerificationError):
        return Unreachable(
            address,
            f"no trusted connection, {_say(trouble)}",
            "check the clock, and set `ca_file` if a proxy inspects connections here",
        )
    error = Unreachable(address, f"no response, {_say(trouble)}", "try again later")
    passing = (requests.ConnectionError, requests.Timeout, urllib3.exceptions.HTTPError)
    return Retryable(error) if isinstance(trouble, passing) else error


def _say(trouble: BaseException) -> str:
    """The innermost cause: `Connection refused` rather than a page of wrappings."""
    root = _root(trouble)
    return getattr(root, "strerror", None) or str(root) or type(root).__name__


def _root(trouble: BaseException) -> BaseException:
    seen = [trouble]
    while causes := [cause for cause in _causes(seen[-1]) if cause not in seen]:
        seen.append(causes[0])
    return seen[-1]


def _causes(trouble: BaseException) -> list[BaseException]:
    candidates = (trouble.__cause__, getattr(trouble, "reason", None), *trouble.args)
    return [cause for cause in candidates if isinstance(cause, BaseException)]
