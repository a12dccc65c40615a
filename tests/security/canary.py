"""A word planted in every secret setting, and the search for it in all that is written."""

from __future__ import annotations

import base64
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

from tests.installation import Installation

WORD = "c4n4rYqZ7"  # no word of ours or of any library
OWN = ("secret-", "ofsted-watch.toml")  # where a person put it
PASSWORD = f"{WORD}-mail/p@ss"
LOGIN = f"watch:{WORD}-ui"


def plant(installation: Installation, how: str, port: int) -> dict[str, str]:
    """Put the word into every secret setting; gives the environment that goes with them.

    Args:
        installation: its settings are changed.
        how: `value`, `env` or `file`.
        port: where services that nobody sees should be.
    """
    secrets = {
        ("email", "password"): PASSWORD,
        ("ui", "auth"): LOGIN,
        ("channel", "teams"): installation.teams.url.replace("s3cr3t-Sig", f"{WORD}-sig"),
        (
            "phone",
            "apprise",
        ): f"json://{WORD}-user:{WORD}-pw@127.0.0.1:{port}/{WORD}-path?+X={WORD}",
    }
    tables: dict[str, dict[str, Any]] = {
        "email": {**installation.settings["email"], "username": "watch"},
        "ui": {},
        "channel": {"name": "channel"},
        "phone": {"name": "phone"},
    }
    environment = {}
    for (table, field), secret in secrets.items():
        if how == "value":
            tables[table][field] = secret
        elif how == "env":
            environment[f"SECRET_{table.upper()}"] = secret
            tables[table][f"{field}_env"] = f"SECRET_{table.upper()}"
        else:
            file = installation.folder / f"secret-{table}"
            file.write_text(secret + "\n", encoding="utf-8")
            tables[table][f"{field}_file"] = file.name
    readers = [one for one in installation.settings["recipients"] if one["name"] != "channel"]
    installation.settings |= {
        "email": tables["email"],
        "ui": tables["ui"],
        "heartbeat": f"http://127.0.0.1:{port}/{WORD}-check?key={WORD}-key",
        "recipients": [*readers, tables["channel"], tables["phone"]],
    }
    return environment


def forms() -> Iterator[bytes]:
    """The word as it might be written: plainly, in a URL, in base64 at any place."""
    yield WORD.encode()
    yield quote(WORD).encode()
    for before in ("", "x", "xx"):
        whole = base64.b64encode((before + WORD).encode())
        yield whole[4 if before else 0 : -4]


def found_in(said: str | bytes) -> list[bytes]:
    """The forms that stand in what was said."""
    whole = said.encode("utf-8", "surrogateescape") if isinstance(said, str) else said
    return [form for form in forms() if form in whole]


def files_with_it(folder: Path) -> list[str]:
    """The files below a folder that hold it, but for the settings and the secrets' own files."""
    files = [path for path in folder.rglob("*") if path.is_file()]
    named = [path for path in files if not path.name.startswith(OWN)]
    return [str(path) for path in named if found_in(path.read_bytes()) or _in_rows(path)]


def _in_rows(path: Path) -> bool:
    """Rows of SQLite as text: a long one lies in pieces in its file."""
    if not path.read_bytes().startswith(b"SQLite format 3"):
        return False
    database = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
    try:
        return any(found_in(line) for line in database.iterdump())
    finally:
        database.close()
