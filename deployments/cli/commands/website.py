"""The command that writes the website."""

from __future__ import annotations

import click

from deployments.cli import render
from deployments.cli.commands.shared import (
    CommandFailedError,
    context_of,
    in_one_line,
    json_option,
)


@click.command()
@json_option
@click.pass_obj
@in_one_line
def website(config: str | None, *, as_json: bool) -> None:
    """Write the website now, every page of it.

    The service writes it by itself whenever something has changed, and each night.
    """
    from flows.publishing.website import refresh

    context = context_of(config)
    published = refresh(context, anew=True)
    if published.has_failed:
        raise CommandFailedError(published.failure)
    folder = context.settings.website_folder
    if as_json:
        written = published.written
        files, removed = (written.files, written.removed) if written else (0, 0)
        render.as_json({"folder": str(folder), "files": files, "removed": removed})
    else:
        click.echo(f"{published.in_words()}: {folder / 'index.html'}")
