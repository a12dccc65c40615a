"""Which addresses a page or workbook of ours may link to: what was read on a page is only data."""

from __future__ import annotations

from urllib.parse import urlsplit

_MOST = 400  # characters
_UNSAFE = frozenset(" \"'<>\\^`{|}")


def is_safe(address: str) -> bool:
    """Whether it is a plain https address, without a login."""
    if len(address) > _MOST or not address.isascii() or not address.isprintable():
        return False
    if not address.startswith("https://") or _UNSAFE & set(address):
        return False
    try:
        parts = urlsplit(address)
    except ValueError:
        return False
    return bool(parts.hostname) and not parts.username
