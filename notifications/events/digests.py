"""What sums up: a digest of what happened, and a sign of life where nothing did."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, ClassVar, Literal

from pydantic import Field

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

Period = Literal["daily", "weekly", "last"]  # last: no other follows


@dataclass(frozen=True, slots=True, kw_only=True)
class DigestItem:
    """One thing that happened; `apart`: it could not wait and was sent at once."""

    at: datetime
    event: Annotated[Happened, Field(discriminator="type")]
    apart: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class PageStanding:
    """How an authority's page is seen; None: never yet."""

    provider: Provider
    last_successful_check: datetime | None
    is_ok: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Digest:
    """What happened since the last digest, for one recipient."""

    audience: ClassVar[Audience] = "both"
    type: Literal["digest"] = "digest"
    recipient: str
    period: Period
    since: datetime
    items: tuple[DigestItem, ...] = ()
    checks: int
    standings: tuple[PageStanding, ...]
    next_check: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class QuietNotice:
    """Nothing happened for so long that one may wonder whether anybody still watches."""

    audience: ClassVar[Audience] = "both"
    type: Literal["quiet_notice"] = "quiet_notice"
    recipient: str
    since: datetime
    checks: int
    standings: tuple[PageStanding, ...]
    next_check: datetime | None = None
