"""A person's word that a suspect list is right."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import delete
from sqlalchemy.orm import Session

from flows.context.context import AppContext
from flows.settings.watched import WatchedAuthority
from ofsted.provider_key import ProviderKey
from storage import models, queries, record

STATE = "accepted "  # the note's name, before `44:80515`
LASTS = timedelta(days=1)


class NothingSuspectError(Exception):
    """The authority's list is not held."""


def accept(context: AppContext, authority: WatchedAuthority) -> None:
    """The next successful check within a day takes the list as it is, however much of it is gone.

    Raises:
        NothingSuspectError: the list was not suspect when it was last seen.
    """
    with context.database.write() as session:
        if not queries.is_suspect(session, authority.key):
            raise NothingSuspectError(
                f"nothing to accept: the report list of {authority.name} ({authority.urn}) "
                "is not suspect"
            )
        record.set_state(session, f"{STATE}{authority.key}", context.clock.now().isoformat())


def is_accepted(session: Session, key: ProviderKey, now: datetime) -> bool:
    """Whether a person lately took the list as it is; what was said long ago was of another."""
    at = record.get_state(session, f"{STATE}{key}")
    return at is not None and abs(now - datetime.fromisoformat(at)) <= LASTS


def consume_acceptance(session: Session, key: ProviderKey) -> None:
    """A successful check took the list as it is; the next one needs another word."""
    session.execute(delete(models.AppState).where(models.AppState.name == f"{STATE}{key}"))
