"""The documents name all that there is."""

from pathlib import Path

import click
import pytest

from deployments.cli import main
from flows import settings
from notifications import news

DOCS = Path(__file__).parents[1] / "docs"
PARTS = (
    settings.Fields,
    settings.Watch,
    settings.Schedule,
    settings.Site,
    settings.Mail,
    settings.Recipient,
)


def commands(group: click.Group, before: str = "") -> dict[str, click.Command]:
    found = {}
    for name, command in group.commands.items():
        found[before + name] = command
        if isinstance(command, click.Group):
            found |= commands(command, f"{before}{name} ")
    return found


@pytest.mark.parametrize("part", PARTS)
def test_every_setting_is_described(part):
    described = (DOCS / "settings.md").read_text()
    assert [name for name in part.model_fields if f"| `{name}` |" not in described] == []


@pytest.mark.parametrize("name", commands(main))
def test_every_command_and_option_is_described(name):
    described = (DOCS / "commands.md").read_text()
    assert f"## `{name}`\n" in described
    section = described.split(f"## `{name}`\n")[1].split("\n## ")[0]
    command = commands(main)[name]
    assert command.help
    options = [each for each in command.params if isinstance(each, click.Option)]
    assert [each.opts[0] for each in options if f"`{each.opts[0]}" not in section] == []


def test_every_message_to_operators_is_described():
    described = (DOCS / "operators.md").read_text()
    types = [
        each.__dataclass_fields__["type"].default
        for each in news.News.__args__
        if each.audience == "operators"
    ]
    assert len(types) > 10
    assert [type_ for type_ in types if f"| `{type_}` |" not in described] == []


def test_the_readme_is_short_and_its_links_lead_somewhere():
    readme = DOCS.parent / "README.md"
    text = readme.read_text()
    assert len(text.splitlines()) <= 120
    links = [part.split(")")[0] for part in text.split("](")[1:]]
    local = [link for link in links if not link.startswith("http")]
    assert [link for link in local if not (readme.parent / link).exists()] == []
