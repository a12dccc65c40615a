"""What the page of a whole area shows, as values: see `website.values`."""

from __future__ import annotations

from dataclasses import dataclass

from website.values import Cell, Notice


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentEntry:
    """A document that Ofsted lists for a provider."""

    name: str  # of the provider
    urn: str  # tells it from others of that name; empty where the name has it
    page: str  # of the provider on Ofsted's site; empty: no address that is safe to follow
    kind: str  # of the provider, as Ofsted prints it
    provider_type: str  # schools, by which the lines are filtered
    title: str
    day: str  # 29 July 2025; empty: Ofsted gives none
    link: str  # to the document; empty: none that is safe to follow
    grade: Cell
    is_lowest: bool
    notes: tuple[str, ...]  # listed late, no longer listed


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentMonth:
    """The documents of one month, the newest first."""

    name: str  # July 2025
    lines: tuple[DocumentEntry, ...]

    @property
    def count(self) -> int:
        """How many there are."""
        return len(self.lines)


@dataclass(frozen=True, slots=True, kw_only=True)
class TypeLine:
    """A type of provider: how many there are, and how many documents."""

    provider_type: str  # schools
    name: str  # Schools
    providers: int
    documents: int


@dataclass(frozen=True, slots=True, kw_only=True)
class AreaPage:
    """The other providers in a council's area, and what Ofsted has lately published on them."""

    name: str  # of the council
    short: str
    council_page: str
    feed: str
    table: str  # the documents as a spreadsheet
    total: str  # 440 providers
    extra: int  # beside them, how many are registered elsewhere
    since: str  # when we began; empty: the list was not yet read as a whole
    read: str  # when the list was last read as a whole
    left_out: str  # types of provider that are not shown; empty: none
    notices: tuple[Notice, ...]
    types: tuple[TypeLine, ...]
    documents: int  # all of them
    months: tuple[DocumentMonth, ...]  # the newest documents
    ofsteds_list: str  # of the same providers; empty: no address that is safe to follow
