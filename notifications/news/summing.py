"""What sums up: a digest of what happened, and a sign of life where nothing did."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from notifications.news import operators as o
from notifications.news import readers as r
from notifications.news.parts import Audience, Provider

Happened = (
    r.ReportPublished
    | r.ReportListedLate
    | r.ReportRead
    | r.ReportReplaced
    | r.Correction
    | r.ReportWithdrawn
    | r.ReportReturned
    | o.FileDead
    | o.ReportDoubtful
    | o.ReportUnread
    | o.FrameworkSuspected
    | o.ReportRenumbered
    | o.DocumentsRestamped
    | o.DetailsEdited
    | o.Reread
    | o.LookFailed
    | o.LookRecovered
    | o.ChecksOverdue
    | o.RunFailed
    | o.RunRecovered
    | o.ListingSuspect
    | o.DeliveryFailed
    | o.DeliveryDelayed
    | o.ChannelDown
    | o.ChannelUp
    | o.RecipientRemoved
    | o.CheckFailed
)

Period = Literal["daily", "weekly", "last"]  # last: no other follows


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """One thing that happened; `apart`: it could not wait and was sent at once."""

    at: datetime
    news: Annotated[Happened, Field(discriminator="type")]
    apart: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """How an authority's page is seen; None: never yet."""

    provider: Provider
    last_good_look: datetime | None
    is_well: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Digest:
    """What happened since the last digest, for one recipient."""

    audience: ClassVar[Audience] = "both"
    type: Literal["digest"] = "digest"
    recipient: str
    period: Period
    since: datetime
    told: tuple[Told, ...] = ()
    looks: int
    seen: tuple[Seen, ...]
    next_look: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SignOfLife:
    """Nothing happened for so long that one may wonder whether anybody still watches."""

    audience: ClassVar[Audience] = "both"
    type: Literal["sign_of_life"] = "sign_of_life"
    recipient: str
    since: datetime
    looks: int
    seen: tuple[Seen, ...]
    next_look: datetime | None = None
