"""`test-alert`: the alert of the newest report known, marked as a test, by the real way."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from flows import deliver
from flows.tell import Teller
from flows.tools import Tools, mail_server
from notifications import news as n
from notifications import text, words
from notifications.outcomes import Outcome
from notifications.recipients import Recipient
from notifications.senders import Stamp, message_id, way
from storage import ways
from storage.known import KnownReport, known_reports


class NothingKnownError(Exception):
    """No report is known yet."""


class UnknownRecipientError(Exception):
    """No recipient has this name."""


@dataclass(frozen=True, slots=True)
class Rehearsed:
    """What became of a test alert to one recipient."""

    recipient: str
    channel: str
    outcome: str  # shown, or how the attempt ended
    words: str

    def in_words(self) -> str:
        """A line for people; the whole message where it was only shown."""
        said = f"{self.recipient} ({self.channel}): {self.outcome}"
        return f"{said}\n{self.words}" if self.words else said

    def as_json(self) -> dict[str, str]:
        """For `--json`."""
        return {
            "name": self.recipient,
            "channel": self.channel,
            "outcome": self.outcome,
            "words": self.words,
        }


def rehearse(tools: Tools, name: str | None, *, dry_run: bool) -> list[Rehearsed]:
    """Send, or only show, the newest real report's alert to one recipient or to all.

    Raises:
        NothingKnownError: there is no report yet.
        UnknownRecipientError: nobody has that name.
    """
    recipients = [each for each in tools.recipients if name in {None, each.name}]
    if not recipients:
        known = ", ".join(each.name for each in tools.recipients)
        raise UnknownRecipientError(f"no recipient is called {name!r}; there are: {known}")
    news = _newest(tools)
    return [_rehearse(tools, each, news, dry_run=dry_run) for each in recipients]


def _newest(tools: Tools) -> n.News:
    watched = {watch.urn for watch in tools.settings.watch}
    with tools.database.read() as session:
        reports = [each for each in known_reports(session) if each.urn in watched]
        if not reports:
            raise NothingKnownError("no report is known yet; run `ofsted-watch look` first")
        newest = max(reports, key=_rank)
        teller = Teller(tools, tools.watch(newest.urn), tools.clock.now(), cause="test")
        return n.ReportPublished(**teller.about(session, newest))


def _rank(report: KnownReport) -> tuple[bool, object, int]:
    """Reports with judgements first, since they show the most; then the newest."""
    reading = report.reading
    return (bool(reading and reading.judgements), *report.order)


def _rehearse(tools: Tools, recipient: Recipient, news: n.News, *, dry_run: bool) -> Rehearsed:
    frame = deliver.frame(tools.settings, recipient, test=True)
    if dry_run:
        shown = text.render(words.message(news, frame))
        return Rehearsed(recipient.name, recipient.channel, "shown", shown)
    ours = way(
        recipient,
        mail=mail_server(tools.settings),
        frame=frame,
        ca_file=tools.settings.authority_file,
        allow_private=tools.settings.allow_private,
    )
    token = uuid.uuid4().hex
    named = message_id(token, recipient.name, ours.domain)
    stamp = Stamp(token, named, tools.clock.now())
    attempt = ours.send(ours.render(news, stamp))
    if attempt.outcome is Outcome.SENT:
        with tools.database.write() as session:
            ways.mend(session, ours.name)
    return Rehearsed(recipient.name, recipient.channel, attempt.outcome.value, attempt.words)
