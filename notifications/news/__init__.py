"""What people are told of: one frozen dataclass a type of event, to and from JSON.

The JSON names its version, and every later version of this module reads all
earlier ones, so that an upgrade never strands what is waiting.
"""

from __future__ import annotations

import json
from typing import Annotated

from pydantic import Field, TypeAdapter

from notifications.news.operators import (
    ChannelDown,
    ChannelUp,
    CheckFailed,
    ChecksOverdue,
    DeliveryDelayed,
    DeliveryFailed,
    DetailsEdited,
    DocumentsRestamped,
    FileDead,
    FrameworkSuspected,
    ListingSuspect,
    LookFailed,
    LookRecovered,
    RecipientRemoved,
    ReportDoubtful,
    ReportRenumbered,
    ReportUnread,
    Reread,
    RunFailed,
    RunRecovered,
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
from notifications.news.summing import Digest, Happened, Period, Seen, SignOfLife, Told

__all__ = [
    "VERSION",
    "AboutReport",
    "Audience",
    "Changed",
    "ChannelDown",
    "ChannelUp",
    "CheckFailed",
    "ChecksOverdue",
    "Correction",
    "DeliveryDelayed",
    "DeliveryFailed",
    "DetailsEdited",
    "Difference",
    "Digest",
    "DocumentsRestamped",
    "Earlier",
    "FileDead",
    "Finding",
    "FrameworkSuspected",
    "Happened",
    "ListingSuspect",
    "LookFailed",
    "LookRecovered",
    "News",
    "Period",
    "Personal",
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
    "RunFailed",
    "RunRecovered",
    "Seen",
    "SignOfLife",
    "Told",
    "Watched",
    "Welcome",
    "from_json",
    "happened",
    "to_json",
]

VERSION = 1

Personal = Welcome | Digest | SignOfLife  # to one recipient, and never in a digest
News = Happened | Personal

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


def happened(text: str) -> Happened:
    """The news that `to_json` wrote of something that many may hear.

    Raises:
        ValueError: it is something else.
    """
    news = from_json(text)
    if isinstance(news, Personal):
        raise ValueError(f"news of type {news.type} stands in no digest")  # noqa: TRY004 - the text is wrong
    return news
