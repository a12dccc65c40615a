"""The outbox: alerts as files in a folder, while there are no recipients.

Each event becomes `<UTC time>-<event>.eml` and `.json` (the Teams payload). The names follow
from the event, so a repeat overwrites the same files and makes no second copy.
"""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from basics.atomic_write import write_atomically
from notifications import redaction
from notifications.send_results import SendResult

_UNFIT = re.compile(r"[^A-Za-z0-9._-]+")


def render(token: str, at: datetime, letter: bytes, card: dict[str, Any]) -> bytes:
    """Both files as one JSON document, which is stored before it is written."""
    name = f"{at.astimezone(UTC):%Y%m%dT%H%M%SZ}-{_UNFIT.sub('-', token)[:80]}"
    return json.dumps(
        {"name": name, "eml": letter.decode("ascii"), "card": card}, ensure_ascii=False
    ).encode()


def write(folder: Path, content: bytes) -> SendResult:
    """Write both files, each atomically."""
    parts = json.loads(content)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        card = json.dumps(parts["card"], ensure_ascii=False, indent=2)
        write_atomically(folder / f"{parts['name']}.json", card.encode())
        write_atomically(folder / f"{parts['name']}.eml", parts["eml"].encode("ascii"))
    except OSError as trouble:
        return SendResult("later", "write", None, redaction.words(trouble.strerror or trouble))
    return SendResult("sent", "write")
