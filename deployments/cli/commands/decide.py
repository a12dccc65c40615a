"""Commands for decisions that only a person takes: accept, correct, reread."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import click

from deployments.cli import render
from deployments.cli.commands.shared import (
    UsageError,
    authority_option,
    context_of,
    exit_unless,
    in_one_line,
    json_option,
)
from deployments.cli.tables import safe


@click.command()
@click.argument("authority")
@click.pass_obj
@in_one_line
def accept(config: str | None, authority: str) -> None:
    """Accept a suspect change to an authority's list of reports, or its area's list of providers.

    The next successful check within a day takes the list as it is; reports missing from it
    count as withdrawn. AUTHORITY is a name or a URN. Exits 2 if no change is suspect.
    """
    from flows.checking.acceptance import NothingSuspectError
    from flows.checking.acceptance import accept as accept_listing

    context = context_of(config)
    watched = context.authority(authority)
    try:
        accepted = accept_listing(context, watched)
    except NothingSuspectError as error:
        raise UsageError(str(error)) from None
    for each in accepted:
        click.echo(
            f"{safe(each.name)} ({each.urn}): accepted; the next successful check within "
            "24 hours takes the list as it is"
        )


@click.command()
@click.option("--dry-run", is_flag=True, help="Show the differences; write nothing.")
@json_option
@click.pass_obj
@in_one_line
def reread(config: str | None, *, dry_run: bool, as_json: bool) -> None:
    """Read the archive again with this version's parser and show what differs.

    Leaves out documents that this version has already read successfully. Exits 1 if a
    document in the archive is missing or damaged.
    """
    from deployments.cli import render_decisions
    from flows.publishing.website import publish_and_send
    from flows.upkeep.reparse_archive import reread as read_again
    from storage.leases import BusyError

    context = context_of(config)
    try:
        with _progress() as on_read:
            found = read_again(context, dry_run=dry_run, on_read=on_read)
    except BusyError as error:
        raise click.ClickException(str(error)) from None
    if as_json:
        render.as_json(render_decisions.reread(found, dry_run=dry_run))
    else:
        render_decisions.show_reread(found, dry_run=dry_run)
    is_well = dry_run or publish_and_send(context).is_well
    exit_unless(is_well and not found.lost)


@contextmanager
def _progress() -> Iterator[Callable[[int, int], None]]:
    """A bar on stderr, where that is a terminal."""
    hidden = not sys.stderr.isatty()
    with click.progressbar(length=1, label="reading", file=sys.stderr, hidden=hidden) as bar:

        def advance(_read: int, of: int) -> None:
            bar.length = of
            bar.update(1)

        yield advance


@click.command()
@click.argument("file_id")
@click.option("--confirm", is_flag=True, help="Send it; without this, only show it.")
@authority_option("The authority, by name or URN, if several list the report.")
@json_option
@click.pass_obj
@in_one_line
def correct(
    config: str | None, file_id: str, *, confirm: bool, authority: str | None, as_json: bool
) -> None:
    """Send readers a correction when an alert gave a wrong grade.

    Compares the newest reading of the report with the last alert about it. FILE_ID is the
    number shown by `reports`; give the link for a report that has none. Exits 2 if there is
    nothing to correct.
    """
    from deployments.cli import render_decisions
    from flows.alerting.corrections import NothingToCorrectError
    from flows.alerting.corrections import correct as correct_it
    from flows.publishing.website import publish_and_send

    context = context_of(config)
    urn = context.authority(authority).urn if authority else None
    try:
        found = correct_it(context, file_id, urn, confirm=confirm)
    except NothingToCorrectError as error:
        raise UsageError(str(error)) from None
    if as_json:
        render.as_json(render_decisions.correct(found, context.settings))
    else:
        render_decisions.show_correct(found, context.settings)
    exit_unless(not confirm or publish_and_send(context).is_well)
