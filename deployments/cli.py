"""The command line. Answers go to stdout, progress and problems to stderr.

Exit 0: done. 1: done, and something is wrong. 2: asked wrongly.
"""

from __future__ import annotations

import json
import logging
import sys
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from functools import wraps
from pathlib import Path
from typing import Any, TypeVar

import click

from deployments import answers, show
from flows import configuration
from flows.configuration import SettingsError
from flows.look import Ask, Looked
from flows.settings import Settings
from flows.tools import Tools, open_tools, recipient_warnings
from storage.database import DatabaseError

SOMETHING_WRONG, ASKED_WRONGLY = 1, 2
Command = TypeVar("Command", bound=Callable[..., Any])


class AskedWronglyError(click.ClickException):
    """One line on stderr, exit 2."""

    exit_code = ASKED_WRONGLY

    def show(self, file: Any = None) -> None:
        """The line, with the program's name."""
        del file
        click.echo(f"ofsted-watch: {self.message}", err=True)


def _in_one_line(command: Command) -> Command:
    @wraps(command)
    def careful(*args: Any, **kwargs: Any) -> Any:
        try:
            return command(*args, **kwargs)
        except (SettingsError, DatabaseError) as error:
            raise AskedWronglyError(str(error)) from None

    return careful  # type: ignore[return-value]


json_option = click.option("--json", "as_json", is_flag=True, help="Answer as JSON.")


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--config", metavar="FILE", help="The settings file.")
@click.version_option(package_name="ofsted-watch")
@click.pass_context
def main(context: click.Context, config: str | None) -> None:
    """Watch councils' pages on Ofsted's reports site and tell people what changed.

    Settings are looked for at --config, $OFSTED_WATCH_CONFIG, ./ofsted-watch.toml and
    /etc/ofsted-watch.toml. Without any, Sutton is watched and alerts are written to a folder.
    """
    logging.basicConfig(stream=sys.stderr, level=logging.WARNING, format="%(message)s")
    context.obj = config


def _settings(config: str | None) -> Settings:
    settings = configuration.load(config)
    if settings.file is None:
        _note("no settings file: the defaults watch Sutton; `ofsted-watch init` writes one")
    for warning in (*configuration.warnings(settings), *recipient_warnings(settings)):
        _note(warning)
    return settings


def _note(words: str) -> None:
    click.echo(f"note: {words}", err=True)


def _note_lack_of_operators(settings: Settings) -> None:
    if lacking := configuration.lack_of_operators(settings):
        _note(lacking)


def _tools(config: str | None) -> Tools:
    return open_tools(_settings(config))


@main.command()
@click.argument("file", default="ofsted-watch.toml", type=click.Path(path_type=Path))
def init(file: Path) -> None:
    """Write a commented settings file; never over one that is there."""
    template = Path(__file__).with_name("ofsted-watch.toml").read_text(encoding="utf-8")
    try:
        with file.open("x", encoding="utf-8") as written:
            written.write(template)
        file.chmod(0o600)
    except FileExistsError:
        raise AskedWronglyError(f"{file} is there already; name another, or edit it") from None
    except OSError as error:
        raise AskedWronglyError(f"{file} cannot be written: {error.strerror}") from None
    click.echo(f"wrote {file}; edit it, then try `ofsted-watch --config {file} look`")


@main.command()
@click.option("--plain", is_flag=True, help="In this process, without Prefect.")
@click.option("--urn", "urns", multiple=True, help="Only this authority; may be repeated.")
@json_option
@click.pass_obj
@_in_one_line
def look(config: str | None, *, plain: bool, urns: tuple[str, ...], as_json: bool) -> None:
    """Look now and send what is due.

    As a flow run when the service is up (waits for it and shows it); otherwise, or with
    --plain, in this process. Exit 1 when a page is not well or a file newly failed.
    """
    tools = _tools(config)
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
    _exit_unless(all(each.is_well for each in looked))


def _look_in_service(tools: Tools, urns: Iterable[str]) -> list[Looked] | None:
    from deployments import runs

    service = runs.running_service(tools.settings)
    if service is None:
        return None
    click.echo(f"the service is up: asking it to look ({service.ui})", err=True)
    return runs.look(service, tools, list(urns))


