"""robots.txt, as RFC 9309 has it: what a host lets us read, and how slowly.

Nobody has seen the one of Ofsted's hosts yet; `doctor --live` looks at it (A14).
"""

from __future__ import annotations

from dataclasses import dataclass
from urllib.robotparser import RobotFileParser


@dataclass(frozen=True, slots=True)
class Rules:
    """What a robots.txt asks of one visitor for one address."""

    allowed: bool
    pause: float  # seconds between requests, 0 if it names none


def rules(text: str, agent: str, address: str) -> Rules:
    """What a robots.txt says.

    Args:
        text: the file; an empty one, or a page of HTML in its place, allows everything.
        agent: the User-Agent; the part before the slash counts.
        address: what is to be asked for.
    """
    if text.lstrip("\ufeff \t\r\n").startswith("<"):
        return Rules(allowed=True, pause=0.0)
    parser = RobotFileParser()
    parser.parse([line for line in text.lstrip("\ufeff").splitlines() if _can_be_parsed(line)])
    pause = parser.crawl_delay(agent) or 0
    return Rules(parser.can_fetch(agent, address), float(min(int(pause), 3600)))


def _can_be_parsed(line: str) -> bool:
    """The standard library's parser gives up the whole file over one line that it cannot read."""
    try:
        RobotFileParser().parse(["User-agent: *", line])
    except ValueError:
        return False
    return True
