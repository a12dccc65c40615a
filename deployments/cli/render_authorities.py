"""The list of authorities, for people and as JSON."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

import click

from deployments.cli.json_api import Json
from deployments.cli.tables import Column, say, table
from ofsted import Authority
from ofsted.authority_names import other_names
from ofsted.provider_key import ProviderKey
from ofsted.successions import predecessors
from ofsted.text import say_day

_WATCHED = {True: "yes", False: "", None: "?"}


@dataclass(frozen=True, slots=True)
class AuthorityLine:
    """One authority, and whether it is watched; None: the settings do not say."""

    authority: Authority
    is_watched: bool | None


def lines(
    found: Iterable[Authority], watched: Collection[ProviderKey] | None
) -> list[AuthorityLine]:
    """The authorities in the given order; `watched` is None where the settings do not say."""
    return [
        AuthorityLine(each, None if watched is None else (each.code, each.urn) in watched)
        for each in found
    ]


def in_json(found: Iterable[AuthorityLine]) -> Json:
    """`authorities --json`."""
    return {
        "authorities": [
            {
                "code": line.authority.code,
                "urn": line.authority.urn,
                "name": line.authority.name,
                "other_names": [*other_names(line.authority)],
                "dfe_code": line.authority.dfe_code,
                "ons_code": line.authority.ons_code,
                "region": line.authority.region,
                "predecessors": [
                    {"name": each.name, "urn": each.urn, "until": each.since.isoformat()}
                    for each in predecessors(_key(line.authority))
                ],
                "watched": line.is_watched,
            }
            for line in found
        ]
    }


def _key(authority: Authority) -> ProviderKey:
    return ProviderKey(authority.code, authority.urn)


def show(found: Sequence[AuthorityLine]) -> None:
    """A line an authority, and below a line for each council that one took over from."""
    table(
        (
            Column("Authority", wraps=True),
            *map(Column, ("URN", "DfE", "ONS")),
            Column("Region", wraps=True),
            Column("Watched"),
        ),
        (
            (
                line.authority.name,
                line.authority.urn,
                line.authority.dfe_code,
                line.authority.ons_code,
                line.authority.region,
                _WATCHED[line.is_watched],
            )
            for line in found
        ),
    )
    before = [
        f"{line.authority.name} took over from {each.name} on {say_day(each.since)}."
        for line in found
        for each in predecessors(_key(line.authority))
    ]
    if before:
        click.echo()
    for words in before:
        say(words)
