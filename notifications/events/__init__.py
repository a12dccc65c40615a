"""What people are alerted to: one frozen dataclass for each type of event, to and from JSON.

The JSON has a version, and every later version of this module reads all earlier ones, so that
what is pending can still be sent after an upgrade.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, get_args

import msgspec

from notifications.events.digests import (
    Digest,
    DigestItem,
    Happened,
    PageStanding,
    Period,
    QuietNotice,
)
from notifications.events.operators import (
    AuditFailed,
    ChannelDown,
    ChannelUp,
    ChecksOverdue,
    DeliveryDelayed,
    DeliveryFailed,
    DetailsEdited,
    FilesReissued,
    FileUnavailable,
    FrameworkSuspected,
    ListingSuspect,
    PageCheckFailed,
    PageCheckRecovered,
    RecipientRemoved,
    ReportDoubtful,
    ReportRenumbered,
    ReportUnread,
    Reread,
    RunFailed,
    RunRecovered,
)
from notifications.events.parts import (
    Audience,
    AuthorityStanding,
    ChangedReading,
    Difference,
    Finding,
    Predecessor,
    Previous,
    Provider,
    Report,
)
from notifications.events.readers import (
    AboutReport,
    Correction,
    DocumentListed,
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
    "AuditFailed",
    "AuthorityStanding",
    "ChangedReading",
    "ChannelDown",
    "ChannelUp",
    "ChecksOverdue",
    "Correction",
    "DeliveryDelayed",
    "DeliveryFailed",
    "DetailsEdited",
    "Difference",
    "Digest",
    "DigestItem",
    "DocumentListed",
    "Event",
    "FileUnavailable",
    "FilesReissued",
    "Finding",
    "FrameworkSuspected",
    "Happened",
    "ListingSuspect",
    "PageCheckFailed",
    "PageCheckRecovered",
    "PageStanding",
    "Period",
    "Personal",
    "Predecessor",
    "Previous",
    "Provider",
    "QuietNotice",
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
    "Welcome",
    "from_json",
    "happened",
    "to_json",
]

VERSION = 1

Personal = Welcome | Digest | QuietNotice  # to one recipient, and never in a digest
Event = Happened | Personal

_TYPES: Mapping[str, type[Event]] = {
    each.__dataclass_fields__["type"].default: each for each in get_args(Event)
}


def to_json(event: Event) -> str:
    """One JSON object with its version."""
    body = msgspec.to_builtins(event)
    return json.dumps({"version": VERSION, **body}, ensure_ascii=False, sort_keys=True)


def from_json(text: str) -> Event:
    """The event that `to_json` wrote, in this version or an earlier one.

    Raises:
        ValueError: it is not such JSON, or of a later version.
    """
    body = json.loads(text)
    version = body.pop("version", None)
    if version != VERSION:
        raise ValueError(
            f"event of version {version}; this program supports versions up to {VERSION}"
        )
    return _event(body)


def _event(body: Any) -> Event:
    """An event by its `type`; those in a digest likewise."""
    kind = _TYPES.get(body.get("type"))
    if kind is None:
        raise ValueError(f"event of an unknown type: {body.get('type')}")
    event = msgspec.convert(body, kind)
    if not isinstance(event, Digest):
        return event
    items = (replace(each, event=_in_digest(_event(each.event))) for each in event.items)
    return replace(event, items=tuple(items))


def _in_digest(event: Event) -> Happened:
    if isinstance(event, Personal):
        raise ValueError(f"events of type {event.type} are not part of digests")  # noqa: TRY004 - the text is wrong
    return event


def happened(text: str) -> Happened:
    """The event that `to_json` wrote, if it is of a type that digests include.

    Raises:
        ValueError: as `from_json`, or it is of another type.
    """
    return _in_digest(from_json(text))
