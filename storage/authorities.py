"""The table `authority`: councils with their codes and regions, from `authorities.csv`."""

from __future__ import annotations

import hashlib
from dataclasses import asdict
from typing import Any

from sqlalchemy import delete, insert
from sqlalchemy.orm import Session

from ofsted.authorities import TABLE, authorities
from storage import models

LOADED = "authorities"  # the state's name: by which list the table was filled


def are_loaded(session: Session) -> bool:
    """Whether the table matches this version's list."""
    kept = session.get(models.AppState, LOADED)
    return kept is not None and kept.value == _fingerprint()


def load(session: Session) -> None:
    """Fill the table again from this version's list."""
    session.execute(delete(models.Authority))
    session.execute(insert(models.Authority), _rows())
    session.merge(models.AppState(name=LOADED, value=_fingerprint()))


def _rows() -> list[dict[str, Any]]:
    return [
        {name: value for name, value in asdict(each).items() if name != "also"}
        for each in authorities()
    ]


def _fingerprint() -> str:
    """Of the file, unread: it is asked at every start."""
    return hashlib.sha256(TABLE.read_bytes()).hexdigest()
