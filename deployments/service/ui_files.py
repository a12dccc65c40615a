"""The files of Prefect's UI, in a folder of ours: the service may write to no other."""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import urlsplit

PAGE = "v1/index.html"
# Prefect's catalogue of blocks loads pictures from other hosts; the browser is told not to
POLICY = (
    "default-src 'self' 'unsafe-inline' 'unsafe-eval' data: blob:; "
    "connect-src 'self' ws: wss: {api}"
)


def folder(home: Path) -> Path:
    """Where they lie."""
    return home / "ui"


def close(home: Path, public: str) -> None:
    """Tell browsers to ask no other host; after the server has laid its files there.

    Args:
        public: where people reach the UI, and it the server.
    """
    page = folder(home) / PAGE
    if not page.exists():
        return
    parts = urlsplit(public)
    policy = POLICY.format(api=f"{parts.scheme}://{parts.netloc}")
    meta = f'<meta http-equiv="Content-Security-Policy" content="{policy}">'
    said = re.sub(r"<meta http-equiv[^>]*>", "", page.read_text(encoding="utf-8"))
    page.write_text(said.replace("<head>", f"<head>{meta}", 1), encoding="utf-8")
