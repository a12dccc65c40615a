"""Notices channels that are down and messages that are delayed, and when they work again.

A channel is what fails together: the email server, or one webhook. It is down if an answer
refuses us, or if for two hours every attempt failed before a recipient was named, or for two or
more recipients. Operators are notified through another channel. A channel that is down is probed
hourly; that time does not count towards the expiry of its messages.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy.orm import Session

from flows.alerting.announce import announce
from flows.context.context import AppContext
from notifications import events as ev
from notifications.email.refusals import RECIPIENT_NAMED
from notifications.recipients import Recipient, channel_key
from notifications.send_results import OURS, SendResult
from storage import attempts, channel_outages, deliveries, queries
from storage.attempts import Failure
from storage.deliveries import DELAYED, Delayed


def names_of(context: AppContext, channel: str) -> tuple[str, ...]:
    """The names of the recipients that a channel reaches."""
    return tuple(each.name for each in context.recipients if channel_key(each) == channel)


def reachable(session: Session, context: AppContext) -> list[str]:
    """Recipients whose channel is not known to be down, or is due for a probe.

    A probe planned more than an hour ahead comes from a wrong clock, and counts as due.
    """
    now, down = context.clock.now(), channel_outages.open_outages(session)
    return [
        recipient.name
        for recipient in context.recipients
        if (channel := down.get(channel_key(recipient))) is None
        or not now < channel.probe_at <= now + channel_outages.PROBE
    ]


def judged(
    session: Session, context: AppContext, recipient: Recipient, attempt: SendResult
) -> SendResult:
    """The result of an attempt, corrected by what is known of the channel.

    While the channel is down, a failure is the channel's. A refusal that concerns us counts as
    this recipient's alone if messages to others were accepted since it last came.
    """
    channel = channel_key(recipient)
    others = [name for name in names_of(context, channel) if name != recipient.name]
    named = attempt.stage in RECIPIENT_NAMED
    if attempt.result == "channel_down":
        alone = named and attempts.is_refused_alone(
            session, recipient.name, others, RECIPIENT_NAMED
        )
        return replace(attempt, result="later") if alone else attempt
    is_down = channel in channel_outages.open_outages(session)
    if (
        is_down
        and _may_be_the_channels(attempt)
        and _is_the_channels(
            [
                *_failures(session, context, channel),
                _as_failure(attempt, recipient, context.clock.now()),
            ]
        )
    ):
        return replace(attempt, result="channel_down")
    return attempt


def _may_be_the_channels(attempt: SendResult) -> bool:
    passing = attempt.result == "refused" and not attempt.lasting
    return attempt.stage not in OURS and (attempt.result == "later" or passing)


def follow_up(
    session: Session, context: AppContext, recipient: Recipient, attempt: SendResult
) -> None:
    """Record what an attempt (the result of `judged`) shows about its channel."""
    channel, now = channel_key(recipient), context.clock.now()
    if attempt.stage in OURS:
        return
    match attempt.result:
        case "channel_down":
            if channel_outages.open_outage(session, channel, attempt.words, now) is not None:
                _announce_down(
                    session,
                    context,
                    ev.ChannelDown(
                        channel=channel,
                        recipients=names_of(context, channel),
                        words=attempt.words,
                        since=now,
                    ),
                )
        case "unknown":
            channel_outages.postpone_probe(session, channel, now)
        case _ if attempt.result != "later" or attempt.stage in RECIPIENT_NAMED:
            works(session, context, channel)


def works(session: Session, context: AppContext, channel: str) -> None:
    """A message was accepted: end the channel's outage, if any, and notify operators."""
    now = context.clock.now()
    since = channel_outages.close_outage(session, channel)
    if since is None:
        return
    names = names_of(context, channel)
    channel_outages.hold(session, names, since, now)
    event = ev.ChannelUp(channel=channel, recipients=names, since=since, until=now)
    _announce(session, context, event, f"channel:{channel}", now)


def is_notice_due(session: Session, context: AppContext) -> bool:
    """Whether a channel or a message has failed for so long that operators are to be notified."""
    return next(_noticed(session, context), None) is not None


def notice(context: AppContext) -> bool:
    """Record the notices that are due (`is_notice_due`); False: there were none.

    To be called after everything that is due was tried.
    """
    with context.database.read() as session:
        if not is_notice_due(session, context):
            return False
    with context.database.write() as session:
        noticed = list(_noticed(session, context))
        for event in noticed:
            if isinstance(event, ev.ChannelDown):
                now = context.clock.now()
                channel_outages.open_outage(
                    session, event.channel, event.words, now, since=event.since
                )
                _announce_down(session, context, event)
            else:
                _announce(
                    session, context, event, f"recipient:{event.recipient}", context.clock.now()
                )
    return bool(noticed)


def _noticed(
    session: Session, context: AppContext
) -> Iterator[ev.ChannelDown | ev.DeliveryDelayed]:
    now = context.clock.now()
    # channels: a recipient of one of these is not reported as delayed
    failing = set(channel_outages.open_outages(session))
    for channel in dict.fromkeys(map(channel_key, context.recipients)):
        failed = _failures(session, context, channel) if channel not in failing else []
        if not failed or not _is_the_channels(failed):
            continue
        failing.add(channel)
        since = min(each.at for each in failed)
        if now - since >= DELAYED:
            yield ev.ChannelDown(
                channel=channel,
                recipients=names_of(context, channel),
                words=failed[-1].words,
                since=since,
            )
    waiting = {each.recipient: each for each in reversed(deliveries.delayed(session, now))}
    for recipient in context.recipients:
        first = waiting.get(recipient.name)
        if first is None or first.error is None or channel_key(recipient) in failing:
            continue
        if not _is_notified(session, first, now):
            yield ev.DeliveryDelayed(
                recipient=first.recipient,
                subject=first.summary,
                since=first.since,
                words=first.error,
            )


def _is_notified(session: Session, late: Delayed, now: datetime) -> bool:
    """Whether operators were notified of the delay since the recipient last got a message."""
    announced = queries.last_announced(
        session, "delivery_delayed", f"recipient:{late.recipient}", now
    )
    sent = queries.last_sent(session, late.recipient, now)
    return announced is not None and (sent is None or announced > sent)


def _failures(session: Session, context: AppContext, channel: str) -> list[Failure]:
    failed = attempts.failures(session, names_of(context, channel))
    return [each for each in failed if each.stage not in OURS]


def _as_failure(attempt: SendResult, recipient: Recipient, now: datetime) -> Failure:
    return Failure(now, recipient.name, attempt.stage, attempt.result, attempt.words)


def _is_the_channels(failed: Sequence[Failure]) -> bool:
    """Whether the failures are the channel's, not those of one recipient alone."""
    before = all(
        each.result == "channel_down" or each.stage not in RECIPIENT_NAMED for each in failed
    )
    return before or len({each.recipient for each in failed}) > 1


def _announce_down(session: Session, context: AppContext, event: ev.ChannelDown) -> None:
    now = context.clock.now()
    channel_outages.make_due(session, event.recipients, now)
    _announce(session, context, event, f"channel:{event.channel}", now)


def _announce(
    session: Session, context: AppContext, event: ev.Event, subject: str, now: datetime
) -> None:
    announce(session, context, event, subject=subject, cause=now.isoformat(), at=now)
