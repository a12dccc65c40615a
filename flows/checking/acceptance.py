"""A person's decision that a suspect list is right (`ofsted-watch accept`)."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import delete
from sqlalchemy.orm import Session

from flows.context.context import AppContext
from flows.settings.watched import WatchedAuthority
from ofsted.provider_key import ProviderKey
from storage import models, queries, record

STATE = "accepted "  # prefix of the name in `app_state`; `44:80515` follows
LASTS = timedelta(days=1)


class NothingSuspectError(Exception):
    """The authority's list is not suspect."""


def accept(context: AppContext, authority: WatchedAuthority) -> None:
    """Let the next successful check within a day take the list as it is, whatever is missing.

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
    """Whether a person accepted the list within the last day; an older decision has expired."""
    at = record.get_state(session, f"{STATE}{key}")
    return at is not None and abs(now - datetime.fromisoformat(at)) <= LASTS


def consume_acceptance(session: Session, key: ProviderKey) -> None:
    """Delete the acceptance after the check that used it; the next check needs a new one."""
    session.execute(delete(models.AppState).where(models.AppState.name == f"{STATE}{key}"))
