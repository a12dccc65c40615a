"""The command that lists the authorities of England."""

from __future__ import annotations

import click

import ofsted
from deployments.cli import render_authorities
from deployments.cli.commands.shared import (
    CommandFailedError,
    answer,
    in_one_line,
    json_option,
    note,
)
from flows.settings import load
from flows.settings.load import SettingsError
from ofsted import UnknownName, authority_names
from ofsted.provider_key import ProviderKey


@click.command()
@click.argument("words", nargs=-1)
@json_option
@click.pass_obj
@in_one_line
def authorities(config: str | None, words: tuple[str, ...], *, as_json: bool) -> None:
    """List England's authorities with their URNs, codes and regions.

    WORDS is a name or a region as people write it, a URN or a code; without it, lists all.
    Also works while the settings have a mistake. Exits 1 if nothing matches.
    """
    wanted = " ".join(words)
    found = authority_names.search(wanted) if words else ofsted.authorities()
    lines = render_authorities.lines(found, _watched(config))
    if lines or as_json:
        answer(render_authorities.in_json, render_authorities.show, lines, as_json=as_json)
    if not lines:
        raise CommandFailedError(_why_none(wanted))


def _why_none(wanted: str) -> str:
    """The error of the library, which names the nearest; where nothing is near, what to do."""
    try:
        authority_names.one_or_region(wanted)
    except UnknownName as error:
        advice = "" if error.candidates else "; run `ofsted-watch authorities` to list all"
        return f"{error}{advice}"
    return f"nothing matches {wanted!r}"


def _watched(config: str | None) -> frozenset[ProviderKey] | None:
    """What is watched; None: the settings do not say, and what they lack is said on stderr."""
    try:
        return frozenset(each.key for each in load.load(config).watch)
    except SettingsError as error:
        note(f"the list does not show what is watched: {error}")
        return None
