"""What identifies a provider: a URN alone is given twice, once a type of provider."""

from __future__ import annotations

import re
from typing import NamedTuple

AUTHORITY = "44"  # the code of authorities
AREA = "area"  # stands for a code in what is kept of the search of an area; Ofsted has no such
_URN_LABEL = re.compile(r"^urn\b[\s:]*", re.IGNORECASE)


class ProviderKey(NamedTuple):
    """The type of a provider and its number, as the address of its page has them."""

    code: str
    urn: str

    def __str__(self) -> str:
        """`44:80515`."""
        return f"{self.code}:{self.urn}"


def is_bare_urn(name: str, urn: str) -> bool:
    """Whether a name is only the URN, as Ofsted writes it where it withholds the name.

    Args:
        name: `URN: SC123456` or `SC123456`.
        urn: of the provider.
    """
    return _URN_LABEL.sub("", name.strip()).casefold() == urn.casefold()
