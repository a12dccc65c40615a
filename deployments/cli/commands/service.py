"""Commands that set up and run the service."""

from __future__ import annotations

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
    from deployments.service.environment import not_handed_on
    from deployments.service.prefect_api import PrefectError
    from deployments.service.supervisor import AlreadyUpError, Service

    context = open_migrated(settings_of(config))
    note_lack_of_operators(context.settings)
    if vain := not_handed_on(context.settings):
        what = f"{', '.join(vain)} in the environment {'is' if len(vain) == 1 else 'are'} ignored"
        url = context.settings.prefect.api_url
        why = f"uses {url}, as [prefect] says" if url else "runs and configures its own server"
        note(f"{what}: the service {why}")
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
    from deployments.service import registering
    from deployments.service.prefect_api import PrefectError

    context = context_of(config, make=True)
    try:
        said = registering.write(context, file) if file else registering.register(context)
    except registering.NoServerError as error:
        raise UsageError(str(error)) from None
    except PrefectError as error:
        raise CommandFailedError(str(error)) from None
    click.echo(said)
