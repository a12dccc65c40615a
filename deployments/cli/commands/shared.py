"""What the commands share: options, settings, answers and errors."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

import click

from deployments.cli import render
from flows.context.context import AppContext, open_context, recipient_warnings
from flows.context.shown_areas import shown_areas
from flows.settings import load
from flows.settings.load import SettingsError
from flows.settings.model import Settings
from storage.database import DatabaseError, DatabaseTroubleError
from storage.leases import BusyError, LeaseLostError
from storage.listed_documents import ShownArea

SOMETHING_WRONG, USAGE_ERROR = 1, 2
Command = TypeVar("Command", bound=Callable[..., Any])
Found = TypeVar("Found")


class UsageError(click.ClickException):
    """One line on stderr, exit 2."""

    exit_code = USAGE_ERROR

    def show(self, file: Any = None) -> None:
        """The line, with the program's name."""
        del file
        click.echo(f"ofsted-watch: {self.message}", err=True)


class CommandFailedError(UsageError):
    """One line on stderr, exit 1."""

    exit_code = SOMETHING_WRONG


def in_one_line(command: Command) -> Command:
    """Show errors in one line: exit 2 for usage and configuration, exit 1 for what went wrong."""

    @wraps(command)
    def careful(*args: Any, **kwargs: Any) -> Any:
        try:
            return command(*args, **kwargs)
        except (DatabaseTroubleError, BusyError, LeaseLostError) as error:
            raise CommandFailedError(str(error)) from None
        except (SettingsError, DatabaseError) as error:
            raise UsageError(str(error)) from None
        except BrokenPipeError:
            raise  # the reader of our output has closed the pipe
        except OSError as error:
            advice = "check that the folder exists, is writable and has free disk space"
            raise CommandFailedError(f"{error}; {advice}") from None

    return careful  # type: ignore[return-value]


json_option = click.option("--json", "as_json", is_flag=True, help="Print the answer as JSON.")


def authority_option(help_text: str) -> Callable[[Command], Command]:
    """`--authority`, once: a name or a URN."""
    return click.option("--authority", metavar="AUTHORITY", help=help_text)


def settings_of(config: str | None) -> Settings:
    """The settings; warnings about them go to stderr."""
    settings = load.load(config)
    if settings.file is None:
        note("no settings file found: checking Sutton; run `ofsted-watch init` to write one")
    for warning in (*load.warnings(settings), *recipient_warnings(settings)):
        note(warning)
    return settings


def note(words: str) -> None:
    """A line on stderr."""
    click.echo(f"note: {words}", err=True)


def note_lack_of_operators(settings: Settings) -> None:
    """Warn that no recipient is notified of problems, if so."""
    if lacking := load.lack_of_operators(settings):
        note(lacking)


def context_of(config: str | None, *, make: bool = False) -> AppContext:
    """The context of the settings; an older database stops the command.

    Args:
        make: a missing database is made; off: it stops the command, and nothing is made.
    """
    return open_context(settings_of(config), make=make)


def areas_of(context: AppContext, authority: str | None) -> dict[str, ShownArea]:
    """The areas that are watched, or that of one authority alone."""
    key = context.authority(authority).key if authority else None
    return shown_areas(each for each in context.settings.areas if key in {None, each.authority.key})


def answer(
    in_json: Callable[[Found], render.Json],
    in_words: Callable[[Found], None],
    found: Found,
    *,
    as_json: bool,
) -> None:
    """Print what was found, as one JSON document or for people."""
    if as_json:
        render.as_json(in_json(found))
    else:
        in_words(found)


def exit_unless(well: bool) -> None:
    """Exit 1 when something is wrong."""
    if not well:
        raise click.exceptions.Exit(SOMETHING_WRONG)
