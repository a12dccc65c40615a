"""What a polite visitor remembers: turns, pauses, robots.txt and pages already read.

A program of more than one process, or one that remembers beyond its end, gives a `Memory` of its
own; `ShortMemory` serves one process. Times here are true UTC, never the settings' clock: they are
promises to Ofsted. `host` is always `name:port`, in lower case.
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
class RememberedPage:
    """A proven page as it was last read, to be asked for with conditions."""

    etag: str | None
    last_modified: str | None  # as the server wrote it
    body: bytes
    read_at: datetime  # when the body came; an unchanged answer does not renew it


@dataclass(frozen=True, slots=True)
class Robots:
    """A host's robots.txt; an empty text allows everything."""

    text: str
    until: datetime  # when to read it again


class Memory(Protocol):
    """What outlives one request. Each call is short, but for `turn`; none asks the network."""

    def turn(self, host: str) -> AbstractContextManager[None]:
        """Wait until nobody else talks to the host, and keep it so until the end.

        Held for one request with its whole body (a minute or two at most), never twice at once by
        one `Site`. May raise `Unreachable` instead of waiting for too long.
        """
        ...

    def not_before(self, host: str) -> datetime | None:
        """When the next request may begin; None: at once."""
        ...

    def hold(self, host: str, until: datetime) -> None:
        """No request to the host before this time. An earlier time never shortens a later one."""
        ...

    def robots(self, host: str) -> Robots | None:
        """What was kept last, however old; None: nothing yet."""
        ...

    def save_robots(self, host: str, robots: Robots) -> None:
        """Take the place of what was kept."""
        ...

    def page(self, url: str) -> RememberedPage | None:
        """What was kept last for exactly this address; None: nothing yet."""
        ...

    def save_page(self, url: str, page: RememberedPage) -> None:
        """Take the place of what was kept."""
        ...


class ShortMemory:
    """A memory that ends with the process; safe between its threads."""

    def __init__(self) -> None:
        self._guard = Lock()
        self._turns: defaultdict[str, Lock] = defaultdict(Lock)
        self._not_before: dict[str, datetime] = {}
        self._robots: dict[str, Robots] = {}
        self._pages: dict[str, RememberedPage] = {}

    @contextmanager
    def turn(self, host: str) -> Iterator[None]:
        """One request at a time per host, within this process."""
        with self._guard:
            turn = self._turns[host]
        with turn:
            yield

    def not_before(self, host: str) -> datetime | None:
        """When the next request may begin."""
        return self._not_before.get(host)

    def hold(self, host: str, until: datetime) -> None:
        """No request before this time."""
        with self._guard:
            self._not_before[host] = max(until, self._not_before.get(host, until))

    def robots(self, host: str) -> Robots | None:
        """The host's robots.txt as kept."""
        return self._robots.get(host)

    def save_robots(self, host: str, robots: Robots) -> None:
        """Keep it instead of the last."""
        self._robots[host] = robots

    def page(self, url: str) -> RememberedPage | None:
        """The page as kept."""
        return self._pages.get(url)

    def save_page(self, url: str, page: RememberedPage) -> None:
        """Keep it instead of the last."""
        self._pages[url] = page
