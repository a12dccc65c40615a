"""Sending what is due: claim, render once, send, mark; never mark first."""

from __future__ import annotations

import hashlib
import logging
import time
from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from sqlalchemy.orm import Session

from flows.alerting import channels
from flows.alerting.announce import announce
from flows.alerting.digests import is_due as digest_is_due
from flows.alerting.digests import sum_up
from flows.alerting.quiet_notice import send_quiet_notices
from flows.alerting.welcome import welcome_all
from flows.context.context import AppContext, email_server, with_names
from flows.context.message_context import message_context
from notifications import events as ev
from notifications.recipients import Recipient, channel_key
from notifications.send_results import SendResult
from storage import ahead, attempts, channel_outages, deliveries, digests
from storage.database import DatabaseTroubleError
from storage.deliveries import Claimed, Marked
from storage.http_state import reserve_slot
from storage.leases import LeaseLostError
from storage.record import delete_state, get_state, set_state

log = logging.getLogger(__name__)

GONE = "recipient gone since: "  # name in `app_state`; the recipient's name follows
CANCELLED_AFTER = timedelta(hours=24)  # of a recipient that is no longer in the settings
CARDS_APART = timedelta(seconds=1)  # between two cards to one webhook
ASKED_AGAIN = 1.0  # seconds between tries to save a result
MARKED_WITHIN = 300.0  # seconds after which saving a result is given up
IN_WORDS = {  # the result of an attempt, as people read it
    "sent": "sent",
    "later": "to be retried",
    "refused": "refused",
    "channel_down": "held, as the channel is down",
    "unknown": "not confirmed",
}


@dataclass(frozen=True, slots=True)
class SendTotals:
    """The results of one round of sending: how many attempts ended how."""

    outcomes: Counter[str]

    @property
    def is_well(self) -> bool:
        """Whether everything that was tried was sent."""
        return set(self.outcomes) <= {"sent"}

    def in_words(self) -> str:
        """`2 sent`, `1 sent, 1 to be retried`, `nothing due`."""
        counts = sorted(self.outcomes.items(), key=lambda one: list(IN_WORDS).index(one[0]))
        said = ", ".join(f"{count} {IN_WORDS[name]}" for name, count in counts)
        return said or "nothing due"


def send_due(context: AppContext) -> SendTotals:
    """Send everything that is due, the earliest first; one that fails delays no other."""
    outcomes: Counter[str] = Counter()
    prepare(context)
    has_news = True
    while has_news:
        while (attempt := send_next(context)) is not None:
            outcomes[attempt.result] += 1
            context.progress()
        has_news = channels.notice(context)
    return SendTotals(outcomes)


def prepare(context: AppContext) -> None:
    """Record what is due now: welcomes, digests, quiet notices; cancel for removed recipients."""
    now = context.clock.now()
    with context.database.write() as session:
        for each in ahead.bring_back(session, now):
            log.warning(
                "%s was at %s, which is in the future: the clock was wrong", each.what, each.at
            )
        _cancel_orphaned(session, context, now)
        context = with_names(session, context)
        channel_outages.close_others(
            session, [channel_key(recipient) for recipient in context.recipients]
        )
        welcome_all(session, context, now)
        sum_up(session, context, now)
        send_quiet_notices(session, context, now)


def _cancel_orphaned(session: Session, context: AppContext, now: datetime) -> None:
    """Cancel messages to recipients that have been missing from the settings for a day.

    Before that it may be a mistake, or this process may use settings older than the file.
    """
    known = {recipient.name for recipient in context.recipients}
    waiting_for = deliveries.waiting_for(session) | digests.waiting_for(session)
    for name in known:
        delete_state(session, GONE + name)
    gone = {name for name in waiting_for - known if _is_gone_for_good(session, name, now)}
    waiting = Counter(deliveries.cancel_for(session, gone, now))
    waiting += Counter(digests.cancel_for(session, gone, now))
    for name, number in waiting.items():
        delete_state(session, GONE + name)
        if name != "outbox":  # it leaves without notice
            event = ev.RecipientRemoved(recipient=name, pending=number)
            subject = f"recipient:{name}"
            announce(session, context, event, subject=subject, cause=now.isoformat(), at=now)


def _is_gone_for_good(session: Session, name: str, now: datetime) -> bool:
    """Whether a recipient has been missing for a day; starts counting if it was not missing."""
    since = get_state(session, GONE + name)
    if since is None or datetime.fromisoformat(since) > now:  # a wrong clock's time
        set_state(session, GONE + name, now.isoformat())
        return False
    return now - datetime.fromisoformat(since) >= CANCELLED_AFTER


def is_due(context: AppContext) -> bool:
    """Whether there is something to send now."""
    with context.database.read() as session:
        now = context.clock.now()
        return (
            bool(ahead.find(session, now))
            or deliveries.due(session, now, channels.reachable(session, context)) > 0
            or digest_is_due(session, context, now)
            or channels.is_notice_due(session, context)
        )


