"""The help of a group of commands: under headings, by what a person wants."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import click


class GroupedCommands(click.Group):
    """Lists its commands under headings, if there are any; each with its first sentence whole."""

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type] # click's own
        self._headings: dict[str, Sequence[click.Command]] = {}

    def add_under(self, headings: Mapping[str, Sequence[click.Command]]) -> None:
        """Take commands in, by the heading that they stand under."""
        self._headings |= headings
        for commands in headings.values():
            for command in commands:
                self.add_command(command)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write them, a section a heading; long summaries wrap, none is cut."""
        del ctx
        sections: Mapping[str, Iterable[click.Command]]
        sections = self._headings or {"Commands": self.commands.values()}
        for heading, commands in sections.items():
            rows = [(each.name or "", each.get_short_help_str(limit=1000)) for each in commands]
            with formatter.section(heading):
                formatter.write_dl(rows)
