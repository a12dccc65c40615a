"""Asking a person before anybody gets their first message."""

from __future__ import annotations

import sys
from collections.abc import Collection, Sequence

import click

from deployments.runs import running_service
from deployments.tables import safe
from flows.tools import Tools
from flows.welcome import first_welcomes
from notifications.recipients import Recipient
from notifications.words.plain import several

VIA = {"mail": "email", "teams": "Teams", "apprise": "Apprise", "outbox": "files in the outbox"}


def may_be_sent(tools: Tools, urns: Collection[str], *, yes: bool) -> bool:
    """Whether to send after a look at these pages: False where a person on a terminal says no.

    Whom first messages go to is said on stderr, also where nobody can be asked.
    """
    with tools.database.read() as session:
        recipients = first_welcomes(session, tools, urns, tools.clock.now())
    if not recipients:
        return True
    click.echo(_named(recipients), err=True)
    if yes:
        return True
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        click.echo("note: sent without asking: this is not a terminal (see --no-send)", err=True)
        return True
    try:
        return click.confirm("Send after this check?", default=False, err=True)
    except click.Abort:  # Ctrl-C and Ctrl-D say no as well
        click.echo(err=True)
        return False


def _named(recipients: Sequence[Recipient]) -> str:
    """Names and channels; no address, since a webhook's is a secret."""
    lines = (f"  {safe(each.name)} ({VIA[each.channel]})" for each in recipients)
    head = f"A first message, a welcome, goes to {several(len(recipients), 'recipient')}:"
    return "\n".join([head, *lines])


def nothing_sent(tools: Tools) -> str:
    """What becomes of the messages that were left out."""
    if running_service(tools.settings):
        return "no messages were sent by this check; the running service sends what is due"
    return (
        "no messages were sent; nothing is lost: the service, the next check or "
        "`ofsted-watch deliver` sends them"
    )
