"""Commands about what is owed and what was sent."""

from __future__ import annotations

from collections.abc import Callable
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


@click.group(invoke_without_command=True)
@json_option
@click.pass_context
def messages(context: click.Context, *, as_json: bool) -> None:
    """Show what is owed and what was sent; make it due now, or give it up."""
    if context.invoked_subcommand is None:
        in_one_line(answer)("deliveries", json_api.messages, context.obj, as_json=as_json)


@messages.command()
@click.argument("ids", nargs=-1, required=True, type=int)
@click.pass_obj
@in_one_line
def retry(config: str | None, ids: tuple[int, ...]) -> None:
    """Make deliveries due now, also those that were given up."""
    from storage.deliveries import retry as make_due

    _change_messages(config, ids, make_due, "due now")


@messages.command()
@click.argument("ids", nargs=-1, required=True, type=int)
@click.pass_obj
@in_one_line
def cancel(config: str | None, ids: tuple[int, ...]) -> None:
    """Give deliveries up by hand."""
    from storage.deliveries import cancel as give_up

    _change_messages(config, ids, give_up, "cancelled")


def _change_messages(
    config: str | None, ids: tuple[int, ...], change: Callable[..., list[int]], done: str
) -> None:
    context = context_of(config)
    with context.database.write() as session:
        found = change(session, ids, context.clock.now())
    for each in found:
        click.echo(f"delivery {each}: {done}")
    missing = sorted(set(ids) - set(found))
    if missing:
        named = ", ".join(map(str, missing))
        raise UsageError(f"no delivery waits or was given up under: {named}")


@click.command("test-alert")
@click.argument("names", nargs=-1)
@click.option("--all", "everyone", is_flag=True, help="To every recipient.")
@click.option("--dry-run", is_flag=True, help="Show subject and text, send nothing.")
@click.option(
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    help="Also write .html, .txt, .eml and .json (the card) to this folder.",
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
    """Send the alert of the newest report known, marked as a test, to those named or to all.

    Before the first look it is that of a packaged report. Exit 1 when one was not sent, 2
    when nobody is named and --all is not given; a dry run shows everyone's then.
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
            note("no report is known yet; the alert is that of a packaged report on Sutton")
            event = test_alert.packaged(settings)
        results = test_alert.send_test_alerts(context, recipients, event, dry_run=dry_run, out=out)
    if as_json:
        render.as_json({"recipients": [each.as_json() for each in results]})
    else:
        for each in results:
            click.echo(each.in_words())
    exit_unless(all(each.result in {"sent", "shown"} for each in results))
