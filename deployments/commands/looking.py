"""Commands that look, send and take in seeds."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import click

from deployments import answers, show
from deployments.commands.shared import (
    AskedWronglyError,
    exit_unless,
    in_one_line,
    json_option,
    tools_of,
)
from flows.look import Ask, Looked
from flows.tools import Tools


@click.command()
@click.option("--plain", is_flag=True, help="In this process, without Prefect.")
@click.option("--urn", "urns", multiple=True, help="Only this authority; may be repeated.")
@json_option
@click.pass_obj
@in_one_line
def look(config: str | None, *, plain: bool, urns: tuple[str, ...], as_json: bool) -> None:
    """Look now and send what is due.

    As a flow run when the service is up (waits for it and shows it); otherwise, or with
    --plain, in this process. Exit 1 when a page is not well or a file newly failed.
    """
    tools = tools_of(config)
    watches = [tools.watch(urn) for urn in urns] or list(tools.settings.watch)
    looked = _look_in_service(tools, urns) if not plain else None
    if looked is None:
        from flows.round import go_round

        on_look = (lambda _: None) if as_json else show.look
        looked = list(go_round(tools, watches, Ask(), on_look=on_look).looked)
    elif not as_json:
        for each in looked:
            show.look(each)
    if as_json:
        show.as_json(answers.looks(looked))
    exit_unless(all(each.is_well for each in looked))


def _look_in_service(tools: Tools, urns: Iterable[str]) -> list[Looked] | None:
    from deployments import runs

    service = runs.running_service(tools.settings)
    if service is None:
        return None
    click.echo(f"the service is up: asking it to look ({service.ui})", err=True)
    return runs.look(service, tools, list(urns))


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

    tools = tools_of(config)
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
