"""Channels that are down and messages that are delayed: noticed, told by another channel, over.

A channel is what fails together: the mail server, or one webhook. It is down where an answer
refuses us, or where every attempt of two hours failed before a recipient was named, or for two
recipients or more. Nothing that waits for it is given up: it is probed hourly, and the time in
which it was down counts for nobody's expiry.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy.orm import Session

from flows.tell import record_news
from flows.tools import Tools
from notifications import news as n
from notifications.mail.refusals import RECIPIENT_NAMED
from notifications.outcomes import OURS, Attempt, Outcome
from notifications.recipients import Recipient, way_name
from storage import deliveries, queries, ways
from storage.deliveries import DELAYED, Failure, Late


def names_of(tools: Tools, channel: str) -> tuple[str, ...]:
    """Whom a channel reaches."""
    return tuple(each.name for each in tools.recipients if way_name(each) == channel)


def reachable(session: Session, tools: Tools) -> list[str]:
    """Recipients whose channel is not known down, or is to be tried again.

    A probe further ahead than an hour is a clock that was wrong.
    """
    now, down = tools.clock.now(), ways.broken(session)
    return [
        recipient.name
        for recipient in tools.recipients
        if (way := down.get(way_name(recipient))) is None
        or not now < way.probe_at <= now + ways.PROBE
    ]


def judged(session: Session, tools: Tools, recipient: Recipient, attempt: Attempt) -> Attempt:
    """The attempt as it counts, given what is known of the channel.

    While the channel is down its failures are its own. An answer that speaks of us is this
    recipient's, where others were taken since it was last given.
    """
    channel = way_name(recipient)
    others = [name for name in names_of(tools, channel) if name != recipient.name]
    named = attempt.stage in RECIPIENT_NAMED
    if attempt.outcome is Outcome.BROKEN:
        alone = named and deliveries.is_refused_alone(
            session, recipient.name, others, RECIPIENT_NAMED
        )
        return replace(attempt, outcome=Outcome.LATER) if alone else attempt
    is_down = channel in ways.broken(session)
    if (
        is_down
        and _may_be_the_channels(attempt)
        and _is_the_channels(
            [
                *_failures(session, tools, channel),
                _as_failure(attempt, recipient, tools.clock.now()),
            ]
        )
    ):
        return replace(attempt, outcome=Outcome.BROKEN)
    return attempt


def _may_be_the_channels(attempt: Attempt) -> bool:
    passing = attempt.outcome is Outcome.REFUSED and not attempt.lasting
    return attempt.stage not in OURS and (attempt.outcome is Outcome.LATER or passing)


def follow_up(session: Session, tools: Tools, recipient: Recipient, attempt: Attempt) -> None:
    """What an attempt, as `judged`, says of its channel."""
    channel, now = way_name(recipient), tools.clock.now()
    if attempt.stage in OURS:
        return
    match attempt.outcome:
        case Outcome.BROKEN:
            if ways.break_(session, channel, attempt.words, now) is not None:
                _tell_down(
                    session,
                    tools,
                    n.ChannelDown(
                        channel=channel,
                        recipients=names_of(tools, channel),
                        words=attempt.words,
                        since=now,
                    ),
                )
        case Outcome.UNKNOWN:
            ways.postpone(session, channel, now)
        case _ if attempt.outcome is not Outcome.LATER or attempt.stage in RECIPIENT_NAMED:
            works(session, tools, channel)


def works(session: Session, tools: Tools, channel: str) -> None:
    """Something was taken; operators who heard that the channel was down hear that it is over."""
    now = tools.clock.now()
    since = ways.mend(session, channel)
    if since is None:
        return
    names = names_of(tools, channel)
    deliveries.hold(session, names, since, now)
    news = n.ChannelUp(channel=channel, recipients=names, since=since, until=now)
    _tell(session, tools, news, f"channel:{channel}", now)


def is_to_be_told(session: Session, tools: Tools) -> bool:
    """Whether a channel or a message has failed for so long that operators are to hear."""
    return next(_noticed(session, tools), None) is not None


def notice(tools: Tools) -> bool:
    """Write down what `is_to_be_told`; False: nothing was. Asked once all that is due was tried."""
    with tools.database.read() as session:
        if not is_to_be_told(session, tools):
            return False
    with tools.database.write() as session:
        noticed = list(_noticed(session, tools))
        for news in noticed:
            if isinstance(news, n.ChannelDown):
                now = tools.clock.now()
                ways.break_(session, news.channel, news.words, now, since=news.since)
                _tell_down(session, tools, news)
            else:
                _tell(session, tools, news, f"recipient:{news.recipient}", tools.clock.now())
    return bool(noticed)


def _noticed(session: Session, tools: Tools) -> Iterator[n.ChannelDown | n.DeliveryDelayed]:
    now = tools.clock.now()
    failing = set(ways.broken(session))  # channels, whose recipients are not delayed alone
    for channel in dict.fromkeys(map(way_name, tools.recipients)):
        failed = _failures(session, tools, channel) if channel not in failing else []
        if not failed or not _is_the_channels(failed):
            continue
        failing.add(channel)
        since = min(each.at for each in failed)
        if now - since >= DELAYED:
            yield n.ChannelDown(
                channel=channel,
                recipients=names_of(tools, channel),
                words=failed[-1].words,
                since=since,
            )
    waiting = {each.recipient: each for each in reversed(deliveries.late(session, now))}
    for recipient in tools.recipients:
        first = waiting.get(recipient.name)
        if first is None or first.error is None or way_name(recipient) in failing:
            continue
        if not _is_told(session, first, now):
            yield n.DeliveryDelayed(
                recipient=first.recipient,
                subject=first.summary,
                since=first.since,
                words=first.error,
            )


def _is_told(session: Session, late: Late, now: datetime) -> bool:
    """Whether operators heard so of the recipient since it was last sent something."""
    told = queries.last_told(session, "delivery_delayed", f"recipient:{late.recipient}", now)
    sent = queries.last_sent(session, late.recipient, now)
    return told is not None and (sent is None or told > sent)


def _failures(session: Session, tools: Tools, channel: str) -> list[Failure]:
    failed = deliveries.failures(session, names_of(tools, channel))
    return [each for each in failed if each.stage not in OURS]


def _as_failure(attempt: Attempt, recipient: Recipient, now: datetime) -> Failure:
    return Failure(now, recipient.name, attempt.stage, attempt.outcome.value, attempt.words)


def _is_the_channels(failed: Sequence[Failure]) -> bool:
    """Whether the failures are not those of one recipient alone."""
    before = all(
        each.outcome == Outcome.BROKEN or each.stage not in RECIPIENT_NAMED for each in failed
    )
    return before or len({each.recipient for each in failed}) > 1


def _tell_down(session: Session, tools: Tools, news: n.ChannelDown) -> None:
    now = tools.clock.now()
    deliveries.make_due(session, news.recipients, now)
    _tell(session, tools, news, f"channel:{news.channel}", now)


def _tell(session: Session, tools: Tools, news: n.News, subject: str, now: datetime) -> None:
    record_news(session, tools, news, subject=subject, cause=now.isoformat(), at=now)
