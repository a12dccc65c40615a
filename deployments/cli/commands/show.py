"""Commands that show what is known."""

from __future__ import annotations

import json
from datetime import datetime
from functools import partial
from pathlib import Path

import click

from deployments.cli import json_api, render
from deployments.cli.commands.shared import (
    USAGE_ERROR,
    UsageError,
    answer,
    areas_of,
    authority_option,
    context_of,
    exit_unless,
    in_one_line,
    json_option,
    note,
    note_lack_of_operators,
)
from flows.presenting.problems import known_now, problems
from notifications.words.plain import LONDON
from ofsted.provider_types import AUTHORITIES, TYPES
from storage import queries, report_queries
from storage.listed_documents import listed_documents


@click.command()
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@json_option
def read(files: tuple[Path, ...], *, as_json: bool) -> None:
    """Read PDF or text files and print what is in them.

    Uses no settings and no database. Exits 1 if a file could not be read, 2 if one does not
    exist; the other files are still read.
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
        if as_json:
            found = {"file": str(file), **reading.as_json()}
            click.echo(json.dumps(found, ensure_ascii=False))
        else:
            render.reading(str(file), reading)
    if missing:
        raise click.exceptions.Exit(USAGE_ERROR)
    exit_unless("unread" not in statuses)


@click.command()
@click.option("--all", "every", is_flag=True, help="Show every authority, however many there are.")
@json_option
@click.pass_obj
@in_one_line
def status(config: str | None, *, every: bool, as_json: bool) -> None:
    """Show a summary: pages, next check, messages, recipients and problems.

    Of more than 20 authorities, shows those that are not ok and counts the others. Exits 1 if
    anything needs attention.
    """
    from deployments.cli import overview
    from deployments.service import client, planning

    context = context_of(config)
    note_lack_of_operators(context.settings)
    running = client.running_service(context.settings)
    service = planning.service_state(context)
    with context.database.read() as session:
        known = known_now(session, context)
    wrong = problems(context, service, known)
    found = overview.overview(context, running.ui if running else None, service, known, wrong)
    answer(json_api.status, partial(render.status, every=every), found, as_json=as_json)
    exit_unless(not wrong)


@click.command()
@authority_option("Show this authority only, by name or URN.")
@json_option
@click.pass_obj
@in_one_line
def reports(config: str | None, *, authority: str | None, as_json: bool) -> None:
    """List every known report."""
    context = context_of(config)
    only = [context.authority(authority).key] if authority else None
    with context.database.read() as session:
        found = report_queries.report_lines(session, only)
    answer(json_api.reports, render.reports, found, as_json=as_json)


@click.command()
@authority_option("Show the area of this authority only, by name or URN.")
@click.option(
    "--type",
    "provider_type",
    metavar="TYPE",
    type=click.Choice([each.name for each in TYPES if each is not AUTHORITIES]),
    help="Show documents on this type of provider only, such as schools.",
)
@click.option(
    "--since",
    type=click.DateTime(["%Y-%m-%d"]),
    help="Show documents published from this day on.",
)
@json_option
@click.pass_obj
@in_one_line
def documents(
    config: str | None,
    *,
    authority: str | None,
    provider_type: str | None,
    since: datetime | None,
    as_json: bool,
) -> None:
    """List documents on schools, childcare and all other providers in a watched area.

    The newest come first. Ofsted Watch does not read these documents: a grade is shown only if
    Ofsted lists one. A document without a date counts from the day on which it was first seen.
    """
    context = context_of(config)
    areas = areas_of(context, authority)
    if not areas:
        note('no area is watched; write area = "Sutton" under [[watch]] in the settings')
    with context.database.read() as session:
        found = [
            each
            for each in listed_documents(session, areas)
            if provider_type in {None, each.provider_type}
            and (since is None or each.day >= since.date())
        ]
    answer(json_api.documents, render.documents, found, as_json=as_json)


@click.command()
@authority_option("Show this authority only, by name or URN.")
@json_option
@click.pass_obj
@in_one_line
def history(config: str | None, *, authority: str | None, as_json: bool) -> None:
    """Show judgements over time, with comparisons."""
    from deployments.cli.inspections import histories

    found = histories(context_of(config), authority)
    answer(json_api.history, render.history, found, as_json=as_json)


@click.command()
@click.option(
    "--since", type=click.DateTime(["%Y-%m-%d"]), help="Show events from this day on (UK time)."
)
@click.option(
    "--audience",
    type=click.Choice(["readers", "operators"]),
    help="Show events for this audience only.",
)
@json_option
@click.pass_obj
@in_one_line
def events(
    config: str | None, *, since: datetime | None, audience: str | None, as_json: bool
) -> None:
    """List alerts and notices, with their recipients."""
    start = since.replace(tzinfo=LONDON) if since else None
    with context_of(config).database.read() as session:
        found = queries.events(session, since=start, audience=audience)
    answer(json_api.events, render.events, found, as_json=as_json)


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
    """Show the message for an event as its recipients see it.

    With --out, writes it as .html, .txt, .eml and .json (the Teams card).
    """
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
