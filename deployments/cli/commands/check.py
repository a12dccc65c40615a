"""Commands that check pages, send messages and import seeds."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from functools import partial
from pathlib import Path

import click

from deployments.cli import first_messages, json_api, progress, render
from deployments.cli.commands.shared import (
    UsageError,
    answer,
    context_of,
    exit_unless,
    in_one_line,
    json_option,
)
from deployments.service import client
from flows.checking.one_check import CheckRequest, CheckResult
from flows.context.context import AppContext
from flows.settings.watched import WatchedAuthority
from ofsted.provider_key import ProviderKey
from storage import areas, queries


@click.command()
@click.option("--no-prefect", is_flag=True, help="Check in this process, without Prefect.")
@click.option(
    "--authority",
    "names",
    metavar="AUTHORITY",
    multiple=True,
    help="Check this authority only, by name or URN; can be repeated.",
)
@click.option("--no-send", is_flag=True, help="Check in this process and send nothing.")
@click.option("--yes", is_flag=True, help="Send welcome messages without asking.")
@json_option
@click.pass_obj
@in_one_line
def check(
    config: str | None,
    *,
    no_prefect: bool,
    names: tuple[str, ...],
    no_send: bool,
    yes: bool,
    as_json: bool,
) -> None:
    """Check for new reports now, send what is due and show what was sent to whom.

    If the service is running, it does this as a flow run and you see its progress; otherwise,
    or with --no-prefect or --no-send, the check runs in this process. On a terminal it asks
    before it sends anyone a welcome message. Exits 1 if a page could not be checked or a file
    could not be downloaded.
    """
    context = context_of(config, make=True)
    authorities = [context.authority(name) for name in names] or list(context.settings.watch)
    chosen = [authority.key for authority in authorities]
    sends = not no_send and first_messages.may_be_sent(context, chosen, yes=yes)
    with context.database.read() as session:
        before = queries.newest_attempt(session)
    on_check = _nothing if as_json else partial(_show, context)
    by_service = sends and not no_prefect
    run = _check_in_service(context, names, on_check) if by_service else None
    checked = run.checked if run else []
    if run is None or not run.is_done:
        from flows.pipeline import run_round

        left = _left(context, authorities, {each.provider_key for each in checked})
        pages = len(left) + len(context.settings.areas_of(left))
        with progress.shown(pages, on_check) as moved_on:
            ended = run_round(context, left, CheckRequest(), on_check=moved_on, send=sends)
        checked += ended.checks
    with context.database.read() as session:
        sendings = queries.sendings_after(session, before) if sends else []
    if as_json:
        render.as_json(json_api.checks(checked, sendings))
    if not sends:
        click.echo(first_messages.nothing_sent(context), err=as_json)
    elif not as_json:
        render.sent(sendings)
    exit_unless(all(each.is_well for each in checked))


def _show(context: AppContext, checked: CheckResult) -> None:
    """The result, with the names of providers as they are known now, which no check keeps."""
    new = [each.id for each in checked.new if each.id] if checked.is_area else []
    names: dict[str | None, tuple[str, str]] = {}
    if new:
        with context.database.read() as session:
            names.update(areas.names_of(session, new))
    render.check(checked, names)


def _left(
    context: AppContext, authorities: Sequence[WatchedAuthority], done: Collection[ProviderKey]
) -> list[WatchedAuthority]:
    """The authorities whose page, or whose area, is yet to be checked."""
    areas_left = {
        each.authority.key
        for each in context.settings.areas_of(authorities)
        if each.key not in done
    }
    return [each for each in authorities if each.key not in done or each.key in areas_left]


def _nothing(_checked: CheckResult) -> None:
    """For JSON: nothing is shown before the whole answer."""


def _check_in_service(
    context: AppContext, names: Sequence[str], on_check: Callable[[CheckResult], None]
) -> client.FollowedRun | None:
    """A check as a flow run of the service, done or broken off; None: no service is up."""
    service = client.running_service(context.settings)
    if service is None:
        return None
    click.echo(f"the service is running; it makes this check ({service.ui})", err=True)
    run = client.FollowedRun(service, context, names, on_check)
    run.follow()
    return run


@click.command()
@json_option
@click.pass_obj
@in_one_line
def send(config: str | None, *, as_json: bool) -> None:
    """Send the messages that are due. Exits 1 if any could not be sent."""
    from flows.publishing.website import publish_and_send

    totals = publish_and_send(context_of(config))
    if as_json:
        render.as_json(json_api.send_totals(totals))
    else:
        click.echo(totals.in_words())
    exit_unless(totals.is_well)


@click.command("import-seeds")
@click.argument("files", nargs=-1, type=click.Path(path_type=Path))
@json_option
@click.pass_obj
@in_one_line
def import_seeds(config: str | None, files: tuple[Path, ...], *, as_json: bool) -> None:
    """Import older reports into the baseline; no alerts are sent for them.

    Without FILES, imports the two reports on Sutton that come with this program. Importing
    them again changes nothing.
    """
    from flows.upkeep import seeds

    context = context_of(config, make=True)
    try:
        found = seeds.from_files(files) if files else seeds.packaged()
    except seeds.UnknownSeedError as error:
        raise UsageError(str(error)) from None
    imported = seeds.import_seeds(found, context)
    answer(json_api.seeds, render.seeds, imported, as_json=as_json)
