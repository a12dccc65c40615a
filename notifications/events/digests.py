"""Digests of what happened, and quiet notices where nothing did."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from notifications.events import operators as o
from notifications.events import readers as r
from notifications.events.parts import Audience, Provider

Happened = (
    r.ReportPublished
    | r.ReportListedLate
    | r.ReportRead
    | r.ReportReplaced
    | r.Correction
    | r.ReportWithdrawn
    | r.ReportReturned
    | r.DocumentListed
    | o.FileUnavailable
    | o.ReportDoubtful
    | o.ReportUnread
    | o.FrameworkSuspected
    | o.ReportRenumbered
    | o.FilesReissued
    | o.DetailsEdited
    | o.Reread
    | o.PageCheckFailed
    | o.PageCheckRecovered
    | o.ChecksOverdue
    | o.RunFailed
    | o.RunRecovered
    | o.ListingSuspect
    | o.DeliveryFailed
    | o.DeliveryDelayed
    | o.ChannelDown
    | o.ChannelUp
    | o.RecipientRemoved
    | o.AuditFailed
)

# last: the recipient gets no more digests
Period = Literal["hourly", "daily", "weekly", "last"]


@dataclass(frozen=True, slots=True, kw_only=True)
class DigestItem:
    """One event in a digest; `already_sent`: it could not wait and was sent immediately."""

    at: datetime
    if TYPE_CHECKING:
        event: Happened
    else:  # msgspec knows no choice of dataclasses: `from_json` makes the event of its JSON
        event: dict[str, Any]
    already_sent: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class PageStanding:
    """The state of an authority's page; no `last_successful_check`: there was none yet."""

    provider: Provider
    last_successful_check: datetime | None
    is_ok: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Digest:
    """What happened since the last digest, for one recipient.

    `until`: what an hourly one ends at, a full hour; None: at the time that it was made.
    """

    audience: ClassVar[Audience] = "both"
    type: Literal["digest"] = "digest"
    recipient: str
    period: Period
    since: datetime
    until: datetime | None = None
    items: tuple[DigestItem, ...] = ()
    checks: int
    standings: tuple[PageStanding, ...]
    next_check: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class QuietNotice:
    """A confirmation that monitoring is running, after 30 days without a message."""

    audience: ClassVar[Audience] = "both"
    type: Literal["quiet_notice"] = "quiet_notice"
    recipient: str
    since: datetime
    checks: int
    standings: tuple[PageStanding, ...]
    next_check: datetime | None = None
