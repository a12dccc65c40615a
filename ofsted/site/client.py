"""Requests to Ofsted's hosts: one at a time, with pauses, within robots.txt, at most three tries.

The site is known to bear 153 pages one after another, daily; thousands of pages less than 0.8 s
apart are known to be too much (site contract, section 7).
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TypeVar
from urllib.parse import urljoin

from ofsted.errors import Refused, SiteError, UnexpectedResponse, Unreachable
from ofsted.site.addresses import Addresses, host_of
from ofsted.site.answers import Page, say
from ofsted.site.model import Answered
from ofsted.site.politeness import CachedPage, ClientState, Robots
from ofsted.site.robots import rules
from ofsted.site.transport import Answer, Retryable, Transport

TRIES = 3
HOPS = 5
LONGEST_WAIT = 10.0  # seconds to wait within a call; a longer wait is an error to try again after
CACHE_TRUSTED = timedelta(hours=1)  # after that a page is fetched without conditions
ROBOTS_TRUSTED = timedelta(days=1)
ROBOTS_RETRIED = timedelta(hours=1)
ROBOTS_LIMIT = 512 * 1024
LONGEST_DELAY = 24 * 3600.0

T = TypeVar("T")
NO_HEADERS: Mapping[str, str] = {}
_REDIRECTS = {301, 302, 303, 307, 308}
_ADVICE = {
    403: "the site refuses our requests: set `contact`, and ask Ofsted if this continues",
    404: "check the provider's URN and code; a listed file may have been removed",
}


def user_agent(contact: str = "") -> str:
    """`ofsted-watch/1.2 (+contact)`, in ASCII, on one line."""
    try:
        name = f"ofsted-watch/{version('ofsted-watch')}"
    except PackageNotFoundError:
        name = "ofsted-watch"
    printable = "".join(sign for sign in contact if " " <= sign <= "~" and sign not in "()")
    return f"{name} (+{printable})" if printable else name


class Client:
    """Fetches pages and files.

    Args:
        addresses: the site.
        state: what is remembered between requests.
        contact: an address or page for the User-Agent.
        gap: least seconds between requests to one host.
        timeout: seconds for one complete answer.
        page_limit: most bytes of a page, decompressed.
        ca_file: PEM file of certificate authorities to trust in addition to the usual ones.
    """

    def __init__(
        self,
        addresses: Addresses,
        state: ClientState,
        *,
        contact: str = "",
        gap: float = 1.0,
        timeout: float = 60.0,
        page_limit: int = 5_000_000,
        ca_file: Path | None = None,
    ) -> None:
        self._addresses = addresses
        self._state = state
        self._gap = gap
        self._page_limit = page_limit
        self._agent = user_agent(contact)
        self._robots: dict[str, Robots] = {}  # by host
        self._transport = Transport(addresses, self._agent, timeout, ca_file)

    def close(self) -> None:
        """Close the connections."""
        self._transport.close()

    def page(self, url: str, *, fresh: bool = False) -> Page:
        """A page that is answered with 200, or that has not changed since it was cached.

        Args:
            url: its address.
            fresh: fetch it without conditions.

        Raises:
            SiteError: as `ask`.
        """
        cached: dict[str, CachedPage] = {}

        def conditions(address: str) -> Mapping[str, str]:
            page = None if fresh else self._state.cached_page(address)
            if page is None or page.read_at + CACHE_TRUSTED < _now():
                return NO_HEADERS
            cached[address] = page
            headers = {"If-None-Match": page.etag, "If-Modified-Since": page.last_modified}
            return {name: value for name, value in headers.items() if value}

        def take(answer: Answer) -> Page:
            page = cached.get(answer.asked)
            if answer.status == HTTPStatus.NOT_MODIFIED and page is not None:
                return Page(url, answer.asked, page.body, from_cache=True)
            expect_ok(answer)
            headers = answer.headers
            return Page(
                asked=url,
                address=answer.asked,
                body=answer.body(self._page_limit),
                etag=headers.get("ETag"),
                last_modified=headers.get("Last-Modified"),
            )

        return self.ask(url, take, conditions)

    def cache(self, page: Page) -> None:
        """Store a proven page, so that the next check asks only whether it changed."""
        if not page.from_cache and (page.etag or page.last_modified):
            cached = CachedPage(page.etag, page.last_modified, page.body, _now())
            self._state.save_page(page.address, cached)

    def ask(
        self,
        url: str,
        take: Callable[[Answer], T],
        headers: Callable[[str], Mapping[str, str]] = lambda _: NO_HEADERS,
    ) -> T:
        """What `take` returns for the answer; it is called again for each new try.

        Args:
            url: the address; redirects are followed within the known hosts.
            take: gets every answer but redirects; raises, as by `expect_ok`, for a wrong one.
            headers: gives the headers to send to an address; called for each redirect.

        Raises:
            SiteError: from `take`, or after the last try.
        """
        for number in range(1, TRIES + 1):
            try:
                return self._follow(url, take, headers)
            except Retryable as trouble:
                wait = trouble.wait or 0.0
                self._delay(
                    trouble.error.asked, max(wait, min(self._gap * 2**number, LONGEST_WAIT))
                )
                if number == TRIES or wait > LONGEST_WAIT:
                    raise trouble.error from trouble
        raise AssertionError(TRIES)

    def _follow(
        self,
        url: str,
        take: Callable[[Answer], T],
        headers: Callable[[str], Mapping[str, str]],
        *,
        within_robots: bool = True,
    ) -> T:
        """What `take` returns for the answer at the end of a chain of redirects."""
        address, seen = url, [url]
        while len(seen) <= HOPS + 1:
            gap = self._gap_allowed(address) if within_robots else self._gap
            with (
                self._exclusive(address, gap),
                self._transport.get(address, headers(address)) as answer,
            ):
                location = _location(answer)
                if location is None:
                    return take(answer)
            address = self._redirected(url, address, location)
            if address in seen:
                raise Refused(url, f"circular redirect by {address}")
            seen.append(address)
        raise Refused(url, f"more than {HOPS} redirects, the last to {address}")

    def _redirected(self, asked: str, address: str, location: str) -> str:
        """Where a redirect leads, if it stays on Ofsted's hosts."""
        target = self._addresses.absolute(location, address)
        if target is None or host_of(target) not in self._addresses.hosts:
            raise Refused(asked, f"redirect to another site, {location[:200]}", "not followed")
        return target

    @contextmanager
    def _exclusive(self, address: str, gap: float) -> Iterator[None]:
        """Hold the host's lock for one request, wait as long as it asks, and set the next slot.

        A pause of over a day, and a slot further ahead than the gap, were written by a wrong clock.
        """
        host = host_of(address)
        with self._state.host_lock(host) as turn:
            pause, slot = _seconds_until(turn.not_before), _seconds_until(turn.slot)
            if LONGEST_WAIT < pause <= LONGEST_DELAY:
                raise Unreachable(
                    address,
                    f"no request made: the site asked us to wait until {turn.not_before:%H:%M} UTC",
                    "the next check will try again",
                    retry_after=pause,
                )
            limits = (pause, LONGEST_WAIT), (slot, max(gap, LONGEST_WAIT))
            time.sleep(max(wait if wait <= longest else 0.0 for wait, longest in limits))
            try:
                yield
            finally:
                turn.next_at = _after(gap)

    def _delay(self, address: str, seconds: float) -> None:
        self._state.delay_until(host_of(address), _after(seconds))

    def _gap_allowed(self, address: str) -> float:
        """Seconds between requests, with robots.txt's crawl delay; refuses what that forbids."""
        host = host_of(address)
        robots = self._robots.get(host)
        if robots is None or robots.until < _now():
            robots = self._robots[host] = self._known_robots(host, address)
        found = rules(robots.text, self._agent, address)
        if not found.allowed:
            raise Refused(
                address, "forbidden by the site's robots.txt", "ask Ofsted before going on"
            )
        return max(self._gap, min(found.pause, LONGEST_WAIT))

    def _known_robots(self, host: str, address: str) -> Robots:
        """As any process read it within the time for which it is trusted, else fetched anew."""
        known = self._state.robots(host)
        if known is not None and known.until >= _now():
            return known
        robots = self._read_robots(address, known)
        self._state.save_robots(host, robots)
        return robots

    def _read_robots(self, address: str, last: Robots | None) -> Robots:
        """The host's robots.txt; without a proper answer the last known (RFC 9309, 2.3.1.4)."""
        url = urljoin(address, "/robots.txt")
        try:
            text = self._follow(url, _robots_text, lambda _: NO_HEADERS, within_robots=False)
        except (Retryable, SiteError) as trouble:
            if isinstance(trouble, Retryable):
                self._delay(url, trouble.wait or 0.0)
            return Robots(last.text if last else "", _now() + ROBOTS_RETRIED)
        return Robots(text, _now() + ROBOTS_TRUSTED)


