"""The types of provider that Ofsted inspects, in the words that people choose alerts by.

By the category that the search or the page prints; where that says no more than `Childcare` or
`School`, by the code in the page's address before it. What neither tells is `other`, so that
nothing is left out for want of a word.

Source: area contract, sections 2.2 and 3.1; codes and categories seen from 2023 to September 2026.
Those of fostering, adoption, family centres, supported accommodation and secure homes were not
seen: they are recognised by their words alone.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from ofsted.text import fold


@dataclass(frozen=True, slots=True)
class ProviderType:
    """A type of provider: `schools`, and one of them: `School`."""

    name: str
    one: str


AUTHORITIES = ProviderType("authorities", "Local authority")
SCHOOLS = ProviderType("schools", "School")
INDEPENDENT = ProviderType("independent schools", "Independent school")
COLLEGES = ProviderType("colleges", "Further education or skills provider")
NURSERIES = ProviderType("nurseries", "Nursery or pre-school")
CHILDMINDERS = ProviderType("childminders", "Childminder")
CHILDCARE = ProviderType("other childcare", "Childcare")
HOMES = ProviderType("children's homes", "Children's home")
ACCOMMODATION = ProviderType("supported accommodation", "Supported accommodation")
FOSTERING = ProviderType("fostering and adoption", "Fostering or adoption agency")
OTHER = ProviderType("other", "Provider")

TYPES = (
    AUTHORITIES,
    SCHOOLS,
    INDEPENDENT,
    COLLEGES,
    NURSERIES,
    CHILDMINDERS,
    CHILDCARE,
    HOMES,
    ACCOMMODATION,
    FOSTERING,
    OTHER,
)
BY_NAME = {each.name: each for each in TYPES}

# The first that matches counts: an independent special school is independent, and a further
# education college with childcare is a college.
_BY_WORDS = (
    (r"supported accommodation", ACCOMMODATION),
    (r"foster|adoption", FOSTERING),
    (r"(?:children's|secure) home|secure children|secure training", HOMES),
    (r"independent", INDEPENDENT),
    (r"college|further education|skills|apprentic|16 ?- ?19|post-16|higher education", COLLEGES),
    (r"childminder", CHILDMINDERS),
    (r"non-domestic|nurser(?:y|ies)(?! school)|pre-?school|playgroup", NURSERIES),
    (r"childcare on domestic|creche|home childcarer|nann(?:y|ies)", CHILDCARE),
)
_BY_GENERAL_WORDS = (  # which also stand for a childminder, or for an independent school
    (r"childcare|child care", CHILDCARE),
    (r"school|academy|pupil referral|alternative provision|primary|secondary|sixth.form", SCHOOLS),
)
_BY_CODE = {
    "1": SCHOOLS,
    "2": HOMES,
    "15": CHILDCARE,
    "16": NURSERIES,
    "17": CHILDMINDERS,
    "18": CHILDCARE,
    "20": SCHOOLS,
    "21": SCHOOLS,
    "22": SCHOOLS,
    "23": SCHOOLS,
    "24": SCHOOLS,
    "25": SCHOOLS,
    "27": INDEPENDENT,
    "28": SCHOOLS,
    "31": COLLEGES,
    "33": COLLEGES,
    "39": COLLEGES,
    "43": COLLEGES,
    "44": AUTHORITIES,
    "46": COLLEGES,
}


def provider_type(code: str | int, category: str | None) -> ProviderType:
    """The type of a provider.

    Args:
        code: in the address of its page, such as 16.
        category: as the search or the page prints it; None: it prints none.
    """
    by_code = _BY_CODE.get(str(code))
    if by_code is AUTHORITIES:  # and nothing else is, whatever its category: all get their reports
        return AUTHORITIES
    words = fold(category or "")
    return _by_words(_BY_WORDS, words) or by_code or _by_words(_BY_GENERAL_WORDS, words) or OTHER


def _by_words(known: Sequence[tuple[str, ProviderType]], words: str) -> ProviderType | None:
    return next((found for pattern, found in known if re.search(pattern, words)), None)


def withheld_name(kind: str, urn: str) -> str:
    """`Children's home, name withheld by Ofsted (URN SC123456)`, where a name would stand."""
    return f"{kind}, name withheld by Ofsted (URN {urn})"
