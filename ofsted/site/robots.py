"""robots.txt, as RFC 9309 has it: what a host lets us read, and how slowly.

The project has not seen the one of Ofsted's hosts yet; `doctor --live` checks it (A14).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from protego import Protego

_LONGEST_PAUSE = 3600.0


@dataclass(frozen=True, slots=True)
class Rules:
    """What a robots.txt asks of one visitor for one address."""

    allowed: bool
    pause: float  # seconds between requests, 0 if it names none


def rules(text: str, agent: str, address: str) -> Rules:
    """What a robots.txt says.

    Args:
        text: the file; an empty one, or a page of HTML in its place, allows everything.
        agent: the User-Agent; its product counts, and nothing of the contact behind it.
        address: what is to be asked for.
    """
    product = agent.partition(" ")[0]
    parsed = _parsed(text)
    pause = parsed.crawl_delay(product) or 0.0
    return Rules(parsed.can_fetch(address, product), min(pause, _LONGEST_PAUSE))


@lru_cache(maxsize=4)  # asked at every request, of two hosts
def _parsed(text: str) -> Protego:
    text = text.lstrip("\ufeff \t\r\n")
    return Protego.parse("" if text.startswith("<") else text)
