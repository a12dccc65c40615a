"""What readers are alerted to."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar, Literal

from notifications.events.parts import (
    Audience,
    AuthorityStanding,
    Difference,
    Finding,
    Predecessor,
    Previous,
    Provider,
    Report,
)
from ofsted.compare import ComparisonLine
from ofsted.provider_types import AUTHORITIES


@dataclass(frozen=True, slots=True, kw_only=True)
class AboutReport:
    """An event about one report and its content. `rows` are empty where nothing is compared.

    `not_compared` says why, in words, where there is an earlier inspection that cannot be
    compared with this one. `previous_in_doubt`: the previous one is doubtful or unread.
    `predecessors`: of a first report, where authorities before this one were split or merged.
    """

    audience: ClassVar[Audience] = "readers"
    provider: Provider
    report: Report
    found: Finding
    previous: Previous | None = None
    rows: tuple[ComparisonLine, ...] = ()
    not_compared: str | None = None
    previous_in_doubt: bool = False
    predecessors: tuple[Predecessor, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportPublished(AboutReport):
    """A report is new on the page."""

    type: Literal["report_published"] = "report_published"


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportListedLate(AboutReport):
    """An old report is new on the page."""

    type: Literal["report_listed_late"] = "report_listed_late"


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportRead(AboutReport):
    """A report that was announced as doubtful or not yet read has been read."""

    type: Literal["report_read"] = "report_read"


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportReplaced(AboutReport):
    """A report's file has other content than before."""

    type: Literal["report_replaced"] = "report_replaced"
    differences: tuple[Difference, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Correction(AboutReport):
    """A grade that readers were sent is wrong; `said` has what was sent and what is right."""

    type: Literal["correction"] = "correction"
    said: tuple[Difference, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportWithdrawn:
    """A report is no longer on the page."""

    audience: ClassVar[Audience] = "readers"
    type: Literal["report_withdrawn"] = "report_withdrawn"
    provider: Provider
    report: Report
    gone_since: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportReturned:
    """A report that was announced as withdrawn is listed again."""

    audience: ClassVar[Audience] = "readers"
    type: Literal["report_returned"] = "report_returned"
    provider: Provider
    report: Report


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentListed:
    """A new entry on the page of a provider in a watched area, which is listed and not read.

    `areas`: the councils in whose areas it is. `kind`: of the provider, as Ofsted prints it, or
    our word for its type. `grade`: as the entry itself prints it. `is_late`: it is dated long
    before it was seen. `is_listed_on_page`: False if only the search shows that there is one.
    Of a provider whose name Ofsted withholds, `provider` has the words that stand for it.
    """

    audience: ClassVar[Audience] = "readers"
    type: Literal["document_listed"] = "document_listed"
    provider: Provider
    areas: tuple[Provider, ...]
    kind: str
    provider_type: str  # of `ofsted.provider_types`
    report: Report
    grade: str | None = None
    is_late: bool = False
    is_listed_on_page: bool = True
    is_withheld: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Welcome:
    """The first message to a recipient, for readers and operators alike.

    `provider_types`: those that a reader chose. `areas`: the councils in whose areas it gets
    documents of other providers.
    """

    audience: ClassVar[Audience] = "both"
    type: Literal["welcome"] = "welcome"
    recipient: str
    watched: tuple[AuthorityStanding, ...]
    unseen: tuple[Provider, ...] = ()  # those without a successful check yet
    next_check: datetime | None = None
    to: Audience = "readers"  # whose alerts this recipient gets
    alert_on: Literal["all", "changes", "concerns"] = "all"
    frequency: str = "immediate"
    quiet_notice: bool = False
    provider_types: tuple[str, ...] = (AUTHORITIES.name,)
    areas: tuple[Provider, ...] = ()
