"""The contents of Ofsted's site as values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from hashlib import sha256
from pathlib import Path

from ofsted.provider_key import ProviderKey

LONGEST_KEY = 500  # characters of a link or title; a longer one is cut, and its hash appended


@dataclass(frozen=True, slots=True)
class Entry:
    """One row of a provider's list."""

    title: str
    published: date | None  # None: not printed, or not a valid day
    link: str | None  # absolute; None: a row without a link
    file_id: str | None = None  # None: the link is not on the files host
    inspected: date | None = None  # the timeline's day: the first or last day of the inspection
    warnings: tuple[str, ...] = ()
    grade: str | None = None  # listed after the title, as printed; never used as a judgement

    @property
    def key(self) -> str:
        """What identifies the row: its file id, else its link, else title and day."""
        if self.file_id:
            return f"file:{self.file_id}"
        if self.link:
            return _short(f"link:{self.link}")
        return _short(f"row:{self.title.casefold()}|{self.published or ''}")


def _short(key: str) -> str:
    """A key short enough for a database index; of a long one the hash is part."""
    if len(key) <= LONGEST_KEY:
        return key
    return f"{key[:LONGEST_KEY]}#{sha256(key.encode('utf-8', 'replace')).hexdigest()}"


@dataclass(frozen=True, slots=True)
class Listing:
    """A provider's complete list, proven."""

    urn: str
    code: int
    name: str  # as the page's heading has it
    address: str  # of the page
    entries: tuple[Entry, ...]  # in the page's order, each once
    sha256: str  # of the page's bytes
    warnings: tuple[str, ...] = ()
    kind: str | None = None  # "Type:" of the page's details, verbatim: `Children's Home`
    local_authority: str | None = None  # "Local authority:" there
    is_withheld: bool = False  # Ofsted does not publish its name; `name` is only the URN


@dataclass(frozen=True, slots=True)
class Found:
    """One provider in the results of a search."""

    urn: str
    code: int
    name: str
    address: str
    category: str | None = None
    latest_report: date | None = None  # when its newest document was published
    rating: str | None = None  # as printed; may be older than the newest document
    is_withheld: bool = False  # Ofsted does not publish its name; `name` is only the URN

    @property
    def key(self) -> ProviderKey:
        """What identifies the provider."""
        return ProviderKey(str(self.code), self.urn)


@dataclass(frozen=True, slots=True)
class AreaPage:
    """One page of the providers of an area, those with the newest documents first; proven."""

    total: int  # on all pages
    found: tuple[Found, ...]
    sha256: str  # of the page's bytes


@dataclass(frozen=True, slots=True)
class Answered:
    """Any answer of an address; nothing about it is proven."""

    asked: str
    address: str  # after redirects
    status: int
    headers: Mapping[str, str]  # names in any case
    body: bytes


@dataclass(frozen=True, slots=True)
class Validators:
    """A file's validators (RFC 9110, 8.8), for requesting it only if it has changed."""

    etag: str | None = None
    last_modified: str | None = None  # as the server wrote it


@dataclass(frozen=True, slots=True)
class Download:
    """A complete file on disk."""

    link: str
    path: Path
    sha256: str
    bytes: int
    media_type: str | None  # Content-Type as the server gave it
    validators: Validators = field(default=Validators(), compare=False)
