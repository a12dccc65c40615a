"""Sending what is owed: claim, render once, send, mark; never mark first."""

from __future__ import annotations

import hashlib
import logging
import time
from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from flows import channels, feed
from flows.digests import is_due as digest_is_due
from flows.digests import sum_up
from flows.settings import Settings
from flows.sign_of_life import give_signs
from flows.tell import record_news
from flows.tools import Tools, mail_server, with_names
from flows.welcome import welcome_all
from notifications import news as n
from notifications.message import Frame
from notifications.outcomes import Attempt, Outcome
from notifications.recipients import Recipient, way_name
from storage import ahead, deliveries, digests, ways
from storage.database import DatabaseTroubleError
from storage.deliveries import Claimed, Marked
from storage.leases import LeaseLostError
from storage.manners import next_turn
from storage.record import forget, note, noted

log = logging.getLogger(__name__)

GONE = "recipient gone since: "  # and its name
SETTLED_AFTER = timedelta(hours=24)  # of a recipient that is no longer in the settings
CARDS_APART = timedelta(seconds=1)
ASKED_AGAIN = 1.0  # seconds
MARKED_WITHIN = 300.0  # seconds


@dataclass(frozen=True, slots=True)
class Delivered:
    """What one round of sending came to, by the outcome of each attempt."""

    outcomes: Counter[str]

    @property
    def is_well(self) -> bool:
        """Whether everything that was tried was sent."""
        return set(self.outcomes) <= {Outcome.SENT.value}

    def in_words(self) -> str:
        """`2 sent`, `1 sent, 1 later`, `nothing due`."""
        said = ", ".join(f"{count} {name}" for name, count in sorted(self.outcomes.items()))
        return said or "nothing due"


def deliver(tools: Tools) -> Delivered:
    """Send everything that is due, the earliest first; one that fails holds back no other.

    What readers were told stands in the feed then, too.
    """
    outcomes: Counter[str] = Counter()
    prepare(tools)
    is_news = True
    while is_news:
        while (attempt := deliver_next(tools)) is not None:
            outcomes[attempt.outcome.value] += 1
            tools.progress()
        is_news = channels.notice(tools)
    feed.refresh(tools)
    return Delivered(outcomes)


def prepare(tools: Tools) -> None:
    """Write down what is owed by now: settle for those gone, welcome the new, sum up."""
    now = tools.clock.now()
    with tools.database.write() as session:
        for each in ahead.bring_back(session, now):
            log.warning("%s was at %s, which is to come: the clock was wrong", each.what, each.at)
        _settle_strangers(session, tools, now)
        tools = with_names(session, tools)
        ways.forget_others(session, [way_name(recipient) for recipient in tools.recipients])
        welcome_all(session, tools, now)
        sum_up(session, tools, now)
        give_signs(session, tools, now)


def _settle_strangers(session: Session, tools: Tools, now: datetime) -> None:
    """What waits for a recipient that has been gone from the settings for a day.

    Until then it may be a slip, or this process may hold settings older than the file.
    """
    known = {recipient.name for recipient in tools.recipients}
    waiting_for = deliveries.waiting_for(session) | digests.waiting_for(session)
    for name in known:
        forget(session, GONE + name)
    gone = {name for name in waiting_for - known if _is_gone_for_good(session, name, now)}
    waiting = Counter(deliveries.settle_for(session, gone, now))
    waiting += Counter(digests.settle_for(session, gone, now))
    for name, number in waiting.items():
        forget(session, GONE + name)
        if name != "outbox":  # it leaves without notice
            news = n.RecipientRemoved(recipient=name, waiting=number)
            subject = f"recipient:{name}"
            record_news(session, tools, news, subject=subject, cause=now.isoformat(), at=now)


def _is_gone_for_good(session: Session, name: str, now: datetime) -> bool:
    """Whether a recipient was missed a day ago already; from now on, where it is missed first."""
    since = noted(session, GONE + name)
    if since is None or datetime.fromisoformat(since) > now:  # a wrong clock's time
        note(session, GONE + name, now.isoformat())
        return False
    return now - datetime.fromisoformat(since) >= SETTLED_AFTER


def is_due(tools: Tools) -> bool:
    """Whether there is something to send now."""
    with tools.database.read() as session:
        now = tools.clock.now()
        return (
            bool(ahead.find(session, now))
            or deliveries.due(session, now, channels.reachable(session, tools)) > 0
            or digest_is_due(session, tools, now)
            or channels.is_to_be_told(session, tools)
        )


def deliver_next(tools: Tools) -> Attempt | None:
    """Send the earliest delivery that is due; None: nothing is."""
    now = tools.clock.now()
    with tools.database.write() as session:
        claimed = deliveries.claim(session, now, channels.reachable(session, tools))
    if claimed is None:
        return None
    recipient = next(each for each in tools.recipients if each.name == claimed.recipient)
    try:
        attempt = _send_carefully(tools, claimed, recipient, now)
        marked = _mark(tools, claimed, recipient, attempt)
    finally:
        claimed.hold.let_go(tools.database)  # marked or not: nobody is at it any more
    log.info("%s: %s: %s", recipient.name, marked.summary, attempt.outcome.value)
    return attempt


