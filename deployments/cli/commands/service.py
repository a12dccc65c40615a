"""Commands that set up and run the service."""

from __future__ import annotations

import tempfile
from pathlib import Path

import click

from deployments.cli.commands.shared import (
    CommandFailedError,
    UsageError,
    context_of,
    in_one_line,
    note,
    note_lack_of_operators,
    settings_of,
)
from flows.settings.model import Settings
from flows.upkeep.migrate import open_migrated

TEMPLATE = Path(__file__).parents[2] / "ofsted-watch.toml"


@click.command()
@click.argument("file", default="ofsted-watch.toml", type=click.Path(path_type=Path))
def init(file: Path) -> None:
    """Write a settings file with comments; never overwrites a file."""
    try:
        with file.open("x", encoding="utf-8") as written:
            written.write(TEMPLATE.read_text(encoding="utf-8"))
        file.chmod(0o600)
    except FileExistsError:
        raise UsageError(f"{file} already exists; edit it, or give another name") from None
    except OSError as error:
        raise UsageError(f"{file} cannot be written: {error.strerror}") from None
    again = f"ofsted-watch --config {file} test-alert --dry-run"
    click.echo(f"wrote {file}; edit it, then preview the alert that people will get: `{again}`")


@click.command()
@click.option(
    "--host",
    default="127.0.0.1",
    show_default=True,
    help="Address at which the Prefect UI listens.",
)
@click.option(
    "--port",
    default=4200,
    show_default=True,
    type=click.IntRange(1, 65535),
    help="Port of the Prefect UI.",
)
@click.pass_obj
@in_one_line
def up(config: str | None, host: str, port: int) -> None:
    """Run the service: Prefect server and UI, scheduled checks, sending.

    Starts with a check. Stop it with Ctrl-C or SIGTERM.
    """
    from deployments.service.bind_address import BindAddressError
    from deployments.service.prefect_api import PrefectError
    from deployments.service.supervisor import AlreadyUpError, Service

    context = open_migrated(settings_of(config))
    note_lack_of_operators(context.settings)
    _note_what_is_ignored(context.settings)
    try:
        Service(context, host, port).run()
    except (AlreadyUpError, BindAddressError) as error:
        raise UsageError(str(error)) from None
    except PrefectError as error:
        raise CommandFailedError(str(error)) from None


@click.command()
@click.option(
    "--write",
    "file",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write them to this file instead, for `prefect deploy`.",
)
@click.pass_obj
@in_one_line
def register(config: str | None, file: Path | None) -> None:
    """Register the deployments on the Prefect server of the settings.

    Starts nothing. With --write, writes a prefect.yaml for `prefect deploy --all` instead.
    """
    from deployments.service import environment
    from deployments.service import register as registration
    from deployments.service.prefect_api import PrefectError
    from deployments.service.prefect_server import existing_server, supported_version

    context = context_of(config, make=True)
    if file:
        registration.write(context, file)
        click.echo(f"wrote {file}; its first lines say how to use it")
        return
    _note_what_is_ignored(context.settings)
    server = existing_server(context)
    if server is None:
        raise UsageError(
            "the settings name no Prefect server; give api_url under [prefect]. "
            "The server that `ofsted-watch up` starts gets the deployments by itself"
        )
    try:
        supported_version(server.api())
        with tempfile.TemporaryDirectory(prefix="ofsted-watch-") as empty:
            of_the_command = environment.of_prefects_command(context, server)
            is_new = registration.register(server, context, of_the_command, Path(empty))
    except PrefectError as error:
        raise CommandFailedError(str(error)) from None
    done = "registered" if is_new else "already registered, nothing changed"
    click.echo(f"{server.api_url}: {done}: {', '.join(registration.NAMES)}")


def _note_what_is_ignored(settings: Settings) -> None:
    """Name the variables of another Prefect in the environment, which have no effect."""
    from deployments.service.environment import not_handed_on

    if ignored := not_handed_on(settings):
        url = settings.prefect.api_url
        why = f"uses {url}, as [prefect] says" if url else "runs and configures its own server"
        are = "is" if len(ignored) == 1 else "are"
        note(f"{', '.join(ignored)} in the environment {are} ignored: the service {why}")
