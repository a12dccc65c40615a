"""Commands that check the installation, and what it recorded and sent."""

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
    """Check that every listed report was recorded and every alert sent.

    Exits 1 if anything is missing. Operators are notified once of each discrepancy, when
    messages are next sent.
    """
    from flows.upkeep import audit_alerts

    audited = audit_alerts.audit(context_of(config))
    if as_json:
        render.as_json(json_api.audit(audited.found))
    else:
        click.echo("\n".join(safe(line) for line in audited.in_words().splitlines()))
    exit_unless(audited.is_well)


@click.command()
@click.option("--live", is_flag=True, help="Also check Ofsted's site, with about 30 requests.")
@json_option
@click.pass_obj
@in_one_line
def doctor(config: str | None, *, live: bool, as_json: bool) -> None:
    """Check settings, database, archive, recipients, schedules, website, disk and clock.

    Sends nothing to anyone. With --live, also checks that Ofsted's site is as this program
    expects. Exits 1 if something is wrong, 2 if there is no database yet (everything that
    needs none is still checked).
    """
    from deployments.doctor import examine

    found, missing = [], None
    try:
        for finding in examine(load.load(config), live=live):
            found.append(finding)
            if not as_json:
                render.finding(finding)
    except MissingDatabaseError as error:
        missing = error
    if as_json:
        render.as_json({"findings": [finding.as_json() for finding in found]})
    elif live:
        render.differences(found)
    if missing:
        raise missing
    exit_unless(all(finding.state != "wrong" for finding in found))