def _mark(tools: Tools, claimed: Claimed, recipient: Recipient, attempt: Attempt) -> Marked:
    """Write down how it ended, also where the database takes it only after a while.

    A failed message to operators makes no event. As long as it is ours, nobody sends it again.
    """
    until = time.monotonic() + MARKED_WITHIN
    while True:
        try:
            with tools.database.write() as session:
                counts = channels.judged(session, tools, recipient, attempt)
                marked = deliveries.mark(session, claimed, _outcome(counts), tools.clock.now())
                channels.follow_up(session, tools, recipient, counts)
                if marked.ended in {"refused", "expired"} and marked.audience != "operators":
                    _tell_failed(session, tools, recipient, attempt, marked)
                return marked
        except DatabaseTroubleError as error:
            if time.monotonic() > until:
                raise
            log.warning("%s: it is not written down yet: %s", recipient.name, error)
            time.sleep(ASKED_AGAIN)


def _send_carefully(tools: Tools, claimed: Claimed, recipient: Recipient, now: datetime) -> Attempt:
    """What goes wrong with one delivery, whatever it is, holds back no other."""
    try:
        return _send(tools, claimed, recipient, now)
    except DatabaseTroubleError:
        raise  # nothing was sent: what will be sent is stored first
    except LeaseLostError:
        return Attempt(Outcome.LATER, "claim", words="another process has it by now")
    except Exception as error:
        log.exception("%s: the message could not be made", recipient.name)
        return Attempt(Outcome.LATER, "render", words=type(error).__name__)


def _send(tools: Tools, claimed: Claimed, recipient: Recipient, now: datetime) -> Attempt:
    from notifications.senders import Stamp, message_id, way

    ours = way(
        recipient,
        mail=mail_server(tools.settings),
        frame=frame(tools.settings, recipient),
        ca_file=tools.settings.authority_file,
        allow_private=tools.settings.allow_private,
    )
    content = claimed.content
    if content is None:
        name = message_id(claimed.event_token, recipient.name, ours.domain)
        stamp = Stamp(claimed.event_token, name, now, claimed.follows)
        content = ours.render(n.from_json(claimed.news), stamp)
        with tools.database.write() as session:
            deliveries.keep_content(session, claimed, content, name, now)
    if recipient.channel == "teams":
        _await_turn(tools, recipient)
    with tools.database.read() as session:
        deliveries.to_be_sent(session, claimed)  # last of all: it may have been long
    return ours.send(content)


def _await_turn(tools: Tools, recipient: Recipient) -> None:
    """A webhook takes only so many cards: a second apart, whoever sends them."""
    webhook = f"webhook {hashlib.sha256(recipient.address.encode()).hexdigest()[:16]}"
    names = [each.name for each in tools.recipients if each.address == recipient.address]
    now = tools.clock.now()
    with tools.database.write() as session:
        last = deliveries.last_try(session, names, now)
        earliest = max(now, last + CARDS_APART) if last else now
        turn = next_turn(session, webhook, CARDS_APART, earliest)
    time.sleep((turn - now).total_seconds())


def frame(settings: Settings, recipient: Recipient, *, test: bool = False) -> Frame:
    """What a message to a recipient says of this installation."""
    return Frame(
        recipient=recipient.name,
        public_url=settings.public_url,
        contact=settings.contact,
        test=test,
    )


def _outcome(attempt: Attempt) -> deliveries.Outcome:
    wait = attempt.retry_after
    return deliveries.Outcome(
        outcome=attempt.outcome.value,
        stage=attempt.stage,
        code=attempt.code,
        words=attempt.words,
        retry_after=timedelta(seconds=wait) if wait is not None else None,
        lasting=attempt.lasting,
    )


def _tell_failed(
    session: Session, tools: Tools, recipient: Recipient, attempt: Attempt, marked: Marked
) -> None:
    news = n.DeliveryFailed(
        recipient=recipient.name,
        subject=marked.summary,
        state="refused" if marked.ended == "refused" else "expired",
        words=attempt.words,
        may_have_arrived=marked.may_have_arrived,
    )
    subject = f"recipient:{recipient.name}"
    now = tools.clock.now()
    record_news(session, tools, news, subject=subject, cause=marked.event_token, at=now)


def service_starts(tools: Tools) -> None:
    """Note when the service started: nothing expires before three tries from then on."""
    with tools.database.write() as session:
        note(session, deliveries.SERVICE_STARTED, tools.clock.now().isoformat())


def service_started(tools: Tools) -> datetime | None:
    """When the service last started; None: never."""
    with tools.database.read() as session:
        found = noted(session, deliveries.SERVICE_STARTED)
    return datetime.fromisoformat(found) if found else None
