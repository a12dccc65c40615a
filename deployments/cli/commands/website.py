"""The command that writes the website."""

from __future__ import annotations

import click

from deployments.cli import render
from deployments.cli.commands.shared import (
    context_of,
    exit_unless,
    in_one_line,
    json_option,
)


@click.command()
@click.option("--all", "anew", is_flag=True, help="Write every page, also what has not changed.")
@json_option
@click.pass_obj
@in_one_line
def website(config: str | None, *, anew: bool, as_json: bool) -> None:
    """Write the pages of the website that have changed.

    The service does this by itself whenever something has changed, and writes every page each
    night.
    """
    from flows.publishing.website import refresh, refresh_downloads

    context = context_of(config)
    published = refresh(context, anew=anew)
    if not published.has_failed:
        published += refresh_downloads(context, anew=anew)
    exit_unless(not published.has_failed)  # why, was logged
    folder, written = context.settings.website_folder, published.written
    if as_json:
        files, removed = (written.files, written.removed) if written else (0, 0)
        render.as_json({"folder": str(folder), "files": files, "removed": removed})
    else:
        click.echo(f"{published.in_words()}: {folder / 'index.html'}")
