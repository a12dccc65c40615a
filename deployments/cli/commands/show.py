"""Commands that show what is known."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path

import click

from deployments.cli import json_api, render
from deployments.cli.commands.shared import (
    ASKED_WRONGLY,
    UsageError,
    answer,
    context_of,
    exit_unless,
    in_one_line,
    json_option,
    note_lack_of_operators,
)
from flows.presenting.problems import problems
from notifications.words.plain import LONDON


@click.command()
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@json_option
def read(files: tuple[Path, ...], *, as_json: bool) -> None:
    """Read PDFs or texts and print what is in them. Exit 1 when one could not be read.

    Exit 2 when one is not there; the others are read all the same.
    """
    from ofsted import read_apart

    statuses, missing = [], False
    for file in files:
        try:
            reading = read_apart(file)
        except OSError as error:
            missing = True
            UsageError(f"{file}: {error.strerror}").show()
            continue
        statuses.append(reading.status)
        found = {"file": str(file), **reading.as_json()}
        if as_json:
            click.echo(json.dumps(found, ensure_ascii=False))
        else:
            render.reading(found)
    if missing:
        raise click.exceptions.Exit(ASKED_WRONGLY)
    exit_unless("unread" not in statuses)


@click.command()
@json_option
@click.pass_obj
@in_one_line
def status(config: str | None, *, as_json: bool) -> None:
    """Show how everything stands, on one screen. Exit 1 when something is wrong."""
    from deployments.service import client, planning

    context = context_of(config)
    note_lack_of_operators(context.settings)
    running = client.running_service(context.settings)
    service = planning.service_state(context)
    wrong = problems(context, service)
    found = json_api.status(context, running.ui if running else None, service, wrong)
    if as_json:
        render.as_json(found)
    else:
        render.status(found)
    exit_unless(not wrong)


@click.command()
@click.option("--urn", help="Only this authority.")
@json_option
@click.pass_obj
@in_one_line
def reports(config: str | None, *, urn: str | None, as_json: bool) -> None:
    """Show every report known."""
    answer("reports", lambda context: json_api.reports(context, urn), config, as_json=as_json)


@click.command()
@click.option("--urn", help="Only this authority.")
@json_option
@click.pass_obj
@in_one_line
def history(config: str | None, *, urn: str | None, as_json: bool) -> None:
    """Show judgements through time, with comparisons."""
    answer("history", lambda context: json_api.history(context, urn), config, as_json=as_json)


@click.command()
@click.option("--since", type=click.DateTime(["%Y-%m-%d"]), help="Only from this day on (London).")
@click.option("--audience", type=click.Choice(["readers", "operators"]))
@json_option
@click.pass_obj
@in_one_line
def events(
    config: str | None, *, since: datetime | None, audience: str | None, as_json: bool
) -> None:
    """Show what people were or will be told, with the recipients."""
    start = since.replace(tzinfo=LONDON) if since else None
    answer(
        "events", lambda context: json_api.events(context, start, audience), config, as_json=as_json
    )


@click.command()
@click.argument("event", type=int)
@click.option(
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    help="Write the files to this folder.",
)
@json_option
@click.pass_obj
@in_one_line
def preview(config: str | None, event: int, *, out: Path | None, as_json: bool) -> None:
    """Show an event as people get it; with --out write it as .html, .txt, .eml and .json."""
    from deployments.cli.preview import NoSuchEventError
    from deployments.cli.preview import preview as preview_event

    try:
        found = preview_event(context_of(config), event)
    except NoSuchEventError as error:
        raise UsageError(str(error)) from None
    files = found.write(out) if out else []
    if as_json:
        render.as_json({"event": event, "text": found.text, "files": [str(file) for file in files]})
    else:
        click.echo("\n".join(map(str, files)) if files else found.text)
