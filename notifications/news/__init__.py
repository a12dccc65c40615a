"""What people are told of: one frozen dataclass a type of event, to and from JSON.

The JSON names its version, and every later version of this module reads all
earlier ones, so that an upgrade never strands what is waiting.
"""

from __future__ import annotations

import json
from typing import Annotated

from pydantic import Field, TypeAdapter

from notifications.news.operators import (
    CheckFailed,
    DeliveryFailed,
    DetailsEdited,
    DocumentsRestamped,
    FileDead,
    FrameworkSuspected,
    ListingSuspect,
    LookFailed,
    LookOverdue,
    LookRecovered,
    RecipientRemoved,
    ReportDoubtful,
    ReportRenumbered,
    ReportUnread,
    Reread,
    WayBroken,
)
from notifications.news.parts import (
    Audience,
    Changed,
    Difference,
    Earlier,
    Finding,
    Provider,
    Report,
    Watched,
)
from notifications.news.readers import (
    AboutReport,
    Correction,
    ReportListedLate,
    ReportPublished,
    ReportRead,
    ReportReplaced,
    ReportReturned,
    ReportWithdrawn,
    Welcome,
)

__all__ = [
    "VERSION",
    "AboutReport",
    "Audience",
    "Changed",
    "CheckFailed",
    "Correction",
    "DeliveryFailed",
    "DetailsEdited",
    "Difference",
    "DocumentsRestamped",
    "Earlier",
    "FileDead",
    "Finding",
    "FrameworkSuspected",
    "ListingSuspect",
    "LookFailed",
    "LookOverdue",
    "LookRecovered",
    "News",
    "Provider",
    "RecipientRemoved",
    "Report",
    "ReportDoubtful",
    "ReportListedLate",
    "ReportPublished",
    "ReportRead",
    "ReportRenumbered",
    "ReportReplaced",
    "ReportReturned",
    "ReportUnread",
    "ReportWithdrawn",
    "Reread",
    "Watched",
    "WayBroken",
    "Welcome",
    "from_json",
    "to_json",
]

VERSION = 1

News = (
    ReportPublished
    | ReportListedLate
    | ReportRead
    | ReportReplaced
    | Correction
    | ReportWithdrawn
    | ReportReturned
    | Welcome
    | FileDead
    | ReportDoubtful
    | ReportUnread
    | FrameworkSuspected
    | ReportRenumbered
    | DocumentsRestamped
    | DetailsEdited
    | Reread
    | LookFailed
    | LookRecovered
    | LookOverdue
    | ListingSuspect
    | DeliveryFailed
    | WayBroken
    | RecipientRemoved
    | CheckFailed
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
