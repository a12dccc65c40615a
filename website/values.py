"""What the pages show, as values; whoever calls has chosen every word of them.

Each text is plain: cleaned, on one line, not yet escaped. Addresses of pages are relative to the
site's root. A grade is words and a tone, which is never shown without them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

NO_TONE = "none"  # the tone of a reason why there is no grade


@dataclass(frozen=True, slots=True)
class Cell:
    """A grade, or why there is none."""

    words: str
    tone: str = NO_TONE  # outstanding, good, requires_improvement, inadequate, other, none


@dataclass(frozen=True, slots=True)
class Column:
    """One inspection in a table of judgements over time."""

    head: str  # June 2025
    page: str  # its report's


@dataclass(frozen=True, slots=True)
class Line:
    """One judgement over time: as many cells as there are columns."""

    label: str
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Notes:
    """How a column may be compared with the inspection before, and why."""

    heading: str
    items: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class OverTime:
    """The judgements of one framework, from the oldest to the newest."""

    heading: str
    columns: tuple[Column, ...]
    lines: tuple[Line, ...]
    notes: tuple[Notes, ...] = ()


@dataclass(frozen=True, slots=True)
class Block:
    """A grade in a picture: from one column to the next, over one row or several."""

    column: int
    row: int
    rows: int
    cell: Cell


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """Judgements over time as blocks: a row a judgement, a column an inspection."""

    title: str
    rows: tuple[str, ...]
    columns: tuple[Column, ...]
    weights: tuple[float, ...]  # how long each column lasts, in years
    blocks: tuple[Block, ...]


@dataclass(frozen=True, slots=True)
class Link:
    """A link to another site; safe to follow."""

    label: str
    url: str


class Summary(Protocol):
    """What an alert about a report says; its page says the same, in the same words."""

    @property
    def paragraphs(self) -> Sequence[str]: ...
    @property
    def tables(self) -> Sequence[Any]: ...
    @property
    def footnotes(self) -> Sequence[Any]: ...
    @property
    def sections(self) -> Sequence[Any]: ...
    @property
    def links(self) -> Sequence[Any]: ...
    @property
    def evidence(self) -> str: ...
    @property
    def licence(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Notice:
    """What a person must know before reading on: corrected, withdrawn, not read reliably."""

    heading: str
    text: str
    items: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """A document that a report is or was."""

    sha256: str
    size: str  # 0.3 MB
    first_seen: str
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """One alert about a report."""

    at: str
    headline: str
    sections: Sequence[Any] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportEntry:
    """A report as its page and its authority's page show it."""

    page: str
    title: str
    heading: str  # the title with the day of publication
    published: str  # 29 July 2025
    facts: tuple[tuple[str, str], ...]  # Lead inspector, Framework; an empty one is left out
    links: tuple[Link, ...]  # to the report itself
    lead: str  # what its judgements say, in a sentence
    notices: tuple[Notice, ...]
    summary: Summary


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportPage:
    """One report, with what it stands on."""

    authority: str  # short
    authority_name: str
    authority_page: str
    links: tuple[Link, ...]  # to the authority's page on Ofsted's site
    entry: ReportEntry
    versions: tuple[Version, ...]
    sent: tuple[Sent, ...]
    none_sent: str  # why there is no alert, where there is none
    older: Column | None = None  # the report before it in the list
    newer: Column | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AuthorityPage:
    """An authority: its newest judgements, all of them over time, and every report.

    `latest` is the newest inspection with grades, and `since` what was published after it.
    """

    name: str
    short: str
    region: str
    page: str
    feed: str
    links: tuple[Link, ...]
    notices: tuple[Notice, ...]
    checked: str  # when its page on Ofsted's site was last checked; empty: never
    latest: ReportEntry | None
    since: tuple[Column, ...]
    picture: Picture | None
    tables: tuple[OverTime, ...]
    reports: tuple[ReportEntry, ...]
    area: str = ""  # the page of all other providers there; empty: they are not watched


@dataclass(frozen=True, slots=True, kw_only=True)
class AuthorityLine:
    """An authority in the table of all."""

    name: str
    region: str
    page: str
    inspected: str  # June 2025; empty: no graded inspection is known
    inspected_on: str  # 2025-06-20, for sorting
    cells: tuple[Cell, ...]
    published: str  # of its newest report
    published_on: str
    changes: str  # 1 lowered


@dataclass(frozen=True, slots=True, kw_only=True)
class AuthoritiesPage:
    """All authorities."""

    heads: tuple[str, ...]  # of the cells
    lines: tuple[AuthorityLine, ...]
    regions: tuple[str, ...]
    notices: tuple[Notice, ...]
    areas: tuple[tuple[str, str], ...]  # councils whose whole area is watched, and its page


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeLine:
    """A report, and what it changed; or what became of one."""

    day: str
    authority: str
    page: str
    title: str
    lowered: tuple[str, ...] = ()
    raised: tuple[str, ...] = ()
    new: tuple[str, ...] = ()
    said: str = ""  # all else, in a sentence


@dataclass(frozen=True, slots=True, kw_only=True)
class Month:
    """What became public in one month, the newest first."""

    name: str
    lines: tuple[ChangeLine, ...]
    lowered: int
    raised: int
    summary: str  # 1 judgement lowered, 2 raised; empty: none


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangesPage:
    """A year of changes, the newest month first."""

    year: str
    months: tuple[Month, ...]
    years: tuple[tuple[str, str], ...]  # every year, and its page


@dataclass(frozen=True, slots=True, kw_only=True)
class Download:
    """A table to fetch."""

    name: str
    what: str
    files: tuple[tuple[str, str], ...]  # CSV, and its path


@dataclass(frozen=True, slots=True, kw_only=True)
class AboutPage:
    """How the reports are read, how sure it is, and whose they are."""

    watched: str
    contact: str
    downloads: tuple[Download, ...]
    licence: str
    areas: tuple[tuple[str, str], ...]  # as in `AuthoritiesPage`