@main.command()
@click.option("--plain", is_flag=True, help="In this process, without Prefect.")
@json_option
@click.pass_obj
@_in_one_line
def deliver(config: str | None, *, plain: bool, as_json: bool) -> None:
    """Send what is due. Exit 1 when something was tried and not sent."""
    del plain  # sending is the same with and without the service
    from flows.deliver import deliver as send

    delivered = send(_tools(config))
    if as_json:
        show.as_json({"outcomes": dict(delivered.outcomes)})
    else:
        click.echo(delivered.in_words())
    _exit_unless(delivered.is_well)


@main.command("import-seeds")
@click.argument("files", nargs=-1, type=click.Path(path_type=Path))
@json_option
@click.pass_obj
@_in_one_line
def import_seeds(config: str | None, files: tuple[Path, ...], *, as_json: bool) -> None:
    """Take in the packaged seeds, or those named, as history. A second time changes nothing."""
    from flows import seeding

    tools = _tools(config)
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


@main.command()
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@json_option
def read(files: tuple[Path, ...], *, as_json: bool) -> None:
    """Read PDFs or texts and print what is in them. Exit 1 when one could not be read."""
    from ofsted import read_apart

    statuses = []
    for file in files:
        try:
            reading = read_apart(file)
        except OSError as error:
            raise AskedWronglyError(f"{file}: {error.strerror}") from None
        statuses.append(reading.status)
        found = {"file": str(file), **reading.as_json()}
        if as_json:
            click.echo(json.dumps(found, ensure_ascii=False))
        else:
            show.reading(found)
    _exit_unless("unread" not in statuses)


def _answer(
    name: str, answer: Callable[[Tools], show.Json], config: str | None, *, as_json: bool
) -> None:
    found = answer(_tools(config))
    if as_json:
        show.as_json(found)
    else:
        getattr(show, name)(found)


@main.command()
@json_option
@click.pass_obj
@_in_one_line
def status(config: str | None, *, as_json: bool) -> None:
    """Show how everything stands, on one screen. Exit 1 when something is wrong."""
    from deployments import runs

    tools = _tools(config)
    _note_lack_of_operators(tools.settings)
    service = runs.running_service(tools.settings)
    found = answers.status(tools, service.ui if service else None)
    if as_json:
        show.as_json(found)
    else:
        show.status(found)
    _exit_unless(answers.is_healthy(tools))


@main.command()
@click.option("--urn", help="Only this authority.")
@json_option
@click.pass_obj
@_in_one_line
def reports(config: str | None, *, urn: str | None, as_json: bool) -> None:
    """Show every report known."""
    _answer("reports", lambda tools: answers.reports(tools, urn), config, as_json=as_json)


@main.command()
@click.option("--urn", help="Only this authority.")
@json_option
@click.pass_obj
@_in_one_line
def history(config: str | None, *, urn: str | None, as_json: bool) -> None:
    """Show judgements through time, with comparisons."""
    _answer("history", lambda tools: answers.history(tools, urn), config, as_json=as_json)


@main.command()
@click.option("--since", type=click.DateTime(["%Y-%m-%d"]), help="Only from this day on.")
@click.option("--audience", type=click.Choice(["readers", "operators"]))
@json_option
@click.pass_obj
@_in_one_line
def events(
    config: str | None, *, since: datetime | None, audience: str | None, as_json: bool
) -> None:
    """Show what people were or will be told."""
    start = since.replace(tzinfo=UTC) if since else None
    _answer("events", lambda tools: answers.events(tools, start, audience), config, as_json=as_json)


@main.group(invoke_without_command=True)
@json_option
@click.pass_context
def deliveries(context: click.Context, *, as_json: bool) -> None:
    """Show what is owed and what was sent; make it due now, or give it up."""
    if context.invoked_subcommand is None:
        _in_one_line(_answer)("deliveries", answers.deliveries, context.obj, as_json=as_json)


@deliveries.command()
@click.argument("ids", nargs=-1, required=True, type=int)
@click.pass_obj
@_in_one_line
def retry(config: str | None, ids: tuple[int, ...]) -> None:
    """Make deliveries due now, also those that were given up."""
    from storage.deliveries import retry as make_due

    _change_deliveries(config, ids, make_due, "due now")


