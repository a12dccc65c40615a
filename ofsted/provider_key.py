"""What identifies a provider: a URN alone is given twice, once a type of provider."""

from __future__ import annotations

from typing import NamedTuple

AUTHORITY = "44"  # the code of authorities
AREA = "area"  # stands for a code in what is kept of the search of a borough; Ofsted has no such


class ProviderKey(NamedTuple):
    """The type of a provider and its number, as the address of its page has them."""

    code: str
    urn: str

    def __str__(self) -> str:
        """`44:80515`."""
        return f"{self.code}:{self.urn}"
