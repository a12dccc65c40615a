"""What `reread` and `correct` answer: as JSON, and for people."""

from __future__ import annotations

import shlex
from collections.abc import Sequence

import click

from deployments.cli.json_api import Json, day
from deployments.cli.tables import safe
from flows.alerting.corrections import Corrected
from flows.context.message_context import message_context
from flows.settings.model import Settings
from flows.upkeep.reparse_archive import ReadingChange, RereadResult
from notifications import events as ev
from notifications import text
from notifications.words import of_events
from ofsted.text import say_day
from storage.report_snapshots import ReportSnapshot


def reread(found: RereadResult, *, dry_run: bool) -> Json:
    """`reread --json`."""
    return {
        "parser_version": found.parser,
        "dry_run": dry_run,
        "documents": found.documents,
        "lost": list(found.lost),
        "changed": [_change(each) for each in found.changes],
    }


def _change(change: ReadingChange) -> Json:
    return {
        **_report(change.report),
        "status": change.report.status,
        "baseline": change.report.baseline,
        "differences": _differences(change.differences),
        "needs_correction": change.announced,
        "read_at_last": change.read_at_last,
    }


def _report(report: ReportSnapshot) -> Json:
    return {
        "urn": report.urn,
        "file_id": report.file_id,
        "link": report.link,
        "title": report.title,
        "published": day(report.published),
    }


def _differences(found: Sequence[ev.Difference]) -> list[Json]:
    return [{"what": each.what, "was": each.was, "now": each.now} for each in found]


def show_reread(found: RereadResult, *, dry_run: bool) -> None:
    """For each report: what is read differently, and what follows from it."""
    click.echo(f"parser {found.parser}: {found.in_words()}")
    for change in found.changes:
        report = change.report
        dated = f", published {say_day(report.published)}" if report.published else ""
        click.echo(f"{report.urn} {safe(report.title)}{dated}: {report.status}")
        for each in change.differences:
            was, now = (_short(side) for side in (each.was, each.now))
            click.echo(f"  {safe(each.what)}: {was} -> {now}")
        if change.read_at_last:
            click.echo(f"  readers {'would' if dry_run else 'will'} be alerted to what it says")
        if change.announced:
            click.echo(f"  readers were sent another grade; to correct it: {_command(report)}")
    if dry_run:
        click.echo("dry run: nothing was changed")


def _short(side: str | None) -> str:
    said = safe(side) if side else "not given"
    return said if len(said) <= _SHOWN else said[: _SHOWN - 3] + "..."


def _command(report: ReportSnapshot) -> str:
    known_by = shlex.quote(safe(report.file_id or report.link or ""))
    return f"ofsted-watch correct {known_by} --confirm"


_SHOWN = 100  # characters of a difference


def correct(found: Corrected, settings: Settings) -> Json:
    """`correct --json`."""
    return {
        **_report(found.report),
        "event": found.row,
        "said": _differences(found.event.said),
        "recipients": list(found.recipients),
        "text": _text(found, settings),
    }


def show_correct(found: Corrected, settings: Settings) -> None:
    """The message as its first recipient gets it, and whether it goes out."""
    recipients = ", ".join(safe(name) for name in found.recipients) or "nobody"
    if found.row is None:
        click.echo(f"Subject: {of_events.summary(found.event)}\n\n{_text(found, settings)}")
        click.echo(f"not sent; it would go to: {recipients}")
        click.echo(f"to send it: {_command(found.report)}")
    else:
        click.echo(f"event {found.row}: {of_events.summary(found.event)}; going to: {recipients}")


def _text(found: Corrected, settings: Settings) -> str:
    name = next(iter(found.recipients), "nobody")
    return text.render(of_events.message(found.event, message_context(settings, name)))