def send_next(context: AppContext) -> SendResult | None:
    """Send the earliest delivery that is due; None: nothing is."""
    now = context.clock.now()
    with context.database.write() as session:
        claimed = deliveries.claim(session, now, channels.reachable(session, context))
    if claimed is None:
        return None
    recipient = next(each for each in context.recipients if each.name == claimed.recipient)
    try:
        attempt = context.step(
            "send",
            partial(_send_isolated, context, claimed, recipient, now),
            about=f"to {recipient.name} (attempt {claimed.attempt})",
        )
        marked = _mark(context, claimed, recipient, attempt)
    finally:
        claimed.hold.let_go(context.database)  # saved or not: nobody is sending it any more
    log.info("%s: %s: %s", recipient.name, marked.summary, attempt.result)
    return attempt


def _mark(
    context: AppContext, claimed: Claimed, recipient: Recipient, attempt: SendResult
) -> Marked:
    """Save how an attempt ended, retrying for `MARKED_WITHIN` while the database fails.

    A failed message to operators makes no event. While we hold the claim, nobody sends it again.
    """
    until = time.monotonic() + MARKED_WITHIN
    while True:
        try:
            with context.database.write() as session:
                counts = channels.judged(session, context, recipient, attempt)
                marked = deliveries.mark(
                    session,
                    claimed,
                    context.clock.now(),
                    result=counts.result,
                    stage=counts.stage,
                    code=counts.code,
                    words=counts.words,
                    retry_after=counts.retry_after,
                    lasting=counts.lasting,
                )
                channels.follow_up(session, context, recipient, counts)
                if marked.ended in {"refused", "expired"} and marked.audience != "operators":
                    _announce_failed(session, context, recipient, attempt, marked)
                return marked
        except DatabaseTroubleError as error:
            if time.monotonic() > until:
                raise
            log.warning("%s: the result has not been saved yet: %s", recipient.name, error)
            time.sleep(ASKED_AGAIN)


def _send_isolated(
    context: AppContext, claimed: Claimed, recipient: Recipient, now: datetime
) -> SendResult:
    """Send one delivery; any error becomes a result, so that it delays no other delivery."""
    try:
        return _send(context, claimed, recipient, now)
    except DatabaseTroubleError:
        raise  # nothing was sent: what will be sent is stored first
    except LeaseLostError:
        return SendResult("later", "claim", words="another process has taken it")
    except Exception as error:
        log.exception("%s: the message could not be created", recipient.name)
        return SendResult("later", "render", words=type(error).__name__)


def _send(context: AppContext, claimed: Claimed, recipient: Recipient, now: datetime) -> SendResult:
    from notifications.senders import Envelope, channel_client, message_id

    ours = channel_client(
        recipient,
        email=email_server(context.settings),
        message_context=message_context(
            context.settings, recipient.name, audience=recipient.audience
        ),
        ca_file=context.settings.authority_file,
        allow_private=context.settings.allow_private,
    )
    content = claimed.content
    if content is None:
        name = message_id(claimed.event_token, recipient.name, ours.domain)
        envelope = Envelope(claimed.event_token, name, now, claimed.thread_root)
        content = ours.render(ev.from_json(claimed.payload), envelope)
        with context.database.write() as session:
            deliveries.record_content(session, claimed, content, name, now)
    if recipient.via == "teams":
        _await_slot(context, recipient)
    with context.database.read() as session:
        deliveries.to_be_sent(session, claimed)  # last, as waiting may have taken long
    return ours.send(content)


def _await_slot(context: AppContext, recipient: Recipient) -> None:
    """Wait for a slot: a webhook gets at most one card a second, from all processes together."""
    webhook = f"webhook {hashlib.sha256(recipient.address.encode()).hexdigest()[:16]}"
    names = [each.name for each in context.recipients if each.address == recipient.address]
    now = context.clock.now()
    with context.database.write() as session:
        last = attempts.last_try(session, names, now)
        earliest = max(now, last + CARDS_APART) if last else now
        slot = reserve_slot(session, webhook, CARDS_APART, earliest)
    time.sleep((slot - now).total_seconds())


def _announce_failed(
    session: Session, context: AppContext, recipient: Recipient, attempt: SendResult, marked: Marked
) -> None:
    event = ev.DeliveryFailed(
        recipient=recipient.name,
        subject=marked.summary,
        state="refused" if marked.ended == "refused" else "expired",
        words=attempt.words,
        may_have_arrived=marked.may_have_arrived,
    )
    subject = f"recipient:{recipient.name}"
    now = context.clock.now()
    announce(session, context, event, subject=subject, cause=marked.event_token, at=now)


def service_starts(context: AppContext) -> None:
    """Record that the service starts: nothing expires before three attempts after that."""
    with context.database.write() as session:
        set_state(session, deliveries.SERVICE_STARTED, context.clock.now().isoformat())


def service_started(context: AppContext) -> datetime | None:
    """When the service last started; None: never."""
    with context.database.read() as session:
        found = get_state(session, deliveries.SERVICE_STARTED)
    return datetime.fromisoformat(found) if found else None
