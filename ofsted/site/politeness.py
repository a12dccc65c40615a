"""What the client remembers between requests: locks and pauses of hosts, robots.txt, pages.

`InMemoryState` serves one process; several processes share a `ClientState` of their own, such as
`storage.http_state`. Times are UTC by the machine's clock, never by the clock of the settings,
since Ofsted's hosts go by them. A host is always `name:port` in lower case.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from datetime import datetime
from threading import Lock
from typing import Protocol


@dataclass(frozen=True, slots=True)
class CachedPage:
    """A proven page as it was last fetched, for conditional requests."""

    etag: str | None
    last_modified: str | None  # as the server wrote it
    body: bytes
    read_at: datetime  # when the body was fetched; "not modified" does not renew it


@dataclass(frozen=True, slots=True)
class Robots:
    """A host's robots.txt; an empty text allows everything."""

    text: str
    until: datetime  # when to fetch it again


@dataclass(slots=True)
class HostTurn:
    """One request to a host: when it may begin, and when the next one may."""

    not_before: datetime | None = None  # the site asked for this pause; None: for none
    slot: datetime | None = None  # by the gap after the request before; None: there was none
    next_at: datetime | None = None  # set by whoever has the turn; None: as it was


class ClientState(Protocol):
    """What is remembered between requests. No method uses the network; only `host_lock` waits."""

    def host_lock(self, host: str) -> AbstractContextManager[HostTurn]:
        """The lock of a host, held for one request with its whole body; see `HostTurn`.

        That takes a minute or two at most. One `Site` never takes it twice at once.

        Raises:
            Unreachable: others held it for too long.
        """
        ...

    def delay_until(self, host: str, until: datetime) -> None:
        """Allow no request to the host before this time. An earlier time never replaces a later."""
        ...

    def robots(self, host: str) -> Robots | None:
        """The robots.txt saved last, however old; None: none yet."""
        ...

    def save_robots(self, host: str, robots: Robots) -> None:
        """Save it in place of the last."""
        ...

    def cached_page(self, url: str) -> CachedPage | None:
        """The page saved last for exactly this address; None: none yet."""
        ...

    def save_page(self, url: str, page: CachedPage) -> None:
        """Save it in place of the last."""
        ...


class InMemoryState:
    """A `ClientState` that ends with the process; its threads may share it."""

    def __init__(self) -> None:
        self._guard = Lock()
        self._locks: defaultdict[str, Lock] = defaultdict(Lock)
        self._not_before: dict[str, datetime] = {}
        self._slots: dict[str, datetime] = {}
        self._robots: dict[str, Robots] = {}
        self._pages: dict[str, CachedPage] = {}

    @contextmanager
    def host_lock(self, host: str) -> Iterator[HostTurn]:
        """Lock the host within this process."""
        with self._guard:
            lock = self._locks[host]
        with lock:
            turn = HostTurn(self.not_before(host), self._slots.get(host))
            try:
                yield turn
            finally:
                if turn.next_at is not None:
                    self._slots[host] = turn.next_at

    def not_before(self, host: str) -> datetime | None:
        """Until when the site asked us to wait; None: it did not."""
        return self._not_before.get(host)

    def delay_until(self, host: str, until: datetime) -> None:
        """Allow no request before this time."""
        with self._guard:
            self._not_before[host] = max(until, self._not_before.get(host, until))

    def robots(self, host: str) -> Robots | None:
        """The host's robots.txt saved last."""
        return self._robots.get(host)

    def save_robots(self, host: str, robots: Robots) -> None:
        """Save it in place of the last."""
        self._robots[host] = robots

    def cached_page(self, url: str) -> CachedPage | None:
        """The page saved last."""
        return self._pages.get(url)

    def save_page(self, url: str, page: CachedPage) -> None:
        """Save it in place of the last."""
        self._pages[url] = page
