"""How much one document may ask of us.

Real reports have 3 to 58 pages, under 900 KB and about 150,000 characters; they need
21 MiB. Bombs of 168 KB hold a processor for a minute and ask for 6 GiB.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """What a reading may cost; past it the document is unreadable."""

    seconds: float = 20.0  # of wall clock; only `read_apart` can hold to it
    memory: int = 1 << 30  # bytes of address space; likewise, and only where the system can
    size: int = 30 << 20  # bytes of the file
    pages: int = 200
    characters: int = 2_000_000
