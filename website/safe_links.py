"""Which addresses a page or workbook of ours may link to: what was read on a page is only data."""

from __future__ import annotations

from basics.web_addresses import plain_parts


def is_safe(address: str) -> bool:
    """Whether it is a plain https address, without a login."""
    return address.startswith("https://") and plain_parts(address) is not None
