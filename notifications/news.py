"""What people are told of: one frozen dataclass a type of event, to and from JSON.

The JSON names its version, and every later version of this module reads all
earlier ones, so that an upgrade never strands what is waiting.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated, ClassVar, Literal

from pydantic import Field, TypeAdapter

from ofsted.compare import Row
from ofsted.reports.model import Doubt, Improvement, Judgement, Kind

VERSION = 1

Audience = Literal["readers", "operators", "both"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Provider:
    """An authority, as people know it."""

    urn: str
    name: str  # London Borough of Sutton
    place: str  # Sutton
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
    """What was read in it, or why nothing was.

    `unread` without doubts is a kind that this version does not read: no fault.
    `missing`: the file did not come. `elsewhere`: its link, if any, is not on
    Ofsted's files host, so nothing was fetched.
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Earlier:
    """The inspection that a report is compared with."""

    report: Report
    framework: str | None
    first_day: date | None
    last_day: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class AboutReport:
    """News of one report with what it says. `rows` are empty where nothing is compared.

    `not_compared` says why, in words, where an earlier inspection is there but
    cannot be held against this one. `earlier_untold`: the one before is doubtful or unread.
    """

    audience: ClassVar[Audience] = "readers"
    provider: Provider
    report: Report
    found: Finding
    earlier: Earlier | None = None
    rows: tuple[Row, ...] = ()
    not_compared: str | None = None
    earlier_in_doubt: bool = False


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
    """A report told of before as not yet read, or doubtful, has been read."""

    type: Literal["report_read"] = "report_read"


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """One thing that two documents of a report say differently."""

    what: str
    was: str | None
    now: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportReplaced(AboutReport):
    """A report's file says something else than before."""

    type: Literal["report_replaced"] = "report_replaced"
    differences: tuple[Difference, ...] = ()


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
    """A report that people were told is withdrawn is back."""

    audience: ClassVar[Audience] = "readers"
    type: Literal["report_returned"] = "report_returned"
    provider: Provider
    report: Report


@dataclass(frozen=True, slots=True, kw_only=True)
class Watched:
    """One authority in a welcome: its newest graded report, where one was read."""

    provider: Provider
    reports: int  # on the page
    newest: Report | None = None
    found: Finding | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Welcome:
    """The first message to a recipient, for readers and operators alike."""

    audience: ClassVar[Audience] = "both"
    type: Literal["welcome"] = "welcome"
    recipient: str
    watched: tuple[Watched, ...]
    unseen: tuple[Provider, ...] = ()  # those without a good look yet
    next_look: datetime | None = None
    to: Audience = "readers"  # what this recipient will hear from now on
    hears: Literal["all", "changed", "declined"] = "all"


@dataclass(frozen=True, slots=True, kw_only=True)
class FileDead:
    """A listed report's file does not come, or is not a PDF."""

    audience: ClassVar[Audience] = "operators"
    type: Literal["file_dead"] = "file_dead"
    provider: Provider
    report: Report
    trouble: str
    since: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportDoubtful:
    """A report was read, and its witnesses do not agree."""

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
class ReportRenumbered:
    """A report is listed under another file id and says the same."""

    audience: ClassVar[Audience] = "operators"
    type: Literal["report_renumbered"] = "report_renumbered"
    provider: Provider
    report: Report
    was: str  # the earlier file id or link


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentsRestamped:
    """Files came with other bytes and the same facts; one event a look."""

    audience: ClassVar[Audience] = "operators"
    type: Literal["documents_restamped"] = "documents_restamped"
    provider: Provider
    reports: tuple[Report, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class DetailsEdited:
    """The page gives a known report another title or day."""

    audience: ClassVar[Audience] = "operators"
    type: Literal["details_edited"] = "details_edited"
    provider: Provider
    report: Report
    was: Report


@dataclass(frozen=True, slots=True, kw_only=True)
class LookFailed:
    """A provider's page cannot be seen, or is not the list we can prove."""

    audience: ClassVar[Audience] = "operators"
    type: Literal["look_failed"] = "look_failed"
    provider: Provider
    state: Literal["failing", "strange"]
    trouble: str
    since: datetime
    last_good_look: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class LookRecovered:
    """It is well again."""

    audience: ClassVar[Audience] = "operators"
    type: Literal["look_recovered"] = "look_recovered"
    provider: Provider
    since: datetime
    until: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class LookOverdue:
    """No look has begun although the schedule says so."""

    audience: ClassVar[Audience] = "operators"
    type: Literal["look_overdue"] = "look_overdue"
    since: datetime
    why: str


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
    """A message did not reach one recipient and is not tried any more."""

    audience: ClassVar[Audience] = "operators"
    type: Literal["delivery_failed"] = "delivery_failed"
    recipient: str
    subject: str
    state: Literal["refused", "expired"]
    words: str
    may_have_arrived: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class WayBroken:
    """A way of sending is broken by its settings; what goes that way waits."""

    audience: ClassVar[Audience] = "operators"
    type: Literal["way_broken"] = "way_broken"
    way: str
    recipients: tuple[str, ...]
    words: str
    since: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class RecipientRemoved:
    """A recipient is no longer in the settings; what was waiting for it is settled."""

    audience: ClassVar[Audience] = "operators"
    type: Literal["recipient_removed"] = "recipient_removed"
    recipient: str
    waiting: int


News = (
    ReportPublished
    | ReportListedLate
    | ReportRead
    | ReportReplaced
    | ReportWithdrawn
    | ReportReturned
    | Welcome
    | FileDead
    | ReportDoubtful
    | ReportUnread
    | ReportRenumbered
    | DocumentsRestamped
    | DetailsEdited
    | LookFailed
    | LookRecovered
    | LookOverdue
    | ListingSuspect
    | DeliveryFailed
    | WayBroken
    | RecipientRemoved
)

_ADAPTER: TypeAdapter[News] = TypeAdapter(Annotated[News, Field(discriminator="type")])


def to_json(news: News) -> str:
    """One JSON object with its version."""
    body = _ADAPTER.dump_python(news, mode="json")
    return json.dumps({"version": VERSION, **body}, ensure_ascii=False, sort_keys=True)


def from_json(text: str) -> News:
    """The news that `to_json` wrote, in this version or an earlier one.

    Raises:
        ValueError: it is not such JSON, or of a later version.
    """
    body = json.loads(text)
    version = body.pop("version", None)
    if version != VERSION:
        raise ValueError(f"news of version {version}; this program reads up to {VERSION}")
    return _ADAPTER.validate_python(body)
