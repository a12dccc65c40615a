"""How much time and memory the reading of one document may take.

Real reports have 3 to 58 pages, under 900 KB and about 150,000 characters; they need 21 MiB.
Malicious files of 168 KB take a minute of processor time and 6 GiB.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """Limits of one reading; a document that exceeds one is unreadable."""

    seconds: float = 20.0  # of wall clock; enforced by `read_apart` only
    memory: int = 1 << 30  # bytes of address space; likewise, and only on Unix
    size: int = 30 << 20  # bytes of the file
    pages: int = 200
    characters: int = 2_000_000
