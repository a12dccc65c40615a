"""Recipients: how they are checked, and which of them an event is for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

from notifications.addresses import BadRecipient, Flaw, folder, mailbox, service, workflow
from notifications.digest_schedule import IMMEDIATE, DigestTime, digest_time
from notifications.events import (
    AboutReport,
    ChannelDown,
    DeliveryDelayed,
    DeliveryFailed,
    DocumentListed,
    Event,
    FileUnavailable,
    Personal,
)
from notifications.urgency import carries_grades, is_concern, urgency
from ofsted.compare import ComparisonLine
from ofsted.lowest_grades import is_lowest
from ofsted.provider_types import AUTHORITIES, BY_NAME

__all__ = [
    "IMMEDIATE",
    "AlertOn",
    "BadRecipient",
    "Recipient",
    "Via",
    "channel_key",
    "check",
    "is_immediate",
    "recipients_of",
]

Via = Literal["email", "teams", "apprise", "outbox"]
AlertOn = Literal["all", "changes", "concerns"]

EVERY_TYPE = frozenset(BY_NAME)
CHANGED_RELATIONS = frozenset({"new", "ended", "merged", "split"})


@dataclass(frozen=True, slots=True)
class Recipient:
    """A name with an address and a choice of alerts. The name is its identity."""

    name: str
    via: Via
    address: str = field(repr=False)  # mailbox, webhook, Apprise address, or the outbox's folder
    audience: Literal["readers", "operators", "both"] = "readers"
    alert_on: AlertOn = "all"
    frequency: str = IMMEDIATE
    authorities: frozenset[str] = frozenset()  # URNs; empty: all that are watched
    provider_types: frozenset[str] = frozenset({AUTHORITIES.name})  # of `ofsted.provider_types`
    quiet_notice: bool = True

    @property
    def types_in_order(self) -> tuple[str, ...]:
        """Its provider types, in their usual order."""
        return tuple(each for each in BY_NAME if each in self.provider_types)

    @property
    def gets_reports(self) -> bool:
        """Whether it is alerted to authorities' reports, or to what goes wrong with them."""
        return self.audience != "readers" or AUTHORITIES.name in self.provider_types

    @property
    def gets_documents(self) -> bool:
        """Whether it is alerted to documents of other providers, or to what goes wrong there."""
        return self.audience != "readers" or not self.provider_types <= {AUTHORITIES.name}

    @property
    def digest(self) -> DigestTime | None:
        """The time of its digests; None: it gets no digests."""
        return digest_time(self.frequency)


def channel_key(recipient: Recipient) -> str:
    """The channel of a recipient: one for all email, as it has one server; else one each."""
    if recipient.via in {"email", "outbox"}:
        return recipient.via
    return f"{recipient.via}: {recipient.name}"


def check(recipient: Recipient, *, allow_private: bool) -> tuple[str, ...]:
    """Check a recipient's address without sending.

    Returns:
        Warnings.

    Raises:
        BadRecipient: it cannot be used as it is set.
    """
    try:
        return _check_address(recipient, allow_private=allow_private)
    except Flaw as flaw:
        raise BadRecipient(recipient.name, flaw.what, flaw.advice) from None


def _check_address(recipient: Recipient, *, allow_private: bool) -> tuple[str, ...]:
    match recipient.via:
        case "email":
            mailbox(recipient.address)
            return ()
        case "teams":
            return workflow(recipient.address, allow_private=allow_private)
        case "apprise":
            return service(recipient.address, allow_private=allow_private)
        case "outbox":
            return folder(recipient.address)


def recipients_of(event: Event, recipients: Sequence[Recipient]) -> tuple[Recipient, ...]:
    """The recipients of an event, in the given order.

    A follow-up also goes to all recipients of the first event: the caller adds those.
    """
    if isinstance(event, Personal):
        return tuple(one for one in recipients if one.name == event.recipient)
    return tuple(one for one in recipients if _wants(one, event))


def is_immediate(recipient: Recipient, event: Event) -> bool:
    """Whether a recipient gets this event immediately, and not only in its next digest."""
    if recipient.digest is None or isinstance(event, Personal):
        return True
    return urgency(event) is not None and not recipient.digest.holds_everything


def _wants(recipient: Recipient, event: Event) -> bool:
    if recipient.audience not in {event.audience, "both"}:
        return False
    about = _authorities_of(event)
    if about and recipient.authorities and recipient.authorities.isdisjoint(about):
        return False
    if event.audience == "operators":
        return not _by_the_failing_channel(recipient, event)
    if isinstance(event, DocumentListed):
        return event.provider_type in recipient.provider_types and (
            recipient.alert_on != "concerns" or is_lowest(event.grade)
        )
    # What is watched by name counts as an authority's, whatever it is.
    return AUTHORITIES.name in recipient.provider_types and _chose(recipient, event)


def _authorities_of(event: Event) -> frozenset[str]:
    """URNs of the authorities that an event is about; none: it is about the service."""
    if isinstance(event, DocumentListed | FileUnavailable) and event.areas:
        return frozenset(area.urn for area in event.areas)
    provider = getattr(event, "provider", None)
    return frozenset({provider.urn}) if provider else frozenset()


def _chose(recipient: Recipient, event: Event) -> bool:
    return recipient.alert_on == "all" or (
        isinstance(event, AboutReport) and recipient.alert_on in _choices(event)
    )


def _by_the_failing_channel(recipient: Recipient, event: Event) -> bool:
    match event:
        case ChannelDown(channel=channel, recipients=names):
            return channel_key(recipient) == channel or recipient.name in names
        case DeliveryFailed(recipient=name) | DeliveryDelayed(recipient=name):
            return recipient.name == name
    return False


def _choices(event: AboutReport) -> frozenset[AlertOn]:
    """The choices other than `all` that a report meets."""
    if carries_grades(event) and (event.found.status != "read" or event.previous_in_doubt):
        return frozenset({"changes", "concerns"})
    met: dict[AlertOn, bool] = {"changes": _changed(event), "concerns": _concerns(event)}
    return frozenset(choice for choice, meets in met.items() if meets)


def _changed(event: AboutReport) -> bool:
    return any(map(_is_changed, event.rows)) or (carries_grades(event) and not event.rows)


def _is_changed(row: ComparisonLine) -> bool:
    if row.key == "outcome":  # Area SEND: statements, which have no order
        return row.grade != row.before
    return row.direction in {"raised", "lowered"} or row.relation in CHANGED_RELATIONS


def _concerns(event: AboutReport) -> bool:
    return is_concern(event) or any(
        one.kind == "priority_action" for one in event.found.improvements
    )
