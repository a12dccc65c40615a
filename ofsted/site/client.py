"""Asks Ofsted's hosts politely: in turn, with pauses, within robots.txt, at most three times.

Load that the site is known to bear: 153 pages one after another, daily; what is known to be too
much: thousands at less than 0.8 s between them. We ask for a page every quarter of an hour.
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
from ofsted.site.politeness import Memory, RememberedPage, Robots
from ofsted.site.robots import rules
from ofsted.site.transport import Answer, Retryable, Transport

TRIES = 3
HOPS = 5
PATIENCE = 10.0  # seconds to wait within a call; whoever must wait longer comes back later
MISTRUST = timedelta(hours=1)  # "not modified" is believed for so long
ROBOTS_KEPT = timedelta(days=1)
ROBOTS_MISSED = timedelta(hours=1)
ROBOTS_LIMIT = 512 * 1024
LONGEST_HOLD = 24 * 3600.0

T = TypeVar("T")
NOTHING: Mapping[str, str] = {}
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
    """Asks for pages and files; every answer that is not a plain 200 is an error that says so.

    Args:
        addresses: the site.
        contact: an address or page for the User-Agent.
        gap: seconds between requests to one host.
        timeout: seconds for one whole answer.
        page_limit: bytes of a page, unpacked.
        ca_file: certificate authorities to trust beside the usual ones.
        memory: what outlives one request.
    """

    def __init__(
        self,
        addresses: Addresses,
        memory: Memory,
        *,
        contact: str = "",
        gap: float = 1.0,
        timeout: float = 60.0,
        page_limit: int = 5_000_000,
        ca_file: Path | None = None,
    ) -> None:
        self._addresses = addresses
        self._memory = memory
        self._gap = gap
        self._page_limit = page_limit
        self._agent = user_agent(contact)
        self._wire = Transport(addresses, self._agent, timeout, ca_file)

    def close(self) -> None:
        """Let go of the connections."""
        self._wire.close()

    def page(self, url: str, *, fresh: bool = False) -> Page:
        """A page that is answered with 200, or unchanged since it was kept by `keep`.

        Args:
            url: its address.
            fresh: never ask with conditions.
        """
        kept: dict[str, RememberedPage] = {}

        def conditions(address: str) -> Mapping[str, str]:
            page = None if fresh else self._memory.page(address)
            if page is None or page.read_at + MISTRUST < _now():
                return NOTHING
            kept[address] = page
            wanted = {"If-None-Match": page.etag, "If-Modified-Since": page.last_modified}
            return {name: value for name, value in wanted.items() if value}

        def take(answer: Answer) -> Page:
            page = kept.get(answer.asked)
            if answer.status == HTTPStatus.NOT_MODIFIED and page is not None:
                return Page(url, answer.asked, page.body, remembered=True)
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

    def keep(self, page: Page) -> None:
        """Remember a page that was proven, so that the next look asks only for changes."""
        if not page.remembered and (page.etag or page.last_modified):
            kept = RememberedPage(page.etag, page.last_modified, page.body, _now())
            self._memory.save_page(page.address, kept)

    def ask(
        self,
        url: str,
        take: Callable[[Answer], T],
        headers: Callable[[str], Mapping[str, str]] = lambda _: NOTHING,
    ) -> T:
        """What `take` makes of the answer; it is called again when the answer breaks off.

        Args:
            url: the address; redirects are followed within the known hosts.
            take: sees every answer but redirects, and ends it with `expect_ok` if it should.
            headers: what to send to each address on the way.

        Raises:
            SiteError: from `take`, or after the last try.
        """
        for number in range(1, TRIES + 1):
            try:
                return self._follow(url, take, headers)
            except Retryable as trouble:
                wait = trouble.wait or 0.0
                self._hold(trouble.error.asked, max(wait, min(self._gap * 2**number, PATIENCE)))
                if number == TRIES or wait > PATIENCE:
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
        """What `take` makes of the answer at the end of a chain of redirects."""
        address, visited = url, [url]
        while len(visited) <= HOPS + 1:
            gap = self._gap_allowed(address) if within_robots else self._gap
            with self._turn(address, gap), self._wire.get(address, headers(address)) as answer:
                location = _location(answer)
                if location is None:
                    return take(answer)
            address = self._onward(url, address, location)
            if address in visited:
                raise Refused(url, f"circular redirect by {address}")
            visited.append(address)
        raise Refused(url, f"more than {HOPS} redirects, the last to {address}")

    def _onward(self, asked: str, address: str, location: str) -> str:
        """Where a redirect leads, if it stays on Ofsted's hosts."""
        onward = self._addresses.absolute(location, address)
        if onward is None or host_of(onward) not in self._addresses.hosts:
            raise Refused(asked, f"redirect to another site, {location[:200]}", "not followed")
        return onward

    @contextmanager
    def _turn(self, address: str, gap: float) -> Iterator[None]:
        """Nobody else talks to the host meanwhile; a pause before and one owed afterwards."""
        host = host_of(address)
        with self._memory.turn(host):
            due = self._memory.not_before(host)
            wait = (due - _now()).total_seconds() if due else 0.0
            if max(PATIENCE, gap) < wait <= LONGEST_HOLD:
                raise Unreachable(
                    address,
                    f"no request made: the site asked us to wait until {due:%H:%M} UTC",
                    "the next check will try again",
                    retry_after=wait,
                )
            if 0 < wait <= LONGEST_HOLD:  # longer: a clock was wrong
                time.sleep(wait)
            try:
                yield
            finally:
                self._hold(address, gap)

    def _hold(self, address: str, seconds: float) -> None:
        until = _now() + timedelta(seconds=min(seconds, LONGEST_HOLD))
        self._memory.hold(host_of(address), until)

    def _gap_allowed(self, address: str) -> float:
        """Seconds between requests as robots.txt would have them; refuses what it forbids."""
        host = host_of(address)
        robots = self._memory.robots(host)
        if robots is None or robots.until < _now():
            robots = self._read_robots(address, robots)
            self._memory.save_robots(host, robots)
        asks = rules(robots.text, self._agent, address)
        if not asks.allowed:
            raise Refused(
                address, "forbidden by the site's robots.txt", "ask Ofsted before going on"
            )
        return max(self._gap, min(asks.pause, PATIENCE))

    def _read_robots(self, address: str, last: Robots | None) -> Robots:
        """The host's robots.txt; without a proper answer, what was known last."""
        url = urljoin(address, "/robots.txt")
        try:
            text = self._follow(url, _robots_text, lambda _: NOTHING, within_robots=False)
        except (Retryable, SiteError) as trouble:
            if isinstance(trouble, Retryable):
                self._hold(url, trouble.wait or 0.0)
            return Robots(last.text if last else "", _now() + ROBOTS_MISSED)
        return Robots(text, _now() + ROBOTS_KEPT)


