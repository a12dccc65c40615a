"""The documents name all that there is, nothing that is not, and show what really comes."""

import json
import re
import shlex
from collections import defaultdict
from dataclasses import MISSING
from pathlib import Path
from typing import get_args

import click
import pytest
from click.testing import CliRunner

from deployments.cli.main import main
from flows.settings import model
from flows.settings.table import settings_of
from flows.settings.watched import WatchTable
from notifications import events
from tests.installation import REPORT_2025
from tests.shown_by import FAULTS, PROMISES

HOME = Path(__file__).parents[1]
DOCS = HOME / "docs"
PAGES = [HOME / "README.md", HOME / "CONTRIBUTING.md", HOME / "CHANGELOG.md", *DOCS.glob("*.md")]
PARTS = {
    "The file": model.Settings,
    "`[[watch]]`": WatchTable,
    "`[schedule]`": model.ScheduleSettings,
    "`[ofsted]`": model.OfstedSettings,
    "`[prefect]`": model.PrefectSettings,
    "`[ui]`": model.UiSettings,
    "`[website]`": model.WebsiteSettings,
    "`[monitor]`": model.MonitorSettings,
    "`[email]`": model.EmailSettings,
    "`[[recipients]]`": model.RecipientSettings,
}
OTHERWISE = {"needed", "-", "Sutton", "see below"}  # defaults that are said in words


def commands(group: click.Group, before: str = "") -> dict[str, click.Command]:
    found: dict[str, click.Command] = {}
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        assert command is not None
        found[before + name] = command
        if isinstance(command, click.Group):
            found |= commands(command, f"{before}{name} ")
    return found


def section(page: str, heading: str) -> str:
    """What stands under a heading of the second order."""
    return (DOCS / page).read_text().split(f"\n## {heading}\n")[1].split("\n## ")[0]


def rows(text: str) -> dict[str, str]:
    """The second cells of a table by what its first cells name."""
    return dict(re.findall(r"^\| `([^`]+)` \| (.*?) \|", text, re.MULTILINE))


@pytest.mark.parametrize("heading", PARTS)
def test_every_setting_is_described_and_no_other(heading):
    assert list(rows(section("settings.md", heading))) == list(settings_of(PARTS[heading]))


@pytest.mark.parametrize("heading", PARTS)
def test_the_defaults_are_those_of_the_program(heading):
    for name, said in rows(section("settings.md", heading)).items():
        field = settings_of(PARTS[heading])[name]
        if said in OTHERWISE:
            assert (field.default is MISSING) == (said == "needed"), name
            continue
        assert field.default is not MISSING, name
        assert said == _in_words(field.default), name


def _in_words(default):
    if isinstance(default, tuple):
        return ", ".join(f"`{each}`" for each in default)
    plain = str(default) if isinstance(default, Path) else default
    return f"`{plain if isinstance(plain, str) else json.dumps(plain)}`"


def test_the_commented_settings_file_names_every_setting_but_secrets_in_other_places():
    template = (HOME / "deployments" / "ofsted-watch.toml").read_text()
    elsewhere = {"auth", "password", "password_file", "apprise", "teams", "quiet_notice"}
    for part in PARTS.values():
        for name in settings_of(part):
            at_hand = name in elsewhere or name.endswith(("_env", "_file"))
            assert at_hand or re.search(rf"^#?\s*\[*{name}\b", template, re.MULTILINE), name


@pytest.mark.parametrize("name", commands(main))
def test_every_command_and_option_is_described(name):
    described = section("commands.md", f"`{name}`")
    command = commands(main)[name]
    assert command.help
    options = [each for each in command.params if isinstance(each, click.Option)]
    assert sorted(each.opts[0] for each in options) == sorted(
        re.findall(r"^- `(--[a-z-]+)", described, re.MULTILINE)
    )
    arguments = [each.human_readable_name for each in command.params if each not in options]
    assert arguments == re.findall(r"^- `([A-Z_]+)`", described, re.MULTILINE)
    assert f"\nofsted-watch {name}" in described


@pytest.mark.parametrize("name", commands(main))
def test_the_help_of_every_command_ends_with_the_example_of_the_documents(name):
    answer = CliRunner().invoke(main, [*name.split(), "--help"], env={"COLUMNS": "80"})
    [example] = re.findall(r"^ofsted-watch .*$", section("commands.md", f"`{name}`"), re.MULTILINE)
    assert answer.output.splitlines()[-1].strip() == f"Example: {example}"


def test_no_other_command_is_described():
    described = re.findall(r"^## `(.*)`$", (DOCS / "commands.md").read_text(), re.MULTILINE)
    assert described == sorted(commands(main))