@deliveries.command()
@click.argument("ids", nargs=-1, required=True, type=int)
@click.pass_obj
@_in_one_line
def settle(config: str | None, ids: tuple[int, ...]) -> None:
    """Give deliveries up by hand."""
    from storage.deliveries import settle as give_up

    _change_deliveries(config, ids, give_up, "settled")


def _change_deliveries(
    config: str | None, ids: tuple[int, ...], change: Callable[..., list[int]], done: str
) -> None:
    tools = _tools(config)
    with tools.database.write() as session:
        found = change(session, ids, tools.clock.now())
    for each in found:
        click.echo(f"delivery {each}: {done}")
    missing = sorted(set(ids) - set(found))
    if missing:
        named = ", ".join(map(str, missing))
        raise AskedWronglyError(f"no delivery waits or was given up under: {named}")


@main.command("test-alert")
@click.argument("recipient", required=False)
@click.option("--dry-run", is_flag=True, help="Show it, send nothing.")
@json_option
@click.pass_obj
@_in_one_line
def test_alert(config: str | None, recipient: str | None, *, dry_run: bool, as_json: bool) -> None:
    """Send the alert of the newest report known, marked as a test, to one recipient or all."""
    from deployments.rehearsal import NothingKnownError, UnknownRecipientError, rehearse

    tools = _tools(config)
    try:
        results = rehearse(tools, recipient, dry_run=dry_run)
    except (NothingKnownError, UnknownRecipientError) as error:
        raise AskedWronglyError(str(error)) from None
    if as_json:
        show.as_json({"recipients": [each.as_json() for each in results]})
    else:
        for each in results:
            click.echo(each.in_words())
    _exit_unless(all(each.outcome in {"sent", "shown"} for each in results))


@main.command()
@click.argument("event", type=int)
@click.option("--out", type=click.Path(path_type=Path), help="Write the files to this folder.")
@json_option
@click.pass_obj
@_in_one_line
def preview(config: str | None, event: int, *, out: Path | None, as_json: bool) -> None:
    """Show an event as people get it; with --out write it as .html, .txt, .eml and .json."""
    from deployments.previews import NoSuchEventError
    from deployments.previews import preview as preview_event

    try:
        found = preview_event(_tools(config), event)
    except NoSuchEventError as error:
        raise AskedWronglyError(str(error)) from None
    files = found.write(out) if out else []
    if as_json:
        show.as_json({"event": event, "text": found.text, "files": [str(file) for file in files]})
    else:
        click.echo("\n".join(map(str, files)) if files else found.text)


@main.command()
@click.argument("urn")
@click.pass_obj
@_in_one_line
def accept(config: str | None, urn: str) -> None:
    """Take a suspect listing as it is at the next look; what is gone from it is withdrawn."""
    from flows.look import accept as accept_listing

    tools = _tools(config)
    watch = tools.watch(urn)
    accept_listing(tools, watch)
    click.echo(f"{show.safe(watch.name)} ({urn}): the next look takes the list as it is")


@main.command()
@click.pass_obj
@_in_one_line
def migrate(config: str | None) -> None:
    """Bring the database to this version."""
    tools = open_tools(_settings(config), migrate=True)
    from storage.database import newest_version

    click.echo(f"the database {tools.database.name} is of version {newest_version()}")


@main.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Where the UI listens.")
@click.option("--port", default=4200, show_default=True, help="Its port.")
@click.pass_obj
@_in_one_line
def up(config: str | None, host: str, port: int) -> None:
    """Run the service: Prefect server, UI, schedules and a first look. Stop it with SIGTERM."""
    from deployments.prefect_api import PrefectError
    from deployments.service import AlreadyUpError, Service

    tools = open_tools(_settings(config), migrate=True)
    _note_lack_of_operators(tools.settings)
    try:
        Service(tools, host, port).run()
    except AlreadyUpError as error:
        raise AskedWronglyError(str(error)) from None
    except PrefectError as error:
        raise click.ClickException(str(error)) from None


def _exit_unless(well: bool) -> None:
    if not well:
        raise click.exceptions.Exit(SOMETHING_WRONG)


if __name__ == "__main__":
    main()
