"""The command line. Answers go to stdout, progress and problems to stderr.

Exit 0: done. 1: done, and something is wrong. 2: asked wrongly.
"""

from __future__ import annotations

import logging
import sys

import click

from deployments.cli.commands import check, decide, diagnose, messages, service, show
from deployments.cli.examples import add_examples


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


for command in (
    service.init,
    service.up,
    check.check,
    check.send,
    check.import_seeds,
    show.read,
    show.status,
    show.reports,
    show.history,
    show.events,
    messages.messages,
    show.preview,
    messages.test_alert,
    decide.accept,
    diagnose.audit,
    decide.reread,
    decide.correct,
    diagnose.doctor,
    service.migrate,
):
    main.add_command(command)
add_examples(main)


if __name__ == "__main__":
    main()