def expect_ok(answer: Answer) -> None:
    """Accept only a plain 200.

    Raises:
        Retryable: "not now": 429 and 5xx, with the wait that the site asks for.
        Refused: another 4xx.
        UnexpectedResponse: any other status.
    """
    status = answer.status
    if status == HTTPStatus.OK:
        return
    came = say(status, answer.beginning())
    if _is_not_now(status):
        wait = _retry_after(answer.headers.get("Retry-After", ""))
        error = Unreachable(answer.asked, came, "the next check will try again", retry_after=wait)
        raise Retryable(error, wait)
    if status >= HTTPStatus.BAD_REQUEST:
        raise Refused(answer.asked, came, _ADVICE.get(status, ""))
    raise UnexpectedResponse(answer.asked, came)


def any_answer(asked: str, limit: int) -> Callable[[Answer], Answered]:
    """A function that takes any answer but "not now", as it comes.

    Args:
        asked: the address at the beginning of the chain of redirects.
        limit: most bytes of the body.
    """

    def take(answer: Answer) -> Answered:
        if _is_not_now(answer.status):
            expect_ok(answer)
        return Answered(asked, answer.asked, answer.status, answer.headers, answer.body(limit))

    return take


def _is_not_now(status: int) -> bool:
    return status == HTTPStatus.TOO_MANY_REQUESTS or status >= HTTPStatus.INTERNAL_SERVER_ERROR


