"""Who is told: recipients, how they are checked, and who hears a piece of news."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

from notifications.addresses import BadRecipient, Flaw, folder, mailbox, service, workflow
from notifications.news import (
    AboutReport,
    ChannelDown,
    Correction,
    DeliveryDelayed,
    DeliveryFailed,
    News,
    Personal,
)
from notifications.when import AT_ONCE, DigestTime, digest_time
from ofsted.compare import Row
from ofsted.reports.model import GRADED_KINDS
from ofsted.text import fold

__all__ = [
    "AT_ONCE",
    "BadRecipient",
    "Channel",
    "Hears",
    "Recipient",
    "check",
    "hearers",
    "hears_at_once",
    "way_name",
]

Channel = Literal["mail", "teams", "apprise", "outbox"]
Hears = Literal["all", "changed", "declined"]

GRADED_TITLE = "children's services inspection"
MOVED = frozenset({"new", "ended", "merged", "split"})


@dataclass(frozen=True, slots=True)
class Recipient:
    """A name with an address and a choice of what to hear. The name is its identity."""

    name: str
    channel: Channel
    address: str = field(repr=False)  # mailbox, webhook, Apprise address, or the outbox's folder
    audience: Literal["readers", "operators", "both"] = "readers"
    hears: Hears = "all"
    when: str = AT_ONCE
    authorities: frozenset[str] = frozenset()  # URNs; empty: all that are watched
    sign_of_life: bool = True

    @property
    def digest(self) -> DigestTime | None:
        """When its digests are made; None: it has none."""
        return digest_time(self.when)


def way_name(recipient: Recipient) -> str:
    """The way by which a recipient is reached: all mail goes by one server, the rest each alone."""
    if recipient.channel in {"mail", "outbox"}:
        return recipient.channel
    return f"{recipient.channel}: {recipient.name}"


def check(recipient: Recipient, *, allow_private: bool) -> tuple[str, ...]:
    """Warnings about a recipient that can be used; nothing is sent.

    Raises:
        BadRecipient: it cannot be used as it is set.
    """
    try:
        return _check_address(recipient, allow_private=allow_private)
    except Flaw as flaw:
        raise BadRecipient(recipient.name, flaw.what, flaw.advice) from None


def _check_address(recipient: Recipient, *, allow_private: bool) -> tuple[str, ...]:
    match recipient.channel:
        case "mail":
            mailbox(recipient.address)
            return ()
        case "teams":
            return workflow(recipient.address, allow_private=allow_private)
        case "apprise":
            return service(recipient.address, allow_private=allow_private)
        case "outbox":
            return folder(recipient.address)


def hearers(news: News, recipients: Sequence[Recipient]) -> tuple[Recipient, ...]:
    """Those who hear a piece of news, in their order.

    A follow-up also goes to all whom the first event named: those the caller adds.
    """
    if isinstance(news, Personal):
        return tuple(one for one in recipients if one.name == news.recipient)
    return tuple(one for one in recipients if _hears(one, news))


def hears_at_once(recipient: Recipient, news: News) -> bool:
    """Whether a recipient that hears this hears it now, and not by its next digest alone."""
    return recipient.digest is None or isinstance(news, Personal) or _cannot_wait(news)


def _cannot_wait(news: News) -> bool:
    return isinstance(news, AboutReport) and (
        isinstance(news, Correction)
        or _fell(news)
        or (_carries_grades(news) and news.found.status != "read")
    )


def _hears(recipient: Recipient, news: News) -> bool:
    if recipient.audience not in {news.audience, "both"}:
        return False
    provider = getattr(news, "provider", None)
    if provider and recipient.authorities and provider.urn not in recipient.authorities:
        return False
    if news.audience == "operators":
        return not _by_the_failing_way(recipient, news)
    return recipient.hears == "all" or (
        isinstance(news, AboutReport) and recipient.hears in _choices(news)
    )


def _by_the_failing_way(recipient: Recipient, news: News) -> bool:
    match news:
        case ChannelDown(channel=channel, recipients=names):
            return way_name(recipient) == channel or recipient.name in names
        case DeliveryFailed(recipient=name) | DeliveryDelayed(recipient=name):
            return recipient.name == name
    return False


def _choices(news: AboutReport) -> frozenset[Hears]:
    """The choices beside `all` that a report meets."""
    if _carries_grades(news) and (news.found.status != "read" or news.earlier_in_doubt):
        return frozenset({"changed", "declined"})
    met: dict[Hears, bool] = {"changed": _changed(news), "declined": _declined(news)}
    return frozenset(choice for choice, meets in met.items() if meets)


def _carries_grades(news: AboutReport) -> bool:
    """By its kind; by its title where the kind is not known, as when the file is missing."""
    if news.found.kind == "unknown":
        return GRADED_TITLE in fold(news.report.title)
    return news.found.kind in GRADED_KINDS


def _changed(news: AboutReport) -> bool:
    return any(map(_moved, news.rows)) or (_carries_grades(news) and not news.rows)


def _moved(row: Row) -> bool:
    if row.key == "outcome":  # Area SEND: statements, which have no order
        return row.grade != row.before
    return row.direction in {"raised", "lowered"} or row.relation in MOVED


def _declined(news: AboutReport) -> bool:
    return _fell(news) or any(one.kind == "priority_action" for one in news.found.improvements)


def _fell(news: AboutReport) -> bool:
    return (
        any(row.direction == "lowered" for row in news.rows)
        or any(judgement.grade == "inadequate" for judgement in news.found.judgements)
        or news.found.outcome == "widespread_systemic_failings"
    )
