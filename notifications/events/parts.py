"""Parts that several types of event have."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

from ofsted.reports.model import UNKNOWN, Doubt, Improvement, Judgement, Kind

Audience = Literal["readers", "operators", "both"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Provider:
    """An authority, as people know it."""

    code: str = "44"  # the type of provider; what was kept without one is an authority's
    urn: str
    name: str  # London Borough of Sutton
    short_name: str  # Sutton
    page: str  # address of its page on Ofsted's site


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """A report as the site lists it."""

    title: str
    published: date | None
    link: str | None
    file_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What was read in a report, or why nothing was.

    `unread` without doubts is a kind that this version does not read: no fault. `missing`: the
    file could not be downloaded. `elsewhere`: its link, if any, is not on Ofsted's files host,
    so nothing was downloaded.
    """

    status: Literal["read", "doubtful", "unread", "missing", "elsewhere"]
    kind: Kind = "unknown"
    framework: str | None = None
    first_day: date | None = None
    last_day: date | None = None
    judgements: tuple[Judgement, ...] = ()
    outcome: str | None = None
    theme: str | None = None
    improvements: tuple[Improvement, ...] = ()
    doubts: tuple[Doubt, ...] = ()

    @property
    def unknown(self) -> tuple[Judgement, ...]:
        """Rows of its table whose labels no framework has."""
        return tuple(one for one in self.judgements if one.key == UNKNOWN)

    @property
    def new_framework(self) -> bool:
        """Whether several labels of its table are unknown: perhaps a new framework."""
        return len(self.unknown) > 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Previous:
    """The inspection that a report is compared with."""

    report: Report
    framework: str | None
    first_day: date | None
    last_day: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Predecessor:
    """The newest inspection of an authority that was there before: shown, never compared.

    `found` is None where nothing is shown of it. `not_shown` says why, if it is by its own fault:
    `could not be read reliably`.
    """

    urn: str
    name: str  # Cumbria County Council
    short_name: str  # Cumbria
    inspection: Previous
    found: Finding | None = None
    not_shown: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """One value that differs between two documents, two parsers, or our alert and a report.

    None: no value was, or is, given.
    """

    what: str
    was: str | None
    now: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class AuthorityStanding:
    """One authority in a welcome: its newest graded report, where one was read."""

    provider: Provider
    reports: int  # on the page
    newest: Report | None = None
    found: Finding | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangedReading:
    """A report that a later version of the parser reads differently.

    `announced`: readers were sent a grade that it does not find, which `correct` can put right.
    """

    provider: Provider
    report: Report
    differences: tuple[Difference, ...]
    announced: bool = False
