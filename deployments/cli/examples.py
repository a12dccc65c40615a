"""An example for the help text of every command."""

from __future__ import annotations

import click

EXAMPLES = {  # command -> what follows `ofsted-watch`
    each.split(" ")[0]: each
    for each in (
        "accept Sutton",
        "audit",
        "authorities kingston",
        "backup ofsted-watch.tar",
        "correct 50283346 --confirm",
        "send",
        "messages",
        "doctor --live",
        "documents --type schools --since 2026-11-01",
        "events --since 2025-07-01 --audience readers",
        "export --format xlsx --out tables/",
        "history --json",
        "import-seeds",
        "init /etc/ofsted-watch.toml",
        "check --authority 80515",
        "migrate",
        "preview 2 --out preview",
        "read --json report.pdf",
        "register --write prefect.yaml",
        "reports --authority 80515",
        "reread --dry-run",
        "restore ofsted-watch.tar",
        "status",
        "test-alert scrutiny --dry-run",
        "up --port 4200",
        "website",
    )
} | {"messages retry": "messages retry 12", "messages cancel": "messages cancel 12"}


def add_example(command: click.Command, before: str = "") -> None:
    """End the help text of a command, and of those under it, with its example."""
    name = f"{before}{command.name}"
    if example := EXAMPLES.get(name):
        command.epilog = f"Example: ofsted-watch {example}"
    if isinstance(command, click.Group):
        for each in command.commands.values():
            add_example(each, f"{name} ")
