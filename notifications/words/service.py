"""Messages to operators about the service: checks, messages, channels, recipients."""

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
from notifications.message import ListItem, Section
from notifications.words.plain import lasting, listed, moment, plain, several
from notifications.words.wording import Wording, reported

MOST_NAMED = 10  # authorities; the others are counted


def checks_overdue(event: ChecksOverdue) -> Wording:
    named = [plain(name, 60) for name in event.authorities[:MOST_NAMED]]
    more = [f"{len(event.authorities) - MOST_NAMED} more"] if event.authorities[MOST_NAMED:] else []
    which = listed([*named, *more])
    where = (
        named[0]
        if len(event.authorities) == 1
        else several(len(event.authorities), "authority", "authorities")
    )
    if event.until is not None:
        return Wording(
            subjects=(f"checks running again: {where}",),
            headline=f"Checks are running again. None had been made since {moment(event.since)}.",
            paragraphs=(f"Authorities concerned: {which}.",),
            to_do="nothing; reports published in the meantime are found by the next check.",
        )
    return Wording(
        subjects=(f"checks overdue since {moment(event.since)}: {where}", "checks overdue"),
        headline=f"The check that was due at {moment(event.since)} has not been made.",
        paragraphs=(f"Authorities concerned: {which}.", reported("Why", event.why)),
        to_do="run 'ofsted-watch status'. If the schedule was paused in the Prefect UI, resume it "
        "there; if the service is down, start it.",
    )


def run_failed(event: RunFailed) -> Wording:
    flow = plain(event.flow, 40)
    return Wording(
        subjects=(f"the {flow} run failed",),
        headline=f"The run of {flow} failed at {moment(event.at)}.",
        paragraphs=(reported("What happened", event.why), f"Run: {plain(event.run, 80)}."),
        to_do="nothing if this happened once: the next run does what was left undone. If it "
        "happens again, run 'ofsted-watch doctor' and see the run's log in the Prefect UI.",
    )


def run_recovered(event: RunRecovered) -> Wording:
    flow = plain(event.flow, 40)
    return Wording(
        subjects=(f"the {flow} runs are working again",),
        headline=f"Runs of {flow} have been working again since {moment(event.until)}.",
        paragraphs=(f"The first failure was at {moment(event.since)}.",),
        to_do="nothing.",
    )


def delivery_failed(event: DeliveryFailed) -> Wording:
    name = plain(event.recipient, 60)
    refused = event.state == "refused"
    headline = (
        f'A message to "{name}" was refused'
        if refused
        else f'We stopped trying to deliver a message to "{name}" after a week'
    )
    if event.may_have_arrived:
        headline = f'A message to "{name}" may not have arrived, and will not be sent again'
    return Wording(
        subjects=(f"a message to {name} was not delivered",),
        headline=f'{headline}: "{plain(event.subject, 120)}".',
        paragraphs=(reported("The response", event.words),),
        to_do=f'contact "{name}" directly and correct the address in the settings. '
        "'ofsted-watch messages' shows the message; 'ofsted-watch messages retry' sends it again.",
    )


def delivery_delayed(event: DeliveryDelayed) -> Wording:
    name = plain(event.recipient, 60)
    return Wording(
        subjects=(f"messages to {name} are delayed", "messages to a recipient are delayed"),
        headline=f'A message to "{name}" has been waiting since {moment(event.since)}: '
        f'"{plain(event.subject, 120)}".',
        paragraphs=(
            reported("The last response", event.words),
            "We keep trying, and will alert you again if we have to stop.",
        ),
        to_do=f'check the address of "{name}" in the settings, and ask the owner of that mailbox '
        "why it does not accept messages; 'ofsted-watch messages' lists what is pending.",
    )


_VIAS = {"email": "email", "teams": "Teams", "apprise": "Apprise", "outbox": "outbox"}
NAMED = 10  # recipients


def delivery_by(channel: str) -> str:
    """`email delivery`, `Teams delivery to "channel"`: what a channel does, in words."""
    via, _, recipient = plain(channel, 80).partition(": ")
    called = f"{_VIAS.get(via, via)} delivery"
    return f'{called} to "{recipient}"' if recipient else called


def channel_down(event: ChannelDown) -> Wording:
    delivery = delivery_by(event.channel)
    names = listed([f'"{plain(name, 60)}"' for name in event.recipients[:NAMED]])
    more = f" and {len(event.recipients) - NAMED} more" if len(event.recipients) > NAMED else ""
    return Wording(
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


def channel_up(event: ChannelUp) -> Wording:
    delivery = delivery_by(event.channel)
    duration = lasting(event.since, event.until)
    return Wording(
        subjects=(f"{delivery} is working again", "delivery through a channel is working again"),
        headline=f"{_capital(delivery)} is working again after {duration}.",
        paragraphs=(f"It failed from {moment(event.since)} to {moment(event.until)}.",),
        to_do="nothing. The messages that were waiting are being sent now.",
    )


def _capital(words: str) -> str:
    return words[:1].upper() + words[1:]


def recipient_removed(event: RecipientRemoved) -> Wording:
    name = plain(event.recipient, 60)
    pending = several(event.pending, "queued message")
    return Wording(
        subjects=(f"recipient {name} removed; {pending} will not be sent",),
        headline=f'"{name}" is no longer in the settings; {pending} will not be sent.',
        paragraphs=("Recipients are identified by name, so a renamed one counts as new.",),
        to_do="nothing, if this was intended. If not, put the recipient back under its old name.",
    )


def audit_failed(event: AuditFailed) -> Wording:
    discrepancies = several(event.number, "discrepancy", "discrepancies")
    left = event.number - len(event.discrepancies)
    more = (f"and {left} more: 'ofsted-watch audit' shows them",) if left else ()
    return Wording(
        subjects=(f"the audit found {discrepancies}",),
        headline="We compared Ofsted's page with the reports recorded and the messages sent, and "
        f"found {discrepancies}.",
        paragraphs=("We report each one once; 'ofsted-watch audit' shows those still open.",),
        sections=(
            Section(
                heading="What was found",
                items=tuple(map(ListItem, (*map(plain, event.discrepancies), *more))),
            ),
        ),
        to_do="open Ofsted's page and contact anyone who has missed an alert; 'ofsted-watch send' "
        "sends overdue messages. If nobody changed the database or restored an older one, this is "
        "a fault in Ofsted Watch: please report it.",
    )
