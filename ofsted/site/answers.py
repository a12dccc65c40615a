"""Pages as the site sent them, and a short description of any answer for messages."""

from __future__ import annotations

import re
from dataclasses import dataclass
from html import unescape

from ofsted.errors import UnexpectedResponse
from ofsted.text import clean, squeeze

_TAG = re.compile(r"<[^>]*>")
_NAMES = tuple(
    re.compile(rf"<{tag}\b[^>]*>(.*?)</{tag}\s*>", re.IGNORECASE | re.DOTALL)
    for tag in ("h1", "title")
)
_SEARCHED = 64 * 1024  # bytes of a page in which its name is looked for
_SHOWN = 80  # characters of that name


@dataclass(frozen=True, slots=True)
class Page:
    """A page that was answered with 200, not yet proven to be what was asked for."""

    asked: str
    address: str  # after redirects
    body: bytes
    etag: str | None = None
    last_modified: str | None = None
    from_cache: bool = False  # the site answered "not modified"; the body is the cached one


class UnverifiedPage(UnexpectedResponse):
    """A page without the proof that it is what was asked for.

    Args:
        page: as it came, for the quarantine.
        found: what is wrong with it, in words.
        advice: what a person can do about it.
    """

    def __init__(self, page: Page, found: str, advice: str = "") -> None:
        came = f"{found}: {say(200, page.body)}"
        advice = advice or "nothing was changed; open the page and run `ofsted-watch doctor --live`"
        super().__init__(page.asked, came, advice)
        self.page = page
        self._found = found

    def __reduce__(self) -> tuple[type[UnverifiedPage], tuple[Page, str, str]]:
        return type(self), (self.page, self._found, self.advice)


def say(status: int, body: bytes, size: int | None = None) -> str:
    """An answer in a few words: `404, 6,912 bytes, "Report not found"`.

    Args:
        status: of the answer.
        body: all of it, or its beginning.
        size: bytes of the complete body; None: those of `body`.
    """
    name = name_of(body)
    return f"{status}, {size or len(body):,} bytes" + (f', "{name}"' if name else "")


def name_of(body: bytes) -> str:
    """The heading of an HTML page, else its title; empty for anything else."""
    text = body[:_SEARCHED].decode("utf-8", "replace")
    for pattern in _NAMES:
        found = pattern.search(text)
        name = squeeze(clean(unescape(_TAG.sub(" ", found[1])))) if found else ""
        if name:
            return name if len(name) <= _SHOWN else f"{name[:_SHOWN]}…"
    return ""
