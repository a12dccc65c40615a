"""robots.txt (RFC 9309): what a host allows us to fetch, and how slowly.

That of Ofsted's hosts has not been seen yet; `doctor --live` checks it (site contract, A14).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from protego import Protego

_LONGEST_PAUSE = 3600.0


@dataclass(frozen=True, slots=True)
class Rules:
    """What a robots.txt allows one user agent for one address."""

    allowed: bool
    pause: float  # seconds between requests; 0 if it gives none


def rules(text: str, agent: str, address: str) -> Rules:
    """The rules of a robots.txt.

    Args:
        text: the file; an empty one, or an HTML page in its place, allows everything.
        agent: the User-Agent; only its product, before the contact, counts.
        address: what is to be fetched.
    """
    product = agent.partition(" ")[0]
    parsed = _parsed(text)
    pause = parsed.crawl_delay(product) or 0.0
    return Rules(parsed.can_fetch(address, product), min(pause, _LONGEST_PAUSE))


@lru_cache(maxsize=4)  # needed at every request, for two hosts
def _parsed(text: str) -> Protego:
    text = text.lstrip("\ufeff \t\r\n")
    return Protego.parse("" if text.startswith("<") else text)
