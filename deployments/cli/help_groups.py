"""Help of a command group that lists its commands under headings."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from importlib import import_module

import click

from deployments.cli.examples import add_example


class GroupedCommands(click.Group):
    """Lists its commands under headings, if there are any; each with its first sentence whole.

    A command's module is imported when the command is asked for: a check, which is made a
    hundred times a day, does not load what the others need.
    """

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type] # click's own
        self._headings: Mapping[str, Iterable[str]] = {}
        self._modules: dict[str, str] = {}

    def add_under(self, package: str, headings: Mapping[str, Mapping[str, str]]) -> None:
        """Take commands in.

        Args:
            package: of the modules.
            headings: by the heading that they stand under: a command's name, and the module in
                which the function of that name is the command (`_` for `-`).
        """
        self._headings = headings
        self._modules = {
            name: f"{package}.{module}"
            for commands in headings.values()
            for name, module in commands.items()
        }

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Their names, in their order."""
        return [*self._modules, *super().list_commands(ctx)]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of this name, with an example at the end of its help; None: there is none."""
        found = super().get_command(ctx, cmd_name)
        if found is None and cmd_name in self._modules:
            module = import_module(self._modules[cmd_name])
            found = getattr(module, cmd_name.replace("-", "_"))
            assert isinstance(found, click.Command)  # noqa: S101  # by this module's own table
            add_example(found)
        return found

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write them, a section a heading; long summaries wrap, none is cut."""
        headings = self._headings or {"Commands": self.list_commands(ctx)}
        for heading, names in headings.items():
            commands = [(name, self.get_command(ctx, name)) for name in names]
            rows = [(name, each.get_short_help_str(limit=1000)) for name, each in commands if each]
            with formatter.section(heading):
                formatter.write_dl(rows)
