"""What operators hear of our own service: looks, deliveries, ways, recipients."""

from __future__ import annotations

from notifications.events import (
    AuditFailed,
    ChannelDown,
    ChannelUp,
    ChecksOverdue,
    DeliveryDelayed,
    DeliveryFailed,
    RecipientRemoved,
    RunFailed,
    RunRecovered,
)
from notifications.message import Section
from notifications.words.plain import lasting, listed, moment, plain, several
from notifications.words.said import Said, reported

MOST_NAMED = 10  # authorities; the others are counted


def checks_overdue(event: ChecksOverdue) -> Said:
    named = [plain(name, 60) for name in event.authorities[:MOST_NAMED]]
    more = [f"{len(event.authorities) - MOST_NAMED} more"] if event.authorities[MOST_NAMED:] else []
    which = listed([*named, *more])
    where = (
        named[0]
        if len(event.authorities) == 1
        else several(len(event.authorities), "authority", "authorities")
    )
    if event.until is not None:
        return Said(
            subjects=(f"checks running again: {where}",),
            headline=f"Checks are running again. None had been made since {moment(event.since)}.",
            paragraphs=(f"Authorities concerned: {which}.",),
            to_do="nothing; reports published in the meantime are found by the next check.",
        )
    return Said(
        subjects=(f"checks overdue since {moment(event.since)}: {where}", "checks overdue"),
        headline=f"The check that was due at {moment(event.since)} has not been made.",
        paragraphs=(f"Authorities concerned: {which}.", reported("Why", event.why)),
        to_do="run 'ofsted-watch status'. If the schedule was paused in the Prefect UI, resume it "
        "there; if the service is down, start it.",
    )


def run_failed(event: RunFailed) -> Said:
    flow = plain(event.flow, 40)
    return Said(
        subjects=(f"the {flow} run failed",),
        headline=f"The run of {flow} failed at {moment(event.at)}.",
        paragraphs=(reported("What happened", event.why), f"Run: {plain(event.run, 80)}."),
        to_do="nothing if this happened once: the next run does what was left undone. If it "
        "happens again, run 'ofsted-watch doctor' and see the run's log in the Prefect UI.",
    )


def run_recovered(event: RunRecovered) -> Said:
    flow = plain(event.flow, 40)
    return Said(
        subjects=(f"the {flow} runs are working again",),
        headline=f"Runs of {flow} are working again since {moment(event.until)}.",
        paragraphs=(f"The first failure was at {moment(event.since)}.",),
        to_do="nothing.",
    )


def delivery_failed(event: DeliveryFailed) -> Said:
    name = plain(event.recipient, 60)
    how = "was refused" if event.state == "refused" else "was given up after a week of trying"
    if event.may_have_arrived:
        how = "may or may not have arrived, and is not sent again"
    return Said(
        subjects=(f"a message to {name} has failed",),
        headline=f'A message to "{name}" {how}: "{plain(event.subject, 120)}".',
        paragraphs=(reported("What the other side said", event.words),),
        to_do=f'see that "{name}" hears of it, and put its address right in the settings; '
        "'ofsted-watch deliveries' shows it, 'ofsted-watch deliveries retry' sends it again.",
    )


def delivery_delayed(event: DeliveryDelayed) -> Said:
    name = plain(event.recipient, 60)
    return Said(
        subjects=(f"messages to {name} are delayed", "messages to a recipient are delayed"),
        headline=f'A message to "{name}" has been waiting since {moment(event.since)}: '
        f'"{plain(event.subject, 120)}".',
        paragraphs=(
            reported("The last response", event.words),
            "We keep trying, and will alert you again if we have to stop.",
        ),
        to_do=f'check the address of "{name}" in the settings, and ask whoever runs that mailbox '
        "why it takes no messages; 'ofsted-watch deliveries' lists what is waiting.",
    )


_VIAS = {"email": "email", "teams": "Teams", "apprise": "Apprise", "outbox": "outbox"}
NAMED = 10  # recipients


def delivery_by(channel: str) -> str:
    """`email delivery`, `Teams delivery to "channel"`: what a channel does, in words."""
    via, _, recipient = plain(channel, 80).partition(": ")
    called = f"{_VIAS.get(via, via)} delivery"
    return f'{called} to "{recipient}"' if recipient else called


def channel_down(event: ChannelDown) -> Said:
    delivery = delivery_by(event.channel)
    names = listed([f'"{plain(name, 60)}"' for name in event.recipients[:NAMED]])
    more = f" and {len(event.recipients) - NAMED} more" if len(event.recipients) > NAMED else ""
    return Said(
        subjects=(f"{delivery} is failing", "delivery through a channel is failing"),
        headline=f"{_capital(delivery)} has been failing since {moment(event.since)}.",
        paragraphs=(
            reported("The last response", event.words),
            (
                f"This affects {names}{more}. No message is lost: we retry hourly and will send "
                "everything that is waiting once delivery works again."
            ),
        ),
        to_do="check this channel's settings (server, password, sender, certificate, workflow), "
        "then run 'ofsted-watch test-alert' with a recipient's name.",
    )


def channel_up(event: ChannelUp) -> Said:
    delivery = delivery_by(event.channel)
    duration = lasting(event.since, event.until)
    return Said(
        subjects=(f"{delivery} is working again", "delivery through a channel is working again"),
        headline=f"{_capital(delivery)} is working again after {duration}.",
        paragraphs=(f"It failed from {moment(event.since)} to {moment(event.until)}.",),
        to_do="nothing. The messages that were waiting are being sent now.",
    )


def _capital(words: str) -> str:
    return words[:1].upper() + words[1:]


def recipient_removed(event: RecipientRemoved) -> Said:
    name = plain(event.recipient, 60)
    pending = several(event.pending, "message")
    return Said(
        subjects=(f"recipient {name} removed with {pending} waiting",),
        headline=f'"{name}" is no longer in the settings; {pending} waiting for it will not be '
        "sent.",
        paragraphs=("A recipient is known by its name: a renamed one is a new one.",),
        to_do="nothing, if this was meant. If not, put the recipient back under its old name.",
    )


def audit_failed(event: AuditFailed) -> Said:
    things = several(event.number, "thing")
    left = event.number - len(event.discrepancies)
    more = (f"and {left} more: 'ofsted-watch check' shows them",) if left else ()
    return Said(
        subjects=(f"the check found {things} not recorded or not sent",),
        headline="What is on Ofsted's page was held against what was recorded and sent, and "
        f"{things} {'is' if event.number == 1 else 'are'} not as it should be.",
        paragraphs=("Each is told once; 'ofsted-watch check' shows what is still open.",),
        sections=(
            Section(
                heading="What was found",
                items=(*(plain(discrepancy) for discrepancy in event.discrepancies), *more),
            ),
        ),
        to_do="open Ofsted's page and tell by hand whoever should know and does not; "
        "'ofsted-watch deliver' sends what is overdue. If nobody changed the database or put an "
        "older one back, it is a mistake of this program: please report it.",
    )