def examples() -> list[str]:
    """Every line in the documents that runs the program, and every command between backticks."""
    found = []
    for page in PAGES:
        text = page.read_text()
        found += re.findall(r"(?:^ *|-- |&& |`)ofsted-watch ([a-z][^`\n&]*)", text, re.MULTILINE)
    return sorted(set(found))


@pytest.mark.parametrize("example", examples())
def test_every_example_is_understood(example):
    words = [word for word in shlex.split(example) if word not in {"URN", "ID"}]
    words += [{"URN": "80515", "ID": "12"}[word] for word in example.split() if word.isupper()]
    _understood(main, words)


def _understood(command, words):
    if isinstance(command, click.Group) and words:
        _, inner, rest = command.resolve_command(click.Context(command), words)
        _understood(inner, rest)
    else:
        command.make_context(command.name, list(words))


def test_every_message_to_operators_is_described_and_no_other():
    types = [
        each.__dataclass_fields__["type"].default
        for each in get_args(events.Event)
        if each.audience == "operators"
    ]
    assert len(types) > 10
    assert sorted(rows((DOCS / "operators.md").read_text())) == sorted(types)


def faults() -> list[str]:
    """The first cells of the tables in faults.md."""
    found = re.findall(r"^\| (.+?) \|", (DOCS / "faults.md").read_text(), re.MULTILINE)
    return [each for each in found if each != "what goes wrong"]


def promises() -> list[str]:
    """The lines of the lists headed "Promised:" in security.md."""
    lists = (DOCS / "security.md").read_text().split("\nPromised:\n\n")[1:]
    return [line[2:] for each in lists for line in each.split("\n\n")[0].splitlines()]


@pytest.mark.parametrize(
    ("written", "shown_by", "least"),
    [(faults, FAULTS, 100), (promises, PROMISES, 25)],
    ids=["faults", "promises"],
)
def test_every_fault_and_every_promise_is_shown_by_tests_that_are_there(written, shown_by, least):
    assert written() == list(shown_by)
    assert len(shown_by) > least
    files = defaultdict(str)  # of several folders, some have the same name
    for path in (HOME / "tests").rglob("test_*.py"):
        files[path.name] += path.read_text()
    for words, tests in shown_by.items():
        assert tests, words
        for test in tests:
            file, name = test.split("::")
            assert f"\ndef {name}(" in files[file], test


def test_the_readme_is_short():
    assert len((HOME / "README.md").read_text().splitlines()) <= 120


def anchors(page: Path) -> set[str]:
    """What a link can name of a page: its headings, as GitHub makes them into anchors."""
    headings = re.findall(r"^#+ (.+)$", page.read_text(), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", each.lower()).replace(" ", "-") for each in headings}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_somewhere(page):
    for link in re.findall(r"\]\(([^)\s]+)", page.read_text()):
        if not link.startswith("https://"):
            file, _, anchor = link.partition("#")
            target = page.parent / file if file else page
            assert target.exists(), link
            assert not anchor or anchor in anchors(target), link


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_source_files_that_are_named_are_there(page):
    named = re.findall(r"`((?:\w+/)+\w+\.(?:py|yaml|service|toml))`", page.read_text())
    assert [each for each in named if not (HOME / each).exists()] == []


def test_the_alert_in_the_tour_is_the_one_that_goes_out(installation):
    installation.settings["contact"] = "ofsted-watch@example.gov.uk"
    installation.at("2025-07-29 09:30")
    installation.publish(REPORT_2025)
    installation.check()
    (email,) = installation.emails_to("scrutiny")
    text = email.get_body(("plain",)).get_content()
    text = text.replace(installation.base, "https://reports.ofsted.gov.uk")
    sent = [f"Subject: {email['Subject']}", "", *text.strip().splitlines()]
    (shown,) = re.findall(r"```\n(Subject: .*?)\n```", (DOCS / "tour.md").read_text(), re.DOTALL)
    assert shown.splitlines() == sent


@pytest.mark.parametrize(
    "file",
    [
        ".ci/run",
        ".github/workflows/audit.yml",
        ".github/workflows/test.yml",
        ".pre-commit-config.yaml",
        "README.md",
    ],
)
def test_what_calls_make_calls_targets_that_are_there(file):
    targets = set(re.findall(r"^([a-z-]+):", (HOME / "Makefile").read_text(), re.MULTILINE))
    called = re.findall(
        r"(?:^|run: |entry: |`)make ((?:[a-z-]+ ?)+)", (HOME / file).read_text(), re.MULTILINE
    )
    assert called
    assert {target for line in called for target in line.split()} <= targets
