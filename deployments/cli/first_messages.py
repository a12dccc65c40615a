"""Asks a person before anyone gets a welcome message."""

from __future__ import annotations

import sys
from collections.abc import Collection, Sequence

import click

from deployments.cli.render import VIA
from deployments.cli.tables import safe
from deployments.service.client import running_service
from flows.alerting.welcome import first_welcomes
from flows.context.context import AppContext
from notifications.recipients import Recipient
from notifications.words.plain import several
from ofsted.provider_key import ProviderKey


def may_be_sent(context: AppContext, keys: Collection[ProviderKey], *, yes: bool) -> bool:
    """Whether to send after a check of these pages; False if a person on a terminal says no.

    The recipients of welcome messages are named on stderr, even if nobody can be asked.
    """
    with context.database.read() as session:
        recipients = first_welcomes(session, context, keys, context.clock.now())
    if not recipients:
        return True
    click.echo(_named(recipients), err=True)
    if yes:
        return True
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        click.echo(
            "note: sending without asking, as this is not a terminal (see --no-send)", err=True
        )
        return True
    try:
        return click.confirm("Send messages after this check?", default=False, err=True)
    except click.Abort:  # Ctrl-C and Ctrl-D say no as well
        click.echo(err=True)
        return False


def _named(recipients: Sequence[Recipient]) -> str:
    """Names and channels, without addresses, since a webhook's address is a secret."""
    lines = (f"  {safe(each.name)} ({VIA[each.via]})" for each in recipients)
    head = f"A welcome message will go to {several(len(recipients), 'new recipient')}:"
    return "\n".join([head, *lines])


def nothing_sent(context: AppContext) -> str:
    """What happens to the messages that this check did not send."""
    if running_service(context.settings):
        return "this check sent no messages; the running service sends what is due"
    return (
        "no messages were sent; nothing is lost: the service, the next check or "
        "`ofsted-watch send` will send them"
    )
