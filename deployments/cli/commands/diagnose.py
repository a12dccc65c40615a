"""Commands that hold what we know against what is public, and look after the installation."""

from __future__ import annotations

import click

from deployments.cli import json_api, render
from deployments.cli.commands.shared import context_of, exit_unless, in_one_line, json_option
from deployments.cli.tables import safe
from flows.settings import load
from storage.database import MissingDatabaseError


@click.command()
@json_option
@click.pass_obj
@in_one_line
def audit(config: str | None, *, as_json: bool) -> None:
    """Hold the newest listing against what was recorded and sent. Exit 1 when there is a hole.

    Operators hear of each hole once, when messages are next sent.
    """
    from flows.upkeep import audit_alerts

    audited = audit_alerts.audit(context_of(config))
    if as_json:
        render.as_json(json_api.audit(audited.found))
    else:
        click.echo("\n".join(safe(line) for line in audited.in_words().splitlines()))
    exit_unless(audited.is_well)


@click.command()
@click.option("--live", is_flag=True, help="Also ask Ofsted's site whether it is as we believe.")
@json_option
@click.pass_obj
@in_one_line
def doctor(config: str | None, *, live: bool, as_json: bool) -> None:
    """Look after settings, database, archive, recipients, schedules, disk and clock.

    Nothing is sent to anybody. With --live also the site, politely, in about a dozen
    requests. Exit 1 when something is wrong, 2 when there is no database yet: then the rest
    is checked.
    """
    from deployments.doctor import examine

    found, missing = [], None
    try:
        for finding in examine(load.load(config), live=live):
            found.append(finding)
            if not as_json:
                render.finding(finding.as_json())
    except MissingDatabaseError as error:
        missing = error
    if as_json:
        render.as_json({"findings": [finding.as_json() for finding in found]})
    elif live:
        render.differences([finding.as_json() for finding in found])
    if missing:
        raise missing
    exit_unless(all(finding.state != "wrong" for finding in found))
