"""Commands about messages: list, retry or cancel them, and send a test alert."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

import click

from deployments.cli import json_api, render
from deployments.cli.commands.shared import (
    UsageError,
    answer,
    context_of,
    exit_unless,
    in_one_line,
    json_option,
    note,
    settings_of,
)
from deployments.cli.help_groups import GroupedCommands
from storage import queries


@click.group(cls=GroupedCommands, invoke_without_command=True)
@json_option
@click.pass_context
def messages(context: click.Context, *, as_json: bool) -> None:
    """List, retry or cancel messages."""
    if context.invoked_subcommand is None:
        in_one_line(_messages)(context.obj, as_json=as_json)


def _messages(config: str | None, *, as_json: bool) -> None:
    context = context_of(config)
    with context.database.read() as session:
        found = queries.deliveries(session)
    in_json = partial(json_api.messages, recipients=context.recipients)
    answer(in_json, render.messages, found, as_json=as_json)


@messages.command()
@click.argument("ids", nargs=-1, required=True, type=int)
@click.pass_obj
@in_one_line
def retry(config: str | None, ids: tuple[int, ...]) -> None:
    """Make messages due now, including refused and expired ones and those on hold."""
    from storage.deliveries import retry as make_due

    _change_messages(config, ids, make_due, "due now")


@messages.command()
@click.argument("ids", nargs=-1, required=True, type=int)
@click.pass_obj
@in_one_line
def cancel(config: str | None, ids: tuple[int, ...]) -> None:
    """Cancel messages that have not been sent."""
    from storage.deliveries import cancel as cancel_them

    _change_messages(config, ids, cancel_them, "cancelled")


def _change_messages(
    config: str | None, ids: tuple[int, ...], change: Callable[..., list[int]], done: str
) -> None:
    context = context_of(config)
    with context.database.write() as session:
        found = change(session, ids, context.clock.now())
    for each in found:
        click.echo(f"message {each}: {done}")
    missing = sorted(set(ids) - set(found))
    if missing:
        named = ", ".join(map(str, missing))
        raise UsageError(
            f"no pending or failed message has the number {named}; "
            "run `ofsted-watch messages` to list them"
        )


@click.command("test-alert")
@click.argument("names", nargs=-1)
@click.option("--all", "everyone", is_flag=True, help="Send to every recipient.")
@click.option("--dry-run", is_flag=True, help="Show subject and text; send nothing.")
@click.option(
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    help="Also write .html, .txt, .eml and .json (the Teams card) to this folder.",
)
@json_option
@click.pass_obj
@in_one_line
def test_alert(
    config: str | None,
    names: tuple[str, ...],
    *,
    everyone: bool,
    dry_run: bool,
    out: Path | None,
    as_json: bool,
) -> None:
    """Send an alert marked as a test, to the recipients named or to all.

    It is the alert of the newest known report; before the first check, that of a report that
    comes with this program. Exits 1 if it could not be sent to someone, 2 if you name nobody
    and do not give --all. With --dry-run and no name, shows everyone's.
    """
    from deployments.cli import test_alert

    settings = settings_of(config)
    with test_alert.context_of(settings) as context:
        try:
            everyone = everyone or (dry_run and not names)
            recipients = test_alert.chosen(context, names, everyone=everyone)
        except test_alert.UnknownRecipientError as error:
            raise UsageError(str(error)) from None
        try:
            event = test_alert.newest(context)
        except test_alert.NothingKnownError:
            note("no reports known yet; using a report on Sutton that comes with this program")
            event = test_alert.packaged(settings)
        results = test_alert.send_test_alerts(context, recipients, event, dry_run=dry_run, out=out)
    answer(json_api.test_alerts, render.test_alerts, results, as_json=as_json)
    exit_unless(all(each.result in {"sent", "shown"} for each in results))
