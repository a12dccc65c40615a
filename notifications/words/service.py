"""What operators hear of our own service: looks, deliveries, ways, recipients."""

from __future__ import annotations

from notifications.message import Passage
from notifications.news import (
    CheckFailed,
    ChecksOverdue,
    DeliveryFailed,
    RecipientRemoved,
    RunFailed,
    RunRecovered,
    WayBroken,
)
from notifications.words.plain import listed, moment, plain, several
from notifications.words.said import Said, told

MOST_NAMED = 10  # authorities; the others are counted


def checks_overdue(news: ChecksOverdue) -> Said:
    named = [plain(name, 60) for name in news.authorities[:MOST_NAMED]]
    more = [f"{len(news.authorities) - MOST_NAMED} more"] if news.authorities[MOST_NAMED:] else []
    which = listed([*named, *more])
    where = (
        named[0]
        if len(news.authorities) == 1
        else several(len(news.authorities), "authority", "authorities")
    )
    if news.until is not None:
        return Said(
            subjects=(f"checks running again: {where}",),
            headline=f"Checks are running again. None had been made since {moment(news.since)}.",
            paragraphs=(f"Authorities concerned: {which}.",),
            to_do="nothing; reports published in the meantime are found by the next check.",
        )
    return Said(
        subjects=(f"checks overdue since {moment(news.since)}: {where}", "checks overdue"),
        headline=f"The check that was due at {moment(news.since)} has not been made.",
        paragraphs=(f"Authorities concerned: {which}.", told("Why", news.why)),
        to_do="run 'ofsted-watch status'. If the schedule was paused in the Prefect UI, resume it "
        "there; if the service is down, start it.",
    )


def run_failed(news: RunFailed) -> Said:
    flow = plain(news.flow, 40)
    return Said(
        subjects=(f"the {flow} run failed",),
        headline=f"The run of {flow} failed at {moment(news.at)}.",
        paragraphs=(told("What happened", news.why), f"Run: {plain(news.run, 80)}."),
        to_do="nothing if this happened once: the next run does what was left undone. If it "
        "happens again, run 'ofsted-watch doctor' and see the run's log in the Prefect UI.",
    )


def run_recovered(news: RunRecovered) -> Said:
    flow = plain(news.flow, 40)
    return Said(
        subjects=(f"the {flow} runs are working again",),
        headline=f"Runs of {flow} are working again since {moment(news.until)}.",
        paragraphs=(f"The first failure was at {moment(news.since)}.",),
        to_do="nothing.",
    )


def delivery_failed(news: DeliveryFailed) -> Said:
    name = plain(news.recipient, 60)
    how = "was refused" if news.state == "refused" else "was given up after a week of trying"
    if news.may_have_arrived:
        how = "may or may not have arrived, and is not sent again"
    return Said(
        subjects=(f"a message to {name} has failed",),
        headline=f'A message to "{name}" {how}: "{plain(news.subject, 120)}".',
        paragraphs=(told("What the other side said", news.words),),
        to_do=f'see that "{name}" hears of it, and put its address right in the settings; '
        "'ofsted-watch deliveries' shows it, 'ofsted-watch deliveries retry' sends it again.",
    )


_CHANNELS = {"teams": "Teams", "apprise": "Apprise", "outbox": "the outbox"}


def _way(name: str) -> str:
    """`mail`, `Teams to "channel"`: how a way is called among people."""
    channel, _, recipient = plain(name, 80).partition(": ")
    called = _CHANNELS.get(channel, channel)
    return f'{called} to "{recipient}"' if recipient else called


def way_broken(news: WayBroken) -> Said:
    way = _way(news.way)
    names = listed([f'"{plain(name, 60)}"' for name in news.recipients[:10]])
    more = f" and {len(news.recipients) - 10} more" if len(news.recipients) > 10 else ""  # noqa: PLR2004
    return Said(
        subjects=(f"sending by {way} is broken", "a way of sending is broken"),
        headline=f"Nothing can be sent by {way}, since {moment(news.since)}.",
        paragraphs=(
            told("What the other side said", news.words),
            (
                f"Waiting for it: {names}{more}. Nothing is lost: it is tried again hourly, and "
                "all that waits is sent once it works."
            ),
        ),
        to_do="put the settings of this way right (password, certificate, workflow), then run "
        "'ofsted-watch test-alert' with a recipient's name.",
    )


def recipient_removed(news: RecipientRemoved) -> Said:
    name = plain(news.recipient, 60)
    waiting = several(news.waiting, "message")
    return Said(
        subjects=(f"recipient {name} removed with {waiting} waiting",),
        headline=f'"{name}" is no longer in the settings; {waiting} waiting for it will not be '
        "sent.",
        paragraphs=("A recipient is known by its name: a renamed one is a new one.",),
        to_do="nothing, if this was meant. If not, put the recipient back under its old name.",
    )


def check_failed(news: CheckFailed) -> Said:
    things = several(news.number, "thing")
    left = news.number - len(news.holes)
    more = (f"and {left} more: 'ofsted-watch check' shows them",) if left else ()
    return Said(
        subjects=(f"the check found {things} not recorded or not sent",),
        headline="What is on Ofsted's page was held against what was recorded and sent, and "
        f"{things} {'is' if news.number == 1 else 'are'} not as it should be.",
        paragraphs=("Each is told once; 'ofsted-watch check' shows what is still open.",),
        passages=(
            Passage(heading="What was found", items=(*(plain(hole) for hole in news.holes), *more)),
        ),
        to_do="open Ofsted's page and tell by hand whoever should know and does not; "
        "'ofsted-watch deliver' sends what is overdue. If nobody changed the database or put an "
        "older one back, it is a mistake of this program: please report it.",
    )
