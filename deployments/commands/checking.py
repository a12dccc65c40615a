"""Commands that hold what we know against what is public, and look after the installation."""

from __future__ import annotations

import click

from deployments import answers, show
from deployments.commands.shared import exit_unless, in_one_line, json_option, tools_of
from deployments.tables import safe
from flows import configuration
from storage.database import MissingDatabaseError


@click.command()
@json_option
@click.pass_obj
@in_one_line
def check(config: str | None, *, as_json: bool) -> None:
    """Hold the newest listing against what was recorded and sent. Exit 1 when there is a hole.

    Operators hear of each hole once, when messages are next sent.
    """
    from flows.holes import check as look_for_holes

    checked = look_for_holes(tools_of(config))
    if as_json:
        show.as_json(answers.check(checked.found))
    else:
        click.echo("\n".join(safe(line) for line in checked.in_words().splitlines()))
    exit_unless(checked.is_well)


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
        for finding in examine(configuration.load(config), live=live):
            found.append(finding)
            if not as_json:
                show.finding(finding.as_json())
    except MissingDatabaseError as error:
        missing = error
    if as_json:
        show.as_json({"findings": [finding.as_json() for finding in found]})
    elif live:
        show.differences([finding.as_json() for finding in found])
    if missing:
        raise missing
    exit_unless(all(finding.state != "wrong" for finding in found))
