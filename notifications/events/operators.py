"""What operators are notified of."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar, Literal

from notifications.events.parts import Audience, ChangedReading, Finding, Provider, Report


@dataclass(frozen=True, slots=True, kw_only=True)
class FileUnavailable:
    """A listed report's file cannot be downloaded, or is not a complete PDF.

    `kind`: the kind of its provider, if the documents of that one are listed and not read.
    `areas`: the councils in whose areas its provider is; none: it is an authority's report.
    """

    audience: ClassVar[Audience] = "operators"
    type: Literal["file_unavailable"] = "file_unavailable"
    provider: Provider
    report: Report
    failure: str
    since: datetime
    kind: str | None = None
    areas: tuple[Provider, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportDoubtful:
    """A report was read, but its table and headings do not agree."""

    audience: ClassVar[Audience] = "operators"
    type: Literal["report_doubtful"] = "report_doubtful"
    provider: Provider
    report: Report
    found: Finding


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportUnread:
    """A report could not be read although its kind is one that we read."""

    audience: ClassVar[Audience] = "operators"
    type: Literal["report_unread"] = "report_unread"
    provider: Provider
    report: Report
    found: Finding


@dataclass(frozen=True, slots=True, kw_only=True)
class FrameworkSuspected:
    """Several labels of a table are unknown; one event for all reports that print them."""

    audience: ClassVar[Audience] = "operators"
    type: Literal["framework_suspected"] = "framework_suspected"
    first_at: Provider
    first: Report
    found: Finding  # in the first such report


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportRenumbered:
    """A report is listed under another file id; its content is unchanged."""

    audience: ClassVar[Audience] = "operators"
    type: Literal["report_renumbered"] = "report_renumbered"
    provider: Provider
    report: Report
    was: str  # the earlier file id or link


@dataclass(frozen=True, slots=True, kw_only=True)
class FilesReissued:
    """Files have other bytes and the same facts; one event a check."""

    audience: ClassVar[Audience] = "operators"
    type: Literal["files_reissued"] = "files_reissued"
    provider: Provider
    reports: tuple[Report, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class DetailsEdited:
    """The page now has another title or date for a known report."""

    audience: ClassVar[Audience] = "operators"
    type: Literal["details_edited"] = "details_edited"
    provider: Provider
    report: Report
    was: Report


@dataclass(frozen=True, slots=True, kw_only=True)
class Reread:
    """The archive was read again by another version of the parser, with other results."""

    audience: ClassVar[Audience] = "operators"
    type: Literal["reread"] = "reread"
    parser: str  # its version
    documents: int
    changed: tuple[ChangedReading, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PageCheckFailed:
    """A provider's page is unreachable, or not proven to be its complete list."""

    audience: ClassVar[Audience] = "operators"
    type: Literal["page_check_failed"] = "page_check_failed"
    provider: Provider
    state: Literal["unreachable", "unrecognised"]
    failure: str
    since: datetime
    last_successful_check: datetime | None
    quarantined: str | None = None  # path of the file with the page


@dataclass(frozen=True, slots=True, kw_only=True)
class PageCheckRecovered:
    """A provider's page can be checked again."""

    audience: ClassVar[Audience] = "operators"
    type: Literal["page_check_recovered"] = "page_check_recovered"
    provider: Provider
    since: datetime
    until: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ChecksOverdue:
    """Checks that were due have not been made; with `until`: they are being made again."""

    audience: ClassVar[Audience] = "operators"
    type: Literal["checks_overdue"] = "checks_overdue"
    authorities: tuple[str, ...]  # short names
    since: datetime  # when the earliest missing check was due
    why: str
    until: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RunFailed:
    """A flow run ended by an exception, a time limit or a crash."""

    audience: ClassVar[Audience] = "operators"
    type: Literal["run_failed"] = "run_failed"
    flow: str
    run: str  # the run's name or id, as the Prefect UI shows it
    why: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class RunRecovered:
    """A flow of which a run had failed has ended a run again."""

    audience: ClassVar[Audience] = "operators"
    type: Literal["run_recovered"] = "run_recovered"
    flow: str
    since: datetime
    until: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ListingSuspect:
    """Much of a list is gone or re-dated at once; everything but new rows is held."""

    audience: ClassVar[Audience] = "operators"
    type: Literal["listing_suspect"] = "listing_suspect"
    provider: Provider
    known: int
    gone: tuple[Report, ...] = ()
    redated: tuple[Report, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryFailed:
    """A message to one recipient was not delivered and is not tried again."""

    audience: ClassVar[Audience] = "operators"
    type: Literal["delivery_failed"] = "delivery_failed"
    recipient: str
    subject: str
    state: Literal["refused", "expired"]
    words: str
    may_have_arrived: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryDelayed:
    """A message has not reached one recipient for two hours, though its channel works."""

    audience: ClassVar[Audience] = "operators"
    type: Literal["delivery_delayed"] = "delivery_delayed"
    recipient: str
    subject: str
    since: datetime
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelDown:
    """A channel fails for all its recipients; their messages are pending until it works."""

    audience: ClassVar[Audience] = "operators"
    type: Literal["channel_down"] = "channel_down"
    channel: str
    recipients: tuple[str, ...]
    words: str
    since: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelUp:
    """A channel works again."""

    audience: ClassVar[Audience] = "operators"
    type: Literal["channel_up"] = "channel_up"
    channel: str
    recipients: tuple[str, ...]
    since: datetime
    until: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class RecipientRemoved:
    """A recipient is no longer in the settings; its pending messages were cancelled."""

    audience: ClassVar[Audience] = "operators"
    type: Literal["recipient_removed"] = "recipient_removed"
    recipient: str
    pending: int


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditFailed:
    """What is public, recorded and sent does not agree; each discrepancy is reported once."""

    audience: ClassVar[Audience] = "operators"
    type: Literal["audit_failed"] = "audit_failed"
    number: int
    discrepancies: tuple[str, ...]  # in words; the first ones, where there are many