def _location(answer: Answer) -> str | None:
    """Where a redirect leads; None for any other answer."""
    return answer.headers.get("Location") if answer.status in _REDIRECTS else None


def _retry_after(value: str) -> float | None:
    """Seconds from `120` or an HTTP date (RFC 9110, 10.2.3), a day at most; None for other text."""
    if value.strip().isdecimal():
        return min(float(value), LONGEST_DELAY)
    try:
        at = parsedate_to_datetime(value)
    except (ValueError, OverflowError):
        return None
    at = at if at.tzinfo else at.replace(tzinfo=UTC)
    return min(max((at - _now()).total_seconds(), 0.0), LONGEST_DELAY)


def _robots_text(answer: Answer) -> str:
    """The rules; for a 4xx empty, which allows everything (RFC 9309, 2.3.1.3)."""
    if answer.status >= HTTPStatus.BAD_REQUEST and not _is_not_now(answer.status):
        return ""
    expect_ok(answer)
    return answer.body(ROBOTS_LIMIT).decode("utf-8", "replace")


def _seconds_until(at: datetime | None) -> float:
    """0, where it is past or there is none."""
    return max((at - _now()).total_seconds(), 0.0) if at else 0.0


def _after(seconds: float) -> datetime:
    return _now() + timedelta(seconds=min(seconds, LONGEST_DELAY))


def _now() -> datetime:
    return datetime.now(UTC)
