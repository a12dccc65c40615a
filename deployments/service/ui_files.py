"""The files of Prefect's UI, in the data folder, since the service can write nowhere else."""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import urlsplit

PAGE = "v1/index.html"
# Prefect's catalogue of blocks loads pictures from other hosts; this makes browsers refuse them
POLICY = (
    "default-src 'self' 'unsafe-inline' 'unsafe-eval' data: blob:; "
    "connect-src 'self' ws: wss: {api}"
)


def folder(home: Path) -> Path:
    """Their folder."""
    return home / "ui"


def close(home: Path, public: str) -> None:
    """Make browsers call no other host; call this once the server has written its files.

    Args:
        public: the address at which people reach the UI, and the UI its server.
    """
    page = folder(home) / PAGE
    if not page.exists():
        return
    parts = urlsplit(public)
    policy = POLICY.format(api=f"{parts.scheme}://{parts.netloc}")
    meta = f'<meta http-equiv="Content-Security-Policy" content="{policy}">'
    said = re.sub(r"<meta http-equiv[^>]*>", "", page.read_text(encoding="utf-8"))
    page.write_text(said.replace("<head>", f"<head>{meta}", 1), encoding="utf-8")
