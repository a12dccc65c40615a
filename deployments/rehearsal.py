"""`test-alert`: the alert of the newest report known, marked as a test, by the real way."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from deployments.previews import Preview
from flows import channels, deliver, seeding
from flows.places import slug
from flows.settings import SUTTON, Settings
from flows.tell import Teller
from flows.tools import Tools, mail_server, open_tools, passing_tools
from notifications import news as n
from notifications import words
from notifications.outcomes import Outcome
from notifications.recipients import Recipient
from notifications.senders import OUTBOX_SENDER, OUTBOX_TO, Stamp, message_id, way
from storage.database import MissingDatabaseError
from storage.known import KnownReport, known_reports

LONGEST_SLUG = 60


class NothingKnownError(Exception):
    """No report is known yet."""


class UnknownRecipientError(Exception):
    """No recipient has this name, or none was named."""


@dataclass(frozen=True, slots=True)
class Rehearsed:
    """What became of a test alert to one recipient."""

    recipient: str
    channel: str
    outcome: str  # shown, or how the attempt ended
    subject: str
    words: str  # what the other side said; the text where it was only shown
    files: tuple[Path, ...] = ()

    def in_words(self) -> str:
        """A line for people, and one a file; subject and text where it was only shown."""
        lines = [f"{self.recipient} ({self.channel}): {self.outcome}"]
        if self.outcome == "shown":
            lines.append(f"Subject: {self.subject}\n")
        lines += [self.words] if self.words else []
        return "\n".join([*lines, *map(str, self.files)])

    def as_json(self) -> dict[str, object]:
        """For `--json`."""
        return {
            "name": self.recipient,
            "channel": self.channel,
            "outcome": self.outcome,
            "subject": self.subject,
            "words": self.words,
            "files": [*map(str, self.files)],
        }


def chosen(tools: Tools, names: Collection[str], *, everyone: bool) -> list[Recipient]:
    """The recipients of these names, or all.

    Raises:
        UnknownRecipientError: somebody has no such name, or neither names nor all were asked for.
    """
    known = "there are: " + ", ".join(each.name for each in tools.recipients)
    if everyone:
        if names:
            raise UnknownRecipientError("give either names or --all, not both")
        return [*tools.recipients]
    if not names:
        raise UnknownRecipientError(f"name recipients, or give --all to reach everyone; {known}")
    for name in names:
        if name not in {each.name for each in tools.recipients}:
            raise UnknownRecipientError(f"no recipient is called {name!r}; {known}")
    return [each for each in tools.recipients if each.name in names]


@contextmanager
def tools_of(settings: Settings) -> Iterator[Tools]:
    """The installation's tools; before there is one, passing ones: nothing is made for a test."""
    try:
        tools = open_tools(settings, make=False)
    except MissingDatabaseError:
        with passing_tools(settings) as passing:
            yield passing
    else:
        yield tools


def newest(tools: Tools) -> n.News:
    """The alert of the newest report of the watched authorities.

    Raises:
        NothingKnownError: no report of theirs is known yet.
    """
    watched = {watch.urn for watch in tools.settings.watch}
    with tools.database.read() as session:
        reports = [each for each in known_reports(session) if each.urn in watched]
        if not reports:
            raise NothingKnownError
        report = max(reports, key=_rank)
        teller = Teller(tools, tools.watch(report.urn), tools.clock.now(), cause="test")
        return n.ReportPublished(**teller.about(session, report))


def packaged(settings: Settings) -> n.News:
    """The alert of the newest packaged report, for as long as no other is known."""
    with passing_tools(settings.model_copy(update={"watch": (SUTTON,)})) as tools:
        seeding.import_seeds(seeding.packaged(), tools)
        return newest(tools)


def _rank(report: KnownReport) -> tuple[bool, object, int]:
    """Reports with judgements first, since they show the most; then the newest."""
    reading = report.reading
    return (bool(reading and reading.judgements), *report.order)


def rehearse(
    tools: Tools,
    recipients: Sequence[Recipient],
    news: n.News,
    *,
    dry_run: bool,
    out: Path | None = None,
) -> list[Rehearsed]:
    """Send, or only show, an alert to recipients, marked as a test.

    Args:
        out: also write each as .html, .txt, .eml and .json (the card) to this folder.
    """
    names = _file_names(recipients)
    return [
        _rehearse(tools, recipient, news, names[recipient.name], dry_run=dry_run, out=out)
        for recipient in recipients
    ]


def _file_names(recipients: Sequence[Recipient]) -> dict[str, str]:
    """A file name for each recipient; no two are the same."""
    found: dict[str, str] = {}
    for number, each in enumerate(recipients, 1):
        name = f"test-alert-{slug(each.name)[:LONGEST_SLUG] or number}"
        found[each.name] = f"{name}-{number}" if name in found.values() else name
    return found


def _rehearse(
    tools: Tools,
    recipient: Recipient,
    news: n.News,
    name: str,
    *,
    dry_run: bool,
    out: Path | None,
) -> Rehearsed:
    frame = deliver.frame(tools.settings, recipient, test=True)
    server = mail_server(tools.settings)
    by_mail = server is not None and recipient.channel == "mail"
    shown = Preview(
        name,
        tools.clock.now(),
        words.message(news, frame),
        sender=server.sender if server and by_mail else OUTBOX_SENDER,
        to=recipient.address if by_mail else OUTBOX_TO,
    )
    files = tuple(shown.write(out)) if out else ()
    subject = shown.message.subject
    if dry_run:
        return Rehearsed(recipient.name, recipient.channel, "shown", subject, shown.text, files)
    ours = way(
        recipient,
        mail=server,
        frame=frame,
        ca_file=tools.settings.authority_file,
        allow_private=tools.settings.allow_private,
    )
    token = uuid.uuid4().hex
    named = message_id(token, recipient.name, ours.domain)
    attempt = ours.send(ours.render(news, Stamp(token, named, tools.clock.now())))
    if attempt.outcome is Outcome.SENT:
        with tools.database.write() as session:
            channels.works(session, tools, ours.name)
    return Rehearsed(
        recipient.name, recipient.channel, attempt.outcome.value, subject, attempt.words, files
    )
