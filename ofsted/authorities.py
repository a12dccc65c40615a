"""The 153 authorities whose services for children Ofsted inspects, recognised by their names.

`authorities.csv`: URNs as on Ofsted's site, names as the Office for National Statistics writes
them, other names behind, then the codes of the Department for Education and of the Office for
National Statistics, and the region. Authorities that are no more (Cumbria, Northamptonshire) are
not in it: their reports stand on their successors' pages. Contains public sector information
licensed under the Open Government Licence v3.0.
"""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from ofsted.text import fold, squeeze

_GENERIC = re.compile(  # words that many authorities' names have
    r"\b(?:the|of|london borough|royal|borough|metropolitan|district|city|county|council|mbc"
    r"|corporation|local|authority|area|partnership|safeguarding|childrens?|services|board)\b"
)


@dataclass(frozen=True, slots=True)
class Authority:
    """A council with a page for its children's services."""

    urn: str
    name: str
    also: tuple[str, ...]  # its other names
    dfe_code: str
    ons_code: str
    region: str
    code: str = "44"  # the type of provider that authorities are


@cache
def every_authority() -> tuple[Authority, ...]:
    """All 153, by name."""
    text = files("ofsted").joinpath("authorities.csv").read_text(encoding="utf-8")
    return tuple(
        Authority(
            urn=row["urn"],
            name=row["name"],
            also=tuple(filter(None, row["also"].split(";"))),
            dfe_code=row["dfe_code"],
            ons_code=row["ons_code"],
            region=row["region"],
        )
        for row in csv.DictReader(text.splitlines())
    )


@cache
def named_other(name: str, urn: str) -> str | None:
    """The name of another authority than the one with this URN, if the printed name is its name.

    None for a name of the same authority, for a name of none in the list (a Trust, several
    authorities together, an abolished one), and where the URN is not in the list.
    """
    known, found = _by_name(), _bare(name)
    if urn not in {each for each, _ in known.values()}:
        return None
    named_urn, named = known.get(found, (urn, ""))
    return named if named_urn != urn else None


@cache
def _by_name() -> dict[str, tuple[str, str]]:
    """Bare name -> URN and name."""
    return {
        _bare(name): (each.urn, each.name)
        for each in every_authority()
        for name in (each.name, *each.also)
    }


def _bare(name: str) -> str:
    """`sutton` for `the London Borough of Sutton`, `stockton on tees` for `Stockton-on-Tees`."""
    flat = re.sub(r"[.,']", "", fold(name)).replace("&", " and ").replace("-", " ")
    return squeeze(_GENERIC.sub(" ", flat))
