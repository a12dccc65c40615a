"""Short names of authorities, for subject lines and run names."""

from __future__ import annotations

import re

PREFIXES = (
    "the",
    "london borough of",
    "royal borough of",
    "metropolitan borough of",
    "borough of",
    "city of",
    "council of",
)
SUFFIXES = (
    "metropolitan borough council",
    "metropolitan district council",
    "county council",
    "borough council",
    "city council",
    "district council",
    "council",
)
_INVERTED = re.compile(r", (?:city|county) of$", re.IGNORECASE)  # `Bristol, City of`
_CITY_OF_LONDON = "city of london"  # one authority of London's 33


def short_name(name: str) -> str:
    """`Sutton` for `London Borough of Sutton`; a name without such words is unchanged."""
    words = _INVERTED.sub("", " ".join(name.split()))
    if words.casefold().startswith(_CITY_OF_LONDON):
        return words[: len(_CITY_OF_LONDON)]
    for prefix in PREFIXES:
        if words.casefold().startswith(f"{prefix} "):
            words = words[len(prefix) + 1 :]
    for suffix in SUFFIXES:
        if words.casefold().endswith(f" {suffix}"):
            return words[: -len(suffix) - 1]
    return words


def slug(text: str) -> str:
    """`Kingston upon Thames` as `kingston-upon-thames`: for keys and tags."""
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")
