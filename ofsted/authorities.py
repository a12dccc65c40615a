"""The 153 authorities whose services for children Ofsted inspects, recognised by their names.

`authorities.csv`: URNs as on Ofsted's site, names as the Office for National Statistics writes
them, other names behind, then the codes of the Department for Education and of the Office for
National Statistics, and the region. Authorities that are no more (Cumbria, Northamptonshire) are
not in it: their reports stand on their successors' pages. Contains public sector information
licensed under the Open Government Licence v3.0.

What a person means by a name is found in `authority_names`.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from ofsted.text import fold

TABLE = Path(__file__).with_name("authorities.csv")
_GENERIC = re.compile(  # words that many authorities' names have
    r"a|and|of|the|city|county|royal|metropolitan|unitary|borough|district|area|local"
    r"|council|authority|corporation|partnership|safeguarding|board|children|childrens|services?"
    r"|bc|cbc|cc|dc|lb|lbc|mb|mbc|mdc|rb|ua"
)
_WRITTEN_OUT: Mapping[str, str] = {  # words that stand for another
    "saint": "st",
    "upon": "on",
    "n": "north",
    "e": "east",
    "s": "south",
    "w": "west",
    "ne": "north east",
    "nw": "north west",
    "se": "south east",
    "sw": "south west",
    "mids": "midlands",
    "beds": "bedfordshire",
    "berks": "berkshire",
    "bucks": "buckinghamshire",
    "cambs": "cambridgeshire",
    "derbys": "derbyshire",
    "glos": "gloucestershire",
    "hants": "hampshire",
    "herts": "hertfordshire",
    "lancs": "lancashire",
    "leics": "leicestershire",
    "lincs": "lincolnshire",
    "northants": "northamptonshire",
    "notts": "nottinghamshire",
    "oxon": "oxfordshire",
    "salop": "shropshire",
    "staffs": "staffordshire",
    "warks": "warwickshire",
    "wilts": "wiltshire",
    "worcs": "worcestershire",
    "yorks": "yorkshire",
}


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
def authorities() -> tuple[Authority, ...]:
    """All 153, by name."""
    text = TABLE.read_text(encoding="utf-8")
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
    authorities together, an abolished one), and where the URN is not in the list. Names that
    people only say (`Kingston`) are none: a doubt needs more.
    """
    known = by_bare_name()
    if urn not in {each.urn for each in authorities()}:
        return None
    named = known.get(bare(name))
    return named.name if named and named.urn != urn else None


@cache
def by_bare_name() -> dict[str, Authority]:
    """Every authority by each of its own names, as `bare` has them."""
    return {bare(name): each for each in authorities() for name in (each.name, *each.also)}


def bare(name: str) -> str:
    """A name without the words that many have: equal for all ways of writing it.

    `sutton` for `the London Borough of Sutton`, `stockton on tees` for `Stockton-upon-Tees`,
    `north yorkshire` for `N. Yorks County Council`. `City of London` is not `London`, the region.
    """
    plain = re.sub(r"[.']", "", fold(name)).replace("london borough", "")
    words = re.findall(r"\w+", plain)
    found = [_WRITTEN_OUT.get(word, word) for word in words if not _GENERIC.fullmatch(word)]
    of_the_city = found == ["london"] and not {"city", "corporation"}.isdisjoint(words)
    return "city of london" if of_the_city else " ".join(found)
