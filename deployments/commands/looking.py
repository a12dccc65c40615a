"""Commands that look, send and take in seeds."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import click

from deployments import answers, first_messages, runs, show
from deployments.commands.shared import (
    AskedWronglyError,
    exit_unless,
    in_one_line,
    json_option,
    tools_of,
)
from flows.look import Ask, Looked
from flows.tools import Tools
from storage import queries


@click.command()
@click.option("--plain", is_flag=True, help="In this process, without Prefect.")
@click.option("--urn", "urns", multiple=True, help="Only this authority; may be repeated.")
@click.option("--no-send", is_flag=True, help="In this process, and send nothing.")
@click.option("--yes", is_flag=True, help="Send first messages without asking.")
@json_option
@click.pass_obj
@in_one_line
def look(
    config: str | None,
    *,
    plain: bool,
    urns: tuple[str, ...],
    no_send: bool,
    yes: bool,
    as_json: bool,
) -> None:
    """Look now, send what is due, and say what was sent to whom.

    As a flow run when the service is up (shows it as it goes); otherwise, or with --plain or
    --no-send, in this process. On a terminal it asks before it sends anybody their first
    message. Exit 1 when a page is not well or a file newly failed.
    """
    tools = tools_of(config, make=True)
    watches = [tools.watch(urn) for urn in urns] or list(tools.settings.watch)
    chosen = [watch.urn for watch in watches]
    sends = not no_send and first_messages.may_be_sent(tools, chosen, yes=yes)
    with tools.database.read() as session:
        before = queries.newest_attempt(session)
    on_look = _nothing if as_json else show.look
    asked = _look_in_service(tools, urns, on_look) if sends and not plain else None
    looked = asked.looked if asked else []
    if asked is None or not asked.is_done:
        from flows.round import go_round

        done = {each.urn for each in looked}
        left = [watch for watch in watches if watch.urn not in done]
        looked += go_round(tools, left, Ask(), on_look=on_look, send=sends).looked
    with tools.database.read() as session:
        sendings = queries.sendings_after(session, before) if sends else []
    if as_json:
        show.as_json(answers.looks(looked, sendings))
    if not sends:
        click.echo(first_messages.nothing_sent(tools), err=as_json)
    elif not as_json:
        show.sent(sendings)
    exit_unless(all(each.is_well for each in looked))


def _nothing(_looked: Looked) -> None:
    """Nothing is shown before the whole answer."""


def _look_in_service(
    tools: Tools, urns: Sequence[str], on_look: Callable[[Looked], None]
) -> runs.FollowedRun | None:
    """A look as a flow run of the service, done or broken off; None: no service is up."""
    service = runs.running_service(tools.settings)
    if service is None:
        return None
    click.echo(f"the service is up: asking it to look ({service.ui})", err=True)
    run = runs.FollowedRun(service, tools, urns, on_look)
    run.follow()
    return run


@click.command()
@click.option("--plain", is_flag=True, help="In this process, without Prefect.")
@json_option
@click.pass_obj
@in_one_line
def deliver(config: str | None, *, plain: bool, as_json: bool) -> None:
    """Send what is due. Exit 1 when something was tried and not sent."""
    del plain  # sending is the same with and without the service
    from flows.deliver import deliver as send

    delivered = send(tools_of(config))
    if as_json:
        show.as_json({"outcomes": dict(delivered.outcomes)})
    else:
        click.echo(delivered.in_words())
    exit_unless(delivered.is_well)


@click.command("import-seeds")
@click.argument("files", nargs=-1, type=click.Path(path_type=Path))
@json_option
@click.pass_obj
@in_one_line
def import_seeds(config: str | None, files: tuple[Path, ...], *, as_json: bool) -> None:
    """Take in the packaged seeds, or those named, as history. A second time changes nothing."""
    from flows import seeding

    tools = tools_of(config, make=True)
    try:
        found = seeding.from_files(files) if files else seeding.packaged()
    except seeding.UnknownSeedError as error:
        raise AskedWronglyError(str(error)) from None
    imported = seeding.import_seeds(found, tools)
    if as_json:
        keys = ("name", "urn", "file_id", "status", "outcome")
        show.as_json({"seeds": [{key: getattr(each, key) for key in keys} for each in imported]})
        return
    for each in imported:
        click.echo(f"{each.name}: {each.outcome} ({each.status})")
