"""The command line. Answers go to stdout, progress and problems to stderr.

Exit 0: done. 1: done, and something is wrong. 2: usage or configuration error.
"""

from __future__ import annotations

import logging
import sys

import click

from deployments.cli.help_groups import GroupedCommands


@click.group(cls=GroupedCommands, context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--config", metavar="FILE", help="Settings file to use.")
@click.version_option(package_name="ofsted-watch")
@click.pass_context
def main(context: click.Context, config: str | None) -> None:
    """Check councils' pages on Ofsted's reports site and alert people to what changed.

    Settings are read from --config, $OFSTED_WATCH_CONFIG, ./ofsted-watch.toml or
    /etc/ofsted-watch.toml, whichever is found first. With no settings file, Ofsted Watch
    checks Sutton and writes alerts to a folder.
    """
    logging.basicConfig(stream=sys.stderr, level=logging.WARNING, format="%(message)s")
    context.obj = config


main.add_under(
    "deployments.cli.commands",
    {
        "See": {
            "status": "show",
            "reports": "show",
            "documents": "show",
            "history": "show",
            "events": "show",
            "messages": "messages",
            "authorities": "authorities",
        },
        "Do now": {
            "check": "check",
            "send": "check",
            "read": "show",
            "export": "export",
            "website": "website",
        },
        "Set up": {
            "init": "service",
            "test-alert": "messages",
            "doctor": "diagnose",
            "import-seeds": "check",
            "up": "service",
            "register": "service",
        },
        "Put right": {
            "preview": "show",
            "accept": "decide",
            "correct": "decide",
            "audit": "diagnose",
        },
        "Maintain": {
            "reread": "decide",
            "backup": "maintain",
            "restore": "maintain",
            "migrate": "maintain",
        },
    },
)


if __name__ == "__main__":
    main()