def expect_ok(answer: Answer) -> None:
    """Let only a plain 200 pass.

    Raises:
        MayPass: "not now": 429 and 5xx, with the wait that the site names.
        Refused: another 4xx.
        Strange: any other status.
    """
    status = answer.status
    if status == HTTPStatus.OK:
        return
    came = say(status, answer.beginning())
    if status == HTTPStatus.TOO_MANY_REQUESTS or status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        wait = _retry_after(answer.headers.get("Retry-After", ""))
        error = Unreachable(answer.asked, came, "the next check will try again", retry_after=wait)
        raise Retryable(error, wait)
    if status >= HTTPStatus.BAD_REQUEST:
        raise Refused(answer.asked, came, _ADVICE.get(status, ""))
    raise UnexpectedResponse(answer.asked, came)


def visited(asked: str, limit: int) -> Callable[[Answer], Answered]:
    """Takes any answer but "not now", as it comes.

    Args:
        asked: the address at the beginning of the chain of redirects.
        limit: bytes of the body.
    """

    def take(answer: Answer) -> Answered:
        if (
            answer.status == HTTPStatus.TOO_MANY_REQUESTS
            or answer.status >= HTTPStatus.INTERNAL_SERVER_ERROR
        ):
            expect_ok(answer)
        return Answered(asked, answer.asked, answer.status, answer.headers, answer.body(limit))

    return take


def _location(answer: Answer) -> str | None:
    """Where a redirect leads; None for any other answer."""
    return answer.headers.get("Location") if answer.status in _REDIRECTS else None


def _retry_after(value: str) -> float | None:
    """Seconds from `120` or an HTTP date, a day at most; None for anything else."""
    if value.strip().isdecimal():
        return min(float(value), LONGEST_HOLD)
    try:
        at = parsedate_to_datetime(value)
    except (ValueError, OverflowError):
        return None
    at = at if at.tzinfo else at.replace(tzinfo=UTC)
    return min(max((at - _now()).total_seconds(), 0.0), LONGEST_HOLD)


def _robots_text(answer: Answer) -> str:
    """The rules; empty, which allows everything, for a 4xx."""
    forgone = HTTPStatus.BAD_REQUEST <= answer.status < HTTPStatus.INTERNAL_SERVER_ERROR
    if forgone and answer.status != HTTPStatus.TOO_MANY_REQUESTS:
        return ""
    expect_ok(answer)
    return answer.body(ROBOTS_LIMIT).decode("utf-8", "replace")


def _now() -> datetime:
    return datetime.now(UTC)
