"""Commands about what is owed and what was sent."""

from __future__ import annotations

from collections.abc import Callable

import click

from deployments import answers, show
from deployments.commands.shared import (
    AskedWronglyError,
    answer,
    exit_unless,
    in_one_line,
    json_option,
    tools_of,
)


@click.group(invoke_without_command=True)
@json_option
@click.pass_context
def deliveries(context: click.Context, *, as_json: bool) -> None:
    """Show what is owed and what was sent; make it due now, or give it up."""
    if context.invoked_subcommand is None:
        in_one_line(answer)("deliveries", answers.deliveries, context.obj, as_json=as_json)


@deliveries.command()
@click.argument("ids", nargs=-1, required=True, type=int)
@click.pass_obj
@in_one_line
def retry(config: str | None, ids: tuple[int, ...]) -> None:
    """Make deliveries due now, also those that were given up."""
    from storage.deliveries import retry as make_due

    _change_deliveries(config, ids, make_due, "due now")


@deliveries.command()
@click.argument("ids", nargs=-1, required=True, type=int)
@click.pass_obj
@in_one_line
def settle(config: str | None, ids: tuple[int, ...]) -> None:
    """Give deliveries up by hand."""
    from storage.deliveries import settle as give_up

    _change_deliveries(config, ids, give_up, "settled")


def _change_deliveries(
    config: str | None, ids: tuple[int, ...], change: Callable[..., list[int]], done: str
) -> None:
    tools = tools_of(config)
    with tools.database.write() as session:
        found = change(session, ids, tools.clock.now())
    for each in found:
        click.echo(f"delivery {each}: {done}")
    missing = sorted(set(ids) - set(found))
    if missing:
        named = ", ".join(map(str, missing))
        raise AskedWronglyError(f"no delivery waits or was given up under: {named}")


@click.command("test-alert")
@click.argument("recipient", required=False)
@click.option("--dry-run", is_flag=True, help="Show it, send nothing.")
@json_option
@click.pass_obj
@in_one_line
def test_alert(config: str | None, recipient: str | None, *, dry_run: bool, as_json: bool) -> None:
    """Send the alert of the newest report known, marked as a test, to one recipient or all."""
    from deployments.rehearsal import NothingKnownError, UnknownRecipientError, rehearse

    tools = tools_of(config)
    try:
        results = rehearse(tools, recipient, dry_run=dry_run)
    except (NothingKnownError, UnknownRecipientError) as error:
        raise AskedWronglyError(str(error)) from None
    if as_json:
        show.as_json({"recipients": [each.as_json() for each in results]})
    else:
        for each in results:
            click.echo(each.in_words())
    exit_unless(all(each.outcome in {"sent", "shown"} for each in results))
