"""Addresses that somebody else wrote, and that people may be given to follow."""

from __future__ import annotations

from urllib.parse import SplitResult, urlsplit

MOST = 400  # characters
UNSAFE = frozenset(" \"'<>\\^`{|}")


def plain_parts(address: str) -> SplitResult | None:
    """The parts of an address that is plain ASCII, has a host and no login; None of any other."""
    is_plain = len(address) <= MOST and address.isascii() and address.isprintable()
    if not is_plain or UNSAFE & set(address):
        return None
    try:
        parts = urlsplit(address)
    except ValueError:
        return None
    return parts if parts.hostname and not parts.username else None
