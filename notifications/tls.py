"""The TLS context for servers that we call."""

from __future__ import annotations

import ssl
from pathlib import Path


def tls_context(ca_file: Path | None) -> ssl.SSLContext:
    """A context that trusts the usual certificate authorities, and those of a file if given.

    Raises:
        OSError: the file cannot be read, or holds no certificate (ssl.SSLError).
    """
    context = ssl.create_default_context()
    if ca_file:
        context.load_verify_locations(ca_file)
    return context
