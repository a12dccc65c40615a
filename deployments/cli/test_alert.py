"""`test-alert`: sends the alert of the newest known report, marked as a test, as a real one."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from deployments.cli.preview import Preview
from flows.alerting import channels
from flows.alerting.announce import Announcer
from flows.context.context import AppContext, email_server, open_context, temporary_context
from flows.context.message_context import message_context
from flows.settings.model import SUTTON, Settings
from flows.upkeep import seeds
from notifications import events as ev
from notifications.recipients import Recipient
from notifications.senders import OUTBOX_SENDER, OUTBOX_TO, Envelope, channel_client, message_id
from notifications.words import of_events
from ofsted.short_names import slug
from storage.database import MissingDatabaseError
from storage.report_snapshots import ReportSnapshot, report_snapshots

LONGEST_SLUG = 60


class NothingKnownError(Exception):
    """No report is known yet."""


class UnknownRecipientError(Exception):
    """No recipient has this name, or none was named."""


@dataclass(frozen=True, slots=True)
class TestAlert:
    """What became of a test alert to one recipient."""

    recipient: str
    via: str
    result: str  # shown, or how the attempt ended
    subject: str
    words: str  # the other side's answer; the text after a dry run
    files: tuple[Path, ...] = ()


def chosen(context: AppContext, names: Collection[str], *, everyone: bool) -> list[Recipient]:
    """The recipients of these names, or all.

    Raises:
        UnknownRecipientError: no recipient has this name; or neither names nor all, or both.
    """
    known = "your recipients are: " + ", ".join(each.name for each in context.recipients)
    if everyone:
        if names:
            raise UnknownRecipientError("give names or --all, not both")
        return [*context.recipients]
    if not names:
        raise UnknownRecipientError(f"give a recipient's name, or --all for everyone; {known}")
    for name in names:
        if name not in {each.name for each in context.recipients}:
            raise UnknownRecipientError(f"no recipient is called {name!r}; {known}")
    return [each for each in context.recipients if each.name in names]


@contextmanager
def context_of(settings: Settings) -> Iterator[AppContext]:
    """The installation's context; a temporary one if there is no database, as a test makes none."""
    try:
        context = open_context(settings, make=False)
    except MissingDatabaseError:
        with temporary_context(settings) as passing:
            yield passing
    else:
        yield context


def newest(context: AppContext) -> ev.Event:
    """The alert of the newest report of the watched authorities.

    Raises:
        NothingKnownError: no report of theirs is known yet.
    """
    watched = {authority.key for authority in context.settings.watch}
    with context.database.read() as session:
        reports = [each for each in report_snapshots(session) if each.provider_key in watched]
        if not reports:
            raise NothingKnownError
        report = max(reports, key=_rank)
        announcer = Announcer(
            context, context.watched_here(report.provider_key), context.clock.now(), cause="test"
        )
        return ev.ReportPublished(**announcer.about(session, report))


def packaged(settings: Settings) -> ev.Event:
    """The alert of the newest packaged report, for as long as no other is known."""
    with temporary_context(replace(settings, watch=(SUTTON,))) as context:
        seeds.import_seeds(seeds.packaged(), context)
        return newest(context)


def _rank(report: ReportSnapshot) -> tuple[bool, object, int]:
    """Reports with judgements first, since they show the most; then the newest."""
    reading = report.reading
    return (bool(reading and reading.judgements), *report.order)


def send_test_alerts(
    context: AppContext,
    recipients: Sequence[Recipient],
    event: ev.Event,
    *,
    dry_run: bool,
    out: Path | None = None,
) -> list[TestAlert]:
    """Send, or only show, an alert to recipients, marked as a test.

    Args:
        out: also write each as .html, .txt, .eml and .json (the card) to this folder.
    """
    names = _file_names(recipients)
    return [
        _test_alert(context, recipient, event, names[recipient.name], dry_run=dry_run, out=out)
        for recipient in recipients
    ]


def _file_names(recipients: Sequence[Recipient]) -> dict[str, str]:
    """A file name for each recipient; no two are the same."""
    found: dict[str, str] = {}
    for number, each in enumerate(recipients, 1):
        name = f"test-alert-{slug(each.name)[:LONGEST_SLUG] or number}"
        found[each.name] = f"{name}-{number}" if name in found.values() else name
    return found


def _test_alert(
    context: AppContext,
    recipient: Recipient,
    event: ev.Event,
    name: str,
    *,
    dry_run: bool,
    out: Path | None,
) -> TestAlert:
    addressed = message_context(
        context.settings, recipient.name, audience=recipient.audience, test=True
    )
    server = email_server(context.settings)
    by_mail = server is not None and recipient.via == "email"
    shown = Preview(
        name,
        context.clock.now(),
        of_events.message(event, addressed),
        sender=server.sender if server and by_mail else OUTBOX_SENDER,
        to=recipient.address if by_mail else OUTBOX_TO,
    )
    files = tuple(shown.write(out)) if out else ()
    subject = shown.message.subject
    if dry_run:
        return TestAlert(recipient.name, recipient.via, "shown", subject, shown.text, files)
    ours = channel_client(
        recipient,
        email=server,
        message_context=addressed,
        ca_file=context.settings.authority_file,
        allow_private=context.settings.allow_private,
    )
    token = uuid.uuid4().hex
    named = message_id(token, recipient.name, ours.domain)
    attempt = ours.send(ours.render(event, Envelope(token, named, context.clock.now())))
    if attempt.result == "sent":
        with context.database.write() as session:
            channels.works(session, context, ours.name)
    return TestAlert(recipient.name, recipient.via, attempt.result, subject, attempt.words, files)
